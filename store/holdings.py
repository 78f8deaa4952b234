"""What every table holds, counted now: rows, the oldest of them, columns that nothing fills; from the schema itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, func, select, true

from events.audience import ANONYMOUS
from store.columns import FAR, Moment
from store.database import Database
from store.metadata import FOR_AUDIT, FOR_SESSIONS, WITH_ACCOUNT, metadata
from store.visibility import visible_to

_OF_POSTS = frozenset({WITH_ACCOUNT, FOR_SESSIONS, FOR_AUDIT})
# What says when a row came, by the words the tables use for it.
_CAME = (
    "recorded_at",
    "at",
    "started_at",
    "created_at",
    "made_at",
    "opened_at",
    "saved_at",
    "ordered_at",
    "proposed_at",
    "first_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table: its columns with what they say of themselves, its rows, its oldest row, its columns that are never filled."""

    table: str
    columns: tuple[Mapping[str, str], ...]
    rows: int
    oldest: datetime | None
    never_filled: tuple[str, ...]
    is_of_posts: bool


def holdings(database: Database, *, is_public: bool = False) -> tuple[Holding, ...]:
    """Return every table of the schema, counted, or of what has an audience only what is public; raise StoreUnavailable."""
    with database.read() as connection:
        return tuple(_holding(connection, table, is_public=is_public) for table in metadata.sorted_tables)


def _holding(connection: Any, table: Table, *, is_public: bool) -> Holding:
    is_of_posts = any(column.info["retention"] in _OF_POSTS for column in table.columns)
    is_limited = is_public and not is_of_posts and "audience" in table.c  # that of a key is how far it sees
    told = visible_to(ANONYMOUS, table.c.audience) if is_limited else true()
    optional = [column for column in table.columns if column.nullable]
    came = next((table.c[name] for name in _CAME if name in table.c and isinstance(table.c[name].type, Moment)), None)
    asked: list[Any] = [func.count(), *(func.count(column) for column in optional)]
    if came is not None:
        asked.append(func.min(came, type_=Moment()))
    found = connection.execute(select(*asked).select_from(table).where(told)).one()
    rows, filled = int(found[0]), found[1 : 1 + len(optional)]
    oldest = found[-1] if came is not None else None
    return Holding(
        table=table.name, columns=tuple(_said(column) for column in table.columns), rows=rows,
        oldest=None if oldest is None or oldest >= FAR else oldest,
        never_filled=tuple(column.name for column, count in zip(optional, filled, strict=True) if rows and not count),
        is_of_posts=is_of_posts,
    )  # fmt: skip


def _said(column: Column[Any]) -> Mapping[str, str]:
    return {
        "name": column.name,
        **{name: str(column.info[name]) for name in ("content", "personal", "purpose", "retention")},
    }
