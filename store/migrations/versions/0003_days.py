"""Events in force by day, kept beside the events: written by the next batch, from the events, when it is missing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_day",
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("district", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("severity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "category", "district", "day", "severity", "organisation", "audience", name=op.f("pk_event_day")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "district_day",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("district", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "district", "audience", name=op.f("pk_district_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_rollup")),
    )


def downgrade() -> None:
    op.drop_table("rollup")
    op.drop_table("district_day")
    op.drop_table("event_day")
