"""Readings: added, corrected, withdrawn, by file and undone; a red one calls; limits begin anew."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cxquest.core.errors import BadInput, NotAllowed, Refusal
from cxquest.core.models import AuditLine, OutboxMessage
from cxquest.measures import columns, defining, filing, queries, reacting
from cxquest.measures.columns import Columns
from cxquest.measures.filing import Choice
from cxquest.measures.models import Reading, ReadingRun, RunState
from cxquest.measures.spc import ChartKind
from cxquest.quests import loading, measuring, metric_queries
from cxquest.tables.dates import DateOrder
from tests.cast import Cast
from tests.metrics import define, defined, metric_of, shown
from tests.teams import Team, day, week

CSV = Columns("period", "value")


@pytest.fixture
def team(session: Session, cast: Cast) -> Team:
    return Team(session, cast).diagnose().take_back(3).define()


def at_once(team: Team, number: int, value: str) -> Reading:
    return measuring.read(
        team.session,
        team.quest,
        day=day(number),
        value=Decimal(value),
        n=None,
        by=team.cast.bram,
        at=week(number + 1),
    )


class Loading:
    """A file on its way."""

    def __init__(self, team: Team, content: str, number: int = 12) -> None:
        self.team, self.at, self.who = team, week(number), team.cast.bram
        self.run = loading.start(
            team.session,
            team.quest,
            metric_of(team),
            "weeks.csv",
            content.encode(),
            by=self.who,
            at=self.at,
        )

    def preview(self, columns: Columns = CSV, reason: str = "") -> "Loading":
        choice = Choice(columns, reason)
        args = (self.team.session, self.team.quest, metric_of(self.team), self.run, choice)
        loading.preview(*args, by=self.who, at=self.at)
        return self

    def finish(self) -> "Loading":
        args = (self.team.session, self.team.quest, metric_of(self.team), self.run)
        loading.finish(*args, by=self.who, at=self.at)
        return self

    def undo(self) -> int:
        args = (self.team.session, self.team.quest, metric_of(self.team), self.run, "Wrong branch")
        return loading.undo(*args, by=self.who, at=self.at)

    @property
    def counts(self) -> tuple[int, ...]:
        run = self.run
        assert run.read == run.created + run.corrected + run.unchanged + run.rejected
        return (run.read, run.created, run.corrected, run.unchanged, run.rejected)


def csv(*rows: tuple[int, str]) -> str:
    return "period,value\n" + "".join(f"{day(number)},{value}\n" for number, value in rows)


def test_a_reading_is_of_its_period_and_there_is_one_of_each(team: Team) -> None:
    thursday = day(1) + timedelta(days=3)
    who = {"by": team.cast.bram, "at": week(4)}
    measuring.read(team.session, team.quest, day=thursday, value=Decimal(5), n=None, **who)
    assert shown(team) == [(day(1), Decimal(5))]
    with pytest.raises(BadInput, match="Correct that one") as told:
        measuring.read(team.session, team.quest, day=day(1), value=Decimal(6), n=None, **who)
    assert told.value.field == "day"
    with pytest.raises(BadInput, match="not begun"):
        measuring.read(team.session, team.quest, day=day(5), value=Decimal(6), n=None, **who)


def test_corrections_follow_each_other_and_nothing_is_rewritten(team: Team) -> None:
    first = at_once(team, 1, "5")
    who = {"by": team.cast.bram, "at": week(4)}
    second = measuring.correct(
        team.session, team.quest, first, value=Decimal(6), n=None, reason="A typo", **who
    )
    with pytest.raises(Refusal, match="correct its correction"):
        measuring.correct(
            team.session, team.quest, first, value=Decimal(7), n=None, reason="Again", **who
        )
    measuring.withdraw(team.session, team.quest, second, reason="Another branch", **who)
    assert shown(team) == []
    assert metric_of(team).analysis == {}
    again = at_once(team, 1, "8")
    assert shown(team) == [(day(1), Decimal(8))]
    rows = team.session.scalars(queries.listed(metric_of(team).id)).all()
    assert [row.value for row in rows] == [8, 6, 6, 5]
    assert again.corrects_id == rows[1].id
    deeds = team.session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    assert {"reading_added", "reading_corrected", "reading_withdrawn"} <= set(deeds)


def test_only_the_team_measures(team: Team) -> None:
    with pytest.raises(NotAllowed):
        measuring.read(
            team.session,
            team.quest,
            day=day(1),
            value=Decimal(5),
            n=None,
            by=team.cast.olaf,
            at=week(4),
        )


def test_a_share_needs_its_cases_and_lies_within_its_hundred(team: Team) -> None:
    define(team, chart=ChartKind.P, per=100, unit="%")
    for value, n, field in (("120", 40, "value"), ("-1", 40, "value"), ("50", None, "n")):
        with pytest.raises(BadInput) as told:
            measuring.read(
                team.session,
                team.quest,
                day=day(1),
                value=Decimal(value),
                n=n,
                by=team.cast.bram,
                at=week(4),
            )
        assert told.value.field == field


def test_a_score_is_no_metric_and_the_answer_says_where_it_belongs(team: Team) -> None:
    for name in ("NPS", "Kundenzufriedenheit", "Number of complaints"):
        with pytest.raises(BadInput, match="measure beside it") as told:
            define(team, name=name, definition="", unit="")
        assert told.value.field == "name"


def test_a_red_limit_needs_its_plan(team: Team) -> None:
    for changed, field in (
        ({"reaction": ""}, "reaction"),
        ({"reaction_by_id": None}, "reaction_by_id"),
        ({"reaction_hours": None}, "reaction_hours"),
        ({"red_limit": Decimal(3)}, "red_limit"),  # on the good side of the target, 4
    ):
        with pytest.raises(BadInput) as told:
            define(team, **changed)
        assert told.value.field == field
    assert define(team, red_limit=None, reaction="", reaction_by_id=None).red_limit is None


def test_a_red_reading_calls_once_and_is_answered_once(team: Team) -> None:
    metric_of(team).baseline = Decimal(12)
    at_once(team, 4, "14")
    metric = metric_of(team)
    (reaction,) = team.session.scalars(queries.reactions(metric.id)).all()
    assert reaction.due_at == week(5) + timedelta(hours=24)
    mails = select(OutboxMessage).where(OutboxMessage.subject == "Red: Late moves")
    assert "The planner calls" in team.session.scalars(mails).one().body
    waiting = team.session.execute(reacting.waiting_for(team.cast.bram)).all()
    assert [(row.key, row.part, row.title) for row in waiting] == [
        (metric.id, reaction.id, "Late moves")
    ]
    quest = team.quest
    with pytest.raises(NotAllowed):
        measuring.react(team.session, quest, reaction, "Called", by=team.cast.olaf, at=week(5))
    with pytest.raises(BadInput):
        measuring.react(team.session, quest, reaction, "  ", by=team.cast.bram, at=week(5))
    measuring.react(team.session, quest, reaction, "Called both", by=team.cast.bram, at=week(5))
    with pytest.raises(Refusal):
        measuring.react(team.session, quest, reaction, "Again", by=team.cast.bram, at=week(5))
    assert team.session.execute(reacting.waiting_for(team.cast.bram)).all() == []


def test_who_is_named_in_the_plan_answers_though_outside_the_team(team: Team) -> None:
    define(team, reaction_by_id=team.cast.olaf.id)
    metric_of(team).baseline = Decimal(12)
    at_once(team, 4, "15")
    (reaction,) = team.session.scalars(queries.reactions(metric_of(team).id)).all()
    measuring.react(team.session, team.quest, reaction, "Done", by=team.cast.olaf, at=week(5))
    assert reaction.done_by_id == team.cast.olaf.id


def test_old_history_calls_nobody(team: Team) -> None:
    Loading(team, csv((1, "20"), (2, "21"))).preview().finish()
    assert team.session.scalars(queries.reactions(metric_of(team).id)).all() == []


def test_the_neighbour_is_read_by_the_same_means(team: Team) -> None:
    who = {"by": team.cast.ida, "at": week(4)}
    define(team, chart=ChartKind.P, per=100)
    beside = measuring.name_neighbour(team.session, team.quest, "Moves in the north", **who)
    assert (beside.chart, beside.per, beside.period) == (ChartKind.P, 100, metric_of(team).period)
    measuring.read(
        team.session, team.quest, day=day(1), value=Decimal(5), n=40, series=beside, **who
    )
    assert shown(team, beside) == [(day(1), Decimal(5))]
    assert shown(team) == []
    again = measuring.name_neighbour(team.session, team.quest, "The north", **who)
    assert again.id == beside.id
    found = metric_queries.quest_of(team.session, beside.id)
    assert found
    assert found.id == team.id
    other = Team(team.session, team.cast).sign().define()
    with pytest.raises(BadInput, match="does not belong"):
        measuring.read(
            team.session,
            team.quest,
            day=day(2),
            value=Decimal(5),
            n=40,
            series=other.quest.metric,
            **who,
        )


def test_limits_begin_anew_with_a_reason_and_the_baseline_stays(
    session: Session, cast: Cast
) -> None:
    team = Team(session, cast).fix().take_back(5)
    for number in range(4, 12):
        team.read(number, "5")
    who = {"by": cast.ida, "at": week(13)}
    for on, reason in ((day(3), "Too early"), (day(20), "To come"), (day(6), " ")):
        with pytest.raises(BadInput):
            measuring.rebase(session, team.quest, on, reason, **who)
    before = metric_of(team).baseline
    measuring.rebase(session, team.quest, day(6), "The new plan is in use", **who)
    metric = metric_of(team)
    assert metric.baseline == before
    assert metric.analysis["rebases"] == [[day(6).isoformat(), "The new plan is in use"]]
    with pytest.raises(BadInput, match="already"):
        measuring.rebase(session, team.quest, day(6), "Again", **who)


def test_a_preview_keeps_nothing_and_says_what_taking_comes_to(team: Team) -> None:
    at_once(team, 1, "5")
    at_once(team, 2, "6")
    file = Loading(team, csv((1, "5"), (2, "7"), (3, "8"), (20, "9")) + "soon,4\n" + f"{day(4)},\n")
    before = team.session.scalar(select(func.count(Reading.id)))
    file.preview()
    assert file.counts == (6, 1, 0, 1, 4)
    assert team.session.scalar(select(func.count(Reading.id))) == before
    assert shown(team) == [(day(1), 5), (day(2), 6)]
    told = {one["line"]: (one["column"], one["value"]) for one in file.run.rejections}
    assert told == {
        3: ("value", "7"),
        5: ("period", day(20).isoformat()),
        6: ("period", "soon"),
        7: ("value", ""),
    }
    (known,) = [one for one in file.run.rejections if one["line"] == 3]
    assert known["values"]["value"] == "6"
    file.preview(reason="The system counted twice")
    assert file.counts == (6, 1, 1, 1, 3)
    previewed = file.counts
    file.finish()
    assert file.counts == previewed
    assert file.run.content is None
    assert shown(team) == [(day(1), 5), (day(2), 7), (day(3), 8)]
    corrected = team.session.scalars(select(Reading).where(Reading.reason != "")).one()
    assert corrected.reason == "The system counted twice"
    assert corrected.run_id == file.run.id
    with pytest.raises(Refusal):
        file.finish()


def test_the_same_file_again_changes_nothing(team: Team) -> None:
    content = csv(*((n, f"{n}.5") for n in range(8)))
    assert Loading(team, content).preview().finish().counts == (8, 8, 0, 0, 0)
    assert Loading(team, content).preview().finish().counts == (8, 0, 0, 8, 0)


def test_two_rows_of_a_period_are_both_rejected_and_name_each_other(team: Team) -> None:
    twice = csv((1, "5"), (2, "6")) + f"{day(1) + timedelta(days=2)},7\n"
    file = Loading(team, twice).preview()
    assert file.counts == (3, 1, 0, 0, 2)
    told = {one["line"]: one["values"]["places"] for one in file.run.rejections}
    assert told == {2: "4", 4: "2"}


def test_an_undone_file_leaves_what_was_there_before(team: Team) -> None:
    at_once(team, 1, "5")
    file = Loading(team, csv((1, "6"), (2, "7"), (3, "8"))).preview(reason="Counted anew").finish()
    mine = {"by": team.cast.bram, "at": week(12)}
    row = queries.last_words(team.session, metric_of(team))[day(3)]
    measuring.correct(
        team.session, team.quest, row, value=Decimal(9), n=None, reason="By hand", **mine
    )
    assert file.undo() == 2
    assert file.run.state is RunState.UNDONE
    assert shown(team) == [(day(1), 5), (day(3), 9)]
    with pytest.raises(Refusal):
        file.undo()
    assert Loading(team, csv((2, "7"))).preview().finish().counts == (1, 1, 0, 0, 0)
    assert shown(team) == [(day(1), 5), (day(2), 7), (day(3), 9)]


def test_a_file_of_which_nothing_can_be_taken_is_not_taken(team: Team) -> None:
    file = Loading(team, "period,value\nsoon,4\nlater,5\n").preview()
    assert file.counts == (2, 0, 0, 0, 2)
    with pytest.raises(Refusal, match="No row"):
        file.finish()


def test_a_file_that_corrects_waits_for_the_review(session: Session, cast: Cast) -> None:
    team = Team(session, cast).fix()
    assert team.quest.waiting
    file = Loading(team, csv((3, "11")))
    with pytest.raises(Refusal, match="A review waits"):
        file.preview(reason="Counted anew")
    assert Loading(team, csv((4, "11"))).preview().finish().counts == (1, 1, 0, 0, 0)
    early = Loading(team.take_back(5), csv((3, "10"))).preview(reason="Counted anew")
    team.ask(5)
    with pytest.raises(Refusal, match="A review waits"):
        early.finish()


def test_counts_become_shares_with_a_comma_and_days_in_their_order(team: Team) -> None:
    define(team, chart=ChartKind.P, per=100, unit="%")
    wanted = Columns("Woche", "Anzahl", "Gesamt", DateOrder.DMY, ",", counted=True)
    file = Loading(team, "Woche;Anzahl;Gesamt\n09.03.2026;1;3\n16.03.2026;2;0\n").preview(wanted)
    assert file.counts == (2, 1, 0, 0, 1)
    file.finish()
    assert shown(team) == [(date(2026, 3, 9), Decimal("33.3333"))]
    assert file.run.rejections[0]["column"] == "Gesamt"


def test_a_discarded_file_holds_nothing_any_more(team: Team) -> None:
    file = Loading(team, csv((1, "5")))
    loading.discard(team.session, team.quest, file.run, by=team.cast.bram, at=week(12))
    assert file.run.content is None
    assert file.run.state is RunState.DISCARDED
    assert all(one["examples"] == [] for one in file.run.columns)
    with pytest.raises(Refusal):
        file.preview()


def test_the_file_of_another_metric_is_not_found(team: Team) -> None:
    file = Loading(team, csv((1, "5")))
    mine = metric_of(team).id
    assert filing.run(team.session, mine, file.run.id)
    assert filing.run(team.session, mine + 1, file.run.id) is None
    assert team.session.scalar(select(func.count(ReadingRun.id))) == 1


def test_once_frozen_the_goal_stays_and_the_plan_may_change(session: Session, cast: Cast) -> None:
    team = Team(session, cast).fix().take_back(5)
    with pytest.raises(Refusal, match="frozen"):
        define(team, target=Decimal(5))
    assert define(team, name="Moves that came late", red_limit=Decimal(13)).red_limit == 13


def test_the_columns_of_the_file_are_proposed(team: Team) -> None:
    file = Loading(team, csv((1, "5"), (2, "6")))
    assert columns.proposed(file.run.columns, sized=False) == {"day": "period", "figure": "value"}


def test_defining_looks_at_the_whole_word(session: Session, cast: Cast) -> None:
    team = Team(session, cast).sign().define()
    given = defined(team, name="Complaint handling time", unit="days")
    assert defining.define(session, given, metric_of(team), at=week(3)).name.startswith("Complaint")
