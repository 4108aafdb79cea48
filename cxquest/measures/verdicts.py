"""What may be said of a change: the estimate's word, the chart's, and what speaks against. Pure.

A plain verdict needs both of them, and no objection; else people judge, and are told why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import floor, log10
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.measures.effect import LEAST_AFTER, LEAST_BEFORE, Effect, TooFew
from cxquest.measures.spc import Improvement

WANDERS = 0.9  # lag 1 autocorrelation of a series that wanders off by itself
DIGITS = 3  # that a figure is told with at least

Param = str | float | int


class Verdict(StrEnum):
    """What is said of a change; a series without a better way rose or fell."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    ROSE = "rose"
    FELL = "fell"
    NO_EFFECT = "no_effect"
    TREND_BEFORE = "trend_before"
    UNCLEAR = "unclear"
    NOT_ENOUGH_DATA = "not_enough_data"


BETTER, WORSE = (Verdict.IMPROVED, Verdict.ROSE), (Verdict.WORSENED, Verdict.FELL)
PLAIN = (*BETTER, *WORSE, Verdict.NO_EFFECT)

SENTENCES = {
    "improved_higher": _(
        "Improved: since the change the values lie %(by)s higher than where the time before "
        "was leading (with 95 %% confidence, %(low)s to %(high)s higher)."
    ),
    "improved_lower": _(
        "Improved: since the change the values lie %(by)s lower than where the time before "
        "was leading (with 95 %% confidence, %(low)s to %(high)s lower)."
    ),
    "worsened_higher": _(
        "Worsened: since the change the values lie %(by)s higher than where the time before "
        "was leading (with 95 %% confidence, %(low)s to %(high)s higher)."
    ),
    "worsened_lower": _(
        "Worsened: since the change the values lie %(by)s lower than where the time before "
        "was leading (with 95 %% confidence, %(low)s to %(high)s lower)."
    ),
    "rose_higher": _(
        "Rose: since the change the values lie %(by)s higher than where the time before "
        "was leading (with 95 %% confidence, %(low)s to %(high)s higher)."
    ),
    "fell_lower": _(
        "Fell: since the change the values lie %(by)s lower than where the time before "
        "was leading (with 95 %% confidence, %(low)s to %(high)s lower)."
    ),
    "no_effect": _(
        "No effect found: the values go on as the time before was leading. The difference of "
        "%(estimate)s may be chance (with 95 %% confidence, between %(low)s and %(high)s)."
    ),
    "trend_before_rising": _(
        "Not an effect of the change: the values were already rising before it, by %(by)s a "
        "period, and go on as before. The difference of %(estimate)s from that trend may be "
        "chance (with 95 %% confidence, between %(low)s and %(high)s)."
    ),
    "trend_before_falling": _(
        "Not an effect of the change: the values were already falling before it, by %(by)s a "
        "period, and go on as before. The difference of %(estimate)s from that trend may be "
        "chance (with 95 %% confidence, between %(low)s and %(high)s)."
    ),
    "trend_rising": _(
        "The values were already rising before the change, by %(by)s a period; the time after "
        "is compared with that trend, not with the level of before."
    ),
    "trend_falling": _(
        "The values were already falling before the change, by %(by)s a period; the time after "
        "is compared with that trend, not with the level of before."
    ),
    "left_out": _(
        "Left out, as they lie far off all others: the readings of %(days)s. Check them."
    ),
    "wanders": _(
        "Unclear: this series wanders off by itself, now up, now down, without any change. "
        "Whether the difference of %(estimate)s comes from the change cannot be told."
    ),
    "too_few": _(
        "Not enough data: there are %(before)s readings before the change and %(after)s since. "
        "At least %(needed_before)s before and %(needed_after)s after are needed."
    ),
    "not_enough_data": _(
        "Not enough data: at least %(needed_before)s readings before the change and "
        "%(needed_after)s after are needed."
    ),
    "chart_short": _("Not enough data: the chart has fewer than 12 points."),
    "chart_quiet": _("The chart shows no signal since the change, which the estimate does see."),
    "chart_improves": _(
        "The chart shows an improvement since the change, which the estimate does not confirm."
    ),
    "chart_worsens": _(
        "The chart shows a concern since the change, which the estimate does not confirm."
    ),
    "chart_mixed": _("The chart shows improvements and concerns since the change."),
    "neighbour_rose": _(
        "A neighbouring series, which the change should not move, rose since the change too. "
        "Something else may have moved both."
    ),
    "neighbour_too_few": _(
        "The neighbouring series, which the change should not move, has too few readings to say "
        "whether it moved."
    ),
    "neighbour_fell": _(
        "A neighbouring series, which the change should not move, fell since the change too. "
        "Something else may have moved both."
    ),
}


@dataclass(frozen=True)
class Reason:
    """Why something is said: a code of SENTENCES, and what fills that sentence."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English."""
        template, params = sentence(self)
        return template % {name: told(value) for name, value in params.items()}


def sentence(reason: Reason) -> tuple[str, Mapping[str, Param]]:
    """Return the marked sentence, with `%(name)s` places, and what fills them, unformatted."""
    return SENTENCES[reason.code], reason.params


def told(value: Param) -> str:
    """Return a figure as commands tell it: whole digits and three that count."""
    if isinstance(value, str) or not value:
        return str(value or 0)
    decimals = max(0, DIGITS - 1 - floor(log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def of_effect(effect: Effect | None, improvement: Improvement) -> tuple[Verdict, Reason]:
    """Return what the estimate alone says of the change, and why."""
    if effect is None:
        needed = {"needed_before": LEAST_BEFORE, "needed_after": LEAST_AFTER}
        return Verdict.NOT_ENOUGH_DATA, Reason("not_enough_data", needed)
    if not effect.direction:
        trend = _way("trend_before_rising", "trend_before_falling", effect.trend)
        if effect.trend_found:
            return Verdict.TREND_BEFORE, Reason(trend, _between(effect) | _a_period(effect))
        return Verdict.NO_EFFECT, Reason("no_effect", _between(effect))
    if effect.autocorrelation > WANDERS:
        return Verdict.UNCLEAR, Reason("wanders", _between(effect))
    return _moved(effect, improvement)


def too_few(error: TooFew) -> Reason:
    """Return the reason that names what there is, and what is needed."""
    before, after = error.needed
    have: dict[str, Param] = {"before": error.n_before, "after": error.n_after}
    return Reason("too_few", have | {"needed_before": before, "needed_after": after})


def trend_before(effect: Effect) -> Reason | None:
    """Return the objection that there was a trend before the change, None without one."""
    if not effect.trend_found:
        return None
    return Reason(_way("trend_rising", "trend_falling", effect.trend), _a_period(effect))


def left_out(effect: Effect) -> Reason | None:
    """Return which readings the estimate passed over, None without any."""
    return Reason("left_out", {"days": ", ".join(effect.outliers)}) if effect.outliers else None


def _moved(effect: Effect, improvement: Improvement) -> tuple[Verdict, Reason]:
    rose = effect.direction > 0
    if improvement is Improvement.NEUTRAL:
        verdict = Verdict.ROSE if rose else Verdict.FELL
    else:
        better = rose == (improvement is Improvement.INCREASE)
        verdict = Verdict.IMPROVED if better else Verdict.WORSENED
    near, far = sorted((abs(effect.low), abs(effect.high)))
    params: dict[str, Param] = {"by": abs(effect.estimate), "low": near, "high": far}
    return verdict, Reason(f"{verdict}_{'higher' if rose else 'lower'}", params)


def _way(rising: str, falling: str, slope: float) -> str:
    return rising if slope > 0 else falling


def _between(effect: Effect) -> dict[str, Param]:
    return {"estimate": effect.estimate, "low": effect.low, "high": effect.high}


def _a_period(effect: Effect) -> dict[str, Param]:
    return {"by": abs(effect.trend)}


@dataclass(frozen=True)
class ChartSays:
    """How many points since the change the chart calls an improvement, how many a concern.

    `enough` says whether it has points enough to say anything.
    """

    improvements: int
    concerns: int
    enough: bool


@dataclass(frozen=True)
class Finding:
    """What chart and estimate say together. Where it is not `plain`, a person has to judge."""

    verdict: Verdict
    plain: bool
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON can hold it."""
        return {
            "verdict": self.verdict.value,
            "plain": self.plain,
            "reasons": [{"code": one.code, "params": dict(one.params)} for one in self.reasons],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Finding":
        """Return the finding that `as_json` made this of."""
        reasons = tuple(Reason(one["code"], one["params"]) for one in kept["reasons"])
        return cls(Verdict(kept["verdict"]), kept["plain"], reasons)


def together(
    chart: ChartSays,
    effect: Effect | None,
    neighbour: Effect | None,
    improvement: Improvement,
    *,
    named: bool = False,
) -> Finding:
    """Weigh the chart, the estimate, the trend before and a series that should not have moved.

    `named` says that there is such a series; with too few readings it speaks for nothing.
    """
    if not chart.enough:
        return Finding(Verdict.NOT_ENOUGH_DATA, False, (Reason("chart_short"),))
    verdict, reason = of_effect(effect, improvement)
    if effect is None:
        return Finding(verdict, False, (reason,))
    dissent = _dissent(chart, verdict)
    against = [*([dissent] if dissent else []), *_objections(verdict, effect, neighbour)]
    if named and neighbour is None:
        against.append(Reason("neighbour_too_few"))
    if dissent and verdict is not Verdict.TREND_BEFORE:
        verdict = Verdict.UNCLEAR
    return Finding(verdict, verdict in PLAIN and not against, (reason, *against))


def _dissent(chart: ChartSays, verdict: Verdict) -> Reason | None:
    """Return in what the chart says something else than the estimate, None where it does not."""
    if chart.improvements and chart.concerns:
        return Reason("chart_mixed")
    if chart.improvements:
        return None if verdict in BETTER else Reason("chart_improves")
    if chart.concerns:
        return None if verdict in WORSE else Reason("chart_worsens")
    return Reason("chart_quiet") if verdict in (*BETTER, *WORSE) else None


def _objections(verdict: Verdict, effect: Effect, neighbour: Effect | None) -> Iterator[Reason]:
    """Yield what speaks against taking the estimate for the change's work."""
    trend = trend_before(effect)
    if trend and verdict is not Verdict.TREND_BEFORE:
        yield trend
    if neighbour and neighbour.direction:
        yield Reason(_way("neighbour_rose", "neighbour_fell", neighbour.direction))
