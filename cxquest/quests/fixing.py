"""Changing something: countermeasures on root causes, and the standard that stays."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import measuring, policy, standards
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.moving import work_on
from cxquest.quests.work import Countermeasure, StandardKind
from cxquest.rewards.rulebook import Work


@dataclass(frozen=True)
class Change:
    """What a team changes about a root cause."""

    why_id: int
    title: str
    work: Work
    description: str
    in_place_on: date | None
    standard_kind: StandardKind | None
    standard: str
    no_standard_reason: str
    standard_version: str = ""
    standard_owner_id: int | None = None
    review_on: date | None = None
    affected_roles: str = ""


def add(
    session: Session, quest: Quest, given: Change, *, by: Person, at: datetime
) -> Countermeasure:
    """Add a countermeasure. Raises BadInput if it answers no root cause or lies in the future."""
    _check(session, quest, given, by, at)
    _check_standard(session, given, None, at)
    countermeasure = Countermeasure(quest_id=quest.id, written_by_id=by.id, written_at=at)
    session.add(countermeasure)
    return _write(session, quest, countermeasure, given, by, at)


def change(
    session: Session,
    quest: Quest,
    countermeasure: Countermeasure,
    given: Change,
    *,
    by: Person,
    at: datetime,
) -> Countermeasure:
    """Change a countermeasure."""
    _check(session, quest, given, by, at)
    _check_standard(session, given, countermeasure, at)
    return _write(session, quest, countermeasure, given, by, at)


def drop(
    session: Session, quest: Quest, countermeasure: Countermeasure, *, by: Person, at: datetime
) -> None:
    """Take a countermeasure out again."""
    _may_fix(quest, by)
    audit.record(
        session, "countermeasure_dropped", quest, by=by, at=at, summary=countermeasure.title
    )
    session.delete(countermeasure)
    session.flush()
    measuring.mark_changes(session, quest)


def _write(
    session: Session,
    quest: Quest,
    countermeasure: Countermeasure,
    given: Change,
    by: Person,
    at: datetime,
) -> Countermeasure:
    for name, value in vars(given).items():
        setattr(countermeasure, name, value)
    session.flush()
    audit.record(session, "countermeasure_written", quest, by=by, at=at, summary=given.title)
    measuring.mark_changes(session, quest)
    return countermeasure


def _check(session: Session, quest: Quest, given: Change, by: Person, at: datetime) -> None:
    _may_fix(quest, by)
    if given.why_id not in {why.id for why in quest.whys if why.is_root}:
        raise BadInput(_("A countermeasure answers a root cause of this quest."), field="why_id")
    if given.in_place_on and given.in_place_on > people.today(session, at):
        raise BadInput(_("It is in place only once that day has come."), field="in_place_on")
    metric = quest.metric
    frozen_to = metric.baseline_to if metric else None
    if given.in_place_on and frozen_to and given.in_place_on <= frozen_to:
        raise BadInput(
            _("The baseline ends on %(day)s; a change before that would be part of it."),
            field="in_place_on",
            day=frozen_to.isoformat(),
        )


def _check_standard(
    session: Session, given: Change, before: Countermeasure | None, at: datetime
) -> None:
    """Raise BadInput for an owner who has left or a review day that has passed, if it is new."""
    if given.standard_owner_id and given.standard_owner_id != getattr(
        before, "standard_owner_id", None
    ):
        owner = people.person(session, given.standard_owner_id)
        if owner is None or not owner.is_active:
            raise BadInput(
                _("The standard's owner is somebody who works here."), field="standard_owner_id"
            )
    if given.review_on and given.review_on != getattr(before, "review_on", None):
        standards.check_day(session, given.review_on, at)


def _may_fix(quest: Quest, by: Person) -> None:
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    if quest.state is not State.FIXING:
        raise Refusal(_("Countermeasures are written while the quest is fixing."))
    work_on(quest)
