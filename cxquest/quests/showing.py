"""Gathers what the quest's page shows: seals, checklist, chart, and who may do what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.people.models import Person
from cxquest.quests import (
    continuing,
    deeds,
    figure_pages,
    judging,
    knowing,
    policy,
    return_pages,
    seals,
    telling,
    verdict_pages,
    whys,
    work_pages,
)
from cxquest.quests.lifecycle import State, checklist, next_step
from cxquest.quests.models import Quest
from cxquest.rewards import engine, paying
from cxquest.rewards import queries as rewards
from cxquest.rewards.line_pages import award_of
from cxquest.rewards.models import LedgerEntry
from cxquest.rewards.rulebook import Gate, Rulebook
from cxquest.web import charts, nav
from cxquest.web.errors import missing_items
from cxquest.web.filters import day
from cxquest.web.labels import label

AHEAD = ("next", "declined")


@dataclass(frozen=True)
class Shown:
    """A seal as the page draws it."""

    label: str
    state: str
    points: int | None
    note: str
    fresh: bool


def page_of(session: Session, quest: Quest, reader: Person) -> dict[str, Any]:
    """Return everything that the quest's page shows to this reader."""
    today = nav.today()
    known = knowing.known(session, quest)
    step = next_step(quest.state)
    paid = quest.root_cause_at is not None  # before its first gate a team has no points
    entries = rewards.entries_of_account(session, quest.account_id) if paid else ()
    kept = continuing.kept(session, quest, clock.now())
    needs = checklist(step, known) if step else []
    rules = paying.rulebook_at(session, clock.now())
    line = _seals(quest, entries, rules, kept)
    return {
        "quest": quest,
        "facts": known,
        "step": step,
        "needs": missing_items(needs, ""),
        "complete": all(need.done for need in needs),
        "seals": line,
        "awards": [award_of(entry) for entry in reversed(entries)],
        "review": quest.waiting,
        "pays": next((seal for seal in line if seal.state in AHEAD), None),
        "decided": [(r, verdict_pages.kept(r)) for r in quest.reviews if r.verdict is not None],
        "declined": judging.asked_again(quest, step.gate if step else None),
        "suspicions": return_pages.shown(quest, entries, rules, clock.now()),
        "tree": whys.in_order(quest.whys),
        **figure_pages.shown(quest.metric, today),
        **work_pages.shown(quest, reader),
        "today": today,
        "shares": _shares(quest),
        "outcome": telling.outcome_of(quest),
        "may": allowed(quest, reader),
        "reader": reader,
    }


def allowed(quest: Quest, reader: Person) -> dict[str, bool]:
    """Return what this reader may do on a quest, by the words that templates ask for."""
    gate = quest.waiting
    working = policy.may_work_on(reader, quest)
    return {
        "join": policy.may_join(reader, quest),
        "leave": policy.may_leave(reader, quest),
        "lead": policy.may_lead(reader, quest),
        "hand_over": policy.may_hand_over(reader, quest) and len(quest.team) > 1,
        "charter": policy.may_charter(reader, quest),
        "work": working,
        "sign": policy.may_sign(reader, quest)
        and quest.charter_asked_at is not None
        and quest.state is State.CHARTERING,
        "size": policy.may_agree_size(reader, quest),
        "review": gate is not None and policy.may_review(reader, quest, gate.gate),
        "stop": policy.may_stop(reader, quest),
        "return": policy.may_report_return(reader, quest),
        "judge_return": policy.may_judge_return(reader, quest),
        "diagnose": working and quest.state is State.DIAGNOSING,
        "fix": working and quest.state is State.FIXING,
        "measure": policy.may_measure(reader, quest),
        "sponsor": policy.may_change_sponsor(reader, quest),
        "learn": policy.may_learn(reader, quest),
        "tell": policy.may_tell(reader, quest),
    }


def _seals(
    quest: Quest, entries: Sequence[LedgerEntry], rules: Rulebook, kept: Mapping[Gate, int]
) -> list[Shown]:
    line = seals.line(
        quest.state,
        passed=seals.passed(quest),
        paid=_paid(entries),
        would_pay={gate: would_pay(quest, gate, rules, kept) for gate in Gate},
        declined=seals.declined(quest),
    )
    latest = max((seal.at for seal in line if seal.at), default=None)
    return [_shown(seal, is_latest=seal.at is not None and seal.at == latest) for seal in line]


def _paid(entries: Sequence[LedgerEntry]) -> dict[Gate, int]:
    """Return what the formula paid for each gate, before anything was taken back."""
    paid: dict[Gate, int] = {}
    for gate in Gate:
        points = [entry.points for entry in entries if entry.rule == f"gate_{gate.value}"]
        if points:
            paid[gate] = sum(points)
    return paid


def _shown(seal: seals.Seal, *, is_latest: bool) -> Shown:
    if seal.at:
        fresh = is_latest and (clock.now() - seal.at).days < 1
        return Shown(label(seal.gate), "done", seal.points, day(seal.at), fresh)
    note = _("paid before") if seal.paid else _("as things stand")
    said = note if seal.points is not None else ""
    return Shown(label(seal.gate), seal.kind, seal.points, said, fresh=False)


def would_pay(quest: Quest, gate: Gate, rules: Rulebook, kept: Mapping[Gate, int]) -> int | None:
    """Return what the gate would pay if all that is written down were accepted now.

    `kept` is what earlier quests of the chain have earned and keep.
    """
    if quest.own_change and gate is not Gate.G1:
        return 0
    try:
        full = engine.points_of(gate, deeds.deed_for(quest, gate, pending=True), rules)
    except ValueError:
        return None
    return max(0, full - kept.get(gate, 0))


def _shares(quest: Quest) -> list[charts.Bar]:
    weights = deeds.shares(quest)
    total = float(sum(weights.values()))
    largest_first = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return list(
        charts.share_bars(
            (charts.Share(name, float(weight), total) for name, weight in largest_first),
            form=lambda number: format_decimal(round(number)),
        )
    )
