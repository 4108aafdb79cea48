"""A series in a table file: columns x, y and n, each row read or refused by its line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import BinaryIO, NamedTuple

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import spc
from cxquest.measures.spc import ChartKind, Observation
from cxquest.measures.timeline import Timeline, faults, timeline
from cxquest.tables import numbers, reading

FEWEST = 2
GREATEST = 1e100  # beyond it sums of squares leave what a computer can count in

UNNAMED = _(
    "%(file)s has no column “%(name)s”. Name the columns x (when), y (the value) and, for shares "
    "and rates, n (out of how many) in its first row. Its columns are: %(header)s."
)
UNREADABLE = _(
    "%(count)s of the %(of)s rows of %(file)s cannot be charted. Correct them and try again."
)
TWO_SIGNS = _(
    "The numbers of %(file)s, such as %(number)s, can be read in two ways. Say which sign is the "
    "decimal sign: --decimal . or --decimal ,"
)


class Problem(NamedTuple):
    """What is wrong with a row."""

    line: int
    text: str


@dataclass(frozen=True)
class Series:
    """The observations of a file in the order of time; `rearranged` where they came in another."""

    observations: tuple[Observation, ...]
    timeline: Timeline
    rearranged: bool

    def place(self, when: str) -> int:
        """Return the place of the first observation that is at `when` or later.

        Raises BadInput where there is none, or `when` is nothing like the x of the file.
        """
        return self.timeline.place(when)


class _Cells(NamedTuple):
    line: int
    x: str
    y: str
    n: str


def read(
    file: BinaryIO, name: str, *, kind: ChartKind = ChartKind.XMR, decimal: str | None = None
) -> Series:
    """Read a series; for shares and rates n says out of how many each y is.

    Their y are counts where all are whole numbers, and come back as shares or rates. Dates or
    numbers in x put the rows in order, labels are in the order of time as they came. Raises
    BadInput for what is no table of x and y, naming every row that cannot be charted.
    """
    sized = kind is not ChartKind.XMR
    rows, delimiter = _rows(file, name, sized)
    sign = decimal or _decimal([cell for row in rows for cell in (row.y, row.n)], delimiter, name)
    wrong = {row.line: _wrong(row, sign, sized) for row in rows}
    good = [row for row in rows if not wrong[row.line]]
    found = [_observation(row, sign, sized) for row in good]
    counts = sized and all(one.y.is_integer() for one in found)
    for row, one in zip(good, found, strict=True):
        wrong[row.line] += _impossible(one, kind, counts=counts)
    problems = [Problem(line, text) for line, texts in wrong.items() for text in texts]
    _refuse(name, [*problems, *_misplaced(rows)], len(rows))
    if len(rows) < FEWEST:
        raise BadInput(_("%(file)s has fewer than two points. A chart needs more."), file=name)
    return _in_order(spc.of_counts(found) if counts else found)


def _refuse(file: str, problems: Sequence[Problem], of: int) -> None:
    """Raise BadInput, naming every row with a problem, if there is one."""
    if problems:
        count = len({problem.line for problem in problems})
        told = [f"line {line}: {text}" for line, text in sorted(problems)]
        said = [UNREADABLE % {"count": count, "of": of, "file": file}, *told]
        raise BadInput("%(all)s", all="\n  ".join(said))


def _rows(file: BinaryIO, name: str, sized: bool) -> tuple[list[_Cells], str]:
    how = reading.guess(file, name)
    how = replace(how, header_rows=min(1, how.header_rows), footer=0)
    table = reading.opened(file, how)
    names = {c.title.strip().casefold(): c.place for c in reversed(table.columns)}
    for wanted in ("x", "y", *(["n"] if sized else [])):
        if wanted not in names:
            header = ", ".join(table.header)
            raise BadInput(UNNAMED, file=name, name=wanted, header=header)
    x, y, n = names["x"], names["y"], names["n"] if sized else None
    return [
        _Cells(line, cells[x].strip(), cells[y].strip(), "" if n is None else cells[n].strip())
        for line, cells, *_rest in table.rows()
    ], how.delimiter


def _decimal(cells: Sequence[str], delimiter: str, file: str) -> str:
    """Return the decimal sign: the one that reads more cells; else the one that is likelier.

    Raises BadInput where both read all of them, to other numbers, and nothing tells which.
    """
    held = [cell for cell in cells if cell]
    point, comma = ([numbers.number(cell, sign) for cell in held] for sign in ".,")
    if point.count(None) != comma.count(None):
        return "." if point.count(None) < comma.count(None) else ","
    differing = [cell for cell, a, b in zip(held, point, comma, strict=True) if a != b]
    signs = {sign for cell in differing for sign in ".," if sign in cell}
    if signs == {","} and delimiter != ",":
        if delimiter == ";":
            return ","
        raise BadInput(TWO_SIGNS, file=file, number=differing[0])
    return "."


def _number(cell: str, sign: str) -> float:
    """Return the number in a cell. Raises ValueError where it holds none that can be charted."""
    found = numbers.number(cell, sign)
    if found is None or not isfinite(float(found)) or abs(found) > GREATEST:
        raise ValueError(cell)
    return float(found)


def _wrong(row: _Cells, sign: str, sized: bool) -> list[str]:
    """Return what is wrong with the cells of a row."""
    wrong = [] if row.x else [_("x is empty. Say when the value was measured.")]
    for name, cell in (("y", row.y), *((("n", row.n),) if sized else ())):
        if not cell:
            wrong.append(_("%(name)s is empty. Fill it in, or leave the row out.") % {"name": name})
            continue
        try:
            if _number(cell, sign) <= 0 and name == "n":
                wrong.append(
                    _("n is %(cell)s. It says out of how many, and is above 0.") % {"cell": cell}
                )
        except ValueError:
            wrong.append(_("%(name)s is “%(cell)s”, no number.") % {"name": name, "cell": cell})
    return wrong


def _misplaced(rows: Sequence[_Cells]) -> list[Problem]:
    """Return the rows whose x is no date or number like the others, or one that was there."""
    texts = [row.x for row in rows]
    if not texts:
        return []
    found = faults(texts)
    said = _("x is “%(x)s”, no date or number like the others.")
    again = _("x is %(x)s, as on line %(line)s. Leave one of them out.")
    stray = [
        Problem(rows[place].line, said % {"x": texts[place]})
        for place in found.misfits
        if texts[place]
    ]
    return stray + [
        Problem(rows[place].line, again % {"x": texts[place], "line": rows[earlier].line})
        for place, earlier in found.repeats
    ]


def _observation(row: _Cells, sign: str, sized: bool) -> Observation:
    return Observation(row.x, _number(row.y, sign), _number(row.n, sign) if sized else None)


def _impossible(one: Observation, kind: ChartKind, *, counts: bool) -> list[str]:
    """Return why there cannot be such a count, share or rate."""
    if kind is ChartKind.XMR:
        return []
    if one.y < 0:
        return [_("y is %(y)g. A count, share or rate is not below 0.") % {"y": one.y}]
    if kind not in spc.SHARES or one.n is None:
        return []
    if counts and one.y > one.n:
        return [_("y is %(y)g, more than n, which is %(n)g.") % {"y": one.y, "n": one.n}]
    if not counts and one.y > 1:
        return [_("y is %(y)g. A share lies between 0 and 1: 95 %% is 0.95.") % {"y": one.y}]
    return []


def _in_order(observations: Sequence[Observation]) -> Series:
    times = timeline([one.x for one in observations])
    order = times.order()
    return Series(
        tuple(observations[place] for place in order),
        times.ordered(),
        rearranged=order != tuple(range(len(order))),
    )
