"""Orders given to sources, and the fields each source has told."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_order",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("ordered_at", _MOMENT, nullable=False),
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("field", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_order")),
    )
    op.create_index("ix_source_order_source", "source_order", ["source_id", "id"])
    op.create_table(
        "source_field",
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("is_known", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", _MOMENT, nullable=False),
        sa.Column("order_id", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("source_id", "field", name=op.f("pk_source_field")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_schema",
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_schema")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("source_schema")
    op.drop_table("source_field")
    op.drop_index("ix_source_order_source", table_name="source_order")
    op.drop_table("source_order")
