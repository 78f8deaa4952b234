"""Which words the gate withheld, by place and type, and the version of the gate that read a run."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "withheld",
        sa.Column("id", _ROW, nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("run_id", _ROW, nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["poll_run.id"], name=op.f("fk_withheld_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withheld")),
    )
    op.create_index(op.f("ix_withheld_run_id"), "withheld", ["run_id"])
    op.create_index(op.f("ix_withheld_source_id"), "withheld", ["source_id"])
    op.add_column("poll_run", sa.Column("gate", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("poll_run", "gate")
    op.drop_table("withheld")
