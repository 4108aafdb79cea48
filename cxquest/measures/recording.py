"""Readings: add, correct, withdraw. Rows are only ever added, and each change says why."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.measures import analysing, belonging, queries, reacting, spc
from cxquest.measures.models import Metric, Reading, Via
from cxquest.measures.offers import Given
from cxquest.measures.periods import start_of
from cxquest.measures.shares import MOST
from cxquest.people import queries as people
from cxquest.people.models import Person

FEW = 500  # periods that are asked for by name; of more, all are loaded
Row = dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """How readings came in: by whom (nobody for another program), how, and by which file."""

    by: Person | None
    via: Via = Via.FORM
    run_id: int | None = None


@dataclass
class Taken:
    """What many readings came to."""

    created: int = 0
    corrected: int = 0
    unchanged: int = 0


def read(
    session: Session,
    metric: Metric,
    *,
    day: date,
    value: Decimal,
    n: int | None = None,
    by: Person,
    at: datetime,
) -> Reading:
    """Add the reading of the period in which `day` lies. Raises BadInput if it has one already."""
    given = Given(start_of(day, metric.period), value, n)
    check(metric, given, people.today(session, at))
    known = queries.last_words(session, metric, [given.day]).get(given.day)
    if known and not known.withdrawn:
        raise BadInput(
            _("The period that starts on %(day)s has a reading. Correct that one instead."),
            field="day",
            day=given.day.isoformat(),
        )
    if known:
        belonging.check(session, metric, by)
    row = _row(metric, given, known, "", Origin(by), at)
    return _entered(session, metric, row, at)


def correct(
    session: Session,
    metric: Metric,
    reading: Reading,
    *,
    value: Decimal,
    n: int | None,
    reason: str,
    by: Person,
    at: datetime,
) -> Reading:
    """Add a row that stands in for `reading`, with the reason. Raises Refusal if one does."""
    _check_change(session, metric, reading, by)
    given = Given(reading.period_start, value, n)
    check(metric, given, reading.period_start)
    return _entered(session, metric, _row(metric, given, reading, reason, Origin(by), at), at)


def withdraw(
    session: Session, metric: Metric, reading: Reading, *, reason: str, by: Person, at: datetime
) -> Reading:
    """Take a reading back, with the reason: its period has none again. Raises Refusal."""
    _check_change(session, metric, reading, by)
    return _entered(session, metric, _withdrawal(reading, reason, Origin(by), at), at)


def take(
    session: Session,
    metric: Metric,
    given: Iterable[Given],
    *,
    origin: Origin,
    at: datetime,
) -> Taken:
    """Add many readings that have been checked, each the first day of its period.

    A period that has another value is corrected, with its reason; the same value changes nothing.
    Raises Refusal for corrections where what is known must stay as it is.
    """
    wanted = {one.day: one for one in given}
    known = known_of(session, metric, wanted)
    taken, rows, again = Taken(), list[Row](), False
    for day, one in sorted(wanted.items()):
        before = known.get(day)
        if before and not before.withdrawn and same(before, one):
            taken.unchanged += 1
            continue
        corrects = before is not None and not before.withdrawn
        taken.corrected += corrects
        taken.created += not corrects
        again = again or before is not None
        rows.append(_row(metric, one, before, one.reason if corrects else "", origin, at))
    if again:
        belonging.check(session, metric, origin.by)
    _enter(session, metric, rows, at)
    return taken


def known_of(session: Session, metric: Metric, days: Collection[date]) -> dict[date, Reading]:
    """Return the row that speaks for each of these periods, one that withdraws too."""
    return queries.last_words(session, metric, list(days) if len(days) <= FEW else None)


def take_back(
    session: Session, metric: Metric, run_id: int, *, reason: str, by: Person, at: datetime
) -> int:
    """Take back what a file brought, where it still stands; return how many readings that were.

    What a file corrected gets the value again that it had before. Raises Refusal where what is
    known must stay as it is.
    """
    belonging.check(session, metric, by)
    mine = queries.standing(metric.id).where(Reading.run_id == run_id)
    earlier = select(Reading).where(
        Reading.id.in_(select(Reading.corrects_id).where(Reading.run_id == run_id))
    )
    befores = {row.id: row for row in session.scalars(earlier)}
    rows, origin = list[Row](), Origin(by, Via.FILE)
    for reading in session.scalars(mine).all():
        before = befores.get(reading.corrects_id or 0)
        if before is None or before.withdrawn:
            rows.append(_withdrawal(reading, reason, origin, at))
        else:
            again = Given(before.period_start, before.value, before.n)
            rows.append(_row(metric, again, reading, reason, origin, at))
    _enter(session, metric, rows, at)
    return len(rows)


def same(reading: Reading, given: Given) -> bool:
    """Whether a reading says the same already."""
    return reading.value == given.value.quantize(Decimal("0.0001")) and reading.n == given.n


def check(metric: Metric, given: Given, today: date) -> None:
    """Raise BadInput for a value that the metric cannot have, or a period that is to come."""
    if given.day > today:
        raise BadInput(_("This period has not begun yet."), field="day")
    if not given.value.is_finite() or abs(given.value) > MOST:
        raise BadInput(_("Use a number of at most 12 digits."), field="value")
    if not metric.is_counted:
        return
    if not given.n:
        raise BadInput(_("Say out of how many: this metric is a share or a rate."), field="n")
    if metric.chart not in spc.SHARES:
        if given.value < 0:
            raise BadInput(_("A rate is not below 0."), field="value")
    elif not 0 <= given.value <= metric.per:
        raise BadInput(_("Use a share from 0 to %(most)s."), field="value", most=metric.per)


def _check_change(session: Session, metric: Metric, reading: Reading, by: Person) -> None:
    belonging.check(session, metric, by)
    later = select(Reading.id).where(Reading.corrects_id == reading.id)
    if reading.withdrawn or session.scalar(later):
        raise Refusal(_("This reading was corrected already; correct its correction."))


def _row(
    metric: Metric,
    given: Given,
    before: Reading | None,
    reason: str,
    origin: Origin,
    at: datetime,
) -> Row:
    return {
        "metric_id": metric.id,
        "period_start": given.day,
        "value": given.value,
        "n": given.n,
        "corrects_id": before.id if before else None,
        "withdrawn": False,
        "reason": reason,
        "via": origin.via,
        "run_id": origin.run_id,
        "recorded_by_id": origin.by.id if origin.by else None,
        "recorded_at": at,
    }


def _withdrawal(reading: Reading, reason: str, origin: Origin, at: datetime) -> Row:
    return {
        "metric_id": reading.metric_id,
        "period_start": reading.period_start,
        "value": reading.value,
        "n": reading.n,
        "corrects_id": reading.id,
        "withdrawn": True,
        "reason": reason,
        "via": origin.via,
        "run_id": None,
        "recorded_by_id": origin.by.id if origin.by else None,
        "recorded_at": at,
    }


def _entered(session: Session, metric: Metric, row: Row, at: datetime) -> Reading:
    """Write a row down, and what follows from it; return it."""
    reading = Reading(**row)
    session.add(reading)
    session.flush()
    _follow(session, metric, [row], at)
    return reading


def _enter(session: Session, metric: Metric, rows: Sequence[Row], at: datetime) -> None:
    """Write many rows down in one statement, and what follows from them."""
    if rows:
        session.execute(insert(Reading), rows)
        _follow(session, metric, rows, at)


def _follow(session: Session, metric: Metric, rows: Iterable[Row], at: datetime) -> None:
    analysing.refresh(session, metric)
    last_on = metric.analysis.get("last_on")
    if any(row["period_start"].isoformat() == last_on for row in rows):
        reacting.look(session, metric, at)
