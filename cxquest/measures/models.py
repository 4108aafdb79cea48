"""Metrics, readings, and the side measures that stand beside a metric."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import AppendOnly, Base, Key
from cxquest.people.models import Person

FIGURE = sa.Numeric(16, 4)


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"


class Period(StrEnum):
    """What one reading covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class SideKind(StrEnum):
    """The measures that may stand beside the action metric, by what they count for."""

    THEME = "theme"
    SURVEY = "survey"


class Metric(Base):
    """The operational measure of a quest. Once frozen, its baseline does not move."""

    __tablename__ = "metric"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(160))
    definition: Mapped[str] = mapped_column(sa.Text, default="")
    unit: Mapped[str] = mapped_column(sa.String(60), default="")
    direction: Mapped[Direction] = mapped_column(sa.Enum(Direction, native_enum=False, length=20))
    period: Mapped[Period] = mapped_column(sa.Enum(Period, native_enum=False, length=20))
    data_source: Mapped[str] = mapped_column(sa.String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    target: Mapped[Decimal | None] = mapped_column(FIGURE)
    target_on: Mapped[date | None]
    baseline: Mapped[Decimal | None] = mapped_column(FIGURE)
    baseline_from: Mapped[date | None]
    baseline_to: Mapped[date | None]
    baseline_frozen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    readings: Mapped[list["Reading"]] = relationship(
        lazy="raise_on_sql", order_by="(Reading.period_start, Reading.id)", viewonly=True
    )
    sides: Mapped[list["SideMeasure"]] = relationship(
        lazy="raise_on_sql", order_by="SideMeasure.kind", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}


class Reading(AppendOnly, Base):
    """One value of one period. A wrong one is corrected by another row, never changed."""

    __tablename__ = "reading"
    __table_args__ = (
        sa.Index("ix_reading_metric_id_period_start", "metric_id", "period_start"),
        sa.Index(
            "uq_reading_first",
            "metric_id",
            "period_start",
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"))
    period_start: Mapped[date]
    value: Mapped[Decimal] = mapped_column(FIGURE)
    n: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reading.id"), unique=True)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime]


class SideMeasure(Base):
    """A theme's negative share or a survey rating, declared at chartering, observed later."""

    __tablename__ = "side_measure"
    __table_args__ = (sa.UniqueConstraint("metric_id", "kind"),)

    id: Mapped[Key]
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"))
    kind: Mapped[SideKind] = mapped_column(sa.Enum(SideKind, native_enum=False, length=20))
    label: Mapped[str] = mapped_column(sa.String(160))
    baseline: Mapped[Decimal] = mapped_column(FIGURE)
    target: Mapped[Decimal] = mapped_column(FIGURE)
    observed: Mapped[Decimal | None] = mapped_column(FIGURE)
    n: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
