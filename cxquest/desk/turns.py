"""My turn: one list of what waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import shorten
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from cxquest.core.waiting import Waiting, found
from cxquest.lessons import queries as lessons
from cxquest.measures import reacting
from cxquest.measures.periods import is_stale
from cxquest.pains import check_queries as checks
from cxquest.pains import queries as pains
from cxquest.people.models import Person
from cxquest.quests import concerning, metric_queries, standards, tasks, waiting
from cxquest.quests import queries as quests
from cxquest.quests.lifecycle import next_step
from cxquest.quests.models import Quest
from cxquest.rewards import rulebook_queries
from cxquest.web.filters import day
from cxquest.web.labels import label

Waits = Mapping[str, Sequence[Waiting]]

MOST_OF_STEP = 160  # letters of what a declined team does next
LONG = timedelta(days=14)  # without a reading, until a coach sees it too
LATELY = timedelta(days=14)  # how long what customers say is a coach's turn


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
    waits = _waiting(session, person, today)
    return [
        *_as_sponsor(session, person),
        *_declined(waits),
        *(_reviews(waits) if person.is_coach else []),
        *_suspicions(waits),
        *(_open_pains(session, person) if person.is_coach else []),
        *(_worse(session, at) if person.is_coach else []),
        *_disputes(session, person),
        *_reactions(waits, at),
        *_readings(waits),
        *_late(waits, today),
        *_tasks(waits, today),
        *_standards(waits),
        *_as_lead(person, mine),
        *_rules(session, person, at),
    ]


def _waiting(session: Session, person: Person, today: date) -> dict[str, list[Waiting]]:
    """Return what waits for the person by its kind, in one statement."""
    kinds = [
        waiting.readings(person, today),
        tasks.open_of(person),
        standards.due(person, today),
        reacting.waiting_for(person),
        metric_queries.owned(person),
        waiting.declined(person),
    ]
    if person.is_coach:
        kinds += [waiting.suspicions(person), waiting.unread(person, today - LONG)]
        kinds += [waiting.reviews(person), waiting.sizes(person), lessons.waiting_for(person)]
    waits: dict[str, list[Waiting]] = {}
    for one in found(session, *kinds):
        waits.setdefault(one.kind, []).append(one)
    return waits


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


def _reviews(waits: Waits) -> list[Turn]:
    """Return what a coach looks at: gates, sizes, and lessons that departments use."""
    reviews = [
        Turn(
            _("Review %(gate)s: %(title)s", gate=label(one.detail), title=one.title),
            one.since,
            url_for("quests.review", quest_id=one.key, gate=one.detail),
        )
        for one in waits.get("review", ())
    ]
    sizes = [
        Turn(
            _("Agree the size: %(title)s", title=one.title),
            one.since,
            url_for("quests.size", quest_id=one.key),
        )
        for one in waits.get("size", ())
    ]
    return [*reviews, *sizes, *_adoptions(waits)]


def _suspicions(waits: Waits) -> list[Turn]:
    """Return what a coach looks at of proven quests: returns, and checks without a reading."""
    back = [
        Turn(
            _("Is the problem back? %(title)s", title=one.title),
            one.since,
            url_for("quests.show", quest_id=one.key),
        )
        for one in waits.get("suspicion", ())
    ]
    unread = [
        Turn(
            _(
                "No fresh reading since the check of %(day)s: %(title)s",
                day=day(one.day),
                title=one.title,
            ),
            None,
            url_for("quests.held", quest_id=one.key),
        )
        for one in waits.get("unread", ())
    ]
    return [*back, *unread]


def _declined(waits: Waits) -> list[Turn]:
    text = _("%(gate)s was declined. What comes next: %(step)s")
    return [
        Turn(
            text % {"gate": label(one.detail), "step": shorten(one.title, MOST_OF_STEP)},
            one.since,
            url_for("quests.show", quest_id=one.key, _anchor="next"),
        )
        for one in waits.get("declined", ())
    ]


def _adoptions(waits: Waits) -> list[Turn]:
    text = _("Look whether %(department)s uses a lesson: %(title)s")
    return [
        Turn(
            text % {"department": one.detail, "title": one.title},
            one.since,
            url_for("lessons.adoption", lesson_id=one.key, adoption_id=one.part),
        )
        for one in waits.get("adoption", ())
    ]


def _readings(waits: Waits) -> list[Turn]:
    text = _("A fresh reading is missing: %(title)s")
    return [
        Turn(text % {"title": one.title}, None, url_for("quests.readings", quest_id=one.key))
        for one in waits.get("reading", ())
    ]


def _reactions(waits: Waits, at: datetime) -> list[Turn]:
    """Return the red readings on which a person acts, with the hours that are left for it."""
    turns = []
    for one in waits.get("reaction", ()):
        hours = int(((one.since or at) - at).total_seconds() // 3600)
        if hours >= 0:
            left = ngettext("%(num)s hour left", "%(num)s hours left", hours)
        else:
            left = ngettext("%(num)s hour late", "%(num)s hours late", -hours)
        text = _("Red, do what was planned (%(left)s): %(name)s", left=left, name=one.title)
        url = url_for("quests.react", metric_id=one.key, reaction_id=one.part)
        turns.append(Turn(text, None, url))
    return turns


def _late(waits: Waits, today: date) -> list[Turn]:
    """Return the metrics of which the next reading is late."""
    text = _("The next reading is late: %(name)s")
    return [
        Turn(text % {"name": one.title}, None, url_for("quests.series", metric_id=one.key))
        for one in waits.get("metric", ())
        if one.detail
        and is_stale(date.fromisoformat(one.detail), metric_queries.PERIODS[one.part or 0], today)
    ]


def _worse(session: Session, at: datetime) -> list[Turn]:
    """Return the pain points of which a customer says, lately, that it is worse than before."""
    text = _("A customer says it is worse: %(title)s")
    return [
        Turn(text % {"title": title}, since, url_for("pains.notes", pain_id=pain_id))
        for pain_id, title, since in checks.said_worse(session, at - LATELY)
    ]


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


def _tasks(waits: Waits, today: date) -> list[Turn]:
    """Return what a person has taken on in their quests."""
    turns = []
    for one in waits.get("task", ()):
        text = _("Task: %(text)s", text=one.title)
        if one.day:
            late = _("Overdue since %(day)s: %(text)s", day=day(one.day), text=one.title)
            ahead = _("Task by %(day)s: %(text)s", day=day(one.day), text=one.title)
            text = late if one.day < today else ahead
        turns.append(Turn(text, None, url_for("quests.show", quest_id=one.key, _anchor="drivers")))
    return turns


def _standards(waits: Waits) -> list[Turn]:
    """Return the standards of a person that are looked at again in these weeks."""
    return [
        Turn(
            _(
                "Look at the standard again by %(day)s: %(title)s",
                day=day(one.day),
                title=one.title,
            ),
            None,
            url_for("quests.standard_reviewed", quest_id=one.key, countermeasure_id=one.part),
        )
        for one in waits.get("standard", ())
    ]


def _next(quest: Quest) -> str:
    step = next_step(quest.state)
    if step is None:
        return label(quest.state)
    return label(step.gate) if step.gate else _("the charter")


def _show(quest: Quest) -> str:
    return url_for("quests.show", quest_id=quest.id)
