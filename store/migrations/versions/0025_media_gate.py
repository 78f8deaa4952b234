"""The version of the media gate that looked at a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media", sa.Column("gate", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("media", "gate")
