"""Pictures and clips of events, and the queue of those that are made."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("masks", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("mark", sa.String(length=64), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("poster", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_event_id"), "media", ["event_id"], unique=False)
    op.create_index(op.f("ix_media_mark"), "media", ["mark"], unique=False)
    op.create_index("ix_media_state", "media", ["state"], unique=False)
    op.create_table(
        "media_job",
        sa.Column("media_id", sa.String(length=36), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("runner", sa.String(length=36), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_media_job")),
    )
    op.create_index(op.f("ix_media_job_mark"), "media_job", ["mark"], unique=False)
    op.create_table(
        "media_part",
        sa.Column("media_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("media_id", "number", name=op.f("pk_media_part")),
    )


def downgrade() -> None:
    op.drop_table("media_part")
    op.drop_index(op.f("ix_media_job_mark"), table_name="media_job")
    op.drop_table("media_job")
    op.drop_index("ix_media_state", table_name="media")
    op.drop_index(op.f("ix_media_mark"), table_name="media")
    op.drop_index(op.f("ix_media_event_id"), table_name="media")
    op.drop_table("media")
