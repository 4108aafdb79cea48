"""A control chart as a picture that stands by itself on a slide: an SVG document, and a PNG."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from unicodedata import east_asian_width

import resvg_py
from flask import render_template
from flask_babel import get_locale, gettext

from cxquest.config import PROJECT
from cxquest.web.charts import ControlChart, Entry

FONTS = [str(PROJECT / "static" / "fonts" / f"figtree-{weight}.ttf") for weight in (400, 600)]
FAMILY = "Figtree, Segoe UI, Helvetica Neue, Arial, sans-serif"
WIDTH, EDGE = 1280, 28  # units
SCALE = (WIDTH - 2 * EDGE) / 720  # from the wide drawing's units to the picture's
SIGN = 1.25  # from the units of a legend's sign to the picture's
INK, SOFT, LINE, STRONG = "#132026", "#4b595f", "#e1ded6", "#758387"
ACCENT, PAIN, PROVEN, ERROR = "#005d67", "#c63c08", "#116836", "#a1143e"
HALO = {
    "font-weight": "600",
    "stroke": "#ffffff",
    "stroke-width": "4",
    "stroke-linejoin": "round",
    "paint-order": "stroke",
}
# The light colours of static/css/tokens.css as attributes: nothing else is understood by all
# programs for slides, and a page's content security policy refuses a style element.
PARTS: dict[str, dict[str, str]] = {
    "band": {"fill": "#f1f2f2"},
    "grid": {"stroke": LINE},
    "floor": {"stroke": STRONG},
    "tick": {"fill": SOFT},
    "limit": {"fill": "none", "stroke": STRONG, "stroke-width": "1.2", "stroke-dasharray": "3 3"},
    "mean": {"fill": "none", "stroke": SOFT, "stroke-width": "1.5"},
    "readout_limit": {"fill": SOFT},
    "readout_mean": {"fill": SOFT, "font-weight": "600"},
    "target": {"stroke": ACCENT, "stroke-width": "1.5", "stroke-dasharray": "7 5"},
    "target_label": {"fill": ACCENT, **HALO},
    "red": {"stroke": ERROR, "stroke-width": "1.5", "stroke-dasharray": "12 3 2 3"},
    "red_label": {"fill": ERROR, **HALO},
    "moment": {"stroke": INK, "stroke-dasharray": "1 3", "stroke-linecap": "round"},
    "moment_label": {"fill": INK, **HALO},
    "value": {"fill": "none", "stroke": ACCENT, "stroke-width": "2", "stroke-linejoin": "round"},
    "common": {"fill": "#ffffff", "stroke": ACCENT, "stroke-width": "2"},
    "improvement": {"fill": PROVEN, "stroke": "#ffffff"},
    "concern": {"fill": PAIN, "stroke": "#ffffff"},
    "neutral": {"fill": INK, "stroke": "#ffffff"},
}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What the fonts beside us have no shapes for; the system's are looked through, which takes longer.
FOREIGN = re.compile("[^\x00-\u017f\u0218-\u021b\u02c6\u02da\u2010-\u2026\u2039\u203a€™↑↓−]")


@dataclass(frozen=True)
class Line:
    """A line of words; `y` is its baseline."""

    x: float
    y: float
    words: str
    size: float
    weight: int
    fill: str


@dataclass(frozen=True)
class Mark:
    """A sign of the legend."""

    x: float
    y: float
    name: str
    scale: float = SIGN


@dataclass(frozen=True)
class Place:
    """Where the drawing stands, and how large its words are, in its own units."""

    y: float
    x: float = EDGE
    scale: float = round(SCALE, 4)
    size: float = 11.5


@dataclass
class Sheet:
    """What was put on the picture, from its top down to `y`."""

    y: float = EDGE
    lines: list[Line] = field(default_factory=list)
    signs: list[Mark] = field(default_factory=list)

    def write(self, words: str, size: float, weight: int = 400, fill: str = INK) -> None:
        """Put words below what is there, on as many lines as they need."""
        for line in wrapped(words, size, WIDTH - 2 * EDGE):
            self.lines.append(Line(EDGE, round(self.y + size, 1), line, size, weight, fill))
            self.y += size * 1.35

    def legend(self, entries: Sequence[Entry]) -> None:
        """Put signs with their words beside each other, on as many lines as they need."""
        x: float = EDGE
        for entry in entries:
            words, beside = gettext(entry.words), entry.width * SIGN + 8
            room = beside + width_of(words, 18) + 28
            if x > EDGE and x + room > WIDTH - EDGE:
                x, self.y = EDGE, self.y + 30
            self.signs.append(Mark(x, self.y, entry.sign))
            self.lines.append(Line(x + beside, round(self.y + 16, 1), words, 18, 400, INK))
            x = round(x + room, 1)
        self.y += 34


def svg(chart: ControlChart, *, title: str, description: str, rule_set: str, unit: str = "") -> str:
    """Return the chart as an SVG document with its title, legend and rule set in the picture."""
    sheet = Sheet()
    sheet.write(title, 30, 600)
    if unit:
        sheet.write(unit, 20, fill=SOFT)
    place = Place(y=round(sheet.y + 8, 1))
    sheet.y = place.y + chart.wide.frame.height * SCALE + 16
    sheet.legend(chart.legend)
    for n, words in enumerate(chart.moments, start=1):
        sheet.write(f"{n}. {words}", 18)
    sheet.y += 8
    sheet.write(description, 18)
    sheet.write(rule_set, 15, fill=SOFT)
    text = render_template(
        "charts/picture.svg",
        chart=chart,
        title=title,
        description=description,
        width=WIDTH,
        height=round(sheet.y + EDGE),
        language=str(get_locale() or "en").replace("_", "-"),
        family=FAMILY,
        ink=PARTS,
        place=place,
        lines=sheet.lines,
        signs=sheet.signs,
    )
    return NOT_XML.sub("", text)


def png(svg: str, width: int = 1600) -> bytes:
    """Return the picture in `width` pixels; needs no fonts but our own for Latin letters."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        background="#ffffff",
        font_files=FONTS,
        font_family="Figtree",
        sans_serif_family="Figtree",
        skip_system_fonts=not FOREIGN.search(svg),
    )


def width_of(words: str, size: float) -> float:
    """Return the width of words in Figtree, a little more rather than less."""
    return size * sum(1.0 if east_asian_width(sign) in "WF" else 0.5 for sign in words)


def wrapped(words: str, size: float, room: float) -> Iterator[str]:
    """Yield the words in lines that fit; a word longer than a line is cut."""
    fits = partial(_fits, size=size, room=room)
    line = ""
    for word in words.split():
        if fits(f"{line} {word}".strip()):
            line = f"{line} {word}".strip()
            continue
        if line:
            yield line
        *full, line = [word] if fits(word) else _cut(word, int(room / size))
        yield from full
    if line:
        yield line


def _fits(words: str, *, size: float, room: float) -> bool:
    return width_of(words, size) <= room


def _cut(word: str, most: int) -> list[str]:
    """A word in pieces of at most so many letters, however wide they are."""
    return [word[i : i + most] for i in range(0, len(word), most)]
