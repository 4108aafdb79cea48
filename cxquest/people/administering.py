"""Administration pages for people, departments and the organisation."""

from babel.dates import get_month_names
from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from cxquest.core import clock, zones
from cxquest.extensions import db
from cxquest.people import importing, inviting, keeping, organising, policy, queries
from cxquest.people.forms import (
    DepartmentForm,
    NewPersonForm,
    OrganisationForm,
    PeopleFileForm,
    PersonForm,
)
from cxquest.people.models import Department, DepartmentKind, Person, Role, TicketPurpose
from cxquest.people.views import bp
from cxquest.web import formpage, guard, nav, pages
from cxquest.web.download import csv_file
from cxquest.web.forms import choices

FILTERS = ("search", "role", "active")
administrators = guard.only(policy.may_administer)


@bp.get("/admin/people")
@administrators
def index() -> ResponseReturnValue:
    """List people, searched and filtered."""
    asked = {name: pages.words_in(name) for name in FILTERS}
    page = pages.page_of(queries.everyone(**asked))
    return render_template("people/index.html", page=page, asked=asked, turn=pages.turner())


@bp.get("/admin/people.csv")
@administrators
def export() -> ResponseReturnValue:
    """Export the same list; the import reads every column of it but `active`."""
    asked = {name: pages.words_in(name) for name in FILTERS}
    rows = (
        (
            person.name,
            person.email,
            person.department.name if person.department else "",
            person.role.value,
            "yes" if person.is_coach else "no",
            person.title,
            "yes" if person.is_active else "no",
        )
        for person in db.session.scalars(queries.everyone(**asked))
    )
    header = ("name", "email", "department", "role", "coach", "title", "active")
    return csv_file("people.csv", header, rows)


@bp.route("/admin/people/new", methods=["GET", "POST"])
@administrators
def add() -> ResponseReturnValue:
    """Add a person, and invite them if that was ticked."""
    form = NewPersonForm()
    form.department_id.choices = _departments()
    if form.validate_on_submit():
        with formpage.refusing(form):
            person = keeping.add(db.session, _given(form), by=guard.me(), at=clock.now())
            if form.invite.data:
                _invite(person)
            db.session.commit()
            flash(_("%(name)s is added.", name=person.name), "done")
            return redirect(url_for("people.index"), 303)
    return formpage.show(form, _("Add a person"), _("Add"), url_for("people.index"))


@bp.route("/admin/people/<int:person_id>", methods=["GET", "POST"])
@administrators
def edit(person_id: int) -> ResponseReturnValue:
    """Change a person."""
    person = _person_for(person_id)
    form = PersonForm(obj=person)
    form.department_id.choices = _departments()
    if not form.is_submitted():
        form.role.data, form.department_id.data = person.role.value, str(person.department_id or "")
    if form.validate_on_submit():
        with formpage.refusing(form):
            keeping.change(db.session, person, _given(form), by=guard.me(), at=clock.now())
            db.session.commit()
            flash(_("%(name)s is changed.", name=person.name), "done")
            return redirect(url_for("people.index"), 303)
    page = render_template("people/edit.html", form=form, person=person)
    return page, 422 if form.is_submitted() else 200


@bp.post("/admin/people/<int:person_id>/invite")
@administrators
def invite(person_id: int) -> ResponseReturnValue:
    """Send a fresh invitation; an earlier one stops working."""
    person = _person_for(person_id)
    _invite(person)
    db.session.commit()
    flash(_("An invitation is on its way to %(email)s.", email=person.email), "done")
    return redirect(url_for("people.edit", person_id=person.id), 303)


@bp.post("/admin/people/<int:person_id>/active")
@administrators
def set_active(person_id: int) -> ResponseReturnValue:
    """Deactivate a person, or let them in again."""
    person = _person_for(person_id)
    act = keeping.deactivate if person.is_active else keeping.activate
    act(db.session, person, by=guard.me(), at=clock.now())
    db.session.commit()
    return redirect(url_for("people.edit", person_id=person.id), 303)


@bp.route("/admin/people/import", methods=["GET", "POST"])
@administrators
def take_file() -> ResponseReturnValue:
    """Add and update people from a CSV file, and name every row that was not taken."""
    form = PeopleFileForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            outcome = importing.take(
                db.session, form.file.data.read(), by=guard.me(), at=clock.now()
            )
            for person in outcome.new if form.invite.data else ():
                _invite(person)
            db.session.commit()
            return render_template("people/imported.html", outcome=outcome)
    return formpage.show(form, _("Import people"), _("Import"), url_for("people.index"))


@bp.route("/admin/departments", methods=["GET", "POST"])
@administrators
def departments() -> ResponseReturnValue:
    """List departments, with a form for a new one."""
    form = DepartmentForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            kind = DepartmentKind(form.kind.data)
            found = keeping.add_department(
                db.session, form.name.data, kind=kind, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            flash(_("%(name)s is added.", name=found.name), "done")
            return redirect(url_for("people.departments"), 303)
    page = render_template(
        "people/departments.html",
        form=form,
        departments=queries.departments(db.session),
        heads=queries.heads(db.session),
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/admin/departments/<int:department_id>", methods=["GET", "POST"])
@administrators
def department(department_id: int) -> ResponseReturnValue:
    """Rename a department or change its kind."""
    found = _department_for(department_id)
    form = DepartmentForm(obj=found)
    if form.validate_on_submit():
        with formpage.refusing(form):
            keeping.change_department(
                db.session,
                found,
                name=form.name.data,
                kind=DepartmentKind(form.kind.data),
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            return redirect(url_for("people.departments"), 303)
    return formpage.show(form, found.name, _("Save"), url_for("people.departments"))


@bp.route("/admin/organisation", methods=["GET", "POST"])
@administrators
def organisation() -> ResponseReturnValue:
    """Change what the organisation says of itself."""
    known = nav.organisation()
    form = OrganisationForm(obj=known)
    form.time_zone.choices = choices((zone, zone) for zone in zones.names())
    form.fiscal_month.choices = choices(get_month_names(locale=get_locale()).items())
    if form.validate_on_submit():
        organising.describe(
            db.session,
            name=form.name.data,
            time_zone=form.time_zone.data,
            currency=form.currency.data.upper(),
            fiscal_month=int(form.fiscal_month.data),
            ranks_people=form.ranks_people.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        flash(_("The organisation is saved."), "done")
        return redirect(url_for("desk.admin"), 303)
    return formpage.show(form, _("Organisation"), _("Save"), url_for("desk.admin"))


def _person_for(person_id: int) -> Person:
    person = queries.person(db.session, person_id)
    return person or guard.not_there()


def _department_for(department_id: int) -> Department:
    found = queries.department(db.session, department_id)
    return found or guard.not_there()


def _departments() -> list[tuple[str, str]]:
    return choices(((d.id, d.name) for d in queries.departments(db.session)), _("None"))


def _given(form: PersonForm) -> keeping.Particulars:
    return keeping.Particulars(
        email=form.email.data,
        name=form.name.data,
        title=form.title.data or "",
        department_id=int(form.department_id.data) if form.department_id.data else None,
        role=Role(form.role.data),
        is_coach=form.is_coach.data,
    )


def _invite(person: Person) -> None:
    inviting.send_link(
        db.session,
        person,
        TicketPurpose.INVITATION,
        base_url=current_app.config["SETTINGS"].base_url,
        at=clock.now(),
    )
