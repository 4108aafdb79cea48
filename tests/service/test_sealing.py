"""Seasons: declared ahead, stored on first use, settled for 14 days, sealed in a chain."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing as closing_connection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cxquest.boards import closing
from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine
from cxquest.extensions import db
from cxquest.people import organising
from cxquest.rewards import declaring, ledger, queries, sealing, season_queries
from cxquest.rewards.models import (
    Component,
    LedgerEntry,
    RewardEvent,
    Season,
    SeasonSeal,
    Standing,
)
from cxquest.worker import tick_all
from tests.cast import BEGUN, Cast

OSLO = ZoneInfo("Europe/Oslo")
SPRING = datetime(2026, 6, 30, 22, tzinfo=UTC)  # the end of 2026-Q2
RESULT = {"teams": [{"title": "Ingen venter", "points": 154}], "departments": []}
TICK = timedelta(microseconds=1)


def season_at(session: Session, at: datetime = BEGUN) -> Season:
    return ledger.season_at(session, at, OSLO)


def settled(season: Season, days: int = 14) -> datetime:
    """Return the midnight in Oslo some days after a season's end."""
    end = season.ends_at.astimezone(OSLO)
    return (end + timedelta(days=days)).astimezone(UTC)


def paid(session: Session, season: Season, points: int = 10) -> None:
    """Enter points for a new team in a season."""
    account = ledger.new_team(session)
    event = RewardEvent(
        key=f"test:{account.id}",
        type="gate_passed",
        occurred_at=season.starts_at,
        recorded_at=season.starts_at,
        subject="quest:1",
    )
    session.add(event)
    session.flush()
    session.add(
        LedgerEntry(
            event_id=event.id,
            cause_id=event.id,
            rule="gate",
            account_id=account.id,
            season_id=season.id,
            component=Component.TEAM_OUTCOME,
            points=points,
            rulebook_version=1,
            at=season.starts_at,
        )
    )
    session.add(
        Standing(account_id=account.id, season_id=season.id, kind=account.kind, points=points)
    )
    session.flush()


def test_a_season_is_stored_on_its_first_use_and_only_then(session: Session, cast: Cast) -> None:
    now = queries.season_now(session, BEGUN, OSLO)
    assert (now.id, now.name) == (0, "2026-Q1")
    made = season_at(session)
    assert season_at(session, made.ends_at - TICK).id == made.id
    assert queries.season_now(session, BEGUN, OSLO).id == made.id
    assert season_at(session, made.ends_at).starts_at == made.ends_at


def test_only_seasons_with_points_are_there_to_choose(session: Session, cast: Cast) -> None:
    first = season_at(session)
    season_at(session, first.ends_at)
    paid(session, first)
    assert [season.name for season in queries.seasons(session)] == ["2026-Q1"]


def test_the_fiscal_year_gives_seasons_their_days(session: Session, cast: Cast) -> None:
    describe(session, fiscal_month=2)
    assert season_at(session).name == "FY2026/27-Q1"


def describe(session: Session, zone: str = "Europe/Oslo", fiscal_month: int = 1) -> None:
    organising.describe(
        session,
        name="X",
        time_zone=zone,
        currency="EUR",
        fiscal_month=fiscal_month,
        by=None,
        at=BEGUN,
    )


def test_what_is_stored_stays_when_zone_and_fiscal_year_change(
    session: Session, cast: Cast
) -> None:
    first = season_at(session)
    kept = season_queries.span_of(first)
    describe(session, "America/Havana", fiscal_month=3)
    session.expire_all()
    assert season_queries.span_of(season_at(session)) == kept
    following = ledger.season_at(session, first.ends_at, ZoneInfo("America/Havana"))
    assert following.starts_at == kept.ends_at
    assert following.name == "FY2026/27-Q1-b"  # March is in the first one


def test_a_declared_season_begins_where_the_last_one_ends(session: Session, cast: Cast) -> None:
    push = declaring.declare(
        session, name="Summer push", last_day=date(2026, 6, 20), by=cast.ruth, at=BEGUN
    )
    assert push.starts_at == queries.season_now(session, BEGUN, OSLO).ends_at
    assert push.ends_at == datetime(2026, 6, 20, 22, tzinfo=UTC)
    then = declaring.declare(
        session, name="Then", last_day=date(2026, 12, 31), by=cast.ruth, at=BEGUN
    )
    assert then.starts_at == push.ends_at
    assert season_at(session, datetime(2026, 6, 10, tzinfo=UTC)).id == push.id
    assert season_at(session, BEGUN).ends_at == push.starts_at
    assert season_at(session, then.ends_at).name == "2027-Q1"


@pytest.mark.parametrize(
    ("name", "last_day", "field"),
    [
        ("Push", date(2026, 4, 27), "last_day"),  # 27 days
        ("Push", date(2027, 4, 7), "last_day"),  # 372 days
        ("Push", date(2026, 3, 1), "last_day"),
        ("Push", date(9999, 12, 31), "last_day"),
        ("2026-q2", date(2026, 6, 30), "name"),
        ("FY2026/27-Q1", date(2026, 6, 30), "name"),
        ("KNOWN", date(2026, 12, 31), "name"),
    ],
)
def test_what_cannot_be_a_season_is_refused_on_its_field(
    session: Session, cast: Cast, name: str, last_day: date, field: str
) -> None:
    if name == "KNOWN":
        declaring.declare(session, name="Known", last_day=date(2026, 6, 30), by=cast.ruth, at=BEGUN)
    with pytest.raises(BadInput) as refused:
        declaring.declare(session, name=name, last_day=last_day, by=cast.ruth, at=BEGUN)
    assert refused.value.field == field


def test_the_shortest_and_the_longest_season(session: Session, cast: Cast) -> None:
    for name, days in (("Short", 28), ("Long", 371)):
        _, begins = season_queries.ahead(session, BEGUN, OSLO)
        first = begins.astimezone(OSLO).date()
        last = first + timedelta(days=days - 1)
        declaring.declare(session, name=name, last_day=last, by=cast.ruth, at=BEGUN)


def test_administrators_declare_and_seal(session: Session, cast: Cast) -> None:
    season = season_at(session)
    with pytest.raises(NotAllowed):
        declaring.declare(session, name="Push", last_day=date(2026, 6, 30), by=cast.noor, at=BEGUN)
    with pytest.raises(NotAllowed):
        sealing.seal(session, season, RESULT, by=cast.karl, at=settled(season))


def test_a_season_is_sealed_once_it_has_settled(session: Session, cast: Cast) -> None:
    season = season_at(session)
    with pytest.raises(Refusal, match="from 2026-04-15 on"):
        sealing.seal(session, season, RESULT, by=cast.ruth, at=settled(season) - TICK)
    made = sealing.seal(session, season, RESULT, by=cast.ruth, at=settled(season))
    assert season.seal is made
    assert made.previous_hash == ""
    written = (
        '{"ends_at":"2026-03-31T22:00:00+00:00","season":"2026-Q1",'
        '"snapshot":{"departments":[],"teams":[{"points":154,"title":"Ingen venter"}]},'
        '"starts_at":"2025-12-31T23:00:00+00:00"}'
    )
    assert made.hash == hashlib.sha256(written.encode()).hexdigest()
    with pytest.raises(Refusal, match="sealed already"):
        sealing.seal(session, season, RESULT, by=cast.ruth, at=settled(season))
    lines = session.scalars(sa.select(AuditLine).where(AuditLine.subject_kind == "season")).all()
    assert [(line.action, line.actor_id) for line in lines] == [("sealed", cast.ruth.id)]


def test_an_earlier_season_with_entries_comes_first(session: Session, cast: Cast) -> None:
    first = season_at(session)
    paid(session, first)
    second = season_at(session, first.ends_at)
    with pytest.raises(Refusal, match="2026-Q1 comes first"):
        sealing.seal(session, second, RESULT, by=None, at=settled(second))
    one = sealing.seal(session, first, RESULT, by=None, at=settled(second))
    two = sealing.seal(session, second, RESULT, by=None, at=settled(second))
    assert two.previous_hash == one.hash
    assert sealing.verify(session) == []


def test_an_earlier_season_that_comes_late_is_sealed_at_the_end_of_the_chain(
    session: Session, cast: Cast
) -> None:
    second = season_at(session, SPRING - TICK)
    two = sealing.seal(session, second, RESULT, by=None, at=settled(second))
    first = season_at(session)
    paid(session, first)
    one = sealing.seal(session, first, RESULT, by=None, at=settled(second))
    assert one.previous_hash == two.hash
    assert [link.season for link in sealing.links(session)] == ["2026-Q2", "2026-Q1"]
    assert sealing.verify(session) == []


def test_nothing_of_the_order_of_keys_is_in_the_hash(session: Session, cast: Cast) -> None:
    season = season_at(session)
    odd: dict[str, Any] = {"b": 1.5, "a": ("x", "ø", 'a "quote"'), "n": {"2": None, "10": True}}
    made = sealing.seal(session, season, odd, by=None, at=settled(season))
    session.flush()
    session.expire_all()
    known = session.get(SeasonSeal, season.id)
    assert known
    assert known.snapshot == json.loads(json.dumps(odd))
    turned = dict(reversed(known.snapshot.items()))
    text = sealing.document(season_queries.span_of(season), turned)
    assert sealing.hash_of("", text) == made.hash
    assert sealing.verify(session) == []


@pytest.fixture
def tampering(app: Flask, session: Session) -> Iterator[Session]:
    """A session in which somebody with the database's own key rewrites what is append-only."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("ALTER TABLE season_seal DISABLE TRIGGER USER"))
    else:
        names = session.scalars(
            sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'season_s%'")
        ).all()
        for name in names:
            session.execute(sa.text(f"DROP TRIGGER {name}"))
    yield session
    session.rollback()


@pytest.mark.parametrize(
    ("which", "changed", "torn"),
    [
        ({"snapshot": {"teams": []}}, ["2026-Q1"], []),
        ({"hash": "0" * 64}, ["2026-Q1"], ["2026-Q2"]),
        ({"previous_hash": "0" * 64}, ["2026-Q1"], ["2026-Q1", "2026-Q2"]),
    ],
)
def test_what_somebody_rewrote_is_found(
    tampering: Session, cast: Cast, which: dict[str, Any], changed: list[str], torn: list[str]
) -> None:
    first = season_at(tampering)
    second = season_at(tampering, first.ends_at)
    for season in (first, second):
        sealing.seal(tampering, season, RESULT, by=None, at=settled(second))
    tampering.execute(sa.update(SeasonSeal).where(SeasonSeal.season_id == first.id).values(**which))
    faults = sealing.verify(tampering)
    assert [fault.season for fault in faults if fault.text == sealing.CHANGED] == changed
    assert [fault.season for fault in faults if fault.text == sealing.TORN] == torn


def test_a_season_whose_days_were_moved_is_found(session: Session, cast: Cast) -> None:
    season = season_at(session)
    sealing.seal(session, season, RESULT, by=None, at=settled(season))
    season.ends_at += timedelta(days=1)
    session.flush()
    assert [fault.season for fault in sealing.verify(session)] == ["2026-Q1"]


def test_two_who_seal_at_once_make_one_seal(app: Flask, session: Session, cast: Cast) -> None:
    season = season_at(session)
    session.commit()
    row = {
        "season_id": season.id,
        "sealed_at": BEGUN,
        "snapshot": {},
        "previous_hash": "",
        "hash": "1" * 64,
    }
    session.execute(sa.insert(SeasonSeal).values(**row))
    with pytest.raises(IntegrityError):
        session.execute(sa.insert(SeasonSeal).values(**{**row, "hash": "2" * 64}))


def test_the_program_seals_what_is_due_the_earliest_first(session: Session, cast: Cast) -> None:
    first = season_at(session)
    second = season_at(session, first.ends_at)
    third = season_at(session, second.ends_at)
    paid(session, second)
    session.commit()
    assert closing.due(session, settled(first) - TICK) == []
    assert closing.due(session, settled(second)) == [first.id, second.id]
    done = tick_all(session, settled(second))
    assert (done["sealed"], done["failed"]) == (2, 0)
    assert [link.season for link in sealing.links(session)] == ["2026-Q1", "2026-Q2"]
    assert sealing.verify(session) == []
    assert tick_all(session, settled(third) - TICK)["sealed"] == 0
    session.rollback()
    kept = session.scalars(sa.select(SeasonSeal).order_by(SeasonSeal.season_id)).all()
    assert [seal.sealed_by_id for seal in kept] == [None, None]
    assert [team["points"] for team in kept[1].snapshot["teams"]] == [10]


def test_a_payment_waits_for_the_seal_and_comes_after_it(
    app: Flask, session: Session, cast: Cast
) -> None:
    """Whoever seals holds the ledger's pen, so no entry falls between snapshot and seal."""
    season = season_at(session)
    session.commit()
    sealing.check(session, season, by=None, at=settled(season))
    assert not pen_is_free(app)
    session.rollback()
    assert pen_is_free(app)


def pen_is_free(app: Flask) -> bool:
    """Whether somebody else could write the ledger now: SQLite's one writer is its pen."""
    with app.app_context(), Session(db.engine) as other:
        if db.engine.dialect.name == "postgresql":
            take = sa.text("SELECT pg_try_advisory_xact_lock(:pen)")
            return bool(other.scalar(take, {"pen": ledger.PEN}))
        file = str(db.engine.url.database)
    with closing_connection(sqlite3.connect(file, timeout=0)) as probe:
        try:
            probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True
