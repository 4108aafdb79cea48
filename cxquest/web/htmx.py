"""The one typed place that knows of htmx: what a request is, and what an answer may say."""

from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from htmx_flask import Htmx
from werkzeug.wrappers import Response as BaseResponse

htmx = Htmx()


def init_app(app: Flask) -> None:
    """Let requests know whether htmx sent them, and caches that it makes a difference."""
    htmx.init_app(app)

    @app.after_request
    def _vary(response: Response) -> Response:
        response.vary.add("HX-Request")
        return response


def asked() -> bool:
    """Whether htmx sent this request and wants a fragment."""
    return request.headers.get("HX-Request") == "true"


def fragment(template: str, *, event: str = "", **context: Any) -> Response:
    """Answer with one partial; `event` is the named event that other panels listen to."""
    response = make_response(render_template(template, **context))
    if event:
        response.headers["HX-Trigger"] = event
    return response


def refresh() -> Response:
    """Have the whole page loaded anew, once what a panel watched has ended."""
    response = make_response("", 200)
    response.headers["HX-Refresh"] = "true"
    return response


def go(url: str) -> BaseResponse:
    """Send the browser on to `url`, also out of a fragment."""
    if asked():
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, 303)
