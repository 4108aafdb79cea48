"""My turn: one list of what waits for a person."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.pains import queries as pains
from cxquest.people.models import Person
from cxquest.quests import concerning
from cxquest.quests import queries as quests
from cxquest.quests.lifecycle import next_step
from cxquest.quests.models import Quest
from cxquest.rewards import rulebook_queries
from cxquest.web.filters import day
from cxquest.web.labels import label


@dataclass(frozen=True)
class Turn:
    """Something that waits: what, since when, where."""

    text: str
    since: datetime | None
    url: str


def of(
    session: Session, person: Person, mine: list[Quest], at: datetime, zone: ZoneInfo
) -> list[Turn]:
    """Return what waits for the person, the oldest first within each kind."""
    today = at.astimezone(zone).date()
    turns = [
        *_as_sponsor(session, person),
        *_as_coach(session, person),
        *_disputes(session, person),
    ]
    for _check, quest in quests.overdue_readings(session, person, today):
        text = _("A fresh reading is missing: %(title)s", title=quest.title)
        turns.append(Turn(text, None, url_for("quests.readings", quest_id=quest.id)))
    turns.extend(_as_lead(person, mine))
    turns.extend(_rules(session, person, at))
    return turns


def _as_sponsor(session: Session, person: Person) -> list[Turn]:
    if not person.is_executive:
        return []
    return [
        Turn(
            _("Sign the charter: %(title)s", title=quest.title),
            quest.charter_asked_at,
            _show(quest),
        )
        for quest in quests.charters_for(session, person)
    ]


def _as_coach(session: Session, person: Person) -> list[Turn]:
    if not person.is_coach:
        return []
    reviews = [
        Turn(
            _("Review %(gate)s: %(title)s", gate=label(review.gate), title=quest.title),
            review.asked_at,
            url_for("quests.review", quest_id=quest.id, gate=review.gate.value),
        )
        for review, quest in quests.reviews_for(session, person)
    ]
    sizes = [
        Turn(
            _("Agree the size: %(title)s", title=quest.title),
            quest.proposed_at,
            url_for("quests.size", quest_id=quest.id),
        )
        for quest in quests.sizes_for(session, person)
    ]
    return [*reviews, *sizes, *_open_pains(session, person)]


def _disputes(session: Session, person: Person) -> list[Turn]:
    if not (person.is_coach or person.is_administrator):
        return []
    return [
        Turn(
            _("Answer a dispute about points: %(title)s", title=dispute.event.label),
            dispute.raised_at,
            url_for("points.answer", dispute_id=dispute.id),
        )
        for dispute in session.scalars(concerning.waiting_for(person))
    ]


def _open_pains(session: Session, coach: Person) -> list[Turn]:
    hunch, ready = _("Find evidence, or decline: %(title)s"), _("Accept or decline: %(title)s")
    return [
        Turn(
            (hunch if is_hunch else ready) % {"title": pain.title},
            pain.created_at,
            url_for("pains.show", pain_id=pain.id),
        )
        for pain, is_hunch in pains.waiting_for_coach(session, coach)
    ]


def _rules(session: Session, person: Person, at: datetime) -> list[Turn]:
    """Return what is new about the reward rules: a change ahead, a version to approve."""
    turns = []
    for version in session.scalars(rulebook_queries.on_the_way(at)):
        if version.effective_from is not None:
            text = _(
                "New reward rules on %(day)s: what changes for you", day=day(version.effective_from)
            )
            turns.append(Turn(text, None, url_for("rewards.for_you", number=version.number)))
        elif person.is_administrator and person.id != version.written_by_id:
            text = _("Approve version %(number)s of the rulebook", number=version.number)
            turns.append(Turn(text, None, url_for("rewards.show", number=version.number)))
    return turns


def _as_lead(person: Person, mine: list[Quest]) -> list[Turn]:
    """Return the quests that a person leads, with the step that comes next."""
    return [
        Turn(
            _("You lead: %(title)s. Next: %(step)s", title=quest.title, step=_next(quest)),
            quest.state_since,
            _show(quest),
        )
        for quest in mine
        if quest.lead_id == person.id
    ]


def _next(quest: Quest) -> str:
    step = next_step(quest.state)
    if step is None:
        return label(quest.state)
    return label(step.gate) if step.gate else _("the charter")


def _show(quest: Quest) -> str:
    return url_for("quests.show", quest_id=quest.id)
