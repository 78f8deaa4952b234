"""Places of several districts, listed once, so that a choice of districts is found without reading every place."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_place",
        sa.Column("districts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("districts", name=op.f("pk_day_place")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO day_place SELECT DISTINCT districts FROM event_day")


def downgrade() -> None:
    op.drop_table("day_place")
