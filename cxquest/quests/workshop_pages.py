"""Gathers what the workshop shows: its board, the question it stands before, and its form."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.quests import facts, policy, seating, whys, workshop
from cxquest.quests.forms import CommunicationForm, HeardForm, RootForm, WhyForm
from cxquest.quests.lifecycle import State, checklist, next_step
from cxquest.quests.models import Chair, Quest
from cxquest.quests.work import Why
from cxquest.quests.work_forms import SeatForm, UnnoticedForm
from cxquest.quests.workshop import Ask, Question
from cxquest.web.errors import missing_items
from cxquest.web.forms import Form, choices
from cxquest.web.labels import deed

NOBODY = "0"


def is_open(quest: Quest, reader: Person) -> bool:
    """Whether this person answers questions here, and not only looks on."""
    working = policy.may_work_on(reader, quest)
    return working and quest.state is State.DIAGNOSING and quest.waiting is None


def board_of(
    session: Session, quest: Quest, reader: Person, question: Question | None
) -> dict[str, Any]:
    """Return what everybody at the table sees, and whose turn to look it is."""
    diagnosing = quest.state is State.DIAGNOSING
    names = [person.name for person in people.active_people(session)] if diagnosing else []
    step = next_step(quest.state) if diagnosing else None
    needs = checklist(step, facts.of(quest, names)) if step else []
    line = workshop.latest(session, quest.id)
    return {
        "quest": quest,
        "question": question,
        "is_open": is_open(quest, reader),
        "may_ask": policy.may_lead(reader, quest) and diagnosing,
        "review": quest.waiting,
        "seats": [(chair, seating.sits(chair)) for chair in quest.chairs],
        "tree": whys.in_order(quest.whys),
        "end_ids": {why.id for why in whys.ends(quest.whys)},
        "upward": _upward(quest, question),
        "named": _named(quest, names),
        "needs": missing_items(needs, ""),
        "complete": all(need.done for need in needs),
        "shown_at": clock.now(),
        "line": line,
        "news": f"{line.actor_name}: {deed(line.action)}" if line else "",
        "seen": line.id if line else 0,
        "here": address(question),
    }


def address(question: Question | None) -> dict[str, Any]:
    """Return what an address says of a question."""
    if question is None:
        return {}
    about = {"why": question.why, "chair": question.chair}
    return {"ask": question.kind.value, **{name: x.id for name, x in about.items() if x}}


def _upward(quest: Quest, question: Question | None) -> list[str]:
    end = (question.why if question else None) or whys.deepest(quest.whys)
    return whys.therefore(quest.whys, end.id, quest.pain.title) if end else []


def _named(quest: Quest, names: list[str]) -> dict[int, list[str]]:
    """Return by why what in its words may name a person; 0 is the answer why nobody noticed."""
    said = {why.id: _words(why) for why in quest.whys}
    said[0] = quest.why_unnoticed
    found = {key: whys.perhaps_named(text, names) for key, text in said.items()}
    return {key: hits for key, hits in found.items() if hits}


def _words(why: Why) -> str:
    return f"{why.text}\n{why.without_it}\n{why.fixed_stops}"


def form_for(session: Session, quest: Quest, question: Question) -> Form:
    """Return the form that answers a question, with what was answered before."""
    why, chair = question.why, question.chair
    if question.kind is Ask.ROOT and why:
        return _root_form(why)
    if question.kind is Ask.COMMUNICATION:
        return CommunicationForm(
            data={
                "kind": quest.communication.value if quest.communication else None,
                "note": quest.communication_note,
                "aim": quest.aim.value if quest.aim else None,
            }
        )
    if question.kind is Ask.HEARD:
        return HeardForm(obj=chair)
    if question.kind is Ask.UNNOTICED:
        return UnnoticedForm(obj=quest)
    if question.kind is Ask.SEAT and chair:
        return _seat_form(session, quest, chair)
    form = WhyForm()
    del form.parent_id
    return form


def _root_form(why: Why) -> RootForm:
    form = RootForm(obj=why)
    if not form.is_submitted():
        form.level.data = why.level.value if why.level else None
    return form


def _seat_form(session: Session, quest: Quest, chair: Chair) -> SeatForm:
    form = SeatForm()
    people_of = seating.candidates(session, quest, chair)
    form.person_id.choices = choices(
        [(NOBODY, _("Nobody: the chair is empty")), *((p.id, p.name) for p in people_of)]
    )
    if not form.is_submitted():
        form.person_id.data = str(chair.person_id or NOBODY)
    return form


def title_of(question: Question) -> str:
    """Return the question in words."""
    name = question.chair.department.name if question.chair else ""
    words = {
        Ask.WHY: _("Why did that happen?"),
        Ask.ROOT: _("Is this the root cause?"),
        Ask.COMMUNICATION: _("What part did communication play?"),
        Ask.HEARD: _("What does %(name)s say?", name=name),
        Ask.UNNOTICED: _("Why did we not notice?"),
        Ask.SEAT: _("Who sits for %(name)s?", name=name),
    }
    return str(words[question.kind])


def verb_of(question: Question) -> str:
    """Return what the button says that sends the answer."""
    words = {Ask.WHY: _("Add this why"), Ask.ROOT: _("Mark as root cause")}
    return str(words.get(question.kind) or _("Save"))


def action_of(quest: Quest, question: Question) -> str:
    """Return where the answer is sent to."""
    if question.kind is Ask.SEAT and question.chair:
        return url_for("quests.seat", quest_id=quest.id, chair_id=question.chair.id)
    return url_for("quests.workshop", quest_id=quest.id, **address(question))
