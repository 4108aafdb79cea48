"""Writing the charter, agreeing the size, signing."""

from decimal import Decimal, InvalidOperation

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.quests import chartering, policy, starting
from cxquest.quests.chartering import Charter
from cxquest.quests.forms import (
    AddChairForm,
    ChairForm,
    CharterForm,
    HandOverForm,
    ReasonForm,
    SizeForm,
    SponsorForm,
    worded,
)
from cxquest.quests.models import Chair, Quest, Size, ValueKind
from cxquest.quests.views import back_to, base_url, bp, quest_for, quest_url
from cxquest.web import formpage, guard, nav
from cxquest.web.forms import choices

MOST_HOURS = Decimal(40)


@bp.route("/quests/<int:quest_id>/charter", methods=["GET", "POST"])
def charter(quest_id: int) -> ResponseReturnValue:
    """Write the charter."""
    quest = quest_for(quest_id, policy.may_charter)
    form = CharterForm(obj=quest)
    form.value_kind.choices = choices(worded(ValueKind), _("Not chosen yet"))
    executives = people.executives(db.session)
    form.sponsor_id.choices = choices(((p.id, p.name) for p in executives), _("Not chosen yet"))
    if not form.is_submitted():
        form.value_kind.data = quest.value_kind.value if quest.value_kind else ""
        form.sponsor_id.data = str(quest.sponsor_id or "")
    if form.validate_on_submit():
        sponsor = next((p for p in executives if str(p.id) == form.sponsor_id.data), None)
        with formpage.refusing(form):
            chartering.write(
                db.session, quest, _given(form), sponsor, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            return back_to(quest, "charter")
    return formpage.show(
        form,
        _("The charter"),
        _("Save the charter"),
        quest_url(quest, "charter"),
        eyebrow=quest.title,
        lead=_("Save it half written if you like; the signature needs all of it."),
        hints={"value_amount": _("In %(currency)s.", currency=nav.currency())},
    )


def _given(form: CharterForm) -> Charter:
    return Charter(
        title=form.title.data,
        shared_goal=form.shared_goal.data,
        customer_change=form.customer_change.data,
        value_kind=ValueKind(form.value_kind.data) if form.value_kind.data else None,
        value_amount=form.value_amount.data,
        value_reason=form.value_reason.data,
        sponsor_id=int(form.sponsor_id.data) if form.sponsor_id.data else None,
    )


@bp.route("/quests/<int:quest_id>/hours", methods=["GET", "POST"])
def hours(quest_id: int) -> ResponseReturnValue:
    """Write down the hours a week of every member."""
    quest = quest_for(quest_id, policy.may_charter)
    typed = {m.id: request.form.get(f"hours-{m.id}", "").strip() for m in quest.team}
    wrong: set[int] = set()
    if request.method == "POST":
        read = {key: _hours(text) for key, text in typed.items()}
        wrong = {key for key, text in typed.items() if text and read[key] is None}
        if not wrong:
            chartering.set_hours(db.session, quest, read, by=guard.me(), at=clock.now())
            db.session.commit()
            return back_to(quest, "team")
    else:
        typed = {m.id: f"{m.hours_per_week.normalize():f}" for m in quest.team if m.hours_per_week}
    page = render_template("quests/hours.html", quest=quest, typed=typed, wrong=wrong)
    return page, 422 if wrong else 200


def _hours(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 < found <= MOST_HOURS else None


@bp.route("/quests/<int:quest_id>/chairs/<int:chair_id>", methods=["GET", "POST"])
def chair(quest_id: int, chair_id: int) -> ResponseReturnValue:
    """Write down a department's own goal and where it conflicts."""
    quest = quest_for(quest_id, policy.may_work_on)
    found = chair_of(quest, chair_id)
    form = ChairForm(obj=found)
    if form.validate_on_submit():
        chartering.set_goals(
            db.session,
            quest,
            found,
            own_goal=form.own_goal.data,
            conflict=form.conflict.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "chairs")
    return formpage.show(
        form,
        _("The goal of %(name)s", name=found.department.name),
        _("Save"),
        quest_url(quest, "chairs"),
        eyebrow=quest.title,
    )


@bp.route("/quests/<int:quest_id>/chairs", methods=["GET", "POST"])
def add_chair(quest_id: int) -> ResponseReturnValue:
    """Give a department that the problem touches a chair at the table."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = AddChairForm()
    seated = {chair.department_id for chair in quest.chairs}
    free = [d for d in people.departments(db.session) if d.id not in seated]
    form.department_id.choices = choices(((d.id, d.name) for d in free), _("Choose"))
    if form.validate_on_submit():
        chosen = next(d for d in free if str(d.id) == form.department_id.data)
        starting.add_chair(db.session, quest, chosen, by=guard.me(), at=clock.now())
        db.session.commit()
        return back_to(quest, "chairs")
    return formpage.show(
        form,
        _("Another department at the table"),
        _("Add"),
        quest_url(quest, "chairs"),
        eyebrow=quest.title,
    )


@bp.route("/quests/<int:quest_id>/lead", methods=["GET", "POST"])
def hand_over(quest_id: int) -> ResponseReturnValue:
    """Give the lead to another member."""
    quest = quest_for(quest_id, policy.may_hand_over)
    form = HandOverForm()
    others = (m.person for m in quest.team if m.person_id != quest.lead_id and m.person.is_active)
    form.lead_id.choices = choices(((p.id, p.name) for p in others), _("Choose"))
    if form.validate_on_submit():
        with formpage.refusing(form):
            starting.hand_over(
                db.session, quest, int(form.lead_id.data), by=guard.me(), at=clock.now()
            )
            db.session.commit()
            return back_to(quest, "team")
    return formpage.show(
        form, _("Hand the lead over"), _("Hand over"), quest_url(quest, "team"), eyebrow=quest.title
    )


@bp.route("/quests/<int:quest_id>/sponsor", methods=["GET", "POST"])
def sponsor(quest_id: int) -> ResponseReturnValue:
    """Name another sponsor of a signed quest."""
    quest = quest_for(quest_id, policy.may_change_sponsor)
    form = SponsorForm()
    others = [p for p in people.executives(db.session) if p.id != quest.sponsor_id]
    form.sponsor_id.choices = choices(((p.id, p.name) for p in others), _("Choose"))
    if form.validate_on_submit():
        with formpage.refusing(form):
            chosen = next(p for p in others if str(p.id) == form.sponsor_id.data)
            chartering.change_sponsor(db.session, quest, chosen, by=guard.me(), at=clock.now())
            db.session.commit()
            return back_to(quest, "charter")
    return formpage.show(
        form, _("Another sponsor"), _("Name"), quest_url(quest, "charter"), eyebrow=quest.title
    )


@bp.route("/quests/<int:quest_id>/size", methods=["GET", "POST"])
def size(quest_id: int) -> ResponseReturnValue:
    """Agree the size, as a coach outside the team."""
    quest = quest_for(quest_id, policy.may_agree_size)
    form = SizeForm(data={"size": quest.size.value if quest.size else None})
    if form.validate_on_submit():
        chartering.agree_size(
            db.session, quest, Size(form.size.data), by=guard.me(), at=clock.now()
        )
        db.session.commit()
        return back_to(quest, "size")
    return formpage.show(
        form, _("Agree the size"), _("Agree"), quest_url(quest, "size"), eyebrow=quest.title
    )


@bp.post("/quests/<int:quest_id>/ask-signature")
def ask_signature(quest_id: int) -> ResponseReturnValue:
    """Ask the sponsor to sign."""
    quest = quest_for(quest_id)
    chartering.ask_signature(db.session, quest, by=guard.me(), at=clock.now(), base_url=base_url())
    db.session.commit()
    flash(_("The sponsor has been asked to sign."), "done")
    return back_to(quest)


@bp.post("/quests/<int:quest_id>/sign")
def sign(quest_id: int) -> ResponseReturnValue:
    """Sign the charter, in person."""
    quest = quest_for(quest_id)
    chartering.sign(db.session, quest, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The charter is signed. The team looks for the root cause now."), "done")
    return back_to(quest)


@bp.route("/quests/<int:quest_id>/send-back", methods=["GET", "POST"])
def send_back(quest_id: int) -> ResponseReturnValue:
    """Give the charter back to the lead, with the reason."""
    quest = quest_for(quest_id, policy.may_sign)
    form = ReasonForm()
    if form.validate_on_submit():
        chartering.send_back(db.session, quest, form.reason.data, by=guard.me(), at=clock.now())
        db.session.commit()
        return back_to(quest)
    return formpage.show(
        form, _("Send the charter back"), _("Send back"), quest_url(quest), eyebrow=quest.title
    )


def chair_of(quest: Quest, chair_id: int) -> Chair:
    """Return the quest's chair of this id, or 404."""
    return next((c for c in quest.chairs if c.id == chair_id), None) or guard.not_there()
