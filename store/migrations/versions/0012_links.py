"""Events of several sources that are told to be the same, and the groups shown as one."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "event_link",
        sa.Column("low_id", sa.String(length=36), nullable=False),
        sa.Column("high_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("distance_m", sa.Float(), nullable=False),
        sa.Column("shared_line", sa.Float(), nullable=True),
        sa.Column("shared_time", sa.Float(), nullable=False),
        sa.Column("is_same_category", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["low_id"], ["event.id"], name=op.f("fk_event_link_low_id_event")),
        sa.ForeignKeyConstraint(["high_id"], ["event.id"], name=op.f("fk_event_link_high_id_event")),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_event_link")),
    )
    op.create_index("ix_event_link_high", "event_link", ["high_id"])
    op.create_table(
        "event_joined",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("joined_id", sa.String(length=36), nullable=False),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_joined_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_joined")),
    )
    op.create_index("ix_event_joined_joined", "event_joined", ["joined_id", "position"])


def downgrade() -> None:
    op.drop_index("ix_event_joined_joined", table_name="event_joined")
    op.drop_table("event_joined")
    op.drop_index("ix_event_link_high", table_name="event_link")
    op.drop_table("event_link")
