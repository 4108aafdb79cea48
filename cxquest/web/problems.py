"""Errors as other programs read them: application/problem+json (RFC 9457), under /api/."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

MIMETYPE = "application/problem+json"
UNDER = "/api/"
DETAILS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is larger than it may be. Send fewer records at a time.",
    500: "Something broke on our side. Nothing was kept; send the same again later.",
}


def asked() -> bool:
    """Whether a program asks, which reads no pages."""
    return request.path.startswith(UNDER)


def answer(
    status: int, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Answer with what is wrong; `more` are the problem's further members."""
    known = HTTPStatus(status)
    problem = {
        "type": "about:blank",
        "title": known.phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, known.description or known.phrase),
        **more,
    }
    body = b"" if request.method == "HEAD" else json.dumps(problem).encode()
    return Response(body, status, dict(headers or {}), mimetype=MIMETYPE)
