"""Signed in by default: every route asks for a person unless it is on the open list."""

import functools
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, make_response, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from cxquest.core import clock
from cxquest.core.db import may_write
from cxquest.core.errors import NotAllowed
from cxquest.core.errors import marked as _
from cxquest.extensions import db, login
from cxquest.people import signing_in
from cxquest.people.models import Person
from cxquest.web import htmx

OPEN = frozenset(
    {
        "people.sign_in",
        "people.forgotten",
        "people.ticket",
        "health.alive",
        "health.ready",
        "api.feedback",  # which asks for a key instead
        "api.readings",
        "api.description",
        "surveys.answer",
        "surveys.answer_once",
        "surveys.thanks",
        "pains.check",
        "pains.check_thanks",
    }
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "sign_in"

P = ParamSpec("P")
R = TypeVar("R")


def init_app(app: Flask) -> None:
    """Put the guard before everything else that looks at a request."""
    login.init_app(app)
    login.request_loader(_person_of)
    app.before_request(_begin)
    app.before_request(_ask)
    app.teardown_request(_end)


def me() -> Person:
    """Return the person who is signed in. Only for views behind the guard."""
    return cast("Person", current_user._get_current_object())


def remember(token: str) -> None:
    """Sign this browser in: nothing of the earlier cookie stays."""
    session.clear()
    session.permanent = True
    session[TOKEN] = token


def forget() -> str:
    """Sign this browser out and return the token that it held."""
    token = session.get(TOKEN, "")
    session.clear()
    return str(token)


def only(may: Callable[[Person], bool]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view through only for persons of whom `may` says yes; others get 403."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if not may(me()):
                raise NotAllowed(_("This page is for other roles than yours."))
            return view(*args, **kwargs)

        return checked

    return wrap


def local(target: str | None) -> str:
    """Return `target` when it is an address on this site, else the home page."""
    if not target or not target.isprintable() or "\\" in target:
        return url_for("desk.home")
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("desk.home")
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return target if inside and not target.startswith("//") else url_for("desk.home")


def _person_of(_: Any) -> Person | None:
    token = session.get(TOKEN)
    return signing_in.person_of(db.session, str(token), clock.now()) if token else None


def _begin() -> None:
    request.environ["cxquest.may_write"] = may_write.set(request.method not in SAFE)


def _end(_: BaseException | None) -> None:
    token = request.environ.pop("cxquest.may_write", None)
    if token is not None:
        may_write.reset(token)


def _ask() -> Response | None:
    if "\x00" in request.path or any("\x00" in value for value in request.args.values()):
        abort(400)
    if request.endpoint is None or request.endpoint in OPEN or current_user.is_authenticated:
        return None
    back = request.full_path.rstrip("?") if request.method in SAFE else None
    url = url_for("people.sign_in", next=back if back != "/" else None)
    if htmx.asked():
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url
        return answer
    return htmx.go(url)


def not_there() -> NoReturn:
    """Answer 404: it is not there, or not visible to this person."""
    abort(404)
