"""Files of readings of a quest's metric: who may bring one, and what stays on record of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.measures import filing
from cxquest.measures.filing import Choice
from cxquest.measures.models import Metric, ReadingRun
from cxquest.people.models import Person
from cxquest.quests.measuring import may_measure
from cxquest.quests.models import Quest


def start(
    session: Session,
    quest: Quest,
    metric: Metric,
    name: str,
    content: bytes,
    *,
    by: Person,
    at: datetime,
) -> ReadingRun:
    """Keep a file and look it through; nothing of it is taken."""
    may_measure(quest, by)
    return filing.start(session, metric, name, content, by=by, at=at)


def preview(
    session: Session,
    quest: Quest,
    metric: Metric,
    run: ReadingRun,
    choice: Choice,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Say what would come of a file."""
    may_measure(quest, by)
    filing.preview(session, metric, run, choice, by=by, at=at)


def finish(
    session: Session, quest: Quest, metric: Metric, run: ReadingRun, *, by: Person, at: datetime
) -> None:
    """Take a file in. One that corrects is refused while a review waits."""
    may_measure(quest, by)
    filing.finish(session, metric, run, by=by, at=at)
    said = f"{metric.name}: {run.file_name}"
    counts = {name: getattr(run, name) for name in ("read", *filing.COUNTS, "rejected")}
    audit.record(session, "readings_loaded", quest, by=by, at=at, summary=said[:200], **counts)


def undo(
    session: Session,
    quest: Quest,
    metric: Metric,
    run: ReadingRun,
    reason: str,
    *,
    by: Person,
    at: datetime,
) -> int:
    """Take back what a file brought; return how many readings that were."""
    may_measure(quest, by)
    count = filing.undo(session, metric, run, reason, by=by, at=at)
    said = f"{metric.name}: {run.file_name}. {reason}"
    audit.record(session, "readings_undone", quest, by=by, at=at, summary=said[:200], back=count)
    return count


def discard(session: Session, quest: Quest, run: ReadingRun, *, by: Person, at: datetime) -> None:
    """Let go of a file of which nothing was taken."""
    may_measure(quest, by)
    filing.discard(session, run, at=at)
