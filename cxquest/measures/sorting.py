"""Many readings at once: which can be taken, and what is wrong with each of the others."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput
from cxquest.measures import recording
from cxquest.measures.models import Metric, Reading
from cxquest.measures.offers import Given, Offered, Refused
from cxquest.measures.periods import start_of
from cxquest.people import queries as people


@dataclass(frozen=True)
class Words:
    """What is said of a reading whose period stands at other places too, and of one that would
    correct what is known and gives no reason.
    """

    again: str
    differs: str


def sort_out(
    session: Session, metric: Metric, offered: Iterable[Offered], *, words: Words, at: datetime
) -> tuple[list[Given], list[Refused]]:
    """Return what can be taken, each on the first day of its period, and what cannot.

    Of several readings of one period none is taken.
    """
    today = people.today(session, at)
    rows = [_dated(one, metric) for one in offered]
    places = defaultdict[date, list[int]](list)
    for one in rows:
        places[one.given.day].append(one.place)
    known = recording.known_of(session, metric, places)
    taken, refused = list[Given](), list[Refused]()
    for one in rows:
        wrong = (
            _unfit(metric, one, today)
            or _repeated(one, places[one.given.day], words.again)
            or _differing(one, known.get(one.given.day), words.differs)
        )
        if wrong:
            refused.append(wrong)
        else:
            taken.append(one.given)
    return taken, refused


def _dated(one: Offered, metric: Metric) -> Offered:
    return replace(one, given=replace(one.given, day=start_of(one.given.day, metric.period)))


def _unfit(metric: Metric, one: Offered, today: date) -> Refused | None:
    try:
        recording.check(metric, one.given, today)
    except BadInput as problem:
        return Refused(one.place, problem.field, problem.text, _spoken(problem.values))
    return None


def _repeated(one: Offered, places: Sequence[int], again: str) -> Refused | None:
    others = [str(place) for place in places if place != one.place]
    if not others:
        return None
    said = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
    return Refused(one.place, "day", again, {"day": one.given.day.isoformat(), "places": said})


def _differing(one: Offered, before: Reading | None, differs: str) -> Refused | None:
    if before is None or before.withdrawn or one.given.reason:
        return None
    if recording.same(before, one.given):
        return None
    values = {"day": one.given.day.isoformat(), "value": f"{before.value.normalize():f}"}
    if before.n is not None:
        values["value"] += f" (n {before.n})"
    return Refused(one.place, "reason", differs, values)


def _spoken(values: dict[str, object]) -> dict[str, Any]:
    return {name: str(value) for name, value in values.items()}
