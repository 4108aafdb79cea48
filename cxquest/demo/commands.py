"""`flask demo …`"""

from typing import Any

import click
from flask_migrate import downgrade, upgrade

from cxquest.core import clock
from cxquest.core.errors import Refusal
from cxquest.core.errors import marked as _
from cxquest.demo import company
from cxquest.extensions import db
from cxquest.people import organising
from cxquest.people import queries as people
from cxquest.web.command import Commands, speaking

KEPT = ("time_zone", "currency", "fiscal_month", "ranks_people")  # of what the organisation set

demo = Commands("demo", help="Load the demo company, list its sign-ins, take it out.")


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database is in use.")
@speaking
def load(if_empty: bool) -> dict[str, Any]:
    """Play the demo company's year into an empty database."""
    if if_empty and not company.is_empty(db.session):
        return {"loaded": False}
    return {"loaded": True, **company.load(db.session, clock.now())}


@demo.command("accounts")
@speaking
def accounts() -> dict[str, Any]:
    """List the sign-ins of the demo company."""
    return {"accounts": list(company.accounts(db.session))}


@demo.command("remove")
@click.option("--yes", is_flag=True, help="Also when people were added since.")
@speaking
def remove(yes: bool) -> dict[str, Any]:
    """Take the demo company out, with everything that was written while it was in."""
    known = people.organisation(db.session)
    if known is None or known.demo_since is None:
        raise Refusal(_("There is no demo company in this database."))
    others = company.strangers(db.session)
    if others and not yes:
        raise Refusal(
            _("%(n)s people were added beside the demo; --yes takes them out with it."), n=others
        )
    kept = {name: getattr(known, name) for name in KEPT}
    db.session.close()  # migrations use connections of their own
    downgrade(revision="base")
    upgrade()
    organising.describe(
        db.session,
        name="My organisation",
        by=None,
        at=clock.now(),
        **kept,
    )
    return {"removed": True, "next": "flask people add EMAIL NAME --role administrator"}
