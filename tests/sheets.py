"""Quests that try the one-page sheet: one with everything at its longest, one with nothing yet."""

from datetime import timedelta

from sqlalchemy.orm import Session

from cxquest.pains.models import Answer, CustomerCheck, PainEvidence, PainNote
from cxquest.people.models import Person
from cxquest.quests import learning, queries, telling
from cxquest.quests.learning import Words
from cxquest.quests.models import Membership, Quest
from cxquest.quests.work import Countermeasure, HoldState, StandardKind, Task, Why
from cxquest.rewards.rulebook import Cause, Work
from cxquest.voice import hearing
from tests.cast import BEGUN, Cast, person
from tests.teams import Team, day, week

WORDS = (
    "Nobody from the Terminvereinbarungszentrale told the planner that the fitter of the other "
    "department had moved the day, so that the customer waited at home for a whole afternoon. "
)
LONG = WORDS * 12
BROAD = "WWW\u6f22\u5b57\U0001f525" * 300  # one word, of the broadest letters there are
TITLE = (WORDS * 2)[:160]
WHYS, CHAIN = 40, 5
MEASURES = 20
SECRET = "ring me on +47 900 12 345 or write to ann@home.example"


def empty(session: Session, cast: Cast) -> Quest:
    """Ida has just proposed it."""
    return Team(session, cast).quest


def proven(session: Session, cast: Cast) -> Quest:
    """Its outcome is proven, with a lesson, what customers said and what they answered."""
    team = Team(session, cast).hold()
    quest = team.quest
    _hear(session, cast, quest, [f"They never came, {SECRET}", "I took the day off for nothing"])
    given = Words(useful_when="Days are promised", worked="One free hour", did_not="A reminder")
    learning.write(session, quest, given, by=cast.ida, at=week(14))
    measure = team.quest.countermeasures[0]
    _task(session, measure, "Change the planning screen", cast.bram, done=True)
    _task(session, measure, "Tell the night shift", cast.bram)
    _answer(session, quest, [Answer.BETTER, Answer.BETTER, Answer.BETTER, Answer.SAME])
    session.flush()
    return team.quest


def broadest(session: Session, cast: Cast) -> Quest:
    """Its texts are single words that no budget of letters foresees."""
    quest = proven(session, cast)
    rows = (quest, quest.pain, quest.metric, learning.lesson_of(session, quest.id))
    for row in (*rows, *quest.whys, *quest.countermeasures):
        _fill(row, BROAD)
    session.flush()
    return quest


def longest(session: Session, cast: Cast) -> Quest:
    """Every text as long as can be, 40 whys, 20 countermeasures and tasks, a team of nine."""
    quest = proven(session, cast)
    _fill(quest)
    _fill(quest.pain)
    quest.metric.changes = [  # type: ignore[union-attr]
        {"on": day(4 + n % 5).isoformat(), "label": f"{n} {TITLE}"[:160]} for n in range(MEASURES)
    ]
    _fill(quest.metric)
    _fill(learning.lesson_of(session, quest.id))
    crowd = _crowd(session, cast, quest)
    _hear(session, cast, quest, [f"{n} {LONG}" for n in range(6)])
    _whys(session, cast, quest)
    for n in range(MEASURES):
        _measure(session, quest, n, crowd[n % len(crowd)])
    for check in quest.hold_checks:
        check.state = HoldState.PASSED
    session.flush()
    found = queries.whole(session, quest.id)
    assert found
    return found


def _fill(row: object, words: str = LONG) -> None:
    """Write into every text of a row as much as it takes."""
    for column in row.__table__.columns:  # type: ignore[attr-defined]
        kind = column.type
        if kind.__class__.__name__ == "Text":
            setattr(row, column.name, words)
        elif kind.__class__.__name__ == "String" and kind.length:
            setattr(row, column.name, words[: kind.length])


def _crowd(session: Session, cast: Cast, quest: Quest) -> list[Person]:
    """Seven more join, each with a name as long as names are."""
    joined = []
    departments = (cast.care, cast.field, cast.billing)
    for n in range(7):
        one = person(session, f"Wilhelmine{n}-Featherstonehaugh-Montgomery", departments[n % 3])
        session.add(
            Membership(
                quest_id=quest.id,
                person_id=one.id,
                department_id=departments[n % 3].id,
                joined_at=BEGUN,
            )
        )
        joined.append(one)
    return joined


def _hear(session: Session, cast: Cast, quest: Quest, said: list[str]) -> None:
    for words in said:
        heard = hearing.heard(session, words, on=BEGUN.date(), by=cast.bram, at=BEGUN)
        shows = PainEvidence(
            pain_id=quest.pain_id, comment_id=heard.comments[0].id, importance=3, added_at=BEGUN
        )
        session.add(shows)


def _whys(session: Session, cast: Cast, quest: Quest) -> None:
    """Eight chains of five whys, each ending in a root cause."""
    above: Why | None = None
    for n in range(WHYS):
        first, last = n % CHAIN == 0, n % CHAIN == CHAIN - 1
        above = Why(
            quest_id=quest.id,
            parent_id=None if first or above is None else above.id,
            text=f"{n} {LONG}",
            is_root=last,
            level=Cause.SYSTEMIC if last else None,
            written_by_id=cast.ida.id,
            written_at=BEGUN,
        )
        session.add(above)
        session.flush()


def _measure(session: Session, quest: Quest, n: int, who: Person) -> None:
    measure = Countermeasure(
        quest_id=quest.id,
        why_id=quest.whys[0].id,
        title=f"{n} {TITLE}"[:160],
        work=list(Work)[n % 4],
        in_place_on=day(5),
        standard_kind=StandardKind.WORK_INSTRUCTION,
        standard=LONG,
        standard_version="2026.4",
        standard_owner_id=who.id,
        review_on=day(30 + n),
        affected_roles=LONG,
        written_by_id=who.id,
        written_at=BEGUN,
    )
    session.add(measure)
    session.flush()
    _task(session, measure, f"{n} {LONG}"[:300], who, done=n % 2 == 0)


def _task(
    session: Session, measure: Countermeasure, text: str, who: Person, *, done: bool = False
) -> None:
    task = Task(
        countermeasure_id=measure.id,
        text=text,
        person_id=who.id,
        due_on=day(20),
        done_on=day(6) if done else None,
    )
    session.add(task)
    session.flush()


def _answer(session: Session, quest: Quest, answers: list[Answer]) -> None:
    note = PainNote(
        pain_id=quest.pain_id,
        deed="outcome",
        outcome=telling.outcome_of(quest),
        text="You said, we did",
        prepared_at=BEGUN,
        sent_at=BEGUN + timedelta(days=1),
    )
    session.add(note)
    session.flush()
    for n, answer in enumerate(answers):
        session.add(
            CustomerCheck(note_id=note.id, hash=f"{note.id}-{n}", asked_at=BEGUN, answer=answer)
        )
