"""Who may do what on a quest. Templates hide buttons with the same predicates."""

from cxquest.people.models import Person
from cxquest.quests.lifecycle import ACTIVE, MAX_TEAM, State
from cxquest.quests.models import Quest
from cxquest.rewards.rulebook import Gate

RETURNABLE = frozenset({State.PROVING, State.HOLDING, State.CLOSED, State.STOPPED})
CHARTER_STATES = frozenset({State.PROPOSED, State.CHARTERING})


def may_see(person: Person, quest: Quest) -> bool:
    """Everyone who can sign in sees every quest."""
    return person.is_active


def may_propose(person: Person) -> bool:
    """Employees and administrators propose quests; executives sponsor them."""
    return person.is_active and not person.is_executive


def may_join(person: Person, quest: Quest) -> bool:
    """Anyone but an executive joins an active quest that has room, unless they judged it."""
    return (
        may_propose(person)
        and quest.state in ACTIVE
        and not quest.has_member(person)
        and len(quest.team) < MAX_TEAM
        and person.id != quest.size_by_id
        and person.id != quest.pain.decided_by_id
        and person.id not in {review.reviewer_id for review in quest.reviews}
    )


def may_leave(person: Person, quest: Quest) -> bool:
    """A member leaves an active quest; the lead stays accountable."""
    return quest.has_member(person) and person.id != quest.lead_id and quest.state in ACTIVE


def may_lead(person: Person, quest: Quest) -> bool:
    """The lead, while the quest is active."""
    return person.id == quest.lead_id and quest.state in ACTIVE


def may_hand_over(person: Person, quest: Quest) -> bool:
    """The lead or the sponsor gives the lead to another member; so does an administrator."""
    ours = person.id in (quest.lead_id, quest.sponsor_id) or person.is_administrator
    return quest.state in ACTIVE and ours


def may_change_sponsor(person: Person, quest: Quest) -> bool:
    """The sponsor, or an administrator, names another one; before the signature the lead does."""
    signed = quest.state in ACTIVE - CHARTER_STATES
    return signed and (person.id == quest.sponsor_id or person.is_administrator)


def may_charter(person: Person, quest: Quest) -> bool:
    """The lead writes the charter until it is signed."""
    return person.id == quest.lead_id and quest.state in CHARTER_STATES


def may_work_on(person: Person, quest: Quest) -> bool:
    """Members, while the quest is active."""
    return quest.has_member(person) and quest.state in ACTIVE


def may_measure(person: Person, quest: Quest) -> bool:
    """Members and the metric's owner; also after closing, so that a return is seen."""
    owner = quest.metric is not None and quest.metric.owner_id == person.id
    return quest.state is not State.STOPPED and (quest.has_member(person) or owner)


def may_correct(person: Person, quest: Quest) -> bool:
    """Who measures; once the outcome is proven, a coach outside the team."""
    if quest.state in (State.HOLDING, State.CLOSED):
        return person.is_coach and is_outside(person, quest)
    return may_measure(person, quest)


def may_react(person: Person, quest: Quest) -> bool:
    """Who the plan of the metric names says what was done about a red reading; so does the team."""
    metric = quest.metric
    named = metric is not None and metric.reaction_by_id == person.id
    return quest.state is not State.STOPPED and (named or may_measure(person, quest))


def may_hold_keys(person: Person, quest: Quest) -> bool:
    """The metric's owner or an administrator makes and revokes the keys of its readings."""
    owner = quest.metric is not None and quest.metric.owner_id == person.id
    return person.is_active and (owner or person.is_administrator)


def may_talk(person: Person, quest: Quest) -> bool:
    """Everyone who sees a quest may say something on it."""
    return may_see(person, quest)


def may_sign(person: Person, quest: Quest) -> bool:
    """The sponsor, in person."""
    return person.is_executive and person.id == quest.sponsor_id


def is_outside(person: Person, quest: Quest) -> bool:
    """Whether the person never was on the team and does not sponsor it."""
    return not quest.had_member(person) and person.id not in (quest.lead_id, quest.sponsor_id)


def may_agree_size(person: Person, quest: Quest) -> bool:
    """A coach outside the team agrees the size until the charter is signed."""
    return person.is_coach and is_outside(person, quest) and quest.state in CHARTER_STATES


def may_review(person: Person, quest: Quest, gate: Gate) -> bool:
    """A coach outside the team; the outcome is never judged by the metric's owner."""
    if not (person.is_coach and is_outside(person, quest)):
        return False
    owner_id = quest.metric.owner_id if quest.metric else None
    return gate is not Gate.G3 or person.id != owner_id


def may_stop(person: Person, quest: Quest) -> bool:
    """The sponsor stops an active quest; before there is one, its lead."""
    if quest.state not in ACTIVE:
        return False
    return person.id == (quest.sponsor_id or quest.lead_id)


def may_learn(person: Person, quest: Quest) -> bool:
    """Whoever is or was on the team writes its lesson; so does who stopped the quest."""
    stopped = quest.state is State.STOPPED and person.id == quest.sponsor_id
    return quest.had_member(person) or stopped


def may_tell(person: Person, quest: Quest) -> bool:
    """The team, or a coach, has the note to customers prepared once the change is in place."""
    ours = quest.has_member(person) or (person.is_coach and person.is_active)
    return quest.state in RETURNABLE - {State.STOPPED} and ours


def may_report_return(person: Person, quest: Quest) -> bool:
    """A coach outside the team, or the team itself, says that the problem is back."""
    if quest.state not in RETURNABLE or quest.outcome_at is None:
        return False
    return may_speak_of_return(person, quest)


def may_speak_of_return(person: Person, quest: Quest) -> bool:
    """Whoever may say that a problem is back, whether or not it is the moment to say so."""
    return quest.had_member(person) or may_judge_return(person, quest)


def may_judge_return(person: Person, quest: Quest) -> bool:
    """A coach outside the team says whether what is suspected is so."""
    return person.is_coach and is_outside(person, quest)
