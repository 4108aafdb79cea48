"""The reviewer's page: everything that a gate's verdict rests on, worked out and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.measures import judged, secondary
from cxquest.measures.judged import Judged
from cxquest.measures.models import Metric, SideMeasure
from cxquest.people.models import Person
from cxquest.quests import (
    continuing,
    deeds,
    facts,
    figure_pages,
    judging,
    knowing,
    return_pages,
    seals,
    telling,
    whys,
    work_pages,
)
from cxquest.quests.lifecycle import STEPS, checklist
from cxquest.quests.models import Quest
from cxquest.quests.showing import allowed, would_pay
from cxquest.rewards import deciding, engine, paying
from cxquest.rewards.line_pages import factor_lines
from cxquest.rewards.rulebook import Gate, MeasureKind, Rulebook
from cxquest.web import nav
from cxquest.web.errors import missing_items
from cxquest.web.labels import label


@dataclass(frozen=True)
class Part:
    """A measure of the attainment: what it weighs, how far it came, why it is left out."""

    label: str
    kind: str
    baseline: Decimal | None
    target: Decimal | None
    observed: Decimal | None
    n: int | None
    weight: Fraction
    reached: Fraction | None
    left_out: str


@dataclass(frozen=True)
class Workings:
    """How the attainment comes about: `parts`, the action metric first, and what they come to.

    `award` is what the gate would pay by it, as pages draw awards; `less` what earlier quests of
    the chain have earned of that already.
    """

    judged: Judged
    parts: Sequence[Part]
    attained: Fraction | None
    floor: Fraction
    award: Mapping[str, Any] | None
    less: int


def page(session: Session, quest: Quest, gate: Gate, reader: Person) -> dict[str, Any]:
    """Return everything that the page of a gate's review shows."""
    now = clock.now()
    today = nav.today()
    rules = paying.rulebook_at(session, now)
    kept = continuing.kept(session, quest, now)
    shown = {
        "quest": quest,
        "reader": reader,
        "today": today,
        "watched_days": rules.recurrence_window,
        "needs": _needs(session, quest, gate),
        "pays": would_pay(quest, gate, rules, kept),
        "paid_before": seals.passed(quest)[gate] is not None,
        "tree": whys.in_order(quest.whys),
        "outcome": telling.outcome_of(quest),
        "may": allowed(quest, reader),
        **figure_pages.shown(quest.metric, today),
        **work_pages.shown(quest, reader),
    }
    if quest.metric and gate in (Gate.G3, Gate.G4):
        shown |= _figures(session, quest, quest.metric, gate, rules, kept.get(gate, 0))
    return shown


def held(session: Session, quest: Quest, reader: Person) -> dict[str, Any]:
    """Return what the page of the last gate shows: its checks, and whether the problem returned."""
    shown = page(session, quest, Gate.G4, reader)
    latest_first = reversed(quest.recurrences)
    return shown | {"returns": [(one, return_pages.said(one)) for one in latest_first]}


def _needs(session: Session, quest: Quest, gate: Gate) -> list[dict[str, object]]:
    known = knowing.known(session, quest)
    return missing_items(
        checklist(STEPS[gate.value], known), url_for("quests.show", quest_id=quest.id)
    )


def _figures(
    session: Session, quest: Quest, metric: Metric, gate: Gate, rules: Rulebook, less: int
) -> dict[str, Any]:
    """Return what an outcome's verdict rests on, and how what it pays is worked out."""
    counted = deeds.measured(quest)
    known = MeasureKind.ACTION in counted
    return {
        "stamp": judging.stamp(metric),
        "plain": judging.is_plain(metric),
        "neighbour": metric.analysis.get("neighbour"),
        "workings": Workings(
            judged=judged.of(session, metric),
            parts=[_action(metric, rules), *(_side(side, rules) for side in metric.sides)],
            attained=engine.attainment(counted, rules) if known else None,
            floor=rules.attainment_floor,
            award=_award(quest, gate, rules),
            less=less,
        ),
    }


def _action(metric: Metric, rules: Rulebook) -> Part:
    stands = metric.standing
    return Part(
        metric.name,
        MeasureKind.ACTION.value,
        metric.baseline,
        metric.target,
        stands.observed,
        stands.fresh,
        rules.weight[MeasureKind.ACTION],
        facts.reached_by(metric, stands.observed),
        "",
    )


def _side(side: SideMeasure, rules: Rulebook) -> Part:
    measure = facts.measure_of(side.baseline, side.target, side.observed)
    counts = secondary.counts(side) and measure is not None
    return Part(
        side.label,
        side.kind.value,
        side.baseline,
        side.target,
        side.observed,
        side.n,
        rules.weight[MeasureKind(side.kind.value)],
        engine.attained(measure) if measure else None,
        "" if counts else str(_(secondary.REFUSALS[side.refusal or secondary.FEW])),
    )


def _award(quest: Quest, gate: Gate, rules: Rulebook) -> Mapping[str, Any] | None:
    """Return what the gate would pay if all that is written down were accepted now."""
    try:
        deed = deeds.deed_for(quest, gate, pending=True)
        award = engine.score(gate, deed, rules)
    except ValueError:
        return None
    return {
        "points": award.points,
        "label": _("What %(gate)s would pay", gate=label(gate)),
        "at_label": "",
        "lines": factor_lines(deciding.explained(award.factors)),
        "url": "",
    }
