"""What it costs to leave a pain point as it is: a sum of which every input is visible. Pure.

    customers who leave  = customers a month × share that leaves × what one is worth a year
    work                 = customers a month × minutes a case / 60 × cost of an hour
    direct cost          = customers a month × direct cost a case

Each part is rounded to cents, its month and its year of twelve months apart, so that each of
the two columns adds up. A part with a blank input is left out of the sum, and named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _

CENT = Decimal("0.01")
MOST = Decimal(1_000_000_000)
MOST_MINUTES = Decimal(10_000)
MONTHS = 12


@dataclass(frozen=True)
class Inputs:
    """What is known; None is not known yet. Money is in the organisation's currency.

    `leaving` is a percentage of the customers who meet the pain; `worth` what one of them
    brings in a year; `minutes` and `direct` are for each case, `hour` is what an hour costs.
    """

    leaving: Decimal | None = None
    worth: Decimal | None = None
    minutes: Decimal | None = None
    hour: Decimal | None = None
    direct: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return any(value is not None for value in vars(self).values())


NAMES = tuple(field.name for field in fields(Inputs))
LIMITS = dict.fromkeys(NAMES, MOST) | {"leaving": Decimal(100), "minutes": MOST_MINUTES}
# Which inputs each part of the sum needs, besides the customers who meet it in a month.
PARTS = {"lost": ("leaving", "worth"), "work": ("minutes", "hour"), "direct": ("direct",)}


@dataclass(frozen=True)
class Part:
    """One part of the sum: its money a month and a year, or what it lacks."""

    name: str
    month: Decimal | None
    year: Decimal | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cost:
    """The sum of all parts that are known."""

    reach: int
    inputs: Inputs
    parts: tuple[Part, ...]

    @property
    def month(self) -> Decimal | None:
        """The money a month; None where no part is known."""
        known = [part.month for part in self.parts if part.month is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def year(self) -> Decimal | None:
        """The money a year; None where no part is known."""
        known = [part.year for part in self.parts if part.year is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def left_out(self) -> tuple[Part, ...]:
        """The parts that are not in the sum."""
        return tuple(part for part in self.parts if part.month is None)


def worked_out(reach_per_month: int, inputs: Inputs) -> Cost:
    """Return what leaving it costs, part by part."""
    return Cost(
        reach_per_month, inputs, tuple(_part(name, reach_per_month, inputs) for name in PARTS)
    )


def _part(name: str, reach: int, inputs: Inputs) -> Part:
    missing = tuple(needed for needed in PARTS[name] if getattr(inputs, needed) is None)
    missing += () if reach else ("reach",)
    if missing:
        return Part(name, None, None, missing)
    month = _money(name, Decimal(reach), inputs)
    return Part(name, _cents(month), _cents(month * MONTHS))


def _cents(money: Decimal) -> Decimal:
    return money.quantize(CENT, ROUND_HALF_UP)


def _money(name: str, reach: Decimal, inputs: Inputs) -> Decimal:
    zero = Decimal(0)
    if name == "lost":
        return reach * (inputs.leaving or zero) * (inputs.worth or zero) / 100
    if name == "work":
        return reach * (inputs.minutes or zero) * (inputs.hour or zero) / 60
    return reach * (inputs.direct or zero)


def check(inputs: Inputs) -> None:
    """Raise BadInput for an input below nothing or beyond its limit, naming the field."""
    for name, most in LIMITS.items():
        value = getattr(inputs, name)
        if value is not None and not (value.is_finite() and 0 <= value <= most):
            raise BadInput(
                _("Give a number from 0 to %(most)s, or leave it blank."), field=name, most=most
            )


def stored(inputs: Inputs) -> dict[str, str]:
    """Return the inputs as they are kept: numbers as text, blanks left out."""
    return {name: f"{value:f}" for name, value in vars(inputs).items() if value is not None}


def read(kept: Mapping[str, object]) -> Inputs:
    """Return the inputs that were kept; what is no number counts as blank."""
    return Inputs(**{name: _number(kept.get(name)) for name in NAMES})


def _number(text: object) -> Decimal | None:
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
