"""What colleagues and customers hear of a pain point: mails, and the note "you said, we did"."""

from decimal import Decimal
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
    answering,
    deciding,
    evidence_queries,
    merging,
    note_queries,
    queries,
    starting,
    supporting,
)
from cxquest.pains.costing import Inputs
from cxquest.pains.models import PainNote, PainPoint
from cxquest.surveys.models import Contact
from cxquest.voice import hearing
from cxquest.voice.models import Comment, Submission
from tests.cast import BEGUN, Cast
from tests.pains import LATER, URL, accepted, comments, drafted, opened


@pytest.fixture
def stage(session: Session, cast: Cast) -> Stage:
    return staging.add(
        session, name="Installation", customer_goal="", success_means="", by=cast.ruth, at=BEGUN
    )


def agreeing(session: Session, cast: Cast, address: str = "", mark: str = "") -> int:
    """Return a comment of a customer who agreed to hear back, by an address or a keyed hash."""
    heard = hearing.heard(session, "Nobody came", on=BEGUN.date(), by=cast.bram, at=BEGUN)
    heard.contact, heard.external_id = mark, f"R-{heard.id}"
    if address:
        session.add(Contact(submission_id=heard.id, address=address, agreed_at=BEGUN))
    session.flush()
    return heard.comments[0].id


def with_customers(session: Session, cast: Cast, stage: Stage) -> PainPoint:
    """Return an accepted pain point, two of whose seven customers agreed to hear back."""
    ids = [
        agreeing(session, cast, address="ann@home.example"),
        agreeing(session, cast, mark="f00d"),
        *comments(session, cast, 5),
    ]
    pain = opened(session, cast, stage, comment_ids=ids)
    deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    return pain


def mails(session: Session, pain: PainPoint, news: str) -> list[OutboxMessage]:
    session.flush()
    told = OutboxMessage.key.like(f"pain:{pain.id}:{news}:%")
    return list(session.scalars(select(OutboxMessage).where(told).order_by(OutboxMessage.id)))


# Colleagues


def test_every_step_of_its_quest_is_told_to_those_who_brought_it(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    supporting.support(session, pain, cost="An hour", by=cast.bram, at=LATER)
    starting.add_evidence(session, pain, comments(session, cast, 1), by=cast.olaf, at=LATER)
    told: dict[str, Any] = {"at": LATER, "base_url": URL}
    deciding.enter_quest(session, pain, by=cast.bram, summary="Days that hold", **told)
    deciding.resolve(session, pain, by=None, summary="Days that hold", **told)
    deciding.come_back(session, pain, by=cast.noor, summary="Six this week", **told)
    deciding.enter_quest(session, pain, by=cast.bram, summary="Days that hold", **told)
    deciding.give_back(session, pain, by=cast.karl, summary="No hours", **told)

    ida, olaf, bram = cast.ida.email, cast.olaf.email, cast.bram.email
    entered = mails(session, pain, "entered_quest")
    assert [mail.recipient for mail in entered] == [ida, olaf]  # once: it went on after its return
    assert "Bram started a quest" in entered[0].body
    assert "Days that hold" in entered[0].body
    for news, words in (
        ("resolved", "is gone"),
        ("came_back", "What shows it: Six this week"),
        ("given_back", "The reason: No hours"),
    ):
        found = mails(session, pain, news)
        assert {mail.recipient for mail in found} == {ida, olaf, bram}, news
        assert words in found[0].body
        assert f"{URL}/pains/{pain.id}" in found[0].body


def test_a_reopened_one_is_told_and_who_left_is_not(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    supporting.support(session, pain, cost="An hour", by=cast.bram, at=BEGUN)
    cast.bram.is_active = False
    deciding.decline(session, pain, reason="Not now", by=cast.noor, at=LATER, base_url=URL)
    deciding.reopen(session, pain, by=cast.noor, at=LATER, base_url=URL)
    (mail,) = mails(session, pain, "reopened")
    assert mail.recipient == cast.ida.email


# Customers


def test_a_resolved_one_prepares_a_note_where_customers_agreed(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = with_customers(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    assert note_queries.notes(session, pain.id) == []
    deciding.resolve(session, pain, by=None, at=LATER)
    (note,) = note_queries.notes(session, pain.id)
    assert (note.deed, note.sent_at, note.prepared_at) == ("resolved", None, LATER)
    assert "You told us: “Nobody.”" in note.text
    assert answering.TO_SAY in note.text
    assert note_queries.how_many(session, pain.id) == 2
    to_customers = OutboxMessage.recipient == "ann@home.example"
    assert session.scalars(select(OutboxMessage).where(to_customers)).all() == []


def test_a_declined_one_prepares_a_note_with_its_reason_and_masks_what_is_private(
    session: Session, cast: Cast, stage: Stage
) -> None:
    said = "I rang +47 22 33 44 55 and wrote to fitter@shop.example."
    chosen = [agreeing(session, cast, mark="f00d")]
    pain = opened(session, cast, stage, experienced=said, comment_ids=chosen)
    deciding.decline(
        session, pain, reason="The website first.", by=cast.noor, at=LATER, base_url=""
    )
    (note,) = note_queries.notes(session, pain.id)
    assert "The website first." in note.text
    assert "fitter@shop.example" not in note.text
    assert "22 33" not in note.text
    deciding.reopen(session, pain, by=cast.ida, at=LATER)
    assert note_queries.notes(session, pain.id) == []


def test_where_nobody_agreed_no_note_is_prepared(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = opened(session, cast, stage)
    deciding.decline(session, pain, reason="No", by=cast.noor, at=LATER, base_url=URL)
    assert session.scalars(select(PainNote)).all() == []


def test_a_coach_prepares_it_later_where_customers_agreed_only_then(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = accepted(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    with pytest.raises(Refusal, match="resolved or declined"):
        answering.prepare_now(session, pain, by=cast.noor, at=LATER)
    deciding.resolve(session, pain, by=None, at=LATER)
    with pytest.raises(Refusal, match="has agreed"):
        answering.prepare_now(session, pain, by=cast.noor, at=LATER)
    submission = session.scalars(select(Submission).order_by(Submission.id)).first()
    assert submission
    submission.contact = "f00d"
    session.flush()
    with pytest.raises(NotAllowed):
        answering.prepare_now(session, pain, by=cast.ida, at=LATER)
    note = answering.prepare_now(session, pain, by=cast.noor, at=LATER)
    assert note.deed == "resolved"
    with pytest.raises(Refusal, match="once"):
        answering.prepare_now(session, pain, by=cast.noor, at=LATER)


def test_a_coach_words_it_and_says_that_it_has_gone_out(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = with_customers(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    deciding.resolve(session, pain, by=None, at=LATER)
    with pytest.raises(Refusal, match="different now"):
        answering.mark_sent(session, pain, by=cast.noor, at=LATER)
    with pytest.raises(BadInput) as refused:
        answering.reword(session, pain, "  ", by=cast.noor, at=LATER)
    assert refused.value.field == "text"
    for who in (cast.ida, cast.ruth):
        with pytest.raises(NotAllowed):
            answering.reword(session, pain, "We come on the day.", by=who, at=LATER)
        with pytest.raises(NotAllowed):
            answering.take_out(session, pain, by=who, at=LATER)
    answering.reword(session, pain, "We come on the day.", by=cast.noor, at=LATER)
    note = answering.mark_sent(session, pain, by=cast.noor, at=LATER)
    assert (note.text, note.sent_by_id, note.sent_at) == (
        "We come on the day.",
        cast.noor.id,
        LATER,
    )
    with pytest.raises(Refusal, match="No note"):
        answering.reword(session, pain, "Other words", by=cast.noor, at=LATER)


def test_when_it_comes_back_the_draft_goes_and_what_was_sent_stays(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = with_customers(session, cast, stage)
    deciding.enter_quest(session, pain, by=cast.ida, at=LATER)
    deciding.resolve(session, pain, by=None, at=LATER)
    deciding.come_back(session, pain, by=cast.noor, at=LATER)
    assert note_queries.notes(session, pain.id) == []
    deciding.resolve(session, pain, by=None, at=LATER)
    answering.reword(session, pain, "We come on the day.", by=cast.noor, at=LATER)
    answering.mark_sent(session, pain, by=cast.noor, at=LATER)
    deciding.come_back(session, pain, by=cast.noor, at=LATER)
    assert [note.text for note in note_queries.notes(session, pain.id)] == ["We come on the day."]


def test_the_list_of_the_reachable_names_source_id_and_address_and_leaves_a_trace(
    session: Session, cast: Cast, stage: Stage
) -> None:
    pain = with_customers(session, cast, stage)
    found = answering.take_out(session, pain, by=cast.noor, at=LATER)
    assert [one.address for one in found] == ["ann@home.example", ""]
    assert all(one.external_id.startswith("R-") and one.source for one in found)
    session.flush()
    line = audit.timeline(session, pain)[0]
    assert (line.action, line.actor_id, line.summary) == ("took_out_contacts", cast.noor.id, "2")


def test_two_comments_of_one_customer_reach_them_once(
    session: Session, cast: Cast, stage: Stage
) -> None:
    first = agreeing(session, cast, mark="f00d")
    pain = opened(session, cast, stage, comment_ids=[first])
    submission = session.scalars(select(Submission).where(Submission.contact != "")).one()
    other = Comment(submission_id=submission.id, position=9, text="Again")
    session.add(other)
    session.flush()
    starting.add_evidence(session, pain, [other.id], by=cast.ida, at=BEGUN)
    assert note_queries.how_many(session, pain.id) == 1
    assert len(note_queries.reachable(session, pain.id)) == 1


def test_a_merged_one_is_answered_by_the_one_that_took_it_in(
    session: Session, cast: Cast, stage: Stage
) -> None:
    chosen = [agreeing(session, cast, mark="f00d")]
    pain = opened(session, cast, stage, comment_ids=chosen)
    deciding.decline(session, pain, reason="No", by=cast.noor, at=LATER, base_url=URL)
    assert note_queries.notes(session, pain.id)
    into = accepted(session, cast, stage)
    merging.merge(session, pain, into, by=cast.noor, at=LATER)
    assert note_queries.notes(session, pain.id) == []
    deciding.enter_quest(session, into, by=cast.ida, at=LATER)
    deciding.resolve(session, into, by=None, at=LATER)
    assert note_queries.notes(session, into.id)


# Evidence and cost


def test_evidence_is_weighed_from_0_to_3_by_whoever_may_add_it(
    session: Session, cast: Cast, stage: Stage
) -> None:
    first, second = comments(session, cast, 2)
    pain = opened(session, cast, stage, comment_ids=[first, second])
    assert starting.weigh_evidence(session, pain, first, 3, by=cast.bram, at=BEGUN)
    assert not starting.weigh_evidence(session, pain, first, 3, by=cast.bram, at=BEGUN)
    assert starting.weigh_evidence(session, pain, second, 0, by=cast.ida, at=BEGUN)
    for wrong in (-1, 4):
        with pytest.raises(BadInput) as refused:
            starting.weigh_evidence(session, pain, first, wrong, by=cast.ida, at=BEGUN)
        assert refused.value.field == "importance"
    with pytest.raises(Refusal, match="no evidence here"):
        starting.weigh_evidence(session, pain, 4711, 1, by=cast.ida, at=BEGUN)
    draft = drafted(session, cast, stage)
    with pytest.raises(NotAllowed):
        starting.weigh_evidence(session, draft, first_of(session, draft), 3, by=cast.bram, at=BEGUN)


def first_of(session: Session, pain: PainPoint) -> int:
    return evidence_queries.evidence(session, pain.id, 1)[0].comment_id


def test_what_weighs_most_comes_first(session: Session, cast: Cast, stage: Stage) -> None:
    first, second, third = comments(session, cast, 3)
    pain = opened(session, cast, stage, comment_ids=[first, second, third])
    starting.weigh_evidence(session, pain, first, 3, by=cast.ida, at=BEGUN)
    starting.weigh_evidence(session, pain, third, 0, by=cast.ida, at=BEGUN)
    pieces = evidence_queries.evidence(session, pain.id, 9)
    assert [piece.comment_id for piece in pieces] == [first, second, third]
    assert queries.figures(session, [pain.id])[pain.id].decisive == 1


def test_its_cost_is_kept_input_by_input(session: Session, cast: Cast, stage: Stage) -> None:
    pain = opened(session, cast, stage, reach_per_month=46)
    inputs = Inputs(minutes=Decimal(11), hour=Decimal("42.50"))
    assert starting.estimate_cost(session, pain, inputs, by=cast.ida, at=BEGUN)
    assert not starting.estimate_cost(session, pain, inputs, by=cast.ida, at=BEGUN)
    session.flush()
    session.expire(pain)
    assert pain.cost == {"minutes": "11", "hour": "42.50"}
    # 46 × 11 ÷ 60 × 42.50
    assert queries.cost(pain).month == Decimal("358.42")
    wrong = Inputs(leaving=Decimal(101))
    with pytest.raises(BadInput) as refused:
        starting.estimate_cost(session, pain, wrong, by=cast.ida, at=BEGUN)
    assert refused.value.field == "leaving"
    with pytest.raises(NotAllowed):
        starting.estimate_cost(session, pain, inputs, by=cast.bram, at=BEGUN)


def test_one_who_repeats_another_is_no_further_submission(
    session: Session, cast: Cast, stage: Stage
) -> None:
    ids = comments(session, cast, 3)
    pain = opened(session, cast, stage, comment_ids=ids)
    first, second, _third = session.scalars(
        select(Submission).join(Comment).where(Comment.id.in_(ids)).order_by(Submission.id)
    )
    second.repeat_of_id = first.id
    session.flush()
    assert queries.figures(session, [pain.id])[pain.id].submissions == 2
