"""Lessons for tests: of a quest that Karl stopped in its second week, written out by Ida."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.lessons import adopting, queries
from cxquest.people.models import Person
from cxquest.quests import learning, stopping
from cxquest.quests.learned import Adoption, Lesson
from cxquest.quests.learning import Words
from cxquest.quests.models import Quest
from tests.cast import Cast
from tests.teams import Team, day, week

SAID = Words(
    title="Keep an hour free",
    useful_when="Plans that are full to the last hour",
    worked="One hour in ten stays free",
    did_not="Better messages",
    got_wrong="We asked the wrong people first",
)


def stopped(session: Session, cast: Cast, title: str = "Nobody waits") -> Quest:
    """Return a quest that was stopped with a short lesson."""
    team = Team(session, cast, title).sign()
    stopping.stop(
        session, team.quest, reason="No hours", lesson="Ask first", by=cast.karl, at=week(2)
    )
    return team.quest


def written(session: Session, cast: Cast, title: str = "Nobody waits") -> Lesson:
    """Return the lesson of a stopped quest, which its team wrote out."""
    learning.write(session, stopped(session, cast, title), SAID, by=cast.ida, at=week(3))
    return whole(session)


def whole(session: Session, lesson_id: int | None = None) -> Lesson:
    """Return a lesson as its page loads it, by default the newest."""
    found = queries.lesson(session, lesson_id or session.scalar(select(func.max(Lesson.id))) or 0)
    assert found
    return found


def claimed(session: Session, lesson: Lesson, by: Person, since: date | None = None) -> Adoption:
    """Say that somebody's department uses the lesson."""
    made = adopting.claim(
        session, lesson, what="We keep one too", since=since or day(3), by=by, at=week(5)
    )
    return next(one for one in whole(session, lesson.id).adoptions if one.id == made.id)
