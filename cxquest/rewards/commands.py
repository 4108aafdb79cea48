"""`flask ledger …` and `flask rewards …`"""

import json
from pathlib import Path
from typing import Any

import click

from cxquest.core import clock
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.rewards import deeds, ledger
from cxquest.rewards.engine import score as score_gate
from cxquest.rewards.paying import rulebook_at
from cxquest.rewards.rulebook import Gate
from cxquest.web.command import Commands, speaking

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
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(_("This is not JSON: %(error)s"), error=str(error)) from error
    deed = deeds.read(document)
    rules = rulebook_at(db.session, clock.now())
    return deeds.written({gate.value: score_gate(gate, deed, rules) for gate in Gate})
