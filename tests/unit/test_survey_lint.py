"""The lint of survey questions: what it warns of, and what it lets pass."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.surveys import lint, questions
from cxquest.surveys.lint import Fault
from cxquest.surveys.words import LANGUAGES

NAME = "Halden Home AS"
SELVES = ("we", "us", "our", "ours", "wir", "uns", "unser", "nous", "notre", "nosotros", "nuestra")
LEADING = ("how great", "excellent", "Don’t you agree", "wie toll", "n’est-ce pas", "excelente")
HOLDING = ("however", "hour", "house", "four", "power", "bus", "focus", "flour", "journey", "Haus")
PLAIN = st.sampled_from(
    (*HOLDING, "what", "helped", "within", "Stunde", "avoir", "bonjour", "horas")
)
CLEAN = st.lists(PLAIN, min_size=1, max_size=12).map(" ".join)


def faults(text: str, language: str = "en") -> list[tuple[Fault, str]]:
    return [(found.fault, found.word) for found in lint.warnings(text, NAME, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("How well did we do?", "en", [(Fault.SELF, "we")]),
        ("What do you think of our people?", "en", [(Fault.SELF, "our")]),
        ("What would you tell us?", "en", [(Fault.SELF, "us")]),
        ("What we’ve changed: did it help?", "en", [(Fault.SELF, "we've")]),
        ("Was können wir besser machen?", "de", [(Fault.SELF, "wir")]),
        ("Wie war unser Dienst?", "de", [(Fault.SELF, "unser")]),
        ("Que pensez-vous de notre service ?", "fr", [(Fault.SELF, "notre")]),
        ("¿Qué piensa de nuestros precios?", "es", [(Fault.SELF, "nuestros")]),
        ("How was Halden Home?", "en", [(Fault.BRAND, "Halden Home")]),
        ("How was HALDEN’s fitter?", "en", [(Fault.BRAND, "HALDEN")]),
        ("Was tun Haldens Monteure?", "de", [(Fault.BRAND, "Haldens")]),
        ("How great was the visit?", "en", [(Fault.LEADING, "How great")]),
        ("Don’t you agree it was quick?", "en", [(Fault.LEADING, "Don't you agree")]),
        ("What made it so excellent?", "en", [(Fault.LEADING, "excellent")]),
        ("Is the fitter always late?", "en", [(Fault.ABSOLUTE, "always")]),
        ("Kam der Monteur nie?", "de", [(Fault.ABSOLUTE, "nie")]),
        ("Was it quick and friendly?", "en", [(Fault.DOUBLE, "and")]),
        ("War es schnell oder gut?", "de", [(Fault.DOUBLE, "oder")]),
        ("¿Fue rápido y fácil?", "es", [(Fault.DOUBLE, "y")]),
        ("Was it quick? Why not?", "en", [(Fault.DOUBLE, "?")]),
        ("¿Fue rápido? ¿Por qué?", "es", [(Fault.DOUBLE, "?")]),
        ("Comment avez-vous fait pour y parvenir ?", "fr", []),
        ("However, within the hour, what helped?", "en", []),
        ("What happened when you came home?", "en", []),
        ("Where in the US were you?", "en", []),
        ("", "en", []),
    ],
)
def test_it_names_the_word_at_fault(
    text: str, language: str, expected: list[tuple[Fault, str]]
) -> None:
    assert faults(text, language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_survey_begins_with_passes(language: str) -> None:
    texts = questions.defaults(language)
    assert [faults(texts[one.name], language) for one in questions.QUESTIONS] == [[]] * 5


@given(CLEAN)
def test_words_that_only_hold_such_letters_pass(text: str) -> None:
    assert faults(text) == []


@given(CLEAN, st.sampled_from(SELVES), CLEAN, st.sampled_from((str, str.upper, str.title)))
def test_a_word_for_ourselves_is_found_anywhere(
    before: str, word: str, after: str, written: Callable[[str], str]
) -> None:
    said = written(word)
    expected = [] if said == "US" else [(Fault.SELF, said)]
    assert faults(f"{before} {said}, {after}") == expected


@given(CLEAN, st.sampled_from(LEADING), CLEAN)
def test_a_leading_phrase_is_found_anywhere(before: str, phrase: str, after: str) -> None:
    assert (Fault.LEADING, phrase.replace("’", "'")) in faults(f"{before} {phrase} {after}")


@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_and_any_name_are_read(text: str, name: str) -> None:
    for found in lint.warnings(text, name):
        assert found.word
        assert found.said
        assert found.better


@given(CLEAN.filter(lambda text: "hour" not in text), st.text("abcde ", min_size=1, max_size=12))
def test_our_name_is_found_in_any_capitals(text: str, name: str) -> None:
    whole = " ".join(f"Q{part}" for part in name.split())
    if whole:
        found = lint.warnings(f"{text} {whole.lower()} {text}", whole)
        assert [warning.fault for warning in found] == [Fault.BRAND]
