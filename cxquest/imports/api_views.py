"""What other programs ask for: they bring feedback, and read how that is done."""

import json
import re
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from cxquest.core import clock
from cxquest.extensions import csrf, db
from cxquest.imports import bodies, calling, keys, openapi
from cxquest.imports.once import Answer, Call
from cxquest.web import problems

VERSION = "1"
ONCE = re.compile(openapi.ONCE)
ALL_BAD = "Nothing of this call can be kept. “errors” says what is wrong with each."

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)  # a token in a header is not sent by a browser of itself


@bp.post("/feedback")
def feedback() -> ResponseReturnValue:
    """Keep the records of a call, and name each that is not kept."""
    secret = current_app.config["SETTINGS"].CXQUEST_SECRET_KEY
    return answered(lambda call: calling.call(db.session, call, secret=secret))


def answered(take: Callable[[Call], Answer]) -> Response:
    """Answer a call: who has no key, or sends no call, is refused; the rest `take` does."""
    at = clock.now()
    key = keys.of_token(db.session, _token(), at=at)
    if key is None:
        asked = {"WWW-Authenticate": 'Bearer realm="CXQuest"'}
        return problems.answer(401, "Send “Authorization: Bearer” with a token in force.", asked)
    once = request.headers.get("Idempotency-Key", "")
    fault = _unfit(once)
    if fault:
        return fault
    request.max_content_length = bodies.MOST_BYTES
    answer = take(Call(key, request.get_data(cache=False), once, at))
    db.session.commit()
    return _said(answer)


@bp.get("/openapi.json")
def description() -> ResponseReturnValue:
    """Say how the API is called, in OpenAPI 3.1."""
    return _json(openapi.description(VERSION))


def _token() -> str:
    given = request.authorization
    bearer = given is not None and given.type == "bearer"
    return (given.token or "") if given and bearer else ""


def _unfit(once: str) -> Response | None:
    """Return what is wrong with the headers of a call, None where they fit."""
    if request.mimetype != "application/json":
        return problems.answer(415, "Send the records as application/json.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return problems.answer(415, "Send the body as it is, not compressed.")
    if "Idempotency-Key" in request.headers and not (
        len(once) <= openapi.MOST_KEY and ONCE.fullmatch(once)
    ):
        return problems.answer(
            400, "An Idempotency-Key has 1 to 200 printable ASCII characters and no spaces."
        )
    return None


def _said(answer: Answer) -> Response:
    if answer.status != 200:
        return problems.answer(answer.status, ALL_BAD, **answer.body)
    said = _json(answer.body)
    if answer.replayed:
        said.headers["Idempotency-Replayed"] = "true"
    return said


def _json(document: object) -> Response:
    return Response(json.dumps(document), mimetype="application/json")
