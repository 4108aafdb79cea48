"""Adding what a colleague heard a customer say."""

import hashlib
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.journey.models import Stage
from cxquest.people.models import Person
from cxquest.voice import language, masking, saying, sources
from cxquest.voice.models import Comment, Submission

SOURCE = "What colleagues heard"


def heard(
    session: Session,
    text: str,
    *,
    on: date,
    question: str = "",
    stage: Stage | None = None,
    customers: int = 1,
    by: Person,
    at: datetime,
) -> Submission:
    """Add a customer's words as `by` heard them on a day; `customers` said much the same.

    It is one submission whatever their number, so that one report is not taken for many.
    Raises BadInput for a day that has not come yet.
    """
    if on > at.date() + timedelta(days=1):  # it may be tomorrow already where the person is
        raise BadInput(_("This day has not come yet."), field="on")
    digest = hashlib.sha256("\n".join((question, text)).encode()).hexdigest()
    submission = Submission(
        source=sources.named(session, SOURCE, at=at),
        identity=f"heard:{uuid4().hex}",
        fingerprint=digest,
        collected_on=on,
        collected_raw=on.isoformat(),
        stage=stage,
        heard_by=by,
        original={"How many customers said this": str(customers)} if customers > 1 else {},
        created_at=at,
        updated_at=at,
    )
    submission.comments = [
        Comment(
            position=0,
            question=question,
            text=text,
            says_nothing=saying.says_nothing(text),
            language=language.language(text),
        )
    ]
    session.add(submission)
    session.flush()
    audit.record(session, "heard", submission, by=by, at=at, summary=masking.masked(text)[:100])
    return submission
