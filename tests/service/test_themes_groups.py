"""Groups among what nobody has a theme for: found, named, joined, dropped."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.themes import finding, job, learning_queries, training
from cxquest.themes.models import FoundGroup, GroupState
from cxquest.voice import theming
from cxquest.voice.models import CommentTheme, Origin
from tests.cast import BEGUN, Cast
from tests.themes import Voices, voices

LATER = BEGUN + timedelta(hours=1)
TOMORROW = BEGUN + timedelta(days=1)


@pytest.fixture
def said(session: Session, cast: Cast) -> Voices:
    """Twenty comments about each of three themes, which nobody has tagged."""
    made = voices(session, cast, tagged=0, others=20)
    session.commit()
    return made


def look(session: Session, cast: Cast, at: datetime = LATER) -> list[FoundGroup]:
    """Let the worker look for groups, and return those that are open."""
    training.ask(session, 0.5, by=cast.noor, at=at)
    session.commit()
    assert job.work(session, lambda: at)
    session.expire_all()
    return list(session.scalars(learning_queries.open_groups()))


def words(session: Session, group: FoundGroup) -> dict[int, Origin]:
    """Return who says that comments are about a group's theme."""
    rows = select(CommentTheme.comment_id, CommentTheme.origin)
    return dict(session.execute(rows.where(CommentTheme.theme_id == group.theme_id)).all())


def test_groups_are_found_and_kept(session: Session, cast: Cast, said: Voices) -> None:
    found = look(session, cast)
    assert len(found) >= 3
    assert [group.size for group in found] == sorted((g.size for g in found), reverse=True)
    for group in found:
        ids = learning_queries.comments_of(session, group)
        assert len(ids) == len(set(ids)) == group.size
        assert set(ids) <= set(said.others)
        shown = learning_queries.typical(session, [group.id], 3)[group.id]
        assert [comment.id for comment in shown] == ids[:3]
        assert group.keywords
    again = look(session, cast, TOMORROW)
    assert [group.keywords for group in again] == [group.keywords for group in found]
    assert {group.learning_id for group in again} == {2}
    with pytest.raises(Refusal, match="looked for anew"):
        finding.drop(session, found[0], by=cast.ida, at=TOMORROW)


def test_naming_makes_a_theme(session: Session, cast: Cast, said: Voices) -> None:
    """Who names it has seen the typical comments; of the others, the group says so."""
    group = look(session, cast)[0]
    ids = learning_queries.comments_of(session, group)
    n = finding.name(session, group, "Money", "About bills.", by=cast.ida, at=LATER)
    session.commit()
    session.expire_all()
    assert n == group.size
    assert (group.state, group.decided_by_id) == (GroupState.NAMED, cast.ida.id)
    told = words(session, group)
    assert set(told) == set(ids)
    assert {told[one] for one in ids[: finding.SHOWN]} == {Origin.PERSON}
    assert {told[one] for one in ids[finding.SHOWN :]} == {Origin.GROUP}
    given = training.taught(session)
    assert sorted(given.names.values()) == ["Money", *sorted(t.name for t in said.themes)]
    assert given.themes == [{group.theme_id}] * finding.SHOWN


def test_joining_a_theme_keeps_what_people_refused(
    session: Session, cast: Cast, said: Voices
) -> None:
    group, theme = look(session, cast)[0], said.themes[0]
    ids = learning_queries.comments_of(session, group)
    refused = ids[-1]
    theming.tag(session, [refused], theme, by=cast.bram, at=LATER)
    theming.untag(session, [refused], theme, by=cast.bram, at=LATER)
    assert finding.join(session, group, theme, by=cast.ida, at=LATER) == len(ids) - 1
    session.commit()
    session.expire_all()
    word = session.get(CommentTheme, (refused, theme.id))
    assert word is not None
    assert (word.refused, word.tagged_by_id) == (True, cast.bram.id)


def test_what_has_a_theme_is_in_no_group(session: Session, cast: Cast, said: Voices) -> None:
    group = look(session, cast)[0]
    ids = learning_queries.comments_of(session, group)
    finding.name(session, group, "Money", "", by=cast.ida, at=LATER)
    session.commit()
    for other in look(session, cast, TOMORROW):
        assert not set(ids) & set(learning_queries.comments_of(session, other))


def test_a_dropped_group_does_not_come_back(session: Session, cast: Cast, said: Voices) -> None:
    group = look(session, cast)[0]
    ids = learning_queries.comments_of(session, group)
    finding.drop(session, group, by=cast.ida, at=LATER)
    session.commit()
    for other in look(session, cast, TOMORROW):
        assert not set(ids) & set(learning_queries.comments_of(session, other))
    assert session.get_one(FoundGroup, group.id).state is GroupState.DROPPED


def test_a_group_is_decided_once(session: Session, cast: Cast, said: Voices) -> None:
    group = look(session, cast)[0]
    finding.drop(session, group, by=cast.ida, at=LATER)
    with pytest.raises(Refusal, match="named, dropped"):
        finding.name(session, group, "Money", "", by=cast.bram, at=LATER)


def test_names_are_not_given_twice(session: Session, cast: Cast, said: Voices) -> None:
    group, taken, gone = look(session, cast)[0], said.themes[0], said.themes[1]
    with pytest.raises(BadInput, match="already"):
        finding.name(session, group, taken.name, "", by=cast.ida, at=LATER)
    gone.merged_into_id = taken.id
    with pytest.raises(BadInput, match="merged"):
        finding.join(session, group, gone, by=cast.ida, at=LATER)
    assert group.state is GroupState.OPEN
