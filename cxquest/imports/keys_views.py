"""Pages about keys of the API: who holds one, a new one, an end to one."""

import json

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.imports import keys, keys_queries, policy
from cxquest.imports.keys_forms import KeyForm
from cxquest.imports.models import ApiKey
from cxquest.imports.views import bp
from cxquest.voice import queries as voice
from cxquest.web import formpage, guard, pages

administrators = guard.only(policy.may_import)
EXAMPLE = {
    "records": [
        {
            "external_id": "case-4711",
            "collected_on": "2026-03-31",
            "comments": [{"question": "What happened?", "text": "They came a week late."}],
            "ratings": [{"value": 2, "low": 1, "high": 5, "best": "high"}],
        }
    ]
}


@bp.route("/admin/api", methods=["GET", "POST"])
@administrators
def api_keys() -> ResponseReturnValue:
    """List keys and make one; its token stands on that one answer and nowhere else."""
    form = KeyForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            made, token = keys.make(
                db.session, form.name.data, form.source.data, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            return _page(KeyForm(formdata=None), made=made, token=token)
    return _page(form), 422 if form.is_submitted() else 200


@bp.post("/admin/api/<int:key_id>/revoke")
@administrators
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End a key: what holds it is refused from here on."""
    key = _key_for(key_id)
    keys.revoke(db.session, key, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("“%(name)s” is revoked. Calls with it are refused from now on.", name=key.name), "done")
    return redirect(url_for("imports.api_keys"), 303)


def _key_for(key_id: int) -> ApiKey:
    return keys_queries.key(db.session, key_id) or guard.not_there()


def _page(form: KeyForm, *, made: ApiKey | None = None, token: str = "") -> str:
    return render_template(
        "imports/keys.html",
        form=form,
        page=pages.page_of(keys_queries.keys()),
        turn=pages.turner(),
        sources=voice.sources(db.session),
        made=made,
        token=token,
        example=_example(token),
    )


def _example(token: str) -> str:
    """Return a call of this installation, as one types it into a shell."""
    address = current_app.config["SETTINGS"].base_url
    lines = (
        f"curl {address}{url_for('api.feedback')}",
        f"  -H 'Authorization: Bearer {token or keys.MARK + '…'}'",
        "  -H 'Content-Type: application/json'",
        "  -H 'Idempotency-Key: 2026-03-31-1'",
        f"  -d '{json.dumps(EXAMPLE, indent=2)}'",
    )
    return " \\\n".join(lines)
