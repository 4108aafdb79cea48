"""What templates say numbers, days and texts with."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import nh3
from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
)
from markdown_it import MarkdownIt
from markupsafe import Markup

from cxquest.core import clock
from cxquest.web import labels, pages

LONGEST = 20  # digits; a longer number is nobody's to read
TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr"}
markdown_it = MarkdownIt("js-default", {"html": False, "linkify": False})
# Assigning its method is markdown-it's own, documented way of refusing links.
markdown_it.validateLink = lambda url: url.startswith("https://")  # type: ignore[method-assign]


def markdown(text: str) -> Markup:
    """Return Markdown as HTML with a short list of harmless tags."""
    html = markdown_it.render(text)
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https"})
    return Markup(clean)  # noqa: S704 — it has just been cleaned


def day(value: date | datetime | None, how: str = "d MMM y") -> str:
    """Return a day in the reader's language; an instant is first taken to the reader's zone."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return str(format_datetime(value, "d MMM y" if how == "medium" else how))
    return str(format_date(value, how))


def moment(value: datetime | None) -> str:
    """Return an instant in the reader's language and zone, to the minute."""
    return "–" if value is None else str(format_datetime(value, "d MMM y, HH:mm"))


def ago(value: datetime | None) -> str:
    """Return how long ago an instant was, roughly and in words."""
    if value is None:
        return "–"
    return str(format_timedelta(value - clock.now(), add_direction=True))


def number(value: Any, places: int = 2) -> str:
    """Return a number in the reader's language, with no more than `places` decimals."""
    if value is None:
        return "–"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    figure = Decimal(value)
    if figure.adjusted() > LONGEST:
        return f"{figure:.3E}"
    return str(format_decimal(round(figure, places)))


def percent(value: Any) -> str:
    """Return a part of 1 as a whole percentage, in the reader's language."""
    return str(format_percent(round(float(value), 2)))


def init_app(app: Flask) -> None:
    """Give every template the filters."""
    app.jinja_env.filters.update(
        markdown=markdown,
        day=day,
        moment=moment,
        ago=ago,
        number=number,
        percent=percent,
        label=labels.label,
        tone=labels.tone,
        deed=labels.deed,
    )
    app.jinja_env.globals.update(get_locale=get_locale, filters=pages.filters)
