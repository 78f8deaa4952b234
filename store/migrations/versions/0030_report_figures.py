"""The figures that a copy of an analysis told."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_figures",
        sa.Column("copy_id", sa.String(length=36), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("first", sa.String(length=10), nullable=False),
        sa.Column("last", sa.String(length=10), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("serious", sa.Float(), nullable=True),
        sa.Column("closed", sa.Float(), nullable=True),
        sa.Column("congested", sa.Float(), nullable=True),
        sa.Column("delay", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["report_copy.id"], name=op.f("fk_report_figures_copy_id")),
        sa.PrimaryKeyConstraint("copy_id", name=op.f("pk_report_figures")),
    )


def downgrade() -> None:
    op.drop_table("report_figures")
