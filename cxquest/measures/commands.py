"""`flask measures …`"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import click

from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.measures import series, spc
from cxquest.measures.series import Series
from cxquest.measures.spc import Chart, ChartKind, Improvement, Point, Stretch
from cxquest.web.command import Commands, Worded, speaking

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DECIMAL = click.option(
    "--decimal", type=click.Choice([".", ","]), help="The decimal sign; otherwise it is found out."
)
HEADS = ("x", "y", "mean", "lower", "upper", "type", "rules")

NOT_ENOUGH = _("Not enough data: a chart needs %(least)s points, and there are %(count)s.")
THIN = _(
    "The limits from %(first)s on rest on %(count)s points and are provisional below %(least)s."
)
REARRANGED = _("The rows were put in the order of x.")

measures = Commands("measures", help="Chart a series, and say what changed.")


@measures.command("chart")
@click.argument("file", type=FILE)
@click.option(
    "--improvement",
    required=True,
    type=click.Choice([way.value for way in Improvement]),
    help="Which way is better.",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ChartKind]),
    default=ChartKind.XMR.value,
    help="xmr: one value at a time. p: shares, u: rates; p_prime, u_prime: the same, where they "
    "vary more than chance would have it.",
)
@click.option(
    "--fix-after",
    type=click.IntRange(min=2),
    help="Work the limits out from the first so many points, and keep them.",
)
@click.option(
    "--rebase",
    multiple=True,
    metavar="DATE",
    help="Work new limits out from the first point on that has this x, or a later one.",
)
@click.option("--target", type=float, help="Say whether the process reaches this value.")
@click.option(
    "--screen/--no-screen", default=True, help="Leave large moving ranges out of the limits."
)
@DECIMAL
@speaking
def draw(
    file: Path,
    improvement: str,
    kind: str,
    fix_after: int | None,
    rebase: Sequence[str],
    target: float | None,
    screen: bool,
    decimal: str | None,
) -> Worded:
    """Say of each point of a FILE whether it is chance, and between which limits chance stays.

    FILE is a table with the columns x (a date, a number or a label), y (the value) and, for
    shares and rates, n (out of how many). With p and u charts y is the count out of n where
    every y is a whole number, and the share or rate itself otherwise. Rows stand in the order of
    time; dates and numbers are put in order. Nothing is kept.
    """
    if target is not None and not isfinite(target):
        raise click.BadParameter(_("The target is a number."), param_hint="--target")
    found = opened(file, kind=ChartKind(kind), decimal=decimal)
    made = spc.chart(
        found.observations,
        improvement=Improvement(improvement),
        kind=ChartKind(kind),
        fix_after=fix_after,
        rebase=[placed(found, when, "--rebase") for when in rebase],
        screen=screen,
    )
    return _answer(made, target, _notes(found, made))


def opened(file: Path, *, kind: ChartKind = ChartKind.XMR, decimal: str | None = None) -> Series:
    """Return the series in a file. Raises BadInput for what is none, row by row."""
    with _readable(file), file.open("rb") as data:
        return series.read(data, file.name, kind=kind, decimal=decimal)


def placed(found: Series, when: str, option: str) -> int:
    """Return the place of the first point at `when` or later; bad usage of `option` otherwise."""
    try:
        return found.place(when)
    except BadInput as problem:
        raise click.BadParameter(str(problem), param_hint=option) from problem


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(_("The file cannot be read: %(why)s."), why=error.strerror) from error


def _notes(found: Series, made: Chart) -> list[str]:
    """Return what a reader of the chart should know beside it."""
    notes = [REARRANGED] if found.rearranged else []
    if not made.enough:
        return [*notes, NOT_ENOUGH % {"least": spc.ENOUGH, "count": len(made.points)}]
    thin = [one for one in made.stretches if one.rests_on < spc.ENOUGH]
    return notes + [
        THIN % {"first": made.points[one.first].x, "count": one.rests_on, "least": spc.ENOUGH}
        for one in thin
    ]


def _answer(made: Chart, target: float | None, notes: Sequence[str]) -> Worded:
    answer = Worded(
        kind=made.kind.value,
        improvement=made.improvement.value,
        enough=made.enough,
        rule_set=made.rule_set,
        limits=spc.LIMITS[made.kind],
        target=target,
        assurance=None if target is None else spc.assurance(made, target),
        notes=list(notes),
        stretches=[_stretch(made, one) for one in made.stretches],
        points=[_point(point) for point in made.points],
    )
    answer.words = list(_words(answer, made.points))
    return answer


def _stretch(made: Chart, one: Stretch) -> dict[str, Any]:
    return {
        "first": made.points[one.first].x,
        "last": made.points[one.last].x,
        "limits_rest_on": one.rests_on,
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "x": point.x,
        "y": point.y,
        "mean": point.mean,
        "lower": point.lower,
        "upper": point.upper,
        "rules": [rule.value for rule in point.rules],
        "type": point.type.value,
    }


def _words(answer: Worded, points: Sequence[Point]) -> Iterator[str]:
    """Yield the chart as a table, then what it rests on."""
    rows = [HEADS, *map(_cells, points)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    for row in rows:
        yield "  ".join(
            cell.rjust(width) if 1 <= place <= 4 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
    yield ""
    yield from (answer["limits"], answer["rule_set"])
    if answer["assurance"]:
        yield f"target {answer['target']:g}: {answer['assurance'].replace('_', ' ')}"
    yield from answer["notes"]


def _cells(point: Point) -> tuple[str, ...]:
    numbers = (point.y, point.mean, point.lower, point.upper)
    shown = ["–" if number is None else f"{number:.6g}" for number in numbers]
    rules = ", ".join(rule.value.replace("_", " ") for rule in point.rules)
    return (point.x, *shown, point.type.value.replace("_", " "), rules)
