"""Pages that change themes: what one is, what it is part of, what is taken out, and back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.themes import changing, queries
from cxquest.themes.forms import DescriptionForm, MergeForm, SplitForm
from cxquest.themes.views import bp
from cxquest.voice import queries as voice
from cxquest.voice.models import Theme
from cxquest.web import formpage, guard
from cxquest.web.forms import choices

NEWEST = 25


@bp.route("/themes/<int:theme_id>/edit", methods=["GET", "POST"])
def edit(theme_id: int) -> ResponseReturnValue:
    """Say what a theme is called, what belongs to it, and who looks after it."""
    theme = _theme_for(theme_id)
    form = _described(theme)
    if form.validate_on_submit():
        with formpage.refusing(form):
            owner = _person(form.owner_id.data)
            changing.describe(
                db.session,
                theme,
                name=form.name.data,
                definition=form.definition.data or "",
                phrases=form.lines,
                owner=owner,
                by=guard.me(),
                at=clock.now(),
            )
            db.session.commit()
            flash(_("The theme is saved."), "done")
            return redirect(url_for("themes.show", theme_id=theme_id), 303)
    page = render_template("themes/edit.html", theme=theme, form=form, **_beside(theme))
    return page, 422 if form.is_submitted() else 200


@bp.route("/themes/<int:theme_id>/merge", methods=["GET", "POST"])
def merge(theme_id: int) -> ResponseReturnValue:
    """Make a theme part of another one."""
    theme = _theme_for(theme_id)
    form = MergeForm()
    others = [one for one in voice.themes(db.session) if one.id != theme.id]
    form.into.choices = choices(((one.id, one.name) for one in others), _("Choose a theme"))
    if form.validate_on_submit():
        into = next(one for one in others if str(one.id) == form.into.data)
        change = changing.merge(db.session, theme, into, by=guard.me(), at=clock.now())
        words = f"{_merged(len(change.moved), into.name)} {_way_back()}"
        db.session.commit()
        flash(words, "done")
        return redirect(url_for("themes.show", theme_id=int(form.into.data)), 303)
    title = _("Merge “%(name)s”", name=theme.name)
    back = url_for("themes.edit", theme_id=theme_id)
    return formpage.show(form, title, _("Merge"), back, eyebrow=_("Theme"))


@bp.route("/themes/<int:theme_id>/split", methods=["GET", "POST"])
def split(theme_id: int) -> ResponseReturnValue:
    """Take some of a theme's comments over to a new one."""
    theme = _theme_for(theme_id)
    form = SplitForm()
    newest = queries.newest_comments(db.session, theme.id, NEWEST)
    form.comment.choices = [(one.id, one.shown[:300]) for one in newest]
    if form.validate_on_submit():
        with formpage.refusing(form):
            change = changing.split(
                db.session,
                theme,
                form.name.data,
                comment_ids=form.comment.data or (),
                phrase=form.phrase.data or "",
                by=guard.me(),
                at=clock.now(),
            )
            number = change.other_id
            words = f"{_split(len(change.moved), form.name.data)} {_way_back()}"
            db.session.commit()
            flash(words, "done")
            return redirect(url_for("themes.show", theme_id=number), 303)
    title = _("Split “%(name)s”", name=theme.name)
    back = url_for("themes.edit", theme_id=theme_id)
    return formpage.show(form, title, _("Split"), back, eyebrow=_("Theme"))


@bp.post("/themes/changes/<int:change_id>/undo")
def undo(change_id: int) -> ResponseReturnValue:
    """Take a change back."""
    change = queries.change(db.session, change_id) or guard.not_there()
    number = change.theme_id
    changing.undo(db.session, change, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("It is as it was before."), "done")
    return redirect(url_for("themes.show", theme_id=number), 303)


def _theme_for(theme_id: int) -> Theme:
    return queries.theme(db.session, theme_id) or guard.not_there()


def _described(theme: Theme) -> DescriptionForm:
    form = DescriptionForm(
        name=theme.name,
        definition=theme.definition,
        phrases="\n".join(theme.phrases),
        owner_id=str(theme.owner_id or ""),
    )
    here = {one.id: one.name for one in people.active_people(db.session)}
    if theme.owner:
        here.setdefault(theme.owner.id, theme.owner.name)
    form.owner_id.choices = choices(here.items(), _("Nobody"))
    return form


def _person(number: str) -> Any:
    return people.person(db.session, int(number)) if number else None


def _beside(theme: Theme) -> dict[str, Any]:
    into = queries.theme(db.session, theme.merged_into_id) if theme.merged_into_id else None
    return {"changes": queries.changes(db.session, theme.id), "into": into}


def _merged(n: int, name: str) -> str:
    return str(
        ngettext(
            "It is part of “%(name)s” now, which got %(num)s comment more.",
            "It is part of “%(name)s” now, which got %(num)s comments more.",
            n,
            name=name,
        )
    )


def _way_back() -> str:
    return str(_("It can be undone under “Change, merge or split”."))


def _split(n: int, name: str) -> str:
    return str(
        ngettext(
            "%(num)s comment is about “%(name)s” now.",
            "%(num)s comments are about “%(name)s” now.",
            n,
            name=name,
        )
    )
