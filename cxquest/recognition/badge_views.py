"""Badges: what the seven are for, a person's own, one with its proof, and its copy as a file."""

import json
import secrets
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _m
from cxquest.extensions import db
from cxquest.recognition import badges, policy, queries
from cxquest.recognition.credential import Achievement, Issuer, Proof, credential
from cxquest.recognition.models import Badge
from cxquest.recognition.views import base_url, bp
from cxquest.web import guard, nav, pages
from cxquest.web.labels import label


@bp.get("/badges")
def badge_kinds() -> ResponseReturnValue:
    """Say what the seven badges are for, and how each is earned."""
    return render_template("recognition/kinds.html", meanings=badges.MEANINGS)


@bp.get("/me/badges")
def my_badges() -> ResponseReturnValue:
    """Show a person's own badges."""
    page = pages.page_of(queries.badges_of(guard.me()))
    return render_template(
        "recognition/my_badges.html", page=page, badges=page.items, turn=pages.turner()
    )


@bp.get("/badges/<int:badge_id>")
def badge(badge_id: int) -> ResponseReturnValue:
    """Show what a badge says, and what it rests on."""
    found = _badge_for(badge_id)
    return render_template(
        "recognition/badge.html",
        badge=found,
        meaning=badges.MEANINGS[found.kind],
        may_take_out=policy.may_take_out(guard.me(), found),
    )


@bp.get("/badges/<int:badge_id>.json")
def badge_file(badge_id: int) -> ResponseReturnValue:
    """Give its holder a copy of a badge as an Open Badges 3.0 file."""
    found = _badge_for(badge_id)
    if not policy.may_take_out(guard.me(), found):
        raise NotAllowed(_m("Only its holder takes a badge out."))
    known = nav.organisation()
    made = credential(
        url=_outside("badge", badge_id=found.id),
        issuer=Issuer(known.name if known else "", base_url()),
        achievement=_achievement(found),
        email=found.person.email,
        salt=secrets.token_hex(16),
        earned_at=found.earned_at,
        proof=_proof(found),
    )
    return Response(
        json.dumps(made, ensure_ascii=False, indent=2) + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="badge-{found.id}.json"'},
    )


def _badge_for(badge_id: int) -> Badge:
    return queries.badge(db.session, badge_id) or guard.not_there()


def _achievement(found: Badge) -> Achievement:
    meaning = badges.MEANINGS[found.kind]
    return Achievement(
        url=_outside("badge_kinds", _anchor=found.kind.value),
        name=label(f"badge_{found.kind}"),
        description=_(meaning.says),
        criteria=_(meaning.criteria),
    )


def _proof(found: Badge) -> Proof | None:
    if found.quest is None:
        return None
    return Proof(
        url=base_url() + url_for("quests.show", quest_id=found.quest.id),
        name=found.quest.title,
        narrative=_(
            "%(says)s Recorded on %(day)s under version %(version)s of the reward rules.",
            says=_(badges.MEANINGS[found.kind].says),
            day=found.earned_at.date().isoformat(),
            version=found.rulebook_version,
        ),
    )


def _outside(endpoint: str, **values: Any) -> str:
    """Return the address of a page of this room as the world outside writes it."""
    return base_url() + url_for(f"recognition.{endpoint}", **values)
