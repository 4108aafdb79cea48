"""People near me: nobody is in it, or can be inferred from it, who did not opt in."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cxquest.boards import near, opting
from cxquest.core.errors import NotAllowed, Refusal
from cxquest.core.models import AuditLine
from cxquest.people.models import Person
from cxquest.rewards.models import Standing
from cxquest.rewards.ranking import ranks
from tests import boards
from tests.cast import BEGUN, Cast

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
COUNT = 9
points = st.lists(st.integers(-20, 300), min_size=COUNT, max_size=COUNT)


@pytest.fixture
def people(session: Session, cast: Cast) -> list[Person]:
    found = boards.staff(session, cast.care, COUNT)
    boards.accounts(session, found)
    return found


def open_to(session: Session, people: Sequence[Person], who: Sequence[bool]) -> list[Person]:
    for someone, shows in zip(people, who, strict=True):
        someone.shows_points = shows
    session.flush()
    return [one for one in people if one.shows_points]


@FEW
@given(who=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT), before=points, after=points)
def test_what_others_earn_changes_nothing(
    session: Session, people: list[Person], who: list[bool], before: list[int], after: list[int]
) -> None:
    with session.begin_nested() as nested:
        season = boards.season(session, "tried")
        opted = open_to(session, people, who)
        seen = []
        for earned in (before, after):
            session.execute(delete(Standing))
            own = dict(zip(boards.accounts(session, people), earned, strict=True))
            kept = dict(zip(boards.accounts(session, opted), before, strict=False))
            boards.stand(session, season, {**own, **kept}.items())
            seen.append([near.around(session, one, season.id) for one in people])
        assert seen[0] == seen[1]
        nested.rollback()


@FEW
@given(earned=points, who=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT))
def test_a_reader_sees_two_before_and_two_after_of_those_who_opted_in(
    session: Session, people: list[Person], who: list[bool], earned: list[int]
) -> None:
    with session.begin_nested() as nested:
        season = boards.season(session, "tried")
        opted = open_to(session, people, who)
        boards.stand(session, season, zip(boards.accounts(session, people), earned, strict=True))
        held = {one.id: n for one, n in zip(people, earned, strict=True)}
        order = sorted(opted, key=lambda one: (-held[one.id], one.name, one.id))
        places = ranks([held[one.id] for one in order])
        for one in people:
            rows = near.around(session, one, season.id)
            if len(opted) < near.LEAST_OPTED or one not in opted:
                assert rows == []
                continue
            place = order.index(one)
            window = slice(max(place - 2, 0), place + 3)
            assert [row.person_id for row in rows] == [other.id for other in order[window]]
            assert [row.rank for row in rows] == places[window]
        nested.rollback()


def test_without_points_one_stands_with_none(session: Session, people: list[Person]) -> None:
    season = boards.season(session)
    open_to(session, people, [True] * COUNT)
    rows = near.around(session, people[0], season.id)
    assert [(row.rank, row.points, row.department) for row in rows] == [(1, 0, "Care")] * 3


def test_who_leaves_or_becomes_an_executive_is_gone_from_it(
    session: Session, people: list[Person], cast: Cast
) -> None:
    season = boards.season(session)
    open_to(session, people, [True] * COUNT)
    people[1].is_active, people[2].role = False, cast.karl.role
    session.flush()
    assert near.around(session, people[2], season.id) == []
    ids = {row.person_id for one in people for row in near.around(session, one, season.id)}
    assert ids == {one.id for one in people} - {people[1].id, people[2].id}


def test_opting_in_and_out_is_written_down(session: Session, cast: Cast) -> None:
    opting.opt_in(session, by=cast.ida, at=BEGUN)
    opting.opt_in(session, by=cast.ida, at=BEGUN)
    assert cast.ida.shows_points
    opting.opt_out(session, by=cast.ida, at=BEGUN)
    assert not cast.ida.shows_points
    deeds = select(AuditLine.action).where(AuditLine.subject_id == cast.ida.id)
    lines = session.scalars(deeds.where(AuditLine.action.like("points%"))).all()
    assert lines == ["points_shown", "points_hidden"]


def test_executives_never_opt_in(session: Session, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        opting.opt_in(session, by=cast.karl, at=BEGUN)


def test_nobody_opts_in_where_people_are_not_compared(session: Session, cast: Cast) -> None:
    cast.organisation.ranks_people = False
    with pytest.raises(Refusal):
        opting.opt_in(session, by=cast.ida, at=BEGUN)
    opting.opt_out(session, by=cast.ida, at=BEGUN)
