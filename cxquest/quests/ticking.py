"""What the days do: looks at quests that hold. Run by `flask worker` and `flask tick`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.people import queries as people
from cxquest.quests import holding, queries


def due(session: Session, at: datetime) -> Sequence[int]:
    """Return the quests whose day has come."""
    return queries.due(session, people.today(session, at))


def look(session: Session, quest_id: int, at: datetime, base_url: str = "") -> str:
    """Do what the day asks of one quest; return what was done, or an empty text."""
    quest = queries.whole(session, quest_id)
    return holding.look(session, quest, at=at, base_url=base_url) if quest else ""
