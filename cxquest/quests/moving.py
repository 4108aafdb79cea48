"""Moving a quest from one state to the next, by the lifecycle's table and by nothing else."""

from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cxquest.core import audit
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
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


def work_on(quest: Quest) -> None:
    """Note that the team changes what its gates rest on.

    Raises Refusal while a review waits: what a coach looks at does not move. The quest's
    version goes up with every such change, so a verdict at the same moment is told of it.
    """
    if quest.waiting:
        raise Refusal(_("A review waits. Take the request back before you change anything."))
    flag_modified(quest, "state")
