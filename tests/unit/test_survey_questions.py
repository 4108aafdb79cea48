"""The questions of a survey: five, the customer's goal first, in every language."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.core.errors import BadInput
from cxquest.surveys import questions
from cxquest.surveys.words import DEFAULTS, LANGUAGES

NAMES = [text.name for text in questions.TEXTS]


def test_the_goal_comes_first_and_the_order_is_fixed() -> None:
    asked = [question.name for question in questions.QUESTIONS]
    assert asked == ["goal", "support", "helped", "hindered", "next"]
    assert questions.SAID == ("goal", "helped", "hindered", "next")
    assert [text for text in questions.TEXTS if text.asks] == list(questions.QUESTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_within_its_length(language: str) -> None:
    assert list(DEFAULTS[language]) == NAMES
    texts = questions.defaults(language)
    assert texts.pop("language") == language
    assert questions.checked(texts) == texts
    said = dataclasses.asdict(LANGUAGES[language])
    assert all(words.strip() for words in said.values())


def test_languages_differ_in_every_word() -> None:
    for other in set(LANGUAGES) - {"en"}:
        assert not set(DEFAULTS[other].values()) & set(DEFAULTS["en"].values())


def test_an_unknown_language_is_english() -> None:
    assert questions.defaults("xx")["language"] == "en"
    assert questions.words({"language": "xx"}).send == "Send"


def test_a_text_that_is_missing_is_the_default() -> None:
    assert questions.worded({"goal": "What for?"})["goal"] == "What for?"
    assert questions.worded({"language": "de", "goal": ""})["goal"] == DEFAULTS["de"]["goal"]


@given(st.sampled_from(NAMES), st.sampled_from(["", "  ", "\n\t"]))
def test_an_empty_text_is_refused_at_its_place(name: str, empty: str) -> None:
    with pytest.raises(BadInput) as refused:
        questions.checked({**questions.defaults("en"), name: empty})
    assert refused.value.field == name


@given(st.sampled_from(questions.TEXTS), st.integers(1, 50))
def test_a_text_that_is_too_long_is_refused_at_its_place(text: questions.Text, more: int) -> None:
    fits = {**questions.defaults("en"), text.name: "x" * text.most}
    assert questions.checked(fits)[text.name] == "x" * text.most
    with pytest.raises(BadInput) as refused:
        questions.checked({**fits, text.name: "x" * (text.most + more)})
    assert refused.value.field == text.name
