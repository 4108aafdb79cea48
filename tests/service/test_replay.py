"""The same events give the same ledger, in whatever order they arrive."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.rewards import ledger, replaying
from cxquest.rewards.models import LedgerEntry, Standing
from tests import histories


def nets(session: Session) -> dict[object, int]:
    """Return what every account holds in every season."""
    found = session.execute(select(Standing.account_id, Standing.season_id, Standing.points))
    return {(account, season): points for account, season, points in found if points}


@pytest.mark.parametrize("seed", range(6))
def test_p5_p9_late_events_and_duplicates_come_to_the_same(session: Session, seed: int) -> None:
    firm = histories.company(session, quests=9)
    session.commit()
    told = histories.history(seed, 160, firm)
    for one in told:
        histories.record(session, one)
    in_order = nets(session)
    assert replaying.compare(session)["differences"] == 0
    session.rollback()
    for one in histories.out_of_order(seed, told, lateness=60):
        histories.record(session, one)
    compared = replaying.compare(session)
    assert compared["differences"] == 0, compared["first_differences"]
    assert ledger.check(session) == []
    assert sorted(nets(session).values()) == sorted(in_order.values())
    assert_nothing_is_taken_twice(session)


def assert_nothing_is_taken_twice(session: Session) -> None:
    """Every line that takes something back points at one that still had as much."""
    lines = {line.id: line for line in session.scalars(select(LedgerEntry))}
    left = {}
    for number in sorted(lines, reverse=True):
        back = [left[one.id] for one in lines.values() if one.reverses_id == number]
        left[number] = lines[number].points + sum(back)
        assert left[number] * lines[number].points >= 0
    loose = [one for one in lines.values() if one.points < 0 and one.reverses_id is None]
    assert all(one.component == "held" for one in loose)


def test_a_decision_that_differs_is_found(session: Session) -> None:
    firm = histories.company(session, quests=3)
    for one in histories.history(1, 40, firm):
        histories.record(session, one)
    biggest = session.scalar(select(func.max(LedgerEntry.points)))
    session.execute(Standing.__table__.update().values(points=Standing.points + 1))
    compared = replaying.compare(session)
    assert biggest
    assert compared["differences"] == session.scalar(select(func.count()).select_from(Standing))
