"""Since when a post edits a contribution, and which one waits for its turn."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contribution", sa.Column("editor_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contribution", sa.Column("waiter_id", sa.String(length=64), nullable=True))
    op.add_column("contribution", sa.Column("waiter_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("waiter_until", "waiter_id", "editor_since"):
        op.drop_column("contribution", name)
