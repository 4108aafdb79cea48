"""Kudos: given and received, giving them, taking them back, and the steward's view."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests.models import Quest
from cxquest.recognition import giving, policy, queries, rings
from cxquest.recognition.forms import KudosForm
from cxquest.recognition.models import Behaviour, Kudos
from cxquest.web import formpage, guard, pages
from cxquest.web.download import csv_file
from cxquest.web.labels import label

bp = Blueprint("recognition", __name__)

WHICH = ("received", "given")
PERSON, TEAM = "person", "quest"


@bp.get("/kudos")
def kudos() -> ResponseReturnValue:
    """List the kudos that a person received and gave."""
    me, at = guard.me(), clock.now()
    week = queries.week_of(db.session, at)
    return render_template(
        "recognition/kudos.html",
        page=pages.page_of(queries.kudos_of(me, _which())),
        me=me,
        which=_which(),
        left=queries.left(db.session, me, week),
        a_week=queries.A_WEEK,
        next_week=week + giving.WEEK,
        may_retract=lambda one: policy.may_retract(me, one, at),
        may_steward=policy.may_steward(me),
        turn=pages.turner(),
    )


@bp.get("/kudos.csv")
def kudos_csv() -> ResponseReturnValue:
    """Export the same list."""
    me = guard.me()
    rows = (
        (
            one.id,
            one.given_at.date(),
            "given" if one.giver_id == me.id else "received",
            one.giver.name,
            one.person.name if one.person else "",
            one.quest.title if one.quest else "",
            label(one.behaviour),
            one.reason,
        )
        for one in db.session.scalars(queries.kudos_of(me, _which()))
    )
    header = ("id", "day", "direction", "from", "to", "to the team of", "behaviour", "reason")
    return csv_file("my-kudos.csv", header, rows)


@bp.route("/kudos/new", methods=["GET", "POST"])
def give() -> ResponseReturnValue:
    """Give kudos to a person or a team."""
    me, at = guard.me(), clock.now()
    week = queries.week_of(db.session, at)
    if request.method == "GET" and not queries.left(db.session, me, week):
        next_week = week + giving.WEEK
        return render_template(
            "recognition/none_left.html", a_week=queries.A_WEEK, next_week=next_week
        )
    form = KudosForm()
    form.to.choices = _receivers(me)
    if not form.is_submitted():
        form.to.data = _preset()
    if form.validate_on_submit():
        with formpage.refusing(form):
            giving.give(
                db.session,
                _receiver(form.to.data),
                behaviour=Behaviour(form.behaviour.data),
                reason=form.reason.data,
                by=me,
                at=at,
                base_url=base_url(),
            )
            db.session.commit()
            flash(_("They will read it. You can take it back within 24 hours."), "done")
            return redirect(url_for(".kudos"), 303)
    return formpage.show(form, _("Give kudos"), _("Give kudos"), url_for(".kudos"))


@bp.post("/kudos/<int:kudos_id>/retract")
def retract(kudos_id: int) -> ResponseReturnValue:
    """Take kudos back."""
    giving.retract(db.session, _kudos_for(kudos_id), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("Your kudos are taken back, and you can give them to somebody else."), "done")
    return redirect(url_for(".kudos"), 303)


@bp.get("/admin/kudos")
@guard.only(policy.may_steward)
def closed_rings() -> ResponseReturnValue:
    """Show the closed rings of the last 90 days, for a conversation and nothing else."""
    counts = queries.counts(db.session, clock.now())
    found = rings.rings(counts)
    return render_template(
        "recognition/rings.html",
        rings=found,
        counts=counts,
        people=queries.people_of(db.session, {one for ring in found for one in ring.members}),
        days=queries.LOOKED_AT.days,
        least=rings.LEAST,
    )


def base_url() -> str:
    """Return the address that people use, for links in mails and files."""
    return str(current_app.config["SETTINGS"].base_url)


def _which() -> str:
    asked = request.args.get("which", "")
    return asked if asked in WHICH else ""


def _kudos_for(kudos_id: int) -> Kudos:
    found = queries.kudos(db.session, kudos_id) or guard.not_there()
    if found.giver_id != guard.me().id:
        raise NotAllowed(_m("Only the giver takes kudos back."))
    return found


def _receivers(me: Person) -> dict[str, list[tuple[str, str]]]:
    """Return whom a person can thank, in groups: people of other departments first."""
    others: list[tuple[str, str]] = []
    own: list[tuple[str, str]] = []
    for person in people.active_people(db.session):
        if person.id != me.id:
            same = person.department_id == me.department_id
            (own if same else others).append((_value(PERSON, person.id), _worded(person)))
    teams = queries.teams_for(db.session, me, clock.now())
    groups = {
        _("Choose"): [("", _("A person or a team"))],
        _("Other departments"): others,
        _("Your department") if me.department_id else _("No department, like you"): own,
        _("Teams"): [(_value(TEAM, quest.id), quest.title) for quest in teams],
    }
    return {name: group for name, group in groups.items() if group}


def _worded(person: Person) -> str:
    return f"{person.name} · {person.department.name}" if person.department else person.name


def _value(kind: str, key: int) -> str:
    return f"{kind}:{key}"


def _preset() -> str:
    for kind in (PERSON, TEAM):
        key = pages.id_in(kind)
        if key is not None:
            return _value(kind, key)
    return ""


def _receiver(value: str) -> Person | Quest:
    """Return whom a choice of the form names; the form has let only known ones through."""
    kind, _colon, key = value.partition(":")
    known = people.person if kind == PERSON else queries.team
    found: Person | Quest | None = known(db.session, int(key))
    return found or guard.not_there()
