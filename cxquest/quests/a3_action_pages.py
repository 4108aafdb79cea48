"""The right half of a quest's sheet: what is changed, by whom, what came of it, what is learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from cxquest.measures.models import Metric
from cxquest.pains.check_queries import Recognition
from cxquest.quests import a3, facts, figure_pages, judging
from cxquest.quests.a3 import Kept, Pair, Room
from cxquest.quests.learned import Lesson
from cxquest.quests.models import Quest
from cxquest.quests.work import Countermeasure, HoldCheck, HoldState, Task
from cxquest.rewards.rulebook import Gate, Work
from cxquest.web import charts
from cxquest.web.filters import day, number, percent
from cxquest.web.labels import label

# A drawing for a third of a sheet: its words have to be read on A4.
DRAWING = charts.Frame(440, 163, left=40, right=10, top=44, bottom=28, most_labels=4)
UNDER = Room(1, 60)  # what stands under a drawing
TITLE = Room(1, 66)
MEASURES = Room(9, 96)
TASKS = Room(8, 54)
WHO = Room(1, 18)
AFTER = Room(9, 36)
VERDICT = 4  # lines, of which the moments of change take one
MOMENTS = Room(1, 96)
LESSON = Room(6, 96)
FOLLOW_UP = Room(3, 96)


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

    words: str
    who: str
    due_on: date | None
    done_on: date | None


def measures(chosen: Sequence[Countermeasure]) -> dict[str, Any]:
    """Return the countermeasures, each with what keeps it so."""
    kept = a3.shared([_standard(measure) for measure in chosen], MEASURES, head=1)
    items = [
        Measure(measure.work, a3.cut(measure.title, TITLE), measure.in_place_on, text)
        for measure, text in zip(chosen, kept.texts, strict=False)
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


def plan(chosen: Sequence[Countermeasure]) -> dict[str, Any]:
    """Return the tasks: the open ones first, by their day, then what was done last."""
    tasks = [task for measure in chosen for task in measure.tasks]
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


def results(quest: Quest, recognition: Recognition) -> dict[str, Any]:
    """Return what came of it; without a change in place there are no results yet."""
    metric = quest.metric
    known = [*_holding(quest), (_("Customers"), _answers(recognition))]
    if metric is None or not metric.changes:
        return {"chart": None, "facts": a3.pairs(known, AFTER), "verdict": None, "reasons": ""}
    chart = figure_pages.chart_of(metric, broad=DRAWING)
    finding = judging.finding_of(metric)
    lacks = (_("Limits"), figure_pages.lacks(metric))
    moments = a3.cut(_numbered(chart.moments), MOMENTS) if chart else ""
    left = Room(VERDICT - bool(moments), MOMENTS.letters)
    return {
        "chart": chart,
        "rules": a3.cut(figure_pages.rule_set_named(metric), UNDER),
        "moments": moments,
        "facts": a3.pairs([*_reached(metric), lacks, *known, _judged(quest)], AFTER),
        "verdict": finding.verdict if finding else None,
        "plain": finding is not None and finding.plain,
        "reasons": a3.cut(" ".join(figure_pages.reasons_of(metric)), left),
    }


def _judged(quest: Quest) -> Pair:
    """Return how the reviewer of the outcome judged figures that do not speak for themselves."""
    said = [review.judgement for review in quest.reviews if review.gate is Gate.G3]
    return str(_("The reviewer")), said[-1] if said else ""


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


def learned(quest: Quest, lesson: Lesson | None) -> dict[str, Any]:
    """Return the lesson, and what is looked at again."""
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
        "parts": a3.pairs(told, LESSON),
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
