"""The red limit: whoever has to react is told at once, by when, and what was done stays here."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from cxquest.core import outbox
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.core.waiting import of_kind
from cxquest.measures import queries
from cxquest.measures.models import Direction, Metric, Reaction, Reading
from cxquest.measures.periods import is_stale
from cxquest.people import queries as people
from cxquest.people.models import Person


def is_red(metric: Metric, reading: Reading) -> bool:
    """Whether a reading lies at the red limit or beyond it, where that limit holds by now.

    It holds from the frozen baseline on. One that the baseline itself lies beyond guards what the
    change brings, and holds from the day on which all is in place.
    """
    if reading.withdrawn or not _is_beyond(metric, reading.value):
        return False
    if metric.changed_on and reading.period_start >= metric.changed_on:
        return True
    return metric.baseline is not None and not _is_beyond(metric, metric.baseline)


def _is_beyond(metric: Metric, value: Decimal) -> bool:
    if metric.red_limit is None:
        return False
    if metric.direction is Direction.INCREASE:
        return value <= metric.red_limit
    return value >= metric.red_limit


def look(session: Session, metric: Metric, at: datetime) -> None:
    """Ask for the reaction that was planned if the reading of the last period is new and red.

    A period long past, as files of history bring it, calls nobody.
    """
    last_on = date.fromisoformat(metric.analysis["last_on"])
    if is_stale(last_on, metric.period, people.today(session, at)) or not metric.reaction_hours:
        return
    reading = queries.last_words(session, metric, [last_on])[last_on]
    if is_red(metric, reading):
        _ask(session, metric, reading, at)


def _ask(session: Session, metric: Metric, reading: Reading, at: datetime) -> None:
    due_at = at + timedelta(hours=metric.reaction_hours or 0)
    session.add(Reaction(metric_id=metric.id, reading_id=reading.id, due_at=due_at))
    who = session.get(Person, metric.reaction_by_id) if metric.reaction_by_id else None
    if who and who.is_active:
        due = due_at.astimezone(people.zone(session))
        outbox.post(
            session,
            key=f"red:{reading.id}",
            recipient=who.email,
            subject=f"Red: {metric.name}",
            body=f"Hello {who.name},\n\n“{metric.name}” is {reading.value.normalize():f} "
            f"{metric.unit} for the period from {reading.period_start}. The red limit is "
            f"{(metric.red_limit or reading.value).normalize():f}.\n\n"
            f"The plan: {metric.reaction}\n\nBy {due:%Y-%m-%d %H:%M}.\n",
            at=at,
        )
    session.flush()


def answer(session: Session, reaction: Reaction, done: str, *, by: Person, at: datetime) -> None:
    """Write down what was done about a red reading. Raises Refusal when that was said already."""
    if reaction.done_at:
        raise Refusal(_("What was done about this reading is written down already."))
    if not done.strip():
        raise BadInput(_("Say what was done."), field="done")
    reaction.done, reaction.done_by_id, reaction.done_at = done.strip(), by.id, at
    session.flush()


def waiting_for(person: Person) -> Select[Any]:
    """Return the reactions that wait for a person, each with the instant by which it is due."""
    found = of_kind(
        "reaction", key=Metric.id, part=Reaction.id, title=Metric.name, since=Reaction.due_at
    )
    found = found.select_from(Reaction).join(Metric, Metric.id == Reaction.metric_id)
    return found.where(Metric.reaction_by_id == person.id, Reaction.done_at.is_(None))
