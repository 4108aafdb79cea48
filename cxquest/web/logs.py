"""Logs: one JSON object a line, each with its request's id, none with a secret."""

import logging
import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from structlog.typing import Processor

PLAIN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
SECRET_PATHS = re.compile(r"^(/ticket/|/c/|/s/[^/]+/)[^/]+")


def configure(level: str) -> None:
    """Send structlog's and the standard library's lines to stderr as JSON."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    """Log one line a request, and give the request's id back as a header."""
    log = structlog.get_logger("cxquest.request")

    @app.before_request
    def _started() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if PLAIN_ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def _answered(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        log.info(
            "request",
            method=request.method,
            path=SECRET_PATHS.sub(r"\1…", request.path),
            status=response.status_code,
            ms=round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())), 1),
        )
        return response
