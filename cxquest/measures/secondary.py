"""Measures beside the metric that the program reads itself: a theme's share, the goal's support.

Each is looked at over the last 28 days and counts on at least 30 observations; why one does not
count is kept with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures.attainment import SIDE_OBSERVATIONS
from cxquest.measures.models import Metric, SideKind, SideMeasure, SideOrigin
from cxquest.measures.shares import PLACES
from cxquest.surveys.models import Survey
from cxquest.voice import queries as voice
from cxquest.voice.models import Comment, CommentTheme, Rating, Submission

DAYS = 28
FEW, FLAGGED = "few", "flagged"
REFUSALS = {
    FEW: _("Fewer than 30 observations in the last 28 days: it is left out."),
    FLAGGED: _(
        "Somebody asked a customer for a certain score in the last 28 days: the rating stays "
        "where it was before."
    ),
}


@dataclass(frozen=True)
class Seen:
    """A window of 28 days: the level, on `n` observations, and why it does not count, if so."""

    level: Decimal | None
    n: int
    refusal: str = ""


def theme_share(session: Session, theme_id: int, until: date) -> Seen:
    """Return how many of 100 comments were about the theme and not from content customers.

    Content is whose first rating lies in the better half of its scale; who gave none is not.
    """
    themes = voice.whole_theme(theme_id)
    about = exists().where(
        CommentTheme.comment_id == Comment.id,
        CommentTheme.theme_id.in_(themes),
        CommentTheme.refused.is_(False),
    )
    counted = (
        select(func.count().filter(about, ~_content()), func.count())
        .select_from(Comment)
        .join(Comment.submission)
        .where(_window(until), voice.COUNTS)
    )
    found, n = session.execute(counted).one()
    return _seen(Decimal(100 * found), n)


def goal_support(session: Session, stage_id: int, until: date) -> Seen:
    """Return the mean support of the customer's goal, 1 to 7, as surveys of a stage asked it."""
    asked = select(Survey.source_id).where(Survey.stage_id == stage_id)
    counted = (
        select(
            func.coalesce(func.sum(Rating.value), 0),
            func.count(),
            func.count().filter(Submission.asked_for_score),
        )
        .join(Submission, Submission.id == Rating.submission_id)
        .where(
            _window(until),
            Rating.position == 0,
            Submission.repeat_of_id.is_(None),
            Submission.source_id.in_(asked),
            Submission.identity.startswith("survey:"),
        )
    )
    total, n, flagged = session.execute(counted).one()
    seen = _seen(Decimal(total), n)
    return Seen(seen.level, seen.n, FLAGGED) if flagged else seen


def _seen(total: Decimal, n: int) -> Seen:
    level = (total / n).quantize(PLACES) if n else None
    return Seen(level, n, "" if n >= SIDE_OBSERVATIONS else FEW)


def _window(until: date) -> ColumnElement[bool]:
    return Submission.collected_on.between(until - timedelta(days=DAYS - 1), until)


def _content() -> ColumnElement[bool]:
    way = sa.case(
        (Rating.best_is_high, Rating.value - Rating.low), else_=Rating.high - Rating.value
    )
    return exists().where(
        Rating.submission_id == Submission.id,
        Rating.position == 0,
        way * 2 > Rating.high - Rating.low,
    )


def read(session: Session, kind: SideKind, about_id: int, until: date) -> Seen:
    """Return what a window that ends on `until` says of a theme, or of a stage's goal."""
    look = theme_share if kind is SideKind.THEME else goal_support
    return look(session, about_id, until)


def declare(
    session: Session,
    metric: Metric,
    kind: SideKind,
    about_id: int,
    label: str,
    *,
    target: Decimal,
    today: date,
) -> SideMeasure:
    """Declare a measure that the program reads itself; the last 28 days are its baseline.

    Raises BadInput where too few observations, or a flag, make a poor baseline, and for a target
    that is not better.
    """
    seen = read(session, kind, about_id, today)
    if seen.refusal or seen.level is None:
        raise BadInput(
            _("There is no baseline for it: %(n)s observations in the last 28 days. %(why)s"),
            field="kind",
            n=seen.n,
            why=REFUSALS[seen.refusal or FEW],
        )
    better = target < seen.level if kind is SideKind.THEME else target > seen.level
    if not better:
        raise BadInput(
            _("The target %(target)s is not better than the baseline %(level)s."),
            field="target",
            target=target.normalize(),
            level=seen.level.normalize(),
        )
    side = SideMeasure(
        metric_id=metric.id,
        kind=kind,
        label=label,
        origin=SideOrigin.VOICE if kind is SideKind.THEME else SideOrigin.SURVEY,
        about_id=about_id,
        baseline=seen.level,
        baseline_n=seen.n,
        target=target,
    )
    session.add(side)
    session.flush()
    return side


def look(session: Session, sides: Iterable[SideMeasure], today: date) -> None:
    """Read each side measure that the program reads; a flag leaves it where it was."""
    for side in sides:
        if side.origin is SideOrigin.HAND or side.about_id is None:
            continue
        seen = read(session, side.kind, side.about_id, today)
        side.refusal = seen.refusal
        if seen.refusal != FLAGGED:
            side.observed, side.n, side.observed_on = seen.level, seen.n, today
    session.flush()


def counts(side: SideMeasure) -> bool:
    """Whether a side measure counts: observed often enough, by hand or before it was flagged."""
    return side.n is not None and side.n >= SIDE_OBSERVATIONS and side.refusal != FEW
