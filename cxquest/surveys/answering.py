"""Keeping what a customer answered: one submission, their words, one rating, no trace of them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cxquest.core import audit
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.people import queries as people
from cxquest.surveys import questions
from cxquest.surveys.models import Access, Contact, Survey, SurveyLink, SurveyState
from cxquest.surveys.questions import HIGH, LOW, MOST_SAID, SAID
from cxquest.voice import language, saying
from cxquest.voice.models import Comment, Rating, Submission

ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\s@.<>,;:]{1,63}\.)+[^\s@.<>,;:]{2,63}")


class Used(Refusal):
    """A link that works once was used before."""

    def __init__(self) -> None:
        super().__init__(_("This link has been used already; it works once."))


class Closed(Refusal):
    """A survey that takes no answers."""

    def __init__(self) -> None:
        super().__init__(_("This survey takes no answers now."))


@dataclass(frozen=True)
class Answers:
    """What a customer sent: a number from 1 to 7 or none, texts by question, ticks, an address.

    The address is kept only with `consent`.
    """

    support: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    asked_for_score: bool = False
    consent: bool = False
    address: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether not one question was answered."""
        return self.support is None and not any(self.said.values())


def answer(
    session: Session,
    survey: Survey,
    answers: Answers,
    *,
    sent: str,
    link: SurveyLink | None = None,
    at: datetime,
) -> Submission:
    """Keep an answer; the same form again (`sent` is its token's own mark) is kept once.

    Raises Closed, Used for a link that was used, BadInput with the field at fault.
    """
    identity = f"survey:{survey.id}:{sent}"
    known = _known(session, survey, identity)
    if known:
        return known
    _refuse(survey, link)
    _check(answers)
    submission = _submission(session, survey, answers, identity, at)
    try:
        with session.begin_nested():
            if link is not None:
                link.used_at = at
            session.add(submission)
            session.flush()
    except (StaleDataError, IntegrityError):  # somebody was faster: this same form, or another
        known = _known(session, survey, identity)
        if known is None:
            raise Used from None
        return known
    if answers.consent:
        address = answers.address.strip()
        session.add(Contact(submission_id=submission.id, address=address, agreed_at=at))
    audit.record(session, "answered", submission, by=None, at=at, summary=survey.name)
    session.flush()
    return submission


def is_address(text: str) -> bool:
    """Whether a text is one whole e-mail address."""
    return len(text) <= 254 and ADDRESS.fullmatch(text.strip()) is not None


def _known(session: Session, survey: Survey, identity: str) -> Submission | None:
    return session.scalar(
        select(Submission).where(
            Submission.source_id == survey.source_id, Submission.identity == identity
        )
    )


def _refuse(survey: Survey, link: SurveyLink | None) -> None:
    if survey.state is not SurveyState.OPEN:
        raise Closed
    if survey.access is Access.ONE_USE and link is None:
        raise Refusal(_("This survey needs a link of one's own."))
    if link is not None and link.used_at is not None:
        raise Used


def _check(answers: Answers) -> None:
    if answers.is_empty:
        raise BadInput(_("Answer at least one of the questions."), field=questions.GOAL.name)
    if answers.support is not None and not LOW <= answers.support <= HIGH:
        raise BadInput(_("Choose a number from 1 to 7."), field=questions.SUPPORT.name)
    for name, text in answers.said.items():
        if name not in SAID or len(text) > MOST_SAID:
            raise BadInput(_("Use at most %(most)s characters."), field=name, most=MOST_SAID)
    if answers.consent and not is_address(answers.address):
        raise BadInput(_("Write a whole e-mail address."), field="address")


def _submission(
    session: Session, survey: Survey, answers: Answers, identity: str, at: datetime
) -> Submission:
    asked = questions.worded(survey.texts)
    day = at.astimezone(people.zone(session)).date()
    said = [(asked[name], answers.said[name]) for name in SAID if answers.said.get(name)]
    content = "\n".join([str(answers.support), *(part for pair in said for part in pair)])
    submission = Submission(
        source_id=survey.source_id,
        identity=identity,
        fingerprint=hashlib.sha256(content.encode()).hexdigest(),
        collected_on=day,
        collected_raw=day.isoformat(),
        stage_id=survey.stage_id,
        asked_for_score=answers.asked_for_score,
        original={},
        created_at=at,
        updated_at=at,
    )
    submission.comments = [
        _comment(place, question, text) for place, (question, text) in enumerate(said)
    ]
    chosen = [] if answers.support is None else [answers.support]
    submission.ratings = [_rating(asked[questions.SUPPORT.name], value) for value in chosen]
    return submission


def _comment(place: int, question: str, text: str) -> Comment:
    return Comment(
        position=place,
        question=question,
        text=text,
        says_nothing=saying.says_nothing(text),
        language=language.language(text),
    )


def _rating(question: str, value: int) -> Rating:
    return Rating(
        position=0,
        question=question,
        value=Decimal(value),
        low=Decimal(LOW),
        high=Decimal(HIGH),
        best_is_high=True,
        raw=str(value),
    )
