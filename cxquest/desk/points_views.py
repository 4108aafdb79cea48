"""One's own points line by line, and why a line or a decision has its points."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cxquest.core import clock
from cxquest.core.errors import NotAllowed
from cxquest.desk import explained
from cxquest.desk.explained import Why
from cxquest.desk.views import zone
from cxquest.extensions import db
from cxquest.people.models import Person
from cxquest.quests import concerning
from cxquest.rewards import disputing, line_queries
from cxquest.rewards import queries as rewards
from cxquest.rewards.line_pages import held_words, reason_of, title_of, unpaid_of
from cxquest.rewards.line_queries import PutRight, Which
from cxquest.rewards.models import Account, Component, Decision, LedgerEntry, Season
from cxquest.rewards.versions import rules_at, timeline
from cxquest.web import guard, pages
from cxquest.web.download import csv_file

bp = Blueprint("points", __name__)

PER_PAGE = 50
SOME = 5  # of what was not paid, below the lines
COMPONENTS = (Component.TEAM_PART, Component.INDIVIDUAL, Component.HELD)


@bp.get("/me/points")
def mine() -> ResponseReturnValue:
    """Show every line of one's own account, their sum, and what was not paid."""
    account_id, seasons = _account(), rewards.seasons(db.session)
    which = _which(seasons)
    asks_unpaid = request.args.get("paid") == "no"
    unpaid = line_queries.unpaid(account_id, which)
    page = pages.page_of(
        unpaid if asks_unpaid else line_queries.lines(account_id, which), per_page=PER_PAGE
    )
    return render_template(
        "points/mine.html",
        page=page,
        lines=[] if asks_unpaid else [_line(one) for one in page.items],
        unpaid=_unpaid(account_id, page.items if asks_unpaid else _some(unpaid)),
        asks_unpaid=asks_unpaid,
        total=(line_queries.missing if asks_unpaid else line_queries.total)(
            db.session, account_id, which
        ),
        held=_held(account_id, which),
        names={one.id: one.name for one in seasons},
        seasons=seasons,
        components=COMPONENTS,
        which=which,
        turn=pages.turner(),
    )


@bp.get("/me/points.csv")
def mine_csv() -> ResponseReturnValue:
    """Export what the page shows with the same filters, every line of it."""
    account_id, seasons = _account(), rewards.seasons(db.session)
    which, names = _which(seasons), {one.id: one.name for one in seasons}
    if request.args.get("paid") == "no":
        found = db.session.scalars(line_queries.unpaid(account_id, which))
        return csv_file("my-points-not-paid.csv", UNPAID, (_unpaid_cells(one) for one in found))
    lines = db.session.scalars(line_queries.lines(account_id, which))
    return csv_file("my-points.csv", HEADER, (_cells(one, names) for one in lines))


@bp.get("/points/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """Show why a line has its points, and what would have changed them."""
    found, account, season = _entry_for(entry_id)
    why = explained.of_entry(db.session, found, account, guard.me())
    return render_template(
        "points/show.html",
        why=why,
        points=found.points,
        label=found.label,
        season=season,
        **_dispute_of(why, account),
    )


@bp.get("/points/decision/<int:decision_id>")
def decision(decision_id: int) -> ResponseReturnValue:
    """Show why a decision paid what it did, or nothing."""
    found, account, decided_at = decision_for(decision_id)
    why = explained.of_decision(db.session, found, decided_at, account, guard.me())
    return render_template(
        "points/show.html",
        why=why,
        points=found.points,
        label=found.event.label,
        season="",
        **_dispute_of(why, account),
    )


HEADER = (
    "day",
    "season",
    "quest",
    "gate",
    "component",
    "points",
    "why",
    "rulebook version",
    "rule",
    "line",
    "corrects line",
)
UNPAID = ("day", "what", "about", "component", "asked", "points", "why", "rulebook version")


def decision_for(decision_id: int) -> tuple[Decision, Account, datetime]:
    """Return a decision that this person may read: 404 where it is not, 403 where not theirs."""
    found = line_queries.decision(db.session, decision_id) or guard.not_there()
    _check(found[1], guard.me())
    return found[0], found[1], found[2]


def _entry_for(entry_id: int) -> tuple[LedgerEntry, Account, str]:
    found = line_queries.entry(db.session, entry_id) or guard.not_there()
    _check(found[1], guard.me())
    return found[0], found[1], found[2]


def _check(account: Account, reader: Person) -> None:
    if not disputing.may_read(reader, account):
        raise NotAllowed(disputing.NOT_YOURS)


def _dispute_of(why: Why, account: Account) -> dict[str, Any]:
    """Return the dispute about a decision and what came of it, or until when one may be raised."""
    found: dict[str, Any] = {"dispute": None, "right": None, "until": None, "is_open": False}
    decision, me = why.decision, guard.me()
    if decision is None or not disputing.is_disputable(decision):
        return found
    found["right"] = right_of(decision)
    team = concerning.team_of(db.session, account) if why.is_team else ()
    if not disputing.concerns(me, account, team):
        return found
    place = (decision.event_id, decision.rule, decision.account_id)
    known = disputing.of_place(db.session, *place)
    until = disputing.last_day(why.decided_at, zone())
    is_open = known is None and clock.now().astimezone(zone()).date() <= until
    return {**found, "dispute": known, "until": until, "is_open": is_open}


def right_of(decision: Decision) -> PutRight | None:
    """Return what an upheld dispute entered for the account of a decision."""
    rights = line_queries.put_right(db.session, decision.account_id, [decision])
    return rights.get((decision.event_id, decision.rule))


def _account() -> int:
    """Return this person's account; 0, which nobody has, before their first points."""
    return rewards.account_of_person(db.session, guard.me().id) or 0


def _which(seasons: Any) -> Which:
    asked = request.args.get("season", "")
    season: Season | None = next((one for one in seasons if one.name == asked), None)
    component = request.args.get("component", "")
    return Which(season, Component(component) if component in set(COMPONENTS) else None)


def _held(account_id: int, which: Which) -> list[str]:
    """Return in words what is held back in each season that is asked for."""
    trend = [one for one in line_queries.trend(db.session, account_id) if one.held]
    wanted = [one for one in trend if which.season is None or which.season.name == one.season]
    books = timeline(db.session) if wanted else ()
    return [held_words(one, rules_at(books, one.since)) for one in wanted if one.since]


def _some(unpaid: Any) -> Any:
    return db.session.scalars(unpaid.limit(SOME)).all()


def _unpaid(account_id: int, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    rights = line_queries.put_right(db.session, account_id, decisions)
    return [unpaid_of(one, rights.get((one.event_id, one.rule))) for one in decisions]


def _line(one: LedgerEntry) -> dict[str, Any]:
    return {"entry": one, "title": title_of(one.event, one.rule, one.points)}


def _cells(one: LedgerEntry, names: dict[int, str]) -> tuple[Any, ...]:
    why = "; ".join(f"{x['name']} {x['value']} {x['note']}".strip() for x in one.explanation)
    return (
        one.at.date(),
        names[one.season_id],
        one.label,
        one.event.facts.get("gate", ""),
        one.component.value,
        one.points,
        why,
        one.rulebook_version,
        one.rule,
        one.id,
        one.reverses_id or "",
    )


def _unpaid_cells(one: Decision) -> tuple[Any, ...]:
    return (
        one.event.occurred_at.date(),
        title_of(one.event, one.rule),
        one.event.label,
        one.component.value,
        one.asked,
        one.points,
        reason_of(one) or _("The award comes to 0 points."),
        one.rulebook_version,
    )
