"""What is known of a contribution beside its event."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contribution",
        sa.Column("external_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.String(length=100), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alert_by", sa.String(length=64), nullable=True),
        sa.Column("alert_confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("editor_id", sa.String(length=64), nullable=True),
        sa.Column("editor_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("external_id", name=op.f("pk_contribution")),
    )
    op.create_index("ix_contribution_check_at", "contribution", ["check_at"], unique=False)
    op.create_index("ix_contribution_embargo_until", "contribution", ["embargo_until"], unique=False)
    op.create_index("ix_contribution_state", "contribution", ["state", "owner_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_contribution_state", table_name="contribution")
    op.drop_index("ix_contribution_embargo_until", table_name="contribution")
    op.drop_index("ix_contribution_check_at", table_name="contribution")
    op.drop_table("contribution")
