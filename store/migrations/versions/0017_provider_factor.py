"""Whether an identity provider proved a second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("is_factor_proved", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "is_factor_proved")
