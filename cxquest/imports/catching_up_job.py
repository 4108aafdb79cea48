"""Working out, for submissions of an earlier version, what is worked out for new ones.

These are what makes two say the same, which comments say nothing, and their languages.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.imports import referring
from cxquest.imports.intake import Rated, content_of
from cxquest.imports.mapping import Scale
from cxquest.imports.rewording import Said
from cxquest.voice.models import Rating, Submission

BATCH = 500


def work(session: Session, interrupted: Callable[[], bool] = lambda: False) -> bool:
    """Do what is left to do, each batch committed; say whether all is done."""
    while not interrupted():
        n = some(session)
        session.commit()
        if not n:
            return True
    return False


def some(session: Session) -> int:
    """Work out a batch, and return of how many submissions."""
    waiting = select(Submission).where(Submission.content == "", Submission.comments.any())
    found = session.scalars(waiting.options(*referring.WHOLE).limit(BATCH)).all()
    for submission in found:
        said = [(comment.question, comment.text) for comment in submission.comments]
        ratings = [_rated(rating) for rating in submission.ratings]
        submission.content = content_of(said, ratings, submission.collected_on)
        for comment in submission.comments:
            row = Said(comment.question, comment.text, comment.language).row(submission.id, 0)
            comment.says_nothing, comment.language = row["says_nothing"], row["language"]
    session.flush()
    return len(found)


def _rated(rating: Rating) -> Rated:
    scale = Scale(rating.low, rating.high, rating.best_is_high)
    return Rated(rating.question, rating.value, rating.raw, scale)
