"""Error answers in the product's own house: what happened, what was kept, what to do."""

from collections.abc import Iterable
from datetime import date
from enum import Enum

from flask import Flask, current_app, flash, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from cxquest.core.errors import Missing, Refusal
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.web import htmx, problems
from cxquest.web.filters import day
from cxquest.web.labels import label

RACE = _(
    "Someone else just changed this. Nothing of yours was saved; load the page and look again."
)
BUSY = _("A longer piece of work is being saved. Nothing of yours was lost by us; send it again.")
KNOWN = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 503})


def init_app(app: Flask) -> None:
    """Answer refusals, lost races and everything unexpected with a page or a fragment."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StaleDataError, _raced)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def said(refusal: Refusal) -> str:
    """Return a refusal's sentence in the reader's language."""
    return str(gettext(refusal.text, **{n: _shown(v) for n, v in refusal.values.items()}))


def _shown(value: object) -> object:
    """Return a value of a refusal as a page writes it: words for kinds, days in the language."""
    if isinstance(value, Enum):
        return label(value)
    return day(value) if isinstance(value, date) else value


def _refused(refusal: Refusal) -> Response:
    db.session.rollback()
    return _answer(refusal.status, said(refusal), refusal)


def _raced(_: StaleDataError) -> Response:
    db.session.rollback()
    return _answer(409, gettext(RACE))


def _conflict(error: IntegrityError) -> Response:
    """Two people did the same at once: the database's unique key let one of them through."""
    db.session.rollback()
    state = getattr(error.orig, "sqlstate", None)
    if state == "23505" or "UNIQUE constraint failed" in str(error.orig):
        return _answer(409, gettext(RACE))
    raise error


def _busy(error: OperationalError) -> Response:
    """A longer piece of work holds the database: nothing is wrong, it only takes a moment."""
    db.session.rollback()
    if not any(word in str(error.orig) for word in ("locked", "busy", "deadlock")):
        raise error
    answer = _answer(503, gettext(BUSY))
    answer.headers["Retry-After"] = "5"
    return answer


def _no_token(_: CSRFError) -> Response:
    return _answer(
        400, gettext("This form is from an earlier sign-in. Go back, load the page, send it again.")
    )


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    answer = _answer(error.code, "")
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _broken(error: Exception) -> Response:
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.exception("request failed")
    db.session.rollback()
    return _answer(500, "")


def flash_refusal(refusal: Refusal) -> None:
    """Say a refusal at the top of the next page, for steps that people repeat at once."""
    flash(said(refusal), "problem")


def missing_items(missing: Iterable[Missing], page: str) -> list[dict[str, object]]:
    """Return a checklist's lines for the template, each linked to its place on `page`."""
    return [
        {
            "done": item.done,
            "text": _worded(item),
            "who": gettext(item.who),
            "url": f"{page}#{item.anchor}",
        }
        for item in missing
    ]


def _worded(item: Missing) -> str:
    text = str(gettext(item.text))
    return f"{text}: {item.detail}" if item.detail and not item.done else text


def _items(refusal: Refusal | None) -> list[dict[str, object]]:
    return missing_items(refusal.missing if refusal else (), g.get("subject_url", ""))


def _answer(status: int, text: str, refusal: Refusal | None = None) -> Response:
    if problems.asked():
        return problems.answer(status, text)
    page = status if status in KNOWN or status == 500 else 400
    name = "errors/_refusal.html" if htmx.asked() else "errors/page.html"
    body = render_template(
        name, status=page, text=text, missing=_items(refusal), back=g.get("subject_url", "")
    )
    answer = make_response(body, status)
    if htmx.asked():
        answer.headers["HX-Retarget"] = "#notices"
        answer.headers["HX-Reswap"] = "innerHTML"
    if request.method == "HEAD":
        answer.set_data(b"")
    return answer
