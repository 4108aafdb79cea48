"""The same events give the same ledger, in whatever order they arrive."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.people import keeping
from cxquest.rewards import documents, ledger, replaying
from cxquest.rewards.models import LedgerEntry, RulebookVersion, Standing, VersionState
from cxquest.rewards.rulebook import DEFAULT, Rulebook, Work
from tests import histories
from tests.cast import Cast
from tests.teams import Team, paid, week


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


def scheduled(session: Session, cast: Cast, rules: Rulebook, number: int, at: datetime) -> None:
    """Put a rulebook in force from an instant, as its life would end."""
    session.add(
        RulebookVersion(
            number=number,
            state=VersionState.SCHEDULED,
            document=documents.document_of(rules),
            written_by_id=cast.ruth.id,
            written_at=histories.BEGUN,
            effective_from=at,
        )
    )
    session.flush()


def test_p9_p10_ten_thousand_events_with_a_new_rulebook_in_the_middle(
    session: Session, cast: Cast
) -> None:
    firm = histories.company(session, quests=600)
    told = histories.history(7, 10_000, firm, days=720)
    middle = told[len(told) // 2].at
    richer = replace(
        DEFAULT, work={**DEFAULT.work, Work.DETECTION: Fraction(3, 2)}, rules=DEFAULT.rules[:3]
    )
    scheduled(session, cast, richer, 2, middle)
    for number, one in enumerate(histories.out_of_order(7, told, lateness=6)):
        histories.record(session, one)
        if number % 1000 == 500:  # one transaction: nobody else tells the planner of its rows
            session.execute(sa.text("ANALYZE"))
    compared = replaying.compare(session)
    assert compared["differences"] == 0, compared["first_differences"]
    assert compared["events"] == len(told)
    assert ledger.check(session) == []
    versions = session.execute(
        select(LedgerEntry.rulebook_version, func.count()).group_by(LedgerEntry.rulebook_version)
    )
    assert {version for version, _n in versions} == {1, 2}
    scheduled(session, cast, DEFAULT, 3, told[-1].at + timedelta(days=1))
    assert replaying.compare(session)["differences"] == 0


def test_p10_a_version_that_comes_later_changes_nothing_already_paid(
    session: Session, cast: Cast
) -> None:
    firm = histories.company(session, quests=6)
    told = histories.history(3, 120, firm)
    for one in told:
        histories.record(session, one)
    lines = select(LedgerEntry.id, LedgerEntry.points, LedgerEntry.rulebook_version)
    before = session.execute(lines.order_by(LedgerEntry.id)).all()
    poorer = replace(DEFAULT, base={size: n // 2 for size, n in DEFAULT.base.items()})
    scheduled(session, cast, poorer, 2, told[-1].at + timedelta(hours=1))
    assert session.execute(lines.order_by(LedgerEntry.id)).all() == before
    assert replaying.compare(session)["differences"] == 0


def test_p15_a_person_who_is_made_nameless_changes_nobody_elses_number(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).hold()
    others = nets(session)
    given = keeping.Particulars(email="gone-7@halden.example", name="Former colleague")
    keeping.change(session, cast.ida, given, by=cast.ruth, at=week(14))
    keeping.deactivate(session, cast.ida, by=cast.ruth, at=week(14))
    cast.ida.shows_points = False
    session.flush()
    assert nets(session) == others
    assert paid(session, team) == {"G1": 138, "G2": 207, "G3": 621}
    assert replaying.compare(session)["differences"] == 0
