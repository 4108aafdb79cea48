"""What the days do: looks at every quest that holds. Run by `flask worker` and `flask tick`."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.quests import holding, queries
from cxquest.quests.reviewing import zone_of


def tick(session: Session, at: datetime) -> dict[str, int]:
    """Look at every holding quest; return how many were looked at, closed and slipped back."""
    done = {"looked_at": 0, "closed": 0, "slipped": 0}
    today = at.astimezone(zone_of(session)).date()
    for quest_id in queries.due(session, today):
        quest = queries.whole(session, quest_id)
        if quest is None:
            continue
        done["looked_at"] += 1
        result = holding.look(session, quest, at=at)
        if result in done:
            done[result] += 1
    return done
