"""Pages of a source: its exact repeats, and the versions of its mapping."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.imports import queries, repeats
from cxquest.imports.forms import ORDERS, ROLES
from cxquest.imports.views import administrators, bp
from cxquest.voice.models import Source
from cxquest.web import guard, pages
from cxquest.web.filters import number


@bp.get("/admin/imports/sources/<int:source_id>/repeats", endpoint="repeats")
@administrators
def show_repeats(source_id: int) -> ResponseReturnValue:
    """Show the answers of a source that say exactly the same."""
    source = _source_for(source_id)
    page = pages.page_of(repeats.firsts(source.id))
    times, merged = repeats.counted(db.session, source.id)
    return render_template(
        "imports/repeats.html",
        source=source,
        page=page,
        rows=repeats.shown(db.session, source.id, page.items),
        turn=pages.turner(),
        has_days=any(one.collected_on for one in page.items),
        times=times,
        merged=merged,
    )


@bp.post("/admin/imports/sources/<int:source_id>/repeats/merge")
@administrators
def merge_repeats(source_id: int) -> ResponseReturnValue:
    """Let repeats count once: those of one content, or all."""
    source = _source_for(source_id)
    done = repeats.merge(db.session, source, _content(), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("%(n)s repeats count no more. Nothing is deleted.", n=number(done)), "done")
    return _back(source_id)


@bp.post("/admin/imports/sources/<int:source_id>/repeats/part")
@administrators
def part_repeats(source_id: int) -> ResponseReturnValue:
    """Let repeats count each for itself again."""
    source = _source_for(source_id)
    done = repeats.part(db.session, source, _content(), by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("%(n)s answers count each for itself again.", n=number(done)), "done")
    return _back(source_id)


@bp.get("/admin/imports/sources/<int:source_id>/mappings")
@administrators
def mappings(source_id: int) -> ResponseReturnValue:
    """Show the versions of what the columns of a source's files are."""
    source = _source_for(source_id)
    page = pages.page_of(queries.mappings(source.id), per_page=10)
    return render_template(
        "imports/mappings.html",
        source=source,
        page=page,
        turn=pages.turner(),
        roles=dict(ROLES),
        orders=ORDERS,
    )


def _source_for(source_id: int) -> Source:
    return queries.source(db.session, source_id) or guard.not_there()


def _content() -> str:
    """Return the content that the form is about; all of them where it names none."""
    return request.form.get("content", "")[:64]


def _back(source_id: int) -> ResponseReturnValue:
    page = request.form.get("page", type=int)
    return redirect(url_for("imports.repeats", source_id=source_id, page=page), 303)
