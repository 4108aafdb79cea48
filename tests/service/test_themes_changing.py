"""Themes are described, merged and split, and every change can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import audit
from cxquest.core.errors import BadInput, Refusal
from cxquest.themes import changing, learning_queries, queries
from cxquest.themes.models import ThemeChange
from cxquest.voice import hearing, searching, theming
from cxquest.voice.models import CommentTheme, Origin, Submission, Theme
from cxquest.voice.queries import theme_counts, themes
from cxquest.voice.searching import Asked
from tests.cast import BEGUN, Cast

TODAY = BEGUN.date()
SAID = ("Nobody called", "Late again", "Late and cold", "The late call", "Cold")


class Told:
    """Five comments and two themes, of which some comments have one and one has both."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.by: dict[str, Any] = {"by": cast.ida, "at": BEGUN}
        self.comments = [
            hearing.heard(session, text, on=TODAY, **self.by).comments[0].id for text in SAID
        ]
        self.calls = theming.add(session, "Calls", **self.by)
        self.late = theming.add(session, "Late", **self.by)
        theming.tag(session, self.pick(0, 3), self.calls, **self.by)
        theming.tag(session, self.pick(1, 2, 3), self.late, **self.by)

    def pick(self, *places: int) -> list[int]:
        return [self.comments[place] for place in places]


@pytest.fixture
def told(session: Session, cast: Cast) -> Told:
    return Told(session, cast)


def tagged(session: Session, theme: Theme) -> list[int]:
    rows = select(CommentTheme.comment_id).where(CommentTheme.theme_id == theme.id)
    return sorted(session.scalars(rows.where(CommentTheme.refused.is_(False))))


def names(session: Session) -> list[str]:
    return [theme.name for theme in themes(session)]


def describe(session: Session, told: Told, theme: Theme, **changed: Any) -> ThemeChange | None:
    given: dict[str, Any] = {
        "name": theme.name,
        "definition": theme.definition,
        "phrases": theme.phrases,
    }
    said = {**given, "owner": None, **changed, **told.by}
    return changing.describe(session, theme, **said)


def test_a_theme_is_described_and_described_back(session: Session, cast: Cast, told: Told) -> None:
    phrases = [" no  call ", "", "no call", "never rang"]
    change = describe(
        session, told, told.calls, name="No call", definition="D", phrases=phrases, owner=cast.bram
    )
    assert change
    assert told.calls.phrases == ["no call", "never rang"]
    found = queries.theme(session, told.calls.id)
    assert found
    assert found.owner
    assert found.owner.name == "Bram"
    assert describe(session, told, told.calls, owner=cast.bram) is None
    changing.undo(session, change, **told.by)
    assert (told.calls.name, told.calls.definition) == ("Calls", "")
    assert (told.calls.phrases, told.calls.owner_id) == ([], None)
    assert [line.action for line in audit.timeline(session, told.calls)][:2] == [
        "undone",
        "renamed",
    ]


def test_what_a_theme_cannot_be_called(session: Session, told: Told) -> None:
    for wrong in ({"name": "LATE"}, {"name": " "}, {"phrases": [str(n) for n in range(51)]}):
        with pytest.raises(BadInput):
            describe(session, told, told.calls, **wrong)
    assert told.calls.name == "Calls"


def test_a_merge_adds_what_the_other_lacked_and_goes_back(session: Session, told: Told) -> None:
    change = changing.merge(session, told.calls, told.late, **told.by)
    assert change.moved == told.pick(0)
    assert tagged(session, told.late) == told.pick(0, 1, 2, 3)
    assert names(session) == ["Late"]
    with pytest.raises(Refusal, match="part of another"):
        changing.merge(session, told.late, told.calls, **told.by)
    changing.undo(session, change, **told.by)
    assert tagged(session, told.late) == told.pick(1, 2, 3)
    assert tagged(session, told.calls) == told.pick(0, 3)
    assert names(session) == ["Calls", "Late"]
    with pytest.raises(Refusal, match="undone already"):
        changing.undo(session, change, **told.by)
    with pytest.raises(BadInput, match="another theme"):
        changing.merge(session, told.late, told.late, **told.by)


def test_a_merge_keeps_who_said_it_and_what_was_refused(
    session: Session, cast: Cast, told: Told
) -> None:
    learned = CommentTheme(
        comment_id=told.comments[4],
        theme_id=told.calls.id,
        origin=Origin.LEARNED,
        confidence=0.7,
        tagged_at=BEGUN,
    )
    session.add(learned)
    session.flush()
    theming.tag(session, told.pick(0), told.late, **told.by)
    theming.untag(session, told.pick(0), told.late, by=cast.bram, at=BEGUN)
    changing.merge(session, told.calls, told.late, **told.by)
    assert tagged(session, told.late) == told.pick(1, 2, 3, 4)
    copy = session.get(CommentTheme, (told.comments[4], told.late.id))
    assert copy
    assert (copy.origin, copy.confidence, copy.tagged_by_id) == (Origin.LEARNED, 0.7, None)


def test_a_split_takes_chosen_comments_and_those_with_a_phrase(
    session: Session, told: Told
) -> None:
    change = changing.split(
        session, told.late, "Cold", phrase="COL*", comment_ids=[told.comments[3], 999], **told.by
    )
    assert change.other
    assert change.other.phrases == ["COL*"]
    assert tagged(session, change.other) == told.pick(2, 3)
    assert tagged(session, told.late) == told.pick(1)
    theming.tag(session, told.pick(4), change.other, **told.by)
    changing.undo(session, change, **told.by)
    assert tagged(session, told.late) == told.pick(1, 2, 3, 4)
    assert names(session) == ["Calls", "Late"]


@pytest.mark.parametrize("phrase", ["", "zebra", "late", "!!!"])
def test_a_split_takes_some_and_not_all(session: Session, told: Told, phrase: str) -> None:
    with pytest.raises(BadInput):
        changing.split(session, told.late, "Other", phrase=phrase, **told.by)
    assert names(session) == ["Calls", "Late"]


def test_the_latest_change_is_undone_first(session: Session, told: Told) -> None:
    first = describe(session, told, told.late, name="Slow")
    split = changing.split(session, told.late, "Cold", phrase="cold", **told.by)
    assert first
    with pytest.raises(Refusal, match="latest change first"):
        changing.undo(session, first, **told.by)
    changing.undo(session, split, **told.by)
    changing.undo(session, first, **told.by)
    assert told.late.name == "Late"


def test_a_name_that_was_taken_since_is_not_given_back(session: Session, told: Told) -> None:
    change = describe(session, told, told.late, name="Slow")
    theming.add(session, "late", **told.by)
    assert change
    with pytest.raises(BadInput, match="already"):
        changing.undo(session, change, **told.by)


def test_what_says_nothing_is_counted_apart(session: Session, cast: Cast, told: Told) -> None:
    for text in ("n/a", "-"):
        hearing.heard(session, text, on=TODAY, **told.by)
    found = queries.unthemed(session, TODAY - timedelta(days=7), TODAY)
    assert (found.n, found.nothing, found.without) == (7, 2, 1)
    assert queries.unthemed(session, TODAY + timedelta(days=1), TODAY).n == 0


def test_parts_count_what_counts(session: Session, cast: Cast, told: Told) -> None:
    hearing.heard(session, "n/a", on=TODAY, **told.by)
    again = hearing.heard(session, "Late again", on=TODAY, **told.by)
    again.repeat_of_id = session.scalars(select(Submission.id)).first()
    hearing.heard(session, "Fine.", on=TODAY, by=cast.bram, at=BEGUN)
    since = TODAY - timedelta(days=7)
    parts = queries.by_department(session, told.late.id, since, TODAY)
    assert [(part.name, part.tagged, part.n) for part in parts] == [("Care", 3, 5), ("Field", 0, 1)]
    assert queries.by_stage(session, told.late.id, since, TODAY) == []
    assert theme_counts(session)[told.late.id] == 3
    assert again.comments[0].id not in set(session.scalars(learning_queries.unsaid()))
    assert again.comments[0].id not in set(session.scalars(learning_queries.left_over()))
    theming.tag(session, [again.comments[0].id], told.late, **told.by)
    assert theme_counts(session)[told.late.id] == 3
    assert len(searching.ids(session, Asked(theme=told.late.id), 99)) == 3


def test_typical_comments_are_those_most_like_the_others(session: Session, told: Told) -> None:
    found = queries.typical_comments(session, told.late.id, 2)
    assert len(found) == 2
    assert {one.text for one in found} <= set(SAID[1:4])
    assert len(queries.newest_comments(session, told.late.id, 9)) == 3
