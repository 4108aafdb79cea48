"""Measures beside the metric that the program reads: shares, goal support, and what stops them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput
from cxquest.measures import defining, secondary
from cxquest.measures.defining import Definition
from cxquest.measures.models import Direction, Metric, Period, SideKind, SideMeasure
from cxquest.measures.secondary import FEW, FLAGGED
from cxquest.surveys.models import Survey
from cxquest.voice import sources, theming
from cxquest.voice.models import Comment, Rating, Submission, Theme
from tests import surveys
from tests.cast import BEGUN, Cast

TODAY = BEGUN.date()


def metric(session: Session) -> Metric:
    given = Definition(
        "Late moves", "", "%", Direction.DECREASE, Period.WEEK, "Plan", None, Decimal(4), None
    )
    return defining.define(session, given, None, at=BEGUN)


def said(
    session: Session, n: int, *, stars: int | None = None, days_ago: int = 3, mark: str = ""
) -> list[int]:
    """Let n customers say something, some days ago; return their comments."""
    source = sources.named(session, "Calls", at=BEGUN)
    made = []
    for number in range(n):
        rated = Rating(value=stars, low=1, high=5, raw=str(stars)) if stars else None
        comment = Comment(text=f"{mark} {number}")
        session.add(
            Submission(
                source=source,
                identity=f"{mark}-{number}-{days_ago}",
                fingerprint="",
                collected_on=TODAY - timedelta(days=days_ago),
                created_at=BEGUN,
                updated_at=BEGUN,
                comments=[comment],
                ratings=[rated] if rated else [],
            )
        )
        made.append(comment)
    session.flush()
    return [comment.id for comment in made]


def about(session: Session, name: str, *ids: int) -> Theme:
    theme = theming.add(session, name, by=None, at=BEGUN)
    theming.tag(session, list(ids), theme, by=None, at=BEGUN)
    return theme


def answered(session: Session, survey: Survey, *marks: int, flagged: int = 0) -> None:
    """Let customers answer a survey, `flagged` of them because they were asked for a score."""
    before = len(session.scalars(select(Submission.id)).all())
    for number, mark in enumerate(marks, start=before):
        session.add(
            Submission(
                source_id=survey.source_id,
                identity=f"survey:{number}",
                fingerprint="",
                collected_on=TODAY,
                asked_for_score=number - before < flagged,
                created_at=BEGUN,
                updated_at=BEGUN,
                ratings=[Rating(value=mark, low=1, high=7, raw=str(mark))],
            )
        )
    session.flush()


def test_a_share_counts_who_is_not_content_in_the_last_28_days(
    session: Session, cast: Cast
) -> None:
    late = said(session, 6, mark="Late")
    content = said(session, 4, mark="Late but fine", stars=5)
    unhappy = said(session, 2, mark="Late, again", stars=2)
    said(session, 28, mark="Other")
    old = said(session, 9, mark="Long ago", days_ago=28)
    theme = about(session, "Late", *late, *content, *unhappy, *old)
    seen = secondary.theme_share(session, theme.id, TODAY)
    assert (seen.level, seen.n, seen.refusal) == (Decimal(20), 40, "")
    assert secondary.theme_share(session, theme.id, TODAY - timedelta(days=28)).refusal == FEW


def test_goal_support_is_the_mean_of_the_surveys_of_the_stage(session: Session, cast: Cast) -> None:
    survey = surveys.survey(session, cast)
    answered(session, survey, *[4] * 15, *[6] * 15)
    seen = secondary.goal_support(session, survey.stage_id, TODAY)
    assert (seen.level, seen.n, seen.refusal) == (Decimal(5), 30, "")


def test_a_flag_freezes_the_rating_where_it_was(session: Session, cast: Cast) -> None:
    survey = surveys.survey(session, cast)
    answered(session, survey, *[3] * 30)
    side = secondary.declare(
        session,
        metric(session),
        SideKind.SURVEY,
        survey.stage_id,
        "Goal support",
        target=Decimal(6),
        today=TODAY,
    )
    answered(session, survey, *[6] * 30)
    secondary.look(session, [side], TODAY)
    assert (side.observed, side.n, secondary.counts(side)) == (Decimal("4.5"), 60, True)
    answered(session, survey, *[7] * 30, flagged=1)
    secondary.look(session, [side], TODAY)
    assert (side.observed, side.refusal) == (Decimal("4.5"), FLAGGED)
    assert secondary.counts(side)


def test_too_few_are_no_baseline_and_do_not_count_later(session: Session, cast: Cast) -> None:
    theme = about(session, "Late", *said(session, 29, mark="Late"))
    series = metric(session)

    def declared(target: int) -> SideMeasure:
        return secondary.declare(
            session,
            series,
            SideKind.THEME,
            theme.id,
            "Late",
            target=Decimal(target),
            today=TODAY,
        )

    with pytest.raises(BadInput, match="29 observations"):
        declared(50)
    said(session, 1, mark="Other")
    with pytest.raises(BadInput, match="not better"):
        declared(97)
    side = declared(50)
    assert (side.baseline, side.baseline_n) == (Decimal("96.6667"), 30)
    secondary.look(session, [side], TODAY + timedelta(days=40))
    assert (side.n, side.refusal, secondary.counts(side)) == (0, FEW, False)
