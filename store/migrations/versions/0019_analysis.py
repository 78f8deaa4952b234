"""Sums by day for the whole city, and the time that road axes spent in each state."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category_day",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "category", "severity", "organisation", "audience", name=op.f("pk_category_day")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "road_day",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("axis_id", sa.String(length=100), nullable=False),
        sa.Column("is_daytime", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("free_s", sa.Float(), nullable=False),
        sa.Column("slow_s", sa.Float(), nullable=False),
        sa.Column("congested_s", sa.Float(), nullable=False),
        sa.Column("closed_s", sa.Float(), nullable=False),
        sa.Column("unknown_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "axis_id", "is_daytime", "audience", name=op.f("pk_road_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "road_hour",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("axis_id", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("hindered_s", sa.Float(), nullable=False),
        sa.Column("known_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "hour", "axis_id", "audience", name=op.f("pk_road_hour")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_road_state_history_at", "road_state_history", ["at"], unique=False)
    op.add_column("rollup", sa.Column("last_day", sa.Integer(), nullable=True))
    op.execute("DELETE FROM rollup")  # the next batch counts every event again, into the new table too


def downgrade() -> None:
    op.execute("DELETE FROM rollup WHERE kind = 'road_day'")
    op.drop_column("rollup", "last_day")
    op.drop_index("ix_road_state_history_at", table_name="road_state_history")
    op.drop_table("road_hour")
    op.drop_table("road_day")
    op.drop_table("category_day")
