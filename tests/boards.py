"""Many teams and people with points, written straight into the standings."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cxquest.people.models import Department, Person
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Membership, Quest
from cxquest.rewards import ledger
from cxquest.rewards.models import Account, Season, Standing
from tests.cast import BEGUN, Cast, person
from tests.teams import accepted_pain


def season(session: Session, name: str = "2026-Q1", begun: datetime = BEGUN) -> Season:
    """Make a season of ninety days."""
    made = Season(name=name, starts_at=begun, ends_at=begun + timedelta(days=90))
    session.add(made)
    session.flush()
    return read(session, made)


def read(session: Session, season: Season) -> Season:
    """Read a season with its seal, as pages do."""
    found = select(Season).where(Season.id == season.id).options(joinedload(Season.seal))
    return session.scalars(found.execution_options(populate_existing=True)).one()


def quests(session: Session, cast: Cast, count: int) -> list[Quest]:
    """Make quests that are nothing but their accounts."""
    pain = accepted_pain(session, cast)
    made = [
        Quest(
            title=f"Quest {number}",
            state=State.FIXING,
            state_since=BEGUN,
            pain_id=pain.id,
            lead_id=cast.ida.id,
            account_id=ledger.new_team(session).id,
            proposed_by_id=cast.ida.id,
            proposed_at=BEGUN,
        )
        for number in range(count)
    ]
    session.add_all(made)
    session.flush()
    return made


def stand(session: Session, found: Season, held: Iterable[tuple[int, int]]) -> None:
    """Let accounts have points in a season."""
    kinds = {row.id: row.kind for row in session.execute(select(Account.id, Account.kind))}
    session.add_all(
        Standing(account_id=account_id, season_id=found.id, kind=kinds[account_id], points=points)
        for account_id, points in held
    )
    session.flush()


def teams(session: Session, cast: Cast, found: Season, points: Sequence[int]) -> list[Quest]:
    """Make a quest for each number of points."""
    made = quests(session, cast, len(points))
    pairs = zip(made, points, strict=True)
    stand(session, found, [(quest.account_id, number) for quest, number in pairs])
    return made


def put_on(session: Session, quest: Quest, someone: Person) -> None:
    """Let somebody be on a team."""
    session.add(
        Membership(
            quest_id=quest.id,
            person_id=someone.id,
            department_id=someone.department_id,
            joined_at=BEGUN,
        )
    )
    session.flush()


def staff(
    session: Session, department: Department | None, count: int, stem: str = "Person"
) -> list[Person]:
    """Make people of a department."""
    return [person(session, f"{stem}{number}", department) for number in range(count)]


def accounts(session: Session, people: Sequence[Person]) -> list[int]:
    """Return the accounts of people, in their order."""
    known = ledger.accounts_of(session, [one.id for one in people])
    return [known[one.id] for one in people]
