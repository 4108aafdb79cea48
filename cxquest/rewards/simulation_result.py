"""What a simulation comes to: places, shares, concentration and warnings, before and after. Pure.

The result holds JSON values. Numbers that are not whole stay exact, as text like "7/3".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cxquest.core.errors import marked as _
from cxquest.rewards.ranking import ranks, shrunken_mean
from cxquest.rewards.rulebook import Rulebook, Work
from cxquest.rewards.simulation import Run, Simulation

LEAST_PEOPLE = 5  # a department or a band of fewer is never shown on its own
MOST_MOVE = Fraction(1, 5)
MOST_OF_ALL = Fraction(2, 5)
TOP = 10  # the top is one team in so many
BANDS = (0, 50, 200, 500, 1000)  # the most points of each band but the last
MOVED = _("%(name)s moves by %(change)s: from %(before)s to %(after)s points.")
BEGINS = _("%(name)s, which had no points, comes to %(after)s points.")
CARRIES = _("The rule “%(name)s” carries %(share)s of all points.")
SHARES = frozenset({"change", "share", "share_before", "share_after"})  # values of warnings
LESS_PREVENTION = _("The share paid for prevention falls from %(share_before)s to %(share_after)s.")

KIND, WORK, RULE = range(3)  # parts of a Source

Row = dict[str, Any]


@dataclass(frozen=True)
class Employee:
    """An active person: their account, if they have one, and their present department."""

    account_id: int | None
    department_id: int | None
    department: str


def result(simulation: Simulation, people: Sequence[Employee]) -> Row:
    """Return all that the page shows of a simulation that has ended."""
    before, after = simulation.runs
    teams = list(_teams(simulation))
    found: Row = {
        "before": before.rules.version,
        "after": after.rules.version,
        "teams": teams,
        "departments": _departments(people, before.points, after.points),
        "bands": _bands(people, before.points, after.points),
        "types": _shares(before, after, KIND),
        "work": _shares(before, after, WORK),
        "rules": _shares(before, after, RULE),
        "concentration": {
            "top": _both(teams, top_share),
            "gini": _both(teams, gini),
        },
    }
    found["warnings"] = list(_warnings(found, after.rules))
    return found


def _teams(simulation: Simulation) -> Iterator[Row]:
    """Yield every team that did anything, best first as it is today."""
    before, after = (run.points for run in simulation.runs)
    known = sorted(simulation.titles, key=lambda team: (-before.get(team, 0), team))
    was, is_ = ([points.get(team, 0) for team in known] for points in (before, after))
    for team, *numbers in zip(known, was, is_, ranks(was), ranks(is_), strict=True):
        names = ("before", "after", "rank_before", "rank_after")
        yield {
            "account": team,
            "title": simulation.titles[team],
            **dict(zip(names, numbers, strict=True)),
        }


def _departments(
    people: Sequence[Employee], before: Mapping[int, int], after: Mapping[int, int]
) -> list[Row]:
    """Return the departments of at least five people, by the mean that the board ranks on."""
    staff: dict[int, list[Employee]] = {}
    for one in people:
        if one.department_id is not None:
            staff.setdefault(one.department_id, []).append(one)
    rows: list[Row] = [
        {"id": department, "name": team[0].department, "people": len(team)}
        for department, team in staff.items()
        if len(team) >= LEAST_PEOPLE
    ]
    for side, points in (("before", before), ("after", after)):
        sums = {d: sum(_of(one, points) for one in team) for d, team in staff.items()}
        everyone = sum(len(team) for team in staff.values())
        mean = Fraction(sum(sums.values()), everyone) if everyone else Fraction(0)
        means = [shrunken_mean(sums[row["id"]], row["people"], mean) for row in rows]
        for row, level, rank in zip(rows, means, ranks(means), strict=True):
            row |= {side: sums[row["id"]], f"mean_{side}": str(level), f"rank_{side}": rank}
    return sorted(rows, key=lambda row: (row["rank_before"], row["name"]))


def _of(one: Employee, points: Mapping[int, int]) -> int:
    return points.get(one.account_id, 0) if one.account_id is not None else 0


def _bands(
    people: Sequence[Employee], before: Mapping[int, int], after: Mapping[int, int]
) -> list[Row]:
    """Return how many people hold how many points; nobody can be told from so few."""
    counts = [[0, 0] for _band in (*BANDS, None)]
    for one in people:
        for side, points in enumerate((before, after)):
            counts[_band_of(_of(one, points))][side] += 1
    floors = (0, *(most + 1 for most in BANDS))
    bands = [
        {"from": least, "to": most, "before": was, "after": is_}
        for least, most, (was, is_) in zip(floors, (*BANDS, None), counts, strict=True)
    ]
    return merged(bands)


def _band_of(points: int) -> int:
    return next((n for n, most in enumerate(BANDS) if points <= most), len(BANDS))


def merged(bands: Iterable[Row]) -> list[Row]:
    """Return bands of at least five people before and after; the last one joins its neighbour.

    Returns none where there are fewer than five people in all.
    """
    done: list[Row] = []
    for band in bands:
        if done and _is_small(done[-1]):
            done[-1] = _joined(done[-1], band)
        else:
            done.append(band)
    if len(done) > 1 and _is_small(done[-1]):
        last = done.pop()
        done[-1] = _joined(done[-1], last)
    return [] if _is_small(done[0]) else done


def _is_small(band: Row) -> bool:
    return bool(min(band["before"], band["after"]) < LEAST_PEOPLE)


def _joined(band: Row, further: Row) -> Row:
    sums = {side: band[side] + further[side] for side in ("before", "after")}
    return {"from": band["from"], "to": further["to"], **sums}


def _shares(before: Run, after: Run, part: int) -> list[Row]:
    """Return points, and their share of all points, by a part of what they were paid for."""
    sums: dict[str, list[int]] = {}
    for side, run in enumerate((before, after)):
        for source, points in run.paid.items():
            if source[part]:
                sums.setdefault(source[part], [0, 0])[side] += points
    totals = [sum(run.paid.values()) for run in (before, after)]
    return [
        {
            "name": name,
            "before": was,
            "after": is_,
            "share_before": _share(was, totals[0]),
            "share_after": _share(is_, totals[1]),
        }
        for name, (was, is_) in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    ]


def _share(part: int, whole: int) -> str:
    return str(Fraction(part, whole)) if whole else "0"


def _both(teams: Sequence[Row], number: Any) -> Row:
    return {side: str(number([team[side] for team in teams])) for side in ("before", "after")}


def top_share(points: Sequence[int]) -> Fraction:
    """Return which part of all points the best tenth of the teams holds, at least one team."""
    held = sorted((max(0, one) for one in points), reverse=True)
    best = -(-len(held) // TOP)
    return Fraction(sum(held[:best]), sum(held)) if sum(held) else Fraction(0)


def gini(points: Sequence[int]) -> Fraction:
    """Return Gini's coefficient: 0 where all hold the same, towards 1 where one holds it all.

    2 · Σ i·x_i / (n · Σ x) − (n + 1) / n, with x in rising order; below 0 counts as 0.
    """
    held, n = sorted(max(0, one) for one in points), len(points)
    if not sum(held):
        return Fraction(0)
    weighed = sum(place * one for place, one in enumerate(held, start=1))
    return Fraction(2 * weighed, n * sum(held)) - Fraction(n + 1, n)


def sentence(warning: Row) -> str:
    """Return a warning as an English sentence, as commands print it."""
    values = {
        name: f"{float(Fraction(value)) * 100:.1f} %" if name in SHARES and value else value
        for name, value in warning["values"].items()
    }
    return str(warning["text"]) % values


def _moving(row: Row, moved: int) -> Row:
    """Return the warning for a department that moves far; from nothing there is no percentage."""
    values = {name: row[name] for name in ("name", "before", "after")}
    if not row["before"]:
        return {"kind": "department", "text": BEGINS, "values": values}
    change = str(Fraction(moved, abs(row["before"])))
    return {"kind": "department", "text": MOVED, "values": {**values, "change": change}}


def _warnings(found: Row, draft: Rulebook) -> Iterator[Row]:
    for row in found["departments"]:
        moved = row["after"] - row["before"]
        if abs(moved) > abs(row["before"]) * MOST_MOVE:
            yield _moving(row, moved)
    names = {f"rule_{rule.id}": rule.name for rule in draft.rules}
    for row in found["rules"]:
        share = row["share_after"]
        if row["name"] in names and Fraction(share) > MOST_OF_ALL:
            values = {"name": names[row["name"]], "share": share}
            yield {"kind": "rule", "text": CARRIES, "values": values}
    prevention = next((row for row in found["work"] if row["name"] == Work.PREVENTION), None)
    if prevention:
        was, is_ = prevention["share_before"], prevention["share_after"]
        if Fraction(is_) < Fraction(was):
            values = {"share_before": was, "share_after": is_}
            yield {"kind": "prevention", "text": LESS_PREVENTION, "values": values}
