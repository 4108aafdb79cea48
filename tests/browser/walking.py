"""Finds the pages to look at: every GET page of the app, with the demo company's own ids.

A page that everyone may see is asked for as each of five roles, a form as the first person who
may open it. Looked at is what brings a kind of element that was not on that page before, and
every quest and pain point at least once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from cxquest.boards import closing
from cxquest.core import clock
from cxquest.extensions import db
from cxquest.imports import importing, undoing
from cxquest.imports.mapping import mapped
from cxquest.imports.models import ImportRun, RunState
from cxquest.journey.models import Stage
from cxquest.lessons import adopting, policy
from cxquest.lessons import queries as lessons
from cxquest.measures import queries as queries_of
from cxquest.measures.models import Metric, Reading, SideMeasure
from cxquest.measures.models import RunState as ReadingRunState
from cxquest.pains import starting
from cxquest.pains.models import PainPoint
from cxquest.people import signing_in
from cxquest.people.models import Department, Person, Role, Ticket, TicketPurpose
from cxquest.quests import holding, queries
from cxquest.quests.learned import Adoption, Lesson
from cxquest.quests.lifecycle import ACTIVE, State
from cxquest.quests.models import Chair, Membership, Quest
from cxquest.quests.work import Countermeasure, Review, Why
from cxquest.recognition.models import Badge
from cxquest.rewards import publishing, simulating
from cxquest.rewards.models import (
    Account,
    Component,
    Decision,
    Dispute,
    LedgerEntry,
    RulebookVersion,
    Season,
)
from cxquest.rewards.rulebook import Gate
from cxquest.surveys.models import Survey
from cxquest.tables.dates import DateOrder
from cxquest.voice.models import Comment, Source, Theme
from tests import metrics
from tests.browsing import Browser

FILE = b"id,text,day\n1,They came late,2026-02-30\n2,They came on time,2026-03-01\n"
SUBJECTS = ("quests.show", "pains.show", "imports.show")
TICKET = "the-token-of-a-ticket"
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
TAG = re.compile(r"<(\w+)[^>]*?(?: class=\"([^\"]*)\")?[^>]*>")
HEADING = re.compile(r"<h1\b")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Visit:
    """A page and who looks at it; nobody is a stranger."""

    endpoint: str
    path: str
    person_id: int | None
    text: str


class Walk:
    """Asks the app, without a browser, for every page that somebody may open."""

    def __init__(self, app: Flask, emails: Sequence[str]) -> None:
        self.app = app
        self.app.test_client_class = Browser
        with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            self._people(session, emails)
            _add_what_the_demo_has_not(session, self.roles)
            self.one = _one_of_each(session, self.roles)
            self.quests = _one_a_state(session.scalars(select(Quest).order_by(Quest.id)))
            self.pains = _one_a_state(session.scalars(select(PainPoint).order_by(PainPoint.id)))
            self.runs = _one_a_state(session.scalars(select(ImportRun).order_by(ImportRun.id)))
            versions = select(RulebookVersion).order_by(RulebookVersion.number)
            self.versions = session.scalars(versions).all()
            self.parts = {quest.id: _parts(session, quest) for quest in self.quests}
            self.metrics = list(_metrics(session, self.quests))
            session.commit()
        self.clients: dict[int | None, Browser] = {}

    def _people(self, session: Session, emails: Sequence[str]) -> None:
        everyone = {p.email: p for p in session.scalars(select(Person).order_by(Person.id))}
        self.roles = [everyone[email] for email in emails]
        self.everyone = {person.id: person for person in everyone.values()}

    def visits(self, wanted: Callable[[str], bool]) -> list[Visit]:
        """Return the visits to these endpoints that show something new."""
        return [
            visit
            for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
            if wanted(rule.endpoint) and "GET" in (rule.methods or ())
            for visit in _telling(self._of(rule))
        ]

    def _of(self, rule: Rule) -> Iterator[Visit]:
        shown = rule.endpoint in (*SUBJECTS, "quests.review", "rewards.show")
        everywhere = shown or not rule.arguments
        for values in self._values(rule):
            found = self._answers(rule, values, everywhere=everywhere)
            yield from found
            if found and not shown:
                return

    def _answers(self, rule: Rule, values: dict[str, Any], *, everywhere: bool) -> list[Visit]:
        with self.app.test_request_context():
            path = url_for(rule.endpoint, **values)
        found: list[Visit] = []
        for person in self._candidates(values):
            answer = self.client(person).get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                who = person.id if person else None
                found.append(Visit(rule.endpoint, path, who, answer.text))
                if not everywhere:
                    break
        return found

    def _candidates(self, values: dict[str, Any]) -> list[Person | None]:
        asked = (values.get("quest_id"), values.get("metric_id"))
        quest = next((q for q in self.quests if q.id == asked[0]), None)
        if quest is None and asked[1]:
            quest = next(q for q in self.quests if q.metric_id == asked[1])
        if quest is None:
            return [*self.roles, None]
        ids = [quest.lead_id, quest.sponsor_id, *self.parts[quest.id]["team"][:2]]
        return [*(self.everyone[i] for i in dict.fromkeys(ids) if i), *self.roles]

    def _values(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """Yield what may stand for the variables of a URL."""
        names = rule.arguments
        if "quest_id" in names:
            for quest in self.quests:
                known = {**self.parts[quest.id], "quest_id": quest.id}
                if all(known.get(name) is not None for name in names):
                    yield {name: known[name] for name in names}
        elif "metric_id" in names:
            for values in self.metrics:
                if names <= values.keys():
                    yield {name: values[name] for name in names}
        elif "pain_id" in names:
            yield from ({"pain_id": pain.id} for pain in self.pains)
        elif "run_id" in names:
            yield from ({"run_id": run.id} for run in self.runs)
        elif "number" in names:
            yield from ({"number": version.number} for version in self.versions)
        elif all(self.one.get(name) is not None for name in names):
            yield {name: self.one[name] for name in names}

    def client(self, person: Person | None) -> Browser:
        """Return a test client that is signed in as a person."""
        key = person.id if person else None
        if key not in self.clients:
            client = self.app.test_client()
            assert isinstance(client, Browser)
            self.clients[key] = client.as_(person)
        return self.clients[key]

    def cookie_of(self, person_id: int | None) -> str | None:
        """Return the cookie with which a person is signed in."""
        found = self.clients[person_id].get_cookie("cxquest")
        return found.value if found else None


def headings(visit: Visit) -> int:
    """Return how many h1 the page has."""
    return len(HEADING.findall(visit.text))


def title(visit: Visit) -> str:
    """Return the page's title."""
    found = TITLE.search(visit.text)
    return found[1].strip() if found else ""


def _telling(visits: Iterable[Visit]) -> Iterator[Visit]:
    """Yield each subject's first visit, and those that bring a new kind of element."""
    known: set[str] = set()
    subjects: set[str] = set()
    for visit in visits:
        found = MAIN.search(visit.text)
        parts = {f"{tag}.{names}" for tag, names in TAG.findall(found[0] if found else "")}
        new_subject = visit.endpoint in SUBJECTS and visit.path not in subjects
        if new_subject or not parts <= known:
            yield visit
        known |= parts
        subjects.add(visit.path)


def _add_what_the_demo_has_not(session: Session, roles: Sequence[Person]) -> None:
    """Add a draft, a problem that is back, what waits for somebody, files half imported."""
    at = clock.now()
    ida, _bram, _noor, _karl, ruth = roles
    starting.draft(session, title="It hums at night", comment_ids=[1], by=ida, at=at)
    closed = _quest(session, Quest.state == State.CLOSED)
    holding.report_return(session, closed, "Eleven of forty again", by=closed.lead, at=at)
    _quest(session, Quest.state == State.CHARTERING).charter_asked_at = at
    quest = _quest(session, Quest.state == State.DIAGNOSING)
    session.add(Review(quest_id=quest.id, gate=Gate.G1, asked_by_id=quest.lead_id, asked_at=at))
    _adopted(session, at)
    _files(session, ruth, at)
    _approved(session, ruth, at)
    session.flush()
    for season_id in closing.due(session, at)[:1]:
        closing.close_due(session, season_id, at)


def _adopted(session: Session, at: datetime) -> None:
    """Add what a department says of a lesson that it works by, which waits for a coach."""
    lesson = lessons.lesson(session, session.scalars(select(Lesson.id)).first() or 0)
    assert lesson
    everyone = session.scalars(select(Person).order_by(Person.id))
    by = next(person for person in everyone if policy.may_adopt(person, lesson))
    adopting.claim(session, lesson, what="We do so too", since=at.date(), by=by, at=at)


def _files(session: Session, ruth: Person, at: datetime) -> None:
    """Add a file at every step that an import can come to; the demo has those that are done."""
    given = mapped(comments=("text",), date="day", order=DateOrder.YMD)
    for state in RunState:
        run = importing.start(session, "Survey", f"{state}.csv", BytesIO(FILE), by=ruth, at=at)
        if state is RunState.UPLOADED:
            continue
        importing.map(session, run, given)
        importing.preview(session, run, secret="", at=at)
        if state in (RunState.UNDONE, RunState.DONE):
            importing.finish(session, run, secret="", by=ruth, at=at)
        if state is RunState.UNDONE:
            undoing.undo(session, run, by=ruth, at=at)
        run.state = state


def _approved(session: Session, ruth: Person, at: datetime) -> None:
    """Add a version that was simulated, and one that was approved and is not scheduled yet."""
    for why in ("For a look", "For the spring"):
        version = publishing.draft(session, None, why, by=ruth, at=at)
        simulating.run_now(session, version, by=ruth, at=at)
    others = select(Person).where(Person.role == Role.ADMINISTRATOR, Person.id != ruth.id)
    publishing.approve(session, version, by=session.scalars(others).one(), at=at)


def _quest(session: Session, where: Any) -> Quest:
    quest_id = session.scalars(select(Quest.id).where(where).order_by(Quest.id)).first()
    assert quest_id
    found = queries.whole(session, quest_id)
    assert found
    return found


def _one_a_state(found: Any) -> list[Any]:
    by_state: dict[str, Any] = {}
    for one in found:
        by_state.setdefault(one.state, one)
    return list(by_state.values())


def _parts(session: Session, quest: Quest) -> dict[str, Any]:
    """Return what belongs to a quest and may stand in a URL, and who is on its team."""

    def first(column: Any, *where: Any) -> Any:
        return session.scalars(select(column).where(*where).order_by(column.desc())).first()

    team = select(Membership.person_id).where(Membership.quest_id == quest.id)
    waiting = first(Review.gate, Review.quest_id == quest.id, Review.verdict.is_(None))
    return {
        "team": session.scalars(team).all(),
        "chair_id": first(Chair.id, Chair.quest_id == quest.id),
        "why_id": first(Why.id, Why.quest_id == quest.id),
        "countermeasure_id": first(Countermeasure.id, Countermeasure.quest_id == quest.id),
        "reading_id": first(Reading.id, Reading.metric_id == quest.metric_id),
        "kind": first(SideMeasure.kind, SideMeasure.metric_id == quest.metric_id),
        "gate": waiting and waiting.value,
    }


def _metrics(session: Session, quests: Sequence[Quest]) -> Iterator[dict[str, Any]]:
    """Yield what stands for a metric: one with files at every step, a red reading, a key."""
    at = clock.now()
    for quest in quests:
        metric = session.get(Metric, quest.metric_id or 0)
        owner = session.get(Person, metric.owner_id or 0) if metric else None
        first = session.scalar(select(Reading.id).where(Reading.metric_id == quest.metric_id))
        if metric is None or owner is None or first is None or quest.state not in ACTIVE:
            continue
        whole = {
            "metric_id": metric.id,
            "reading_id": session.scalars(queries_of.standing(metric.id)).all()[-1].id,
            "reaction_id": metrics.red(session, metric, at),
            "metric_key_id": metrics.key_of(session, metric, by=owner, at=at),
        }
        for state in ReadingRunState:
            run_id = metrics.file_at(session, metric, state, by=owner, at=at)
            yield {**whole, "reading_run_id": run_id}
        return


def _one_of_each(session: Session, roles: Sequence[Person]) -> dict[str, Any]:
    """Return the first of everything else, and a ticket that was not used."""
    at = clock.now()
    session.add(
        Ticket(
            token_hash=signing_in.fingerprint(TICKET),
            person_id=roles[0].id,
            purpose=TicketPurpose.RESET,
            created_at=at,
            expires_at=at.replace(year=at.year + 1),
        )
    )
    first = {
        "person_id": Person.id,
        "department_id": Department.id,
        "stage_id": Stage.id,
        "source_id": Source.id,
        "comment_id": Comment.id,
        "theme_id": Theme.id,
        "season_id": Season.id,
        "badge_id": Badge.id,
        "lesson_id": Adoption.lesson_id,
        "adoption_id": Adoption.id,
        "survey_id": Survey.id,
        "code": Survey.code,
    }
    found = {name: session.scalar(select(key).limit(1)) for name, key in first.items()}
    return {**found, **_points(session, roles), "token": TICKET, "link": "none"}


def _points(session: Session, roles: Sequence[Person]) -> dict[str, Any]:
    """Return a line of a team, a decision on one of the roles, and a dispute that waits."""
    people = [person.id for person in roles]
    of_team = select(LedgerEntry.id).where(LedgerEntry.component == Component.TEAM_OUTCOME)
    own = select(Decision.id).join(Account, Account.id == Decision.account_id)
    waiting = select(Dispute.id).where(Dispute.verdict.is_(None))
    return {
        "entry_id": session.scalar(of_team.limit(1)),
        "decision_id": session.scalar(own.where(Account.person_id.in_(people)).limit(1)),
        "dispute_id": session.scalar(waiting.limit(1)),
    }
