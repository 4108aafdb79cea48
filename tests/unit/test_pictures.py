"""A control chart on a page and as a picture that stands by itself."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO

import pytest
from flask import Flask, render_template_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from cxquest.web import pictures
from cxquest.web.charts import Change, ControlChart, ControlPoint, control_chart

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert(1)</script> \"x\" & 'y' \x00\x0b\ud800\ufffe ]]> {{ 7*7 }}"
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
TALL = 40  # points of the largest letters


def chart_of(n: int = 24, label: str = "{} May 2026", words: str = "Checklist") -> ControlChart:
    """A chart with everything on it."""
    kinds = ("common", "improvement", "concern", "neutral")
    points = [
        ControlPoint(label.format(i), 100 + i % 7 * 3.25, 104.5, 90.25, 118.75, kinds[i % 4], words)
        for i in range(n)
    ]
    changes = [Change(n // 2, words), Change(n // 2 + 1, words)]
    return control_chart(points, baseline=(0, n // 2), target=95, red=117, changes=changes)


def picture(chart: ControlChart, title: str = "Hand-over time", unit: str = "hours") -> str:
    """Return a picture with ordinary words around it."""
    return pictures.svg(
        chart,
        title=title,
        description="What is to be seen.",
        rule_set="XmR, rules 1 to 4.",
        unit=unit,
    )


def on_page(chart: ControlChart, **how: str) -> str:
    """Return the chart as a page shows it."""
    source = (
        '{% from "ui/charts.html" import control_chart %}'
        "{{ control_chart(chart, title, says, rules, **how) }}"
    )
    return render_template_string(
        source, chart=chart, title="Hand-over time", says="It fell.", rules="XmR.", how=how
    )


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_picture_says_what_it_shows() -> None:
    said = texts(picture(chart_of()))
    for words in ("Hand-over time", "hours", "What is to be seen.", "XmR, rules 1 to 4."):
        assert words in said
    for words in ("Mean", "Frozen baseline", "Special point: improvement", "Red limit 117"):
        assert words in said


def test_the_picture_needs_nothing_from_elsewhere() -> None:
    svg = picture(chart_of())
    for node in ET.fromstring(svg).iter():
        assert node.tag.removeprefix(SVG) in {
            "svg",
            "g",
            "title",
            "desc",
            "rect",
            "path",
            "circle",
            "text",
        }
        assert not {"class", "style", "href", "data-places"} & set(node.attrib)


def test_hostile_words_are_only_words() -> None:
    svg = pictures.svg(
        chart_of(label=NASTY.replace("{", "(") + "{}", words=NASTY),
        title=NASTY,
        description=NASTY,
        rule_set=NASTY,
        unit=NASTY,
    )
    assert ET.fromstring(svg).find(f".//{SVG}script") is None
    assert any("<script>alert(1)</script>" in said for said in texts(svg))
    assert pictures.png(svg, width=400).startswith(b"\x89PNG")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(ANY_TEXT, ANY_TEXT)
def test_any_words_make_a_document(title: str, unit: str) -> None:
    ET.fromstring(picture(chart_of(8), title, unit))


def test_long_words_are_wrapped_and_the_picture_grows() -> None:
    short, long = (ET.fromstring(picture(chart_of(), title)) for title in ("Time", "Time " * 60))
    assert float(long.attrib["height"]) > float(short.attrib["height"])
    parts = list(pictures.wrapped("x" * 200, 30, 1224))
    assert len(parts) > 1
    assert "".join(parts) == "x" * 200


def test_everything_on_the_picture_lies_on_it() -> None:
    root = ET.fromstring(picture(chart_of(60)))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for node in root.findall(f"{SVG}text"):
        x, y, size = (float(node.attrib[name]) for name in ("x", "y", "font-size"))
        assert x >= 0
        assert y <= height
        assert x + pictures.width_of(node.text or "", size) * 0.95 <= width


def pixels(svg: str) -> Image.Image:
    return Image.open(BytesIO(pictures.png(svg))).convert("RGB")


def test_the_words_are_in_the_png_without_any_font_of_the_system() -> None:
    svg = picture(chart_of())
    assert not pictures.FOREIGN.search(svg), "the system's fonts are left out"
    shown = pixels(svg)
    assert shown.width == 1600
    for words in ("Hand-over time", "Frozen baseline", "XmR, rules 1 to 4.", "Red limit 117"):
        box = ImageChops.difference(shown, pixels(svg.replace(f">{words}<", "><"))).getbbox()
        assert box, words
        assert box[2] - box[0] > 7 * len(words), words
        assert box[3] - box[1] < TALL


def test_accents_are_drawn_by_our_own_font_and_bold_is_bold() -> None:
    root = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 20">'
    one, family = root + '<text y="16" {}>{}</text></svg>', 'font-family="Figtree"'
    letters = [pixels(one.format(family, sign)).tobytes() for sign in "zžßłőș€−"]
    assert len(set(letters)) == len(letters)
    assert pixels(one.format(f'{family} font-weight="600"', "z")).tobytes() != letters[0]


class Parsed(HTMLParser):
    """Which elements begin, with what attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element that has one of this name."""
        return [attributes for _tag, attributes in self.found if name in attributes]


def test_the_page_shows_the_chart_its_rules_and_its_table() -> None:
    html = on_page(chart_of(), unit="hours", svg_url="/a.svg", png_url="/a.png", key="first")
    page = Parsed(html)
    assert "XmR." in html
    assert [one["href"] for one in page.having("download")] == ["/a.svg", "/a.png"]
    assert html.count("<tr") == 25
    assert len(page.having("data-special")) == 18
    ids = [one["id"] for one in page.having("id")]
    assert len(ids) == len(set(ids))
    for one in page.having("aria-describedby"):
        assert set((one["aria-describedby"] or "").split()) <= set(ids)
    assert not page.having("style")


def test_a_chart_without_limits_has_no_empty_columns() -> None:
    points = [
        ControlPoint("May", 3, None, None, None),
        ControlPoint("June", None, None, None, None),
    ]
    html = on_page(control_chart(points, baseline=None, target=None))
    assert html.count('<th scope="col"') == 3
    assert "not read" in html
    assert "Take out" not in html


def test_hostile_words_are_only_words_on_the_page() -> None:
    page = Parsed(on_page(chart_of(words=NASTY)))
    assert "script" not in [tag for tag, _attributes in page.found]


def test_a_chart_of_120_points_is_light() -> None:
    long = "above the upper limit, 7 on one side"
    html = on_page(chart_of(120, words=long), svg_url="/a.svg", png_url="/a.png")
    assert len(html.encode()) < 60_000
