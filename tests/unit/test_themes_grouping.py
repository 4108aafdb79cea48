"""Groups found in what has no theme yet."""

from collections import Counter

import pytest

from cxquest.themes.grouping import Group, groups, terms
from tests.themes import CORPORA, spoken


def purity(found: list[Group], labels: list[set[str]]) -> float:
    """Return the share of grouped texts that are about what most of their group is about."""
    kept = 0
    for group in found:
        kept += Counter(next(iter(labels[one])) for one in group.ids).most_common(1)[0][1]
    return kept / sum(len(group.ids) for group in found)


@pytest.mark.parametrize("language", CORPORA)
def test_groups_are_about_one_thing(language: str) -> None:
    texts, labels = spoken(language, 60)
    found = groups(texts, range(len(texts)))
    assert len(found) >= 3
    assert purity(found, labels) >= 0.75


def test_a_group_shows_words_and_typical_texts_of_its_own() -> None:
    texts, _labels = spoken("English", 60)
    for group in groups(texts, range(len(texts))):
        assert group.keywords
        assert set(group.typical) <= set(group.ids)
        assert all(
            any(word in texts[one].casefold() for one in group.ids) for word in group.keywords
        )
        assert 0 < group.cohesion <= 1


def test_nobody_is_in_two_groups_and_the_largest_comes_first() -> None:
    texts, _labels = spoken("English", 60)
    found = groups(texts, range(100, 100 + len(texts)), most=4)
    everyone = [one for group in found for one in group.ids]
    assert len(everyone) == len(set(everyone))
    assert set(everyone) <= set(range(100, 100 + len(texts)))
    assert [len(group.ids) for group in found] == sorted(
        (len(group.ids) for group in found), reverse=True
    )
    assert len(found) <= 4


def test_the_same_texts_give_the_same_groups_in_any_order() -> None:
    texts, _labels = spoken("English", 40)
    ids = list(range(len(texts)))
    assert groups(texts, ids) == groups(texts[::-1], ids[::-1])


def test_repeats_of_one_text_make_no_group() -> None:
    texts, _labels = spoken("English", 30)
    repeated = ["Purple elephants everywhere"] * 200
    found = groups([*texts, *repeated], range(len(texts) + 200))
    assert not any("elephants" in group.keywords for group in found)


def test_repeats_go_where_their_text_goes() -> None:
    texts, _labels = spoken("English", 60)
    found = groups([*texts, *texts], range(2 * len(texts)))
    for group in found:
        assert {one % len(texts) for one in group.ids} == {
            one for one in group.ids if one < len(texts)
        }


@pytest.mark.parametrize(
    "texts", [[], ["one"] * 50, ["", " "], [f"{n}" for n in range(50)], ["the and of"] * 3]
)
def test_where_there_is_nothing_to_group_there_is_no_group(texts: list[str]) -> None:
    assert groups(texts, range(len(texts))) == []


def test_terms_of_scripts_with_and_without_spaces() -> None:
    assert list(terms("the bill 2024 停车满 x")) == ["bill", "停车", "车满", "停车满"]
