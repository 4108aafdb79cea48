"""The demo company: its year is a run of the main loop, and one command takes it out again."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import Refusal
from cxquest.demo import company
from cxquest.extensions import db
from cxquest.journey.models import Stage
from cxquest.pains.models import PainPoint, PainState
from cxquest.people.models import Department, DepartmentKind, Person
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.work import Review, Verdict
from cxquest.rewards import ledger
from cxquest.voice.models import Comment, ImportRun
from tests.cast import Cast

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_year_of_the_company_is_played_through_the_services(app: Flask, session: Session) -> None:
    company.load(session, AT)
    states = Counter(session.scalars(select(Quest.state)))
    assert set(states) == set(State)
    assert (states[State.CLOSED], states[State.STOPPED]) == (2, 1)
    assert count(session, Person) == 40
    kinds = Counter(session.scalars(select(Department.kind)))
    assert (kinds[DepartmentKind.INTERNAL], kinds[DepartmentKind.PARTNER]) == (8, 1)
    assert count(session, Stage) == 6
    assert count(session, Comment) > 600
    assert count(session, PainPoint) >= 12
    assert PainState.RESOLVED in set(session.scalars(select(PainPoint.state)))
    lessons = session.scalars(select(Quest.lesson).where(Quest.state == State.STOPPED))
    assert all(lessons)
    assert Verdict.DECLINE in set(session.scalars(select(Review.verdict)))
    runs = session.scalars(select(ImportRun)).all()
    assert all(r.read == r.created + r.updated + r.unchanged + r.rejected for r in runs)
    assert ledger.check(session) == []


def test_it_goes_into_an_empty_database_only(session: Session, cast: Cast) -> None:
    with pytest.raises(Refusal, match="empty database only"):
        company.load(session, AT)
    assert company.accounts(session) == []


def test_one_command_takes_it_out_again(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["demo", "load", "--json"]).exit_code == 0
    listed = json.loads(runner.invoke(args=["demo", "accounts", "--json"]).output)["accounts"]
    assert [one["role"] for one in listed[2:5]] == ["coach", "executive", "administrator"]
    again = runner.invoke(args=["demo", "load", "--if-empty", "--json"])
    assert json.loads(again.output) == {"loaded": False}
    runner.invoke(args=["people", "add", "new@halden.example", "New", "--json"])
    refused = runner.invoke(args=["demo", "remove", "--json"])
    assert (refused.exit_code, "--yes" in refused.output) == (1, True)
    assert runner.invoke(args=["demo", "remove", "--yes", "--json"]).exit_code == 0
    with app.app_context(), Session(db.engine) as session:
        assert count(session, Person) == 0
        assert count(session, Comment) == 0
    loaded = runner.invoke(args=["demo", "load", "--if-empty", "--json"])
    assert json.loads(loaded.output) == {"loaded": False}
