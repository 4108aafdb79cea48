"""The editor of a draft: as a form that reads as sentences, checked as one types, and as JSON."""

from collections.abc import Sequence

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.extensions import db
from cxquest.rewards import (
    documents,
    editing,
    policy,
    publishing,
    rulebook_pages,
    rulebook_queries,
    wording,
)
from cxquest.rewards.forms import Problems, RulebookForm, TextForm
from cxquest.rewards.models import RewardEvent, RulebookVersion
from cxquest.rewards.rulebook import Rulebook
from cxquest.rewards.version_views import administrators, refuse_document, version_for
from cxquest.rewards.views import bp
from cxquest.web import formpage, guard, htmx


@bp.route("/admin/rulebook/<int:number>/edit", methods=["GET", "POST"])
@administrators
def edit(number: int) -> ResponseReturnValue:
    """Edit a draft: every button keeps what was typed, and only “Save” keeps it for good."""
    version = _draft_for(number)
    if request.method == "GET":
        rows = editing.rows_of(version.document)
        seen = {"seen": str(version.version), "why": version.why}
        return _editor(version, RulebookForm(formdata=None, data={**rows, **seen}))
    form, deed = RulebookForm(), request.form.get("deed", "")
    if deed == "check":
        return _editor(version, form, checked=True)
    if deed != "save":
        rows = editing.changed(form.rows(), deed, str(_(editing.NEW_RULE)))
        place = editing.place_of(deed, rows)
        return _editor(version, RulebookForm(formdata=None, data=rows), place=place)
    rules = _read(form)
    if rules is None:
        return _editor(version, form, checked=True)
    publishing.change(
        db.session,
        version,
        documents.document_of(rules),
        form.why.data,
        seen=_seen(form),
        by=guard.me(),
        at=clock.now(),
    )
    db.session.commit()
    flash(_("The draft is saved."), "done")
    return htmx.go(url_for("rewards.show", number=number))


@bp.post("/admin/rulebook/<int:number>/check")
@administrators
def check(number: int) -> ResponseReturnValue:
    """Check what was typed, and keep nothing: for htmx the panel, else the whole editor."""
    version, form = _draft_for(number), RulebookForm()
    if not htmx.asked():
        return _editor(version, form, checked=True)
    events = rulebook_pages.events(db.session)
    rules = _read(form)
    found = rulebook_pages.checks(db.session, version, rules, events, _chosen(events, form))
    unfit = Problems(form)
    return render_template("rewards/_checks.html", version=version, unfit=unfit, **found)


@bp.route("/admin/rulebook/<int:number>/json", methods=["GET", "POST"])
@administrators
def edit_text(number: int) -> ResponseReturnValue:
    """Edit a draft's document as JSON text."""
    version, form = _draft_for(number), TextForm()
    if not form.is_submitted():
        form.text.data = rulebook_pages.document_text(version.document)
        form.seen.data = str(version.version)
    if form.validate_on_submit():
        try:
            publishing.change(
                db.session,
                version,
                editing.parse(form.text.data),
                version.why,
                seen=_seen(form),
                by=guard.me(),
                at=clock.now(),
            )
        except BadInput as refusal:
            refuse_document(form, refusal)
        else:
            db.session.commit()
            flash(_("The draft is saved."), "done")
            return htmx.go(url_for("rewards.show", number=number))
    return formpage.show(
        form,
        _("Version %(number)s as JSON", number=number),
        _("Save the draft"),
        url_for("rewards.show", number=number),
        eyebrow=_("Rulebook"),
        lead=_("As the schema describes it. A place like rules.2.give counts from 0."),
    )


def _seen(form: RulebookForm | TextForm) -> int:
    """Return the row's version that the writer started from; 0 for none."""
    text = form.seen.data or ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _draft_for(number: int) -> RulebookVersion:
    return version_for(number, lambda version: policy.may_change(guard.me(), version))


def _read(form: RulebookForm) -> Rulebook | None:
    """Return the rulebook that was typed; None with the faults on their fields."""
    rows = form.rows()
    faults = list(editing.faults(rows))
    if not faults:
        try:
            return documents.read(editing.document_of(rows))
        except BadInput as refusal:
            told = editing.told(refusal)
            faults = [(editing.name_of(place), text, {}) for place, text in told]
    form.unmark()
    form.mark(faults)
    return None


def _chosen(events: Sequence[RewardEvent], form: RulebookForm) -> int | None:
    return rulebook_pages.event_of(events, str(form.event.data or ""))


def _editor(
    version: RulebookVersion, form: RulebookForm, *, checked: bool = False, place: str = ""
) -> ResponseReturnValue:
    """Answer with the editor as it stands; 422 where something that was checked does not fit."""
    rules = _read(form)
    unfit = Problems(form)
    if not checked:
        form.unmark()
    events = rulebook_pages.events(db.session)
    lines = rulebook_queries.lines_of(db.session, version)
    form.offer(
        rulebook_pages.events_for,
        rulebook_pages.recipients_for,
        rulebook_pages.fields_for,
        rulebook_pages.values_of,
    )
    form.event.choices = rulebook_pages.event_choices(events)
    page = render_template(
        "rewards/_editor.html" if htmx.asked() else "rewards/edit.html",
        version=version,
        form=form,
        problems=Problems(form),
        unfit=unfit,
        place=place,
        wrote=guard.me().id in publishing.writers_of(version, lines),
        tables=wording.TABLES,
        single=wording.SINGLE,
        nested=rulebook_pages.nested(form.rows()),
        **rulebook_pages.checks(db.session, version, rules, events, _chosen(events, form)),
    )
    return page, 422 if checked and rules is None else 200
