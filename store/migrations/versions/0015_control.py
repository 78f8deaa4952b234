"""Reports of the control of drift, and the reviews of what they flag."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("prev_sha256", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_report")),
        sa.UniqueConstraint("month", name=op.f("uq_control_report_month")),
    )
    op.create_index(op.f("ix_control_report_made_at"), "control_report", ["made_at"], unique=False)
    op.create_table(
        "control_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("district", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("ratio", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("high", sa.Float(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(length=24), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["control_report.id"], name=op.f("fk_control_review_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_review")),
    )
    op.create_index(op.f("ix_control_review_flag"), "control_review", ["flag"], unique=False)
    op.create_index(op.f("ix_control_review_report_id"), "control_review", ["report_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_control_review_report_id"), table_name="control_review")
    op.drop_index(op.f("ix_control_review_flag"), table_name="control_review")
    op.drop_table("control_review")
    op.drop_index(op.f("ix_control_report_made_at"), table_name="control_report")
    op.drop_table("control_report")
