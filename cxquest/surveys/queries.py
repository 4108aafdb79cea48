"""What pages ask about surveys, their answers, and what customers were asked to say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cxquest.people.signing_in import fingerprint
from cxquest.surveys.models import Survey, SurveyLink, SurveyState
from cxquest.surveys.questions import HIGH, LOW
from cxquest.voice.models import Rating, Source, Submission


@dataclass(frozen=True)
class Answered:
    """How many answered a survey, and how well their goal was supported, by those who said."""

    answers: int = 0
    n: int = 0
    total: int = 0

    @property
    def mean(self) -> Decimal | None:
        """The mean of 1 to 7; None where nobody said."""
        return Decimal(self.total) / self.n if self.n else None


def surveys(stage: int | None = None, state: SurveyState | None = None) -> Select[Survey]:
    """Return surveys with their stage, newest first."""
    found = select(Survey).options(joinedload(Survey.stage)).order_by(Survey.id.desc())
    if stage is not None:
        found = found.where(Survey.stage_id == stage)
    return found if state is None else found.where(Survey.state == state)


def survey(session: Session, survey_id: int) -> Survey | None:
    """Return a survey with its stage and who made it."""
    return session.scalar(
        select(Survey)
        .where(Survey.id == survey_id)
        .options(joinedload(Survey.stage), joinedload(Survey.made_by))
    )


def survey_at(session: Session, code: str) -> Survey | None:
    """Return the survey with this public address, whatever its capitals."""
    return session.scalar(select(Survey).where(Survey.code == code.lower()))


def link_of(session: Session, survey: Survey, code: str) -> SurveyLink | None:
    """Return a survey's one-use link by its code."""
    return session.scalar(
        select(SurveyLink).where(
            SurveyLink.survey_id == survey.id, SurveyLink.hash == fingerprint(code)
        )
    )


def known_links(session: Session, survey: Survey, codes: Iterable[str]) -> dict[str, str]:
    """Return the labels of those codes that are links of this survey."""
    by_hash = {fingerprint(code): code for code in codes}
    found = session.execute(
        select(SurveyLink.hash, SurveyLink.label)
        .where(SurveyLink.survey_id == survey.id, SurveyLink.hash.in_(by_hash))
        .order_by(SurveyLink.id)
    )
    return {by_hash[key]: label for key, label in found}


def links(session: Session, survey: Survey) -> Sequence[tuple[str, int, int]]:
    """Return a survey's links by label: how many were made, and how many of them used."""
    counted = (
        select(SurveyLink.label, func.count(), func.count(SurveyLink.used_at))
        .where(SurveyLink.survey_id == survey.id)
        .group_by(SurveyLink.label)
        .order_by(func.min(SurveyLink.id))
    )
    return [(label, made, used) for label, made, used in session.execute(counted)]


def answered(session: Session, surveys: Iterable[Survey]) -> dict[int, Answered]:
    """Return what came in for each survey, by its id: one statement for any number of them."""
    ids = {survey.source_id: survey.id for survey in surveys}
    counted = (
        select(
            Submission.source_id,
            func.count(Submission.id),
            func.count(Rating.id),
            func.coalesce(func.sum(Rating.value), 0),
        )
        .outerjoin(Rating, _support())
        .where(Submission.source_id.in_(ids), *_counted())
        .group_by(Submission.source_id)
    )
    found = {
        ids[source_id]: Answered(answers, n, int(total))
        for source_id, answers, n, total in session.execute(counted)
    }
    return {survey_id: found.get(survey_id, Answered()) for survey_id in ids.values()}


def support(session: Session, survey: Survey) -> dict[int, int]:
    """Return how often each number from 1 to 7 was chosen."""
    counted = (
        select(Rating.value, func.count())
        .join(Submission, _support())
        .where(Submission.source_id == survey.source_id, *_counted())
        .group_by(Rating.value)
    )
    found = {int(value): often for value, often in session.execute(counted)}
    return {value: found.get(value, 0) for value in range(LOW, HIGH + 1)}


def _counted() -> tuple[ColumnElement[bool], ...]:
    """What came in by the survey's own page, and is no repeat."""
    return (Submission.identity.startswith("survey:"), Submission.repeat_of_id.is_(None))


def _support() -> ColumnElement[bool]:
    return and_(Rating.submission_id == Submission.id, Rating.position == 0)


def flagged() -> Select[Submission]:
    """Return answers of customers whom somebody asked for a certain score, newest first."""
    return (
        select(Submission)
        .where(Submission.asked_for_score, Submission.repeat_of_id.is_(None))
        .options(
            joinedload(Submission.source),
            joinedload(Submission.stage),
            selectinload(Submission.comments),
            selectinload(Submission.ratings),
        )
        .order_by(Submission.collected_on.desc().nulls_last(), Submission.id.desc())
    )


def flagged_by_source(session: Session) -> Sequence[tuple[str, int, int, int | None]]:
    """Return each source that such answers came from: its name, how many, of how many, its survey.

    The most first.
    """
    ticked = func.count().filter(Submission.asked_for_score)
    asked = select(Submission.source_id).where(
        Submission.asked_for_score, Submission.repeat_of_id.is_(None)
    )
    counted = (
        select(Source.name, ticked, func.count(), func.min(Survey.id))
        .join(Submission, Submission.source_id == Source.id)
        .outerjoin(Survey, Survey.source_id == Source.id)
        .where(Source.id.in_(asked.distinct()), Submission.repeat_of_id.is_(None))
        .group_by(Source.id, Source.name)
        .order_by(ticked.desc(), Source.name)
    )
    return [(name, n, of, survey) for name, n, of, survey in session.execute(counted)]
