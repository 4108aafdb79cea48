"""The ledger under random sequences: sums, replay, and rows that nobody rewrites."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.extensions import db
from cxquest.rewards import deciding, ledger, paying
from cxquest.rewards.engine import Deed, Measure
from cxquest.rewards.happening import Member
from cxquest.rewards.models import Decision, LedgerEntry, RewardEvent, Season, Standing
from cxquest.rewards.rulebook import DEFAULT, Cause, Gate, Impact, MeasureKind, Work

ZONE = ZoneInfo("Europe/Oslo")
BEGUN = datetime(2026, 3, 2, tzinfo=UTC)

# A step: (quest, gate or None for a return, day, reached, members by who is eligible)
steps = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([*Gate, None]),
        st.integers(0, 400),
        st.fractions(min_value=0, max_value=1),
        st.lists(st.booleans(), min_size=1, max_size=4),
    ),
    max_size=8,
)


class Played:
    """Steps recorded in a database, with what is needed to tell them again."""

    def __init__(self, session: Session, accounts: Sequence[int] = ()) -> None:
        self.session = session
        held = accounts or accounts_in(session)
        self.teams, self.people = dict(enumerate(held[:3], start=1)), held[3:]

    def step(self, quest: int, gate: Gate | None, day: int, reached: Fraction, who: Any) -> None:
        kind = deciding.GATE_PASSED if gate else deciding.PROBLEM_RETURNED
        facts: dict[str, Any] = {"days": day, "self_reported": bool(day % 2)}
        if gate:
            measures = {MeasureKind.ACTION: Measure(Fraction(0), Fraction(1), reached)}
            deed = Deed(Impact.M, Work.PREVENTION, Cause.SYSTEMIC, {"A": Fraction(1)}, measures)
            members = [Member(self.people[n], eligible=ok) for n, ok in enumerate(who)]
            facts = deciding.gate_facts(gate, deed, self.teams[quest], members)
        paying.pay(
            self.session,
            key=f"quest:{quest}:{gate or day}",
            kind=kind,
            subject=f"quest:{quest}",
            facts=facts,
            label="A quest",
            at=BEGUN + timedelta(days=day),
            zone=ZONE,
        )

    def own(self, recipient: str, day: int, person: int = 0, key: str = "") -> None:
        """Record a deed of one person: a review, a pain point or evidence that was accepted."""
        kind = {"reviewer": "review_completed", "finder": "pain_accepted"}[recipient]
        paying.pay(
            self.session,
            key=key or f"{kind}:{day}:{person}",
            kind=kind,
            subject=f"{kind}:{day}",
            facts={recipient: self.people[person]},
            label="A review",
            at=BEGUN + timedelta(days=day),
            zone=ZONE,
        )


def accounts_in(session: Session) -> list[int]:
    """Open the accounts of three teams and four members."""
    return [ledger.new_team(session).id for _ in range(7)]


def entries(session: Session) -> list[tuple[Any, ...]]:
    rows = select(
        LedgerEntry.account_id,
        LedgerEntry.component,
        LedgerEntry.points,
        LedgerEntry.at,
        LedgerEntry.reverses_id.is_(None),
        Season.name,
    ).join(Season, Season.id == LedgerEntry.season_id)
    return [tuple(row) for row in session.execute(rows.order_by(LedgerEntry.id))]


@given(steps)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_p8_p9_p14_the_ledger_adds_up_and_is_the_same_when_replayed(
    app: Flask, recorded: list[Any]
) -> None:
    with app.app_context(), Session(db.engine) as session:
        accounts = accounts_in(session)
        session.commit()
        played = Played(session, accounts)
        for step in recorded:
            played.step(*step)
            played.step(*step)  # the same key twice changes nothing
        assert ledger.check(session) == []
        first = entries(session)
        before = standings(session)
        ledger.rebuild(session)
        assert standings(session) == before
        assert sum(row[2] for row in first) == sum(points for _, _, points in before)
        events = session.scalars(select(RewardEvent).order_by(RewardEvent.id)).all()
        told = [(e.key, e.type, e.subject, e.facts, e.occurred_at) for e in events]
        session.rollback()
    with app.app_context(), Session(db.engine) as session:
        for key, kind, subject, facts, at in told:
            paying.pay(
                session,
                key=key,
                kind=kind,
                subject=subject,
                facts=facts,
                label="A quest",
                at=at,
                zone=ZONE,
            )
        again = entries(session)
        session.rollback()
    assert again == first


def standings(session: Session) -> list[tuple[int, int, int]]:
    rows = select(Standing.account_id, Standing.season_id, Standing.points)
    found = session.execute(rows.order_by(Standing.account_id, Standing.season_id))
    return [tuple(row) for row in found if row.points]


def test_every_look_leaves_a_decision_also_when_nothing_is_paid(session: Session) -> None:
    played = Played(session)
    played.step(1, Gate.G3, 10, Fraction(1, 4), [True, False])
    decisions = session.scalars(select(Decision)).all()
    assert [(d.points, bool(d.reason)) for d in decisions] == [(0, True)] * 2 + [(0, True)]
    assert session.scalar(select(func.count(LedgerEntry.id))) == 0


def test_a_wrong_standing_is_found_and_rebuilt(session: Session) -> None:
    played = Played(session)
    played.step(1, Gate.G1, 10, Fraction(1), [True])
    session.execute(sa.update(Standing).values(points=Standing.points + 1))
    wrong = ledger.check(session)
    assert len(wrong) == 2
    assert wrong[0]["standing"][0] == wrong[0]["entries"][0] + 1
    ledger.rebuild(session)
    assert ledger.check(session) == []


@pytest.mark.parametrize("table", ["ledger_entry", "reward_event", "decision", "limit_use"])
@pytest.mark.parametrize("deed", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_the_database_refuses_to_rewrite_what_was_decided(
    session: Session, table: str, deed: str
) -> None:
    played = Played(session)
    played.step(1, Gate.G1, 10, Fraction(1), [True])
    played.own("reviewer", 10)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.execute(sa.text(deed.format(table)))


def test_the_model_refuses_before_the_database_has_to(session: Session) -> None:
    played = Played(session)
    played.step(1, Gate.G1, 10, Fraction(1), [True])
    entry = session.scalars(select(LedgerEntry)).first()
    assert entry
    entry.points += 1
    with pytest.raises(TypeError, match="append-only"):
        session.flush()


def test_the_default_rulebook_is_the_one_in_force(session: Session) -> None:
    assert paying.rulebook_at(session, BEGUN) is DEFAULT


def of(session: Session, account_id: int) -> list[tuple[str, int]]:
    """Return an account's lines in the order in which they were entered."""
    lines = select(LedgerEntry.component, LedgerEntry.points).where(
        LedgerEntry.account_id == account_id
    )
    found = session.execute(lines.order_by(LedgerEntry.id))
    return [(component.value, points) for component, points in found]


def test_own_awards_count_up_to_the_allowance_and_are_released_by_the_team(
    session: Session,
) -> None:
    played = Played(session)
    for day in (0, 1, 7, 8, 14, 15):  # 8 for a review and 5 for a pain point
        played.own("reviewer", day)
        played.own("finder", day)
    person = played.people[0]
    account = session.get_one(Standing, (person, 1))
    assert (account.points, account.individual, account.held) == (50, 78, -28)
    played.step(1, Gate.G1, 20, Fraction(1), [True])  # 45 points: the allowance is still more
    played.step(1, Gate.G3, 21, Fraction(1), [True])  # 203: a quarter of 248 is 62
    session.expire_all()
    account = session.get_one(Standing, (person, 1))
    assert account.points == 248 + 62
    released = [points for component, points in of(session, person) if component == "held"]
    assert sum(points for points in released if points > 0) == 12  # of lines held before
    assert ledger.check(session) == []


def test_a_sixth_review_in_a_week_pays_nothing_and_says_why(session: Session) -> None:
    played = Played(session)
    for number in range(6):
        played.own("reviewer", 1, key=f"review:{number}")
    decisions = session.scalars(
        select(Decision).where(Decision.rule == "rule_review").order_by(Decision.id)
    ).all()
    assert [decision.points for decision in decisions] == [8, 8, 8, 8, 8, 0]
    assert decisions[-1].reason_values["window"] == "week"
    played.own("reviewer", 7, key="review:next")
    assert of(session, played.people[0])[-1] == ("individual", 8)


def test_the_last_pain_point_of_a_week_is_clipped_to_what_is_left(session: Session) -> None:
    played = Played(session)
    facts = {"contributor": played.people[0], "comments": 5}
    for number in range(4):
        paying.pay(
            session,
            key=f"evidence:{number}",
            kind="evidence_accepted",
            subject="pain:1",
            facts=facts,
            label="Evidence",
            at=BEGUN + timedelta(hours=number),
            zone=ZONE,
        )
    assert of(session, played.people[0]) == [("individual", p) for p in (3, 3, 3, 1)]


def test_p13_nobody_is_paid_by_their_own_approval(session: Session) -> None:
    played = Played(session)
    me = played.people[0]
    paying.pay(
        session,
        key="evidence:mine",
        kind="evidence_accepted",
        subject="pain:1",
        facts={"contributor": me, "approver": me},
        label="Evidence",
        at=BEGUN,
        zone=ZONE,
    )
    assert of(session, me) == []
    decision = session.scalars(select(Decision)).one()
    assert "own approval" in decision.reason


def test_an_event_that_the_catalogue_does_not_have_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        paying.pay(
            session,
            key="x",
            kind="badge_printed",
            subject="x",
            facts={},
            label="",
            at=BEGUN,
            zone=ZONE,
        )
