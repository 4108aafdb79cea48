"""What the readings of a metric say is worked out with each of them, and kept with the metric."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from cxquest.measures import (
    analysing,
    catching_up_job,
    defining,
    plotted,
    reacting,
    recording,
)
from cxquest.measures import queries as measures
from cxquest.measures.defining import Definition
from cxquest.measures.models import Direction, Metric, Period, Reading, ReadingRun, RunState
from cxquest.measures.offers import Given
from cxquest.measures.recording import Origin
from cxquest.measures.spc import ChartKind
from tests.cast import BEGUN, Cast

MONDAY = date(2025, 1, 6)
LOW = ("12", "13", "11", "12", "14", "12", "11", "13", "12", "11", "13", "12")

PLAIN = Definition(
    name="Late moves",
    definition="Moved",
    unit="%",
    direction=Direction.DECREASE,
    period=Period.WEEK,
    data_source="The plan",
    owner_id=None,
    target=Decimal(4),
    target_on=None,
)


def metric(session: Session, **given: Any) -> Metric:
    """Make a metric of weeks that should fall."""
    definition = replace(PLAIN, **given)
    return defining.define(session, definition, None, at=BEGUN)


def take(session: Session, series: Metric, values: tuple[str, ...], n: int | None = None) -> None:
    """Take weekly values from MONDAY on."""
    given = [Given(MONDAY + timedelta(weeks=k), Decimal(v), n) for k, v in enumerate(values)]
    recording.take(session, series, given, origin=Origin(None), at=BEGUN)


def change(session: Session, series: Metric, week: int) -> None:
    """Say that everything is changed from a week on."""
    series.changed_on = MONDAY + timedelta(weeks=week)
    series.changes = [{"on": series.changed_on.isoformat(), "label": "A free hour"}]
    analysing.refresh(session, series)


def test_a_step_is_an_improvement_that_chart_and_estimate_agree_on(
    session: Session, cast: Cast
) -> None:
    series = metric(session)
    take(session, series, LOW + tuple(str(int(v) - 8) for v in LOW))
    last = MONDAY + timedelta(weeks=11)
    defining.freeze(session, series, first=MONDAY, last=last, at=BEGUN)
    change(session, series, 12)
    found = series.analysis
    assert (found["finding"]["verdict"], found["finding"]["plain"]) == ("improved", True)
    assert series.standing.fresh == 12
    assert series.standing.observed == Decimal(4)
    assert {point[3] for point in found["chart"]["points"]} == {round(146 / 12, 6)}
    assert found["effect"]["low"] < -8 < found["effect"]["high"] < 0


def test_a_series_beside_that_moved_as_well_takes_the_plain_verdict_away(
    session: Session, cast: Cast
) -> None:
    series = metric(session)
    take(session, series, LOW + tuple(str(int(v) - 8) for v in LOW))
    change(session, series, 12)
    assert series.analysis["finding"]["plain"]
    near = defining.beside(session, series, "Moves of the other region", at=BEGUN)
    reasons = series.analysis["finding"]["reasons"]
    assert [reason["code"] for reason in reasons[1:]] == ["neighbour_too_few"]
    assert not series.analysis["finding"]["plain"]
    take(session, near, LOW + tuple(str(int(v) - 9) for v in LOW))
    assert not series.analysis["finding"]["plain"]
    assert {reason["code"] for reason in series.analysis["finding"]["reasons"]} >= {
        "neighbour_fell"
    }


def test_what_lies_between_the_first_change_and_the_last_belongs_to_neither(
    session: Session, cast: Cast
) -> None:
    series = metric(session)
    take(session, series, (*LOW, "90", "90", "90", *LOW))
    last = MONDAY + timedelta(weeks=11)
    defining.freeze(session, series, first=MONDAY, last=last, at=BEGUN)
    series.changes = [
        {"on": (MONDAY + timedelta(weeks=k)).isoformat(), "label": str(k)} for k in (12, 15)
    ]
    series.changed_on = MONDAY + timedelta(weeks=15)
    analysing.refresh(session, series)
    effect = series.analysis["effect"]
    assert (effect["n_before"], effect["n_after"]) == (12, 12)
    assert series.analysis["finding"]["verdict"] == "no_effect"


def test_a_share_has_limits_of_its_own_for_each_number_of_cases(
    session: Session, cast: Cast
) -> None:
    series = metric(session, chart=ChartKind.P, per=100)
    given = [
        Given(MONDAY + timedelta(weeks=k), Decimal(20), n)
        for k, n in enumerate((50, 400, 50, 400, 50, 400, 50, 400, 50, 400, 50, 400))
    ]
    recording.take(session, series, given, origin=Origin(None), at=BEGUN)
    uppers = [point[5] for point in series.analysis["chart"]["points"]]
    assert uppers[0] > uppers[1] > 20
    assert round(uppers[0], 4) == round(20 + 300 * (0.2 * 0.8 / 50) ** 0.5, 4)


def test_few_readings_have_neither_limits_nor_signals(session: Session, cast: Cast) -> None:
    series = metric(session)
    take(session, series, tuple(str(k) for k in range(8)))
    drawn = series.analysis["chart"]
    assert not drawn["enough"]
    found = plotted.points(drawn)
    assert {(p.type, p.rules, p.lower, p.upper) for p in found} == {
        ("common_cause", (), None, None)
    }
    assert {p.mean for p in found} == {3.5}


def test_a_baseline_of_few_readings_says_nothing_of_the_change(
    session: Session, cast: Cast
) -> None:
    series = metric(session)
    take(session, series, LOW + tuple(str(int(v) - 8) for v in LOW))
    last = MONDAY + timedelta(weeks=7)
    defining.freeze(session, series, first=MONDAY, last=last, at=BEGUN)
    change(session, series, 12)
    drawn, finding = series.analysis["chart"], series.analysis["finding"]
    assert (drawn["enough"], drawn["thin"]) == (True, [MONDAY.isoformat()])
    assert {p.upper for p in plotted.points(drawn)} == {None}
    assert not finding["plain"]
    assert "chart_quiet" in {reason["code"] for reason in finding["reasons"]}


def test_a_withdrawn_reading_counts_no_more_and_its_week_can_be_read_again(
    session: Session, cast: Cast
) -> None:
    series = metric(session)
    take(session, series, LOW)
    first = measures.last_words(session, series)[MONDAY]
    who = {"by": cast.bram, "at": BEGUN}
    recording.withdraw(session, series, first, reason="Another plan", **who)
    assert (series.standing.n, len(measures.values(session, series))) == (11, 11)
    recording.read(session, series, day=MONDAY, value=Decimal(9), **who)
    assert measures.values(session, series)[0].value == 9
    assert [row.withdrawn for row in session.scalars(measures.listed(series.id)).all()[-3:]] == [
        False,
        True,
        False,
    ]


def test_what_a_file_brought_is_taken_back_to_what_was_there(session: Session, cast: Cast) -> None:
    series = metric(session)
    take(session, series, LOW[:2])
    run = _run(session, series, cast)
    given = [Given(MONDAY + timedelta(weeks=k), Decimal(7)) for k in range(3)]
    origin = Origin(cast.ida, run_id=run)
    taken = recording.take(session, series, given, origin=origin, at=BEGUN)
    assert (taken.created, taken.corrected, taken.unchanged) == (1, 2, 0)
    recording.correct(
        session,
        series,
        measures.last_words(session, series)[MONDAY],
        value=Decimal(8),
        n=None,
        reason="By hand",
        by=cast.ida,
        at=BEGUN,
    )
    undone = recording.take_back(session, series, run, reason="Undone", by=cast.ida, at=BEGUN)
    assert undone == 2
    values = [(v.period_start, v.value) for v in measures.values(session, series)]
    assert values == [(MONDAY, Decimal(8)), (MONDAY + timedelta(weeks=1), Decimal(13))]


def _run(session: Session, series: Metric, cast: Cast) -> int:
    run = ReadingRun(
        metric_id=series.id, state=RunState.DONE, file_name="f.csv", by_id=cast.ida.id, at=BEGUN
    )
    session.add(run)
    session.flush()
    return run.id


def test_readings_of_an_earlier_version_are_analysed_once(session: Session, cast: Cast) -> None:
    series = metric(session)
    take(session, series, LOW)
    known = series.analysis
    series.analysis = {}
    session.flush()
    assert not catching_up_job.work(session, interrupted=lambda: True)
    assert catching_up_job.work(session)
    assert series.analysis == known


def test_five_years_of_days_draw_their_last_120(session: Session, cast: Cast) -> None:
    series = metric(session, period=Period.DAY)
    first = date(2020, 1, 1)
    given = [Given(first + timedelta(days=k), Decimal(10 + k % 7)) for k in range(1826)]
    recording.take(session, series, given, origin=Origin(None), at=BEGUN)
    assert series.standing.n == 1826
    points = series.analysis["chart"]["points"]
    assert (len(points), points[-1][0]) == (analysing.DRAWN, "2024-12-30")


def test_a_red_limit_that_the_baseline_lies_beyond_holds_from_the_change_on(
    session: Session, cast: Cast
) -> None:
    plan = {"reaction": "Call", "reaction_by_id": cast.bram.id, "reaction_hours": 24}
    series = metric(session, red_limit=Decimal(8), **plan)
    take(session, series, LOW)
    last = MONDAY + timedelta(weeks=11)
    defining.freeze(session, series, first=MONDAY, last=last, at=BEGUN)
    after = MONDAY + timedelta(weeks=12)
    reading = Reading(period_start=after, value=Decimal(9), withdrawn=False)
    assert not reacting.is_red(series, reading)
    change(session, series, 12)
    assert reacting.is_red(series, reading)
