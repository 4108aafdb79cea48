"""Work done together, against what chance would give."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.boards.lift import Pair, Together, pairs

quests = st.lists(
    st.dictionaries(st.integers(1, 5), st.integers(0, 9), min_size=1, max_size=5), max_size=12
)


def test_by_hand() -> None:
    """Two quests: half and half; then all of it by the first."""
    found = pairs([{1: 2, 2: 2}, {1: 5}])
    pair = found[1, 2]
    assert (pair.quests, pair.observed) == (1, 0.25)
    assert pair.expected == 1.5 * 0.5 / 2
    assert pair.lift == pytest.approx(2 / 3)


@given(quests)
def test_it_agrees_with_exact_arithmetic(given_quests: list[dict[int, int]]) -> None:
    kept = [quest for quest in given_quests if sum(quest.values())]
    shares = [
        {d: Fraction(size, sum(quest.values())) for d, size in quest.items()} for quest in kept
    ]
    for (a, b), pair in pairs(given_quests).items():
        observed = sum((q.get(a, 0) * q.get(b, 0) for q in shares), Fraction())
        margins = [sum((q.get(d, 0) for q in shares), Fraction()) for d in (a, b)]
        assert pair.observed == pytest.approx(float(observed))
        assert pair.expected == pytest.approx(float(margins[0] * margins[1] / len(shares)))


@given(quests, st.randoms(use_true_random=False))
def test_the_order_of_quests_makes_no_difference(
    given_quests: list[dict[int, int]], dice: Random
) -> None:
    shuffled = list(given_quests)
    dice.shuffle(shuffled)
    assert pairs(shuffled) == pairs(given_quests)


@given(quests, st.integers(1, 50))
def test_the_scale_of_a_quests_work_makes_no_difference(
    given_quests: list[dict[int, int]], times: int
) -> None:
    larger = [{d: times * size for d, size in quest.items()} for quest in given_quests]
    assert pairs(larger) == pairs(given_quests)


@given(quests)
def test_it_is_symmetric(given_quests: list[dict[int, int]]) -> None:
    """Naming the departments the other way round turns the pairs round, and nothing else."""
    turned = pairs([{10 - d: size for d, size in quest.items()} for quest in given_quests])
    for (a, b), pair in pairs(given_quests).items():
        other = turned[10 - b, 10 - a]
        assert (other.quests, other.observed) == (pair.quests, pair.observed)
        assert other.expected == pytest.approx(pair.expected)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 40))
def test_quests_that_are_all_mixed_alike_are_as_chance(a: int, b: int, n: int) -> None:
    pair = pairs([{1: a, 2: b}] * n)[1, 2]
    assert pair.lift == pytest.approx(1)
    assert pair.together in (Together.CHANCE, Together.FEW)


@pytest.mark.parametrize(
    ("quests", "observed", "expected", "word"),
    [
        (2, 0.9, 0.9, Together.FEW),
        (0, 0.0, 0.99, Together.FEW),
        (0, 0.0, 1.0, Together.LESS),
        (3, 0.5, 0.4, Together.MORE),
        (3, 0.4, 0.4, Together.CHANCE),
        (3, 0.31, 0.4, Together.LESS),
    ],
)
def test_it_is_said_in_a_word(
    quests: int, observed: float, expected: float, word: Together
) -> None:
    assert Pair(1, 2, quests, observed, expected).together is word


def test_no_work_is_no_pair() -> None:
    assert pairs([]) == {}
    assert pairs([{1: 0, 2: 0}]) == {}
