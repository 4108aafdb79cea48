"""Gathers why a line or a decision has its points: the same for every page that tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.quests import concerning
from cxquest.quests.concerning import Proof
from cxquest.rewards import deciding, disputing, explaining, line_queries, paying, season_queries
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.explaining import CAP, Case, Product
from cxquest.rewards.line_pages import (
    cap_words,
    evidence_of,
    factor_lines,
    reason_of,
    title_of,
    ways_of,
)
from cxquest.rewards.models import (
    Account,
    AccountKind,
    Component,
    Decision,
    LedgerEntry,
    RewardEvent,
    Season,
)
from cxquest.rewards.rulebook import Rulebook
from cxquest.rewards.versions import rulebook_at
from cxquest.web.filters import number
from cxquest.web.labels import label


@dataclass(frozen=True)
class Related:
    """Another line that belongs to this one, and how."""

    text: str
    points: int
    at: datetime
    url: str


@dataclass(frozen=True)
class Why:
    """Everything that a page says about a line or a decision.

    `factors` multiply to `exact`, which rounds to `rounded`; `decided` is what was then decided.
    """

    title: str
    event: RewardEvent
    event_title: str
    decision: Decision | None
    decided_at: datetime
    is_team: bool
    whose: str
    cap: str
    component: str
    evidence: list[tuple[str, str]]
    reviewer: str
    rule: str
    version: int
    rules_url: str
    factors: list[dict[str, str]]
    exact: str
    rounded: int | None
    asked: int
    decided: int
    reason: str
    ways: list[dict[str, Any]]
    related: list[Related]


def of_entry(session: Session, entry: LedgerEntry, account: Account, reader: Person) -> Why:
    """Return why a line has its points."""
    known = line_queries.decision_of(session, entry)
    decision, decided_at = (known[0], known[2]) if known else (None, entry.event.recorded_at)
    return _why(session, entry, decision, decided_at, account, reader)


def of_decision(
    session: Session, decision: Decision, decided_at: datetime, account: Account, reader: Person
) -> Why:
    """Return why a decision paid what it did, or nothing."""
    return _why(session, None, decision, decided_at, account, reader)


def _why(
    session: Session,
    entry: LedgerEntry | None,
    decision: Decision | None,
    decided_at: datetime,
    account: Account,
    reader: Person,
) -> Why:
    found = entry or decision
    assert found is not None
    event, rule = found.event, found.rule
    lines = line_queries.related(session, event.id, rule, account.id)
    proof = concerning.proof_of(session, event, reader)
    rules = _rules(session, event, rule)
    points = decision.points if decision else found.points
    case = _case(session, event, found, decision, lines)
    product = _product(case, rules)
    return Why(
        title=title_of(event, rule, found.points),
        event=event,
        event_title=_(CATALOGUE[event.type].title),
        decision=decision,
        decided_at=decided_at,
        is_team=account.kind is AccountKind.TEAM,
        whose=_whose(account, reader),
        cap=cap_words(rules) if rule == CAP else "",
        component=found.component.value,
        evidence=[*evidence_of(event), *_disputed(session, event, account, proof)],
        reviewer=_reviewer(event, proof),
        rule=_rule_name(rule, rules),
        version=found.rulebook_version,
        rules_url=url_for("rewards.version", number=found.rulebook_version),
        factors=_factors(product, _own(lines, found)),
        exact=number(product.exact, 4) if product else "",
        rounded=product.points if product else None,
        asked=decision.asked if decision else points,
        decided=points,
        reason=reason_of(decision) if decision else "",
        ways=ways_of(explaining.ways(case, rules)),
        related=_related(entry, lines, account, reader, (rule, event.id)),
    )


def _rules(session: Session, event: RewardEvent, rule: str) -> Rulebook:
    """Return the rulebook that decided: for the cap the one at the beginning of the season."""
    if rule != CAP:
        return rulebook_at(session, event.occurred_at)
    season = session.scalars(season_queries.stored_at(event.occurred_at)).one()
    return rulebook_at(session, season.starts_at)


def _case(
    session: Session,
    event: RewardEvent,
    found: LedgerEntry | Decision,
    decision: Decision | None,
    lines: Sequence[LedgerEntry],
) -> Case:
    values = decision.reason_values if decision else {}
    needs_season = found.rule == CAP or values.get("window") == "season"
    season = _season(session, event) if needs_season else None
    held = line_queries.standing_of(session, found.account_id, season.id) if season else None
    return Case(
        event=paying.happened(event, season.starts_at if season else event.occurred_at),
        account_id=found.account_id,
        rule=found.rule,
        component=found.component.value,
        points=decision.points if decision else found.points,
        asked=decision.asked if decision else found.points,
        reason=decision.reason if decision else "",
        values=values,
        season_ends=season.ends_at if season else event.occurred_at,
        award=_award(_own(lines, found)),
        individual=held.individual if held else 0,
        team=held.team if held else 0,
    )


def _season(session: Session, event: RewardEvent) -> Season:
    return session.scalars(season_queries.stored_at(event.occurred_at)).one()


def _own(lines: Sequence[LedgerEntry], found: LedgerEntry | Decision) -> LedgerEntry | None:
    """Return the first line of the same place: event, rule and account."""
    place = (found.event_id, found.rule, found.account_id)
    return next((one for one in lines if (one.event_id, one.rule, one.account_id) == place), None)


def _award(line: LedgerEntry | None) -> int:
    """Return the award that a taking back was worked out from."""
    kept = line.explanation if line else []
    return next((int(Fraction(one["value"])) for one in kept if one["name"] == "award"), 0)


def _product(case: Case, rules: Rulebook) -> Product | None:
    """Return the product behind a decision; None where it is not worked out by factors."""
    if case.event.kind == deciding.GATE_PASSED and case.rule.startswith("gate_"):
        return explaining.gate_product(case.event.facts, rules)
    if case.rule.startswith("return_") and case.award:
        return explaining.return_product(case.award, case.event.facts, rules)
    return None


def _factors(product: Product | None, line: LedgerEntry | None) -> list[dict[str, str]]:
    """Return the factors in words; what the cap holds is no product of any."""
    if product:
        return factor_lines(deciding.explained(product.factors))
    return factor_lines(line.explanation) if line and line.rule != CAP else []


def _reviewer(event: RewardEvent, proof: Proof | None) -> str:
    """Return who looked at the proof: a role, and a name for the members of that team."""
    facts = event.facts
    if event.type == deciding.GATE_PASSED and facts["gate"] != "G4":
        outside = _("A coach outside the team")
        known = proof.reviewer if proof and proof.is_mine else None
        return f"{outside}: {known}" if known else outside
    if event.type == deciding.GATE_PASSED:
        return str(_("The program, after three checks of the metric"))
    if event.type == deciding.PROBLEM_RETURNED:
        return str(
            _("The team itself") if facts["self_reported"] else _("A coach outside the team")
        )
    if event.type == "review_completed":
        return str(_("Nobody: looking is what is paid, the same for every verdict"))
    if event.type in ("pain_accepted", "evidence_accepted"):
        return str(_("A coach other than its author"))
    caused_by = str(_(CATALOGUE[event.type].caused_by))
    return caused_by[:1].upper() + caused_by[1:]


def _disputed(
    session: Session, event: RewardEvent, account: Account, proof: Proof | None
) -> list[tuple[str, str]]:
    """Return where the dispute stands that put something right, and what it was about."""
    if event.type != deciding.DISPUTE_UPHELD:
        return []
    dispute_id, decision_id = line_queries.disputed(session, event, account.id)
    found = []
    if account.kind is AccountKind.PERSON or (proof and proof.is_mine):
        answer = url_for("points.answer", dispute_id=dispute_id)
        found.append((_("The dispute and its answer"), answer))
    if decision_id is not None:
        decision = url_for("points.decision", decision_id=decision_id)
        found.append((_("The decision that was disputed"), decision))
    return found


def _rule_name(rule: str, rules: Rulebook) -> str:
    if rule.startswith("gate_"):
        return str(_("The quest formula: %(gate)s", gate=label(rule.removeprefix("gate_"))))
    if rule.startswith("return_"):
        return str(_("Taking back when the problem returns"))
    if rule == CAP:
        return str(_("The cap on own awards"))
    if rule.startswith(disputing.ANSWERS):
        return str(_("Putting a disputed decision right"))
    names = {f"rule_{one.id}": one.name for one in rules.rules}
    return str(_(names[rule])) if rule in names else rule


def _related(
    entry: LedgerEntry | None,
    lines: Sequence[LedgerEntry],
    account: Account,
    reader: Person,
    place: tuple[str, int],
) -> list[Related]:
    """Return the lines beside the one that is shown: the team's, corrections, what it reverses.

    Whoever answers a dispute about a person's line reads of the others, and opens none of them.
    """
    shown = [
        (text, one)
        for one in lines
        if (entry is None or one.id != entry.id) and (text := _relation(entry, one, account, place))
    ]
    return [
        Related(text, one.points, one.at, _address(one, account, reader)) for text, one in shown
    ]


def _address(line: LedgerEntry, account: Account, reader: Person) -> str:
    is_open = line.account_id != account.id or disputing.may_read(reader, account)
    return url_for("points.entry", entry_id=line.id) if is_open else ""


def _whose(account: Account, reader: Person) -> str:
    if account.kind is AccountKind.TEAM:
        return str(_("The team's"))
    return str(_("Yours") if account.person_id == reader.id else _("A person's"))


def _relation(
    entry: LedgerEntry | None, other: LedgerEntry, account: Account, place: tuple[str, int]
) -> str:
    """Return in words what another line is to the one that is shown."""
    if other.account_id != account.id:
        mine = account.kind is AccountKind.PERSON
        return _("The team's line, in which its members share in full") if mine else ""
    here = (other.rule, other.event_id) == place
    if entry is None:
        return _("What was entered") if here else _relation_of(other)
    if other.id == entry.reverses_id:
        return str(_("The line that this one corrects: %(title)s", title=_titled(other)))
    if other.reverses_id == entry.id:
        return str(_("Corrects this line: %(title)s", title=_titled(other)))
    return _("Another line of the same decision") if here else ""


def _relation_of(other: LedgerEntry) -> str:
    if other.component is Component.HELD:
        return ""
    return str(_("Corrected by: %(title)s", title=_titled(other)))


def _titled(line: LedgerEntry) -> str:
    return title_of(line.event, line.rule, line.points)
