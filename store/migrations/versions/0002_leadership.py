"""Which process polls, and for how long it has been heard."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    leadership = op.create_table(
        "leadership",
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_leadership")),
    )
    op.bulk_insert(leadership, [{"role": "polling", "term": 0}])


def downgrade() -> None:
    op.drop_table("leadership")
