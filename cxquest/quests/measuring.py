"""Measuring a quest: its one action metric, its readings, telling customers."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import analysing, defining, reacting, recording
from cxquest.measures.defining import Definition
from cxquest.measures.models import Metric, Reaction, Reading, Rebase
from cxquest.people.models import Person
from cxquest.quests import metric_queries, policy
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.moving import work_on
from cxquest.quests.work import Countermeasure

PROVEN = (State.HOLDING, State.CLOSED)


def define(
    session: Session, quest: Quest, given: Definition, *, by: Person, at: datetime
) -> Metric:
    """Define the quest's action metric, or change what may still change of it."""
    may_define(quest, by)
    if given.owner_id is not None and given.owner_id not in {m.person_id for m in quest.team}:
        raise BadInput(_("The owner is a member of the team."), field="owner_id")
    metric = defining.define(session, given, quest.metric, at=at)
    quest.metric = metric
    audit.record(session, "metric_defined", quest, by=by, at=at, summary=given.name)
    mark_changes(session, quest)
    return metric


def mark_changes(session: Session, quest: Quest) -> None:
    """Let the metric know when the quest changed something, and since when all is in place."""
    metric = quest.metric
    if metric is None:
        return
    made = session.execute(
        select(Countermeasure.in_place_on, Countermeasure.title)
        .where(Countermeasure.quest_id == quest.id)
        .order_by(Countermeasure.in_place_on, Countermeasure.id)
    ).all()
    days = [day for day, _title in made if day]
    metric.changes = [{"on": day.isoformat(), "label": title} for day, title in made if day]
    metric.changed_on = max(days) if days and len(days) == len(made) else None
    session.flush()
    analysing.refresh(session, metric)


def name_movers(
    session: Session, quest: Quest, movers: Mapping[int, int], *, by: Person, at: datetime
) -> None:
    """Say who of each department at the table can move the metric this month."""
    may_define(quest, by)
    metric = metric_of(quest)
    strangers = set(movers) - {chair.department_id for chair in quest.chairs}
    if strangers:
        raise BadInput(_("Name somebody of a department that has a chair at the table."))
    defining.name_movers(session, metric, movers)
    audit.record(session, "movers_named", quest, by=by, at=at, summary=str(len(movers)))


def name_neighbour(
    session: Session, quest: Quest, name: str, *, by: Person, at: datetime
) -> Metric:
    """Name the series that the changes should not move; it is read as the metric is."""
    may_define(quest, by)
    found = defining.beside(session, metric_of(quest), name, at=at)
    audit.record(session, "neighbour_named", quest, by=by, at=at, summary=name)
    return found


def rebase(
    session: Session, quest: Quest, on_day: date, reason: str, *, by: Person, at: datetime
) -> Rebase:
    """Begin the limits of the chart anew on a day, with the reason; it stays on record."""
    may_define(quest, by)
    made = defining.rebase(session, metric_of(quest), on_day, reason, by=by, at=at)
    said = f"{on_day.isoformat()}: {reason}"
    audit.record(session, "limits_rebased", quest, by=by, at=at, summary=said[:200])
    return made


def freeze(
    session: Session, quest: Quest, *, first: date, last: date, by: Person, at: datetime
) -> Decimal:
    """Freeze the baseline. Raises BadInput when the window reaches into the time of a change."""
    may_define(quest, by)
    metric = metric_of(quest)
    changes = [c.in_place_on for c in quest.countermeasures if c.in_place_on]
    if changes and last >= min(changes):
        raise BadInput(
            _("The first change was in place on %(day)s; the baseline ends before that."),
            field="baseline_to",
            day=min(changes).isoformat(),
        )
    level = defining.freeze(session, metric, first=first, last=last, at=at)
    audit.record(session, "baseline_frozen", quest, by=by, at=at, summary=str(level.normalize()))
    return level


def read(
    session: Session,
    quest: Quest,
    *,
    day: date,
    value: Decimal,
    n: int | None,
    by: Person,
    at: datetime,
    series: Metric | None = None,
) -> Reading:
    """Add a reading to the metric, or to its neighbour where that is the `series`."""
    metric = _series(quest, by, series)
    reading = recording.read(session, metric, day=day, value=value, n=n, by=by, at=at)
    said = f"{day}: {value}" if metric is quest.metric else f"{metric.name}, {day}: {value}"
    audit.record(session, "reading_added", quest, by=by, at=at, summary=said[:200])
    return reading


def correct(
    session: Session,
    quest: Quest,
    reading: Reading,
    *,
    value: Decimal,
    n: int | None,
    reason: str,
    by: Person,
    at: datetime,
    series: Metric | None = None,
) -> Reading:
    """Correct a reading by a new row, with the reason."""
    metric = _series(quest, by, series, known=True)
    row = recording.correct(session, metric, reading, value=value, n=n, reason=reason, by=by, at=at)
    said = f"{reading.period_start}: {reading.value} → {value}. {reason}"
    audit.record(session, "reading_corrected", quest, by=by, at=at, summary=said)
    return row


def withdraw(
    session: Session,
    quest: Quest,
    reading: Reading,
    *,
    reason: str,
    by: Person,
    at: datetime,
    series: Metric | None = None,
) -> Reading:
    """Take a reading back, with the reason."""
    metric = _series(quest, by, series, known=True)
    row = recording.withdraw(session, metric, reading, reason=reason, by=by, at=at)
    said = f"{reading.period_start}: {reading.value}. {reason}"
    audit.record(session, "reading_withdrawn", quest, by=by, at=at, summary=said)
    return row


def change_known(session: Session, metric: Metric, by: Person | None) -> None:
    """Let known readings be changed, whichever way that comes; new ones are always taken.

    Raises Refusal while a review waits, and once the quest is stopped; NotAllowed once the
    outcome is proven but for a coach outside the team, for points rest on what is known.
    """
    quest = metric_queries.keeper(session, metric)
    if quest is None:
        return
    if quest.state is State.STOPPED:
        raise Refusal(_("The quest was stopped: the readings that are known stay as they are."))
    if quest.state in PROVEN and not (by and policy.may_correct(by, quest)):
        raise NotAllowed(
            _("The outcome rests on these readings. Ask a coach outside the team to correct one.")
        )
    work_on(quest)


def react(
    session: Session, quest: Quest, reaction: Reaction, done: str, *, by: Person, at: datetime
) -> None:
    """Write down what was done about a reading beyond the red limit."""
    if not policy.may_react(by, quest):
        raise NotAllowed(_("Who is named in the plan, or the team, says what was done."))
    metric = quest.metric
    if metric is None or reaction.metric_id != metric.id:
        raise BadInput(_("This is no reading of the quest's metric."))
    reacting.answer(session, reaction, done, by=by, at=at)
    audit.record(session, "reacted", quest, by=by, at=at, summary=done[:200])


def tell_customers(session: Session, quest: Quest, how: str, *, by: Person, at: datetime) -> None:
    """Write down how customers were told what changed."""
    may_measure(quest, by)
    quest.customers_told = how
    audit.record(session, "customers_told", quest, by=by, at=at, summary=how[:200])
    session.flush()


def _series(quest: Quest, by: Person, series: Metric | None, *, known: bool = False) -> Metric:
    """Return the series that is read: the metric, or the neighbour that stands beside it.

    With `known`, what was read already is to be changed.
    """
    if not (known and policy.may_correct(by, quest)):
        may_measure(quest, by)
    metric = metric_of(quest)
    if series is None or series.id == metric.id:
        return metric
    if series.id != metric.neighbour_id:
        raise BadInput(_("This series does not belong to the quest."))
    return series


def metric_of(quest: Quest) -> Metric:
    """Return the quest's metric. Raises Refusal before there is one."""
    if quest.metric is None:
        raise Refusal(_("Define the metric first."))
    return quest.metric


def may_measure(quest: Quest, by: Person) -> None:
    """Raise NotAllowed but for the team and the metric's owner."""
    if not policy.may_measure(by, quest):
        raise NotAllowed(_("Only the team and the metric's owner measure a quest."))


def may_define(quest: Quest, by: Person) -> None:
    """Raise NotAllowed but for members of the team, Refusal while a review waits."""
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    work_on(quest)
