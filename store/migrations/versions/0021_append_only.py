"""The database itself refuses to change or remove what was written in the audit and in the versions of events."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# A line of the audit may go once its six months are over; a day less, as the clocks of two machines may differ.
_KEPT_DAYS = 182
_SEALED = (
    "event_id, v, valid_from, valid_to, recorded_at, source_id, organisation, audience, category, severity, status, "
    "withdrawn_at, content_sha256, prev_sha256, sha256"
)
_AGES = {"sqlite": f"datetime('now', '-{_KEPT_DAYS} days')", "postgresql": f"now() - interval '{_KEPT_DAYS} days'"}

# Name -> table, what is refused, and when. A version is closed once, and becomes a tombstone when its time is over.
_GUARDS = {
    "audit_unchanged": ("audit", "UPDATE", None),
    "audit_kept": ("audit", "DELETE", "OLD.at > {age}"),
    "event_version_unchanged": ("event_version", f"UPDATE OF {_SEALED}", None),
    "event_version_closed_once": ("event_version", "UPDATE OF superseded_at", "OLD.superseded_at IS NOT NULL"),
    "event_version_content": (
        "event_version",
        "UPDATE OF snapshot, diff",
        "NEW.snapshot IS NOT NULL OR NEW.diff IS NOT NULL",
    ),
    "event_version_kept": ("event_version", "DELETE", None),
}
# SQLite's REPLACE removes a row without asking the guards of removal.
_REPLACED = {
    "audit_not_replaced": ("audit", "seq = NEW.seq"),
    "event_version_not_replaced": ("event_version", "event_id = NEW.event_id AND v = NEW.v"),
}
_EMPTIED = {"audit_not_emptied": "audit", "event_version_not_emptied": "event_version"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _guard_file()
    else:
        _guard_server()


def _guard_file() -> None:
    for name, (table, what, when) in _GUARDS.items():
        only = f" WHEN {when.format(age=_AGES['sqlite'])}" if when else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table}{only} BEGIN {_refusal(table)} END")
    for name, (table, same) in _REPLACED.items():
        only = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {only} BEGIN {_refusal(table)} END")


def _refusal(table: str) -> str:
    return f"SELECT RAISE(ABORT, 'what was written in {table} stays as it is');"


def _guard_server() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'what was written in % stays as it is', TG_TABLE_NAME "
        "USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME; END $$"
    )
    for name, (table, what, when) in _GUARDS.items():
        only = f" WHEN ({when.format(age=_AGES['postgresql'])})" if when else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW{only} EXECUTE FUNCTION refuse_change()"
        )
    for name, table in _EMPTIED.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    is_file = op.get_bind().dialect.name == "sqlite"
    tables = {name: table for name, (table, *_) in (_GUARDS | (_REPLACED if is_file else {})).items()}
    for name, table in (tables if is_file else tables | _EMPTIED).items():
        op.execute(f"DROP TRIGGER {name}" if is_file else f"DROP TRIGGER {name} ON {table}")
    if not is_file:
        op.execute("DROP FUNCTION refuse_change()")
