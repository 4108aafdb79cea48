"""The cause tree: its order, its ends, reading it upward, and people who may be named in it."""

import itertools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from cxquest.quests import whys


@dataclass
class Why:
    """A why, as the tree needs to know it."""

    id: int
    parent_id: int | None
    text: str = ""


@st.composite
def trees(draw: st.DrawFn) -> list[Why]:
    """Draw a tree, in the order in which it was written."""
    size = draw(st.integers(0, 12))
    found: list[Why] = []
    for n in range(1, size + 1):
        above = draw(st.sampled_from([None, *(why.id for why in found)]))
        found.append(Why(n, above, f"why {n}"))
    return found


TREE = [Why(1, None, "The day moved"), Why(2, 1, "The plan is full"), Why(3, 1, "Nobody rang")]


def test_therefore_reads_from_the_end_up_to_the_pain() -> None:
    said = whys.therefore(TREE, 2, "I waited and nobody came")
    assert said == ["The plan is full", "The day moved", "I waited and nobody came"]


def test_the_ends_are_those_with_nothing_under_them() -> None:
    assert [why.id for why in whys.ends(TREE)] == [2, 3]


def test_the_deepest_is_the_last_of_the_longest_chains() -> None:
    assert whys.deepest([]) is None
    deepest = whys.deepest(TREE)
    assert deepest
    assert deepest.id == 3


@given(trees())
def test_every_why_leads_up_to_the_pain_over_its_own_parents(tree: list[Why]) -> None:
    parents = {why.text: why.parent_id for why in tree}
    for why in tree:
        said = whys.therefore(tree, why.id, "pain")
        assert said[0] == why.text
        assert said[-1] == "pain"
        for below, above in itertools.pairwise(said):
            parent = parents[below]
            assert above == ("pain" if parent is None else f"why {parent}")


@given(trees())
def test_the_longest_chain_is_as_long_as_the_tree_is_deep(tree: list[Why]) -> None:
    deepest = whys.deepest(tree)
    depths = [depth for depth, _why in whys.in_order(tree)]
    assert (deepest is None) is (not tree)
    if deepest:
        assert len(whys.chain(tree, deepest.id)) == max(depths) + 1
        assert deepest in whys.ends(tree)


@given(trees())
def test_every_chain_ends_where_nothing_stands_under_it(tree: list[Why]) -> None:
    reached = {why.id for end in whys.ends(tree) for why in whys.chain(tree, end.id)}
    assert reached == {why.id for why in tree}


def test_a_loop_ends_by_itself() -> None:
    assert len(whys.chain([Why(1, 2), Why(2, 1)], 1)) == 2


def test_an_end_that_is_not_in_the_tree_has_no_chain() -> None:
    assert whys.chain(TREE, 9) == []
    assert whys.therefore(TREE, 9, "pain") == ["pain"]


NAMES = ["Maud Berg", "Anna-Lena Stone", "Olaf", "José Núñez", "Kim Van Dyke"]


def named(text: str) -> list[str]:
    return whys.perhaps_named(text, NAMES)


def test_a_surname_alone_may_name_a_person() -> None:
    assert named("Berg forgot to call") == ["Berg"]
    assert named("It was Núñez's turn") == ["Núñez"]
    assert named("Van was late, so was Dyke") == ["Dyke"]


def test_a_surname_that_is_a_word_counts_only_with_its_capital() -> None:
    assert named("Every stone was turned") == []
    assert named("The Bergen office closes at noon") == []


def test_a_title_names_a_person_whom_we_need_not_know() -> None:
    assert named("Mr Smith said so") == ["Mr Smith"]
    assert named("We asked Mrs. O'Neil") == ["Mrs. O'Neil"]
    assert named("Frau Müller und Herr Özil") == ["Frau Müller", "Herr Özil"]
    assert named("The mr field is empty; Dr. who asks") == []


def test_a_whole_name_is_said_once() -> None:
    assert named("Maud Berg forgot it, as Berg does") == ["Maud Berg"]
    assert named("maud berg forgot it") == ["Maud Berg"]
    assert named("Mr Berg forgot it") == ["Mr Berg"]


def test_somebody_of_one_name_counts_as_well() -> None:
    assert named("Olaf had no key") == ["Olaf"]


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_what_is_found_stands_in_the_text(text: str, names: list[str]) -> None:
    for hit in whys.perhaps_named(text, names):
        assert hit in text or hit.casefold() in text.casefold()


@given(st.sampled_from(NAMES))
def test_what_the_gate_refuses_the_workshop_warns_of(name: str) -> None:
    text = f"It was {name} who closed it"
    assert set(whys.people_named([text], NAMES)) <= set(named(text))
    assert named(text)
