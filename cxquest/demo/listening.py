"""What customers said, week by week: imported as files, read, tagged, made into pain points."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from cxquest.demo import reading
from cxquest.demo.founding import COACH, KEEPER
from cxquest.demo.world import Act, World
from cxquest.imports import importing
from cxquest.imports.mapping import Scale, mapped
from cxquest.pains import costing, deciding, evidence_queries, merging, starting, supporting
from cxquest.pains import queries as pains
from cxquest.pains.models import PainClass, PainKind, PainPoint
from cxquest.people.models import Person
from cxquest.tables.dates import DateOrder
from cxquest.voice import theming
from cxquest.voice.models import Comment, CommentTheme, Submission

SOURCE = "Customer letters"
WEEK = 7
HEADER = (
    "Response",
    "Answered on",
    "Step",
    "How well were you served (1-5)",
    "What would you tell us",
)
MAPPING = mapped(
    comments=(HEADER[4],),
    external_id=HEADER[0],
    date=HEADER[1],
    order=DateOrder.YMD,
    ratings=(HEADER[3],),
    scale=Scale(Decimal(1), Decimal(5)),
    stage=HEADER[2],
)


def acts() -> Iterator[Act]:
    """Yield the weekly files, and the pain points that people made of them."""
    weeks: dict[int, list[dict[str, str]]] = {}
    for row in reading.table("comments"):
        weeks.setdefault(int(row["days_ago"]) // WEEK * WEEK, []).append(row)
    for week, rows in weeks.items():
        yield Act(week, 0, partial(_import, rows))
    for pain in reading.document("pains")["pain"]:
        yield from _pain_acts(pain)


def _import(rows: list[dict[str, str]], world: World, at: datetime) -> None:
    session, keeper = world.session, world.people[KEEPER]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADER)
    for row in rows:
        day = world.day(int(row["days_ago"])).isoformat()
        writer.writerow((row["response_id"], day, row["stage"], row["rating"], row["answer"]))
    name = f"letters-{at:%Y-%m-%d}.csv"
    content = io.BytesIO(file.getvalue().encode())
    run = importing.start(session, SOURCE, name, content, by=keeper, at=at)
    importing.map(session, run, MAPPING)
    importing.finish(session, run, secret="", by=keeper, at=at)
    _tag(world, rows, at)


def _tag(world: World, rows: list[dict[str, str]], at: datetime) -> None:
    """Tag the week's comments by hand, as a coach does on Mondays."""
    ids = {row["response_id"] for row in rows}
    found = world.session.execute(
        select(Submission.external_id, Comment.id)
        .join(Comment, Comment.submission_id == Submission.id)
        .where(Submission.external_id.in_(ids))
    )
    comments = {row.external_id: row.id for row in found}
    about: dict[str, list[int]] = {}
    for row in rows:
        for name in filter(None, row["themes"].split("|")):
            if row["response_id"] in comments:
                about.setdefault(name, []).append(comments[row["response_id"]])
    for name, comment_ids in sorted(about.items()):
        theming.tag(world.session, comment_ids, world.themes[name], by=world.people[COACH], at=at)


def _pain_acts(pain: dict[str, Any]) -> Iterator[Act]:
    born = pain["created_days_ago"]
    key = pain["key"]
    yield Act(born, 3, partial(_draft, pain))
    for support in pain["supports"]:
        yield Act(support["days_ago"], 4, partial(_support, key, support))
    decided = max(born - 4, 0)
    if pain["end"] == "accepted":
        yield Act(decided, 5, partial(_accept, key))
    elif pain["end"] == "declined":
        yield Act(decided, 5, partial(_decline, key, pain["reason"]))
    elif pain["end"] == "merged":
        yield Act(decided, 5, partial(_merge, key, pain["into"]))


def _draft(pain: dict[str, Any], world: World, at: datetime) -> None:
    author = world.people[pain["created_by"]]
    made = starting.draft(
        world.session,
        title=pain["title"],
        stage_id=world.stages[pain["stage"]].id,
        origin_stage_id=world.stages[pain["origin"]].id if "origin" in pain else None,
        theme_id=world.themes[pain["theme"]].id,
        expected=pain["expected"],
        experienced=pain["experienced"],
        consequence=pain["consequence"],
        pain_class=PainClass(pain["class"]),
        kind=PainKind(pain["kind"]),
        reach_per_month=pain["reach_per_month"],
        severity=pain["severity"],
        value=pain["value"],
        confidence=pain["confidence"],
        effort=pain["effort"],
        comment_ids=_evidence(world, pain),
        by=author,
        at=at,
    )
    world.pains[pain["key"]] = made.id
    _weigh(pain, world, made, author, at)
    if pain["end"] != "draft":
        starting.open_up(world.session, made, by=author, at=at)


def _weigh(
    pain: dict[str, Any], world: World, made: PainPoint, author: Person, at: datetime
) -> None:
    """Say which customers left because of it, and what leaving it costs, where that is known."""
    pieces = evidence_queries.evidence(world.session, made.id, pain.get("left", 0))
    for piece in pieces:
        starting.weigh_evidence(world.session, made, piece.comment_id, 3, by=author, at=at)
    inputs = costing.read(pain.get("cost", {}))
    starting.estimate_cost(world.session, made, inputs, by=author, at=at)


def _evidence(world: World, pain: dict[str, Any]) -> list[int]:
    """Return the latest comments on the pain's theme that had come in by then."""
    theme = world.themes[pain["theme"]]
    return list(
        world.session.scalars(
            select(CommentTheme.comment_id)
            .where(CommentTheme.theme_id == theme.id)
            .order_by(CommentTheme.comment_id.desc())
            .limit(pain["evidence"])
        )
    )


def _support(key: str, support: dict[str, Any], world: World, at: datetime) -> None:
    pain = pains.pain(world.session, world.pains[key])
    if pain:
        by = world.people[support["by"]]
        supporting.support(world.session, pain, cost=support["cost"], by=by, at=at)


def _decider(world: World, author_id: int) -> Any:
    """Return a coach who did not write the pain point."""
    return next(p for p in world.people.values() if p.is_coach and p.id != author_id)


def _accept(key: str, world: World, at: datetime) -> None:
    pain = pains.pain(world.session, world.pains[key])
    if pain:
        coach = _decider(world, pain.created_by_id)
        deciding.accept(world.session, pain, by=coach, at=at, base_url="")


def _decline(key: str, reason: str, world: World, at: datetime) -> None:
    pain = pains.pain(world.session, world.pains[key])
    if pain:
        coach = _decider(world, pain.created_by_id)
        deciding.decline(world.session, pain, reason=reason, by=coach, at=at, base_url="")


def _merge(key: str, into: str, world: World, at: datetime) -> None:
    pain = pains.pain(world.session, world.pains[key])
    other = pains.pain(world.session, world.pains[into])
    if pain and other:
        merging.merge(world.session, pain, other, by=world.people[COACH], at=at)
