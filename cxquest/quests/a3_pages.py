"""Gathers a quest onto one sheet: eight boxes, each within the room that it has on paper.

The sheet's own style (static/css/a3.css) gives each box its height; the rooms here are what it
holds at that height, in the sheet's smallest words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.measures.models import Metric
from cxquest.pains import check_queries, evidence_queries
from cxquest.pains.models import PainPoint
from cxquest.quests import a3, figure_pages, seals, telling, whys
from cxquest.quests import a3_action_pages as actions
from cxquest.quests.a3 import Room
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.rewards.rulebook import Cause
from cxquest.voice.models import Submission
from cxquest.web.filters import day, number
from cxquest.web.labels import label

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


@dataclass(frozen=True)
class Quote:
    """A customer's words with their date and source."""

    words: str
    cite: str


@dataclass(frozen=True)
class Chain:
    """A root cause and what follows from it, up to the first why; `more` steps are left out."""

    level: Cause | None
    steps: tuple[str, ...]
    more: int


def sheet_of(session: Session, quest: Quest) -> dict[str, Any]:
    """Return what the sheet shows, box by box."""
    recognition = check_queries.recognition(session, telling.outcome_of(quest))
    return {
        "quest": quest,
        "begun": quest.state not in CHARTER_STATES,
        "team": a3.cut(_team(quest), TEAM),
        "people": _lead(quest),
        "seals": seals.line(
            quest.state,
            passed=seals.passed(quest),
            paid={},
            would_pay={},
            declined=seals.declined(quest),
        ),
        "problem": _problem(session, quest.pain),
        "current": _current(quest.metric, quest.pain),
        "goal": a3.pairs(_goal(quest), GOAL),
        "causes": _causes(quest),
        "measures": actions.measures(quest.countermeasures),
        "plan": actions.plan(quest.countermeasures),
        "results": actions.results(quest, recognition),
        "learning": actions.learned(quest, quest.lesson),
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


def _lead(quest: Quest) -> list[a3.Pair]:
    sponsor = quest.sponsor.name if quest.sponsor else "–"
    return [
        (_("Lead"), a3.cut(quest.lead.name, NAME)),
        (_("Sponsor"), a3.cut(sponsor, NAME)),
        (_("Stage"), a3.cut(quest.pain.stage.name if quest.pain.stage else "–", NAME)),
    ]


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
        return {"chart": None, "facts": a3.pairs(known, BEFORE), "metric": None}
    changed = [date.fromisoformat(one["on"]) for one in metric.changes]
    known = [
        (_("Metric"), f"{metric.name}, {metric.unit}" if metric.unit else metric.name),
        (_("Baseline"), _level(metric)),
        *known,
        (_("What it is"), metric.definition),
    ]
    first = min(changed, default=None)
    chart = figure_pages.chart_of(metric, until=first or date.max, broad=actions.DRAWING)
    if chart:
        known = [*known[:2], (_("Limits"), figure_pages.lacks(metric)), *known[2:]]
    return {
        "chart": chart,
        "rules": a3.cut(figure_pages.rule_set_named(metric), actions.UNDER),
        "facts": a3.pairs(known, BEFORE),
        "metric": metric,
    }


def _level(metric: Metric) -> str:
    if metric.baseline is None:
        return str(_("not frozen yet"))
    first, last = day(metric.baseline_from), day(metric.baseline_to)
    return f"{number(metric.baseline)} ({first} – {last})"


def _goal(quest: Quest) -> list[a3.Pair]:
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
    branches = a3.pairs(known, BRANCHES)
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
