"""Answers that say nothing are told from comments, however short these are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.voice.saying import _NOTHING, says_nothing

PHRASES = [words for said in _NOTHING.values() for words in said.split("|")]


@pytest.mark.parametrize(
    "text",
    [
        "", " \n", "-", "--", ".", "...", "?", "n/a", "N/A.", "n.a.", "NA", "none", "None.", "nil",
        "Nothing!", "no comment", "No comments", "(none)", "Not applicable", "NO", "“nothing”",
        "k. A.", "Keine Angabe", "kein Kommentar", "nichts", "entfällt", "Aucun commentaire",
        "R.A.S.", "rien à dire", "s/o", "néant", "Sin comentarios", "ninguna", "nada", "n/c",
        "Geen", "n.v.t.", "geen opmerkingen", "Ingen kommentarer", "intet", "Nessun commento",
        "n/d", "niente", "Sem comentários", "nenhum", "não se aplica", "\u200b", "_", "N / A",
        "-" * 200,
    ],
)  # fmt: skip
def test_nothing_is_said(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "None of the staff helped me", "Nothing worked", "No comment from the manager either",
        "No!!! They never called", "good", "Bad", "0", "10", "👍", "none 😀",
        "Nil by mouth for 3 days",
        "nada funcionó", "Rien ne marche", "Geen parkeerplaats", "Nessuno risponde",
        "Keine Parkplätze", "no staff", "n/a for the food, but the bed was broken", "yes", "ok",
        "no " * 40, "!" * 100 + " late",
    ],
)  # fmt: skip
def test_a_comment_stays_a_comment(text: str) -> None:
    assert not says_nothing(text)


@given(st.sampled_from(PHRASES), st.sampled_from(["{}", " {}. ", "({})", "{}!!", "- {}", "“{}”"]))
def test_case_and_marks_around_change_nothing(words: str, around: str) -> None:
    assert says_nothing(around.format(words))
    assert says_nothing(around.format(words.upper()))


@given(st.sampled_from(PHRASES), st.sampled_from(["delivery", "Personal", "téléphone", "7", "🙂"]))
def test_one_more_word_makes_it_a_comment(words: str, more: str) -> None:
    assert not says_nothing(f"{words} {more}")
    assert not says_nothing(f"{more} {words}")


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    if says_nothing(text):
        assert len(text.strip()) <= 60 or not any(map(str.isalnum, text))
