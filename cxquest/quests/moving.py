"""Moving a quest from one state to the next, by the lifecycle's table and by nothing else."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.people.models import Person
from cxquest.quests.lifecycle import Facts, take
from cxquest.quests.models import Quest


def move(
    session: Session,
    quest: Quest,
    step: str,
    *,
    by: Person | None,
    at: datetime,
    facts: Facts | None = None,
    summary: str = "",
) -> None:
    """Take `step`. Raises Refusal when the lifecycle says no, with what is missing.

    The flush checks the quest's version: of two people who move it at once, one is told.
    """
    quest.state = take(step, quest.state, facts)
    quest.state_since = at
    audit.record(session, step, quest, by=by, at=at, summary=summary)
    session.flush()
