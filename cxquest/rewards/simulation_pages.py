"""What the pages about simulations show, in the reader's language."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.rewards import documents, policy, rulebook_queries, simulation_queries, versions
from cxquest.rewards.catalogue import CATALOGUE
from cxquest.rewards.models import RulebookVersion, Simulation, SimulationState
from cxquest.rewards.rulebook import DEFAULT, Rulebook
from cxquest.rewards.simulation_result import SHARES
from cxquest.web.charts import Share, share_bars
from cxquest.web.filters import number
from cxquest.web.labels import label

GOING_ON = (SimulationState.WAITING, SimulationState.RUNNING)


def panel(session: Session, version: RulebookVersion, reader: Person) -> dict[str, Any]:
    """Return what the panel on a version's page shows."""
    last = simulation_queries.last(session, version)
    mark = documents.fingerprint(version.document)
    fits = bool(last and last.fingerprint == mark)
    has_result = bool(last and last.state is SimulationState.DONE and fits and last.result)
    return {
        "is_going_on": bool(last and last.state in GOING_ON),
        "simulation": last,
        "simulation_fits": fits,
        "warnings": warnings(last.result) if last and has_result else [],
        "has_result": has_result,
        "may_simulate": policy.may_change(reader, version),
    }


def told(session: Session, result: Mapping[str, Any], after: Rulebook) -> dict[str, Any]:
    """Return a result as its page shows it."""
    before = _rules_of(session, result["before"])
    names = {f"rule_{rule.id}": rule.name for book in (before, after) for rule in book.rules}
    work = [{**row, "title": label(row["name"])} for row in result["work"]]
    return {
        "result": result,
        "warnings": warnings(result),
        "bands": [{**row, "title": _band(row)} for row in result["bands"]],
        "types": [
            {**row, "title": gettext(CATALOGUE[row["name"]].title)} for row in result["types"]
        ],
        "work": work,
        "bars": _bars(work, {side: _total(result, side) for side in ("before", "after")}),
        "rules": [
            {**row, "title": names.get(row["name"]) or _formula(row)} for row in result["rules"]
        ],
        "top": {side: share(part) for side, part in result["concentration"]["top"].items()},
        "gini": {
            side: number(Fraction(part)) for side, part in result["concentration"]["gini"].items()
        },
        "share": share,
        "exact": Fraction,
    }


def teams(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the teams, those that nothing changes for last."""
    found = [{**row, "same": _is_same(row)} for row in result["teams"]]
    return sorted(found, key=lambda row: row["same"])


def _is_same(row: Mapping[str, Any]) -> bool:
    return bool(row["before"] == row["after"] and row["rank_before"] == row["rank_after"])


def mine(
    session: Session, done: Simulation | None, account_id: int | None, department_id: int | None
) -> dict[str, Any] | None:
    """Return what a simulation says of one reader: own points, own teams, own department."""
    if done is None or not done.result:
        return None
    before, after = simulation_queries.own(session, done.id, account_id)
    teams = simulation_queries.own_teams(session, account_id)
    return {
        "before": before,
        "after": after,
        "seasons": [one["name"] for one in done.result["seasons"]],
        "teams": [row for row in done.result["teams"] if row["account"] in teams],
        "department": next(
            (row for row in done.result["departments"] if row["id"] == department_id), None
        ),
    }


def warnings(result: Mapping[str, Any]) -> list[str]:
    """Return the warnings as sentences."""
    return [_sentence(one) for one in result["warnings"]]


def _sentence(warning: Mapping[str, Any]) -> str:
    values = {
        name: share(value)
        if name in SHARES
        else number(value, 0)
        if isinstance(value, int)
        else value
        for name, value in warning["values"].items()
    }
    return str(gettext(warning["text"])) % values


def share(part: str) -> str:
    """Return an exact part of 1 as a percentage with one place."""
    return str(_("%(n)s %%", n=number(Fraction(part) * 100, 1))) if part else str(_("from nothing"))


def _band(band: Mapping[str, Any]) -> str:
    least, most = band["from"], band["to"]
    if most is None:
        return str(_("%(least)s or more", least=number(least, 0)) if least else _("any number"))
    if least == most:
        return str(number(least, 0))
    return str(_("%(least)s to %(most)s", least=number(least, 0), most=number(most, 0)))


def _formula(row: Mapping[str, Any]) -> str:
    return str(_("The quest formula, %(gate)s", gate=row["name"].removeprefix("gate_")))


def _total(result: Mapping[str, Any], side: str) -> int:
    return sum(row[side] for row in result["types"])


def _bars(work: Iterable[Mapping[str, Any]], totals: Mapping[str, int]) -> Any:
    """Return bars of the shares by kind of work, before and after beside each other."""
    rows = []
    for row in work:
        for side, words in (("before", _("before")), ("after", _("after"))):
            title = f"{row['title']}, {words}"
            tone = "proven" if side == "after" else ""
            rows.append(Share(title, max(0, row[side]), totals[side], tone=tone))
    return share_bars(rows, form=lambda value: number(value, 1))


def _rules_of(session: Session, version: int) -> Rulebook:
    row = rulebook_queries.whole(session, version)
    return versions.of(row) if row else DEFAULT
