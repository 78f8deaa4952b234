"""What people decide of conflicts, and the versions of the table of rules; each inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from events.errors import InvalidRecord
from store.conflict_tables import conflict, conflict_measure, conflict_rules
from store.conflicts import DECIDED, ConflictState, announce
from store.database import Database
from store.frozen import freeze
from store.joined import joined_with


class Undecided(InvalidRecord):
    """A decision that cannot be taken; its words are a key of the catalogue of texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides: an organisation in a function, never a person."""

    organisation: str
    role: str
    at: datetime


def decide(connection: Connection, conflict_id: str, state: ConflictState, reason: str | None, by: Decider) -> None:
    """Accept a conflict, call it mitigated, or open it again; the same for what others tell of the same two events.

    Raises Undecided (a key of the catalogue) when it is over or unknown, or a measure is missing.
    """
    rows = _of_same_sides(connection, conflict_id)
    if state is ConflictState.MITIGATED and any(_missing(connection, row) for row in rows):
        raise Undecided("conflict.refused.missing")
    told: dict[str, Any] = {"state": state.value, "changed_at": by.at}
    if state in DECIDED:
        told |= {
            "decided_at": by.at, "decided_state": state.value, "decided_by": by.organisation, "decided_as": by.role,
            "reason": reason, "reopened_at": None,
        }  # fmt: skip
    else:
        told |= {"reopened_at": by.at}
    _write(connection, rows, told, by.at)


def tell_measure(connection: Connection, conflict_id: str, measure: str, by: Decider, *, is_present: bool) -> None:
    """Say that a required measure is present, or is not any more: a conflict called mitigated is then open again.

    Raises Undecided (a key of the catalogue) when the conflict is over or unknown, or requires no such measure.
    """
    rows = _of_same_sides(connection, conflict_id)
    if any(measure not in row.required.split(",") for row in rows):
        raise Undecided("conflict.refused.measure")
    for row in rows:
        of_this = conflict_measure.c.conflict_id == row.id, conflict_measure.c.measure == measure
        connection.execute(delete(conflict_measure).where(*of_this))
        if is_present:
            values = {"present_at": by.at, "told_by": by.organisation, "told_as": by.role}
            connection.execute(insert(conflict_measure).values(conflict_id=row.id, measure=measure, **values))
    told: dict[str, Any] = {"changed_at": by.at}
    if not is_present and any(row.state == ConflictState.MITIGATED.value for row in rows):
        told |= {"state": ConflictState.OPEN.value, "reopened_at": by.at}
    _write(connection, rows, told, by.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """One version of the table of rules; `content` is that of `insight.conflict_rules.content_of`."""

    id: int
    made_at: datetime
    made_by: str
    made_as: str
    content: Mapping[str, Any]


def keep_rules(connection: Connection, content: Mapping[str, Any], by: Decider) -> int:
    """Keep a table of rules as the newest version; return its number."""
    values = {"made_at": by.at, "made_by": by.organisation, "made_as": by.role, "content": freeze(content)}
    return int(connection.execute(insert(conflict_rules).values(values).returning(conflict_rules.c.id)).scalar_one())


def rule_tables(database: Database, limit: int = 20) -> tuple[RuleTable, ...]:
    """Return the last versions of the table of rules, newest first; none while the shipped one holds."""
    asked = select(conflict_rules).order_by(conflict_rules.c.id.desc()).limit(limit)
    with database.read() as connection:
        return tuple(
            RuleTable(
                id=row.id, made_at=row.made_at, made_by=row.made_by, made_as=row.made_as, content=row.content.content
            )
            for row in connection.execute(asked)
        )


def _of_same_sides(connection: Connection, conflict_id: str) -> list[Any]:
    """Return a conflict with those of the same rule between the same joined events; raise Undecided when it is over."""
    row = connection.execute(select(conflict).where(conflict.c.id == conflict_id)).first()
    if row is None:
        raise Undecided("conflict.refused.unknown")
    if row.state == ConflictState.OBSOLETE.value:
        raise Undecided("conflict.refused.obsolete")
    asked = select(conflict).where(
        conflict.c.rule == row.rule, conflict.c.a_id.in_(joined_with(connection, row.a_id)),
        conflict.c.state != ConflictState.OBSOLETE.value,
        conflict.c.b_id.is_(None) if row.b_id is None else conflict.c.b_id.in_(joined_with(connection, row.b_id)),
        conflict.c.place_id.is_(None) if row.place_id is None else conflict.c.place_id == row.place_id,
    )  # fmt: skip
    return list(connection.execute(asked.order_by(conflict.c.id)))


def _missing(connection: Connection, row: Any) -> set[str]:
    asked = select(conflict_measure.c.measure).where(conflict_measure.c.conflict_id == row.id)
    return {one for one in row.required.split(",") if one} - set(connection.execute(asked).scalars())


def _write(connection: Connection, rows: list[Any], told: Mapping[str, Any], now: datetime) -> None:
    ids = [row.id for row in rows]
    connection.execute(update(conflict).where(conflict.c.id.in_(ids)).values(**told))
    announce(connection, ids, now)
