"""Sums by day that count the events of a period once: what begins, and when it was over before."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BEFORE = {
    "event_day": ("category", "district", "day", "severity", "organisation", "audience"),
    "district_day": ("day", "district", "audience"),
    "category_day": ("day", "category", "severity", "organisation", "audience"),
}
_AFTER = {
    "event_day": ("category", "districts", "day", "since", "severity", "organisation", "audience"),
    "district_day": ("day", "since", "district", "severity", "audience"),
    "category_day": ("day", "since", "category", "severity", "organisation", "audience"),
}
_DELAYS = ("day", "delay_s", "first", "source_id", "category", "districts", "severity", "organisation", "audience")
_TYPES = {
    "source_id": sa.String(length=100),
    "category": sa.String(length=64),
    "district": sa.String(length=16),
    "districts": sa.Text(),
    "organisation": sa.String(length=100),
    "audience": sa.Text(),
}


def upgrade() -> None:
    _make_again(_AFTER, "n", "began", "ended")
    op.create_table(
        "delay_day",
        *(_column(key) for key in _DELAYS),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_DELAYS, name=op.f("pk_delay_day")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("delay_day")
    _make_again(_BEFORE, "n")


def _column(key: str) -> sa.Column[object]:
    if key in _TYPES:
        return sa.Column(key, _TYPES[key], nullable=False)
    return sa.Column(key, sa.Integer(), autoincrement=False, nullable=False)


def _make_again(tables: dict[str, tuple[str, ...]], *sums: str) -> None:
    for table, keys in tables.items():
        op.drop_table(table)
        op.create_table(
            table,
            *(_column(key) for key in keys),
            *(sa.Column(name, sa.Integer(), nullable=False) for name in sums),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False,
        )
    op.execute("DELETE FROM rollup WHERE kind = 'event_day'")  # the next batch counts every event again
