"""Gates: the lead asks, someone outside the team judges, and an accepted gate is paid at once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core import audit, outbox
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import analysing
from cxquest.measures import queries as measures
from cxquest.pains import check_queries
from cxquest.pains.models import PainClass
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import (
    continuing,
    declaring,
    deeds,
    judging,
    knowing,
    lifecycle,
    policy,
    queries,
    suspecting,
    telling,
)
from cxquest.quests.lifecycle import HOLD_DAYS, checklist
from cxquest.quests.models import Quest
from cxquest.quests.moving import move
from cxquest.quests.work import HoldCheck, HoldState, Review, Verdict
from cxquest.rewards import deciding, ledger, paying
from cxquest.rewards.models import LedgerEntry
from cxquest.rewards.rulebook import Gate
from cxquest.voice import queries as voice

PROVEN_ANEW = _("The outcome was verified anew.")
OUTSIDE = _("A team never reviews itself: a gate is judged by a coach outside the team.")
ANSWERED = _("This review was answered already, or was never asked for.")


def ask(session: Session, quest: Quest, *, by: Person, at: datetime) -> Review:
    """Ask for the review of the next gate. Raises Refusal with what is still missing."""
    if not policy.may_lead(by, quest):
        raise NotAllowed(_("The lead asks for a review."))
    if quest.metric and not quest.metric.analysis:  # of an earlier version, and not looked at yet
        analysing.refresh(session, quest.metric)
    step = lifecycle.next_step(quest.state)
    if step is None or step.gate is None or step.gate is Gate.G4:
        raise Refusal(_("No review belongs to this moment."))
    if quest.waiting:
        raise Refusal(_("A review has been asked for and waits for a coach."))
    needs = checklist(step, knowing.known(session, quest))
    missing = [need for need in needs if not need.done]
    if missing:
        raise Refusal(_("Something is still missing for this step."), missing=missing)
    if step.gate is Gate.G3:
        declaring.look(session, quest, at)
    review = Review(quest_id=quest.id, gate=step.gate, asked_by_id=by.id, asked_at=at)
    session.add(review)
    session.flush()
    audit.record(session, "review_asked", quest, by=by, at=at, summary=step.gate.value)
    return review


def take_back(session: Session, quest: Quest, *, by: Person, at: datetime) -> None:
    """Take the request for a review back, so that the team can work on. Raises Refusal."""
    if not policy.may_lead(by, quest):
        raise NotAllowed(_("The lead takes a request back."))
    review = quest.waiting
    if review is None:
        raise Refusal(_("No review waits."))
    session.delete(review)
    audit.record(session, "review_taken_back", quest, by=by, at=at, summary=review.gate.value)
    session.flush()


def judge(
    session: Session,
    quest: Quest,
    *,
    gate: Gate,
    verdict: Verdict,
    reason: str,
    not_counted: Collection[int] = (),
    own_change: bool = False,
    same_cause: Quest | None = None,
    judgement: str = "",
    next_step: str = "",
    seen: str | None = None,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> Sequence[LedgerEntry]:
    """Give the verdict on the gate that waits, and pay an accepted one in the same transaction.

    `not_counted` are contributions (by id) that the reviewer does not accept. At the first gate
    `own_change` says that the team itself made the cause, and `same_cause` that another active
    quest works on it, which is refused. `judgement` is needed to accept an outcome whose figures
    give no plain verdict, `next_step` to decline; `seen` is the stamp of the figures that the
    reviewer had before them. Raises NotAllowed for anyone on the team, its lead, its sponsor or,
    at the outcome, the metric's owner; Refusal when no such review waits, when the figures are
    others by now, or when the gate's needs are no longer met.
    """
    if not policy.may_review(by, quest, gate):
        raise NotAllowed(OUTSIDE)
    review = quest.waiting
    if review is None or review.gate is not gate:
        raise Refusal(ANSWERED)
    if not reason:
        raise BadInput(_("Say why; the team learns from the reason."), field="reason")
    if gate is Gate.G3:
        _check_figures(session, quest, seen, by)
    judging.check(quest.metric, verdict, gate=gate, judgement=judgement, next_step=next_step)
    review.reviewer, review.verdict = by, verdict
    review.reason, review.decided_at = reason, at
    _write_verdict(session, quest, review, judgement, next_step)
    _tell_lead(session, quest, review, base_url, at)
    _pay_reviewer(session, quest, review, at)
    if verdict is Verdict.DECLINE:
        audit.record(session, "declined", quest, by=by, at=at, summary=f"{gate.value}: {reason}")
        session.flush()
        return ()
    if same_cause is not None:
        raise Refusal(continuing.SAME, title=same_cause.title)
    if gate is Gate.G1:
        quest.own_change = own_change
    _accept_contributions(session, quest, gate, not_counted, by, at)
    known = knowing.known(session, quest)
    move(session, quest, gate.value, by=by, at=at, facts=known, summary=reason)
    entries = pay(session, quest, gate, at=at)
    _stamp(session, quest, gate, by, at)
    return entries


def _check_figures(session: Session, quest: Quest, seen: str | None, by: Person) -> None:
    """Work the figures out anew. Raises Refusal where the reviewer has seen others.

    Raises NotAllowed for who wrote down what customers said, where the gate rests on that.
    """
    if quest.metric:
        analysing.refresh(session, quest.metric)
        judging.check_stamp(quest.metric, seen)
    rests_on_it = quest.pain.pain_class is PainClass.DIFFERENTIATOR
    if rests_on_it and check_queries.wrote(session, telling.outcome_of(quest), by):
        raise NotAllowed(
            _("You wrote down what customers said. Somebody else judges what it proves.")
        )


def _write_verdict(
    session: Session, quest: Quest, review: Review, judgement: str, next_step: str
) -> None:
    """Keep with the verdict how its reviewer judges, what comes next, and the figures seen."""
    review.judgement = judgement
    review.next_step = next_step if review.verdict is Verdict.DECLINE else ""
    if review.gate is Gate.G3 and quest.metric:
        review.figures = judging.kept(quest.metric, measures.values(session, quest.metric))


def pay(session: Session, quest: Quest, gate: Gate, *, at: datetime) -> Sequence[LedgerEntry]:
    """Enter the gate's award for the team and for everyone who shares in it, once and for ever."""
    return paying.pay(
        session,
        key=f"quest:{quest.id}:{gate.value}",
        kind=deciding.GATE_PASSED,
        subject=f"quest:{quest.id}",
        facts=facts_of(session, quest, gate, at=at),
        label=quest.title,
        at=at,
        zone=people.zone(session),
        chain=quest.chain,
    )


def facts_of(session: Session, quest: Quest, gate: Gate, *, at: datetime) -> dict[str, Any]:
    """Return all that a decision about the gate needs: the deed, the team, who shares."""
    person_ids = sorted({member.person_id for member in quest.members})
    members = deeds.sharers(
        quest,
        ledger.accounts_of(session, person_ids),
        gate=gate,
        at=at,
        earlier=queries.earlier_quests(session, quest),
        rules=paying.rulebook_at(session, at),
    )
    facts = deciding.gate_facts(gate, deeds.deed_for(quest, gate), quest.account_id, members)
    theme = voice.root_of(session, quest.pain.theme_id)
    return {**facts, "own_change": quest.own_change, "theme": theme}


def _pay_reviewer(session: Session, quest: Quest, review: Review, at: datetime) -> None:
    """Record that someone outside looked, which pays the same for yes and for no."""
    reviewer = review.reviewer
    assert reviewer is not None
    paying.pay(
        session,
        key=f"review:{review.id}",
        kind="review_completed",
        subject=f"review:{review.id}",
        facts={
            "gate": review.gate.value,
            "days": (at - review.asked_at).days,
            "reviewer": ledger.accounts_of(session, [reviewer.id])[reviewer.id],
            "with": quest.account_id,
            "theme": voice.root_of(session, quest.pain.theme_id),
            "quest": quest.id,
        },
        label=quest.title,
        at=at,
        zone=people.zone(session),
    )


def _accept_contributions(
    session: Session,
    quest: Quest,
    gate: Gate,
    not_counted: Collection[int],
    by: Person,
    at: datetime,
) -> None:
    counted = [
        contribution
        for contribution in quest.contributions
        if contribution.accepted_at is None and contribution.id not in not_counted
    ]
    for contribution in counted:
        contribution.accepted_at, contribution.accepted_by_id = at, by.id
    if counted:
        paying.pay(
            session,
            key=f"quest:{quest.id}:{gate.value}:contributions",
            kind="contribution_accepted",
            subject=f"quest:{quest.id}",
            facts={"count": len(counted)},
            label=quest.title,
            at=at,
            zone=people.zone(session),
        )


def _stamp(session: Session, quest: Quest, gate: Gate, by: Person, at: datetime) -> None:
    """Note when the gate was passed; a proven outcome is looked at again on three days."""
    if gate is Gate.G1:
        quest.root_cause_at = at
    elif gate is Gate.G2:
        quest.in_place_at = at
    elif gate is Gate.G3:
        suspecting.close(session, quest, PROVEN_ANEW, by=by, at=at)
        quest.outcome_at = at
        today = people.today(session, at)
        for day in HOLD_DAYS:
            due_on = today + timedelta(days=day)
            session.add(HoldCheck(quest_id=quest.id, day=day, due_on=due_on, state=HoldState.DUE))
    session.flush()


def _tell_lead(session: Session, quest: Quest, review: Review, base_url: str, at: datetime) -> None:
    said = "accepted" if review.verdict is Verdict.ACCEPT else "declined"
    outbox.post(
        session,
        key=f"review:{review.id}",
        recipient=quest.lead.email,
        subject=f"{review.gate.value} was {said}: {quest.title}",
        body=f"Hello {quest.lead.name},\n\n{review.gate.value} of “{quest.title}” was {said}.\n\n"
        f"{review.reason}\n\n{_next(review)}{base_url}/quests/{quest.id}\n",
        at=at,
    )


def _next(review: Review) -> str:
    """Return what a declined team does next, as a mail says it."""
    return f"What comes next: {review.next_step}\n\n" if review.next_step else ""
