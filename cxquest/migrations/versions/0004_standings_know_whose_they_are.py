"""Standings know whether they are a team's or a person's, so that boards read only teams."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KIND = sa.Enum("TEAM", "PERSON", name="accountkind", native_enum=False, length=20)


def upgrade() -> None:
    op.add_column("standing", sa.Column("kind", KIND))
    op.execute(
        "UPDATE standing SET kind = (SELECT a.kind FROM account a WHERE a.id = standing.account_id)"
    )
    with op.batch_alter_table("standing") as batch_op:
        batch_op.alter_column("kind", existing_type=KIND, nullable=False)
        batch_op.drop_index("ix_standing_season_id_points")
        batch_op.create_index("ix_standing_season_id_kind_points", ["season_id", "kind", "points"])


def downgrade() -> None:
    with op.batch_alter_table("standing") as batch_op:
        batch_op.drop_index("ix_standing_season_id_kind_points")
        batch_op.create_index("ix_standing_season_id_points", ["season_id", "points"])
        batch_op.drop_column("kind")
