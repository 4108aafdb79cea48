"""Places of teams: ranks from the database, the top, the neighbourhood, and what they cost."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cxquest.boards import queries, scores, teams
from cxquest.boards.teams import Asked, Then
from cxquest.people.models import Person
from cxquest.rewards.models import Season, Standing
from cxquest.rewards.ranking import ranks
from tests import boards
from tests.cast import BEGUN, Cast

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_sql_ranks_agree_with_the_published_answers(
    session: Session, cast: Cast, shared_data: Path
) -> None:
    cases = json.loads((shared_data / "vectors" / "ranking_vectors.json").read_text())["cases"]
    season = boards.season(session)
    quests = boards.quests(session, cast, max(len(c["scores_best_is_highest"]) for c in cases))
    field = scores.of_season(season.id)
    for case in cases:
        points = _whole(case["scores_best_is_highest"])
        held = [(q.account_id, n) for q, n in zip(quests, points, strict=False)]
        session.execute(delete(Standing))
        boards.stand(session, season, held)
        known = queries.ranks_of(session, field, points)
        assert [known[n] for n in points] == case["standard_competition_1224"], case["case"]


def _whole(numbers: list[Any]) -> list[int]:
    """Return whole numbers above 0 in the same order: a team on the board has points."""
    places = {n: place for place, n in enumerate(sorted(set(numbers)), start=1)}
    return [places[n] for n in numbers]


@FEW
@given(points=st.lists(st.integers(-5, 20), min_size=1, max_size=12))
def test_sql_ranks_agree_with_the_pure_ones(
    session: Session, cast: Cast, points: list[int]
) -> None:
    with session.begin_nested() as nested:
        season = boards.season(session, "tried")
        boards.teams(session, cast, season, points)
        field = scores.of_season(season.id)
        above = [n for n in points if n > 0]
        known = queries.ranks_of(session, field, above)
        assert [known[n] for n in above] == ranks(above)
        assert [queries.rank_of(session, field, n) for n in above] == ranks(above)
        first = queries.top(session, field)
        assert [t.points for t in first] == sorted(above, reverse=True)[:10]
        nested.rollback()


@FEW
@given(points=st.lists(st.integers(1, 4), min_size=1, max_size=14), data=st.data())
def test_the_neighbourhood_is_two_before_and_two_after(
    session: Session, cast: Cast, points: list[int], data: st.DataObject
) -> None:
    with session.begin_nested() as nested:
        season = boards.season(session, "tried")
        quests = boards.teams(session, cast, season, points)
        field = scores.of_season(season.id)
        order = sorted(zip(quests, points, strict=True), key=lambda p: (-p[1], p[0].id))
        place = data.draw(st.integers(0, len(points) - 1))
        quest = order[place][0]
        team = queries.team(session, field, quest.id)
        assert team
        near = queries.around(session, field, team)
        expected = [quest.id for quest, _points in order[max(place - 2, 0) : place + 3]]
        assert [one.quest_id for one in near] == expected
        nested.rollback()


def board(session: Session, season: Season, reader: Person, **asked: Any) -> teams.Board:
    return teams.of_season(session, season, None, reader, Asked(**asked))


def test_the_top_and_the_own_neighbourhood_and_nothing_below(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    quests = boards.teams(session, cast, season, list(range(100, 0, -1)))
    boards.put_on(session, quests[49], cast.bram)
    shown = board(session, season, cast.bram)
    assert [row.rank for row in shown.rows] == list(range(1, 11))
    assert [(row.rank, row.is_mine) for row in shown.around] == [
        (48, False),
        (49, False),
        (50, True),
        (51, False),
        (52, False),
    ]
    assert len(board(session, season, cast.olaf).shown) == 10


def test_a_neighbourhood_that_touches_the_top_repeats_nothing(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    quests = boards.teams(session, cast, season, list(range(30, 0, -1)))
    boards.put_on(session, quests[10], cast.bram)
    shown = board(session, season, cast.bram)
    assert [row.rank for row in shown.around] == [11, 12, 13]


def test_who_leads_stands_in_the_top_only(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    quests = boards.teams(session, cast, season, list(range(30, 0, -1)))
    boards.put_on(session, quests[2], cast.bram)
    shown = board(session, season, cast.bram)
    assert shown.around == []
    assert [row.is_mine for row in shown.rows][:4] == [False, False, True, False]


def test_a_team_is_found_by_its_title_with_its_rank(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    boards.teams(session, cast, season, list(range(100, 0, -1)))
    (found,) = board(session, season, cast.olaf, search="QUEST 77").shown
    assert (found.rank, found.title) == (78, "Quest 77")
    many = board(session, season, cast.olaf, search="quest")
    assert (len(many.shown), many.has_more) == (20, True)
    assert board(session, season, cast.olaf, search="%").shown == []


def test_teams_are_found_by_department(session: Session, cast: Cast) -> None:
    season = boards.season(session)
    quests = boards.teams(session, cast, season, [9, 8, 7, 6])
    boards.put_on(session, quests[3], cast.bram)
    found = board(session, season, cast.olaf, department=cast.field.id)
    assert [(row.rank, row.departments) for row in found.shown] == [(4, ("Field",))]


@pytest.mark.parametrize(("count", "is_ranked"), [(1, False), (2, False), (3, True)])
def test_ranks_are_shown_from_three_teams_on(
    session: Session, cast: Cast, count: int, is_ranked: bool
) -> None:
    season = boards.season(session)
    boards.teams(session, cast, season, [5, *[9] * (count - 1), 0, -4])
    for asked in (Asked(), Asked(search="quest")):
        shown = teams.of_season(session, season, None, cast.olaf, asked)
        assert shown.is_ranked is is_ranked
        assert len(shown.shown) == count
        assert all((row.rank is not None) is is_ranked for row in shown.shown)


def test_the_season_before_stands_beside_it(session: Session, cast: Cast) -> None:
    before = boards.season(session, "2025-Q4", BEGUN - timedelta(days=90))
    season = boards.season(session)
    quests = boards.teams(session, cast, season, [40, 30, 20, 10])
    held = [(quests[0].account_id, 5), (quests[2].account_id, 7), (quests[3].account_id, 7)]
    boards.stand(session, before, held)
    shown = teams.of_season(session, season, before, cast.olaf, Asked())
    assert [row.last for row in shown.shown] == [Then(3, 5), None, Then(1, 7), Then(1, 7)]
