"""Versions of the rulebook and their life, for administrators."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import BadInput, Refusal
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.rewards import (
    documents,
    editing,
    figure_pages,
    life,
    policy,
    publishing,
    rulebook_pages,
    rulebook_queries,
    simulation_pages,
    versions,
)
from cxquest.rewards.forms import ImportForm, ScheduleForm, StartForm, WithdrawForm
from cxquest.rewards.models import RulebookVersion
from cxquest.rewards.rulebook import DEFAULT, Rulebook
from cxquest.rewards.seasons import midnight
from cxquest.rewards.views import bp, json_file
from cxquest.web import formpage, guard, pages
from cxquest.web.errors import missing_items, said
from cxquest.web.filters import day
from cxquest.web.forms import Form, choices

for words in (
    figure_pages.figure,
    figure_pages.row_name,
    figure_pages.of_article,
    figure_pages.compared,
    figure_pages.case,
):
    bp.add_app_template_filter(words)
administrators = guard.only(policy.may_write)
NOT_OPEN = _m("Only a draft can be changed. Start a new version from this one.")


@bp.get("/admin/rulebook")
@administrators
def index() -> ResponseReturnValue:
    """List every version with its state."""
    page = pages.page_of(rulebook_queries.listed())
    rows = rulebook_pages.shown(db.session, page.items, clock.now())
    return render_template(
        "rewards/index.html",
        page=page,
        turn=pages.turner(),
        rows=rows[:-1] if page.has_next else rows,
    )


@bp.route("/admin/rulebook/new", methods=["GET", "POST"])
@administrators
def start() -> ResponseReturnValue:
    """Start a version from the one in force, or from another."""
    form, at = StartForm(), clock.now()
    known = db.session.scalars(rulebook_queries.listed().limit(100)).all()
    numbers = [*(one.number for one in known), 1]
    form.start.choices = choices((n, _("Version %(number)s", number=n)) for n in numbers)
    if not form.is_submitted():
        form.start.data = str(versions.rulebook_at(db.session, at).version)
    if form.validate_on_submit():
        document = documents.document_of(_rules(int(form.start.data)))
        made = publishing.draft(db.session, document, form.why.data, by=guard.me(), at=at)
        db.session.commit()
        return redirect(url_for("rewards.edit", number=made.number), 303)
    return _page(form, _("Start a new version"), _("Start it"), url_for("rewards.index"))


@bp.route("/admin/rulebook/import", methods=["GET", "POST"])
@administrators
def take_file() -> ResponseReturnValue:
    """Start a version from a JSON document, uploaded or pasted."""
    form = ImportForm()
    if form.validate_on_submit():
        try:
            document = editing.parse(form.given())
            made = publishing.draft(
                db.session, document, form.why.data, by=guard.me(), at=clock.now()
            )
        except BadInput as refusal:
            refuse_document(form, refusal)
        else:
            db.session.commit()
            return redirect(url_for("rewards.show", number=made.number), 303)
    return _page(form, _("Import a document"), _("Import it"), url_for("rewards.index"))


@bp.get("/admin/rulebook/<int:number>")
@administrators
def show(number: int) -> ResponseReturnValue:
    """Show a version: its rules, what it changes, the constitution, and its next step."""
    row = None if number == 1 else version_for(number)
    rules, at = _rules_of(row), clock.now()
    since, base = rulebook_pages.before(db.session, row, at)
    known = rulebook_pages.shown(db.session, [row] if row else [], at)[0]
    return render_template(
        "rewards/show.html",
        shown=known,
        version=row,
        base=base,
        base_since=since if since and since > at else None,
        differences=rulebook_pages.differences(base, rules),
        **rulebook_pages.rules_of(rules),
        **rulebook_pages.laws(rules, _notice(row)),
        **({**_life(row), **simulation_pages.panel(db.session, row, guard.me())} if row else {}),
    )


def _life(row: RulebookVersion) -> dict[str, Any]:
    """Return what the page says of a written version's way, and who may do what."""
    me, at = guard.me(), clock.now()
    facts = publishing.facts_of(db.session, row)
    lines = rulebook_queries.lines_of(db.session, row)
    writers = publishing.writers_of(row, lines)
    return {
        "steps": missing_items(life.steps(facts), ""),
        "lines": lines[::-1],
        "may": {
            "change": policy.may_change(me, row),
            "approve": policy.may_approve(me, writers) and row.state in policy.OPEN,
            "wrote": me.id in writers,
            "schedule": policy.may_schedule(me, row),
            "withdraw": policy.may_withdraw(me, row, at),
        },
    }


@bp.get("/admin/rulebook/<int:number>.json")
@administrators
def draft_document(number: int) -> ResponseReturnValue:
    """Hand out a version as its document."""
    row = None if number == 1 else version_for(number)
    return json_file(documents.document_of(_rules_of(row)), f"rulebook-{number}.json")


@bp.post("/admin/rulebook/<int:number>/approve")
@administrators
def approve(number: int) -> ResponseReturnValue:
    """Approve a version that somebody else wrote."""
    row = version_for(number)
    seen = request.args.get("seen", 0, int)
    publishing.approve(db.session, row, seen=seen, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(
        _("Version %(number)s is approved. Now say from when on it counts.", number=number), "done"
    )
    return redirect(url_for("rewards.show", number=number), 303)


@bp.route("/admin/rulebook/<int:number>/schedule", methods=["GET", "POST"])
@administrators
def schedule(number: int) -> ResponseReturnValue:
    """Say from which day on an approved version counts."""
    row, form = version_for(number), ScheduleForm()
    zone, at = people.zone(db.session), clock.now()
    first = (at + life.NOTICE).astimezone(zone).date() + life.DAY
    if not form.is_submitted():
        form.effective_from.data = first
    if form.validate_on_submit():
        with formpage.refusing(form):
            publishing.schedule(
                db.session,
                row,
                midnight(form.effective_from.data, zone),
                by=guard.me(),
                at=at,
                base_url=_base_url(),
            )
            db.session.commit()
            flash(_("It is scheduled, and everyone is told."), "done")
            return redirect(url_for("rewards.show", number=number), 303)
    return _page(
        form,
        _("Schedule version %(number)s", number=number),
        _("Schedule it and tell everyone"),
        url_for("rewards.show", number=number),
        lead=_("At least 7 days ahead: %(day)s or later, at midnight.", day=day(first)),
    )


@bp.route("/admin/rulebook/<int:number>/withdraw", methods=["GET", "POST"])
@administrators
def withdraw(number: int) -> ResponseReturnValue:
    """Withdraw a version that does not count yet."""
    row, form = version_for(number), WithdrawForm()
    if form.validate_on_submit():
        publishing.withdraw(
            db.session,
            row,
            form.reason.data,
            by=guard.me(),
            at=clock.now(),
            base_url=_base_url(),
        )
        db.session.commit()
        return redirect(url_for("rewards.show", number=number), 303)
    return _page(
        form,
        _("Withdraw version %(number)s", number=number),
        _("Withdraw it"),
        url_for("rewards.show", number=number),
        lead=_("It stays to be read, and never counts. A new version can start from it."),
    )


def version_for(
    number: int, may: Callable[[RulebookVersion], bool] = lambda _version: True
) -> RulebookVersion:
    """Return a written version, with where a refusal leads back to; 404 when it is not there."""
    found = rulebook_queries.whole(db.session, number) or guard.not_there()
    g.subject_url = url_for("rewards.show", number=number)
    if not may(found):
        raise Refusal(NOT_OPEN)
    return found


def refuse_document(form: Form, refusal: BadInput) -> None:
    """Put every fault of a document beside its text, each with its place."""
    told = [f"{place}: {text}" for place, text in editing.told(refusal)]
    for text in told or [said(refusal)]:
        form.refuse(refusal.field if refusal.field in form else "text", text)


def _page(form: Form, title: str, verb: str, back_url: str, lead: str = "") -> ResponseReturnValue:
    return formpage.show(form, title, verb, back_url, lead=lead, eyebrow=_("Rulebook"))


def _rules(number: int) -> Rulebook:
    return _rules_of(None if number == 1 else version_for(number))


def _rules_of(row: RulebookVersion | None) -> Rulebook:
    return versions.of(row) if row else DEFAULT


def _notice(row: RulebookVersion | None) -> int | None:
    if row is None or row.effective_from is None or row.scheduled_at is None:
        return None
    return life.days_of_notice(row.effective_from, row.scheduled_at)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url)
