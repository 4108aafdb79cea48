"""The rules of the house that are read off the templates."""

import re
from pathlib import Path

import pytest

from cxquest.config import PROJECT

FOLDER = PROJECT / "templates"
TEMPLATES = {
    str(file.relative_to(FOLDER)): file.read_text(encoding="utf-8")
    for file in sorted(FOLDER.rglob("*.html"))
}
PAGES = {n: t for n, t in TEMPLATES.items() if not n.startswith("ui/") and n != "base.html"}
PARTIALS = [name for name in TEMPLATES if Path(name).name.startswith("_")]
# The error handler puts refusals in place; a higher room's panel is fetched by its URL.
NOT_INCLUDED = {"errors/_refusal.html", "quests/_of_pain.html", "quests/_own_changes.html"}
FORM = re.compile(r"<form\b([^>]*(?:\{\{.*?\}\}[^>]*)*)>(.*?)</form>", re.DOTALL)
TOKEN = re.compile(r"csrf_token|hidden_token\(|for \w+ in \w*form\b|\.hidden_tag\(|form\.csrf")


@pytest.mark.parametrize("name", PAGES)
def test_the_first_line_says_what_it_needs(name: str) -> None:
    assert PAGES[name].startswith("{# needs:")


@pytest.mark.parametrize("name", PARTIALS)
def test_a_partial_is_one_element_with_its_name_as_id(name: str) -> None:
    text = TEMPLATES[name]
    assert "{% extends" not in text
    assert f'id="{Path(name).stem}' in text, "the root element's id is the file's name"
    first = re.search(r"<\w+[^>]*>", re.sub(r"\{#.*?#\}|\{%.*?%\}", "", text, flags=re.DOTALL))
    assert first
    assert f'id="{Path(name).stem}' in first[0]


@pytest.mark.parametrize("name", [p for p in PARTIALS if p not in NOT_INCLUDED])
def test_a_partial_is_included_somewhere(name: str) -> None:
    included = [n for n, text in TEMPLATES.items() if f'include "{name}"' in text]
    assert included


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_inline(name: str) -> None:
    text = re.sub(r"\{#.*?#\}", "", TEMPLATES[name], flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "javascript:" not in text
    assert "hx-on" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_taken_for_safe(name: str) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape false|Markup\(", TEMPLATES[name])


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_post_carries_its_token_and_its_action(name: str) -> None:
    for attributes, body in FORM.findall(TEMPLATES[name]):
        assert "method=" in attributes
        if 'method="post"' in attributes:
            assert "action=" in attributes, attributes
            assert TOKEN.search(body), body


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_htmx_posts_a_plain_form_posts_too(name: str) -> None:
    for tag in re.findall(r"<[^<>]*hx-post=[^<>]*>", TEMPLATES[name]):
        asked = re.search(r'hx-post="([^"]*)"', tag)
        action = re.search(r'action="([^"]*)"', tag)
        assert asked, tag
        assert action, tag
        assert asked[1] == action[1]


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_comes_from_elsewhere(name: str) -> None:
    assert not re.search(r"(src|href|action)=[\"'](https?:)?//", TEMPLATES[name])


@pytest.mark.parametrize("name", PAGES)
def test_its_words_can_be_translated(name: str) -> None:
    """No text stands between two tags outside of an expression."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", PAGES[name], flags=re.DOTALL)
    bare = [found.strip() for found in re.findall(r">([^<>]*)<", text)]
    assert [words for words in bare if re.search(r"[A-Za-z]{2,}", words)] == []
