"""Searched words are marked where SQLite's own index finds them, and nothing of a text is lost."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxquest.voice import marking
from cxquest.voice.asking import Term, terms, words_of

LETTERS = "aAeé É\u0301bBñ\u0327ß.-'\"*12 \nжЖйçŞαά日本"
TEXTS = st.text(LETTERS, max_size=40)
WORDS = st.text("aeéÉbñß1жй", min_size=1, max_size=3)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """An index as the migration makes it."""
    with sqlite3.connect(":memory:") as made:
        made.execute(
            "CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61 remove_diacritics 2')"
        )
        made.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
        yield made
    made.close()


def _kept(index: sqlite3.Connection, text: str) -> None:
    index.execute("DELETE FROM t")
    index.execute("INSERT INTO t (x) VALUES (?)", (text,))


@given(
    text=TEXTS | st.text(st.characters(max_codepoint=0x24F, exclude_characters="\0"), max_size=30)
)
def test_words_are_cut_and_folded_as_the_index_does(index: sqlite3.Connection, text: str) -> None:
    _kept(index, text)
    theirs = index.execute("SELECT term FROM v ORDER BY offset").fetchall()
    assert [word.folded for word in words_of(text)] == [term for (term,) in theirs]


PHRASES = st.lists(WORDS, min_size=1, max_size=2).map(lambda words: '"' + " ".join(words) + '"')


def highlighted(index: sqlite3.Connection, text: str, phrase: str) -> str:
    _kept(index, text)
    row = index.execute(
        "SELECT highlight(t, 0, '\x02', '\x03') FROM t WHERE t MATCH ?", (phrase,)
    ).fetchone()
    return str(row[0]) if row else text


@given(text=TEXTS, phrase=PHRASES)
def test_what_is_marked_is_what_the_index_highlights(
    index: sqlite3.Connection, text: str, phrase: str
) -> None:
    ours = (f"\x02{piece}\x03" if hit else piece for piece, hit in marking.marked(text, phrase))
    assert "".join(ours) == highlighted(index, text, phrase)


@given(text=TEXTS, word=WORDS)
def test_a_beginning_is_marked_in_the_words_that_the_index_highlights(
    index: sqlite3.Connection, text: str, word: str
) -> None:
    (term,) = terms(word)
    found = marking.hits(text, f"{word}*")
    whole = [hit for hit in words_of(text) if hit.folded.startswith(term.words[0])]
    assert [start for start, _end in found] == [hit.start for hit in whole]
    for start, end in found:
        assert [one.folded for one in words_of(text[start:end])] == [term.words[0]]
    assert highlighted(index, text, f"{word}*").count("\x02") == len(found)


@given(text=st.text(max_size=300), q=st.text(max_size=20) | WORDS)
def test_the_pieces_join_to_the_text(text: str, q: str) -> None:
    pieces = marking.marked(text, q)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)


@given(text=st.text("ab é.", max_size=400), q=WORDS, most=st.integers(20, 200))
def test_an_excerpt_is_short_and_shows_the_first_hit(text: str, q: str, most: int) -> None:
    shown = marking.excerpt(text, q, most)
    assert len(shown) <= most
    assert shown.strip("…") in text
    assert len(text) > most or shown == text
    found = marking.hits(text, q)
    if found and found[0][1] - found[0][0] < 10:
        start, end = found[0]
        assert any(a == "".join(text[start:end]) for a, hit in marking.marked(shown, q) if hit)


@pytest.mark.parametrize(
    ("text", "q", "hits"),
    [
        ("The delivery was late.", "deliver*", ["deliver"]),
        ("Ein U\u0308bler Geruch", "u*", ["U\u0308"]),
        ("The delivery was late.", "deliver", []),
        ("Übler Geruch", "ubler", ["Übler"]),
        ("late delivery, late again", '"late delivery"', ["late delivery"]),
        ("late delivery, late again", "late", ["late", "late"]),
        ("Don't call", "don't", ["Don't"]),
        ("a b", "!!! ***", []),
        ("附近没有停车位,停车难", "停车", ["停车", "停车"]),
        ("รอสองชั่วโมง", "ชั่วโมง", ["ชั่วโมง"]),
        ("料金が高すぎる late", "料金 lat*", ["料金", "lat"]),
        ("late deliveries", '"late deliver"*', ["late deliver"]),
        ("late deliveries", '"late deliver*"', ["late deliver"]),
    ],
)
def test_words_phrases_and_beginnings(text: str, q: str, hits: list[str]) -> None:
    assert [piece for piece, hit in marking.marked(text, q) if hit] == hits


def test_a_query_is_read_in_terms() -> None:
    assert terms('Late "no call" deliver* "') == (
        Term(("late",)),
        Term(("no", "call")),
        Term(("deliver",), True),
    )
    assert len(terms(" ".join(f"w{n}" for n in range(100)))) == 12
