"""Reports that come again, and the copies that were made."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recurring_report",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recurring_report_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_report")),
    )
    op.create_index(op.f("ix_recurring_report_account_id"), "recurring_report", ["account_id"], unique=False)
    op.create_table(
        "report_copy",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("slot", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["recurring_report.id"], name=op.f("fk_report_copy_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_copy")),
        sa.UniqueConstraint("report_id", "slot", name=op.f("uq_report_copy_report_id_slot")),
    )
    op.create_index("ix_report_copy_due_at", "report_copy", ["due_at"], unique=False)
    op.create_table(
        "report_event",
        sa.Column("copy_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["report_copy.id"], name=op.f("fk_report_event_copy_id")),
        sa.PrimaryKeyConstraint("copy_id", "event_id", name=op.f("pk_report_event")),
    )
    op.create_index(op.f("ix_report_event_event_id"), "report_event", ["event_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_report_event_event_id"), table_name="report_event")
    op.drop_table("report_event")
    op.drop_index("ix_report_copy_due_at", table_name="report_copy")
    op.drop_table("report_copy")
    op.drop_index(op.f("ix_recurring_report_account_id"), table_name="recurring_report")
    op.drop_table("recurring_report")
