"""Which lessons fit a quest, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from cxquest.lessons.suggesting import MOST, Known, Suggestion, ranked, suggested
from cxquest.pains.likeness import ALIKE, likeness

PLAN = "The plan has no free hour"
LIKE = "There is no free hour in the plan"
OTHER = "Nobody reads the contract with the supplier"
texts = st.text(alphabet="abcdefg ", max_size=20)
lessons = st.lists(
    st.builds(
        Known,
        st.integers(1, 10**6),
        st.booleans(),
        st.lists(texts, max_size=3).map(tuple),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


def test_a_cause_alike_is_found_and_named() -> None:
    (found,) = suggested([PLAN], [Known(1, False, (OTHER, LIKE)), Known(2, False, (OTHER,))])
    assert (found.id, found.same_theme, found.cause) == (1, False, LIKE)
    assert found.likeness == likeness(PLAN, LIKE) >= ALIKE


def test_the_theme_alone_is_enough() -> None:
    assert suggested([], [Known(1, True), Known(2, False)]) == [Suggestion(1, True)]
    assert suggested([PLAN], [Known(1, True, (OTHER,))]) == [Suggestion(1, True)]


def test_first_theme_and_cause_then_theme_then_cause() -> None:
    known = [
        Known(1, False, (LIKE,)),
        Known(2, True),
        Known(3, True, (LIKE,)),
        Known(4, False, (PLAN,)),
    ]
    assert [one.id for one in ranked([PLAN], known)] == [3, 2, 4, 1]


def test_equal_ones_keep_their_order_and_no_more_than_three_are_shown() -> None:
    known = [Known(key, True) for key in (9, 4, 7, 1)]
    assert [one.id for one in suggested([], known)] == [9, 4, 7]


@given(st.lists(texts, max_size=3), lessons)
def test_each_has_a_reason_and_none_that_fits_better_is_left_out(
    causes: list[str], known: list[Known]
) -> None:
    found = suggested(causes, known)
    assert len(found) <= MOST
    assert len({one.id for one in found}) == len(found)
    assert all(one.same_theme or one.cause for one in found)
    assert all(one.likeness >= ALIKE for one in found if one.cause)
    everything = ranked(causes, known)
    assert everything[:MOST] == found
    fits = {one.id for one in everything}
    for one in known:
        best = max((likeness(a, b) for a in causes for b in one.causes), default=0)
        assert (one.id in fits) == (one.same_theme or best >= ALIKE)
    order = [(one.same_theme, one.likeness) for one in everything]
    assert order == sorted(order, reverse=True)
