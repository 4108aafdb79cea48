"""Bridges between departments: who removes causes together, from accepted work."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.boards import lift
from cxquest.boards.departments import LEAST_PEOPLE
from cxquest.boards.lift import Pair, Together
from cxquest.people import queries as people
from cxquest.people.models import Department
from cxquest.quests.models import Quest
from cxquest.quests.work import Contribution


@dataclass(frozen=True)
class Bridge:
    """Two departments, and how they work together."""

    first: Department
    second: Department
    pair: Pair


@dataclass(frozen=True)
class Bridges:
    """The departments that are large enough, and every pair of them."""

    departments: Sequence[Department]
    pairs: dict[tuple[int, int], Bridge]
    quests: int

    def between(self, first: Department, second: Department) -> Bridge | None:
        """Return a pair, whichever is named first."""
        return self.pairs.get((min(first.id, second.id), max(first.id, second.id)))

    def every(self, department: int | None = None) -> list[Bridge]:
        """Return the pairs, or those of one department, the furthest above chance first."""
        asked = [
            bridge
            for bridge in self.pairs.values()
            if department in (None, bridge.first.id, bridge.second.id)
        ]
        return sorted(asked, key=lambda b: (-b.pair.lift, b.first.name, b.second.name))

    def compared(self, department: int | None = None) -> list[Bridge]:
        """Return those of `every` that can be compared."""
        return [b for b in self.every(department) if b.pair.together is not Together.FEW]


def between_departments(session: Session) -> Bridges:
    """Return how the departments of at least five people work together."""
    heads = people.heads(session)
    large = [d for d in people.departments(session) if heads.get(d.id, 0) >= LEAST_PEOPLE]
    known = {department.id: department for department in large}
    quests = _work(session)
    found = lift.pairs(quests.values())
    return Bridges(
        departments=large,
        pairs={
            (a, b): Bridge(known[a], known[b], pair)
            for (a, b), pair in found.items()
            if a in known and b in known
        },
        quests=len(quests),
    )


def shared(session: Session, first: int, second: int) -> list[tuple[int, str, int, int]]:
    """Return the quests that two departments both worked on: id, title, both shares in percent."""
    work = {
        quest_id: sizes
        for quest_id, sizes in _work(session).items()
        if sizes.get(first) and sizes.get(second)
    }
    titles = session.execute(
        select(Quest.id, Quest.title).where(Quest.id.in_(work)).order_by(Quest.id.desc())
    )
    return [
        (quest_id, title, _percent(work[quest_id], first), _percent(work[quest_id], second))
        for quest_id, title in titles
    ]


def _percent(sizes: dict[int, int], department: int) -> int:
    return round(100 * sizes[department] / sum(sizes.values()))


def _work(session: Session) -> dict[int, dict[int, int]]:
    """Return the size of each department's accepted work, by quest."""
    found = session.execute(
        select(Contribution.quest_id, Contribution.department_id, func.sum(Contribution.size))
        .where(Contribution.accepted_at.is_not(None), Contribution.department_id.is_not(None))
        .group_by(Contribution.quest_id, Contribution.department_id)
    )
    quests: dict[int, dict[int, int]] = {}
    for quest_id, department_id, size in found:
        if department_id is not None:
            quests.setdefault(quest_id, {})[department_id] = int(size)
    return quests
