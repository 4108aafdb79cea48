"""Surveys: making them, answering them, one-use links, limits, what is counted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine
from cxquest.surveys import answering, asking, limiting, queries, questions
from cxquest.surveys.answering import Answers, Used
from cxquest.surveys.models import Access, AnswerTally, Contact, Survey, SurveyLink, SurveyState
from cxquest.voice.models import Comment, Rating, Source, Submission
from tests.cast import BEGUN, Cast
from tests.surveys import stage, survey

LATER = BEGUN + timedelta(days=1)
SAID = {"goal": "Get warm before Friday", "hindered": "n/a"}
SECRET = "k" * 64


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def answer(session: Session, asked: Survey, sent: str, **more: Any) -> Submission:
    given = Answers(**{"support": 5, "said": SAID, **more})
    return answering.answer(session, asked, given, sent=sent, at=LATER)


@pytest.mark.parametrize("name", ["noor", "karl", "ruth"])
def test_coaches_executives_and_administrators_ask(session: Session, cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    made = asking.make(session, name="  After   the visit ", stage=stage(session, cast), by=by,
                       at=BEGUN)  # fmt: skip
    assert (made.name, made.state, made.access) == (
        "After the visit",
        SurveyState.DRAFT,
        Access.OPEN,
    )
    assert session.get_one(Source, made.source_id).name == "Survey: After the visit"
    assert made.texts == questions.defaults("en")
    assert len(made.code) == 8
    assert audit.timeline(session, made)[0].action == "made"


@pytest.mark.parametrize("name", ["ida", "olaf", "gone"])
def test_others_do_not(session: Session, cast: Cast, name: str) -> None:
    asked, by = survey(session, cast, access=Access.ONE_USE), getattr(cast, name)
    deeds: list[Callable[[], object]] = [
        lambda: asking.make(session, name="X", stage=asked.stage, by=by, at=BEGUN),
        lambda: asking.reword(session, asked, {}, by=by, at=BEGUN),
        lambda: asking.open_up(session, asked, by=by, at=BEGUN),
        lambda: asking.close(session, asked, by=by, at=BEGUN),
        lambda: asking.make_links(session, asked, 1, by=by, at=BEGUN),
        lambda: asking.drop(session, asked, by=by, at=BEGUN),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "after THE visit"])
def test_a_name_is_needed_and_its_own(session: Session, cast: Cast, name: str) -> None:
    survey(session, cast)
    with pytest.raises(BadInput) as refused:
        asking.make(session, name=name, stage=stage(session, cast), by=cast.noor, at=BEGUN)
    assert refused.value.field == "name"


def test_it_opens_closes_and_opens_again(session: Session, cast: Cast) -> None:
    asked = survey(session, cast, opened=False)
    with pytest.raises(Refusal, match="Only an open survey"):
        asking.close(session, asked, by=cast.noor, at=BEGUN)
    asking.open_up(session, asked, by=cast.noor, at=BEGUN)
    with pytest.raises(Refusal, match="open already"):
        asking.open_up(session, asked, by=cast.noor, at=BEGUN)
    asking.close(session, asked, by=cast.noor, at=BEGUN)
    with pytest.raises(Refusal, match="closed"):
        asking.reword(session, asked, asked.texts, by=cast.noor, at=BEGUN)
    with pytest.raises(answering.Closed):
        answer(session, asked, "a")
    asking.open_up(session, asked, by=cast.noor, at=BEGUN)
    assert answer(session, asked, "a").id
    deeds = [line.action for line in audit.timeline(session, asked)]
    assert deeds == ["opened", "closed", "opened", "made"]


def test_an_answer_keeps_the_question_that_it_was_given_to(session: Session, cast: Cast) -> None:
    asked = survey(session, cast)
    first = answer(session, asked, "a")
    before = asked.version
    new = {**asked.texts, "goal": "What did you come for?", "support": "Did it work out?"}
    asking.reword(session, asked, new, by=cast.noor, at=LATER)
    assert asked.version == before + 1
    asking.reword(session, asked, new, by=cast.noor, at=LATER)
    assert asked.version == before + 1, "the same again is no change"
    second = answer(session, asked, "b")
    goals = [one.comments[0].question for one in (first, second)]
    assert goals == ["What were you trying to get done?", "What did you come for?"]
    assert second.ratings[0].question == "Did it work out?"
    facts = audit.timeline(session, asked)[0].facts
    supported = ["How well was that goal supported?", "Did it work out?"]
    assert facts == {"texts": {"goal": goals, "support": supported}}


def test_an_answer_is_one_submission_of_the_surveys_source_and_stage(
    session: Session, cast: Cast
) -> None:
    asked = survey(session, cast)
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # the fifth in Oslo
    german = "Jemanden, der mir das in Ruhe erklärt, und nicht so"
    given = Answers(3, {**SAID, "next": german}, asked_for_score=True)
    submission = answering.answer(session, asked, given, sent="a", at=late)
    assert (submission.source_id, submission.stage_id) == (asked.source_id, asked.stage_id)
    assert submission.collected_on == date(2026, 3, 5)
    assert submission.asked_for_score
    assert submission.contact == ""
    comments = session.scalars(select(Comment).order_by(Comment.position)).all()
    assert [(c.position, c.text, c.says_nothing) for c in comments] == [
        (0, "Get warm before Friday", False),
        (1, "n/a", True),
        (2, german, False),
    ]
    assert comments[2].language == "de"
    assert comments[1].question == "What got in your way most?"
    (rating,) = session.scalars(select(Rating)).all()
    assert (rating.value, rating.low, rating.high, rating.best_is_high, rating.raw) == (
        Decimal(3), Decimal(1), Decimal(7), True, "3",
    )  # fmt: skip
    (line,) = audit.timeline(session, submission)
    assert (line.action, line.actor_id, line.at) == ("answered", None, late)


def test_a_number_alone_or_a_word_alone_is_an_answer(session: Session, cast: Cast) -> None:
    asked = survey(session, cast)
    assert answer(session, asked, "a", said={}).comments == []
    assert answer(session, asked, "b", support=None).ratings == []
    with pytest.raises(BadInput) as refused:
        answer(session, asked, "c", said={"goal": ""}, support=None)
    assert refused.value.field == "goal"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"support": 0}, "support"),
        ({"support": 8}, "support"),
        ({"said": {"goal": "x" * 4001}}, "goal"),
        ({"said": {"mood": "fine"}}, "mood"),
        ({"consent": True}, "address"),
        ({"consent": True, "address": "no address"}, "address"),
        ({"consent": True, "address": "a@b.example, c@d.example"}, "address"),
        ({"consent": True, "address": "a@" + "b" * 250 + ".example"}, "address"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(
    session: Session, cast: Cast, given: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        answer(session, survey(session, cast), "a", **given)
    assert refused.value.field == field
    assert count(session, Submission) == 0


def test_an_address_is_kept_with_consent_only_and_apart(session: Session, cast: Cast) -> None:
    asked = survey(session, cast)
    answer(session, asked, "a", address="kari@customer.example")
    assert count(session, Contact) == 0
    agreed = answer(session, asked, "b", address=" kari@customer.example ", consent=True)
    (contact,) = session.scalars(select(Contact)).all()
    assert (contact.submission_id, contact.address, contact.agreed_at) == (
        agreed.id, "kari@customer.example", LATER,
    )  # fmt: skip
    lines = session.scalars(select(AuditLine)).all()
    assert not any("kari" in f"{line.summary}{line.facts}" for line in lines)
    assert "kari" not in f"{agreed.original}{agreed.identity}{agreed.contact}"


def test_the_same_form_is_kept_once(session: Session, cast: Cast) -> None:
    asked = survey(session, cast)
    first = answer(session, asked, "a")
    assert answer(session, asked, "a", support=1) is first
    assert answer(session, asked, "b") is not first
    assert count(session, Submission) == 2


def test_links_work_once_and_are_kept_as_hashes(session: Session, cast: Cast) -> None:
    asked = survey(session, cast, access=Access.ONE_USE)
    codes = asking.make_links(session, asked, 3, " March  letters ", by=cast.noor, at=BEGUN)
    assert len(set(codes)) == 3
    rows = session.scalars(select(SurveyLink)).all()
    assert not set(codes) & {row.hash for row in rows}
    assert all(code not in str(vars(row)) for code in codes for row in rows)
    assert queries.links(session, asked) == [("March letters", 3, 0)]
    link = queries.link_of(session, asked, codes[1])
    assert link
    given = Answers(5, SAID)
    answering.answer(session, asked, given, sent="a", link=link, at=LATER)
    assert (link.used_at, queries.links(session, asked)) == (LATER, [("March letters", 3, 1)])
    with pytest.raises(Used):
        answering.answer(session, asked, given, sent="b", link=link, at=LATER)
    assert answering.answer(session, asked, given, sent="a", link=link, at=LATER).id
    with pytest.raises(Refusal, match="link of one's own"):
        answering.answer(session, asked, given, sent="c", at=LATER)
    assert count(session, Submission) == 1
    assert queries.known_links(session, asked, [codes[0], "x"]) == {codes[0]: "March letters"}


def test_a_link_is_of_one_survey(session: Session, cast: Cast) -> None:
    asked = survey(session, cast, access=Access.ONE_USE)
    other = survey(session, cast, "Another", access=Access.ONE_USE)
    (code,) = asking.make_links(session, asked, 1, by=cast.noor, at=BEGUN)
    assert queries.link_of(session, other, code) is None
    assert queries.known_links(session, other, [code]) == {}


def test_links_are_refused_where_they_make_no_sense(session: Session, cast: Cast) -> None:
    with pytest.raises(Refusal, match="needs no links"):
        asking.make_links(session, survey(session, cast), 1, by=cast.noor, at=BEGUN)
    asked = survey(session, cast, "Another", access=Access.ONE_USE)
    for number in (0, 501):
        with pytest.raises(BadInput) as refused:
            asking.make_links(session, asked, number, by=cast.noor, at=BEGUN)
        assert refused.value.field == "count"
    asking.close(session, asked, by=cast.noor, at=BEGUN)
    with pytest.raises(Refusal, match="closed"):
        asking.make_links(session, asked, 1, by=cast.noor, at=BEGUN)


def test_only_an_unanswered_draft_is_deleted(session: Session, cast: Cast) -> None:
    asked = survey(session, cast, access=Access.ONE_USE, opened=False)
    asking.make_links(session, asked, 2, by=cast.noor, at=BEGUN)
    asking.drop(session, asked, by=cast.noor, at=BEGUN)
    assert (count(session, Survey), count(session, SurveyLink)) == (0, 0)
    answered = survey(session, cast, "Another")
    answer(session, answered, "a")
    for state in SurveyState:
        answered.state = state
        with pytest.raises(Refusal, match="Only a draft without answers"):
            asking.drop(session, answered, by=cast.noor, at=BEGUN)
    assert count(session, Submission) == 1


def test_what_came_in_is_counted_with_n(session: Session, cast: Cast) -> None:
    asked, other = survey(session, cast), survey(session, cast, "Another")
    for place, number in enumerate((7, 6, 2, None)):
        answer(session, asked, str(place), support=number)
    found = queries.answered(session, [asked, other])
    assert found[asked.id] == queries.Answered(4, 3, 15)
    assert found[asked.id].mean == 5
    assert found[other.id] == queries.Answered()
    assert found[other.id].mean is None
    assert queries.support(session, asked) == {1: 0, 2: 1, 3: 0, 4: 0, 5: 0, 6: 1, 7: 1}
    repeated, kept = session.scalars(select(Submission).order_by(Submission.id).limit(2)).all()
    repeated.repeat_of_id = kept.id
    session.flush()
    assert queries.answered(session, [asked])[asked.id] == queries.Answered(3, 2, 8)
    assert sum(queries.support(session, asked).values()) == 2


def test_ticks_are_listed_newest_first_with_a_count_for_each_survey(
    session: Session, cast: Cast
) -> None:
    asked, other = survey(session, cast), survey(session, cast, "Another")
    for place in range(4):
        answer(session, asked, str(place), asked_for_score=place < 2)
    pressed = answer(session, other, "x", asked_for_score=True, said={})
    answer(session, survey(session, cast, "A third"), "y")
    session.flush()
    found = session.scalars(queries.flagged()).all()
    assert [one.id for one in found] == sorted((one.id for one in found), reverse=True)
    assert found[0] is pressed
    assert queries.flagged_by_source(session) == [
        ("Survey: After the visit", 2, 4, asked.id),
        ("Survey: Another", 1, 1, other.id),
    ]
    repeats = (one for one in found if one.source_id == asked.source_id)
    next(repeats).repeat_of_id = next(repeats).id
    session.flush()
    assert len(session.scalars(queries.flagged()).all()) == 2
    assert sorted(queries.flagged_by_source(session)) == [
        ("Survey: After the visit", 1, 3, asked.id),
        ("Survey: Another", 1, 1, other.id),
    ]


def test_a_network_answers_so_often_in_an_hour(session: Session, cast: Cast) -> None:
    asked, other = survey(session, cast), survey(session, cast, "Another")
    at = BEGUN.replace(minute=40, second=10)

    def counted(one: Survey, address: str, at: datetime = at) -> None:
        limiting.count(session, one, address, SECRET, at=at)

    for _ in range(limiting.MOST):
        counted(asked, "192.0.2.7")
    with pytest.raises(limiting.TooMany) as refused:
        counted(asked, "192.0.2.7")
    assert refused.value.wait == 19 * 60 + 51
    counted(asked, "192.0.2.8")
    counted(other, "192.0.2.7")
    counted(asked, "192.0.2.7", at + timedelta(hours=1))
    marks = session.scalars(select(AnswerTally.mark)).all()
    assert len(set(marks)) == 3
    assert sorted(session.scalars(select(AnswerTally.answers))) == [1, 1, 1, limiting.MOST]


def test_old_tallies_are_forgotten(session: Session, cast: Cast) -> None:
    asked = survey(session, cast)
    for hours in (0, 1, 2):
        at = BEGUN + timedelta(hours=hours)
        limiting.count(session, asked, "192.0.2.7", SECRET, at=at)
    assert limiting.forget(session, BEGUN + timedelta(hours=2, minutes=59)) == 2
    assert limiting.forget(session, BEGUN + timedelta(hours=2, minutes=59)) == 0
    assert count(session, AnswerTally) == 1
