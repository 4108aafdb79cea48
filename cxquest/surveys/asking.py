"""Making surveys, wording them, opening and closing them, and making links that work once."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.journey.models import Stage
from cxquest.people.models import Person
from cxquest.people.signing_in import fingerprint
from cxquest.surveys import policy, questions
from cxquest.surveys.models import Access, AnswerTally, Survey, SurveyLink, SurveyState
from cxquest.voice import sources
from cxquest.voice.models import Submission

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
CODE = 8  # letters of a public address
BATCH = 500  # links made at once
SOURCE = "Survey: %s"


def make(
    session: Session,
    *,
    name: str,
    stage: Stage,
    access: Access = Access.OPEN,
    language: str = "en",
    by: Person,
    at: datetime,
) -> Survey:
    """Make a draft of a survey with the texts of its language, and the source of its answers.

    Raises BadInput for a name that is empty, too long or taken.
    """
    _refuse_stranger(by)
    name = _free(session, name)
    survey = Survey(
        stage=stage,
        source=sources.named(session, SOURCE % name, at=at),
        name=name,
        code="".join(secrets.choice(LETTERS) for _ in range(CODE)),
        access=access,
        state=SurveyState.DRAFT,
        texts=questions.defaults(language),
        made_by=by,
        made_at=at,
    )
    session.add(survey)
    session.flush()
    audit.record(session, "made", survey, by=by, at=at, summary=name)
    return survey


def reword(
    session: Session, survey: Survey, texts: Mapping[str, str], *, by: Person, at: datetime
) -> None:
    """Give a survey other texts; answers keep the question that they were given to.

    Raises BadInput for an empty or too long text, Refusal once the survey is closed.
    """
    _refuse_stranger(by)
    if survey.state is SurveyState.CLOSED:
        raise Refusal(_("This survey is closed. Open it again before you change its texts."))
    before = questions.worded(survey.texts)
    new = {**before, **questions.checked(texts)}
    changed = {name: [before[name], new[name]] for name in new if new[name] != before[name]}
    if not changed:
        return
    survey.texts = new
    audit.record(session, "reworded", survey, by=by, at=at, summary=survey.name, texts=changed)
    session.flush()


def open_up(session: Session, survey: Survey, *, by: Person, at: datetime) -> None:
    """Let customers answer, for the first time or again."""
    _refuse_stranger(by)
    if survey.state is SurveyState.OPEN:
        raise Refusal(_("This survey is open already."))
    survey.state = SurveyState.OPEN
    audit.record(session, "opened", survey, by=by, at=at, summary=survey.name)
    session.flush()


def close(session: Session, survey: Survey, *, by: Person, at: datetime) -> None:
    """Take no more answers; what was said stays."""
    _refuse_stranger(by)
    if survey.state is not SurveyState.OPEN:
        raise Refusal(_("Only an open survey can be closed."))
    survey.state = SurveyState.CLOSED
    audit.record(session, "closed", survey, by=by, at=at, summary=survey.name)
    session.flush()


def make_links(
    session: Session, survey: Survey, count: int, label: str = "", *, by: Person, at: datetime
) -> list[str]:
    """Make links that work once and return their codes, which are kept nowhere but as hashes.

    Raises Refusal for a survey that anybody may answer, BadInput for too many at once.
    """
    _refuse_stranger(by)
    if survey.access is not Access.ONE_USE:
        raise Refusal(_("Anybody with its address may answer this survey; it needs no links."))
    if survey.state is SurveyState.CLOSED:
        raise Refusal(_("This survey is closed. Open it again before you make links."))
    if not 1 <= count <= BATCH:
        raise BadInput(_("Make from 1 to %(most)s links at once."), field="count", most=BATCH)
    label = " ".join(label.split())[:120]
    codes = [secrets.token_urlsafe(16) for _ in range(count)]
    session.add_all(
        SurveyLink(survey_id=survey.id, hash=fingerprint(code), label=label, made_at=at)
        for code in codes
    )
    session.flush()
    audit.record(session, "links_made", survey, by=by, at=at, summary=survey.name, count=count)
    return codes


def drop(session: Session, survey: Survey, *, by: Person, at: datetime) -> None:
    """Delete a draft that nobody has answered. Raises Refusal for any other survey."""
    _refuse_stranger(by)
    answered = select(exists().where(Submission.source_id == survey.source_id))
    if survey.state is not SurveyState.DRAFT or session.scalar(answered):
        raise Refusal(_("Only a draft without answers can be deleted. Close the survey instead."))
    audit.record(session, "dropped", survey, by=by, at=at, summary=survey.name)
    for part in (SurveyLink, AnswerTally):
        session.execute(delete(part).where(part.survey_id == survey.id))
    session.delete(survey)
    session.flush()


def _refuse_stranger(by: Person) -> None:
    if not policy.may_ask(by):
        raise NotAllowed(_("Executives, coaches and administrators ask customers."))


def _free(session: Session, name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= 100:
        raise BadInput(_("Give the survey a name of at most 100 characters."), field="name")
    if session.scalar(select(exists().where(func.lower(Survey.name) == name.lower()))):
        raise BadInput(_("There is a survey of that name already."), field="name")
    return name
