"""What was written on a theme that became part of another one goes with it, however far."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.pains import evidence_queries, queries
from cxquest.pains.models import PainPoint
from cxquest.pains.queries import Filters
from cxquest.quests import continuing, reviewing
from cxquest.rewards.models import RewardEvent
from cxquest.rewards.rulebook import Gate
from cxquest.themes import changing
from cxquest.voice import hearing, theming
from cxquest.voice import queries as voice
from cxquest.voice.models import Theme
from tests.cast import BEGUN, Cast
from tests.teams import Team, accepted_pain, week


@pytest.fixture
def chain(session: Session, cast: Cast) -> list[Theme]:
    """Three themes of two comments each, of which the first became part of the last by steps."""
    by = {"by": cast.ida, "at": BEGUN}
    themes = [theming.add(session, name, **by) for name in "ABC"]
    for theme in themes:
        for n in range(2):
            heard = hearing.heard(session, f"{theme.name} said {n}", on=BEGUN.date(), **by)
            theming.tag(session, [heard.comments[0].id], theme, **by)
    for theme, into in pairwise(themes):
        changing.merge(session, theme, into, **by)
    return themes


def put(session: Session, pain: PainPoint, theme: Theme) -> None:
    pain.theme_id = theme.id
    session.flush()


def test_the_root_and_the_whole_of_a_theme(session: Session, chain: list[Theme]) -> None:
    first, middle, last = (theme.id for theme in chain)
    assert [voice.root_of(session, key) for key in (first, middle, last)] == [last] * 3
    assert voice.root_of(session, None) is None
    assert voice.root_of(session, 999) is None
    theming.add(session, "Another", by=None, at=BEGUN)
    for key in (first, middle, last):
        assert sorted(session.scalars(voice.whole_theme(key))) == [first, middle, last]


def test_pain_points_are_found_and_offered_comments_by_the_whole_theme(
    session: Session, cast: Cast, chain: list[Theme]
) -> None:
    pain = accepted_pain(session, cast)
    put(session, pain, chain[0])
    listed = session.scalars(queries.ranked(Filters(theme=str(chain[2].id)))).all()
    assert [one.id for one in listed] == [pain.id]
    assert len(evidence_queries.candidates(session, pain, "", 99)) == 6


def test_a_merge_is_no_way_around_one_quest_for_each_theme(
    session: Session, cast: Cast, chain: list[Theme]
) -> None:
    first, second = Team(session, cast), Team(session, cast, "The same again")
    put(session, first.pain, chain[0])
    put(session, second.pain, chain[2])
    first.diagnose()
    with pytest.raises(Refusal, match="Nobody waits"):
        second.diagnose()


def test_a_quest_continues_one_on_a_theme_that_was_merged(
    session: Session, cast: Cast, chain: list[Theme]
) -> None:
    first, again = Team(session, cast).hold(), accepted_pain(session, cast)
    put(session, first.pain, chain[2])
    put(session, again, chain[0])
    rules = reviewing.paying.rulebook_at(session, week(20))
    found = continuing.predecessor(session, again, rules, week(20))
    assert found
    assert found.id == first.id


def test_limits_of_a_theme_hold_for_its_parts(
    session: Session, cast: Cast, chain: list[Theme]
) -> None:
    team = Team(session, cast)
    put(session, team.pain, chain[0])
    team.diagnose().judge(Gate.G1, 3)
    told = [event.facts for event in session.scalars(select(RewardEvent))]
    themes = [facts["theme"] for facts in told if facts.get("theme")]
    assert themes == [chain[2].id] * 2  # the gate, and its review


def test_undoing_a_merge_keeps_what_a_person_said_since(session: Session, cast: Cast) -> None:
    by = {"by": cast.ida, "at": BEGUN}
    late = BEGUN + timedelta(days=1)
    ids = [
        hearing.heard(session, text, on=BEGUN.date(), **by).comments[0].id for text in ("A", "B")
    ]
    one, other = (theming.add(session, name, **by) for name in ("One", "Other"))
    theming.tag(session, ids, one, **by)
    change = changing.merge(session, one, other, **by)
    theming.untag(session, ids[:1], other, by=cast.bram, at=late)
    theming.tag(session, ids[:1], other, by=cast.bram, at=late)
    changing.undo(session, change, by=cast.ida, at=late)
    assert voice.theme_counts(session) == {one.id: 2, other.id: 1}
