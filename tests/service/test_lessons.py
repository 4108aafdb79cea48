"""Lessons: who writes them, and which fit a quest."""

import pytest
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed
from cxquest.lessons import queries
from cxquest.lessons.queries import Filters
from cxquest.quests import learning, starting, stopping
from cxquest.quests.learning import Words
from cxquest.quests.work import Why
from cxquest.rewards.rulebook import Cause
from cxquest.themes import changing
from cxquest.voice import theming
from tests.cast import Cast, person
from tests.lessons import SAID, stopped, written
from tests.teams import Team, week

# Writing


def test_the_team_writes_its_lesson_and_the_first_writer_stays_its_author(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).join()
    first = learning.write(session, team.quest, SAID, by=cast.bram, at=week(1))
    again = learning.write(session, team.quest, Words(worked="More"), by=cast.ida, at=week(2))
    assert again.id == first.id
    assert (again.written_by.id, again.written_at) == (cast.bram.id, week(2))
    assert (again.title, again.worked, again.got_wrong) == ("Nobody waits", "More", "")


def test_only_the_team_writes_it_until_the_sponsor_stops_the_quest(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).sign()
    for who in (cast.olaf, cast.noor, cast.karl):
        with pytest.raises(NotAllowed):
            learning.write(session, team.quest, SAID, by=who, at=week(2))
    stopping.stop(session, team.quest, reason="x", lesson="Ask first", by=cast.karl, at=week(3))
    learning.write(session, team.quest, SAID, by=cast.karl, at=week(4))
    with pytest.raises(NotAllowed):
        learning.write(session, team.quest, SAID, by=cast.olaf, at=week(4))


def test_who_has_left_the_team_may_still_say_what_they_learned(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).join()
    starting.leave(session, team.quest, by=cast.bram, at=week(1))
    lesson = learning.write(session, team.quest, SAID, by=cast.bram, at=week(2))
    assert lesson.written_by.id == cast.bram.id


def test_a_stopped_quest_leaves_what_did_not_work_beside_what_the_team_wrote(
    session: Session, cast: Cast
) -> None:
    lesson = learning.lesson_of(session, stopped(session, cast).id)
    assert lesson
    assert (lesson.did_not, lesson.got_wrong, lesson.title) == ("Ask first", "", "Nobody waits")
    team = Team(session, cast, "Second").sign()
    given = Words(title="Ours", worked="Free hours", did_not="Letters")
    learning.write(session, team.quest, given, by=cast.ida, at=week(2))
    stopping.stop(session, team.quest, reason="x", lesson="Ask first", by=cast.karl, at=week(3))
    ours = learning.lesson_of(session, team.id)
    assert ours
    assert (ours.title, ours.worked) == ("Ours", "Free hours")
    assert ours.did_not == "Letters\n\nAsk first"
    assert ours.written_by.id == cast.ida.id


def test_the_sponsors_lesson_passes_to_the_first_of_the_team_who_writes_it_out(
    session: Session, cast: Cast
) -> None:
    quest = stopped(session, cast)
    left = learning.lesson_of(session, quest.id)
    assert left
    assert left.written_by.id == cast.karl.id
    learning.write(session, quest, SAID, by=cast.bram, at=week(3))
    learning.write(session, quest, SAID, by=cast.ida, at=week(4))
    learning.write(session, quest, SAID, by=cast.karl, at=week(5))
    assert left.written_by.id == cast.bram.id


@pytest.mark.parametrize("part", ["title", "useful_when", "worked", "did_not", "got_wrong"])
def test_no_part_of_a_lesson_names_a_person(session: Session, cast: Cast, part: str) -> None:
    person(session, "Maud", cast.care).name = "Maud Berg"
    team = Team(session, cast)
    given = Words(**{"worked": "Calls", part: "It was maud berg who forgot"})
    with pytest.raises(BadInput) as refused:
        learning.write(session, team.quest, given, by=cast.ida, at=week(1))
    assert refused.value.field == part
    assert "Maud Berg" in str(refused.value)
    assert learning.lesson_of(session, team.id) is None


def test_nobody_is_named_when_a_quest_is_stopped(session: Session, cast: Cast) -> None:
    person(session, "Maud", cast.care).name = "Maud Berg"
    team = Team(session, cast).sign()
    with pytest.raises(BadInput) as refused:
        stopping.stop(
            session, team.quest, reason="x", lesson="Maud Berg left", by=cast.karl, at=week(2)
        )
    assert refused.value.field == "lesson"
    assert team.quest.state == "diagnosing"


def test_a_lesson_says_something(session: Session, cast: Cast) -> None:
    quest, given = Team(session, cast).quest, Words(title="Free", useful_when="Always")
    with pytest.raises(BadInput) as refused:
        learning.write(session, quest, given, by=cast.ida, at=week(1))
    assert refused.value.field == "worked"


# Finding


def test_the_list_is_narrowed(session: Session, cast: Cast) -> None:
    first, second = written(session, cast, "First"), stopped(session, cast, "Second")
    stage = first.quest.pain.stage_id
    theme = theming.add(session, "Came late", by=cast.ida, at=week(0))
    second.pain.theme_id = theme.id
    root = Why(quest_id=second.id, text="No plan", is_root=True, level=Cause.SYSTEMIC)
    root.written_by_id, root.written_at = cast.ida.id, week(2)
    session.add(root)
    session.flush()

    def found(**asked: object) -> list[str]:
        rows = session.scalars(queries.listed(Filters(**asked)))  # type: ignore[arg-type]
        return [lesson.quest.title for lesson in rows]

    assert found() == ["First", "Second"]
    assert found(search="LAST HOUR") == ["First"]
    assert found(search="ask FIRST") == ["Second"]
    assert found(search="%") == []
    assert found(got_wrong=True) == ["First"]
    assert found(stage=stage) == ["First"]
    assert found(theme=theme.id) == ["Second"]
    assert found(cause="systemic") == ["Second"]
    assert found(cause="symptom") == found(work="prevention") == []
    assert found(work="nonsense", cause="nonsense") == ["First", "Second"]
    assert Filters(search="x", got_wrong=True).active == 2


def test_lessons_of_the_same_theme_fit_also_when_it_was_merged(
    session: Session, cast: Cast
) -> None:
    lesson = written(session, cast)
    one, other = (theming.add(session, name, by=cast.ida, at=week(0)) for name in ("A", "B"))
    lesson.quest.pain.theme_id = one.id
    team = Team(session, cast, "Another")
    team.quest.pain.theme_id = other.id
    session.flush()
    asked = queries.quest(session, team.id)
    assert asked
    assert queries.fitting(session, asked) == []
    changing.merge(session, one, other, by=cast.noor, at=week(1))
    ((found, why),) = queries.fitting(session, asked)
    assert (found.id, why.same_theme, why.cause) == (lesson.id, True, "")


def test_lessons_on_a_cause_alike_fit_and_a_quests_own_never_does(
    session: Session, cast: Cast
) -> None:
    lesson = written(session, cast)
    team = Team(session, cast, "Another").sign()
    for quest, text in ((lesson.quest, "The plan has no free hour"), (team.quest, "No plan")):
        why = Why(quest_id=quest.id, text=text, is_root=quest is lesson.quest, evidence="x")
        why.written_by_id, why.written_at = cast.ida.id, week(2)
        session.add(why)
    session.flush()
    asked = queries.quest(session, team.id)
    assert asked
    assert queries.fitting(session, asked) == []
    asked.whys[0].text = "There is no free hour in the plan"
    session.flush()
    ((found, why_it_fits),) = queries.fitting(session, asked)
    assert (found.id, why_it_fits.cause) == (lesson.id, "The plan has no free hour")
    own = queries.quest(session, lesson.quest_id)
    assert own
    assert queries.fitting(session, own) == []
