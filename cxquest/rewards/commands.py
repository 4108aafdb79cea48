"""`flask ledger …` and `flask rewards …`"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app

from cxquest.core import clock
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.rewards import (
    constitution,
    deeds,
    documents,
    ledger,
    publishing,
    replaying,
    simulating,
    simulation_result,
    versions,
)
from cxquest.rewards.engine import score as score_gate
from cxquest.rewards.paying import rulebook_at
from cxquest.rewards.rulebook import Gate
from cxquest.web.command import Answer, Commands, Faulty, speaking

ledger_group = Commands("ledger", help="Check and rebuild what the ledger adds up to.")
rewards_group = Commands("rewards", help="Look at the reward rules.")


@ledger_group.command("check")
@speaking
def check() -> dict[str, Any]:
    """Compare every standing with the sum of its entries; fail where they differ."""
    wrong = ledger.check(db.session)
    if wrong:
        raise Refusal(
            _("%(n)s standings differ from their entries; run `flask ledger rebuild`."),
            n=len(wrong),
        )
    return {"standings": "equal the sum of their entries", "differences": 0}


@ledger_group.command("rebuild")
@speaking
def rebuild() -> dict[str, Any]:
    """Make every standing anew from the entries."""
    return {"standings": ledger.rebuild(db.session)}


@rewards_group.command("score")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@speaking
def score(file: Path) -> dict[str, Any]:
    """Score the deed in a JSON FILE by the rulebook in force, gate by gate."""
    deed = deeds.read(_json_of(file))
    rules = rulebook_at(db.session, clock.now())
    return deeds.written({gate.value: score_gate(gate, deed, rules) for gate in Gate})


@rewards_group.command("schema")
@speaking
def schema() -> dict[str, Any]:
    """Print the JSON Schema of a rulebook document."""
    return {"schema": documents.schema()}


@rewards_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@speaking
def check_file(file: Path) -> Answer:
    """Check the rulebook in a JSON FILE: its document, the constitution, and each rule."""
    rules = documents.read(_json_of(file))
    breaches = [
        {
            "article": one.article,
            "rule": one.rule,
            "found": documents.written(one.found),
            "limit": documents.written(one.limit),
            "where": one.where,
        }
        for one in constitution.breaches(rules)
    ]
    faults = [{"place": one.place, "text": one.text} for one in constitution.faults(rules)]
    answer = {"valid": not breaches and not faults, "breaches": breaches, "faults": faults}
    return answer if answer["valid"] else Faulty(answer)


@rewards_group.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "by_email", required=True, help="The administrator who writes it.")
@click.option("--approve-by", "approver_email", required=True, help="A second administrator.")
@click.option("--from", "from_text", required=True, help="The instant from which it counts, ISO.")
@click.option("--why", required=True, help="Why these rules.")
@speaking
def publish(
    file: Path, by_email: str, approver_email: str, from_text: str, why: str
) -> dict[str, Any]:
    """Draft, simulate, approve and schedule the rulebook in a JSON FILE."""
    session, at = db.session, clock.now()
    by, approver = _administrator(by_email), _administrator(approver_email)
    effective_from = _instant(from_text)
    version = publishing.draft(session, _json_of(file), why, by=by, at=at)
    publishing.check_lawful(versions.of(version))
    simulating.run_now(session, version, by=by, at=at)
    publishing.approve(session, version, by=approver, at=at)
    base_url = str(current_app.config["SETTINGS"].base_url)
    publishing.schedule(session, version, effective_from, by=by, at=at, base_url=base_url)
    return {
        "version": version.number,
        "effective_from": effective_from.isoformat(),
        "fingerprint": documents.fingerprint(version.document),
    }


@rewards_group.command("simulate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seasons", type=click.IntRange(1, 2), default=1, help="How many to replay.")
@speaking
def simulate(file: Path, seasons: int) -> dict[str, Any]:
    """Replay past seasons under the rulebook in a JSON FILE; nothing is written."""
    draft = documents.read(_json_of(file))
    publishing.check_lawful(draft)
    found = simulating.compute(db.session, draft, seasons=seasons, at=clock.now()).result
    db.session.rollback()
    warnings = [simulation_result.sentence(one) for one in found["warnings"]]
    return {**found, "warnings": warnings}


@rewards_group.command("replay")
@speaking
def replay() -> Answer:
    """Replay every event on an empty ledger in memory, and compare; fail where they differ."""
    found = replaying.compare(db.session)
    return Faulty(found) if found["differences"] else found


def _json_of(file: Path) -> Any:
    """Return what a JSON file says. Raises BadInput where it is none."""
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also a number of too many digits
        raise BadInput(_("This is not JSON: %(error)s"), error=str(error)) from error


def _administrator(email: str) -> Person:
    """Return the person of an address. Raises BadInput for nobody."""
    asked = email.strip().lower()
    alike = db.session.scalars(people.everyone(asked))
    found = next((person for person in alike if person.email == asked), None)
    if found is None:
        raise BadInput(_("Nobody here has the address %(email)s."), email=email)
    return found


def _instant(text: str) -> datetime:
    """Return the instant in a text; a day is its midnight in the organisation's zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(_("“%(given)s” is no instant, like 2026-07-01."), given=text) from error
    return found if found.tzinfo else found.replace(tzinfo=people.zone(db.session))
