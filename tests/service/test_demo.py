"""The demo company: its year is a run of the main loop, and one command takes it out again."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from cxquest.boards import closing, near, sponsors
from cxquest.core.errors import Refusal
from cxquest.demo import company
from cxquest.extensions import db
from cxquest.imports.models import ImportRun
from cxquest.journey.models import Stage
from cxquest.pains.models import PainPoint, PainState
from cxquest.people import queries as people
from cxquest.people.models import Department, DepartmentKind, Person
from cxquest.quests import concerning
from cxquest.quests.learned import Lesson
from cxquest.quests.lifecycle import State
from cxquest.quests.models import Quest
from cxquest.quests.work import Review, Verdict
from cxquest.recognition import queries as recognition
from cxquest.recognition.models import Badge, BadgeKind, Behaviour, Kudos, Thanks
from cxquest.recognition.rings import rings
from cxquest.rewards import (
    constitution,
    ledger,
    replaying,
    rulebook_queries,
    sealing,
    season_queries,
)
from cxquest.rewards.models import (
    Dispute,
    DisputeVerdict,
    LedgerEntry,
    RulebookVersion,
    Season,
    SeasonSeal,
)
from cxquest.rewards.versions import of, timeline
from cxquest.voice.models import Comment
from tests import demo
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
    left = select(Lesson.did_not).join(Quest).where(Quest.state == State.STOPPED)
    assert all(session.scalars(left).all())
    assert count(session, Lesson) >= 3
    assert Verdict.DECLINE in set(session.scalars(select(Review.verdict)))
    runs = session.scalars(select(ImportRun)).all()
    assert all(r.read == r.created + r.updated + r.unchanged + r.rejected for r in runs)
    assert ledger.check(session) == []
    assert replaying.compare(session)["differences"] == 0


def test_this_week_is_this_week_on_its_first_day_too(app: Flask, session: Session) -> None:
    """Copenhagen's Monday begins when it is still Sunday by UTC."""
    monday = datetime(2026, 11, 22, 23, tzinfo=UTC)
    company.load(session, monday)
    week = recognition.week_of(session, monday)
    of_the_week = select(func.count(Kudos.id)).where(Kudos.week == week)
    assert session.scalar(of_the_week.where(Kudos.given_at <= monday)) == 3


@pytest.fixture
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The demo company as the run has played it already, to be read only."""
    engine = create_engine(f"sqlite:///{demo.database(tmp_path_factory)}")
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def today(played: Session) -> datetime:
    """When its story ends."""
    known = people.organisation(played)
    assert known
    assert known.demo_since
    return known.demo_since


def test_its_people_thank_one_another(played: Session, today: datetime) -> None:
    given = played.scalars(select(Kudos)).all()
    assert {kudos.behaviour for kudos in given} == set(Behaviour)
    assert sum(kudos.retracted_at is not None for kudos in given) == 1
    assert sum(kudos.quest_id is not None for kudos in given) == 3
    ida = played.scalars(select(Person).where(Person.email == company.SHOWN[0][1])).one()
    assert recognition.left(played, ida, recognition.week_of(played, today)) == 2
    (ring,) = rings(recognition.counts(played, today))
    assert (len(ring.members), ring.given) == (3, 9)
    assert count(played, Thanks) == 3
    kinds = {BadgeKind.ROOT_CAUSE, BadgeKind.PREVENTED, BadgeKind.HELD, BadgeKind.BRIDGE}
    assert kinds | {BadgeKind.LESSON_REUSED} == set(played.scalars(select(Badge.kind)))


def test_its_seasons_were_sealed_when_they_had_settled(played: Session, today: datetime) -> None:
    sealed = played.execute(
        select(Season.name, Season.ends_at, SeasonSeal.sealed_at)
        .join(SeasonSeal, SeasonSeal.season_id == Season.id)
        .order_by(Season.starts_at)
    ).all()
    assert len(sealed) >= 2
    assert {(row.sealed_at - row.ends_at).days for row in sealed} == {14}
    assert sealing.verify(played) == []
    assert closing.due(played, today) == []


def test_its_rules_changed_in_the_open(played: Session, today: datetime) -> None:
    later = [(book.version, since) for since, book in timeline(played)][1:]
    assert [number for number, _since in later] == [2, 3]
    ago, ahead = (since - today for _number, since in later if since)
    assert ago < timedelta(days=-119)
    assert ahead > timedelta(days=7)
    draft = rulebook_queries.whole(played, 4)
    assert draft
    assert [breach.article for breach in constitution.breaches(of(draft))] == ["C1"]
    paid = played.scalars(select(LedgerEntry.rulebook_version).distinct()).all()
    assert set(paid) == {1, 2}


def test_its_disputes_were_answered_or_wait_for_a_coach(played: Session) -> None:
    disputes = played.scalars(select(Dispute).order_by(Dispute.id)).all()
    verdicts = [dispute.verdict for dispute in disputes]
    assert verdicts == [DisputeVerdict.CORRECTED, DisputeVerdict.STANDS, None]
    everyone = {person.email: person for person in played.scalars(select(Person))}
    coach = everyone[company.SHOWN[2][1]]
    (waiting,) = played.scalars(concerning.waiting_for(coach)).all()
    assert waiting.id == disputes[2].id


def test_its_boards_have_something_to_show(played: Session, today: datetime) -> None:
    everyone = {person.email: person for person in played.scalars(select(Person))}
    employee, executive = (everyone[company.SHOWN[n][1]] for n in (0, 3))
    season = played.scalars(season_queries.stored_at(today)).one()
    assert len(near.around(played, employee, season.id)) >= 3
    assert sum(person.shows_points for person in everyone.values()) == 8
    ranked = [row for row in sponsors.rows(played, executive, today) if row.rank]
    assert len(ranked) == 2


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
    with app.app_context(), Session(db.engine) as session:
        known = people.organisation(session)
        assert known
        known.ranks_people, known.fiscal_month = False, 4
        session.commit()
    runner.invoke(args=["people", "add", "new@halden.example", "New", "--json"])
    refused = runner.invoke(args=["demo", "remove", "--json"])
    assert (refused.exit_code, "--yes" in refused.output) == (1, True)
    assert runner.invoke(args=["demo", "remove", "--yes", "--json"]).exit_code == 0
    with app.app_context(), Session(db.engine) as session:
        assert count(session, Person) == 0
        assert count(session, Comment) == 0
        assert count(session, RulebookVersion) == 0
        known = people.organisation(session)
        assert known
        assert (known.ranks_people, known.fiscal_month) == (False, 4)
    loaded = runner.invoke(args=["demo", "load", "--if-empty", "--json"])
    assert json.loads(loaded.output) == {"loaded": False}
