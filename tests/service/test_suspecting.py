"""What may be back is suspected until a coach has said so; what waits is somebody's turn."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine
from cxquest.core.waiting import found
from cxquest.quests import (
    holding,
    suspecting,
    waiting,
    watching,
)
from cxquest.quests.work import RecurrenceState, Source
from cxquest.rewards.models import LedgerEntry
from cxquest.rewards.rulebook import Gate
from cxquest.voice import sources, theming
from cxquest.voice.models import Comment, Submission, Theme
from tests.cast import Cast
from tests.proofs import Noisy
from tests.teams import DECLINE, Team, week

PROVEN, DAY = week(13), timedelta(days=1)


def taken(session: Session, team: Team) -> list[int]:
    lines = select(LedgerEntry.points).where(
        LedgerEntry.account_id == team.quest.account_id, LedgerEntry.points < 0
    )
    return list(session.scalars(lines))


def customers(
    session: Session, theme: Theme, last: date, tagged: int, n: int, at: datetime
) -> None:
    """Have `n` comments in the 28 days up to a day, `tagged` of them about the theme."""
    source = sources.named(session, "Survey", at=at)
    about = []
    for place in range(n):
        comment = Comment(text=f"Words of {last}, {place}")
        session.add(
            Submission(
                source=source,
                identity=f"{last}-{place}",
                fingerprint="",
                collected_on=last - timedelta(days=place % 28),
                created_at=at,
                updated_at=at,
                comments=[comment],
            )
        )
        about += [comment] if place < tagged else []
    session.flush()
    theming.tag(session, [one.id for one in about], theme, by=None, at=at)


@pytest.fixture
def spoken_of(session: Session, cast: Cast) -> Team:
    """A quest whose theme was in 20 of 60 comments before, and in 4 of 60 when it was proven."""
    team = Noisy(session, cast).hold()
    theme = theming.add(session, "Moved days", by=None, at=week(0))
    team.pain.theme_id = theme.id
    changed = min(c.in_place_on for c in team.quest.countermeasures if c.in_place_on)
    customers(session, theme, changed - DAY, 20, 60, week(13))
    customers(session, theme, week(13).date(), 4, 60, week(13))
    for number in range(13, 26):
        team.read(number, "4")
    return team


def again(session: Session, team: Team, tagged: int, n: int = 60) -> datetime:
    """Customers say it in `tagged` of `n` comments of the fourth to the eighth week."""
    theme = session.get(Theme, team.pain.theme_id)
    assert theme
    at = week(13) + 45 * DAY
    customers(session, theme, at.date(), tagged, n, at)
    return at


def test_what_customers_say_again_is_suspected_and_taken_back_when_a_coach_confirms(
    session: Session, cast: Cast, spoken_of: Team
) -> None:
    at = again(session, spoken_of, 24)
    assert watching.look(session, spoken_of.id, at) == "suspected"
    assert watching.look(session, spoken_of.id, at + DAY) in ("", "suspected")
    (noted,) = suspecting.every(session, spoken_of.quest)
    assert (noted.source, noted.state) == (Source.THEME, RecurrenceState.SUSPECTED)
    assert "24 of 60 comments" in noted.evidence
    assert "4 of 60" in noted.evidence
    assert taken(session, spoken_of) == []
    for who in (cast.ida, cast.bram, cast.karl, cast.olaf):
        with pytest.raises(NotAllowed):
            watching.confirm(session, spoken_of.quest, noted, by=who, at=at)
    watching.confirm(session, spoken_of.quest, noted, by=cast.noor, at=at + 10 * DAY)
    assert taken(session, spoken_of) == [-466]  # of 621, as of the day on which it arose
    (known,) = spoken_of.quest.recurrences
    assert (known.state, known.decided_by_id) == (RecurrenceState.CONFIRMED, cast.noor.id)
    with pytest.raises(Refusal, match="settled already"):
        watching.confirm(session, spoken_of.quest, noted, by=cast.noor, at=at + 11 * DAY)


def test_a_team_that_says_so_first_while_it_is_suspected_pays_half(
    session: Session, cast: Cast, spoken_of: Team
) -> None:
    at = again(session, spoken_of, 24)
    watching.look(session, spoken_of.id, at)
    holding.report_return(session, spoken_of.quest, "They are right", by=cast.bram, at=at)
    assert taken(session, spoken_of) == [-233]
    assert {(one.source, one.state) for one in spoken_of.quest.recurrences} == {
        (Source.THEME, RecurrenceState.CONFIRMED),
        (Source.TEAM, RecurrenceState.CONFIRMED),
    }


@pytest.mark.parametrize(("tagged", "n"), [(18, 60), (15, 29), (4, 60)])
def test_too_few_or_no_more_than_chance_is_not_suspected(
    session: Session, spoken_of: Team, tagged: int, n: int
) -> None:
    at = again(session, spoken_of, tagged, n)
    assert watching.look(session, spoken_of.id, at) == ""


def test_what_was_dismissed_is_not_suspected_again_by_the_same_words(
    session: Session, cast: Cast, spoken_of: Team
) -> None:
    at = again(session, spoken_of, 24)
    watching.look(session, spoken_of.id, at)
    (noted,) = suspecting.every(session, spoken_of.quest)
    with pytest.raises(BadInput, match="Say why"):
        suspecting.dismiss(session, spoken_of.quest, noted, "", by=cast.noor, at=at)
    with pytest.raises(NotAllowed):
        suspecting.dismiss(session, spoken_of.quest, noted, "No", by=cast.ida, at=at)
    suspecting.dismiss(session, spoken_of.quest, noted, "One day only", by=cast.noor, at=at)
    assert watching.look(session, spoken_of.id, at + DAY) == ""
    assert taken(session, spoken_of) == []
    said = select(AuditLine.summary).where(AuditLine.action == "return_dismissed")
    assert list(session.scalars(said)) == ["One day only"]


def test_a_suspicion_waits_for_coaches_outside(
    session: Session, cast: Cast, spoken_of: Team
) -> None:
    watching.look(session, spoken_of.id, again(session, spoken_of, 24))
    for who, theirs in ((cast.noor, [spoken_of.id]), (cast.ida, [])):
        assert [one.key for one in found(session, waiting.suspicions(who))] == theirs


def test_a_check_without_a_reading_is_the_owners_and_after_a_fortnight_a_coachs(
    session: Session, cast: Cast
) -> None:
    team = Noisy(session, cast).hold()
    due = team.quest.hold_checks[0].due_on
    assert [one.key for one in found(session, waiting.readings(cast.bram, due))] == [team.id]
    assert found(session, waiting.unread(cast.noor, due - DAY)) == []
    assert [one.key for one in found(session, waiting.unread(cast.noor, due))] == [team.id]
    assert found(session, waiting.unread(cast.ida, due)) == []


def test_a_declined_gate_is_its_leads_turn_until_it_is_asked_for_again(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).diagnose().judge(Gate.G1, 3, DECLINE)
    (turn,) = found(session, waiting.declined(cast.ida))
    assert (turn.key, turn.title, turn.detail) == (team.id, "Read four weeks more", "G1")
    assert found(session, waiting.declined(cast.bram)) == []
    team.ask(4)
    assert found(session, waiting.declined(cast.ida)) == []
