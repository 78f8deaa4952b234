"""What people order of a source: pause, resume, relaunch, a note, a field allowed. Kept, obeyed by the process that polls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from events.errors import InvalidRecord
from store.database import Database
from store.notices import tell
from store.source_tables import source_field, source_order, source_schema

ORDERS_SHOWN = 20


class What(StrEnum):
    """What may be ordered."""

    PAUSE = "pause"
    RESUME = "resume"
    RELAUNCH = "relaunch"
    NOTE = "note"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order; `told` and `reference` passed the privacy gate. `id` is 0 until it is kept."""

    source_id: str
    what: What
    ordered_at: datetime
    authority: str
    told: str | None = None
    field: str | None = None
    reference: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Orders:
    """What holds for one source: paused since when, the last note, the last orders (newest first)."""

    paused_at: datetime | None = None
    note: Order | None = None
    last: tuple[Order, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a source: known ones are kept, locked ones wait for a decision; with when each was first told."""

    readings: int = 0
    known: frozenset[str] = frozenset()
    locked: Mapping[str, datetime] = field(default_factory=dict)


def _nothing(_: Connection) -> None:
    """Keep nothing beside an order."""


def order(database: Database, given: Order, beside: Callable[[Connection], None] = _nothing) -> int:
    """Keep an order durably and tell every process; return its number. Raises StoreUnavailable.

    `beside` writes in the same transaction what is kept together with the order or not at all.

    Raises InvalidRecord when it allows a field that does not wait for a decision, and then nothing is kept.
    """
    columns = {name: getattr(given, name) for name in Order.__dataclass_fields__ if name != "id"}
    with database.write(is_durable=True) as connection:
        made = connection.execute(
            insert(source_order).returning(source_order.c.id), columns | {"what": given.what.value}
        )
        number = int(made.scalar_one())
        if given.what is What.ALLOW:
            waiting = (source_field.c.source_id == given.source_id, source_field.c.field == given.field)
            allowed = update(source_field).where(*waiting, source_field.c.is_known == 0)
            if connection.execute(allowed.values(is_known=1, order_id=number)).rowcount != 1:
                raise InvalidRecord("no field of this name waits for a decision")
        beside(connection)
        tell(connection)
    return number


def orders_after(database: Database, number: int) -> tuple[Order, ...]:
    """Return the orders with a greater number, oldest first."""
    query = select(source_order).where(source_order.c.id > number).order_by(source_order.c.id)
    with database.read() as connection:
        return tuple(_order(row) for row in connection.execute(query))


def last_order(database: Database) -> int:
    """Return the number of the last order, 0 before the first."""
    with database.read() as connection:
        return int(connection.execute(select(func.coalesce(func.max(source_order.c.id), 0))).scalar_one())


def paused(database: Database) -> Mapping[str, datetime]:
    """Return, per paused source, since when."""
    with database.read() as connection:
        rows = connection.execute(_last_of_each("pause", "resume")).all()
    return {row.source_id: row.ordered_at for row in rows if row.what == What.PAUSE}


def orders(database: Database, source_id: str) -> Orders:
    """Return what was ordered of a source."""
    of_source = select(source_order).where(source_order.c.source_id == source_id).order_by(source_order.c.id.desc())
    with database.read() as connection:
        last = tuple(_order(row) for row in connection.execute(of_source.limit(ORDERS_SHOWN)))
        note = connection.execute(of_source.where(source_order.c.what == What.NOTE.value).limit(1)).first()
        switch = connection.execute(of_source.where(source_order.c.what.in_(["pause", "resume"])).limit(1)).first()
    return Orders(
        paused_at=switch.ordered_at if switch is not None and switch.what == What.PAUSE else None,
        note=_order(note) if note is not None and note.told else None,
        last=last,
    )


def fields_of(database: Database, source_id: str) -> Fields:
    """Return the fields a source has told so far."""
    return fields_of_each(database).get(source_id, Fields())


def fields_of_each(database: Database) -> Mapping[str, Fields]:
    """Return the fields of every source that told any."""
    with database.read() as connection:
        readings = {row.source_id: row.readings for row in connection.execute(select(source_schema))}
        rows = connection.execute(select(source_field).order_by(source_field.c.source_id, source_field.c.field)).all()
    return {
        source_id: Fields(
            count,
            frozenset(row.field for row in rows if row.source_id == source_id and row.is_known),
            {row.field: row.first_seen_at for row in rows if row.source_id == source_id and not row.is_known},
        )
        for source_id, count in readings.items()
    }


def _last_of_each(*kinds: str) -> Any:
    last = select(func.max(source_order.c.id)).where(source_order.c.what.in_(kinds)).group_by(source_order.c.source_id)
    return select(source_order).where(source_order.c.id.in_(last))


def _order(row: Row[Any]) -> Order:
    values = {name: getattr(row, name) for name in Order.__dataclass_fields__}
    return Order(**values | {"what": What(row.what)})


__all__ = ["Fields", "Order", "Orders", "What", "fields_of", "fields_of_each", "last_order", "order", "orders",
           "orders_after", "paused"]  # fmt: skip
