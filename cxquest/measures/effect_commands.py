"""`flask measures effect`; the group goes on in `reading_commands`."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import verdicts
from cxquest.measures.commands import DECIMAL, FILE, measures, opened
from cxquest.measures.effect import METHOD, Effect, TooFew, estimate
from cxquest.measures.series import Series
from cxquest.measures.spc import Improvement
from cxquest.measures.timeline import Key, timeline
from cxquest.measures.verdicts import Reason, Verdict
from cxquest.web.command import Worded, speaking

__all__ = ["measures"]

YEARS = range(1000, 3000)  # what a number in x can mean
MONTHLY = Decimal("0.05")  # of a month that a year written 1983.08 may be off

NO_DAY = _(
    "In %(file)s, x is “%(x)s”, which is no day. An effect needs to know when: write 2026-01-31, "
    "or 2026-01 for a month."
)
SAME_DAY = _(
    "In %(file)s, x is %(other)s and %(x)s, which are of one day. Give one value a day, such as "
    "their mean."
)
OUTSIDE = _(
    "The change of %(change)s is not within the series, which runs from %(first)s to %(last)s. "
    "There have to be readings before it, and on its day or after."
)


class Day(click.ParamType[date]):
    """A day, or the first of a month or year."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        found = timeline([str(value)]).readings
        day = _day(found[0].keys[0]) if found and found[0].whole else None
        if day is None:
            self.fail(_("“%s” is no day. Write 2026-01-31, or 2026-01 for a month.") % value)
        return day


@measures.command("effect")
@click.argument("file", type=FILE)
@click.option(
    "--change", required=True, type=Day(), help="When it was made: 2026-01-31, or 2026-01."
)
@click.option(
    "--season", type=click.IntRange(min=2), help="Periods after which a season comes again: 12."
)
@click.option(
    "--improvement",
    type=click.Choice([way.value for way in Improvement]),
    default=Improvement.INCREASE.value,
    help="Which way is better, increase unless it is said; neutral says rose or fell instead of "
    "improved or worsened.",
)
@DECIMAL
@speaking
def tell(
    file: Path, change: date, season: int | None, improvement: str, decimal: str | None
) -> Worded:
    """Say what a change did to the series in FILE, beyond where the time before was leading.

    FILE is a table with the columns x (a day, a month or a year) and y (the value). Readings
    from the day of the change on are after it. At least 8 are needed before it, or two whole
    seasons, and 4 after. The verdict is improved, worsened, no_effect, trend_before, unclear or
    not_enough_data. Nothing is kept.
    """
    found = opened(file, decimal=decimal)
    days = _days(found, file.name)
    if not days[0] < change <= days[-1]:
        ends = {"change": change, "first": days[0], "last": days[-1]}
        raise click.BadParameter(OUTSIDE % ends, param_hint="--change")
    values = [one.y for one in found.observations]
    try:
        effect = estimate(days, values, change, season=season)
    except TooFew as few:
        return _too_few(few, change, season)
    return _answer(effect, Improvement(improvement))


def _days(found: Series, file: str) -> list[date]:
    """Return the day of each observation. Raises BadInput where one has none of its own."""
    readings = found.timeline.readings
    keys: Sequence[Key | None] = readings[0].keys if readings else [None]
    days = dict[date, str]()
    for key, one in zip(keys, found.observations, strict=False):
        day = _day(key)
        if day is None:
            raise BadInput(NO_DAY, file=file, x=one.x)
        if day in days:
            raise BadInput(SAME_DAY, file=file, x=one.x, other=days[day])
        days[day] = one.x
    return list(days)


def _day(key: Key | None) -> date | None:
    """Return the day of a time, or of a year with its fraction: 1983.0833 is February 1983."""
    if isinstance(key, datetime):
        return key.date()
    if key is None or int(key) not in YEARS:
        return None
    begin, months = date(int(key), 1, 1), key % 1 * 12
    if abs(months - round(months)) > MONTHLY:
        return begin + timedelta(days=int(key % 1 * 365))
    years, month = divmod(round(months), 12)
    return date(begin.year + years, month + 1, 1)


def _answer(effect: Effect, improvement: Improvement) -> Worded:
    verdict, reason = verdicts.of_effect(effect, improvement)
    sentence = " ".join(map(str, [reason, *_besides(effect, verdict)]))
    answer = Worded(
        change=effect.change.isoformat(),
        n_before=effect.n_before,
        n_after=effect.n_after,
        verdict=verdict.value,
        sentence=sentence,
        estimate=effect.estimate,
        interval=[effect.low, effect.high],
        level=effect.level,
        slope=effect.slope,
        trend={
            "slope": effect.trend,
            "interval": [effect.trend_low, effect.trend_high],
            "found": effect.trend_found,
        },
        autocorrelation=effect.autocorrelation,
        season=effect.season,
        outliers=list(effect.outliers),
        method=effect.method,
    )
    answer.words = list(_words(answer))
    return answer


def _besides(effect: Effect, verdict: Verdict) -> Iterator[Reason]:
    """Yield what has to be said beside the verdict."""
    trend, left_out = verdicts.trend_before(effect), verdicts.left_out(effect)
    if trend and verdict is not Verdict.TREND_BEFORE:
        yield trend
    if left_out:
        yield left_out


def _too_few(few: TooFew, change: date, season: int | None) -> Worded:
    answer = Worded(
        change=change.isoformat(),
        n_before=few.n_before,
        n_after=few.n_after,
        verdict=Verdict.NOT_ENOUGH_DATA.value,
        sentence=str(verdicts.too_few(few)),
        **dict.fromkeys(
            ("estimate", "interval", "level", "slope", "trend", "autocorrelation"), None
        ),
        season=season,
        outliers=[],
        method=METHOD,
    )
    answer.words = [answer["sentence"]]
    return answer


def _words(answer: Worded) -> Iterator[str]:
    """Yield the sentence, then the figures that it rests on."""
    told, trend = verdicts.told, answer["trend"]
    low, high = map(told, answer["interval"])
    slow, fast = map(told, trend["interval"])
    yield answer["sentence"]
    yield ""
    yield f"readings: {answer['n_before']} before {answer['change']}, {answer['n_after']} after"
    yield f"estimate: {told(answer['estimate'])} (95 % interval {low} to {high})"
    yield f"of it at once: {told(answer['level'])}, then a period: {told(answer['slope'])}"
    yield f"trend before, a period: {told(trend['slope'])} (95 % interval {slow} to {fast})"
    yield f"autocorrelation: {told(answer['autocorrelation'])}"
    yield answer["method"]
