"""Quests know the first of the quests that they continue."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("quest") as batch_op:
        batch_op.add_column(sa.Column("chain_id", sa.Integer()))
        batch_op.create_index("ix_quest_chain_id", ["chain_id"])
        batch_op.create_foreign_key("fk_quest_chain_id_quest", "quest", ["chain_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("quest") as batch_op:
        batch_op.drop_constraint("fk_quest_chain_id_quest", type_="foreignkey")
        batch_op.drop_index("ix_quest_chain_id")
        batch_op.drop_column("chain_id")
