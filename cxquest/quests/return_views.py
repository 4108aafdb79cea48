"""What is suspected of a proven quest: a coach confirms it, or dismisses it with the reason."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.quests import return_pages, suspecting, watching
from cxquest.quests.models import Quest
from cxquest.quests.review_forms import DismissForm
from cxquest.quests.views import back_to, base_url, bp, quest_for, quest_url
from cxquest.quests.work import Recurrence
from cxquest.web import formpage, guard


@bp.post("/quests/<int:quest_id>/returns/<int:recurrence_id>/confirm")
def confirm_return(quest_id: int, recurrence_id: int) -> ResponseReturnValue:
    """Say that what is suspected is so: the quest returns to fixing, and points are taken back."""
    quest = quest_for(quest_id)
    suspicion = _suspicion_for(quest, recurrence_id)
    watching.confirm(
        db.session, quest, suspicion, by=guard.me(), at=clock.now(), base_url=base_url()
    )
    db.session.commit()
    flash(_("The quest returns to fixing, and part of what was paid is taken back."), "note")
    return back_to(quest)


@bp.route("/quests/<int:quest_id>/returns/<int:recurrence_id>/dismiss", methods=["GET", "POST"])
def dismiss_return(quest_id: int, recurrence_id: int) -> ResponseReturnValue:
    """Say, with the reason, that the problem is not back."""
    quest = quest_for(quest_id)
    suspicion = _suspicion_for(quest, recurrence_id)
    suspecting.check_coach(guard.me(), quest, suspicion)
    form = DismissForm()
    if form.validate_on_submit():
        suspecting.dismiss(
            db.session, quest, suspicion, form.reason.data, by=guard.me(), at=clock.now()
        )
        db.session.commit()
        return back_to(quest)
    return formpage.show(
        form,
        _("The problem is not back"),
        _("Dismiss it"),
        quest_url(quest),
        eyebrow=quest.title,
        lead=return_pages.said(suspicion),
    )


def _suspicion_for(quest: Quest, recurrence_id: int) -> Recurrence:
    """Return what was noted of this quest, or answer 404."""
    found = suspecting.noted(db.session, quest, recurrence_id)
    return found or guard.not_there()
