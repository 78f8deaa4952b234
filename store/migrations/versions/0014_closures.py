"""Closures that follow a march."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contribution", sa.Column("follows", sa.String(length=32), nullable=True))
    op.create_index("ix_contribution_follows", "contribution", ["follows"])


def downgrade() -> None:
    op.drop_index("ix_contribution_follows", table_name="contribution")
    op.drop_column("contribution", "follows")
