"""The quest on one page, to be printed."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.quests import a3_pages
from cxquest.quests.views import bp, quest_for


@bp.get("/quests/<int:quest_id>/a3")
def a3(quest_id: int) -> ResponseReturnValue:
    """Show the whole quest on one sheet: from the problem to what was learned."""
    sheet = a3_pages.sheet_of(db.session, quest_for(quest_id))
    return render_template("quests/a3.html", at=clock.now(), **sheet)
