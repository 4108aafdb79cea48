"""A coach's decision on a pain point, and what colleagues say that it costs them."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.pains import deciding, policy, showing, supporting
from cxquest.pains.forms import AcceptForm, DeclineForm, SupportForm
from cxquest.pains.models import PainPoint
from cxquest.pains.views import base_url, bp, pain_for, to
from cxquest.web import guard, htmx


@bp.post("/pains/<int:pain_id>/accept")
def accept(pain_id: int) -> ResponseReturnValue:
    """Accept it, as a coach."""
    pain = pain_for(pain_id)
    form = AcceptForm()
    if not form.validate_on_submit() and showing.decides(pain):
        return showing.page(pain.id, accept_form=form)
    deciding.accept(
        db.session,
        pain,
        note=form.note.data or "",
        by=guard.me(),
        at=clock.now(),
        base_url=base_url(),
    )
    db.session.commit()
    flash(_("It is accepted: quests may start on it."), "done")
    return to(pain)


@bp.post("/pains/<int:pain_id>/decline")
def decline(pain_id: int) -> ResponseReturnValue:
    """Decline it with a reason, as a coach."""
    pain = pain_for(pain_id)
    form = DeclineForm()
    if not form.validate_on_submit() and showing.decides(pain):
        return showing.page(pain.id, decline_form=form)
    deciding.decline(
        db.session,
        pain,
        reason=form.reason.data or "",
        by=guard.me(),
        at=clock.now(),
        base_url=base_url(),
    )
    db.session.commit()
    flash(_("It is declined. Those who contributed are told why."), "done")
    return to(pain)


@bp.post("/pains/<int:pain_id>/reopen")
def reopen(pain_id: int) -> ResponseReturnValue:
    """Put a declined one before the coaches again."""
    pain = pain_for(pain_id)
    deciding.reopen(db.session, pain, by=guard.me(), at=clock.now(), base_url=base_url())
    db.session.commit()
    flash(_("It is open again."), "done")
    return to(pain)


@bp.post("/pains/<int:pain_id>/support")
def support(pain_id: int) -> ResponseReturnValue:
    """Say what the pain costs you, or change what you said."""
    pain = pain_for(pain_id)
    form = SupportForm()
    if not form.validate_on_submit() and policy.may_support(guard.me(), pain):
        return showing.support_part(pain, form)
    supporting.support(db.session, pain, cost=form.cost.data or "", by=guard.me(), at=clock.now())
    db.session.commit()
    return _said(pain, _("Your support is noted."))


@bp.post("/pains/<int:pain_id>/withdraw")
def withdraw(pain_id: int) -> ResponseReturnValue:
    """Take your support back."""
    pain = pain_for(pain_id)
    supporting.withdraw(db.session, pain, by=guard.me(), at=clock.now())
    db.session.commit()
    return _said(pain, _("Your support is withdrawn."))


def _said(pain: PainPoint, message: str) -> ResponseReturnValue:
    """Answer with the supporters alone for htmx, else send the browser to them."""
    return showing.support_part(pain, None, message) if htmx.asked() else to(pain, "_support")
