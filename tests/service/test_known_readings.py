"""What readings were entered by and are known by: what may still change of it, and when."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, Refusal
from cxquest.measures import queries, recording
from cxquest.measures.models import Period, Via
from cxquest.measures.offers import Given
from cxquest.measures.recording import Origin
from cxquest.measures.spc import ChartKind
from cxquest.quests import facts, measuring
from cxquest.quests.lifecycle import State
from tests.cast import Cast
from tests.metrics import define, metric_of, shown
from tests.teams import Team, day, week


@pytest.fixture
def team(session: Session, cast: Cast) -> Team:
    return Team(session, cast).diagnose().take_back(3).define()


def test_what_readings_were_entered_by_stays_while_one_stands(team: Team) -> None:
    beside = measuring.name_neighbour(
        team.session, team.quest, "The north", by=team.cast.ida, at=week(3)
    )
    define(team, chart=ChartKind.P, per=1)
    assert (beside.chart, beside.per) == (ChartKind.P, 1)
    who = {"by": team.cast.bram, "at": week(4)}
    first = measuring.read(team.session, team.quest, day=day(1), value=Decimal("0.95"), n=40, **who)
    for changed in ({"per": 100}, {"chart": ChartKind.XMR}, {"period": Period.DAY}):
        with pytest.raises(BadInput, match="begin another metric") as told:
            define(team, **{"chart": ChartKind.P, "per": 1, **changed})
        assert told.value.field == next(iter(changed))
    assert metric_of(team).per == beside.per == 1
    assert define(team, chart=ChartKind.P, per=1, target=Decimal("0.5")).target == Decimal("0.5")
    measuring.withdraw(team.session, team.quest, first, reason="In percent from now on", **who)
    assert define(team, chart=ChartKind.P, per=100).per == beside.per == 100
    measuring.read(
        team.session, team.quest, day=day(1), value=Decimal(5), n=40, series=beside, **who
    )
    assert define(team, chart=ChartKind.P, per=1000).per == 1000
    assert beside.per == 100


def test_a_rate_and_a_share_have_bounds_of_their_own(team: Team) -> None:
    who = {"day": day(1), "n": 40, "by": team.cast.bram, "at": week(4)}
    define(team, chart=ChartKind.P, per=100)
    with pytest.raises(BadInput, match="share from 0 to"):
        measuring.read(team.session, team.quest, value=Decimal(101), **who)
    define(team, chart=ChartKind.U, per=100)
    with pytest.raises(BadInput, match="A rate is not below 0"):
        measuring.read(team.session, team.quest, value=Decimal(-1), **who)
    measuring.read(team.session, team.quest, value=Decimal(250), **who)
    assert shown(team) == [(day(1), Decimal(250))]


def test_what_is_known_stays_while_a_review_waits_and_once_stopped(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).fix()
    who = {"by": cast.bram, "at": week(5)}
    metric = metric_of(team)
    known = queries.last_words(session, metric)[day(3)]
    loaded = Origin(None, Via.API)
    wrong = [Given(day(3), Decimal(11), None, "Counted anew")]
    for quest_stopped, match in ((False, "A review waits"), (True, "was stopped")):
        if quest_stopped:
            team.take_back(5).quest.state = State.STOPPED
        with pytest.raises(Refusal, match=match):
            recording.take(session, metric, wrong, origin=loaded, at=week(5))
        with pytest.raises(Refusal, match=match):
            recording.correct(
                session, metric, known, value=Decimal(1), n=None, reason="A typo", **who
            )
        with pytest.raises(Refusal, match=match):
            recording.withdraw(session, metric, known, reason="Another branch", **who)
    new = [Given(day(4), Decimal(11)), Given(day(3), known.value)]
    taken = recording.take(session, metric, new, origin=loaded, at=week(6))
    assert (taken.created, taken.corrected, taken.unchanged) == (1, 0, 1)


def test_each_department_at_the_table_has_somebody_who_moves_it(team: Team) -> None:
    assert len(team.quest.chairs) > 1
    assert facts.of(team.quest).without_mover == ()
    names = sorted(chair.department.name for chair in team.quest.chairs)
    one = next(chair for chair in team.quest.chairs if chair.department.name == names[0])
    movers = {one.department_id: team.cast.ida.id}
    who = {"by": team.cast.ida, "at": week(4)}
    measuring.name_movers(team.session, team.quest, movers, **who)
    assert facts.of(team.quest).without_mover == tuple(names[1:])
