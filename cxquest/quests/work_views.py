"""The team's work: whys, the communication branch, departments heard, countermeasures."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.quests import diagnosing, fixing, policy
from cxquest.quests.charter_views import chair_of
from cxquest.quests.fixing import Change
from cxquest.quests.forms import CommunicationForm, HeardForm, RootForm, WhyForm
from cxquest.quests.models import Communication, Quest
from cxquest.quests.views import back_to, bp, quest_for, quest_url
from cxquest.quests.work import Countermeasure, StandardKind, Why
from cxquest.quests.work_forms import CountermeasureForm
from cxquest.rewards.rulebook import Cause, Work
from cxquest.web import formpage, guard, htmx
from cxquest.web.forms import choices


@bp.route("/quests/<int:quest_id>/whys/new", methods=["GET", "POST"])
def add_why(quest_id: int) -> ResponseReturnValue:
    """Ask why once more."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = WhyForm()
    form.parent_id.choices = choices(
        ((why.id, why.text[:80]) for why in quest.whys), quest.pain.title
    )
    if not form.is_submitted() and quest.whys:
        form.parent_id.data = str(quest.whys[-1].id)
    if form.validate_on_submit():
        parent_id = int(form.parent_id.data) if form.parent_id.data else None
        diagnosing.add_why(
            db.session,
            quest,
            parent_id=parent_id,
            text=form.text.data,
            evidence=form.evidence.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "whys")
    return formpage.show(
        form, _("One why more"), _("Add"), quest_url(quest, "whys"), eyebrow=quest.title
    )


@bp.route("/quests/<int:quest_id>/whys/<int:why_id>", methods=["GET", "POST"])
def why(quest_id: int, why_id: int) -> ResponseReturnValue:
    """Change a why, or look at it."""
    quest = quest_for(quest_id, policy.may_work_on)
    found = why_of(quest, why_id)
    form = WhyForm(obj=found)
    del form.parent_id
    if form.validate_on_submit():
        diagnosing.change_why(
            db.session,
            quest,
            found,
            text=form.text.data,
            evidence=form.evidence.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return _back(quest)
    page = render_template("quests/why.html", quest=quest, why=found, form=form, back=_came_from())
    return page, 422 if form.is_submitted() else 200


@bp.post("/quests/<int:quest_id>/whys/<int:why_id>/drop")
def drop_why(quest_id: int, why_id: int) -> ResponseReturnValue:
    """Take a why out of the tree."""
    quest = quest_for(quest_id)
    diagnosing.drop_why(db.session, quest, why_of(quest, why_id), by=guard.me(), at=clock.now())
    db.session.commit()
    return _back(quest)


@bp.route("/quests/<int:quest_id>/whys/<int:why_id>/root", methods=["GET", "POST"])
def root(quest_id: int, why_id: int) -> ResponseReturnValue:
    """Mark a why as a root cause."""
    quest = quest_for(quest_id, policy.may_work_on)
    found = why_of(quest, why_id)
    form = RootForm(obj=found)
    if not form.is_submitted():
        form.level.data = found.level.value if found.level else None
    if form.validate_on_submit():
        diagnosing.mark_root(
            db.session,
            quest,
            found,
            level=Cause(form.level.data),
            without_it=form.without_it.data,
            fixed_stops=form.fixed_stops.data,
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "whys")
    return formpage.show(
        form,
        _("Is this the root cause?"),
        _("Mark as root cause"),
        quest_url(quest, "whys"),
        eyebrow=quest.title,
        lead=found.text,
    )


@bp.post("/quests/<int:quest_id>/whys/<int:why_id>/not-root")
def not_root(quest_id: int, why_id: int) -> ResponseReturnValue:
    """Take the mark of a root cause off."""
    quest = quest_for(quest_id)
    diagnosing.unmark_root(db.session, quest, why_of(quest, why_id), by=guard.me(), at=clock.now())
    db.session.commit()
    return _back(quest)


@bp.route("/quests/<int:quest_id>/communication", methods=["GET", "POST"])
def communication(quest_id: int) -> ResponseReturnValue:
    """Answer the communication branch."""
    quest = quest_for(quest_id, policy.may_work_on)
    form = CommunicationForm(
        data={
            "kind": quest.communication.value if quest.communication else None,
            "note": quest.communication_note,
            "aim": quest.aim.value if quest.aim else None,
        }
    )
    if form.validate_on_submit():
        diagnosing.answer_communication(
            db.session,
            quest,
            Communication(form.kind.data),
            form.note.data,
            Work(form.aim.data),
            by=guard.me(),
            at=clock.now(),
        )
        db.session.commit()
        return back_to(quest, "communication")
    return formpage.show(
        form,
        _("The communication branch"),
        _("Save"),
        quest_url(quest, "communication"),
        eyebrow=quest.title,
        lead=_("Communication is the commonest cause. Answer this also when it played no part."),
    )


@bp.route("/quests/<int:quest_id>/chairs/<int:chair_id>/heard", methods=["GET", "POST"])
def heard(quest_id: int, chair_id: int) -> ResponseReturnValue:
    """Write down what a department said."""
    quest = quest_for(quest_id, policy.may_work_on)
    found = chair_of(quest, chair_id)
    form = HeardForm(obj=found)
    if form.validate_on_submit():
        diagnosing.hear(db.session, quest, found, form.heard.data, by=guard.me(), at=clock.now())
        db.session.commit()
        return back_to(quest, "chairs")
    return formpage.show(
        form,
        _("What %(name)s said", name=found.department.name),
        _("Save"),
        quest_url(quest, "chairs"),
        eyebrow=quest.title,
    )


@bp.route("/quests/<int:quest_id>/countermeasures/new", methods=["GET", "POST"])
def add_countermeasure(quest_id: int) -> ResponseReturnValue:
    """Add a countermeasure on a root cause."""
    return _countermeasure_page(quest_for(quest_id, policy.may_work_on), None)


@bp.route("/quests/<int:quest_id>/countermeasures/<int:countermeasure_id>", methods=["GET", "POST"])
def countermeasure(quest_id: int, countermeasure_id: int) -> ResponseReturnValue:
    """Change a countermeasure."""
    quest = quest_for(quest_id, policy.may_work_on)
    return _countermeasure_page(quest, countermeasure_of(quest, countermeasure_id))


@bp.post("/quests/<int:quest_id>/countermeasures/<int:countermeasure_id>/drop")
def drop_countermeasure(quest_id: int, countermeasure_id: int) -> ResponseReturnValue:
    """Take a countermeasure out."""
    quest = quest_for(quest_id)
    found = countermeasure_of(quest, countermeasure_id)
    fixing.drop(db.session, quest, found, by=guard.me(), at=clock.now())
    db.session.commit()
    return back_to(quest, "countermeasures")


def _countermeasure_page(quest: Quest, found: Countermeasure | None) -> ResponseReturnValue:
    form = CountermeasureForm(obj=found)
    form.why_id.choices = choices((w.id, w.text[:80]) for w in quest.whys if w.is_root)
    form.standard_owner_id.choices = choices(_owners(found), _("Not chosen yet"))
    if found and not form.is_submitted():
        form.work.data, form.why_id.data = found.work.value, str(found.why_id)
        form.standard_kind.data = found.standard_kind.value if found.standard_kind else ""
        form.standard_owner_id.data = str(found.standard_owner_id or "")
    if form.validate_on_submit():
        with formpage.refusing(form):
            if found is None:
                fixing.add(db.session, quest, _change(form), by=guard.me(), at=clock.now())
            else:
                fixing.change(
                    db.session, quest, found, _change(form), by=guard.me(), at=clock.now()
                )
            db.session.commit()
            return back_to(quest, "countermeasures")
    return formpage.show(
        form,
        found.title if found else _("Add a countermeasure"),
        _("Save"),
        quest_url(quest, "countermeasures"),
        eyebrow=quest.title,
        lead=_("Prevention counts twice as much as resolving the problem again."),
    )


def _change(form: CountermeasureForm) -> Change:
    kind = form.standard_kind.data
    return Change(
        why_id=int(form.why_id.data),
        title=form.title.data,
        work=Work(form.work.data),
        description=form.description.data,
        in_place_on=form.in_place_on.data,
        standard_kind=StandardKind(kind) if kind else None,
        standard=form.standard.data,
        no_standard_reason=form.no_standard_reason.data,
        standard_version=form.standard_version.data,
        standard_owner_id=int(form.standard_owner_id.data or 0) or None,
        review_on=form.review_on.data,
        affected_roles=form.affected_roles.data,
    )


def _owners(found: Countermeasure | None) -> list[tuple[int, str]]:
    """Return who may own a standard; an owner who has left stays until another is named."""
    kept = found.standard_owner if found else None
    known = [(person.id, person.name) for person in people.active_people(db.session)]
    return known if kept is None or kept.is_active else [(kept.id, kept.name), *known]


def _came_from() -> str:
    return "workshop" if request.args.get("back") == "workshop" else ""


def _back(quest: Quest) -> ResponseReturnValue:
    """Go back to the tree, on the page where this person worked on it."""
    if _came_from():
        return htmx.go(url_for("quests.workshop", quest_id=quest.id))
    return back_to(quest, "whys")


def why_of(quest: Quest, why_id: int) -> Why:
    """Return the quest's why of this id, or 404."""
    return next((w for w in quest.whys if w.id == why_id), None) or guard.not_there()


def countermeasure_of(quest: Quest, countermeasure_id: int) -> Countermeasure:
    """Return the quest's countermeasure of this id, or 404."""
    return (
        next((c for c in quest.countermeasures if c.id == countermeasure_id), None)
        or guard.not_there()
    )
