"""Small drawings beside words: a line without axes, and bars for shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxquest.web.charts.frames import Form, near, path, plain


@dataclass(frozen=True)
class Sparkline:
    """A line without axes; `x` and `y` are its last point."""

    width: float
    height: float
    path: str
    x: float
    y: float
    last: str


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; the tone is '', 'pain' or 'proven'."""

    label: str
    part: float
    whole: float
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Bar:
    """A share's bar, `width` in per cent of the longest one possible."""

    label: str
    url: str
    tone: str
    width: float
    share: str
    n: str


def sparkline(
    values: Sequence[float | None], *, width: float = 96, height: float = 28, form: Form = plain
) -> Sparkline:
    """Return a small line of values in the order of time. Raises ValueError without any value."""
    known = [v for v in values if v is not None]
    low, high = min(known), max(known)
    pad = 4.0
    step = (width - 2 * pad) / max(len(values) - 1, 1)
    reach = (high - low) or 1.0
    points = [
        None
        if v is None
        else (near(pad + i * step), near(height - pad - (v - low) / reach * (height - 2 * pad)))
        for i, v in enumerate(values)
    ]
    x, y = [p for p in points if p is not None][-1]
    return Sparkline(width, height, path(points), x, y, form(known[-1]))


def share_bars(rows: Iterable[Share], *, form: Form = plain) -> tuple[Bar, ...]:
    """Return bars for shares, drawn against the largest of them, so that small ones differ."""
    kept = list(rows)
    shares = [row.part / row.whole if row.whole else 0.0 for row in kept]
    longest = max(shares, default=0.0) or 1.0
    return tuple(
        Bar(
            label=row.label,
            url=row.url,
            tone=row.tone,
            width=near(share / longest * 100),
            share=form(round(share * 100, 1)),
            n=form(row.whole),
        )
        for row, share in zip(kept, shares, strict=True)
    )
