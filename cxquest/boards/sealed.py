"""The sealed result of a season, as its snapshot has it.

A seal's hash stands for its content, so what was read once is kept in the process: the page of
a board costs the same however many teams were sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cxquest.boards.queries import NEAR
from cxquest.rewards.models import SeasonSeal, Standing

KEPT = 4
_kept: dict[str, "Result"] = {}


class SealedTeam(NamedTuple):
    """A team as it was sealed; `quest_id` is None where its account belongs to no quest."""

    rank: int
    quest_id: int | None
    account_id: int
    title: str
    points: int


@dataclass(frozen=True)
class Result:
    """What was sealed, in the order of the board."""

    teams: tuple[SealedTeam, ...]
    places: Mapping[int, int]  # of an account among `teams`
    departments: tuple[Mapping[str, Any], ...]

    def team(self, account_id: int) -> SealedTeam | None:
        """Return an account's team; None where it had no points."""
        place = self.places.get(account_id)
        return None if place is None else self.teams[place]

    def around(self, team: SealedTeam) -> tuple[SealedTeam, ...]:
        """Return a team between the NEAR before it and the NEAR after it."""
        place = self.places[team.account_id]
        return self.teams[max(place - NEAR, 0) : place + NEAR + 1]


def result(seal: SeasonSeal) -> Result:
    """Return what was sealed."""
    known = _kept.get(seal.hash)
    if known is None:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        known = _kept[seal.hash] = read(seal.snapshot)
    return known


def read(snapshot: Mapping[str, Any]) -> Result:
    """Return the result that a snapshot holds."""
    teams = tuple(
        SealedTeam(row["rank"], row["quest"], row["account"], row["title"], row["points"])
        for row in snapshot["teams"]
    )
    places = {team.account_id: place for place, team in enumerate(teams)}
    return Result(teams, places, tuple(snapshot["departments"]))


def points_today(session: Session, season_id: int, account_ids: list[int]) -> dict[int, int]:
    """Return what stands for each account today, corrections after the seal included."""
    found = session.execute(
        select(Standing.account_id, Standing.points).where(
            Standing.season_id == season_id, Standing.account_id.in_(account_ids)
        )
    )
    return {row.account_id: row.points for row in found}
