"""The same security headers on every answer: pages, fragments, files and errors."""

from collections.abc import Callable, Iterable
from typing import Any

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
STAY_ON_HTTPS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class SecurityHeaders:
    """WSGI middleware that adds the headers, outermost so that nothing escapes them."""

    def __init__(self, app: App, *, https: bool) -> None:
        self.app = app
        self.headers = [*HEADERS, STAY_ON_HTTPS] if https else HEADERS

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def with_headers(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = any(name.lower() == "cache-control" for name, _ in headers)
            fresh = [] if kept else [("Cache-Control", "no-store")]
            return start(status, [*headers, *fresh, *self.headers], *rest)

        return self.app(environ, with_headers)
