"""The one-page sheet's budget: whatever the texts, they fit, in order, and nothing is passed over
in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.quests.a3 import CUT, LOOSE, Room, chained, cut, lines, portions, shared

rooms = st.builds(Room, st.integers(1, 12), st.integers(4, 90))
words = st.text(st.characters(exclude_categories=["Z", "C", "M"]), min_size=1, max_size=30)
texts = st.lists(words, max_size=60).map(" ".join)
lists = st.lists(texts.filter(bool), max_size=40)


@pytest.mark.parametrize(
    ("text", "letters", "count"),
    [
        ("", 10, 0),
        ("   ", 10, 0),
        ("one two", 7, 1),
        ("one two", 6, 2),
        ("one\n two   three", 7, 2),
        ("abcdefghij", 4, 3),
        ("ab abcdefgh", 4, 3),
        ("\u6f22\u5b57\u6f22\u5b57", 4, 2),
        ("LOUD", 5, 2),
        ("cafe\u0301", 4, 1),
    ],
)
def test_how_many_lines_a_text_takes(text: str, letters: int, count: int) -> None:
    assert lines(text, letters) == count


@pytest.mark.parametrize(
    ("text", "room", "is_shown"),
    [
        ("one two three", Room(1, 13), "one two three"),
        ("one two three", Room(1, 12), "one two…"),
        ("one, two three", Room(1, 8), "one…"),
        ("one two three", Room(2, 7), "one two three"),
        ("unbelievable", Room(1, 6), "unbel…"),
        ("Spaces \n and\tlines", Room(1, 90), "Spaces and lines"),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, room: Room, is_shown: str) -> None:
    assert cut(text, room) == is_shown


@given(texts, rooms)
def test_a_cut_text_fits_and_is_the_beginning_of_the_whole(text: str, room: Room) -> None:
    whole, is_shown = " ".join(text.split()), cut(text, room)
    assert lines(is_shown, room.letters) <= room.lines
    if lines(whole, room.letters) <= room.lines:
        assert is_shown == whole
        return
    assert is_shown.endswith(CUT)
    begins = is_shown.removesuffix(CUT)
    assert whole.startswith(begins)
    first = whole.split(" ")[0]
    if lines(first + CUT, room.letters) <= room.lines:
        assert whole[len(begins)] in LOOSE, "it ends where a word does"


@given(texts, rooms, st.integers(1, 40))
def test_more_room_never_shows_less(text: str, room: Room, more: int) -> None:
    larger = Room(room.lines + more, room.letters)
    assert len(cut(text, larger).removesuffix(CUT)) >= len(cut(text, room).removesuffix(CUT))


@given(lists, rooms, st.integers(0, 2))
def test_a_list_fits_with_the_line_that_says_what_is_left_out(
    some: list[str], room: Room, head: int
) -> None:
    kept = shared(some, room, head=head)
    assert len(kept.texts) + kept.more == len(some)
    taken = sum(head + lines(text, room.letters) for text in kept.texts)
    assert taken + bool(kept.more) <= max(room.lines, 1)
    for text, whole in zip(kept.texts, some, strict=False):
        assert " ".join(whole.split()).startswith(text.removesuffix(CUT))


@given(lists, rooms)
def test_nothing_is_left_out_or_cut_without_need(some: list[str], room: Room) -> None:
    kept = shared(some, room)
    if sum(lines(text, room.letters) for text in some) <= room.lines:
        assert kept.texts == tuple(" ".join(text.split()) for text in some)
    if len(some) <= room.lines:
        assert not kept.more
    if room.lines > 1:
        assert len(kept.texts) >= min(len(some), room.lines - 1)


def test_the_long_ones_give_way_to_the_short_ones() -> None:
    kept = shared(["a " * 100, "short", "b " * 100], Room(7, 10))
    assert [lines(text, 10) for text in kept.texts] == [3, 1, 3]


@given(lists.filter(bool), rooms)
def test_a_chain_keeps_both_its_ends(steps: list[str], room: Room) -> None:
    kept = chained(steps, room)
    assert len(kept.texts) + kept.more == len(steps)
    assert sum(lines(text, room.letters) for text in kept.texts) <= room.lines
    ends = [(kept.texts[0], steps[0]), (kept.texts[-1], steps[-1])]
    for text, whole in ends if room.lines > 1 else ends[:1]:
        assert " ".join(whole.split()).startswith(text.removesuffix(CUT))
    if kept.more:
        assert len(kept.texts) == room.lines


def test_what_is_left_out_of_a_chain_lies_before_its_end() -> None:
    kept = chained(["root", "second", "third", "fourth", "top"], Room(3, 20))
    assert (kept.texts, kept.more) == (("root", "second", "top"), 2)


@given(st.lists(st.integers(1, 30), max_size=40), st.integers(1, 30), st.integers(1, 5))
def test_only_the_largest_give_way(needs: list[int], total: int, least: int) -> None:
    found = portions(needs, total, least)
    assert sum(found) + (len(found) < len(needs)) <= total
    assert all(got <= need for got, need in zip(found, needs, strict=False))
    if sum(needs) <= total:
        assert found == needs
    gave_way = [got for got, need in zip(found, needs, strict=False) if got < need]
    if gave_way:
        assert max(found) <= min(gave_way) + 1
    if gave_way and len(found) == len(needs):
        assert sum(found) == total, "no line is left while something gives way"


def test_a_large_thing_takes_what_a_small_one_leaves() -> None:
    assert portions([5, 1], 6, 1) == [5, 1]
    assert portions([5, 1, 5], 9, 2) == [4, 1, 4]
    assert portions([5, 1, 5], 8, 2) == [4, 1, 3]
    assert portions([5, 5, 5], 5, 2) == [2, 2]
