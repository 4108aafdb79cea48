"""Kudos, badges, and a sponsor's thanks. None of them is worth a ranked point."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import AppendOnly, Base, Key
from cxquest.people.models import Person
from cxquest.quests.models import Quest
from cxquest.rewards.models import RewardEvent


class Behaviour(StrEnum):
    """What kudos are given for: what helps a customer across departments."""

    LISTENED = "listened"
    SHARED = "shared"
    ASKED_WHY = "asked_why"
    GAVE_WAY = "gave_way"
    TOLD_EARLY = "told_early"
    FINISHED = "finished"


class Kudos(Base):
    """Thanks from one person to another, or to a team, with the reason.

    `number` is 1 to 5, the giver's how-many-eth of the week that begins on the Monday `week`.
    """

    __tablename__ = "kudos"
    __table_args__ = (
        sa.Index(
            "uq_kudos_number",
            "giver_id",
            "week",
            "number",
            unique=True,
            sqlite_where=sa.text("retracted_at IS NULL"),
            postgresql_where=sa.text("retracted_at IS NULL"),
        ),
        sa.CheckConstraint("(person_id IS NULL) <> (quest_id IS NULL)", name="person_or_team"),
    )

    id: Mapped[Key]
    giver_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    quest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    behaviour: Mapped[Behaviour] = mapped_column(sa.Enum(Behaviour, native_enum=False, length=20))
    reason: Mapped[str] = mapped_column(sa.Text)
    week: Mapped[date]
    number: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(index=True)
    retracted_at: Mapped[datetime | None]

    giver: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=giver_id)
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=person_id)
    quest: Mapped[Quest | None] = relationship(lazy="raise_on_sql")


class BadgeKind(StrEnum):
    """The seven badges, each for something that was proven."""

    ROOT_CAUSE = "root_cause"
    PREVENTED = "prevented"
    HELD = "held"
    BRIDGE = "bridge"
    LESSON_REUSED = "lesson_reused"
    BLOCKER_CLEARED = "blocker_cleared"
    TOLD_FIRST = "told_first"


class Badge(AppendOnly, Base):
    """What a person has shown, with the event that is its evidence and the rules of that day."""

    __tablename__ = "badge"
    __table_args__ = (sa.UniqueConstraint("person_id", "kind", "event_id"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[BadgeKind] = mapped_column(sa.Enum(BadgeKind, native_enum=False, length=20))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("reward_event.id"), index=True)
    quest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quest.id"), index=True)
    rulebook_version: Mapped[int]
    earned_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    event: Mapped[RewardEvent] = relationship(lazy="raise_on_sql")
    quest: Mapped[Quest | None] = relationship(lazy="raise_on_sql")


class Thanks(Base):
    """What a sponsor says to the team whose outcome was proven."""

    __tablename__ = "thanks"

    id: Mapped[Key]
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id"), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
