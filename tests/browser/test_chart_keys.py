"""A chart is read with the keyboard, with a finger, and without any script."""

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import render_template_string
from playwright.sync_api import Locator, Page, expect

from cxquest.web.charts import Change, ControlPoint, control_chart
from tests.browser.live import Site
from tests.browser.steps import Player

CSP = "default-src 'self'; style-src 'self'; script-src 'self'"
PAGE = """{% extends "base.html" %}{% from "ui/charts.html" import control_chart %}
{% block title %}Chart{% endblock %}{% block main %}<h1>Hand-over time</h1>
{{ control_chart(chart, "Hand-over time", "It fell in May.", "XmR, rules 1 to 4.") }}
{% endblock %}"""
AXE = """async () => (await axe.run()).violations.map(v => v.id + v.nodes.map(n => n.html))"""
KINDS = {2: "concern", 7: "improvement", 8: "improvement"}


@pytest.fixture
def chart_page(site: Site, player: Callable[..., Player]) -> Callable[..., Page]:
    """Open a page of one chart: ten points, the fifth not read, three of them special."""
    points = [
        ControlPoint(f"{n + 1} May", None if n == 4 else 10 + n, 12, 8, 16, KINDS.get(n, "common"))
        for n in range(10)
    ]
    chart = control_chart(points, baseline=(0, 3), target=8, changes=[Change(5, "Checklist")])
    with site.app.test_request_context():
        html = render_template_string(PAGE, chart=chart)

    def opened(*, scripts: bool = True) -> Page:
        page = player("Ida", scripts=scripts).page
        answer = {"content_type": "text/html", "headers": {"Content-Security-Policy": CSP}}
        page.route("**/one-chart", lambda route: route.fulfill(body=html, **answer))
        page.goto("/one-chart")
        return page

    return opened


def shown(page: Page) -> Locator:
    """Return the drawing that has room here."""
    return page.locator("[data-places]:visible")


def mark(page: Page) -> Locator:
    return shown(page).locator(".chart__cursor")


def test_a_chart_is_read_with_the_keyboard(chart_page: Callable[..., Page]) -> None:
    page = chart_page()
    chart, said = page.get_by_role("application"), page.locator("[data-chart-point]")
    expect(said).to_contain_text("arrow keys")
    expect(mark(page)).to_have_attribute("visibility", "hidden")
    chart.focus()
    for key, words in (
        ("ArrowRight", "1 May; Value 10; Mean 12; Lower limit 8; Upper limit 16"),
        ("ArrowRight", "2 May; Value 11; "),
        ("ArrowDown", "3 May; Value 12; "),
        ("ArrowDown", "8 May; Value 17; "),
        ("ArrowUp", "Special point: concern"),
        ("ArrowUp", "Special point: concern"),
        ("ArrowRight", "4 May; "),
        ("ArrowRight", "5 May; Value not read; "),
        ("End", "10 May; Value 19; "),
        ("ArrowRight", "10 May; "),
        ("ArrowLeft", "9 May; Value 18; Mean 12; Lower limit 8; Upper limit 16; Special point:"),
        ("Home", "1 May; "),
        ("ArrowLeft", "1 May; "),
    ):
        page.keyboard.press(key)
        expect(said).to_contain_text(words)
        expect(mark(page)).to_be_visible()
    expect(said).to_have_attribute("aria-live", "polite")
    page.keyboard.press("Escape")
    expect(mark(page)).to_have_attribute("visibility", "hidden")
    expect(said).to_contain_text("arrow keys")
    expect(page.locator("summary", has_text="The same numbers")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(chart).to_be_focused()


def test_the_mark_stands_on_the_point(chart_page: Callable[..., Page]) -> None:
    page = chart_page()
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    ring = mark(page).locator("circle").bounding_box()
    dot = shown(page).locator(".chart__dot").first.bounding_box()
    assert ring
    assert dot
    for side, length in (("x", "width"), ("y", "height")):
        assert ring[side] + ring[length] / 2 == pytest.approx(dot[side] + dot[length] / 2, abs=1)


def test_a_press_reads_the_nearest_point(chart_page: Callable[..., Page]) -> None:
    page = chart_page()
    drawing = shown(page)
    box = drawing.bounding_box()
    assert box
    drawing.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    expect(page.locator("[data-chart-point]")).to_contain_text("10 May; Value 19")


def test_axe_finds_nothing_while_a_chart_is_read(chart_page: Callable[..., Page]) -> None:
    page = chart_page()
    page.get_by_role("application").focus()
    page.keyboard.press("End")
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(AXE) == []
    page.get_by_text("The same numbers in a table").click()
    assert page.evaluate(AXE) == []


def test_without_a_script_the_table_is_there(chart_page: Callable[..., Page]) -> None:
    page = chart_page(scripts=False)
    expect(page.get_by_role("application")).to_have_count(0)
    expect(page.locator("[data-chart-point]")).to_be_hidden()
    expect(page.locator("[data-chart]")).not_to_have_attribute("tabindex", "0")
    page.get_by_text("The same numbers in a table").click()
    expect(page.get_by_role("row")).to_have_count(11)
