"""Saying of a submission what another file says of it, and keeping what it said before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cxquest.imports import referring
from cxquest.imports.intake import Rated
from cxquest.imports.mapping import Scale
from cxquest.voice import language, saying
from cxquest.voice.models import (
    Comment,
    CommentTheme,
    Origin,
    Rating,
    Submission,
)

TELLING = 500  # letters by which a language is told
PLAIN = ("run_id", "line", "external_id", "fingerprint", "content", "collected_raw", "stage_id")


@dataclass(frozen=True)
class Said:
    """A text with its question and, where the source gives it, its language."""

    question: str
    text: str
    language: str = ""

    def row(self, submission_id: int, place: int) -> dict[str, Any]:
        """Return the comment's columns."""
        return {
            "submission_id": submission_id,
            "position": place,
            "question": self.question,
            "text": self.text,
            "says_nothing": saying.says_nothing(self.text),
            "language": self.language or language.language(self.text[:TELLING]),
        }


def version_of(submission: Submission, replaced_by: int | None, at: datetime) -> dict[str, Any]:
    """Return, as a row of versions, what a submission says before it says something else."""
    on = submission.collected_on
    before = {name: getattr(submission, name) for name in PLAIN}
    before |= {
        "collected_on": on.isoformat() if on else None,
        "contact": submission.contact,
        "original": submission.original,
        "comments": [[c.question, c.text, c.language] for c in submission.comments],
        "ratings": [_rating(rating) for rating in submission.ratings],
    }
    return {
        "submission_id": submission.id,
        "run_id": replaced_by,
        "before": before,
        "replaced_at": at,
    }


def restore(
    session: Session, found: Sequence[Submission], before: Mapping[int, Mapping[str, Any]]
) -> None:
    """Let submissions say again what they said in these versions, by their ids."""
    for submission in found:
        kept = before[submission.id]
        for name in (*PLAIN, "contact", "original"):
            setattr(submission, name, kept[name])
        on = kept["collected_on"]
        submission.collected_on = date.fromisoformat(on) if on else None
    session.flush()
    reword(
        session, found, {key: [Said(*c) for c in one["comments"]] for key, one in before.items()}
    )
    rate_anew(session, {key: [_rated(r) for r in one["ratings"]] for key, one in before.items()})


def reword(
    session: Session, found: Iterable[Submission], said: Mapping[int, Sequence[Said]]
) -> None:
    """Bring the comments of submissions up to what is said now.

    A comment is the same one while its question is the same, so that its themes and what
    rests on it stay with it. One that is no longer said goes, unless somebody works with it.
    """
    gone: list[int] = []
    new: list[dict[str, Any]] = []
    for submission in found:
        more, left = _reworded(submission, said[submission.id])
        new += more
        gone += [comment.id for comment in left]
    session.flush()
    _drop(session, set(gone) - referring.used(session, gone) - _tagged(session, gone))
    if new:
        session.execute(insert(Comment), new)


def rate_anew(session: Session, ratings: Mapping[int, Sequence[Rated]]) -> None:
    """Put these ratings in the place of those that the submissions had."""
    session.execute(delete(Rating).where(Rating.submission_id.in_(list(ratings))))
    rate(session, ratings)


def rate(session: Session, ratings: Mapping[int, Sequence[Rated]]) -> None:
    """Add ratings, by the id of their submission."""
    rows = [
        {
            "submission_id": key,
            "position": place,
            "question": rated.question,
            "value": rated.value,
            "raw": rated.raw,
            **vars(rated.scale),
        }
        for key, given in ratings.items()
        for place, rated in enumerate(given)
    ]
    if rows:
        session.connection().execute(insert(Rating), rows)


def _reworded(
    submission: Submission, texts: Sequence[Said]
) -> tuple[list[dict[str, Any]], list[Comment]]:
    """Reword what is there; return the rows of what is new, and what is said no more.

    Several comments on one question are told apart by their order.
    """
    known: dict[str, list[Comment]] = {}
    for comment in submission.comments:
        known.setdefault(comment.question, []).append(comment)
    place = max((comment.position for comment in submission.comments), default=-1) + 1
    new: list[dict[str, Any]] = []
    for one in texts:
        same = known.get(one.question)
        if not same:
            new.append(one.row(submission.id, place + len(new)))
        elif (comment := same.pop(0)).text != one.text:
            row = one.row(submission.id, comment.position)
            comment.text, comment.says_nothing = one.text, row["says_nothing"]
            comment.language = row["language"]
    return new, [comment for rest in known.values() for comment in rest]


def _tagged(session: Session, comment_ids: Sequence[int]) -> set[int]:
    """Return which comments a person has said something about."""
    by_people = select(CommentTheme.comment_id).where(
        CommentTheme.comment_id.in_(comment_ids), CommentTheme.origin == Origin.PERSON
    )
    return set(session.scalars(by_people))


def _drop(session: Session, comment_ids: set[int]) -> None:
    ids = sorted(comment_ids)
    session.execute(delete(CommentTheme).where(CommentTheme.comment_id.in_(ids)))
    session.execute(delete(Comment).where(Comment.id.in_(ids)))


def _rating(rating: Rating) -> list[Any]:
    ends = [str(rating.low), str(rating.high), rating.best_is_high]
    return [rating.question, str(rating.value), rating.raw, *ends]


def _rated(kept: Sequence[Any]) -> Rated:
    question, value, raw, low, high, best_is_high = kept
    return Rated(question, Decimal(value), raw, Scale(Decimal(low), Decimal(high), best_is_high))
