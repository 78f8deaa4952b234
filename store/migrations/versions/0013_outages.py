"""Outages of sources, subscriptions to them, what waits for a message, and the keys of feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_outage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_outage")),
    )
    op.create_index("ix_source_outage_began", "source_outage", ["began_at"], unique=False)
    op.create_table(
        "feed_key",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_feed_key_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_feed_key")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_feed_key_secret_sha256")),
    )
    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_waiting_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    op.create_index(op.f("ix_waiting_account_id"), "waiting", ["account_id"], unique=False)
    op.add_column("subscription", sa.Column("sources", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("subscription", "sources")
    op.drop_index(op.f("ix_waiting_account_id"), table_name="waiting")
    op.drop_table("waiting")
    op.drop_table("feed_key")
    op.drop_index("ix_source_outage_began", table_name="source_outage")
    op.drop_table("source_outage")
