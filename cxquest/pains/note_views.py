"""“You said, we did”: a coach words the note to customers, and says when it has gone out."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.pains import answering, note_queries, policy, showing
from cxquest.pains.forms import NoteForm
from cxquest.pains.views import bp, pain_for, to
from cxquest.web import guard
from cxquest.web.download import csv_file


@bp.post("/pains/<int:pain_id>/note")
def note(pain_id: int) -> ResponseReturnValue:
    """Word the note that waits."""
    pain = pain_for(pain_id)
    form = NoteForm()
    waits = policy.may_answer(guard.me()) and note_queries.draft(db.session, pain)
    if not form.validate_on_submit() and waits:
        return showing.page(pain.id, note_form=form)
    answering.reword(db.session, pain, form.text.data or "", by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The note is saved. Nothing was sent."), "done")
    return to(pain, "_answer")


@bp.post("/pains/<int:pain_id>/note/prepare")
def prepare_note(pain_id: int) -> ResponseReturnValue:
    """Draft the note where none was prepared when it ended."""
    pain = pain_for(pain_id)
    answering.prepare_now(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    return to(pain, "_answer")


@bp.post("/pains/<int:pain_id>/note/sent")
def note_sent(pain_id: int) -> ResponseReturnValue:
    """Say that the note has gone out to customers."""
    pain = pain_for(pain_id)
    answering.mark_sent(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("It is noted that customers were told."), "done")
    return to(pain, "_answer")


@bp.post("/pains/<int:pain_id>/reachable.csv")
def reachable(pain_id: int) -> ResponseReturnValue:
    """Take out whom the note can reach; the audit keeps who did."""
    pain = pain_for(pain_id)
    found = answering.take_out(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    rows = ((one.source, one.external_id, one.collected_on, one.address) for one in found)
    header = ("source", "external_id", "collected_on", "address")
    return csv_file(f"pain-{pain.id}-reachable.csv", header, rows)
