"""What boards say adds up: departments, what lasts, the snapshot, and what was sealed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import Subquery, select
from sqlalchemy.orm import Session

from cxquest.boards import bridges, departments, proofs, queries, scores, sealed, teams
from cxquest.boards.lift import Together
from cxquest.boards.snapshot import snapshot, tenths
from cxquest.boards.teams import Asked
from cxquest.boards.terms import year_before
from cxquest.quests import holding, ticking
from cxquest.quests.work import Contribution
from cxquest.rewards import queries as rewards
from cxquest.rewards import sealing
from cxquest.rewards.models import LedgerEntry, Season, Standing
from cxquest.rewards.rulebook import Gate
from tests import boards
from tests.cast import BEGUN, Cast
from tests.teams import Team, week


def season_of(session: Session) -> Season:
    """Return the season in which the first gate was paid."""
    return session.scalars(select(Season).order_by(Season.starts_at).limit(1)).one()


def test_p14_a_teams_number_is_the_sum_of_its_lines(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    for season in session.scalars(select(Season)):
        placed = queries.team(session, scores.of_season(season.id), team.id)
        assert placed
        lines = rewards.entries_of_account(session, placed.account_id, season.id)
        assert placed.points == sum(line.points for line in lines)


def test_p14_a_departments_number_is_the_sum_of_its_lines(session: Session, cast: Cast) -> None:
    boards.staff(session, cast.care, 4, "Care")
    Team(session, cast).hold()
    season = season_of(session)
    (row,) = departments.standing(session, season.id)
    assert (row.name, row.people) == ("Care", 5)
    veiled = departments.lines(session, row.department_id, season.id)
    assert veiled.total == row.points > 0
    assert veiled.lines == (), "one person earned all of it, so no quest is named"


def test_a_quest_of_two_people_is_named(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    people = boards.staff(session, cast.care, 5, "Care")
    team = Team(session, cast).join(people[0]).fix().judge(Gate.G2, 6)
    names = departments.lines(session, cast.care.id, season.id)
    assert departments.titles(session, names).get(f"quest:{team.id}", (team.id,))[0] == team.id


def test_what_lasts_is_what_held_less_what_was_taken_back(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    for number in range(13, 26):
        team.read(number, "4")
    for day in (30, 60, 90):
        at = week(13) + timedelta(days=day, hours=1)
        for quest_id in ticking.due(session, at):
            ticking.look(session, quest_id, at)
    closed = week(13) + timedelta(days=91)
    gates = {e.rule: e.points for e in entries_of(session, team)}
    assert lasting(session, team, closed) == gates["gate_G4"] > 0
    (row,) = teams.lasting(session, field_at(closed), cast.ida, Asked()).shown
    assert (row.quest_id, row.points, row.is_mine) == (team.id, gates["gate_G4"], True)
    assert lasting(session, team, closed + timedelta(days=366)) == 0

    back = closed + timedelta(days=20)
    holding.report_return(session, team.quest, "It is back", by=cast.noor, at=back)
    lines = [e.points for e in entries_of(session, team) if scores.is_lasting(e.rule)]
    assert len(lines) == 2
    assert 0 < lasting(session, team, back) == sum(lines) < gates["gate_G4"]


def entries_of(session: Session, team: Team) -> Sequence[LedgerEntry]:
    return rewards.entries_of_account(session, team.quest.account_id)


def field_at(now: datetime) -> Subquery:
    return scores.lasting(year_before(now, ZoneInfo("Europe/Oslo")))


def lasting(session: Session, team: Team, now: datetime) -> int:
    placed = queries.team(session, field_at(now), team.id)
    assert placed
    return placed.points


def test_a_year_before_is_a_midnight_of_the_zone() -> None:
    oslo = ZoneInfo("Europe/Oslo")
    assert year_before(BEGUN, oslo).astimezone(oslo).isoformat() == "2025-03-02T00:00:00+01:00"
    leap = BEGUN.replace(year=2028, month=2, day=29)
    assert year_before(leap, oslo).astimezone(oslo).isoformat() == "2027-02-28T00:00:00+01:00"


def test_a_snapshot_is_the_boards_and_the_same_each_time(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    people = boards.staff(session, cast.care, 5)
    boards.stand(session, season, [(boards.accounts(session, people)[0], 100)])
    quests = boards.teams(session, cast, season, [10, 30, 30, 0, -5])
    found = snapshot(session, season)
    assert found == snapshot(session, season)
    assert [(row["rank"], row["quest"], row["points"]) for row in found["teams"]] == [
        (1, quests[1].id, 30),
        (1, quests[2].id, 30),
        (3, quests[0].id, 10),
    ]
    assert [row["name"] for row in found["departments"]] == ["Care"]
    assert found["departments"][0]["points"] == 100


def test_means_are_rounded_half_up() -> None:
    assert [tenths(Fraction(n, 100)) for n in (125, 124, 0, 10000)] == [
        "1.3",
        "1.2",
        "0.0",
        "100.0",
    ]


def test_a_sealed_board_stands_and_what_was_corrected_stands_beside_it(
    session: Session, cast: Cast
) -> None:
    season = boards.season(session)
    quests = boards.teams(session, cast, season, list(range(40, 0, -1)))
    boards.put_on(session, quests[30], cast.bram)
    live = teams.of_season(session, season, None, cast.bram, Asked())
    sealing.seal(
        session,
        season,
        snapshot(session, season),
        by=cast.ruth,
        at=season.ends_at + timedelta(days=30),
    )
    boards.read(session, season)
    session.get_one(Standing, (quests[1].account_id, season.id)).points = 3
    session.flush()
    shown = teams.of_season(session, season, None, cast.bram, Asked())
    assert [(row.rank, row.quest_id, row.points, row.is_mine) for row in shown.shown] == [
        (row.rank, row.quest_id, row.points, row.is_mine) for row in live.shown
    ]
    assert [row.since for row in shown.rows][:3] == [0, 39 * -1 + 3, 0]
    (found,) = teams.of_season(session, season, None, cast.olaf, Asked("quest 17")).shown
    assert (found.rank, found.since) == (18, 0)
    by_department = Asked(department=cast.field.id)
    (mine,) = teams.of_season(session, season, None, cast.olaf, by_department).shown
    assert mine.rank == 31


def test_the_season_before_is_told_as_it_was_sealed(session: Session, cast: Cast) -> None:
    before = boards.season(session, "2025-Q4", BEGUN - timedelta(days=90))
    season = boards.season(session)
    quests = boards.teams(session, cast, before, [9, 8, 7])
    sealing.seal(
        session,
        before,
        snapshot(session, before),
        by=cast.ruth,
        at=before.ends_at + timedelta(days=30),
    )
    boards.read(session, before)
    session.get_one(Standing, (quests[1].account_id, before.id)).points = 100
    boards.stand(session, season, [(quest.account_id, quest.id) for quest in quests])
    shown = teams.of_season(session, season, before, cast.olaf, Asked())
    assert {row.quest_id: row.last for row in shown.shown} == {
        quest.id: teams.Then(rank, points)
        for quest, rank, points in zip(quests, (1, 2, 3), (9, 8, 7), strict=True)
    }


def test_sealed_results_are_kept_by_their_content(session: Session, cast: Cast) -> None:
    """A process that serves two databases never mixes their seals up."""
    one = sealed.read({"teams": [], "departments": []})
    assert one.team(1) is None
    sealed._kept.clear()
    for number in range(sealed.KEPT + 3):
        season = boards.season(session, f"S{number}", BEGUN + timedelta(days=90 * number))
        boards.teams(session, cast, season, [number + 1])
        at = season.ends_at + timedelta(days=30)
        seal = sealing.seal(session, season, snapshot(session, season), by=cast.ruth, at=at)
        assert sealed.result(seal).teams[0].points == number + 1
    assert len(sealed._kept) == sealed.KEPT


def test_departments_are_compared_with_the_season_before(session: Session, cast: Cast) -> None:
    before = boards.season(session, "2025-Q4", BEGUN - timedelta(days=90))
    season = boards.season(session)
    account = boards.accounts(session, boards.staff(session, cast.care, 5))[0]
    boards.stand(session, before, [(account, 50)])
    boards.stand(session, season, [(account, 90)])
    (row,) = departments.of_season(session, season, before)
    assert (row.points, row.last.points if row.last else 0, row.since) == (90, 50, 0)
    at = season.ends_at + timedelta(days=30)
    sealing.seal(session, before, snapshot(session, before), by=cast.ruth, at=at)
    sealing.seal(session, season, snapshot(session, season), by=cast.ruth, at=at)
    session.get_one(Standing, (account, season.id)).points = 80
    session.flush()
    (row,) = departments.of_season(session, season, before)
    assert (row.points, row.last.points if row.last else 0, row.since) == (90, 50, -10)


def test_what_changed_for_customers_is_told_by_stage(session: Session, cast: Cast) -> None:
    team = Team(session, cast).hold()
    quests = session.scalars(proofs.proven(None)).all()
    (change,) = proofs.changes(quests)
    assert (change.quest_id, change.metric) == (team.id, "Late moves")
    assert [change.baseline, change.now, change.reached] == [12, 4, 1]
    assert change.stage
    assert proofs.open_pains(session) == {change.stage.id: 1}
    assert session.scalars(proofs.proven(change.stage.id + 1)).all() == []


def test_an_outcome_that_slipped_is_not_told(session: Session, cast: Cast) -> None:
    team = Team(session, cast).prove()
    assert session.scalars(proofs.proven(None)).all() == []
    assert team.quest.outcome_at is None


def test_bridges_are_between_departments_of_five(session: Session, cast: Cast) -> None:
    boards.staff(session, cast.care, 4, "Care")
    boards.staff(session, cast.field, 4, "Field")
    for quest in boards.quests(session, cast, 3):
        for who, size in ((cast.ida, 2), (cast.bram, 1), (cast.olaf, 3)):
            session.add(
                Contribution(
                    quest_id=quest.id,
                    person_id=who.id,
                    department_id=who.department_id,
                    what="Work",
                    size=size,
                    done_at=BEGUN,
                    accepted_at=BEGUN,
                )
            )
    session.flush()
    found = bridges.between_departments(session)
    assert [one.name for one in found.departments] == ["Care", "Field"]
    (bridge,) = found.compared()
    assert bridge.pair.together is Together.CHANCE
    assert found.between(cast.field, cast.care) is bridge
    shared = bridges.shared(session, cast.care.id, cast.field.id)
    assert [row[2:] for row in shared] == [(33, 17)] * 3
    assert found.compared(cast.billing.id) == []
