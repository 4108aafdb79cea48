"""What the days do: look at quests that hold, and at those that have held. Run by the worker."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.people import queries as people
from cxquest.quests import holding, queries, watching


def due(session: Session, at: datetime) -> Sequence[int]:
    """Return the quests whose day has come."""
    return queries.due(session, people.today(session, at))


def look(session: Session, quest_id: int, at: datetime, base_url: str = "") -> str:
    """Do what the day asks of one quest; return what was done, or an empty text."""
    quest = queries.whole(session, quest_id)
    return holding.look(session, quest, at=at, base_url=base_url) if quest else ""


def watched(session: Session, at: datetime) -> Sequence[int]:
    """Return the quests of which the watch looks whether their problem is back."""
    return watching.due(session, at)


def watch(session: Session, quest_id: int, at: datetime, base_url: str = "") -> str:
    """Look whether the problem of one quest is back; return what was found, or an empty text."""
    return watching.look(session, quest_id, at, base_url)
