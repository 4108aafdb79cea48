"""A real file of complaints, from the import to the first points of a team, in the browser."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cxquest.journey import staging
from cxquest.rewards.rulebook import Gate
from tests.browser import steps
from tests.browser.live import Site
from tests.browser.steps import Player
from tests.cast import cast as found_the_company

WORDS = "called several times"
MAP = (
    "external_id=Complaint ID",
    "comment=Consumer complaint narrative",
    "collected_at=Date received",
)


def test_from_five_real_complaints_to_the_first_gate(
    site: Site, player: Callable[..., Player], shared_data: Path
) -> None:
    site.move_to(datetime(2026, 5, 4, 9, tzinfo=UTC))
    settle(site)
    counted = import_complaints(site, shared_data)
    assert (counted["read"], counted["created"], counted["comments"]) == (6623, 6623, 1532)
    assert import_complaints(site, shared_data)["created"] == 0
    ida, bram, noor, karl = (player(name) for name in ("Ida", "Bram", "Noor", "Karl"))

    pain = steps.makes_a_pain_point(
        ida,
        WORDS,
        5,
        title="I call and call, and nothing happens",
        stage_id="Getting help",
        expected="One call is enough.",
        experienced="Every call begins again.",
        consequence="They give up and complain to the authority.",
        pain_class="Performance: the better it is, the happier customers are",
    )
    steps.accepts_the_pain_point(noor, pain, "Five people, the same story.")
    quest = steps.proposes_a_quest(ida, pain, "One call is enough")
    steps.joins(bram, quest)
    charter(ida, noor, karl, quest)
    diagnose(ida, bram, quest)
    steps.asks_for_review(ida, quest)
    steps.judges(noor, quest, "accept", "I listened to ten of the calls.")

    # 50 × 10 % × 1.25 × 1.5 × 1.15 = 10.78
    # Ida brought the pain point and its evidence, so she has those two awards of her own too.
    rows = ida.takes_out("/me/points.csv")
    assert [(row["gate"], row["rule"], row["points"]) for row in rows] == [
        (Gate.G1, "gate_G1", "11"),
        ("", "rule_evidence", "3"),
        ("", "rule_pain", "5"),
    ]


def settle(site: Site) -> None:
    """Make the company without a browser; the other story does that with one."""
    with site.session() as session:
        made = found_the_company(session)
        stage = {"name": "Getting help", "customer_goal": "One call is enough"}
        staging.add(session, **stage, success_means="", by=made.ruth, at=site.now())
        session.commit()


def import_complaints(site: Site, folder: Path) -> dict[str, int]:
    """Import the file by the command and return its counts."""
    columns = [word for column in MAP for word in ("--map", column)]
    printed = site.run(
        "feedback",
        "import",
        str(folder / "feedback" / "cfpb_complaints.csv"),
        *("--source", "CFPB", *columns, "--date-order", "ymd", "--json"),
    )
    counted: dict[str, int] = json.loads(printed.splitlines()[-1])
    return counted


def charter(ida: Player, noor: Player, karl: Player, quest: str) -> None:
    """Write the charter, have its size agreed and have it signed."""
    steps.writes_the_charter(
        ida,
        quest,
        shared_goal="Who calls once needs not call again.",
        customer_change="They call once.",
        value_kind="Exempt, by the sponsor",
        value_reason="It is the least that we owe.",
        sponsor_id="Karl",
    )
    steps.grants_hours(ida, quest, "3,5")
    same = ("Short calls", "None: both lose when a customer calls again.")
    steps.writes_department_goals(ida, quest, {"Care": same, "Field": same})
    steps.agrees_the_size(noor, quest, "S")
    steps.asks_the_sponsor(ida, quest)
    steps.signs(karl, quest)


def diagnose(ida: Player, bram: Player, quest: str) -> None:
    """Find the cause of it, with evidence, and write down who did what."""
    why = "No note stays from one call to the next"
    steps.asks_why(ida, quest, why, "Ten calls that were listened to")
    steps.marks_the_root(ida, quest, why, "systemic")
    steps.answers_communication(ida, quest, "under", "The next colleague is not told.", "detection")
    steps.hears_departments(ida, quest, {"Care": "We ask anew.", "Field": "Nobody tells us."})
    steps.says_why_nobody_noticed(ida, quest, "Each call counts alone", "The call report")
    steps.contributes(ida, quest, "Listened to ten calls", "Small")
    steps.contributes(bram, quest, "Followed five cases", "Small")
