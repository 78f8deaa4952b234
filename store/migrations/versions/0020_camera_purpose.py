"""Why somebody looked at cameras beside a demonstration."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_purpose",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_purpose")),
    )
    op.create_index(op.f("ix_camera_purpose_at"), "camera_purpose", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_camera_purpose_at"), table_name="camera_purpose")
    op.drop_table("camera_purpose")
