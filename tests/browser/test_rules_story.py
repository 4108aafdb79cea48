"""An administrator changes the reward rules, and a review pays by them from their day on.

Refused by article, simulated, approved by somebody else, read by a member, in force: played
with scripts and without. The team's work between the acts is done by the services.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people.models import Role
from cxquest.rewards import simulation_job
from tests import cast as players
from tests.browser import steps
from tests.browser.conftest import Ear
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.teams import Team, week

OLD, NEW = {"G1": 138}, {"G1": 138, "G2": 228}  # 400 × 10 % × 2 × 1.5 × 1.15; 15 % with 2.2


@dataclass
class People:
    """Those before their browsers: Ruth and Rolf administer, Noor coaches, Ida leads."""

    ruth: Player
    rolf: Player
    noor: Player
    ida: Player


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def people(request: pytest.FixtureRequest, player: Callable[..., Player]) -> People:
    """Four people, who have scripts in their browsers or none."""
    return People(
        *(player(name, scripts=request.param) for name in ("Ruth", "Rolf", "Noor", "Ida"))
    )


def test_new_rules_pay_from_their_day_on(site: Site, people: People, ear: Ear) -> None:
    site.move_to(week(2) + timedelta(hours=1))
    with site.session() as session:
        team = Work(session)
        quest = f"/quests/{team.team.id}"
        site.move_to(week(3))
        steps.judges(people.noor, quest, "accept", "Twelve weeks of plans say it.")
        assert paid(people.ida, quest) == OLD

        site.move_to(week(3) + timedelta(hours=2))
        write_what_is_refused(people.ruth)
        write_what_is_lawful(people.ruth)
        simulate(site, people.ruth)
        be_approved_by_somebody_else(people)
        schedule(people.ruth, (week(4) + timedelta(days=4)).date().isoformat())
        read_what_changes(people.ida)

        team.fix()
        site.move_to(week(6))
        steps.judges(people.noor, quest, "accept", "The rule is in the planner.")
        assert paid(people.ida, quest) == NEW
        read_why(people.ida)


class Work:
    """The team's own work, done by the services in short transactions of their own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        cast = players.cast(session)
        players.person(session, "Rolf", None, Role.ADMINISTRATOR)
        self.team = Team(session, cast).diagnose()
        session.commit()

    def fix(self) -> None:
        """Do everything up to the review of the second gate."""
        self.team.change()
        self.session.commit()


def write_what_is_refused(ruth: Player) -> None:
    """Draft a version that pays resolution more than prevention: kept, and refused by article."""
    ruth.goes_to("/admin/rulebook")
    ruth.follows("Start a new version")
    ruth.fills_in(why="Fires are put out every day.")
    ruth.presses("Start it")
    ruth.fills_in(**{"work-resolution": "3"})
    ruth.presses("Check")
    panel = ruth.page.locator("#_checks")
    expect(panel).to_contain_text("C1")
    expect(panel).to_contain_text("4.5")
    ruth.presses("Save the draft")
    expect(ruth.page.locator("main")).to_contain_text("cannot be simulated, approved or scheduled")
    assert ruth.page.get_by_role("button", name="Simulate it").count() == 0


def write_what_is_lawful(ruth: Player) -> None:
    ruth.goes_to("/admin/rulebook/2/edit")
    ruth.fills_in(
        **{"work-resolution": "1", "work-prevention": "2.2", "why": "Prevention, a little more."}
    )
    ruth.presses("Save the draft")
    expect(ruth.page.locator("main")).to_contain_text("2.2")
    assert "cannot be simulated" not in ruth.reads()


def simulate(site: Site, ruth: Player) -> None:
    ruth.presses("Simulate it")
    with site.app.app_context(), Session(db.engine) as session:
        assert simulation_job.work(session, clock.now)
    ruth.goes_to("/admin/rulebook/2/simulation")
    assert "Nobody waits" in ruth.reads()
    assert ruth.takes_out("/admin/rulebook/2/simulation.csv")


def be_approved_by_somebody_else(people: People) -> None:
    people.ruth.goes_to("/admin/rulebook/2")
    assert people.ruth.page.get_by_role("button", name="Approve it").count() == 0
    people.rolf.goes_to("/admin/rulebook/2")
    people.rolf.presses("Approve it")
    assert "is approved" in people.rolf.page.locator(".messages").inner_text()


def schedule(ruth: Player, day: str) -> None:
    ruth.goes_to("/admin/rulebook/2/schedule")
    ruth.fills_in(effective_from=day)
    ruth.presses("Schedule it and tell everyone")
    assert "everyone is told" in ruth.page.locator(".messages").inner_text()


def read_what_changes(ida: Player) -> None:
    ida.goes_to("/rules")
    ida.goes_to("/rules/2/for-me")
    said = ida.reads()
    assert "What changes for you" in said
    assert "2.2" in said
    assert "152" in said  # her 138 points of the first gate would have been these


def read_why(ida: Player) -> None:
    """The older gate says version 1, the newer one version 2."""
    versions = {row["gate"]: row["rulebook version"] for row in ida.takes_out("/me/points.csv")}
    assert (versions["G1"], versions["G2"]) == ("1", "2")


def paid(ida: Player, quest: str) -> dict[str, int]:
    """Return what was paid for each gate: in the file of her points, and on the quest's page."""
    ida.goes_to(quest)
    shown = ida.reads()
    rows = ida.takes_out("/me/points.csv")
    found = {row["gate"]: int(row["points"]) for row in rows if row["gate"]}
    assert all(str(points) in shown for points in found.values())
    return found
