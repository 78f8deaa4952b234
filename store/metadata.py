"""What the modules of tables share: one collection of tables, how long runs are kept, the type of row numbers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# How long what a column holds is kept; `store.retention` deletes by these words, `store.annotations` allows no other.
FOR_RUNS = "400 days"
WITH_EVENT = "with its event"
WITH_RECORD = "with its record"
WITH_ACCOUNT = "with its account"
FOR_SESSIONS = "30 days"  # after the sign-in ended
FOR_AUDIT = "6 months"
WITH_AGREEMENT = "with its agreement"  # and as long as runs after its end
FOR_CONTROL = "5 years"  # what the control of drift found, and what was answered
ALWAYS = "as long as the store"  # counts, hashes and codes only: no text
RETENTIONS = frozenset(
    {FOR_RUNS, WITH_EVENT, WITH_RECORD, WITH_ACCOUNT, WITH_AGREEMENT, FOR_SESSIONS, FOR_AUDIT, FOR_CONTROL, ALWAYS}
)
# SQLite numbers rows by itself only in a column of the exact type INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")
