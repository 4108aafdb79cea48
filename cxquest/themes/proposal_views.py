"""What the program proposes: asking it to learn, how far it agrees with people, and its silence."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.themes import learning_queries, policy, training
from cxquest.themes.models import ThemeLearning
from cxquest.themes.views import bp
from cxquest.web import formpage, guard, htmx
from cxquest.web.forms import Form, Whole

coaches = guard.only(policy.may_teach)
LOWEST, HIGHEST = (round(100 * bound) for bound in (training.LOWEST, training.HIGHEST))


class LearnForm(Form):
    """How sure the program must be to propose a theme."""

    confidence = Whole(
        _l("Propose from a confidence of (%)"),
        validators=[NumberRange(LOWEST, HIGHEST, _l("A number from 30 to 99."))],
        description=_l("Below it, the program keeps silent. Higher: fewer proposals, fewer wrong."),
    )


@bp.get("/themes/proposals")
def proposals() -> ResponseReturnValue:
    """Show what is proposed, how far it agrees with people, and where it keeps silent."""
    form = LearnForm(formdata=None)
    form.confidence.data = round(100 * training.confidence(db.session))
    return render_template("themes/proposals.html", form=form, **_shown())


@bp.post("/themes/proposals")
@coaches
def learn() -> ResponseReturnValue:
    """Ask the program to learn, and to propose what it is at least so sure of."""
    form = LearnForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            sure = form.confidence.data / 100
            training.ask(db.session, sure, by=guard.me(), at=clock.now())
            db.session.commit()
            return redirect(url_for("themes.proposals"), 303)
    return render_template("themes/proposals.html", form=form, **_shown()), 422


@bp.post("/themes/proposals/stop")
@coaches
def stop_learning() -> ResponseReturnValue:
    """Stop the learning that waits or runs."""
    last = learning_queries.last(db.session) or guard.not_there()
    training.stop(db.session, last, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The learning is being stopped."), "note")
    return redirect(url_for("themes.proposals"), 303)


@bp.get("/themes/proposals/progress")
def learning_progress() -> ResponseReturnValue:
    """Tell how far the learning is: the panel alone; the page anew once it has ended."""
    if not htmx.asked():
        return redirect(url_for("themes.proposals"), 303)
    last = learning_queries.last(db.session)
    if last is None or last.state not in training.OPEN:
        return htmx.refresh()
    return htmx.fragment("themes/_learning.html", **_panel(last))


def _panel(last: ThemeLearning | None) -> dict[str, Any]:
    return {
        "learning": last,
        "is_going_on": bool(last and last.state in training.OPEN),
        "may_teach": policy.may_teach(guard.me()),
    }


def _shown() -> dict[str, Any]:
    last = learning_queries.last(db.session)
    return {
        **_panel(last),
        "measured": learning_queries.last_measured(db.session),
        "to_name": learning_queries.groups_to_name(db.session),
    }
