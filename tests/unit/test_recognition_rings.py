"""Closed rings: who mostly thanks one another, whatever their numbers are."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from cxquest.recognition.rings import LARGEST, MOSTLY, Ring, rings

PEOPLE = st.integers(min_value=1, max_value=7)
COUNTS = st.dictionaries(
    st.tuples(PEOPLE, PEOPLE), st.integers(min_value=0, max_value=12), max_size=20
)


def found(counts: dict[tuple[int, int], int]) -> list[tuple[int, ...]]:
    return [ring.members for ring in rings(counts)]


def test_a_pair_that_mostly_thanks_each_other() -> None:
    counts = {(1, 2): 6, (2, 1): 5, (1, 3): 2, (2, 4): 1}
    assert rings(counts) == [Ring((1, 2), inside=11, given=14)]


def test_a_pair_of_whom_one_thanks_others_often_is_none() -> None:
    assert rings({(1, 2): 6, (2, 1): 5, (2, 3): 3}) == []


def test_a_cycle_of_three_to_five() -> None:
    for size in range(3, LARGEST + 1):
        counts = {(n, n % size + 1): 4 for n in range(1, size + 1)}
        assert found(counts) == [tuple(range(1, size + 1))]


def test_six_in_a_circle_are_too_many() -> None:
    assert rings({(n, n % 6 + 1): 4 for n in range(1, 7)}) == []


def test_thanks_that_come_back_once_or_twice_are_no_tie() -> None:
    assert rings({(1, 2): 2, (2, 1): 2}) == []
    assert rings({(1, 2): 9, (2, 1): 2}) == []


def test_a_ring_within_a_larger_one_is_left_out() -> None:
    counts = dict.fromkeys(permutations(range(1, 6), 2), 3)
    assert found(counts) == [(1, 2, 3, 4, 5)]


def test_a_team_of_seven_who_thank_all_alike_holds_no_ring() -> None:
    assert rings(dict.fromkeys(permutations(range(1, 8), 2), 4)) == []


def test_the_most_closed_comes_first() -> None:
    pair, looser = {(1, 2): 5, (2, 1): 5}, {(3, 4): 5, (4, 3): 5, (3, 9): 2}
    assert found(pair | looser) == [(1, 2), (3, 4)]


@given(COUNTS, st.permutations(range(1, 8)))
def test_it_does_not_matter_who_has_which_number(
    counts: dict[tuple[int, int], int], order: list[int]
) -> None:
    renamed = {(order[a - 1], order[b - 1]): n for (a, b), n in counts.items()}
    moved = {frozenset(order[one - 1] for one in members) for members in found(counts)}
    assert {frozenset(members) for members in found(renamed)} == moved


@given(COUNTS)
def test_it_does_not_matter_in_which_order_they_were_given(
    counts: dict[tuple[int, int], int],
) -> None:
    assert rings(dict(reversed(counts.items()))) == rings(counts)


@given(COUNTS)
def test_there_is_no_ring_without_a_cycle_through_all_of_it(
    counts: dict[tuple[int, int], int],
) -> None:
    for ring in rings(counts):
        first, *rest = ring.members
        assert any(
            all(counts.get(pair, 0) > 0 for pair in zip((first, *way), (*way, first), strict=True))
            for way in permutations(rest)
        )


@given(COUNTS)
def test_nobody_who_only_thanks_onwards_is_in_a_ring(counts: dict[tuple[int, int], int]) -> None:
    assert rings({(a, b): n for (a, b), n in counts.items() if a < b}) == []


@given(COUNTS)
def test_most_of_each_members_kudos_stay(counts: dict[tuple[int, int], int]) -> None:
    for ring in rings(counts):
        assert 2 <= len(ring.members) <= LARGEST
        assert ring.share > MOSTLY
        assert ring.inside <= ring.given
