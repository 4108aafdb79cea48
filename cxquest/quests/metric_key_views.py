"""Keys with which other programs bring the readings of a metric."""

import json

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.extensions import db
from cxquest.imports import keys as api_keys
from cxquest.imports.models import ApiKey
from cxquest.measures import keys
from cxquest.measures.models import Metric
from cxquest.people import queries as people
from cxquest.quests import policy
from cxquest.quests.metric_forms import KeyForm
from cxquest.quests.series_views import series_for
from cxquest.quests.views import bp
from cxquest.web import formpage, guard, pages


@bp.route("/metrics/<int:metric_id>/keys", methods=["GET", "POST"])
def metric_keys(metric_id: int) -> ResponseReturnValue:
    """List the keys of a metric and make one; its token stands on that one answer only."""
    _quest, metric = series_for(metric_id, policy.may_hold_keys)
    form = KeyForm()
    if form.validate_on_submit():
        with formpage.refusing(form):
            made, token = keys.make(
                db.session, metric, form.name.data, by=guard.me(), at=clock.now()
            )
            db.session.commit()
            return _page(metric, KeyForm(formdata=None), made, token)
    return _page(metric, form), 422 if form.is_submitted() else 200


@bp.post("/metrics/<int:metric_id>/keys/<int:metric_key_id>/revoke")
def revoke_metric_key(metric_id: int, metric_key_id: int) -> ResponseReturnValue:
    """End a key: what holds it is refused from here on."""
    _quest, metric = series_for(metric_id, policy.may_hold_keys)
    key = keys.key(db.session, metric.id, metric_key_id) or guard.not_there()
    api_keys.revoke(db.session, key, by=guard.me(), at=clock.now())
    db.session.commit()
    flash(_("“%(name)s” is revoked. Calls with it are refused from now on.", name=key.name), "done")
    return redirect(url_for("quests.metric_keys", metric_id=metric.id), 303)


def _page(metric: Metric, form: KeyForm, made: ApiKey | None = None, token: str = "") -> str:
    return render_template(
        "quests/metric_keys.html",
        metric=metric,
        form=form,
        page=pages.page_of(keys.listed(metric.id)),
        turn=pages.turner(),
        made=made,
        token=token,
        example=_example(metric, token),
    )


def _example(metric: Metric, token: str) -> str:
    """Return a call of this installation, as one types it into a shell."""
    address = current_app.config["SETTINGS"].base_url
    figure = {"count": 95, "n": 100} if metric.is_counted else {"value": 4.2}
    today = people.today(db.session, clock.now()).isoformat()
    body = {"readings": [{"period": today, **figure}]}
    lines = (
        f"curl {address}{url_for('api.readings', metric_id=metric.id)}",
        f"  -H 'Authorization: Bearer {token or api_keys.MARK + '…'}'",
        "  -H 'Content-Type: application/json'",
        f"  -H 'Idempotency-Key: {today}-1'",
        f"  -d '{json.dumps(body)}'",
    )
    return " \\\n".join(lines)
