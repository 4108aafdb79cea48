"""What sponsors are asked, when they answer, and how reliable that makes them."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.boards import sponsors
from cxquest.people.models import Person, Role
from cxquest.quests import answering, chartering, stopping
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest, Size, SponsorRequest
from tests import boards
from tests.cast import BEGUN, Cast, person
from tests.teams import Team, week


def requests(session: Session) -> list[tuple[int, bool, bool]]:
    """Return sponsor, whether it was answered or ended, and whether it was taken back."""
    found = session.scalars(select(SponsorRequest).order_by(SponsorRequest.id))
    return [(one.sponsor_id, one.answered_at is not None, one.withdrawn) for one in found]


def test_asking_starts_the_clock_and_signing_stops_it(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    (asked,) = session.scalars(select(SponsorRequest))
    assert (asked.sponsor_id, asked.asked_at, asked.answered_at) == (cast.karl.id, week(0), None)
    assert asked.due_at == datetime.fromisoformat("2026-03-09T23:00+00:00")
    chartering.sign(session, team.quest, by=cast.karl, at=week(1))
    assert (asked.answered_at, asked.withdrawn) == (week(1), False)


def test_asking_again_does_not_restart_the_clock(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    chartering.ask_signature(session, team.quest, by=cast.ida, at=week(0) + timedelta(days=2))
    assert requests(session) == [(cast.karl.id, False, False)]


def test_sending_back_is_an_answer(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    chartering.send_back(session, team.quest, "Not yet", by=cast.karl, at=week(0))
    assert requests(session) == [(cast.karl.id, True, False)]


def test_a_changed_charter_takes_the_request_back(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    chartering.agree_size(session, team.quest, Size.M, by=cast.noor, at=week(0))
    assert requests(session) == [(cast.karl.id, True, True)]
    chartering.ask_signature(session, team.quest, by=cast.ida, at=week(0))
    assert requests(session) == [(cast.karl.id, True, True), (cast.karl.id, False, False)]


def test_another_sponsor_is_asked_instead(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    other = person(session, "Tove", None, Role.EXECUTIVE)
    answering.asked(session, team.quest, other, week(0))
    assert requests(session) == [(cast.karl.id, True, True), (other.id, False, False)]


def test_a_stopped_quest_asks_nothing_any_more(session: Session, cast: Cast) -> None:
    team = Team(session, cast).charter()
    stopping.stop(
        session, team.quest, reason="Enough", lesson="Ask first", by=cast.karl, at=week(0)
    )
    assert requests(session) == [(cast.karl.id, True, True)]


def asked(
    session: Session,
    quest: Quest,
    sponsor: Person,
    answered: int | None,
    *,
    withdrawn: bool = False,
) -> None:
    """Write a request of day 0, due on day 7, and on which day it was answered or ended."""
    session.add(
        SponsorRequest(
            quest_id=quest.id,
            sponsor_id=sponsor.id,
            asked_at=BEGUN,
            due_at=BEGUN + timedelta(days=7),
            answered_at=None if answered is None else BEGUN + timedelta(days=answered),
            withdrawn=withdrawn,
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("answered", "withdrawn", "day", "due", "in_time"),
    [
        (3, False, 4, 1, 1),
        (7, False, 8, 1, 1),
        (8, False, 9, 1, 0),
        (None, False, 7, 0, 0),
        (None, False, 8, 1, 0),
        (3, True, 20, 0, 0),
        (9, True, 20, 1, 0),
    ],
)
def test_what_counts_as_due_and_as_in_time(
    session: Session,
    cast: Cast,
    answered: int | None,
    withdrawn: bool,
    day: int,
    due: int,
    in_time: int,
) -> None:
    (quest,) = boards.quests(session, cast, 1)
    asked(session, quest, cast.karl, answered, withdrawn=withdrawn)
    (row,) = sponsors.rows(session, cast.karl, BEGUN + timedelta(days=day))
    assert (row.due, row.in_time, row.reliability) == (due, in_time, None)


def test_reliability_is_told_from_four_on(session: Session, cast: Cast) -> None:
    other = person(session, "Tove", None, Role.EXECUTIVE)
    quests = boards.quests(session, cast, 9)
    for quest in quests[:4]:
        asked(session, quest, cast.karl, 1)
    for quest in quests[4:8]:
        asked(session, quest, other, 9)
    found = sponsors.rows(session, cast.karl, BEGUN + timedelta(days=10))
    assert [(row.rank, row.name, row.reliability) for row in found] == [
        (1, "Karl", Fraction(7, 8)),
        (2, "Tove", Fraction(3, 8)),
    ]
    assert [row.name for row in sponsors.rows(session, other, BEGUN, "tov")] == ["Tove"]


def test_a_team_sees_the_sponsor_of_its_active_quest(session: Session, cast: Cast) -> None:
    mine, others = boards.quests(session, cast, 2)
    other = person(session, "Tove", None, Role.EXECUTIVE)
    mine.sponsor_id, others.sponsor_id = cast.karl.id, other.id
    boards.put_on(session, mine, cast.bram)
    asked(session, mine, cast.karl, 1)
    asked(session, others, other, 1)

    def seen(reader: Person) -> list[str]:
        return [row.name for row in sponsors.rows(session, reader, BEGUN)]

    assert seen(cast.karl) == ["Karl", "Tove"]
    assert seen(cast.bram) == ["Karl"]
    assert seen(cast.olaf) == seen(cast.ruth) == []
    mine.state = State.STOPPED
    session.flush()
    assert seen(cast.bram) == []
