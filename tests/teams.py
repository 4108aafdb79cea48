"""A quest at any step of its life, made by the services that the pages call.

Ida (Care) leads, Bram (Field) is on the team and owns the metric, Noor coaches from outside,
Karl sponsors. Weeks are counted from the cast's beginning.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from cxquest.journey import staging
from cxquest.measures.defining import Definition
from cxquest.measures.models import Direction, Period
from cxquest.pains import deciding, starting
from cxquest.pains.models import PainClass, PainPoint
from cxquest.people.models import Person
from cxquest.quests import (
    chartering,
    contributing,
    diagnosing,
    fixing,
    measuring,
    queries,
    reviewing,
    seating,
)
from cxquest.quests import starting as quests
from cxquest.quests.chartering import Charter
from cxquest.quests.fixing import Change
from cxquest.quests.models import Communication, Quest, Size, ValueKind
from cxquest.quests.work import StandardKind, Verdict
from cxquest.rewards import queries as rewards
from cxquest.rewards.models import Component
from cxquest.rewards.rulebook import Cause, Gate, Work
from tests.cast import BEGUN, Cast

ACCEPT, DECLINE = Verdict


def week(number: int) -> datetime:
    """Return the instant at which a week begins; week 0 is the cast's beginning, a Monday."""
    return BEGUN + timedelta(weeks=number)


class Team:
    """A quest and those who work on it, in one session."""

    def __init__(self, session: Session, cast: Cast, title: str = "Nobody waits") -> None:
        self.session, self.cast = session, cast
        self.pain = accepted_pain(session, cast)
        self.id = quests.propose(session, self.pain, title, by=cast.ida, at=week(0)).id

    @property
    def quest(self) -> Quest:
        """The quest, loaded whole."""
        found = queries.whole(self.session, self.id)
        assert found
        return found

    def join(self, someone: Person | None = None) -> "Team":
        """Bram joins, or somebody else."""
        quests.join(self.session, self.quest, by=someone or self.cast.bram, at=week(0))
        return self

    def charter(self) -> "Team":
        """The charter is complete and asked for."""
        self.join()
        session, cast, at = self.session, self.cast, week(0)
        given = Charter(
            title=self.quest.title,
            shared_goal="The day that we agree is the day on which we come",
            customer_change="They stop ringing to ask",
            value_kind=ValueKind.SAVE,
            value_amount=Decimal(90000),
            value_reason="30 visits a month",
            sponsor_id=cast.karl.id,
        )
        chartering.write(session, self.quest, given, cast.karl, by=cast.ida, at=at)
        hours = dict.fromkeys((m.id for m in self.quest.team), Decimal(3))
        chartering.set_hours(session, self.quest, hours, by=cast.ida, at=at)
        for chair in self.quest.chairs:
            chartering.set_goals(
                session,
                self.quest,
                chair,
                own_goal="Fast",
                conflict="With full",
                by=cast.ida,
                at=at,
            )
        chartering.agree_size(session, self.quest, Size.L, by=cast.noor, at=at)
        chartering.ask_signature(session, self.quest, by=cast.ida, at=at)
        return self

    def sign(self) -> "Team":
        """The charter is signed."""
        self.charter()
        chartering.sign(self.session, self.quest, by=self.cast.karl, at=week(1))
        return self

    def diagnose(self) -> "Team":
        """The root cause is found and its review asked for; both have worked."""
        self.sign()
        session, cast, at = self.session, self.cast, week(2)
        top = diagnosing.add_why(
            session,
            self.quest,
            parent_id=None,
            text="The day moved",
            evidence="44 of 60 moves",
            by=cast.ida,
            at=at,
        )
        root = diagnosing.add_why(
            session,
            self.quest,
            parent_id=top.id,
            text="The plan has no free hour",
            evidence="Twelve weeks of plans",
            by=cast.bram,
            at=at,
        )
        diagnosing.mark_root(
            session,
            self.quest,
            root,
            level=Cause.SYSTEMIC,
            without_it="A free hour takes a small delay up",
            fixed_stops="The trial week had none",
            by=cast.ida,
            at=at,
        )
        diagnosing.answer_communication(
            session,
            self.quest,
            Communication.UNDER,
            "Nobody owned the message",
            Work.PREVENTION,
            by=cast.ida,
            at=at,
        )
        diagnosing.answer_unnoticed(
            session, self.quest, "Nobody counts moves", "No report has them", by=cast.ida, at=at
        )
        for chair in seating.empty(self.quest):
            seating.seat(session, self.quest, chair, cast.ida, by=cast.ida, at=at)
        for chair in self.quest.chairs:
            diagnosing.hear(session, self.quest, chair, "We never asked", by=cast.ida, at=at)
        contributing.contribute(session, self.quest, "Read 138 calls", 2, by=cast.ida, at=at)
        contributing.contribute(session, self.quest, "Sorted the moves", 2, by=cast.bram, at=at)
        return self.ask(2)

    def fix(self) -> "Team":
        """The first gate is passed, something is changed, and its review is asked for."""
        return self.diagnose().judge(Gate.G1, 3).change()

    def change(self) -> "Team":
        """A countermeasure is in place, the metric has a baseline, the review is asked for."""
        session, cast = self.session, self.cast
        self.define()
        for number in range(-8, 4):
            self.read(number, "12")
        first, last = day(-8), day(3)
        measuring.freeze(session, self.quest, first=first, last=last, by=cast.bram, at=week(4))
        given = Change(
            why_id=next(why.id for why in self.quest.whys if why.is_root),
            title="One hour in ten stays free",
            work=Work.PREVENTION,
            description="",
            in_place_on=day(4),
            standard_kind=StandardKind.SYSTEM,
            standard="The planning screen refuses more",
            no_standard_reason="",
            standard_version="1",
            standard_owner_id=cast.bram.id,
            review_on=day(40),
            affected_roles="Planners",
        )
        fixing.add(session, self.quest, given, by=cast.ida, at=week(5))
        return self.ask(5)

    def change_again(self, number: int) -> "Team":
        """Something more is in place since a week, after the problem came back."""
        given = Change(
            why_id=next(why.id for why in self.quest.whys if why.is_root),
            title=f"Two hours in ten stay free, {number}",
            work=Work.PREVENTION,
            description="",
            in_place_on=day(number),
            standard_kind=None,
            standard="",
            no_standard_reason="The limit of before, set higher",
        )
        fixing.add(self.session, self.quest, given, by=self.cast.ida, at=week(number))
        return self

    def tell(self, number: int) -> "Team":
        """Ida writes down how customers were told."""
        how, at = "A line on the confirmation", week(number)
        measuring.tell_customers(self.session, self.quest, how, by=self.cast.ida, at=at)
        return self

    def define(self) -> "Team":
        """The metric is defined."""
        given = Definition(
            name="Late moves",
            definition="Days changed later than 48 hours before",
            unit="per 100 visits",
            direction=Direction.DECREASE,
            period=Period.WEEK,
            data_source="The plan's history",
            owner_id=self.cast.bram.id,
            target=Decimal(4),
            target_on=day(30),
            red_limit=Decimal(14),
            reaction="The planner calls both leads together",
            reaction_by_id=self.cast.bram.id,
            reaction_hours=24,
        )
        measuring.define(self.session, self.quest, given, by=self.cast.ida, at=week(3))
        movers = {c.department_id: c.person_id for c in self.quest.chairs if c.person_id}
        measuring.name_movers(self.session, self.quest, movers, by=self.cast.ida, at=week(3))
        return self

    def prove(self, value: str = "4") -> "Team":
        """Fresh readings after the change, customers told, the review asked for."""
        self.fix().judge(Gate.G2, 6)
        for number in range(6, 12):
            self.read(number, value)
        return self.tell(12).ask(12)

    def hold(self) -> "Team":
        """The outcome is proven in week 13."""
        return self.prove().judge(Gate.G3, 13)

    def read(self, number: int, value: str) -> None:
        """Bram writes the reading of a week down, at its end."""
        measuring.read(
            self.session,
            self.quest,
            day=day(number),
            value=Decimal(value),
            n=None,
            by=self.cast.bram,
            at=week(max(number + 1, 3)),
        )

    def ask(self, number: int) -> "Team":
        """Ida asks for the next gate's review."""
        reviewing.ask(self.session, self.quest, by=self.cast.ida, at=week(number))
        return self

    def take_back(self, number: int) -> "Team":
        """Ida takes the request for a review back."""
        reviewing.take_back(self.session, self.quest, by=self.cast.ida, at=week(number))
        return self

    def judge(
        self,
        gate: Gate,
        number: int,
        verdict: Verdict = ACCEPT,
        *,
        without: Person | None = None,
        own_change: bool = False,
    ) -> "Team":
        """Noor gives the verdict; nothing that `without` did is counted."""
        quest = self.quest
        left_out = {c.id for c in quest.contributions if without and c.person_id == without.id}
        reviewing.judge(
            self.session,
            quest,
            gate=gate,
            verdict=verdict,
            reason="I looked at it",
            not_counted=left_out,
            own_change=own_change,
            judgement="Every week since lies below the baseline",
            next_step="Read four weeks more",
            by=self.cast.noor,
            at=week(number),
        )
        return self


def day(number: int) -> date:
    """Return the first day of a week."""
    return week(number).date()


def accepted_pain(session: Session, cast: Cast) -> PainPoint:
    """Return a pain point of Bram's that Noor has accepted, on three observed interviews."""
    stage = staging.add(
        session,
        name=f"Installation {session.query(PainPoint).count()}",
        customer_goal="My heating works in the evening",
        success_means="It runs when they leave",
        by=cast.ruth,
        at=BEGUN,
    )
    pain = starting.draft(
        session,
        title="I waited and nobody came",
        stage_id=stage.id,
        expected="You come on the day",
        experienced="Nobody came",
        consequence="A day's pay lost",
        pain_class=PainClass.TABLE_STAKE,
        interviews=3,
        by=cast.bram,
        at=BEGUN,
    )
    starting.open_up(session, pain, by=cast.bram, at=BEGUN)
    deciding.accept(session, pain, by=cast.noor, at=BEGUN, base_url="")
    return pain


def paid(session: Session, team: Team) -> dict[str, int]:
    """Return the points of the team by gate."""
    entries = rewards.entries_of_account(session, team.quest.account_id)
    return {
        entry.event.facts["gate"]: entry.points
        for entry in reversed(entries)
        if entry.rule.startswith("gate_") and entry.reverses_id is None
    }


def points_of(session: Session, who: Person) -> list[int]:
    """Return a person's parts of what teams earned, in the order in which they were entered."""
    account = rewards.account_of_person(session, who.id)
    entries = rewards.entries_of_account(session, account) if account else []
    return [e.points for e in reversed(entries) if e.component is Component.TEAM_PART]
