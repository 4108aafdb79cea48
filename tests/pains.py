"""Pain points for tests: made by the services that the pages call, as far as a test wants."""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from cxquest.journey.models import Stage
from cxquest.pains import deciding, queries, starting
from cxquest.pains.models import PainClass, PainPoint
from cxquest.people.models import Person
from cxquest.voice import hearing
from tests.cast import BEGUN, Cast

URL = "http://localhost"
LATER = BEGUN + timedelta(days=1)
NUMBERS = itertools.count()
Transaction = Callable[[], AbstractContextManager[Session]]


def comments(session: Session, cast: Cast, count: int = 5) -> list[int]:
    """Return the ids of fresh comments, each in a submission of its own."""
    ids = []
    for _ in range(count):
        text = f"Nobody came, {next(NUMBERS)}"
        heard = hearing.heard(session, text, on=BEGUN.date(), by=cast.bram, at=BEGUN)
        ids.append(heard.comments[0].id)
    return ids


def drafted(
    session: Session, cast: Cast, stage: Stage, evidence: int = 5, **changed: Any
) -> PainPoint:
    """Return Ida's draft, complete unless `changed` says otherwise."""
    words = {
        "title": "Nobody came",
        "stage_id": stage.id,
        "expected": "Somebody on the day.",
        "experienced": "Nobody.",
        "consequence": "A day's leave lost.",
        "pain_class": PainClass.TABLE_STAKE,
        "reach_per_month": 46,
        "comment_ids": comments(session, cast, evidence),
        **changed,
    }
    return starting.draft(session, by=cast.ida, at=BEGUN, **words)


def opened(
    session: Session, cast: Cast, stage: Stage, evidence: int = 5, **changed: Any
) -> PainPoint:
    pain = drafted(session, cast, stage, evidence, **changed)
    starting.open_up(session, pain, by=cast.ida, at=BEGUN)
    return pain


def accepted(session: Session, cast: Cast, stage: Stage) -> PainPoint:
    pain = opened(session, cast, stage)
    deciding.accept(session, pain, by=cast.noor, at=LATER, base_url=URL)
    return pain


@dataclass
class Story:
    """A stage, a theme and six comments, and pain points as a test wants them."""

    transaction: Transaction
    cast: Cast
    stage_id: int
    theme_id: int
    comments: list[int]

    def pain(
        self,
        *,
        by: Person | None = None,
        evidence: int = 5,
        to: str = "open",
        **changed: Any,
    ) -> int:
        """Return the id of a pain point that has come as far as `to`."""
        author = by or self.cast.ida
        words: dict[str, Any] = {
            "title": "Nobody came",
            "stage_id": self.stage_id,
            "theme_id": self.theme_id,
            "expected": "Somebody on the day.",
            "experienced": "Nobody.",
            "consequence": "A day lost.",
            "pain_class": PainClass.TABLE_STAKE,
            "comment_ids": self.comments[:evidence],
            **changed,
        }
        with self.transaction() as session:
            pain = starting.draft(session, by=author, at=BEGUN, **words)
            if to != "draft":
                starting.open_up(session, pain, by=author, at=BEGUN)
            if to == "accepted":
                deciding.accept(session, pain, by=self.cast.noor, at=BEGUN, base_url="")
            return pain.id

    def now(self, pain_id: int) -> PainPoint:
        """Return the pain point as the database has it."""
        with self.transaction() as session:
            found = queries.pain(session, pain_id)
            assert found
            return found

    def figures(self, pain_id: int) -> queries.Figures:
        with self.transaction() as session:
            return queries.figures(session, [pain_id])[pain_id]

    def newest(self) -> PainPoint:
        with self.transaction() as session:
            listed = session.scalars(queries.ranked(queries.Filters(state="all")))
            return max(listed, key=lambda pain: pain.id)
