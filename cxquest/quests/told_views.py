"""Back to the customers: the team asks for the note about what it changed."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.quests import telling
from cxquest.quests.views import bp, quest_for
from cxquest.web import guard


@bp.post("/quests/<int:quest_id>/tell")
def tell(quest_id: int) -> ResponseReturnValue:
    """Draft the note to customers, and go to the pain point where a coach words it."""
    quest = quest_for(quest_id)
    telling.tell(db.session, quest, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The note is prepared. A coach words and sends it."), "done")
    return redirect(url_for("pains.show", pain_id=quest.pain_id, _anchor="_answer"), 303)
