"""No page and no file shows a customer's text with the contact data in it."""

import re

import pytest

from tests.house.test_code import FILES, name_of
from tests.house.test_templates import TEMPLATES

# Whose `text` a template may print: none of these is a customer's.
OURS = re.compile(
    r"dispute|fault|item|label|message|note|refusal|suspicion|task|thanks|turn|why|\w*form"
)
# What a query has masked already.
MASKED = {("imports/repeats.html", "one.text")}
PRINTED = re.compile(r"([\w.\[\]]+)\.(text|original)\b")
# The one page that shows an original, to a coach who asked for it.
MAY_READ = {"cxquest/voice/views.py"}
SHOWING = re.compile(r"(\w+_)?(views|pages|wording|showing|forms|administering)\.py")


@pytest.mark.parametrize("name", [n for n in TEMPLATES if not n.startswith("ui/")])
def test_a_template_prints_what_may_be_shown(name: str) -> None:
    plain = re.sub(r"""("[^"]*"|'[^']*')""", "", TEMPLATES[name])  # an endpoint is no text
    printed = re.findall(r"\{[{%](.*?)[%}]\}", plain, re.DOTALL)
    found = [whose for one in printed for whose in PRINTED.findall(one)]
    theirs = [f"{w}.{what}" for w, what in found if not OURS.fullmatch(w.rpartition(".")[2])]
    assert [one for one in theirs if (name, one) not in MASKED] == []


def test_no_view_hands_out_an_unmasked_text() -> None:
    found = {
        f"{name_of(file)}: {hit}"
        for file in FILES
        if SHOWING.fullmatch(file.name) and name_of(file) not in MAY_READ
        for hit in re.findall(
            r"\b(?:comment|quote|piece\.comment|win\.quote)\.text\b", file.read_text()
        )
    }
    assert found == set()
