"""The stages of the journey."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cxquest.core.db import Base, Key


class Stage(Base):
    """A step of the customer's way, with the customer's goal and what success means."""

    __tablename__ = "stage"

    id: Mapped[Key]
    position: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    customer_goal: Mapped[str] = mapped_column(sa.Text, default="")
    success_means: Mapped[str] = mapped_column(sa.Text, default="")
    retired: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
