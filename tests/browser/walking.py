"""Finds the pages to look at: every GET page of the app, with the demo company's own ids.

A page that everyone may see is looked at as each of five roles, a form as the first person who
may open it. Of two answers whose markup is the same (names and figures apart) one is enough.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from cxquest.extensions import db
from cxquest.measures.models import Reading, SideMeasure
from cxquest.pains.models import PainPoint
from cxquest.people import signing_in
from cxquest.people.models import Department, Person, Ticket, TicketPurpose
from cxquest.quests.models import Chair, Membership, Quest
from cxquest.quests.work import Countermeasure, Review, Why
from cxquest.rewards.rulebook import Gate
from cxquest.core import clock
from cxquest.voice.models import ImportRun
from tests.browsing import Browser

TICKET = "the-token-of-a-ticket"
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
TAG = re.compile(r"<(\w+)[^>]*?(?: class=\"([^\"]*)\")?[^>]*>")
HEADING = re.compile(r"<h1\b")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
ROLES = 5
NO_PAGES = {"static", "health.alive", "health.ready", "quests.for_pain"}


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
            self.one = _one_of_each(session, self.roles[0])
            self.quests = _one_a_state(session.scalars(select(Quest).order_by(Quest.id)))
            self.pains = _one_a_state(session.scalars(select(PainPoint).order_by(PainPoint.id)))
            self.parts = {quest.id: _parts(session, quest) for quest in self.quests}
            session.commit()
        self.clients: dict[int | None, Browser] = {}

    def _people(self, session: Session, emails: Sequence[str]) -> None:
        everyone = {p.email: p for p in session.scalars(select(Person).order_by(Person.id))}
        self.roles = [everyone[email] for email in emails]
        self.everyone = {person.id: person for person in everyone.values()}

    def visits(self) -> list[Visit]:
        """Return one visit for each page that looks different from all others."""
        seen: set[tuple[str, str]] = set()
        chosen = []
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
            if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES:
                for visit in self._of(rule):
                    key = (rule.endpoint, _skeleton(visit.text))
                    if key not in seen:
                        seen.add(key)
                        chosen.append(visit)
        return chosen

    def _of(self, rule: Rule) -> Iterator[Visit]:
        shown = rule.endpoint in ("quests.show", "pains.show", "quests.talk", "quests.review")
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
            answer = self._client(person).get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                who = person.id if person else None
                found.append(Visit(rule.endpoint, path, who, answer.text))
                if not everywhere:
                    break
        return found

    def _candidates(self, values: dict[str, Any]) -> list[Person | None]:
        quest = next((q for q in self.quests if q.id == values.get("quest_id")), None)
        if quest is None:
            return [*self.roles, None]
        ids = [quest.lead_id, quest.sponsor_id, *self.parts[quest.id]["team"]]
        return [*(self.everyone[i] for i in dict.fromkeys(ids) if i), *self.roles[:ROLES]]

    def _values(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """Yield what may stand for the variables of a URL."""
        names = rule.arguments
        if "quest_id" in names:
            for quest in self.quests:
                known = {**self.parts[quest.id], "quest_id": quest.id}
                if all(known.get(name) is not None for name in names):
                    yield {name: known[name] for name in names}
        elif "pain_id" in names:
            yield from ({"pain_id": pain.id} for pain in self.pains)
        else:
            yield {name: self.one[name] for name in names}

    def _client(self, person: Person | None) -> Browser:
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


def _skeleton(text: str) -> str:
    """Return which kinds of elements the page's main part has."""
    found = MAIN.search(text)
    parts = {f"{tag}.{names}" for tag, names in TAG.findall(found[0] if found else text)}
    return " ".join(sorted(parts))


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
        "gate": (waiting or Gate.G1).value,
    }


def _one_of_each(session: Session, person: Person) -> dict[str, Any]:
    """Return the first of everything else, and a ticket that was not used."""
    from cxquest.journey.models import Stage
    from cxquest.voice.models import Comment, Theme

    at = clock.now()
    session.add(
        Ticket(
            token_hash=signing_in.fingerprint(TICKET),
            person_id=person.id,
            purpose=TicketPurpose.RESET,
            created_at=at,
            expires_at=at.replace(year=at.year + 1),
        )
    )
    first = {
        "person_id": Person,
        "department_id": Department,
        "stage_id": Stage,
        "comment_id": Comment,
        "theme_id": Theme,
        "run_id": ImportRun,
    }
    found = {name: session.scalar(select(model.id).limit(1)) for name, model in first.items()}
    return {**found, "token": TICKET}
