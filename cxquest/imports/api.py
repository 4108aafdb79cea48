"""The API as programs call it: its blueprint, and how a call is answered."""

import json
import re

from flask import Blueprint, Response, request

from cxquest.core import clock
from cxquest.extensions import csrf, db
from cxquest.imports import bodies, keys, openapi
from cxquest.imports.once import Answer, Call
from cxquest.web import problems

ONCE = re.compile(openapi.ONCE)
ALL_BAD = "Nothing of this call can be kept. “errors” says what is wrong with each."

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)  # a token in a header is not sent by a browser of itself


def begun() -> Call | Response:
    """Return the call that came; what it is refused with where it holds no key, or is no call."""
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
    return Call(key, request.get_data(cache=False), once, at)


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


def said(answer: Answer) -> Response:
    """Say what a call came to."""
    if answer.status != 200:
        return problems.answer(answer.status, ALL_BAD, **answer.body)
    said = as_json(answer.body)
    if answer.replayed:
        said.headers["Idempotency-Replayed"] = "true"
    return said


def as_json(document: object) -> Response:
    """Answer with a document."""
    return Response(json.dumps(document), mimetype="application/json")
