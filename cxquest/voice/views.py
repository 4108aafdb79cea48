"""What customers said: the list with its filters, one comment, and adding what was heard."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import BadInput
from cxquest.extensions import db
from cxquest.journey import queries as journey
from cxquest.voice import hearing, marking, masking, policy, queries, reading, searching, theming
from cxquest.voice.forms import HeardForm, TagForm
from cxquest.voice.language import CODES
from cxquest.voice.models import Comment, Rating, Submission, Theme
from cxquest.voice.searching import Asked
from cxquest.web import formpage, guard, htmx, pages
from cxquest.web.download import csv_file
from cxquest.web.errors import flash_refusal
from cxquest.web.forms import choices, stripped

bp = Blueprint("voice", __name__)

MOST_CHOSEN = 100
MOST_SHOWN = 600  # characters of a comment in the list
COLUMNS = (
    "comment", "date", "source", "external_id", "stage", "question", "text",
    "language", "rating", "lowest", "highest", "best", "ratings", "themes", "heard_by",
)  # fmt: skip


@bp.get("/voice")
def index() -> ResponseReturnValue:
    """List comments, newest first, filtered by what the URL says."""
    asked = _asked()
    few = searching.hits(db.session, asked)
    page = pages.stretch(
        lambda most: searching.among(db.session, asked, few, most),
        lambda keys: searching.whole(db.session, keys),
    )
    return render_template(
        "voice/index.html",
        page=page,
        proposed=searching.proposed(db.session, [comment.id for comment in page.items]),
        is_by_day=few is not None or not asked.q,
        asked=asked,
        turn=pages.turner(),
        marked=_marking(asked.q),
        languages=_languages(),
        sources=queries.sources_heard(db.session),
        stages=journey.stages(db.session),
        themes=queries.themes(db.session),
    )


@bp.get("/voice.csv")
def export() -> ResponseReturnValue:
    """Export the same list; contact data in texts is masked, formulas are guarded against."""
    return csv_file("voice.csv", COLUMNS, _rows(_asked()))


@bp.get("/voice/<int:comment_id>")
def show(comment_id: int) -> ResponseReturnValue:
    """Show a comment, its themes, and the whole of the submission that it came in."""
    comment = _comment_for(comment_id)
    return render_template("voice/show.html", **_shown(comment, _tag_form()))


@bp.post("/voice/<int:comment_id>/original")
@guard.only(policy.may_read_original)
def original(comment_id: int) -> ResponseReturnValue:
    """Show a coach, once, the text as it came, contact data and all; it stays on record."""
    comment = _comment_for(comment_id)
    reading.read_original(db.session, comment, by=guard.me(), at=clock.now())
    page = render_template("voice/show.html", **_shown(comment, _tag_form(), unmasked=True))
    db.session.commit()
    return page, {"Cache-Control": "no-store"}


@bp.route("/voice/heard", methods=["GET", "POST"])
def heard() -> ResponseReturnValue:
    """Add what a customer said to the person who is signed in."""
    form = HeardForm()
    form.stage.choices = choices(
        ((stage.id, stage.name) for stage in journey.stages(db.session)), _("Not sure")
    )
    if not form.is_submitted():
        form.on.data = clock.now().date()
    if form.validate_on_submit():
        with formpage.refusing(form):
            submission = hearing.heard(
                db.session,
                form.text.data,
                on=form.on.data or clock.now().date(),
                question=form.question.data or "",
                stage=journey.stage(db.session, int(form.stage.data)) if form.stage.data else None,
                customers=form.customers.data or 1,
                by=guard.me(),
                at=clock.now(),
            )
            place = url_for("voice.show", comment_id=submission.comments[0].id)
            db.session.commit()
            flash(_("Thank you. It stands beside what other customers said."), "done")
            return redirect(place, 303)
    page = render_template("voice/heard.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/voice/choose")
def choose() -> ResponseReturnValue:
    """Go on to a new pain point with the comments that were ticked."""
    ids = _chosen()
    if not ids:
        flash(_("Tick the comments that belong together first."), "problem")
        return redirect(guard.local(request.form.get("next")), 303)
    return redirect(url_for("pains.new", comment=ids), 303)


@bp.post("/voice/tag")
def tag() -> ResponseReturnValue:
    """Tag all comments that were ticked with a theme, known or new."""
    back = redirect(guard.local(request.form.get("next")), 303)
    ids = _chosen()
    if not ids:
        flash(_("Tick the comments that belong together first."), "problem")
        return back
    try:
        theme = _theme_said(request.form.get("theme", ""), stripped(request.form.get("name")))
    except BadInput as refusal:
        flash_refusal(refusal)
        return back
    n = theming.tag(db.session, ids, theme, by=guard.me(), at=clock.now())
    words = _tagged(n, theme.name)
    db.session.commit()
    flash(words, "done")
    return back


@bp.post("/voice/<int:comment_id>/themes")
def add_theme(comment_id: int) -> ResponseReturnValue:
    """Say that a comment is about a theme, known or new."""
    comment = _comment_for(comment_id)
    form = _tag_form()
    if form.validate_on_submit():
        with formpage.refusing(form):
            theme = _theme_said(form.theme.data or "", form.name.data or "")
            theming.tag(db.session, [comment.id], theme, by=guard.me(), at=clock.now())
            db.session.commit()
            return _tags_changed(comment_id)
    if htmx.asked():
        return render_template("voice/_tags.html", comment=comment, **_tagging(comment, form)), 422
    return render_template("voice/show.html", **_shown(comment, form)), 422


@bp.post("/voice/<int:comment_id>/themes/<int:theme_id>/drop")
def drop_theme(comment_id: int, theme_id: int) -> ResponseReturnValue:
    """Say that a comment is not about a theme after all."""
    comment, theme = _comment_for(comment_id), _theme_for(theme_id)
    theming.untag(db.session, [comment.id], theme, by=guard.me(), at=clock.now())
    db.session.commit()
    return _tags_changed(comment_id)


def _tagged(n: int, theme: str) -> str:
    if not n:
        return str(_("They were about “%(theme)s” already.", theme=theme))
    return str(
        ngettext(
            "%(num)s comment is now about “%(theme)s”.",
            "%(num)s comments are now about “%(theme)s”.",
            n,
            theme=theme,
        )
    )


def _tags_changed(comment_id: int) -> ResponseReturnValue:
    if not htmx.asked():
        return redirect(url_for("voice.show", comment_id=comment_id), 303)
    comment = _comment_for(comment_id)
    fresh = TagForm(formdata=None)
    return htmx.fragment("voice/_tags.html", comment=comment, **_tagging(comment, fresh))


def _shown(comment: Comment, form: TagForm, *, unmasked: bool = False) -> dict[str, Any]:
    """Return what a comment's page shows; only a coach who asked for it sees the original."""
    seen = str if unmasked else masking.masked
    submission = comment.submission
    return {
        "comment": comment,
        "words": seen(comment.text),
        "unmasked": unmasked,
        "masked": masking.holds(comment.text) or any(map(masking.holds, _cells(submission))),
        "seen_id": str if unmasked else masking.id_masked,
        "cells": [(name, seen(str(cell))) for name, cell in submission.original.items()],
        "versions": reading.versions(db.session, submission),
        "repeats": reading.repeats(db.session, submission),
        "may_read_original": policy.may_read_original(guard.me()),
        **_tagging(comment, form),
    }


def _cells(submission: Submission) -> Iterator[str]:
    yield submission.external_id if "@" in submission.external_id else ""
    yield from (str(cell) for cell in submission.original.values())


def _marking(q: str) -> Callable[[str], list[tuple[str, bool]]]:
    return lambda text: marking.marked(marking.excerpt(text, q, MOST_SHOWN), q)


def _languages() -> list[tuple[str, str]]:
    """Return the languages that are told apart, by their names in the reader's language."""
    names = get_locale().languages
    return sorted(((code, names[code]) for code in CODES), key=lambda pair: pair[1])


def _tagging(comment: Comment, form: TagForm) -> dict[str, Any]:
    """Return the form with the themes that the comment does not have, and what is proposed."""
    has = {theme.id for theme in comment.themes}
    others = [theme for theme in queries.themes(db.session) if theme.id not in has]
    form.theme.choices = choices(((theme.id, theme.name) for theme in others), _("Choose"))
    return {"tag_form": form, "proposed": queries.proposed(db.session, comment.id)}


def _tag_form() -> TagForm:
    form = TagForm()
    known = ((theme.id, theme.name) for theme in queries.themes(db.session))
    form.theme.choices = choices(known, _("Choose"))
    return form


def _theme_said(theme_id: str, name: str) -> Theme:
    """Return the theme that was chosen, or named; a new name makes a new theme."""
    known = queries.theme(db.session, int(theme_id)) if _is_id(theme_id) else None
    if known and known.merged_into_id:
        raise BadInput(
            _("“%(name)s” is part of another theme now. Choose that one."),
            field="theme",
            name=known.name,
        )
    if known is None and name:
        known = queries.theme_named(db.session, name)
        known = known or theming.add(db.session, name, by=guard.me(), at=clock.now())
    if known is None:
        raise BadInput(_("Choose a theme, or write the name of a new one."), field="theme")
    return known


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def _comment_for(comment_id: int) -> Comment:
    return queries.comment(db.session, comment_id) or guard.not_there()


def _theme_for(theme_id: int) -> Theme:
    return queries.theme(db.session, theme_id) or guard.not_there()


def _chosen() -> list[int]:
    ids = [value for value in request.form.getlist("comment") if _is_id(value)]
    return [int(value) for value in ids][:MOST_CHOSEN]


def _asked() -> Asked:
    """Read the filters in the URL; one that makes no sense is as if it were not there."""
    theme = request.args.get("theme", "")
    return Asked(
        q=stripped(request.args.get("q"))[:200],
        source=pages.id_in("source"),
        stage=pages.id_in("stage"),
        theme=theme if theme in searching.WITHOUT else pages.id_in("theme"),
        rating=request.args.get("rating", ""),
        language=request.args.get("language", ""),
        proposed=request.args.get("proposed") == "yes",
        since=_day("from"),
        until=_day("to"),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _rows(asked: Asked) -> Iterator[tuple[object, ...]]:
    for comment in searching.every(db.session, asked):
        submission = comment.submission
        rating = submission.ratings[0] if submission.ratings else None
        yield (
            comment.id,
            submission.collected_on,
            submission.source.name,
            masking.id_masked(submission.external_id),
            submission.stage.name if submission.stage else "",
            comment.asked,
            comment.shown,
            comment.language,
            rating.raw if rating else "",
            _plain(rating.low) if rating else "",
            _plain(rating.high) if rating else "",
            ("highest" if rating.best_is_high else "lowest") if rating else "",
            "; ".join(map(_rated, submission.ratings)),
            "; ".join(theme.name for theme in comment.themes),
            submission.heard_by.name if submission.heard_by else "",
        )


def _rated(rating: Rating) -> str:
    """Return a rating with its question and its scale: "Overall: 9 (0-10)"."""
    said = f"{masking.masked(rating.raw)} ({_plain(rating.low)}-{_plain(rating.high)})"
    return f"{masking.masked(rating.question)}: {said}" if rating.question else said


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
