"""Starting a quest: propose, join, leave."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cxquest.core import audit
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.errors import marked as _
from cxquest.pains import deciding as pains
from cxquest.pains.models import PainPoint
from cxquest.people import queries as people
from cxquest.people.models import Department, Person
from cxquest.quests import continuing, policy
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Chair, Membership, Quest
from cxquest.rewards import ledger, paying
from cxquest.rewards.versions import rulebook_at


def propose(
    session: Session,
    pain: PainPoint,
    title: str,
    *,
    by: Person,
    at: datetime,
    base_url: str = "",
) -> Quest:
    """Start a quest on an accepted pain point, with the proposer as its accountable lead.

    Raises NotAllowed for executives, who sponsor, and Refusal when the pain point is not free.
    """
    if not policy.may_propose(by):
        raise NotAllowed(_("Executives sponsor quests; they do not lead or join them."))
    if by.department_id is None:
        raise Refusal(_("You belong to no department yet. An administrator can add you to one."))
    if pain.decided_by_id == by.id:
        raise Refusal(_("You accepted this pain point; its quest is led by somebody else."))
    before = continuing.predecessor(session, pain, rulebook_at(session, at), at)
    pains.enter_quest(session, pain, by=by, at=at, summary=title, base_url=base_url)
    quest = Quest(
        title=title,
        state=State.PROPOSED,
        state_since=at,
        pain_id=pain.id,
        lead_id=by.id,
        account_id=ledger.new_team(session).id,
        proposed_by_id=by.id,
        proposed_at=at,
        continues_id=before.id if before else None,
        chain_id=(before.chain_id or before.id) if before else None,
    )
    session.add(quest)
    session.flush()
    _seat(session, quest, by, at)
    audit.record(session, "proposed", quest, by=by, at=at, summary=title)
    return quest


def join(session: Session, quest: Quest, *, by: Person, at: datetime) -> Membership:
    """Take a place on the team, for one's department. Raises Refusal where there is none."""
    if quest.has_member(by):
        raise Refusal(_("You are on this team already."))
    if by.department_id is None:
        raise Refusal(_("You belong to no department yet. An administrator can add you to one."))
    if not policy.may_join(by, quest):
        raise Refusal(
            _("This team is full, has ended its work, or you stand outside it by your role.")
        )
    membership = _seat(session, quest, by, at)
    flag_modified(quest, "state")  # of two who take the last place at once, one is told
    audit.record(session, "joined", quest, by=by, at=at, summary=by.name)
    paying.pay(
        session,
        key=f"membership:{membership.id}",
        kind="quest_joined",
        subject=f"quest:{quest.id}",
        facts={},
        label=quest.title,
        at=at,
        zone=people.zone(session),
    )
    return membership


def leave(session: Session, quest: Quest, *, by: Person, at: datetime) -> None:
    """Give one's place on the team up; what was done and paid stays. Raises NotAllowed."""
    if not policy.may_leave(by, quest):
        raise NotAllowed(_("The lead stays with the quest, and so does whoever is not on it."))
    for membership in quest.team:
        if membership.person_id == by.id:
            membership.left_at = at
    _let_go(quest, by)
    flag_modified(quest, "state")  # whoever hands the lead over at this moment is told
    audit.record(session, "left", quest, by=by, at=at, summary=by.name)
    session.flush()


def hand_over(session: Session, quest: Quest, to_id: int, *, by: Person, at: datetime) -> None:
    """Give the lead to another member. Raises NotAllowed but for the lead and the sponsor."""
    if not policy.may_hand_over(by, quest):
        raise NotAllowed(_("The lead or the sponsor hands a quest over."))
    heir = next((m.person for m in quest.team if m.person_id == to_id), None)
    if heir is None or not heir.is_active:
        raise BadInput(_("Choose a member of the team."), field="lead_id")
    if quest.metric and quest.metric.owner_id == heir.id:
        raise BadInput(
            _("The metric's owner does not lead. Name another owner first."), field="lead_id"
        )
    quest.lead = heir
    audit.record(session, "handed_over", quest, by=by, at=at, summary=heir.name)
    session.flush()


def _seat(session: Session, quest: Quest, person: Person, at: datetime) -> Membership:
    membership = Membership(
        quest_id=quest.id, person_id=person.id, department_id=person.department_id, joined_at=at
    )
    session.add(membership)
    if person.department_id is not None:
        _sit_down(session, _chair(session, quest, person.department_id), person)
    session.flush()
    return membership


def _sit_down(session: Session, chair: Chair, person: Person) -> None:
    """Let a new member take the empty chair of their department."""
    sitting = session.get(Person, chair.person_id) if chair.person_id else None
    if sitting is None or not sitting.is_active:
        chair.person, chair.is_deputy = person, False


def _let_go(quest: Quest, person: Person) -> None:
    """Leave empty the chairs, and undone the tasks, of somebody who leaves."""
    for chair in quest.chairs:
        if chair.person_id == person.id:
            chair.person, chair.is_deputy = None, False
    for task in (task for change in quest.countermeasures for task in change.tasks):
        if task.person_id == person.id and task.done_on is None:
            task.person = None


def add_chair(
    session: Session, quest: Quest, department: Department, *, by: Person, at: datetime
) -> Chair:
    """Give a department that the problem touches a chair at the quest's table."""
    if not policy.may_work_on(by, quest):
        raise NotAllowed(_("Only members of the team work on its quest."))
    audit.record(session, "chair_added", quest, by=by, at=at, summary=department.name)
    return _chair(session, quest, department.id)


def _chair(session: Session, quest: Quest, department_id: int) -> Chair:
    chair = session.scalar(
        select(Chair).where(Chair.quest_id == quest.id, Chair.department_id == department_id)
    )
    if chair is None:
        chair = Chair(quest_id=quest.id, department_id=department_id)
        session.add(chair)
        session.flush()
    return chair
