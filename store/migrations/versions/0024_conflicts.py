"""Conflicts as they are found, what is decided of them, and the versions of their rules."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflict_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_as", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_rules")),
    )
    op.create_table(
        "conflict",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("a_id", sa.String(length=36), nullable=False),
        sa.Column("b_id", sa.String(length=36), nullable=True),
        sa.Column("place_id", sa.String(length=36), nullable=True),
        sa.Column("place_kind", sa.String(length=24), nullable=True),
        sa.Column("place_source", sa.String(length=100), nullable=True),
        sa.Column("place_title", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("districts", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("distance_m", sa.Float(), nullable=True),
        sa.Column("required", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_state", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_as", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["a_id"], ["event.id"], name=op.f("fk_conflict_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["event.id"], name=op.f("fk_conflict_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_a_id"), "conflict", ["a_id"], unique=False)
    op.create_index(op.f("ix_conflict_b_id"), "conflict", ["b_id"], unique=False)
    op.create_index("ix_conflict_state", "conflict", ["state"], unique=False)
    op.create_table(
        "conflict_measure",
        sa.Column("conflict_id", sa.String(length=36), nullable=False),
        sa.Column("measure", sa.String(length=24), nullable=False),
        sa.Column("present_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(length=100), nullable=False),
        sa.Column("told_as", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["conflict_id"], ["conflict.id"], name=op.f("fk_conflict_measure_conflict_id")),
        sa.PrimaryKeyConstraint("conflict_id", "measure", name=op.f("pk_conflict_measure")),
    )
    op.create_table(
        "conflict_window",
        sa.Column("conflict_id", sa.String(length=36), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conflict_id"], ["conflict.id"], name=op.f("fk_conflict_window_conflict_id")),
        sa.PrimaryKeyConstraint("conflict_id", "start", "until", name=op.f("pk_conflict_window")),
    )
    op.create_index("ix_conflict_window_until", "conflict_window", ["until", "start"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_conflict_window_until", table_name="conflict_window")
    op.drop_table("conflict_window")
    op.drop_table("conflict_measure")
    op.drop_index("ix_conflict_state", table_name="conflict")
    op.drop_index(op.f("ix_conflict_b_id"), table_name="conflict")
    op.drop_index(op.f("ix_conflict_a_id"), table_name="conflict")
    op.drop_table("conflict")
    op.drop_table("conflict_rules")
