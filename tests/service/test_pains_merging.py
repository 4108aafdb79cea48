"""One pain point made of two, two made of one, and both undone."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import OutboxMessage
from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.pains import (
    deciding,
    evidence_queries,
    merge_queries,
    merging,
    queries,
    starting,
    supporting,
)
from cxquest.pains.models import PainPoint, PainState
from cxquest.pains.queries import Filters
from cxquest.people.models import Person
from cxquest.rewards.models import RewardEvent
from cxquest.voice import hearing
from tests.cast import BEGUN, Cast
from tests.pains import LATER, URL, accepted, comments, drafted, opened

LONG_AGO = date(2025, 6, 1)


@pytest.fixture
def stage(session: Session, cast: Cast) -> Stage:
    return staging.add(
        session, name="Installation", customer_goal="", success_means="", by=cast.ruth, at=BEGUN
    )


def said_long_ago(session: Session, cast: Cast) -> int:
    heard = hearing.heard(session, "Already then", on=LONG_AGO, by=cast.bram, at=BEGUN)
    return heard.comments[0].id


def figures(session: Session, pain: PainPoint) -> queries.Figures:
    return queries.figures(session, [pain.id])[pain.id]


def supporters(session: Session, pain: PainPoint) -> dict[str, object]:
    return {told.person.name: told.at for told in queries.supports(session, pain.id)}


# Merging


def test_what_both_had_counts_once_and_keeps_who_brought_it_and_when(
    session: Session, cast: Cast, stage: Stage
) -> None:
    both = comments(session, cast, 2)
    old = said_long_ago(session, cast)
    into = opened(session, cast, stage, comment_ids=[*both, *comments(session, cast, 1)])
    pain = opened(session, cast, stage, title="Waited", comment_ids=[*both, old])
    starting.weigh_evidence(session, pain, old, 3, by=cast.ida, at=BEGUN)
    supporting.support(session, into, cost="An hour", by=cast.bram, at=BEGUN)
    supporting.support(session, pain, cost="Two hours", by=cast.bram, at=LATER)
    supporting.support(session, pain, cost="A call", by=cast.olaf, at=LATER)
    merging.merge(session, pain, into, by=cast.noor, at=LATER + timedelta(days=9), base_url=URL)

    counted = figures(session, into)
    assert (counted.comments, counted.submissions, counted.supporters) == (4, 4, 2)
    assert (counted.decisive, counted.first_voiced) == (1, LONG_AGO)
    piece = evidence_queries.piece(session, into.id, old)
    assert piece
    assert (piece.added_by_id, piece.added_at, piece.importance) == (cast.ida.id, BEGUN, 3)
    assert supporters(session, into) == {"Bram": BEGUN, "Olaf": LATER}
    assert (pain.state, pain.merged_into_id) == (PainState.MERGED, into.id)
    assert figures(session, pain).comments == 3


def test_what_two_brought_stays_until_the_second_goes_too(
    session: Session, cast: Cast, stage: Stage
) -> None:
    x, y = comments(session, cast, 2)
    into = opened(session, cast, stage)
    first = opened(session, cast, stage, title="First", comment_ids=[x, y])
    second = opened(session, cast, stage, title="Second", comment_ids=[x])
    for pain in (first, second):
        supporting.support(session, pain, cost="A call", by=cast.olaf, at=BEGUN)
        merging.merge(session, pain, into, by=cast.noor, at=LATER)
    assert figures(session, into).comments == 7
    merging.unmerge(session, first, by=cast.noor, at=LATER)
    session.expire_all()
    assert (figures(session, into).comments, list(supporters(session, into))) == (6, ["Olaf"])
    merging.unmerge(session, second, by=cast.noor, at=LATER)
    session.expire_all()
    assert (figures(session, into).comments, list(supporters(session, into))) == (5, [])


def test_whoever_wrote_the_other_one_is_no_supporter_of_their_own(
    session: Session, cast: Cast, stage: Stage
) -> None:
    into = opened(session, cast, stage)
    pain = starting.draft(session, title="Waited", by=cast.bram, at=BEGUN)
    starting.open_up(session, pain, by=cast.bram, at=BEGUN)
    supporting.support(session, pain, cost="A call", by=cast.ida, at=BEGUN)
    merging.merge(session, pain, into, by=cast.noor, at=LATER)
    assert supporters(session, into) == {}
    assert {person.name for person in queries.contributors(session, into)} == {"Ida", "Bram"}


def test_undoing_takes_back_just_what_was_moved(session: Session, cast: Cast, stage: Stage) -> None:
    both = comments(session, cast, 1)
    into = opened(session, cast, stage, comment_ids=both)
    pain = opened(
        session, cast, stage, title="Waited", comment_ids=[*both, said_long_ago(session, cast)]
    )
    supporting.support(session, into, cost="An hour", by=cast.bram, at=BEGUN)
    supporting.support(session, pain, cost="A call", by=cast.olaf, at=BEGUN)
    before = figures(session, into), figures(session, pain)
    merging.merge(session, pain, into, by=cast.noor, at=LATER)
    later = comments(session, cast, 1)
    starting.add_evidence(session, into, later, by=cast.olaf, at=LATER)
    merging.unmerge(session, pain, by=cast.noor, at=LATER)
    starting.remove_evidence(session, into, later[0], by=cast.olaf, at=LATER)

    assert (pain.state, pain.merged_into_id) == (PainState.OPEN, None)
    assert (figures(session, into), figures(session, pain)) == before
    session.flush()
    deeds = [line.action for line in audit.timeline(session, pain)]
    assert deeds[:2] == ["unmerged", "merged"]
    with pytest.raises(Refusal, match="nothing to undo"):
        merging.unmerge(session, pain, by=cast.noor, at=LATER)


@pytest.mark.parametrize("state", ["draft", "open", "accepted", "declined"])
def test_it_goes_back_to_what_it_was(
    session: Session, cast: Cast, stage: Stage, state: str
) -> None:
    into = opened(session, cast, stage)
    make = {"draft": drafted, "accepted": accepted}.get(state, opened)
    pain = make(session, cast, stage)
    if state == "declined":
        deciding.decline(session, pain, reason="No", by=cast.noor, at=LATER, base_url=URL)
    merging.merge(session, pain, into, by=cast.noor, at=LATER)
    assert pain.state is PainState.MERGED
    merging.unmerge(session, pain, by=cast.noor, at=LATER)
    assert pain.state.value == state


def test_a_merged_one_is_in_no_list_and_no_figure(
    session: Session, cast: Cast, stage: Stage
) -> None:
    into, pain = opened(session, cast, stage), accepted(session, cast, stage)
    shown = evidence_queries.evidence(session, pain.id, 1)[0].comment_id
    merging.merge(session, pain, into, by=cast.noor, at=LATER)

    def listed(state: str = "") -> list[int]:
        ranked = queries.ranked(Filters(state=state)).with_only_columns(PainPoint.id)
        return sorted(session.scalars(ranked))

    assert listed() == [into.id]
    assert listed("merged") == [pain.id]
    assert [mark.id for mark in queries.by_stage(session)] == [into.id]
    assert queries.free_for_quest(session) == []
    assert [one.id for one, _ in queries.waiting_for_coach(session, cast.noor)] == [into.id]
    assert [one.id for one in queries.of_comment(session, shown)] == [into.id]
    assert [one.id for one in merge_queries.live(session)] == [into.id]
    with pytest.raises(Refusal):
        supporting.support(session, pain, cost="An hour", by=cast.bram, at=LATER)
    with pytest.raises(NotAllowed):
        starting.add_evidence(session, pain, [shown], by=cast.bram, at=LATER)
    with pytest.raises(Refusal):
        starting.change(session, pain, title="Other words", by=cast.noor, at=LATER)


def test_only_a_coach_merges_and_never_while_a_quest_works_on_it(
    session: Session, cast: Cast, stage: Stage
) -> None:
    into, pain = opened(session, cast, stage), accepted(session, cast, stage)
    for who in (cast.ida, cast.ruth):
        with pytest.raises(NotAllowed):
            merging.merge(session, pain, into, by=who, at=LATER)
        with pytest.raises(NotAllowed):
            merging.split(session, pain, [1], title="x", by=who, at=LATER)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    with pytest.raises(Refusal, match="in quest now"):
        merging.merge(session, pain, into, by=cast.noor, at=LATER)
    merging.merge(session, into, pain, by=cast.noor, at=LATER)
    assert into.state is PainState.MERGED


def test_a_pain_point_joins_a_live_one_and_not_itself(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    draft = drafted(session, cast, stage)
    for into in (pain, draft):
        with pytest.raises(BadInput) as refused:
            merging.merge(session, pain, into, by=cast.noor, at=LATER)
        assert refused.value.field == "into"


def test_a_chain_of_merges_is_undone_from_its_end(
    session: Session, cast: Cast, stage: Stage
) -> None:
    first, second, third = (opened(session, cast, stage, 1) for _ in range(3))
    merging.merge(session, first, second, by=cast.noor, at=LATER)
    merging.merge(session, second, third, by=cast.noor, at=LATER)
    assert figures(session, third).comments == 3
    assert set(session.scalars(merge_queries.whole_of(third.id))) == {first.id, second.id, third.id}
    with pytest.raises(Refusal, match="Undo that first"):
        merging.unmerge(session, first, by=cast.noor, at=LATER)
    merging.unmerge(session, second, by=cast.noor, at=LATER)
    merging.unmerge(session, first, by=cast.noor, at=LATER)
    assert [figures(session, one).comments for one in (first, second, third)] == [1, 1, 1]


def test_what_an_acceptance_rests_on_is_not_taken_back(
    session: Session, cast: Cast, stage: Stage
) -> None:
    into, pain = opened(session, cast, stage, 3), opened(session, cast, stage, 2)
    merging.merge(session, pain, into, by=cast.noor, at=LATER)
    deciding.accept(session, into, by=cast.noor, at=LATER, base_url=URL)
    with pytest.raises(Refusal) as refused:
        merging.unmerge(session, pain, by=cast.noor, at=LATER)
    assert refused.value.missing


def test_a_comment_is_paid_once_however_it_is_merged(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    into = opened(session, cast, stage)
    starting.add_evidence(session, into, comments(session, cast, 2), by=cast.bram, at=LATER)
    merging.merge(session, pain, into, by=cast.noor, at=LATER)
    assert figures(session, into).comments == 12
    deciding.accept(session, into, by=cast.noor, at=LATER, base_url=URL)
    assert brought(session, into, cast.ida) == 5
    assert brought(session, into, cast.bram) == 2


def test_a_comment_that_was_paid_before_a_split_is_not_paid_after_it(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, 10)
    deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    chosen = sorted(merge_queries.pieces(session, pain.id))[:5]
    part = merging.split(session, pain, chosen, title="Waited", by=cast.noor, at=LATER)
    words: dict[str, Any] = {"expected": "x", "experienced": "x", "consequence": "x"}
    starting.change(
        session, part, title="Waited", by=cast.noor, at=LATER, pain_class=pain.pain_class, **words
    )
    deciding.accept(session, part, by=cast.noor, at=LATER, base_url=URL)
    assert brought(session, part, cast.ida) is None


def brought(session: Session, pain: PainPoint, person: Person) -> object:
    """Return for how many comments this person was paid, None where for nothing."""
    key = f"pain:{pain.id}:accepted:{person.id}"
    found = session.scalar(select(RewardEvent).where(RewardEvent.key == key))
    return found.facts["comments"] if found else None


# Splitting


def test_a_part_takes_its_evidence_along_and_can_be_given_back(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, 4)
    chosen = sorted(merge_queries.pieces(session, pain.id))[:2]
    part = merging.split(session, pain, chosen, title=" A cold  night ", by=cast.noor, at=LATER)
    assert (part.title, part.state, part.stage_id) == ("A cold night", PainState.OPEN, stage.id)
    assert part.created_by_id == cast.ida.id
    piece = evidence_queries.piece(session, part.id, chosen[0])
    assert piece
    assert (piece.added_by_id, piece.added_at) == (cast.ida.id, BEGUN)
    assert (figures(session, pain).comments, figures(session, part).comments) == (2, 2)
    more = comments(session, cast, 1)
    starting.add_evidence(session, part, more, by=cast.bram, at=LATER)
    assert merging.unsplit(session, part, by=cast.noor, at=LATER) is pain
    assert part.state is PainState.MERGED
    assert set(merge_queries.pieces(session, pain.id)) >= {*chosen, *more}
    assert figures(session, pain).comments == 5
    with pytest.raises(Refusal, match="not split off"):
        merging.unsplit(session, part, by=cast.noor, at=LATER)
    merging.unmerge(session, part, by=cast.noor, at=LATER)
    assert (part.state, figures(session, pain).comments) == (PainState.OPEN, 2)


def test_the_part_of_a_draft_is_a_draft_and_is_given_back_to_it(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = drafted(session, cast, stage, 2)
    chosen = sorted(merge_queries.pieces(session, pain.id))[:1]
    part = merging.split(session, pain, chosen, title="Waited", by=cast.noor, at=LATER)
    assert part.state is PainState.DRAFT
    merging.unsplit(session, part, by=cast.noor, at=LATER)
    assert figures(session, pain).comments == 2


def test_a_split_needs_a_name_and_some_evidence_and_leaves_some(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage, 2)
    every = sorted(merge_queries.pieces(session, pain.id))
    for chosen, title, field in (
        ([], "Waited", "comment"),
        ([4711], "Waited", "comment"),
        (every, "Waited", "comment"),
        (every[:1], "  ", "title"),
    ):
        with pytest.raises(BadInput) as refused:
            merging.split(session, pain, chosen, title=title, by=cast.noor, at=LATER)
        assert refused.value.field == field


def test_what_an_acceptance_rests_on_is_not_split_off(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    chosen = sorted(merge_queries.pieces(session, pain.id))[:1]
    with pytest.raises(Refusal) as refused:
        merging.split(session, pain, chosen, title="Waited", by=cast.noor, at=LATER)
    assert refused.value.missing
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    with pytest.raises(Refusal, match="stays whole"):
        merging.split(session, pain, chosen, title="Waited", by=cast.noor, at=LATER)


# Telling


def test_everyone_who_brought_something_is_told_that_it_was_merged(
    session: Session, cast: Cast, stage: Stage
) -> None:
    into, pain = opened(session, cast, stage), opened(session, cast, stage)
    starting.add_evidence(session, pain, comments(session, cast, 1), by=cast.olaf, at=BEGUN)
    supporting.support(session, pain, cost="An hour", by=cast.bram, at=BEGUN)
    merging.merge(session, pain, into, by=cast.noor, at=LATER, base_url=URL)
    session.flush()
    told = select(OutboxMessage).where(OutboxMessage.key.like(f"pain:{pain.id}:merged:%"))
    mails = session.scalars(told).all()
    assert {mail.recipient for mail in mails} == {
        cast.ida.email,
        cast.olaf.email,
        cast.bram.email,
    }
    assert all(f"{URL}/pains/{into.id}" in mail.body for mail in mails)
