"""Metrics, who can move them, their readings, and the side measures that stand beside a metric."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxquest.core.db import AppendOnly, Base, Key
from cxquest.measures.attainment import Standing, standing
from cxquest.measures.spc import ChartKind
from cxquest.people.models import Department, Person

FIGURE = sa.Numeric(16, 4)


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"


class MetricKind(StrEnum):
    """What a metric looks at: how the work runs, or what people do. A survey score is neither."""

    OPERATIONAL = "operational"
    BEHAVIOURAL = "behavioural"


class Period(StrEnum):
    """What one reading covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Via(StrEnum):
    """How a reading came in."""

    FORM = "form"
    FILE = "file"
    API = "api"


class SideOrigin(StrEnum):
    """Where the figures of a side measure come from."""

    HAND = "hand"
    VOICE = "voice"
    SURVEY = "survey"


class SideKind(StrEnum):
    """The measures that may stand beside the action metric, by what they count for."""

    THEME = "theme"
    SURVEY = "survey"


class Metric(Base):
    """The operational measure of a quest. Once frozen, its baseline does not move.

    A share or a rate is its count divided by `n`, times `per`. `changes` are the quest's changes
    as the chart marks them, [{"on": day, "label": words}]; `changed_on` is the day from which all
    are in place. `analysis` is what the readings say, worked out anew with each of them.
    """

    __tablename__ = "metric"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(160))
    definition: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[MetricKind] = mapped_column(
        sa.Enum(MetricKind, native_enum=False, length=20), default=MetricKind.OPERATIONAL
    )
    unit: Mapped[str] = mapped_column(sa.String(60), default="")
    direction: Mapped[Direction] = mapped_column(sa.Enum(Direction, native_enum=False, length=20))
    period: Mapped[Period] = mapped_column(sa.Enum(Period, native_enum=False, length=20))
    chart: Mapped[ChartKind] = mapped_column(
        sa.Enum(ChartKind, native_enum=False, length=20), default=ChartKind.XMR
    )
    per: Mapped[int] = mapped_column(default=1)
    data_source: Mapped[str] = mapped_column(sa.String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    target: Mapped[Decimal | None] = mapped_column(FIGURE)
    target_on: Mapped[date | None]
    red_limit: Mapped[Decimal | None] = mapped_column(FIGURE)
    reaction: Mapped[str] = mapped_column(sa.Text, default="")
    reaction_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    reaction_hours: Mapped[int | None]
    baseline: Mapped[Decimal | None] = mapped_column(FIGURE)
    baseline_from: Mapped[date | None]
    baseline_to: Mapped[date | None]
    baseline_frozen_at: Mapped[datetime | None]
    changes: Mapped[list[Any]] = mapped_column(default=list)
    changed_on: Mapped[date | None]
    neighbour_id: Mapped[int | None] = mapped_column(sa.ForeignKey("metric.id"), index=True)
    analysis: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=owner_id)
    reaction_by: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=reaction_by_id
    )
    neighbour: Mapped["Metric | None"] = relationship(
        lazy="raise_on_sql", remote_side=lambda: Metric.id
    )
    movers: Mapped[list["Mover"]] = relationship(
        lazy="raise_on_sql", order_by="Mover.department_id", viewonly=True
    )
    sides: Mapped[list["SideMeasure"]] = relationship(
        lazy="raise_on_sql", order_by="SideMeasure.kind", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def standing(self) -> Standing:
        """Where it stands by its readings."""
        return standing(self.analysis)

    @property
    def is_counted(self) -> bool:
        """Whether it is a share or a rate: so many out of so many, not a single value."""
        return self.chart is not ChartKind.XMR


class Mover(Base):
    """Somebody who can move a metric this month, for their department."""

    __tablename__ = "mover"

    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(
        sa.ForeignKey("department.id"), primary_key=True, index=True
    )
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)

    department: Mapped[Department] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Rebase(AppendOnly, Base):
    """That the limits of a chart begin anew on a day, and why. The baseline stays what it is."""

    __tablename__ = "rebase"
    __table_args__ = (sa.UniqueConstraint("metric_id", "on_day"),)

    id: Mapped[Key]
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"))
    on_day: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    by: Mapped[Person] = relationship(lazy="raise_on_sql")


class Reading(AppendOnly, Base):
    """One value of one period. A wrong one is corrected by another row, never changed.

    A row that is `withdrawn` takes back the one it corrects: its period has no reading again.
    """

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
    withdrawn: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    via: Mapped[Via] = mapped_column(sa.Enum(Via, native_enum=False, length=20), default=Via.FORM)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reading_run.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime]


class Reaction(Base):
    """What was done when a reading passed the red limit, and until when it was due."""

    __tablename__ = "reaction"

    id: Mapped[Key]
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"), index=True)
    reading_id: Mapped[int] = mapped_column(sa.ForeignKey("reading.id"), unique=True)
    due_at: Mapped[datetime]
    done: Mapped[str] = mapped_column(sa.Text, default="")
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    reading: Mapped[Reading] = relationship(lazy="raise_on_sql")
    done_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class RunState(StrEnum):
    """How far the load of a file has come."""

    UPLOADED = "uploaded"
    PREVIEWED = "previewed"
    DONE = "done"
    UNDONE = "undone"
    DISCARDED = "discarded"


class ReadingRun(Base):
    """One load of a file of readings, which can be undone.

    Read = created + corrected + unchanged + rejected, always; `rejections` names each row.
    """

    __tablename__ = "reading_run"

    id: Mapped[Key]
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"), index=True)
    state: Mapped[RunState] = mapped_column(sa.Enum(RunState, native_enum=False, length=20))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    how: Mapped[dict[str, Any]] = mapped_column(default=dict)
    columns: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    corrected: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    rejections: Mapped[list[Any]] = mapped_column(default=list)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    by: Mapped[Person] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class MetricKey(Base):
    """That a key of the API brings the readings of one metric."""

    __tablename__ = "metric_key"

    key_id: Mapped[int] = mapped_column(sa.ForeignKey("api_key.id"), primary_key=True)
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"), index=True)


class SideMeasure(Base):
    """A theme's negative share or a survey rating, declared at chartering, observed later.

    With an origin of its own the program reads it, from the theme or the stage `about_id`;
    `refusal` says why it does not count now, in a word that pages put into a sentence.
    """

    __tablename__ = "side_measure"
    __table_args__ = (sa.UniqueConstraint("metric_id", "kind"),)

    id: Mapped[Key]
    metric_id: Mapped[int] = mapped_column(sa.ForeignKey("metric.id"))
    kind: Mapped[SideKind] = mapped_column(sa.Enum(SideKind, native_enum=False, length=20))
    label: Mapped[str] = mapped_column(sa.String(160))
    origin: Mapped[SideOrigin] = mapped_column(
        sa.Enum(SideOrigin, native_enum=False, length=20), default=SideOrigin.HAND
    )
    about_id: Mapped[int | None]
    baseline: Mapped[Decimal] = mapped_column(FIGURE)
    baseline_n: Mapped[int | None]
    target: Mapped[Decimal] = mapped_column(FIGURE)
    observed: Mapped[Decimal | None] = mapped_column(FIGURE)
    n: Mapped[int | None]
    observed_on: Mapped[date | None]
    refusal: Mapped[str] = mapped_column(sa.String(40), default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
