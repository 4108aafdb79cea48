"""What the x of a series say of time: dates or numbers in an order, or mere labels. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from itertools import pairwise

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.tables import dates, numbers
from cxquest.tables.dates import DateOrder

FEW = 0.2  # of the x may be misread before they are taken for labels
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")

Key = datetime | Decimal
Read = Callable[[str], Key | None]


@dataclass(frozen=True)
class Reading:
    """The x read one way; None where one cannot be. `whole`: nothing of the text is passed over."""

    read: Read
    keys: tuple[Key | None, ...]
    whole: bool

    @property
    def misfits(self) -> list[int]:
        """The places of x that do not read this way."""
        return [place for place, key in enumerate(self.keys) if key is None]

    def order(self) -> tuple[int, ...]:
        """Return the places in the order of time; where two are alike, as they came."""
        known = {place: key for place, key in enumerate(self.keys) if key is not None}
        return tuple(sorted(known, key=known.__getitem__))


@dataclass(frozen=True)
class Timeline:
    """The x of a series, and the ways in which all of them can be read; none for labels."""

    texts: tuple[str, ...]
    readings: tuple[Reading, ...]

    def order(self) -> tuple[int, ...]:
        """Return the places of the x in the order of time; labels stay as they came.

        Raises BadInput where dates can be read two ways and neither is in order.
        """
        orders = {reading.order() for reading in self._likely()}
        if len(orders) > 1:
            raise BadInput(
                _(
                    "The dates in x, such as %(x)s, can be read in two ways, and are in order in "
                    "neither. Write them as 2026-01-31."
                ),
                x=self.texts[0],
            )
        return orders.pop() if orders else tuple(range(len(self.texts)))

    def ordered(self) -> "Timeline":
        """Return the x in the order of time."""
        order = self.order()
        readings = [
            replace(reading, keys=tuple(reading.keys[place] for place in order))
            for reading in self._likely()
        ]
        return Timeline(tuple(self.texts[place] for place in order), tuple(readings))

    def place(self, when: str) -> int:
        """Return the place of the first x that is `when` or later, once they are in order.

        Raises BadInput where `when` is neither among the x nor like them, or after the last.
        """
        when = when.strip()
        if when in self.texts:
            return self.texts.index(when)
        known = [(reading, _like(reading, when)) for reading in self.readings]
        places = {_first(reading, key) for reading, key in known if key is not None}
        if not places:
            raise _unlike(self, when)
        if len(places) > 1:
            raise BadInput(
                _(
                    "The dates in x can be read in two ways. Write %(when)s as it stands in the "
                    "file."
                ),
                when=when,
            )
        return _within(places.pop(), self, when)

    def _likely(self) -> list[Reading]:
        """Return the readings that are in order; else those from new to old; else all."""
        counted = range(len(self.texts))
        for order in (tuple(counted), tuple(reversed(counted))):
            found = [reading for reading in self.readings if _ascends(reading, order)]
            if found:
                return found
        return list(self.readings)


def timeline(texts: Sequence[str]) -> Timeline:
    """Return what the x say of time. They are without `faults`."""
    texts = tuple(text.strip() for text in texts)
    return Timeline(texts, tuple(r for r in _readings(texts) if not r.misfits))


@dataclass(frozen=True)
class Faults:
    """The places of x that are no date, or number, where nearly all are; and of repeated ones.

    `repeats` are pairs: a place, and the earlier one that says the same. Labels have no faults.
    """

    misfits: list[int]
    repeats: list[tuple[int, int]]


def faults(texts: Sequence[str]) -> Faults:
    """Return what is wrong with the x of a file."""
    texts = [text.strip() for text in texts]
    best = min(_readings(texts), key=lambda reading: len(reading.misfits))
    if len(best.misfits) > FEW * len(texts):
        return Faults([], [])
    seen: dict[object, int] = {}
    repeats = []
    for place, (key, text) in enumerate(zip(best.keys, texts, strict=True)):
        earlier = seen.setdefault(key if best.whole else text, place)
        if key is not None and earlier != place:
            repeats.append((place, earlier))
    return Faults(best.misfits, repeats)


def _readings(texts: Sequence[str]) -> list[Reading]:
    """Return the x read in the first way that fits most of them, and in others of its sort."""
    sorts: list[tuple[list[Read], bool]] = [
        ([_iso], True),
        ([partial(_day, order=order) for order in DateOrder], False),
        ([_month], True),
        ([partial(numbers.number, decimal=sign) for sign in numbers.SIGNS], True),
    ]
    best: list[Reading] = []
    for reads, whole in sorts:
        made = [Reading(read, tuple(read(text) for text in texts), whole) for read in reads]
        if not best or _worst(made) < _worst(best):
            best = made
    return best


def _worst(readings: Sequence[Reading]) -> int:
    return min(len(reading.misfits) for reading in readings)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{text}-01" if MONTH.fullmatch(text) else text).replace(
            tzinfo=None
        )
    except ValueError:
        return None


def _day(text: str, order: DateOrder) -> datetime | None:
    return _midnight(dates.parsed(text, order))


def _month(text: str) -> datetime | None:
    return _midnight(dates.parsed(f"1 {text}", DateOrder.YMD)) if text[:1].isalpha() else None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time()) if day else None


def _like(reading: Reading, text: str) -> Key | None:
    """Return the text read as the x are; a date may be an ISO date whatever theirs are."""
    key = reading.read(text)
    if key is None and isinstance(reading.keys[0], datetime):
        return _iso(text)
    return key


def _first(reading: Reading, key: Key) -> int:
    return next(
        (place for place, one in enumerate(reading.keys) if one is not None and one >= key),  # type: ignore[operator]
        len(reading.keys),
    )


def _within(place: int, line: Timeline, when: str) -> int:
    if place == len(line.texts):
        raise BadInput(
            _("No point is at %(when)s or later; the last is at %(last)s."),
            when=when,
            last=line.texts[-1],
        )
    return place


def _unlike(line: Timeline, when: str) -> BadInput:
    return BadInput(
        _("“%(when)s” is not among the x of the file, nor like them: the first is %(first)s."),
        when=when,
        first=line.texts[0],
    )


def _ascends(reading: Reading, order: Sequence[int]) -> bool:
    keys = [reading.keys[place] for place in order]
    return all(earlier <= later for earlier, later in pairwise(keys))  # type: ignore[operator]
