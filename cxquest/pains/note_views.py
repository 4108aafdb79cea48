"""“You said, we did”: a coach words the note to customers, sends it, and sees what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.pains import answering, check_queries, checking, note_queries, policy, showing
from cxquest.pains.check_forms import WrittenForm
from cxquest.pains.forms import NoteForm
from cxquest.pains.models import Answer, PainNote, PainPoint
from cxquest.pains.views import base_url, bp, pain_for, to
from cxquest.web import formpage, guard, htmx
from cxquest.web.download import csv_file


@dataclass(frozen=True)
class Told:
    """A note that asks whether it helped: whom it still reaches, and what was answered."""

    note: PainNote
    made: check_queries.Recognition
    by_mail: int = 0
    without_address: int = 0
    said: Sequence[check_queries.Said] = ()

    @property
    def is_worded(self) -> bool:
        """Whether the place for what is different now is filled in."""
        return answering.TO_SAY not in self.note.text

    @property
    def reaches(self) -> int:
        """How many customers were not asked yet."""
        return self.by_mail + self.without_address


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


@bp.get("/pains/<int:pain_id>/notes")
def notes(pain_id: int) -> ResponseReturnValue:
    """Show the notes that ask whether it helped; for htmx as a panel, of one outcome or of all."""
    pain, me = pain_for(pain_id), guard.me()
    outcome = request.args.get("outcome", "")[:80]
    shown = {
        "pain": pain,
        "told": _told(note_queries.asking(db.session, pain.id, outcome)),
        "by_outcome": bool(outcome),
        "may_answer": policy.may_answer(me),
        "is_outside": checking.is_outside(db.session, pain, me),
    }
    page = "pains/_notes.html" if htmx.asked() else "pains/notes.html"
    return render_template(page, **shown)


@bp.post("/notes/<int:note_id>/send")
def send_note(note_id: int) -> ResponseReturnValue:
    """Mail the note to the customers who have an address."""
    pain, note = _note_for(note_id)
    sent = checking.send(db.session, pain, note, base_url=base_url(), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(ngettext("%(num)s customer is asked.", "%(num)s customers are asked.", sent), "done")
    return to(pain, "_answer")


@bp.post("/notes/<int:note_id>/links.csv")
def note_links(note_id: int) -> ResponseReturnValue:
    """Take out the customers who were not asked yet, each with the link of their own."""
    pain, note = _note_for(note_id)
    links = checking.take_out(
        db.session, pain, note, base_url=base_url(), by=guard.me(), at=clock.now()
    )
    db.session.commit()
    header = ("source", "external_id", "collected_on", "address", "language", "link")
    rows = (
        (who.source, who.external_id, who.collected_on, who.address, who.language, link.url)
        for link in links
        for who in [link.customer]
    )
    return csv_file(f"pain-{pain.id}-links.csv", header, rows)


@bp.route("/notes/<int:note_id>/answer", methods=["GET", "POST"])
def write_down(note_id: int) -> ResponseReturnValue:
    """Write down an answer that came by another way."""
    pain, note = _note_for(note_id)
    checking.check_outside(db.session, pain, guard.me())
    form = WrittenForm()
    if form.validate_on_submit():
        given = Answer(form.answer.data)
        checking.write_down(
            db.session, pain, note, given, form.text.data, by=guard.me(), at=clock.now()
        )
        db.session.commit()
        flash(_("The answer is written down, under your name."), "done")
        return to(pain, "_answer")
    return formpage.show(
        form,
        _("What a customer said of the change"),
        _("Write it down"),
        url_for("pains.show", pain_id=pain.id, _anchor="_answer"),
        eyebrow=pain.title,
        lead=_("For an answer that came by a call or a letter. It counts like one by a link."),
        voice=("text",),
    )


def _note_for(note_id: int) -> tuple[PainPoint, PainNote]:
    """Return a note that asks whether it helped, with its pain point; 404 where there is none."""
    note = note_queries.note(db.session, note_id) or guard.not_there()
    return pain_for(note.pain_id), note


def _told(notes: Sequence[PainNote]) -> list[Told]:
    """Return the notes as the panel shows them: the latest whole, of earlier ones the counts."""
    made = check_queries.recognitions(db.session, notes)
    latest = [_latest(note, made[note.id]) for note in notes[:1]]
    return [*latest, *(Told(note, made[note.id]) for note in notes[1:])]


def _latest(note: PainNote, made: check_queries.Recognition) -> Told:
    left = check_queries.unasked(db.session, note)
    by_mail = sum(bool(customer.address) for customer in left)
    said = check_queries.answers(db.session, note) if made.answered else []
    return Told(note, made, by_mail, len(left) - by_mail, said)
