"""What the owners of cameras are asked of their authorisations."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "camera_task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_for", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_task")),
    )
    op.create_index(op.f("ix_camera_task_camera_id"), "camera_task", ["camera_id"], unique=False)
    op.create_index(op.f("ix_camera_task_closed_at"), "camera_task", ["closed_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_camera_task_closed_at"), table_name="camera_task")
    op.drop_index(op.f("ix_camera_task_camera_id"), table_name="camera_task")
    op.drop_table("camera_task")
