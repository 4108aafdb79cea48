"""How sure a share is, and whether a week is unusual against the theme's own past. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, sqrt

from cxquest.core.errors import marked as _

FEWEST_WEEKS, MOST_WEEKS = 8, 26  # of the past that a week is judged by
FEWEST_COMMENTS = 30  # of a stretch: a week, or neighbouring weeks where one has fewer
FEWEST_STRETCHES = 4  # of the past
LONGEST = 4  # weeks that are judged together
REACH = MOST_WEEKS + LONGEST - 1  # weeks before a week that its judgement may need
FEWEST_TAGGED = 5
CHANCE = 0.005
RULE = _(
    "A week is a surge when at least 5 comments are about the theme and their share is so high "
    "that, going by the 8 to 26 weeks before it and by how much these vary, fewer than 1 week in "
    "200 would reach it by chance. Weeks of fewer than 30 comments are taken together with their "
    "neighbours: the week that is judged with up to 3 weeks before it, the past until there are "
    "30 comments, and at least four times as many."
)
Count = tuple[int, int]  # comments about the theme, of all comments


@dataclass(frozen=True)
class Judgement:
    """What is usual for a week of its size, in comments per 100, and whether it is a surge.

    `limit` is the lowest share that would be one. A week of few comments is judged together
    with those before it: `tagged` of `n` comments in `weeks` weeks, of which it is the last.
    """

    usual: float
    limit: float
    is_surge: bool
    tagged: int
    n: int
    weeks: int = 1

    @property
    def share(self) -> float:
        """Return the comments about the theme per 100 comments of these weeks."""
        return 100 * self.tagged / self.n


def wilson(tagged: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share, in comments per 100 (Wilson 1927); n above 0."""
    share = tagged / n
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    low = 0.0 if tagged == 0 else (middle - half) / whole
    high = 1.0 if tagged == n else (middle + half) / whole
    return 100 * max(0.0, low), 100 * min(1.0, high)


def series(weeks: Sequence[Count]) -> list[Judgement | None]:
    """Judge each week, oldest first, by those before it; None where these are too few."""
    return [judge(weeks[:place], *week) for place, week in enumerate(weeks)]


def judge(past: Sequence[Count], tagged: int, n: int) -> Judgement | None:
    """Judge a week by the newest weeks before it (oldest first); None where these are too few.

    Where a week has few comments, it and the past are judged in stretches of several weeks.
    The number of comments about the theme is taken as beta-binomial: its mean is the share of
    the past, its spread that of chance, of the past's own uncertainty, and of what the past
    weeks vary more than by chance (their mean squared z-value, as in Laney's p'-chart).
    """
    if n == 0:
        return None
    weeks, tagged, n = _last_stretch(past, tagged, n)
    before = [week for week in past[: len(past) - weeks + 1] if week[1]][-MOST_WEEKS:]
    known = _stretches(before)
    if len(before) < FEWEST_WEEKS or len(known) < FEWEST_STRETCHES:
        return None
    said, of = (sum(part) for part in zip(*known, strict=True))
    mean = (said + 0.5) / (of + 1)
    weight = 1 / (1 / (of + 1) + _more_than_chance(known, mean))
    alpha, beta = mean * weight, (1 - mean) * weight
    least = _least(n, alpha, beta)
    return Judgement(100 * mean, 100 * least / n, tagged >= least, tagged, n, weeks)


def _last_stretch(past: Sequence[Count], tagged: int, n: int) -> tuple[int, int, int]:
    """Return how many weeks the last stretch has, its comments about the theme, and all."""
    weeks = 1
    while n < FEWEST_COMMENTS and weeks < LONGEST and weeks <= len(past):
        said, of = past[-weeks]
        tagged, n, weeks = tagged + said, n + of, weeks + 1
    return weeks, tagged, n


def _stretches(weeks: Sequence[Count]) -> list[Count]:
    """Return the weeks, the newest first, each with older ones until it has enough comments."""
    found: list[Count] = []
    tagged = n = 0
    for said, of in reversed(weeks):
        tagged, n = tagged + said, n + of
        if n >= FEWEST_COMMENTS:
            found.append((tagged, n))
            tagged = n = 0
    return found


def _more_than_chance(weeks: Sequence[Count], mean: float) -> float:
    """Return how alike the comments of one week are (their intraclass correlation), at least 0."""
    squares = [(said - n * mean) ** 2 / (n * mean * (1 - mean)) for said, n in weeks]
    excess = sum(squares) / (len(weeks) - 1) - 1
    usual_size = sum(n for _said, n in weeks) / len(weeks)
    return min(max(0.0, excess / (usual_size - 1)), 0.5)


def _least(n: int, alpha: float, beta: float) -> int:
    """Return the smallest number of comments that is a surge; n + 1 where none would be."""
    low, high = FEWEST_TAGGED, n + 1
    while low < high:
        middle = (low + high) // 2
        if _at_least(middle, n, alpha, beta) < CHANCE:
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(k: int, n: int, alpha: float, beta: float) -> float:
    """Return the beta-binomial chance of k or more of n."""
    if k > n:
        return 0.0
    if k <= alpha / (alpha + beta) * n:
        return 1.0  # below the mean, where nobody asks how far
    term = exp(_log_chance(k, n, alpha, beta))
    total = 0.0
    while k <= n and term > CHANCE * 1e-9:
        total += term
        term *= (n - k) / (k + 1) * (k + alpha) / (n - k - 1 + beta)
        k += 1
    return total


def _log_chance(k: int, n: int, alpha: float, beta: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return ways + _log_beta(k + alpha, n - k + beta) - _log_beta(alpha, beta)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
