"""Signing in and out, invitations and new passwords."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import inviting, passwords, signing_in
from cxquest.people.forms import ForgottenForm, PasswordForm, SignInForm
from cxquest.web import formpage, guard

bp = Blueprint("people", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for address and password, and go on to where the person wanted to go."""
    if current_user.is_authenticated:
        return redirect(url_for("desk.home"), 303)
    form = SignInForm()
    if form.validate_on_submit():
        email, at = form.email.data, clock.now()
        kept = signing_in.known_hash(db.session, email, at=at)
        db.session.rollback()  # working the hash out is slow on purpose; nobody waits for it
        right = passwords.matches(form.password.data or "", kept)
        days = current_app.config["SETTINGS"].CXQUEST_SESSION_DAYS
        token = signing_in.sign_in(db.session, email, right=right, at=at, days=days)
        db.session.commit()
        if token:
            guard.remember(token)
            return redirect(guard.local(request.args.get("next")), 303)
        form.refuse("password", _("The address and the password do not go together."))
    return render_template("people/sign_in.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session on the server; the cookie is worth nothing after that."""
    signing_in.sign_out(db.session, guard.forget())
    db.session.commit()
    return redirect(url_for("people.sign_in"), 303)


@bp.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Send a reset link, without telling whether the address is known."""
    form = ForgottenForm()
    if form.validate_on_submit():
        base_url = current_app.config["SETTINGS"].base_url
        inviting.reset(db.session, form.email.data, base_url=base_url, at=clock.now())
        db.session.commit()
        flash(_("If that address is known here, a link is on its way to it."), "note")
        return redirect(url_for("people.sign_in"), 303)
    return formpage.show(
        form,
        _("A new password"),
        _("Send me a link"),
        url_for("people.sign_in"),
        lead=_("We send a link to your address. It works once, for two hours."),
    )


@bp.route("/ticket/<token>", methods=["GET", "POST"])
def ticket(token: str) -> ResponseReturnValue:
    """Let the holder of an invitation or reset link choose a password, once."""
    found = inviting.ticket_of(db.session, token, clock.now())
    form = PasswordForm()
    form.email.data = found.person.email
    if form.validate_on_submit():
        with formpage.refusing(form):
            person = inviting.set_password(
                db.session, token, form.password.data or "", at=clock.now()
            )
            days = current_app.config["SETTINGS"].CXQUEST_SESSION_DAYS
            fresh = signing_in.open_session(db.session, person, at=clock.now(), days=days)
            db.session.commit()
            guard.remember(fresh)
            return redirect(url_for("desk.home"), 303)
    return formpage.show(
        form,
        _("Welcome, %(name)s", name=found.person.name),
        _("Set the password"),
        lead=_("Choose the password for %(email)s.", email=found.person.email),
    )
