"""Groups found among comments without a theme: looked at, named, joined to a theme, dropped."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.themes import finding, learning_queries
from cxquest.themes.forms import ThemeForm
from cxquest.themes.models import FoundGroup, GroupState
from cxquest.themes.views import bp
from cxquest.voice import queries as voice
from cxquest.web import formpage, guard, pages
from cxquest.web.forms import Choice, Form, choices

QUOTES = 3  # typical comments of each group in the list


class JoinForm(Form):
    """The theme that a group belongs to."""

    theme = Choice(_l("Theme"))


@bp.get("/themes/groups")
def groups() -> ResponseReturnValue:
    """List the groups that wait for a name, the largest first."""
    page = pages.page_of(learning_queries.open_groups())
    ids = [group.id for group in page.items]
    return render_template(
        "themes/groups.html",
        page=page,
        turn=pages.turner(),
        typical=learning_queries.typical(db.session, ids, QUOTES),
        learning=learning_queries.last(db.session),
    )


@bp.route("/themes/groups/<int:group_id>", methods=["GET", "POST"])
def group(group_id: int) -> ResponseReturnValue:
    """Show a group with its most typical comments; its name makes a theme of it."""
    found, form = _group_for(group_id), ThemeForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            name, text = form.name.data, form.definition.data or ""
            n = finding.name(db.session, found, name, text, by=guard.me(), at=clock.now())
            db.session.commit()
            return _named(name, n)
    return _page(found, form, _join_form(bound=False))


@bp.post("/themes/groups/<int:group_id>/join")
def join_group(group_id: int) -> ResponseReturnValue:
    """Say that a group is about a theme that is there already."""
    found, form = _group_for(group_id), _join_form()
    if form.validate_on_submit():
        theme = voice.theme(db.session, int(form.theme.data)) or guard.not_there()
        with formpage.refusing(form):
            n = finding.join(db.session, found, theme, by=guard.me(), at=clock.now())
            db.session.commit()
            return _named(theme.name, n)
    return _page(found, ThemeForm(formdata=None), form)


@bp.post("/themes/groups/<int:group_id>/drop")
def drop_group(group_id: int) -> ResponseReturnValue:
    """Say that a group's comments have nothing in common."""
    finding.drop(db.session, _group_for(group_id), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("The group is dropped. Its comments are not grouped again."), "note")
    return redirect(url_for("themes.groups"), 303)


def _group_for(group_id: int) -> FoundGroup:
    return learning_queries.group(db.session, group_id) or guard.not_there()


def _page(found: FoundGroup, form: ThemeForm, join: JoinForm) -> ResponseReturnValue:
    typical = learning_queries.typical(db.session, [found.id], finding.SHOWN)
    page = render_template(
        "themes/group.html",
        group=found,
        is_open=found.state is GroupState.OPEN,
        comments=typical[found.id],
        form=form,
        join_form=join,
    )
    return page, 422 if form.is_submitted() else 200


def _join_form(*, bound: bool = True) -> JoinForm:
    form = JoinForm() if bound else JoinForm(formdata=None)
    known = ((theme.id, theme.name) for theme in learning_queries.themes(db.session))
    form.theme.choices = choices(known, _("Choose"))
    return form


def _named(name: str, n: int) -> ResponseReturnValue:
    flash(
        ngettext(
            "%(num)s comment is now about “%(theme)s”.",
            "%(num)s comments are now about “%(theme)s”.",
            n,
            theme=name,
        ),
        "done",
    )
    return redirect(url_for("themes.groups"), 303)
