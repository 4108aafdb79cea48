"""What stays: standards with an owner and a day, and the tasks that a change takes."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.waiting import found as waits
from cxquest.people import keeping
from cxquest.quests import fixing, standards, starting, tasks
from cxquest.quests.fixing import Change
from cxquest.quests.lifecycle import State
from cxquest.quests.work import Countermeasure, StandardKind, Task
from cxquest.rewards.rulebook import Gate, Work
from tests.cast import Cast
from tests.teams import Team, day, week


@pytest.fixture
def team(session: Session, cast: Cast) -> Team:
    """A team that may change something."""
    return Team(session, cast).diagnose().judge(Gate.G1, 3)


def change(team: Team, **changed: object) -> Change:
    given: dict[str, object] = {
        "why_id": next(why.id for why in team.quest.whys if why.is_root),
        "title": "One hour in ten stays free",
        "work": Work.PREVENTION,
        "description": "",
        "in_place_on": day(4),
        "standard_kind": StandardKind.SYSTEM,
        "standard": "The planning screen refuses more",
        "no_standard_reason": "",
        "standard_version": "3.1",
        "standard_owner_id": team.cast.bram.id,
        "review_on": day(20),
        "affected_roles": "Planners",
        **changed,
    }
    return Change(**given)  # type: ignore[arg-type]


def made(team: Team, **changed: object) -> Countermeasure:
    fixing.add(team.session, team.quest, change(team, **changed), by=team.cast.ida, at=week(5))
    return team.quest.countermeasures[-1]


def task(team: Team, **changed: object) -> Task:
    given: dict[str, object] = {
        "text": "Tell the planners",
        "person_id": team.cast.bram.id,
        "due_on": day(6),
        **changed,
    }
    found = team.quest.countermeasures[-1]
    tasks.add(
        team.session,
        team.quest,
        found,
        **given,  # type: ignore[arg-type]
        by=team.cast.ida,
        at=week(5),
    )
    return max(team.quest.countermeasures[-1].tasks, key=lambda one: one.id)


# Standards.


def test_a_standard_keeps_its_version_owner_day_and_roles(team: Team, cast: Cast) -> None:
    found = made(team)
    assert (found.standard_version, found.affected_roles) == ("3.1", "Planners")
    assert (found.standard_owner, found.review_on) == (cast.bram, day(20))


def test_its_day_lies_ahead_and_its_owner_works_here(team: Team, cast: Cast) -> None:
    for wrong, field in (
        ({"review_on": day(5)}, "review_on"),
        ({"standard_owner_id": cast.gone.id}, "standard_owner_id"),
        ({"standard_owner_id": 999}, "standard_owner_id"),
    ):
        with pytest.raises(BadInput) as refused:
            made(team, **wrong)
        assert refused.value.field == field


def test_what_was_right_when_it_was_written_may_stay(
    session: Session, team: Team, cast: Cast
) -> None:
    found = made(team)
    keeping.deactivate(session, cast.bram, by=cast.ruth, at=week(30))
    again = change(team, title="Two hours")
    fixing.change(session, team.quest, found, again, by=cast.ida, at=week(30))
    assert (found.title, found.review_on) == ("Two hours", day(20))


def review(
    team: Team, by: object, at: int, next_on: date, found: Countermeasure | None = None
) -> None:
    standards.reviewed(
        team.session,
        team.quest,
        found or team.quest.countermeasures[0],
        next_on=next_on,
        version="3.2",
        by=by,  # type: ignore[arg-type]
        at=week(at),
    )


def test_its_review_is_the_owners_turn_two_weeks_before_its_day(
    session: Session, team: Team, cast: Cast
) -> None:
    found = made(team)
    early, near = found.review_on - timedelta(days=15), found.review_on - timedelta(days=14)
    assert waits(session, standards.due(cast.bram, early)) == []
    assert [one.part for one in waits(session, standards.due(cast.bram, near))] == [found.id]
    assert waits(session, standards.due(cast.ida, near)) == []
    review(team, cast.bram, 20, day(70))
    assert (found.review_on, found.standard_version) == (day(70), "3.2")
    assert waits(session, standards.due(cast.bram, near)) == []


def test_its_owner_reviews_it_also_when_the_quest_is_closed(team: Team, cast: Cast) -> None:
    made(team)
    team.quest.state = State.CLOSED
    team.session.flush()
    review(team, cast.bram, 20, day(70))
    with pytest.raises(NotAllowed):
        review(team, cast.ida, 20, day(71))
    with pytest.raises(BadInput):
        review(team, cast.bram, 20, day(20))


def test_the_lead_reviews_it_where_the_owner_has_left(
    session: Session, team: Team, cast: Cast
) -> None:
    found = made(team)
    assert not standards.may_review(cast.ida, team.quest, found)
    keeping.deactivate(session, cast.bram, by=cast.ruth, at=week(6))
    assert standards.may_review(cast.ida, team.quest, found)


def test_without_a_standard_there_is_nothing_to_review(team: Team, cast: Cast) -> None:
    without = {"standard_kind": None, "standard": "", "no_standard_reason": "A wall was built"}
    found = made(team, **without)
    assert not standards.may_review(cast.bram, team.quest, found)
    undated = made(team, review_on=None)
    with pytest.raises(Refusal):
        review(team, cast.bram, 20, day(70), undated)


# Tasks.


def test_a_task_waits_for_its_person_until_it_is_done(
    session: Session, team: Team, cast: Cast
) -> None:
    made(team)
    one = task(team)
    later = task(team, text="Print the card", due_on=None)
    assert [one.part for one in waits(session, tasks.open_of(cast.bram))] == [one.id, later.id]
    tasks.tick(session, team.quest, one, done=True, by=cast.ida, at=week(5))
    assert one.done_on == day(5)
    assert [one.part for one in waits(session, tasks.open_of(cast.bram))] == [later.id]
    tasks.tick(session, team.quest, one, done=False, by=cast.ida, at=week(6))
    assert one.done_on is None
    tasks.drop(session, team.quest, later, by=cast.ida, at=week(6))
    assert [t.id for t in team.quest.countermeasures[0].tasks] == [one.id]


def test_a_task_is_a_members_and_still_to_come(team: Team, cast: Cast) -> None:
    made(team)
    for wrong, field in (
        ({"person_id": cast.olaf.id}, "person_id"),
        ({"due_on": day(4)}, "due_on"),
    ):
        with pytest.raises(BadInput) as refused:
            task(team, **wrong)
        assert refused.value.field == field


def test_only_the_team_has_tasks(session: Session, team: Team, cast: Cast) -> None:
    made(team)
    one = task(team)
    who = {"by": cast.olaf, "at": week(5)}
    with pytest.raises(NotAllowed):
        tasks.tick(session, team.quest, one, done=True, **who)
    with pytest.raises(NotAllowed):
        tasks.drop(session, team.quest, one, **who)


def test_who_leaves_leaves_open_tasks_to_nobody(session: Session, team: Team, cast: Cast) -> None:
    made(team)
    one, done = task(team), task(team, text="Ask the fitters", due_on=day(7))
    tasks.tick(session, team.quest, done, done=True, by=cast.bram, at=week(5))
    starting.leave(session, team.quest, by=cast.bram, at=week(5))
    assert (one.person, done.person) == (None, cast.bram)


def test_a_stopped_quests_tasks_wait_for_nobody(session: Session, team: Team, cast: Cast) -> None:
    made(team)
    task(team)
    team.quest.state = State.STOPPED
    session.flush()
    assert waits(session, tasks.open_of(cast.bram)) == []
    assert waits(session, standards.due(cast.bram, day(20))) == []


def test_a_countermeasure_that_is_dropped_takes_its_tasks_along(
    session: Session, team: Team, cast: Cast
) -> None:
    found = made(team)
    task(team)
    fixing.drop(session, team.quest, found, by=cast.ida, at=week(5))
    assert session.query(Task).count() == 0
