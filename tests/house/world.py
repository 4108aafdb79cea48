"""The world that the matrix walks through: a few things of every kind, made by services.

Ida leads the quest and wrote the pain points, Bram is a member, Noor coaches, Karl sponsors,
Ruth administers, Olaf stands outside, and Gone may not come in.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.imports import importing
from cxquest.imports import keys as api_keys
from cxquest.imports.mapping import mapped
from cxquest.imports.models import ImportRun
from cxquest.journey import staging
from cxquest.journey.models import Stage
from cxquest.lessons import adopting
from cxquest.lessons import queries as lessons
from cxquest.measures.defining import Definition
from cxquest.measures.models import Direction, Period
from cxquest.measures.models import RunState as ReadingRunState
from cxquest.pains import deciding, starting
from cxquest.pains.models import CustomerCheck, PainClass, PainNote, PainPoint
from cxquest.people import keeping, signing_in
from cxquest.people.models import Ticket, TicketPurpose
from cxquest.quests import (
    chartering,
    concerning,
    diagnosing,
    fixing,
    learning,
    measuring,
    queries,
    stopping,
    suspecting,
    tasks,
)
from cxquest.quests import starting as quests
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.work import Source, StandardKind
from cxquest.recognition import giving
from cxquest.recognition.models import Badge, BadgeKind, Behaviour
from cxquest.rewards import disputing, ledger, line_queries, publishing
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Decision, RewardEvent
from cxquest.rewards.rulebook import Work
from cxquest.surveys import asking
from cxquest.surveys.models import Access
from cxquest.themes import changing, finding, learning_queries, training
from cxquest.themes.grouping import Group
from cxquest.voice import theming
from cxquest.voice.models import Comment, Theme
from tests import metrics
from tests.cast import BEGUN, Cast, person

TOKEN = "the-token-of-a-ticket"
KEY = "the-secret-of-a-customers-link"
LONG_AGO = datetime(2020, 1, 15, tzinfo=UTC)  # a season that has settled, whatever day it is
FILE = b"id,text\n" + b"".join(
    b"%d,They came late again, the %d. time\n" % (n, n) for n in range(9)
)


def build(session: Session, cast: Cast) -> dict[str, object]:
    """Make everything and return what stands for each variable of a URL."""
    stage = staging.add(
        session,
        name="Install",
        customer_goal="It works",
        success_means="First time",
        by=cast.ruth,
        at=BEGUN,
    )
    theme = theming.add(session, "Came late", by=cast.ida, at=BEGUN)
    run = _imported(session, cast)
    comments = session.scalars(select(Comment.id).order_by(Comment.id)).all()
    theming.tag(session, comments, theme, by=cast.ida, at=BEGUN)
    pain = _pain(session, cast, stage.id, comments)
    early = _quest(session, cast, _pain(session, cast, stage.id, comments))
    quest = _quest(session, cast, _pain(session, cast, stage.id, comments))
    return {
        **_work(session, cast, quest),
        **_recognition(session, cast),
        **_points(session, cast),
        **_survey(session, cast, stage),
        **_learned(session, cast, _quest(session, cast, _pain(session, cast, stage.id, comments))),
        "person_id": cast.olaf.id,
        "department_id": cast.field.id,
        "token": _ticket(session, cast),
        "stage_id": stage.id,
        "theme_id": theme.id,
        "group_id": _grouped(session, cast, comments),
        "change_id": _described(session, theme, cast),
        "run_id": run.id,
        "source_id": run.source_id,
        "key_id": api_keys.make(session, "Shop", "Shop", by=cast.ruth, at=BEGUN)[0].id,
        "comment_id": comments[0],
        "pain_id": pain.id,
        **_told(session, pain, cast),
        "quest_id": quest.id,
        "recurrence_id": _suspected(session, quest),
        "season_id": ledger.season_at(session, LONG_AGO, ZoneInfo("Europe/Oslo")).id,
        "number": publishing.draft(session, None, "Because", by=cast.ruth, at=BEGUN).number,
        "kind": "theme",
        "gate": "G1",
        "early": {"quest_id": early.id, "chair_id": early.chairs[0].id},
    }


def _told(session: Session, pain: PainPoint, cast: Cast) -> dict[str, object]:
    """Customers were told of an outcome, and one was given a link."""
    note = PainNote(pain_id=pain.id, deed="changed", outcome="quest:1:1", text="We come.")
    note.prepared_at, note.sent_at, note.sent_by_id = BEGUN, BEGUN, cast.noor.id
    session.add(note)
    session.flush()
    asked = CustomerCheck(note_id=note.id, hash=signing_in.fingerprint(KEY), asked_at=BEGUN)
    session.add(asked)
    session.flush()
    return {"note_id": note.id, "key": KEY}


def _suspected(session: Session, quest: Quest) -> int:
    """Let it be suspected that the problem of a quest is back."""
    found = suspecting.suspect(session, quest, Source.THEME, "Again", figures={}, at=BEGUN)
    assert found
    return found.id


def _grouped(session: Session, cast: Cast, comments: Sequence[int]) -> int:
    """Ask for a learning, and let it have found a group."""
    learning = training.ask(session, 0.5, by=cast.noor, at=BEGUN)
    group = Group(tuple(comments[:5]), ("late",), tuple(comments[:2]), 0.8)
    finding.keep(session, learning, [group], BEGUN)
    return session.scalars(learning_queries.open_groups()).one().id


def _described(session: Session, theme: Theme, cast: Cast) -> int:
    """Say more of a theme; return the change, which can be undone."""
    change = changing.describe(
        session,
        theme,
        name=theme.name,
        definition="The fitter came after the day that was promised.",
        phrases=(),
        owner=None,
        by=cast.noor,
        at=BEGUN,
    )
    assert change
    return change.id


def _imported(session: Session, cast: Cast) -> ImportRun:
    content = BytesIO(FILE)
    run = importing.start(session, "Survey", "survey.csv", content, by=cast.ruth, at=BEGUN)
    importing.map(session, run, mapped(comments=("text",), external_id="id"))
    importing.finish(session, run, secret="", by=cast.ruth, at=BEGUN)
    return run


def _pain(session: Session, cast: Cast, stage_id: int, comments: object) -> PainPoint:
    pain = starting.draft(
        session,
        comment_ids=list(comments),  # type: ignore[call-overload]
        title="The fitter comes late",
        stage_id=stage_id,
        expected="On the day",
        experienced="A week later",
        consequence="A day off lost",
        pain_class=PainClass.TABLE_STAKE,
        by=cast.ida,
        at=BEGUN,
    )
    starting.open_up(session, pain, by=cast.ida, at=BEGUN)
    return pain


def _quest(session: Session, cast: Cast, pain: PainPoint) -> Quest:
    deciding.accept(session, pain, by=cast.noor, at=BEGUN, base_url="http://localhost")
    quest = quests.propose(session, pain, "On the day", by=cast.ida, at=BEGUN)
    session.expire(quest)
    quests.join(session, _whole(session, quest), by=cast.bram, at=BEGUN)
    given = chartering.Charter("On the day", "Goal", "They stay", None, None, "", cast.karl.id)
    chartering.write(session, _whole(session, quest), given, cast.karl, by=cast.ida, at=BEGUN)
    return _whole(session, quest)


def _work(session: Session, cast: Cast, quest: Quest) -> dict[str, object]:
    """Put the quest into the midst of fixing; how it comes there is told by other tests."""
    quest.state = State.DIAGNOSING
    who = {"by": cast.ida, "at": BEGUN}
    why = diagnosing.add_why(session, quest, parent_id=None, text="No plan", evidence="7", **who)
    why.is_root = True
    quest.state = State.FIXING
    quest = _whole(session, quest)
    what = (why.id, "A plan", Work.PREVENTION, "", None, StandardKind.POLICY, "The plan", "")
    change = fixing.Change(*what, standard_owner_id=cast.ida.id)
    countermeasure = fixing.add(session, quest, change, **who)
    todo = {"text": "Tell them", "person_id": None, "due_on": None}
    task = tasks.add(session, quest, countermeasure, **todo, **who)
    given = Definition(
        "Late visits",
        "Visits after the day",
        "%",
        Direction.DECREASE,
        Period.WEEK,
        "The planner",
        cast.bram.id,
        Decimal(5),
        BEGUN.date().replace(month=9),
    )
    measuring.define(session, quest, given, **who)
    quest = _whole(session, quest)
    day = BEGUN.date().replace(day=1)
    reading = measuring.read(session, quest, day=day, value=Decimal(20), n=40, **who)
    return {
        "chair_id": quest.chairs[0].id,
        "why_id": why.id,
        "countermeasure_id": countermeasure.id,
        "task_id": task.id,
        "word": "done",
        "reading_id": reading.id,
        **_measured(session, cast, quest),
    }


def _measured(session: Session, cast: Cast, quest: Quest) -> dict[str, object]:
    """Let the metric have a file that was looked at, a red reading and a key."""
    metric = quest.metric
    assert metric
    who = {"by": cast.bram, "at": BEGUN}
    return {
        "metric_id": metric.id,
        "reading_run_id": metrics.file_at(session, metric, ReadingRunState.PREVIEWED, **who),
        "reaction_id": metrics.red(session, metric, BEGUN),
        "metric_key_id": metrics.key_of(session, metric, **who),
    }


def _survey(session: Session, cast: Cast, stage: Stage) -> dict[str, object]:
    """Noor asks customers by links that work once."""
    who = {"by": cast.noor, "at": BEGUN}
    made = asking.make(session, name="By letter", stage=stage, access=Access.ONE_USE, **who)
    asking.open_up(session, made, **who)
    (link,) = asking.make_links(session, made, 1, **who)
    return {"survey_id": made.id, "code": made.code, "link": link}


def _learned(session: Session, cast: Cast, quest: Quest) -> dict[str, object]:
    """Karl stopped a quest, Ida wrote what was learned, and the shop works by it."""
    stopping.stop(session, quest, reason="No hours", lesson="Ask", by=cast.karl, at=BEGUN)
    said = learning.Words(worked="A plan", got_wrong="The first plan")
    lesson = learning.write(session, _whole(session, quest), said, by=cast.ida, at=BEGUN)
    shop = keeping.department(session, "Shop", by=None, at=BEGUN)
    found = lessons.lesson(session, lesson.id)
    assert found
    by = person(session, "Sal", shop)
    day = BEGUN.date()
    adoption = adopting.claim(session, found, what="We plan too", since=day, by=by, at=BEGUN)
    return {"lesson_id": lesson.id, "adoption_id": adoption.id}


def _recognition(session: Session, cast: Cast) -> dict[str, object]:
    """Ida thanked Bram just now, and holds a badge."""
    given = giving.give(
        session,
        cast.bram,
        behaviour=Behaviour.SHARED,
        reason="He told us before the customer did",
        by=cast.ida,
        at=clock.now(),
    )
    event = session.scalars(select(RewardEvent)).first()
    badge = Badge(
        person_id=cast.ida.id,
        kind=BadgeKind.ROOT_CAUSE,
        event=event,
        rulebook_version=1,
        earned_at=BEGUN,
    )
    session.add(badge)
    session.flush()
    return {"kudos_id": given.id, "badge_id": badge.id}


def _points(session: Session, cast: Cast) -> dict[str, object]:
    """Ida, who was paid for a pain point that Noor accepted, says that it was not hers."""
    account_id = rewards.account_of_person(session, cast.ida.id)
    entry = session.scalars(line_queries.lines(account_id or 0)).first()
    assert entry
    found = line_queries.decision_of(session, entry)
    assert found
    free = select(Decision.id).where(Decision.account_id == account_id, Decision.id != found[0].id)
    dispute = disputing.begin(
        session,
        found[0],
        "Bram wrote it",
        account=found[1],
        decided_at=found[2],
        team=(),
        outside=concerning.answerers,
        by=cast.ida,
        at=BEGUN,
    )
    decision_id = session.scalars(free).first()
    return {"entry_id": entry.id, "decision_id": decision_id, "dispute_id": dispute.id}


def _whole(session: Session, quest: Quest) -> Quest:
    session.flush()
    session.expire(quest)
    found = queries.whole(session, quest.id)
    assert found
    return found


def _ticket(session: Session, cast: Cast) -> str:
    session.add(
        Ticket(
            token_hash=signing_in.fingerprint(TOKEN),
            person_id=cast.olaf.id,
            purpose=TicketPurpose.RESET,
            created_at=BEGUN,
            expires_at=BEGUN.replace(year=2099),
        )
    )
    session.flush()
    return TOKEN
