"""A made series: twenty weeks of sixty comments, about a theme that is quiet until the last."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from cxquest.voice import sources, theming
from cxquest.voice.models import Comment, Submission, Theme

WEEKS, EACH = 20, 60


def surging(session: Session, name: str, now: datetime) -> Theme:
    """Make a theme of 5 comments in 100, which are 30 in 100 in the week that ends today."""
    dice = Random(3)
    source = sources.named(session, "Survey", at=now)
    theme = theming.add(session, name, by=None, at=now)
    about: list[Comment] = []
    for week in range(WEEKS):
        for n in range(EACH):
            hums = dice.random() < (0.3 if week == 0 else 0.05)
            comment = Comment(text=f"The pump hums at night, {n}" if hums else f"All is well, {n}")
            session.add(
                Submission(
                    source=source,
                    identity=f"{week}-{n}",
                    fingerprint="",
                    collected_on=now.date() - timedelta(days=7 * week + n % 7),
                    created_at=now,
                    updated_at=now,
                    comments=[comment],
                )
            )
            about += [comment] if hums else []
    session.flush()
    theming.tag(session, [one.id for one in about], theme, by=None, at=now)
    return theme
