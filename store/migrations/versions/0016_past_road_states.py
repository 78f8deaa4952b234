"""From when on a road's state counts, beside when we learnt it: documents of the past tell states of their own time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLE, _INDEX = "road_state_history", "ix_road_state_history_road"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE road_state_history SET at = recorded_at")
    with op.batch_alter_table(_TABLE) as batch:
        batch.alter_column("at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.drop_index(_INDEX, _TABLE)
    op.create_index(_INDEX, _TABLE, ["road_id", "at"])


def downgrade() -> None:
    op.drop_index(_INDEX, _TABLE)
    op.create_index(_INDEX, _TABLE, ["road_id", "recorded_at"])
    with op.batch_alter_table(_TABLE) as batch:
        batch.drop_column("at")
