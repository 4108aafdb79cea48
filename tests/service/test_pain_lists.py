"""Lists of pain points: ranked, narrowed, on the map, and waiting for somebody."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.pains import deciding, queries, starting, wording
from cxquest.pains.models import PainClass, PainKind, PainPoint
from cxquest.pains.queries import Filters
from cxquest.rewards.models import RewardEvent
from cxquest.voice.models import Comment, Submission
from tests.cast import BEGUN, Cast
from tests.pains import LATER, URL, accepted, comments, drafted, opened


@pytest.fixture
def stage(session: Session, cast: Cast) -> Stage:
    return staging.add(
        session,
        name="Installation",
        customer_goal="Heat by the evening",
        success_means="One visit",
        by=cast.ruth,
        at=BEGUN,
    )


def test_the_list_is_ranked_by_opportunity_with_ties_in_a_stable_order(
    session: Session, cast: Cast, stage: Stage
) -> None:
    low, high, tie = (
        opened(session, cast, stage, 0, title=title, reach_per_month=reach)
        for title, reach in (("Low", 1), ("High", 50), ("Tie", 1))
    )
    session.flush()
    ranked = session.scalars(queries.ranked(Filters())).all()
    assert [pain.id for pain in ranked] == [high.id, low.id, tie.id]


FACTORS = st.tuples(st.integers(0, 10**7), *[st.integers(1, 5)] * 4)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTORS, min_size=2, max_size=12))
def test_the_order_in_the_database_is_the_pure_one(
    session: Session, cast: Cast, given_factors: list[tuple[int, ...]]
) -> None:
    """Ties stand in the order of their ids; the largest factors fit the database's numbers."""
    names = ("reach_per_month", "severity", "value", "confidence", "effort")
    session.execute(delete(PainPoint))
    session.add_all(
        PainPoint(
            title="Nobody came",
            created_by_id=cast.ida.id,
            created_at=BEGUN,
            **dict(zip(names, factors, strict=True)),
        )
        for factors in (*given_factors, given_factors[0], (10**7, 5, 5, 5, 1))
    )
    session.flush()
    ranked = session.scalars(queries.ranked(Filters())).all()
    assert list(ranked) == sorted(ranked, key=lambda pain: (-queries.opportunity(pain), pain.id))
    worked_out = session.execute(select(PainPoint.id, queries.OPPORTUNITY))
    assert {pain.id: queries.opportunity(pain) for pain in ranked} == dict(worked_out.all())


def test_the_list_is_narrowed_by_every_filter(session: Session, cast: Cast, stage: Stage) -> None:
    words = {"pain_class": PainClass.PERFORMANCE, "kind": PainKind.SERVICE}
    earlier = staging.add(
        session, name="Getting ready", customer_goal="", success_means="", by=cast.ruth, at=BEGUN
    )
    hunch = opened(
        session, cast, stage, 1, title="A 100% hunch", origin_stage_id=earlier.id, **words
    )
    taken = accepted(session, cast, stage)
    gone = opened(session, cast, stage, 0, title="No")
    deciding.decline(session, gone, reason="No", by=cast.noor, at=LATER, base_url=URL)

    def ids(**filters: str) -> list[int]:
        return sorted(
            session.scalars(queries.ranked(Filters(**filters)).with_only_columns(PainPoint.id))
        )

    assert ids() == [hunch.id, taken.id]
    assert ids(state="all") == [hunch.id, taken.id, gone.id]
    assert ids(state="declined") == [gone.id]
    assert ids(state="nonsense", stage="x", theme="9" * 30) == [hunch.id, taken.id]
    assert ids(hunch="yes") == [hunch.id]
    assert ids(hunch="no") == [taken.id]
    assert ids(pain_class="performance") == [hunch.id]
    assert ids(kind="service") == [hunch.id]
    assert ids(kind="experience") == []
    assert ids(origin=str(earlier.id)) == [hunch.id]
    assert ids(origin=str(stage.id)) == []
    assert ids(stage=str(stage.id), search="100%") == [hunch.id]
    assert ids(stage=str(stage.id + 1)) == []
    assert ids(search="ON THE DAY") == [hunch.id, taken.id]


def test_the_map_shows_what_is_alive_and_marks_hunches(
    session: Session, cast: Cast, stage: Stage
) -> None:
    drafted(session, cast, stage)
    hunch = opened(session, cast, stage, 1, reach_per_month=1)
    taken = accepted(session, cast, stage)
    marks = queries.by_stage(session)
    assert [(mark.id, mark.hunch, mark.stage_id) for mark in marks] == [
        (taken.id, False, stage.id),
        (hunch.id, True, stage.id),
    ]


def test_a_coach_is_asked_about_what_others_opened_hunches_last(
    session: Session, cast: Cast, stage: Stage
) -> None:
    hunch = opened(session, cast, stage, 1)
    ready = opened(session, cast, stage)
    own = starting.draft(session, title="Mine", by=cast.noor, at=BEGUN)
    starting.open_up(session, own, by=cast.noor, at=BEGUN)
    waiting = [pain for pain, _hunch in queries.waiting_for_coach(session, cast.noor)]
    assert [pain.id for pain in waiting] == [ready.id, hunch.id]
    assert queries.waiting_for_coach(session, cast.ida) == []


def test_quests_start_on_what_is_accepted(session: Session, cast: Cast, stage: Stage) -> None:
    opened(session, cast, stage)
    taken = accepted(session, cast, stage)
    assert [pain.id for pain in queries.free_for_quest(session)] == [taken.id]


def test_what_repeats_or_says_nothing_is_no_further_evidence(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, 5)
    pieces = sorted(queries.evidence_queries.evidence_ids(session, pain.id))
    heard = [session.get_one(Comment, key) for key in pieces]
    for again in heard[1:3]:
        session.get_one(Submission, again.submission_id).repeat_of_id = heard[0].submission_id
    for key in pieces[:2]:
        starting.weigh_evidence(session, pain, key, 3, by=cast.ida, at=BEGUN)
    session.flush()
    counted = queries.figures(session, [pain.id])[pain.id]
    assert (counted.comments, counted.submissions, counted.decisive) == (3, 3, 1)
    assert queries.is_hunch(pain, counted)
    assert [mark.hunch for mark in queries.by_stage(session)] == [True]
    heard[3].says_nothing = True
    session.flush()
    counted = queries.figures(session, [pain.id])[pain.id]
    assert (counted.comments, counted.submissions) == (2, 2)


def test_a_repeat_counts_where_the_first_is_no_evidence(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, 2)
    again, _other = evidence = sorted(queries.evidence_queries.evidence_ids(session, pain.id))
    first = comments(session, cast, 1)[0]
    repeat = session.get_one(Submission, session.get_one(Comment, again).submission_id)
    repeat.repeat_of_id = session.get_one(Comment, first).submission_id
    session.flush()
    assert queries.figures(session, [pain.id])[pain.id].comments == len(evidence)


@pytest.mark.parametrize(
    ("days", "said"), [(1, "1 day ago"), (45, "2 months ago"), (320, "11 months ago"),
                       (400, "13 months ago"), (800, "2 years ago")],
)  # fmt: skip
def test_how_long_ago_is_said_in_months_below_two_years(app: Flask, days: int, said: str) -> None:
    with app.test_request_context():
        assert wording.age(BEGUN.date() - timedelta(days=days), BEGUN.date()) == said


def test_bringing_a_repeat_is_not_paid_beside_what_it_repeats(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, 5, interviews=3)
    first, *others = (
        session.get_one(Comment, key)
        for key in sorted(queries.evidence_queries.evidence_ids(session, pain.id))
    )
    session.get_one(Submission, others[0].submission_id).repeat_of_id = first.submission_id
    others[1].says_nothing = True
    deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    brought = session.scalars(select(RewardEvent).where(RewardEvent.type == "evidence_accepted"))
    assert [event.facts["comments"] for event in brought] == [3]
