"""Teams whose readings are noisy, as readings are, so that they speak for themselves."""

from decimal import Decimal

from sqlalchemy.orm import Session

from cxquest.measures.models import Metric, SideKind
from cxquest.quests import contributing, declaring
from cxquest.rewards.rulebook import Gate
from tests.cast import Cast
from tests.teams import Team, paid, week

NOISE = [Decimal(x) for x in ("-0.3", "0.4", "-0.5", "0.2", "-0.1", "0.5", "-0.2", "0")]


class Noisy(Team):
    """A team that reads 12 and 4 with a noise of half a unit; twelve weeks before, six after."""

    def read(self, number: int, value: str) -> None:
        """Write the reading of a week down, with its noise."""
        super().read(number, str(Decimal(value) + NOISE[number % len(NOISE)]))


def again(session: Session, cast: Cast, quest_id: int) -> Noisy:
    """Return a team that another session made."""
    team = Noisy.__new__(Noisy)
    team.session, team.cast, team.id = session, cast, quest_id
    return team


FRIDAY = 12 + 4 / 7  # of the twelfth week: day 45 after it is the Monday of week 19


class CaseA(Team):
    """Case A of docs/points.md: three departments 40/30/30, A 0.7375, 514 points at G3."""

    def charter(self) -> "Team":
        """Olaf of Billing joins before the charter is written."""
        self.join(self.cast.olaf)
        return super().charter()

    def ask(self, number: int) -> "Team":
        """The sides are declared before the first review; before the second all have worked."""
        cast, session = self.cast, self.session
        if number == 2:
            self.define()
            self._declare(SideKind.THEME, "40", "20")
            self._declare(SideKind.SURVEY, "3.2", "4")
        if number == 5:
            for who, size in ((cast.ida, 2), (cast.bram, 1), (cast.olaf, 3)):
                contributing.contribute(session, self.quest, "More", size, by=who, at=week(5))
        if number == 12:
            for side, level in zip(self.metric.sides, ("3.4", "26"), strict=True):
                declaring.observe(
                    session,
                    self.quest,
                    side,
                    observed=Decimal(level),
                    n=40,
                    by=cast.bram,
                    at=week(12),
                )
        return super().ask(number)

    def _declare(self, kind: SideKind, baseline: str, target: str) -> None:
        declaring.declare(
            self.session,
            self.quest,
            kind,
            label="Beside",
            baseline=Decimal(baseline),
            target=Decimal(target),
            by=self.cast.bram,
            at=week(2),
        )

    @property
    def metric(self) -> Metric:
        """The quest's metric."""
        found = self.quest.metric
        assert found
        return found


def proven(session: Session, cast: Cast) -> CaseA:
    """Case A, its outcome verified on a Friday."""
    team = CaseA(session, cast)
    team.prove("5").judge(Gate.G3, FRIDAY)  # type: ignore[arg-type]
    assert paid(session, team)["G3"] == 514
    return team
