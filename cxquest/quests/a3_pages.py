"""Gathers a quest onto one sheet: eight boxes, each within the room that it has on paper.

The sheet's own style (static/css/a3.css) gives each box its height; the rooms here are what it
holds at that height, in the sheet's smallest words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from cxquest.measures.models import Metric
from cxquest.pains import check_queries, evidence_queries
from cxquest.pains.check_queries import Recognition
from cxquest.pains.models import PainPoint
from cxquest.quests import a3, facts, figure_pages, learning, seals, telling, whys
from cxquest.quests.a3 import Kept, Room
from cxquest.quests.learned import Lesson
from cxquest.quests.lifecycle import State, next_step
from cxquest.quests.models import Quest
from cxquest.quests.work import Countermeasure, HoldCheck, HoldState, Task, Verdict
from cxquest.rewards.rulebook import Cause, Gate, Work
from cxquest.voice.models import Submission
from cxquest.web import charts
from cxquest.web.filters import day, number, percent
from cxquest.web.labels import label

# A drawing for a third of a sheet: its words have to be read on A4.
DRAWING = charts.Frame(440, 175, left=40, right=10, top=44, bottom=28, most_labels=4)
CHARTER_STATES = (State.PROPOSED, State.CHARTERING)

TEAM = Room(2, 98)
NAME = Room(1, 34)
PAIN = Room(2, 84)
CELL = Room(4, 36)
PROBLEM = 13  # lines: the pain, the cells with their heads, what customers said
QUOTE = 76
CITE = Room(1, 38)
MOST_QUOTES = 3
BEFORE = Room(10, 36)
GOAL = Room(6, 96)
TERM = Room(1, 60)
BRANCHES = Room(4, 96)
CAUSES = Room(13, 62)
LEAST_CHAIN = 2
TITLE = Room(1, 66)
MEASURES = Room(9, 96)
TASKS = Room(8, 54)
WHO = Room(1, 18)
AFTER = Room(9, 36)
VERDICT = 4  # lines, of which the moments of change take one
MOMENTS = Room(1, 96)
LESSON = Room(6, 96)
FOLLOW_UP = Room(3, 96)

Pair = tuple[str, str]


@dataclass(frozen=True)
class Quote:
    """A customer's words with their date and source."""

    text: str
    cite: str


@dataclass(frozen=True)
class Chain:
    """A root cause and what follows from it, up to the first why; `more` steps are left out."""

    level: Cause | None
    steps: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class Measure:
    """What is changed, and the standard that keeps it so."""

    work: Work
    title: str
    in_place_on: date | None
    standard: str


@dataclass(frozen=True)
class Step:
    """A task of the plan."""

    text: str
    who: str
    due_on: date | None
    done_on: date | None


def sheet_of(session: Session, quest: Quest) -> dict[str, Any]:
    """Return what the sheet shows, box by box."""
    recognition = check_queries.recognition(session, telling.outcome_of(quest))
    lesson = learning.lesson_of(session, quest.id)
    return {
        "quest": quest,
        "begun": quest.state not in CHARTER_STATES,
        "team": a3.cut(_team(quest), TEAM),
        "people": _lead(quest),
        "seals": _seals(quest),
        "problem": _problem(session, quest.pain),
        "current": _current(quest.metric, quest.pain),
        "goal": _pairs(_goal(quest), GOAL),
        "causes": _causes(quest),
        "measures": _measures(quest.countermeasures),
        "plan": _plan(quest.countermeasures),
        "results": _results(quest, recognition),
        "learning": _learning(quest, lesson),
    }


def _team(quest: Quest) -> str:
    """Return the team's names by department."""
    seated: dict[str, list[str]] = {}
    for member in quest.team:
        name = member.department.name if member.department else ""
        seated.setdefault(name, []).append(member.person.name)
    return " · ".join(
        f"{name}: {', '.join(people)}" if name else ", ".join(people)
        for name, people in seated.items()
    )


def _lead(quest: Quest) -> list[Pair]:
    sponsor = quest.sponsor.name if quest.sponsor else "–"
    return [
        (_("Lead"), a3.cut(quest.lead.name, NAME)),
        (_("Sponsor"), a3.cut(sponsor, NAME)),
        (_("Stage"), a3.cut(quest.pain.stage.name if quest.pain.stage else "–", NAME)),
    ]


def _seals(quest: Quest) -> list[seals.Seal]:
    step = next_step(quest.state)
    decided = [r for r in quest.reviews if step and r.gate is step.gate and r.verdict]
    passed = {
        Gate.G1: quest.root_cause_at,
        Gate.G2: quest.in_place_at,
        Gate.G3: quest.outcome_at,
        Gate.G4: quest.closed_at,
    }
    declined = bool(decided) and decided[-1].verdict is Verdict.DECLINE
    return seals.line(quest.state, passed=passed, paid={}, would_pay={}, declined=declined)


def _pairs(pairs: Iterable[Pair], room: Room) -> list[Pair]:
    """Return the pairs that say something, within one room."""
    said = [(term, text) for term, text in pairs if text.strip()]
    kept = a3.shared([f"{term}: {text}" for term, text in said], room)
    return [
        (term, _without(f"{term}: ", whole, text, room))
        for (term, text), whole in zip(said, kept.texts, strict=False)
    ]


def _without(term: str, whole: str, text: str, room: Room) -> str:
    """Return what stands after a term; a first word that is cut away gives what the line holds."""
    if whole.startswith(term):
        return whole.removeprefix(term)
    return a3.cut(text, Room(1, max(room.letters - len(term), 1)))


def _problem(session: Session, pain: PainPoint) -> dict[str, Any]:
    """Return the pain in the customers' words, with as much of what they said as has room."""
    title = a3.cut(pain.title, PAIN)
    told = (
        (_("Expected"), pain.expected),
        (_("Experienced"), pain.experienced),
        (_("What it cost"), pain.consequence),
    )
    parts = [(term, a3.cut(text, CELL)) for term, text in told if text.strip()]
    highest = max((a3.lines(text, CELL.letters) for _term, text in parts), default=-1)
    left = PROBLEM - a3.lines(title, PAIN.letters) - 1 - highest
    return {
        "pain": title,
        "parts": parts,
        "quotes": _quotes(session, pain, Room(left, QUOTE)),
    }


def _quotes(session: Session, pain: PainPoint, room: Room) -> list[Quote]:
    """Return what a few customers said, masked as everywhere."""
    pieces = evidence_queries.evidence(session, pain.id, MOST_QUOTES)
    comments = [piece.comment for piece in pieces if piece.comment.shown.strip()]
    kept = a3.shared([comment.shown for comment in comments], room)
    return [
        Quote(text, a3.cut(_cite(comment.submission), CITE))
        for comment, text in zip(comments, kept.texts, strict=False)
    ]


def _cite(submission: Submission) -> str:
    when = day(submission.collected_on) if submission.collected_on else _("no date")
    return f"{when} · {submission.source.name}"


def _current(metric: Metric | None, pain: PainPoint) -> dict[str, Any]:
    """Return how it stood before anything was changed."""
    reach = _("%(n)s customers a month", n=number(pain.reach_per_month))
    known = [(_("Reaches"), reach if pain.reach_per_month else "")]
    if metric is None:
        return {"chart": None, "facts": _pairs(known, BEFORE), "metric": None}
    changed = [date.fromisoformat(one["on"]) for one in metric.changes]
    known = [
        (_("Metric"), f"{metric.name}, {metric.unit}" if metric.unit else metric.name),
        (_("Baseline"), _level(metric)),
        *known,
        (_("What it is"), metric.definition),
    ]
    first = min(changed, default=None)
    chart = figure_pages.chart_of(metric, until=first or date.max, broad=DRAWING)
    return {"chart": chart, "facts": _pairs(known, BEFORE), "metric": metric}


def _level(metric: Metric) -> str:
    if metric.baseline is None:
        return str(_("not frozen yet"))
    first, last = day(metric.baseline_from), day(metric.baseline_to)
    return f"{number(metric.baseline)} ({first} – {last})"


def _goal(quest: Quest) -> list[Pair]:
    metric = quest.metric
    return [
        (_("Shared goal"), quest.shared_goal),
        (_("What customers will do differently"), quest.customer_change),
        (a3.cut(metric.name, TERM) if metric else "", _aim(metric) if metric else ""),
    ]


def _aim(metric: Metric) -> str:
    if metric.target is None:
        return ""
    figures = f"{number(metric.baseline)} → {number(metric.target)} {metric.unit}"
    return (
        f"{figures} {_('by %(day)s', day=day(metric.target_on))}" if metric.target_on else figures
    )


def _causes(quest: Quest) -> dict[str, Any]:
    """Return the chains read upward from each root cause, and the branches beside them."""
    answered = (quest.communication and label(quest.communication), quest.communication_note)
    known = [
        (_("Not noticed because"), quest.why_unnoticed),
        (_("Communication"), ". ".join(part for part in answered if part)),
    ]
    branches = _pairs(known, BRANCHES)
    used = sum(a3.lines(f"{term}: {text}", BRANCHES.letters) for term, text in branches)
    roots = [why for why in quest.whys if why.is_root]
    end = whys.deepest(quest.whys)
    ends = roots or ([end] if end else [])
    upward = [(why.level, whys.therefore(quest.whys, why.id, "")[:-1]) for why in ends]
    chains = list(_chains(upward, CAUSES.lines - used))
    return {
        "chains": chains,
        "more": len(upward) - len(chains),
        "branches": branches,
        "rooted": bool(roots),
    }


def _chains(upward: Sequence[tuple[Cause | None, list[str]]], total: int) -> Iterator[Chain]:
    needs = [sum(a3.lines(text, CAUSES.letters) for text in texts) for _level, texts in upward]
    given = a3.portions(needs, total, LEAST_CHAIN)
    for (level, texts), lines in zip(upward, given, strict=False):
        kept = a3.chained(texts, Room(lines, CAUSES.letters))
        yield Chain(level, kept.texts, kept.more)


def _measures(measures: Sequence[Countermeasure]) -> dict[str, Any]:
    kept = a3.shared([_standard(measure) for measure in measures], MEASURES, head=1)
    items = [
        Measure(measure.work, a3.cut(measure.title, TITLE), measure.in_place_on, text)
        for measure, text in zip(measures, kept.texts, strict=False)
    ]
    return {"items": items, "more": kept.more}


def _standard(measure: Countermeasure) -> str:
    """Return what keeps a change: the standard with version, owner and day of review."""
    if not measure.standard_kind:
        if measure.no_standard_reason:
            return str(_("No standard: %(reason)s", reason=measure.no_standard_reason))
        return measure.description or str(_("No standard yet"))
    owner, version = measure.standard_owner, measure.standard_version
    kept = (
        label(measure.standard_kind),
        _("version %(number)s", number=version) if version else "",
        _("kept right by %(name)s", name=owner.name) if owner else "",
        _("looked at again on %(day)s", day=day(measure.review_on)) if measure.review_on else "",
    )
    return f"{', '.join(part for part in kept if part)}: {measure.standard}"


def _plan(measures: Sequence[Countermeasure]) -> dict[str, Any]:
    """Return the tasks: the open ones first, by their day, then what was done last."""
    tasks = [task for measure in measures for task in measure.tasks]
    still = sorted((t for t in tasks if not t.done_on), key=lambda t: (t.due_on or date.max, t.id))
    ended = sorted((t for t in tasks if t.done_on), key=lambda t: (t.done_on, t.id), reverse=True)
    ordered = [*still, *ended]
    kept = a3.shared([task.text for task in ordered], TASKS)
    return {
        "steps": [_step(t, text) for t, text in zip(ordered, kept.texts, strict=False)],
        "more": kept.more,
        "done": len(ended),
        "all": len(tasks),
    }


def _step(task: Task, text: str) -> Step:
    who = task.person.name if task.person else _("nobody yet")
    return Step(text, a3.cut(who, WHO), task.due_on, task.done_on)


def _results(quest: Quest, recognition: Recognition) -> dict[str, Any]:
    """Return what came of it; without a change in place there are no results yet."""
    metric = quest.metric
    known = [*_holding(quest), (_("Customers"), _answers(recognition))]
    if metric is None or not metric.changes:
        return {"chart": None, "facts": _pairs(known, AFTER), "verdict": None, "reasons": ""}
    chart = figure_pages.chart_of(metric, broad=DRAWING)
    finding = figure_pages.finding_of(metric)
    moments = a3.cut(_numbered(chart.moments), MOMENTS) if chart else ""
    left = Room(VERDICT - bool(moments), MOMENTS.letters)
    return {
        "chart": chart,
        "moments": moments,
        "facts": _pairs([*_reached(metric), *known], AFTER),
        "verdict": finding.verdict if finding else None,
        "plain": finding is not None and finding.plain,
        "reasons": a3.cut(" ".join(figure_pages.reasons_of(metric)), left),
    }


def _numbered(words: Sequence[str]) -> str:
    return " · ".join(f"{n}. {said}" for n, said in enumerate(words, start=1))


def _reached(metric: Metric) -> list[Pair]:
    observed = metric.standing.observed
    reached = facts.reached_by(metric, observed)
    share = percent(reached) if reached is not None else _("needs four readings after the change")
    return [
        (_("Now"), f"{number(observed)} {metric.unit}" if observed is not None else ""),
        (_("Of the way to the target"), share),
    ]


def _holding(quest: Quest) -> list[Pair]:
    """Return the last three checks whether it holds."""
    return [
        (_("After %(n)s days", n=check.day), _checked(check)) for check in quest.hold_checks[-3:]
    ]


def _checked(check: HoldCheck) -> str:
    if check.state is HoldState.DUE:
        return str(_("due on %(day)s", day=day(check.due_on)))
    share = percent(check.attained) if check.attained is not None else ""
    return f"{label(check.state)} {share}".strip()


def _answers(given: Recognition) -> str:
    if not given.answered:
        asked = str(_("%(n)s asked, none has answered yet", n=given.asked))
        return asked if given.asked else ""
    said = ngettext("%(num)s answer: ", "%(num)s answers: ", given.answered) + _(
        "%(better)s better, %(same)s the same, %(worse)s worse",
        better=given.better,
        same=given.same,
        worse=given.worse,
    )
    return f"{said}. {_('They find it better.')}" if given.is_recognised else str(said)


def _learning(quest: Quest, lesson: Lesson | None) -> dict[str, Any]:
    told: list[Pair] = []
    if lesson:
        told = [
            (_("Useful when"), lesson.useful_when),
            (_("What worked"), lesson.worked),
            (_("What did not work"), lesson.did_not),
            (_("What we got wrong"), lesson.got_wrong),
        ]
    elif quest.stop_reason:
        told = [(_("Why it was stopped"), quest.stop_reason)]
    follow_up = _follow_up(quest)
    return {
        "parts": _pairs(told, LESSON),
        "follow_up": follow_up.texts,
        "more": follow_up.more,
    }


def _follow_up(quest: Quest) -> Kept:
    """Return what is looked at again, the earliest first."""
    checks = [
        (check.due_on, _("%(day)s: does it still hold?", day=day(check.due_on)))
        for check in quest.hold_checks
        if check.state is HoldState.DUE
    ]
    reviews = [
        (
            measure.review_on,
            _(
                "%(day)s: the standard of “%(title)s” is looked at again",
                day=day(measure.review_on),
                title=measure.title,
            ),
        )
        for measure in quest.countermeasures
        if measure.review_on
    ]
    return a3.shared([text for _on, text in sorted([*checks, *reviews])], FOLLOW_UP)
