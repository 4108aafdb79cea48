"""What stays and what moves the metric: standards, tasks, the driver tree, turns on home."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from cxquest.core import clock
from cxquest.quests import fixing, queries
from cxquest.quests.models import Quest
from cxquest.quests.work import StandardKind
from cxquest.rewards.rulebook import Gate, Work
from tests.browsing import Browser
from tests.cast import Cast
from tests.conftest import Transaction
from tests.teams import Team, day, week


@dataclass
class Change:
    """A quest with a countermeasure whose standard Bram keeps."""

    transaction: Transaction
    id: int

    def quest(self) -> Quest:
        """The quest as it stands in the database."""
        with self.transaction() as session:
            found = queries.whole(session, self.id)
            assert found
            return found


@pytest.fixture
def fixed(transaction: Transaction, cast: Cast) -> Change:
    """A quest in fixing."""
    with transaction() as session:
        team = Team(session, cast).diagnose().judge(Gate.G1, 3)
        given = fixing.Change(
            why_id=next(why.id for why in team.quest.whys if why.is_root),
            title="One hour stays free",
            work=Work.PREVENTION,
            description="",
            in_place_on=day(4),
            standard_kind=StandardKind.SYSTEM,
            standard="The planning screen refuses more",
            no_standard_reason="",
            standard_version="3.1",
            standard_owner_id=cast.bram.id,
            review_on=clock.now().date() + timedelta(days=10),
            affected_roles="Planners",
        )
        fixing.add(session, team.quest, given, by=cast.ida, at=week(5))
        return Change(transaction, team.id)


def test_a_standard_is_written_with_all_that_keeps_it(
    client: Browser, fixed: Change, cast: Cast
) -> None:
    found = fixed.quest().countermeasures[0]
    url = f"/quests/{fixed.id}/countermeasures/{found.id}"
    page = client.as_(cast.ida).get(url).text
    assert 'value="3.1"' in page
    given = {
        "why_id": found.why_id,
        "title": "One hour stays free",
        "work": "prevention",
        "standard_kind": "system",
        "standard": "The screen",
        "standard_version": "4",
        "standard_owner_id": cast.ida.id,
        "review_on": "2020-01-01",
        "affected_roles": "Planners and fitters",
    }
    answer = client.send(url, **given)
    assert answer.status_code == 422
    assert "The next review lies ahead" in answer.text
    ahead = (clock.now().date() + timedelta(days=90)).isoformat()
    assert client.send(url, **{**given, "review_on": ahead}).status_code == 303
    page = client.get(f"/quests/{fixed.id}").text
    assert "Planners and fitters" in page
    assert "version 4" in page


def test_a_standards_review_is_its_owners_turn(client: Browser, fixed: Change, cast: Cast) -> None:
    found = fixed.quest().countermeasures[0]
    url = f"/quests/{fixed.id}/countermeasures/{found.id}/reviewed"
    assert url in client.as_(cast.bram).get("/").text
    assert url not in client.as_(cast.ida).get("/").text
    assert client.get(url).status_code == 403
    client.as_(cast.bram)
    ahead = (clock.now().date() + timedelta(days=90)).isoformat()
    wrong = client.send(url, review_on="2020-01-01", standard_version="3.2")
    assert wrong.status_code == 422
    assert client.send(url, review_on=ahead, standard_version="3.2").status_code == 303
    assert fixed.quest().countermeasures[0].standard_version == "3.2"
    assert url not in client.get("/").text


def test_tasks_hang_on_their_change_and_wait_on_home(
    client: Browser, fixed: Change, cast: Cast
) -> None:
    found = fixed.quest().countermeasures[0]
    url = f"/quests/{fixed.id}/countermeasures/{found.id}/tasks"
    client.as_(cast.ida)
    today = clock.now().date()
    past = (today - timedelta(days=9)).isoformat()
    given = {"text": "Tell the planners", "person_id": cast.bram.id}
    assert client.send(url, **given, due_on=past).status_code == 422
    assert client.send(url, **given, due_on=today.isoformat()).status_code == 303
    task = fixed.quest().countermeasures[0].tasks[0]
    page = client.get(f"/quests/{fixed.id}").text
    assert "Tell the planners" in page
    assert "0 of 1 tasks done" in page
    assert "Tell the planners" in client.as_(cast.bram).get("/").text
    done = f"/quests/{fixed.id}/tasks/{task.id}/done"
    assert client.send(done).status_code == 303
    assert "Tell the planners" not in client.get("/").text
    assert "1 of 1 tasks done" in client.get(f"/quests/{fixed.id}").text
    client.send(f"/quests/{fixed.id}/tasks/{task.id}/undone")
    assert "Tell the planners" in client.get("/").text
    client.send(f"/quests/{fixed.id}/tasks/{task.id}/drop")
    assert not fixed.quest().countermeasures[0].tasks
    assert client.as_(cast.olaf).send(done).status_code == 403


def test_a_task_whose_day_is_past_says_so(
    client: Browser, fixed: Change, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fixed.quest().countermeasures[0]
    client.as_(cast.ida)
    today = clock.now()
    client.send(
        f"/quests/{fixed.id}/countermeasures/{found.id}/tasks",
        text="Tell the planners",
        person_id=cast.ida.id,
        due_on=today.date().isoformat(),
    )
    assert "Task by" in client.get("/").text
    later = today + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.as_(cast.ida)
    assert "Overdue since" in client.get("/").text
    assert "overdue" in client.get(f"/quests/{fixed.id}").text
