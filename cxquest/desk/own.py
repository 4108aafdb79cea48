"""What the page of a person's own shows: this season, the trend, the gates, the latest lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cxquest.people.models import Person
from cxquest.rewards import line_queries
from cxquest.rewards import queries as rewards
from cxquest.rewards.line_pages import award_of, gate_name, held_words
from cxquest.rewards.line_queries import Held
from cxquest.rewards.models import Season
from cxquest.rewards.rulebook import Gate
from cxquest.rewards.versions import rulebook_at
from cxquest.web import charts
from cxquest.web.filters import number

LATEST = 6


@dataclass(frozen=True)
class Own:
    """A person's own board: the season's numbers, what is held back of them, what led there."""

    season: Season
    now: Held
    held: str
    chart: charts.RunChart | None
    says: str
    gates: list[tuple[str, int]]
    awards: list[dict[str, Any]]


def of(session: Session, person: Person, season: Season) -> Own:
    """Return everything that the page of a person shows."""
    account_id = rewards.account_of_person(session, person.id)
    if account_id is None:
        return Own(season, Held(season.name), "", None, "", [], [])
    trend = line_queries.trend(session, account_id)
    passed = line_queries.gates(session, account_id)
    latest = session.scalars(line_queries.lines(account_id).limit(LATEST))
    now = next((one for one in trend if one.season == season.name), Held(season.name))
    return Own(
        season=season,
        now=now,
        held=_held(session, now),
        chart=_chart(trend),
        says=_says(trend),
        gates=[(gate_name(gate), passed[gate.value]) for gate in Gate if gate.value in passed],
        awards=[award_of(entry) for entry in latest],
    )


def _held(session: Session, now: Held) -> str:
    """Return in words what is held back now, if anything."""
    if not now.held or now.since is None:
        return ""
    return held_words(now, rulebook_at(session, now.since))


def _chart(trend: Sequence[Held]) -> charts.RunChart | None:
    """Return the drawing of one's points by season; one season is no trend."""
    if len(trend) < 2:
        return None
    readings = [charts.Reading(one.season, float(one.points)) for one in trend]
    chart = charts.run_chart(readings, form=lambda figure: number(figure, 0))
    return replace(chart, wide=_centred(chart.wide), narrow=_centred(chart.narrow))


def _centred(drawing: charts.Drawing) -> charts.Drawing:
    """Return a drawing with its last label under its point, where there is room for it."""
    *others, last = drawing.x_ticks
    at, half = drawing.dots[-1].x, len(last.label) * charts.LETTER / 2
    before = max((tick.at + len(tick.label) * charts.LETTER / 2 for tick in others), default=0.0)
    if before > at - half or at + half > drawing.frame.width:
        return drawing
    return replace(drawing, x_ticks=(*others, charts.Tick(at, last.label)))


def _says(trend: Sequence[Held]) -> str:
    if len(trend) < 2:
        return ""
    before, last = trend[-2], trend[-1]
    return str(
        _(
            "%(now)s points in %(season)s, after %(then)s in %(before)s.",
            now=last.points,
            season=last.season,
            then=before.points,
            before=before.season,
        )
    )
