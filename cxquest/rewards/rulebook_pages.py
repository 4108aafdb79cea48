"""Gathers what the pages about rules show: sentences, differences, checks, tried events."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.core import clock
from cxquest.rewards import (
    articles,
    comparing,
    constitution,
    editing,
    engine,
    life,
    rulebook_queries,
    trying,
    versions,
    wording,
)
from cxquest.rewards.catalogue import CATALOGUE, EventType, Kind
from cxquest.rewards.comparing import How, Piece
from cxquest.rewards.engine import Deed, Measure
from cxquest.rewards.figure_pages import figure, part
from cxquest.rewards.life import Stage
from cxquest.rewards.line_pages import factor_lines
from cxquest.rewards.models import RewardEvent, RulebookVersion
from cxquest.rewards.rulebook import Cause, Gate, Impact, MeasureKind, Rulebook, Work
from cxquest.rewards.wording import Part, Said, Word
from cxquest.web.filters import day, moment, number
from cxquest.web.labels import label


def say(value: object) -> str:
    """Return a sentence, a choice or a number in the reader's language."""
    if isinstance(value, Said):
        return _said(value)
    if isinstance(value, Word):
        return label(value.key)
    if isinstance(value, Enum):
        return label(value)
    if isinstance(value, Part):
        return part(value.of_one)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Fraction | int) and not isinstance(value, bool):
        return number(value, 4)
    return str(value)


def _said(said: Said) -> str:
    if not said.text:
        return ""
    text = str(gettext(said.text))
    if said.values:
        text = text % {name: say(value) for name, value in said.values.items()}
    return text[:1].lower() + text[1:] if said.inside else text


def translated(text: str) -> str:
    """Return a marked sentence in the reader's language; it may hold a sign of per cent."""
    return str(gettext(text)) if text else ""


@dataclass(frozen=True)
class Shown:
    """A version as pages show it; the built-in one has no row."""

    number: int
    stage: Stage
    since: datetime | None
    row: RulebookVersion | None


def shown(session: Session, rows: Iterable[RulebookVersion], at: datetime) -> list[Shown]:
    """Return versions with how far they are, the built-in one last."""
    since = [when for when, _rules in versions.timeline(session)[1:] if when]
    found = [
        Shown(
            row.number,
            life.stage_of(row.state.value, row.effective_from, since, at),
            row.effective_from,
            row,
        )
        for row in rows
    ]
    return [*found, Shown(1, life.stage_of(Stage.SCHEDULED, None, since, at), None, None)]


@dataclass(frozen=True)
class ShownDifference:
    """A difference in words; of two sentences also the pieces, word by word."""

    what: str
    how: How
    before: str
    after: str
    pieces: Sequence[Piece] = ()


def differences(before: Rulebook, after: Rulebook) -> list[ShownDifference]:
    """Return what `after` changes of `before`, in the reader's language."""
    found = []
    for one in comparing.differences(before, after):
        old, new = (_side(one.place, side) for side in (one.before, one.after))
        pieces = comparing.words(old, new) if one.how is How.WORDS else ()
        found.append(ShownDifference(say(one.what), one.how, old, new, pieces))
    return found


def _side(place: str, side: Any) -> str:
    if isinstance(side, Fraction) and place.startswith("formula."):
        return figure(side, place.split(".")[1])
    return "" if side is None else say(side)


def document_text(document: Mapping[str, Any]) -> str:
    """Return a document as people read JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def rules_of(rules: Rulebook) -> dict[str, Any]:
    """Return what a page needs to tell a rulebook."""
    most, counts = constitution.most_without_a_team(rules)
    shared = wording.shared_pools(rules)
    return {
        "rules": rules,
        "tables": wording.TABLES,
        "single": wording.SINGLE,
        "sentences": [say(one) for one in wording.formula(rules)],
        "event_rules": [(one, say(wording.rule(one, shared))) for one in rules.rules],
        "most": most,
        "counts": counts,
    }


def laws(rules: Rulebook, notice: int | None = None) -> dict[str, Any]:
    """Return the constitution beside a rulebook, and what makes no sense in it."""
    breaches, faults = articles.judged(rules)
    return {
        "articles": articles.of(rules, breaches, notice),
        "breaches": breaches,
        "faults": faults,
    }


def before(
    session: Session, row: RulebookVersion | None, at: datetime
) -> tuple[datetime | None, Rulebook]:
    """Return what a version follows, with its first instant.

    That is the rulebook of the day before it takes effect, else the last one that is scheduled;
    for the built-in one it is what is in force.
    """
    first = row.effective_from if row else at
    return [
        (since, rules)
        for since, rules in versions.timeline(session)
        if since is None
        or ((row is None or rules.version != row.number) and (first is None or since < first))
    ][-1]


def checks(
    session: Session,
    version: RulebookVersion,
    rules: Rulebook | None,
    events: Sequence[RewardEvent],
    chosen: int | None,
) -> dict[str, Any]:
    """Return what the panel beside the editor shows; without rules, only that it waits."""
    event = next((one for one in events if one.id == chosen), events[0] if events else None)
    if rules is None:
        return {"draft": None}
    _since, base = before(session, version, clock.now())
    most, counts = constitution.most_without_a_team(rules)
    return {
        "draft": rules,
        "base": base,
        "most": most,
        "counts": counts,
        "differences": differences(base, rules),
        "tried": trying.tried(session, event, base, rules) if event else None,
        **laws(rules),
    }


def event_choices(events: Iterable[RewardEvent]) -> list[tuple[str, str]]:
    """Return past events to choose from, by what and when."""
    return [
        (
            str(one.id),
            " · ".join(
                part
                for part in (
                    gettext(CATALOGUE[one.type].title),
                    label(one.facts["gate"]) if "gate" in one.facts else "",
                    one.label,
                    moment(one.occurred_at),
                )
                if part
            ),
        )
        for one in events
    ]


def events_for(when: str) -> Mapping[str, list[tuple[str, str, dict[str, bool]]]]:
    """Return the event types to choose from; one that is never paid only where it is chosen."""
    can, never = _("Rules may pay"), _("Never paid (article C8)")
    groups: dict[str, list[tuple[str, str, dict[str, bool]]]] = {can: [], never: []}
    for kind in CATALOGUE.values():
        closed = {"disabled": True} if not kind.is_payable and kind.name != when else {}
        group = groups[can if kind.is_payable else never]
        group.append((kind.name, gettext(kind.title), closed))
    if when and when not in CATALOGUE:
        groups[never].append((when, when, {}))
    return groups


def recipients_for(when: str, chosen: str) -> list[tuple[str, str]]:
    """Return whom an event names, and before them whom a rule pays that the event does not."""
    kind = CATALOGUE.get(when)
    found = [(one.name, gettext(one.meaning)) for one in kind.recipients] if kind else []
    if chosen in dict(found):
        return found
    return [(chosen, translated(wording.RECIPIENTS.get(chosen, chosen))), *found]


def fields_for(when: str, chosen: str) -> list[tuple[str, str]]:
    """Return the fields that an event declares, and before them one of another event."""
    kind = CATALOGUE.get(when)
    found = [(one.name, _lower(gettext(one.meaning))) for one in kind.fields] if kind else []
    if not chosen or chosen in dict(found):
        return found
    known = {one.name: one.meaning for kind in CATALOGUE.values() for one in kind.fields}
    return [(chosen, _lower(translated(known.get(chosen, chosen)))), *found]


def values_of(when: str, field: str) -> list[tuple[str, str]]:
    """Return what a field can be, where that is a choice."""
    kind = CATALOGUE.get(when)
    known = kind.field(field) if kind else None
    if known is None or known.kind is Kind.NUMBER:
        return []
    if known.kind is Kind.YES_NO:
        return [("yes", _("yes")), ("no", _("no"))]
    return [(str(one), label(one)) for one in known.choices]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def nested(rows: Mapping[str, Any]) -> dict[int, str]:
    """Return the conditions that the form does not show, as parts of sentences."""
    return {
        place: say(wording.group(group, CATALOGUE.get(rows["rules"][place]["when"])))
        for place, group in editing.nested_groups(rows).items()
    }


def catalogue() -> list[EventType]:
    """Return every event type, those that can pay first."""
    return sorted(CATALOGUE.values(), key=lambda kind: not kind.is_payable)


EXAMPLE = Deed(
    Impact.L,
    Work.PREVENTION,
    Cause.SYSTEMIC,
    {"A": Fraction(40), "B": Fraction(30), "C": Fraction(30)},
    {
        MeasureKind.ACTION: Measure(Fraction(12), Fraction(4), Fraction(5)),
        MeasureKind.THEME: Measure(Fraction(40), Fraction(20), Fraction(26)),
        MeasureKind.SURVEY: Measure(Fraction(16, 5), Fraction(4), Fraction(17, 5)),
    },
)


def example(rules: Rulebook) -> list[dict[str, Any]]:
    """Return a quest worked through the formula, gate by gate, as awards to draw."""
    found = []
    for gate in Gate:
        award = engine.score(gate, EXAMPLE, rules)
        factors = [
            {"name": one.name, "value": number(one.value, 4), "note": one.note}
            for one in award.factors
        ]
        lines = factor_lines(factors)
        found.append({"label": label(gate), "points": award.points, "at_label": "", "lines": lines})
    return found


def event_of(events: Iterable[RewardEvent], asked: str) -> int | None:
    """Return the id of the event that was asked for; None for none of these."""
    return next((one.id for one in events if str(one.id) == asked), None)


def events(session: Session) -> Sequence[RewardEvent]:
    """Return the past events that a draft can be tried on."""
    return rulebook_queries.last_events(session)
