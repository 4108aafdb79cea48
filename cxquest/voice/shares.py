"""How much of what customers say is about a theme, week by week. Pure arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 12


@dataclass(frozen=True)
class Week:
    """A week from its first day: how many comments, and how many of them with the theme."""

    first: date
    tagged: int
    n: int

    @property
    def last(self) -> date:
        """Return the week's last day."""
        return self.first + timedelta(days=6)

    @property
    def share(self) -> float | None:
        """Return the comments with the theme per 100 comments; None where there are none."""
        return 100 * self.tagged / self.n if self.n else None


@dataclass(frozen=True)
class Series:
    """A theme's weeks, oldest first."""

    weeks: tuple[Week, ...]

    @property
    def tagged(self) -> int:
        """Return the comments with the theme in all weeks."""
        return sum(week.tagged for week in self.weeks)

    @property
    def n(self) -> int:
        """Return all comments in all weeks."""
        return sum(week.n for week in self.weeks)

    @property
    def shares(self) -> list[float | None]:
        """Return the share of each week."""
        return [week.share for week in self.weeks]


def since(today: date, weeks: int = WEEKS) -> date:
    """Return the first day of the last `weeks` weeks, of which the last ends today."""
    return today - timedelta(days=7 * weeks - 1)


def series(
    tagged: Iterable[tuple[int, date, int]],
    everything: Mapping[date, int],
    themes: Iterable[int],
    today: date,
    weeks: int = WEEKS,
) -> dict[int, Series]:
    """Return the series of each theme from counts by (theme, day) and by day."""
    first = since(today, weeks)
    all_of = [0] * weeks
    for day, often in everything.items():
        all_of[(day - first).days // 7] += often
    counts = {theme: [0] * weeks for theme in themes}
    for theme, day, often in tagged:
        counts[theme][(day - first).days // 7] += often
    return {theme: Series(_weeks(first, own, all_of)) for theme, own in counts.items()}


def _weeks(first: date, own: list[int], all_of: list[int]) -> tuple[Week, ...]:
    return tuple(
        Week(first + timedelta(days=7 * place), tagged, n)
        for place, (tagged, n) in enumerate(zip(own, all_of, strict=True))
    )
