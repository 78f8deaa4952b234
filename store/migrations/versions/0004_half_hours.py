"""Runs by half hour, written beside the runs; those kept before are counted once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = {
    "sqlite": "CAST(strftime('%s', finished_at) AS INTEGER) / 1800",
    "postgresql": "CAST(floor(extract(epoch FROM finished_at) / 1800) AS INTEGER)",
}


def upgrade() -> None:
    op.create_table(
        "poll_half_hour",
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("half_hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("degraded", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "half_hour", name=op.f("pk_poll_half_hour")),
        sqlite_with_rowid=False,
    )
    number = _NUMBER[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO poll_half_hour (source_id, half_hour, runs, degraded, failed) "
        f"SELECT source_id, {number}, count(*), sum(CASE WHEN verdict = 'degraded' THEN 1 ELSE 0 END), "
        f"sum(CASE WHEN verdict = 'failed' THEN 1 ELSE 0 END) FROM poll_run GROUP BY source_id, {number}"
    )


def downgrade() -> None:
    op.drop_table("poll_half_hour")
