"""The reward rules as everyone reads them. Administrators' pages are in `editor_views`."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.people import queries as people
from cxquest.rewards import documents, policy, rulebook_pages, rulebook_queries, versions
from cxquest.rewards.catalogue import Kind
from cxquest.rewards.constitution import ARTICLES
from cxquest.rewards.life import Stage
from cxquest.rewards.rulebook import DEFAULT, Rulebook
from cxquest.rewards.rulebook_pages import Shown
from cxquest.web import guard

bp = Blueprint("rewards", __name__)
bp.add_app_template_filter(rulebook_pages.say, "say")
bp.add_app_template_filter(rulebook_pages.translated, "translated")
PUBLIC = frozenset({Stage.SCHEDULED, Stage.IN_FORCE, Stage.RETIRED})


@bp.get("/rules")
def rules() -> ResponseReturnValue:
    """Tell the rules in force, and what changes on a day to come."""
    at = clock.now()
    in_force = versions.rulebook_at(db.session, at)
    known = rulebook_pages.shown(db.session, rulebook_queries.counted(db.session), at)
    current = next(one for one in known if one.number == in_force.version)
    page = _page(current, known)
    return render_template("rewards/rules.html", whole=True, coming=_coming(known), **page)


@bp.get("/rules/<int:number>")
def version(number: int) -> ResponseReturnValue:
    """Tell the rules of a version that counted, counts or will count."""
    known = _counted()
    asked = next((one for one in known if one.number == number), None) or guard.not_there()
    page = _page(asked, known)
    return render_template("rewards/rules.html", whole=False, coming=(), **page)


@bp.get("/rules/<int:number>.json")
def document(number: int) -> ResponseReturnValue:
    """Hand out a version that counted, counts or will count, as its document."""
    asked = next((one for one in _counted() if one.number == number), None) or guard.not_there()
    return json_file(documents.document_of(rules_of(asked)), f"rulebook-{number}.json")


@bp.get("/rules/schema.json")
def schema() -> ResponseReturnValue:
    """Hand out the JSON Schema of a rulebook."""
    return json_file(documents.schema(), "rulebook-schema.json")


@bp.get("/rules/events")
def events() -> ResponseReturnValue:
    """List every type of event, what rules may read of it and whom they may pay."""
    return render_template(
        "rewards/events.html", kinds=rulebook_pages.catalogue(), choice=Kind.CHOICE
    )


def json_file(document: dict[str, Any], name: str) -> Response:
    """Answer with a document as a JSON file."""
    return Response(
        rulebook_pages.document_text(document),
        mimetype="application/json",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def rules_of(asked: Shown) -> Rulebook:
    """Return the rulebook of a version as it is shown."""
    return versions.of(asked.row) if asked.row else DEFAULT


def _counted() -> Sequence[Shown]:
    found = rulebook_pages.shown(db.session, rulebook_queries.counted(db.session), clock.now())
    return [one for one in found if one.stage in PUBLIC]


def _page(asked: Shown, known: Sequence[Shown]) -> dict[str, Any]:
    told = rules_of(asked)
    return {
        "asked": asked,
        "known": known,
        "example": rulebook_pages.example(told),
        "constitution": ARTICLES,
        "zone": people.zone(db.session).key,
        "may_write": policy.may_write(guard.me()),
        **rulebook_pages.rules_of(told),
    }


def _coming(known: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return what each version to come changes of the one before it, the next one first."""
    ahead = [one for one in reversed(known) if one.stage is Stage.SCHEDULED]
    ahead.sort(key=lambda one: one.since or clock.now())
    before = versions.rulebook_at(db.session, clock.now())
    found = []
    for one in ahead:
        after = rules_of(one)
        found.append({"version": one, "differences": rulebook_pages.differences(before, after)})
        before = after
    return found
