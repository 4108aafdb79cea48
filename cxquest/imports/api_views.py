"""What other programs ask for: they bring feedback, and read how that is done."""

from flask import Response, current_app
from flask.typing import ResponseReturnValue

from cxquest.extensions import db
from cxquest.imports import calling, openapi
from cxquest.imports.api import as_json, begun, bp, said

VERSION = "1"


@bp.post("/feedback")
def feedback() -> ResponseReturnValue:
    """Keep the records of a call, and name each that is not kept."""
    call = begun()
    if isinstance(call, Response):
        return call
    secret = current_app.config["SETTINGS"].CXQUEST_SECRET_KEY
    answer = calling.call(db.session, call, secret=secret)
    db.session.commit()
    return said(answer)


@bp.get("/openapi.json")
def description() -> ResponseReturnValue:
    """Say how the API is called, in OpenAPI 3.1."""
    return as_json(openapi.description(VERSION))
