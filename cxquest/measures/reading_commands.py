"""`flask measures import`; who takes the group from here has all of its commands."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cxquest.core import audit, clock
from cxquest.core.errors import BadInput
from cxquest.core.errors import marked as _
from cxquest.extensions import db
from cxquest.measures import belonging, columns, filing, queries, reading_files
from cxquest.measures.columns import Columns
from cxquest.measures.commands import DECIMAL, FILE
from cxquest.measures.effect_commands import measures
from cxquest.measures.filing import Choice
from cxquest.measures.models import Metric, ReadingRun
from cxquest.people import queries as people
from cxquest.people.models import Person
from cxquest.tables.dates import DateOrder
from cxquest.web.command import Worded, speaking

__all__ = ["measures"]

NO_METRIC = _("There is no metric %(id)s. Its number is in the address of its page.")
NOBODY = _("Nobody with the address %(email)s is let in.")
NO_COLUMN = _("The file has no column “%(name)s”. It has: %(columns)s.")
WHICH = _("Say which column holds the %(what)s: --%(option)s COLUMN. There are: %(columns)s.")
TWO_WAYS = _("The column “%(name)s” reads in several ways. Say which: --%(option)s.")


@measures.command("import")
@click.argument("file", type=FILE)
@click.option("--metric", "metric_id", type=int, required=True, help="The metric's number.")
@click.option("--by", "email", required=True, help="The address of who answers for the file.")
@click.option("--day", help="The column with the day or the period.")
@click.option("--value", help="The column with the value.")
@click.option("--count", help="Instead of a value: how many of them, for a share or a rate.")
@click.option("--n", "cases", help="The column that says out of how many.")
@click.option("--order", type=click.Choice([one.value for one in DateOrder]), help="Of its days.")
@DECIMAL
@click.option("--reason", default="", help="Correct what has another value, and say why.")
@click.option("--preview", is_flag=True, help="Say what would come of it, and keep nothing.")
@speaking
def bring(file: Path, metric_id: int, email: str, preview: bool, **chosen: str | None) -> Worded:
    """Take the readings in a FILE into a metric; each row is accounted for.

    Read = created + corrected + unchanged + rejected. Columns that are not named are found by
    their names, where the file leaves no doubt.
    """
    at = clock.now()
    metric, by = _metric(metric_id), _person(email)
    run = filing.start(db.session, metric, file.name, _content(file), by=by, at=at)
    choice = _choice(metric, run, chosen)
    filing.preview(db.session, metric, run, choice, by=by, at=at)
    if preview:
        answer = _answer(run)
        db.session.delete(run)
        return answer
    filing.finish(db.session, metric, run, by=by, at=at)
    _keep(metric, run, by)
    return _answer(run)


def _keep(metric: Metric, run: ReadingRun, by: Person) -> None:
    """Write down who brought the file, with what the metric belongs to."""
    subject = belonging.subject(db.session, metric)
    said = f"{metric.name}: {run.file_name}"[:200]
    audit.record(db.session, "readings_loaded", subject, by=by, at=run.at, summary=said)


def _metric(metric_id: int) -> Metric:
    found = queries.metric(db.session, metric_id)
    if found is None:
        raise BadInput(NO_METRIC, id=metric_id)
    return found


def _person(email: str) -> Person:
    found = people.with_address(db.session, email)
    if found is None:
        raise BadInput(NOBODY, email=email)
    return found


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(reading_files.MOST_BYTES + 1)


def _choice(metric: Metric, run: ReadingRun, chosen: Mapping[str, str | None]) -> Choice:
    """Return what was chosen, or what the file leaves no doubt of. Raises BadInput."""
    counted = filing.asked_of(metric).counted
    likely = columns.proposed(run.columns, sized=counted)
    figure = chosen["value"] or chosen["count"] or likely.get("figure")
    day = chosen["day"] or likely.get("day")
    as_count = bool(chosen["count"]) or (not chosen["value"] and likely.get("figure_is") == "count")
    found = Columns(
        day=_known(run, day, "day", "day"),
        figure=_known(run, figure, "value", "value"),
        n=_known(run, chosen["cases"] or likely.get("n", ""), "cases", "n", needed=counted),
        order=DateOrder(_sure(run, day, "orders", "order", chosen["order"])),
        decimal=_sure(run, figure, "decimals", "decimal", chosen["decimal"]),
        counted=counted and as_count,
    )
    return Choice(found, chosen["reason"] or "")


def _known(
    run: ReadingRun, name: str | None, what: str, option: str, *, needed: bool = True
) -> str:
    names = [one["name"] for one in run.columns]
    if name in names:
        return str(name)
    if name:
        raise BadInput(NO_COLUMN, name=name, columns=", ".join(names))
    if needed:
        raise BadInput(WHICH, what=what, option=option, columns=", ".join(names))
    return ""


def _sure(run: ReadingRun, name: str | None, what: str, option: str, chosen: str | None) -> str:
    possible: Sequence[str] = next(one[what] for one in run.columns if one["name"] == name)
    if chosen:
        return chosen
    if len(possible) > 1:
        raise BadInput(TWO_WAYS, name=name, option=option)
    return possible[0]


def _answer(run: ReadingRun) -> Worded:
    names = ("read", "created", "corrected", "unchanged", "rejected")
    counts: dict[str, Any] = {name: getattr(run, name) for name in names}
    rejections = [
        {
            "line": one["line"],
            "column": one["column"],
            "value": one["value"],
            "reason": one["reason"] % one["values"],
        }
        for one in run.rejections
    ]
    answer = Worded(**counts, rejections=rejections)
    answer.words = [
        *(f"{name}: {counts[name]}" for name in names),
        *(f"  line {one['line']}, {one['column']}: {one['reason']}" for one in rejections),
    ]
    return answer
