"""The groups of events that are shown as one: written from the confirmed links, kept true when an event changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from events.errors import InvalidRecord
from store.joined import MAX_JOINED, groups_of
from store.kept import Kind
from store.link_tables import event_joined, event_link
from store.rollup import DayRollup
from store.tables import event
from store.writer.numbering import Numbering

CONFIRMED = "confirmed"
_CHUNK = 400


class TooMany(InvalidRecord):
    """A group would grow beyond what is shown as one."""


def follow(connection: Connection, numbering: Numbering, days: DayRollup | None = None) -> None:
    """Give a number to every event that is joined to one which changed, and settle who speaks first.

    Called before the numbers of a transaction are written; without `days` the order in the groups stays.
    """
    touched = numbering.events
    groups = {name for name, _position in groups_of(connection, touched).values()} if touched else set()
    if not groups:
        return
    rows = members(connection, groups)
    if days is not None:
        days.regroup(groups)
        settle(connection, rows, numbering.now)
    for row in rows:
        if row.event_id not in touched and row.withdrawn_at is None:
            numbering.add(Kind.EVENT, row.event_id, "linked", row.audience, row.audience)


def unlink(connection: Connection, ids: Collection[str], now: datetime) -> set[str]:
    """Forget every link of events that are about to be deleted; return those that were joined to them and stay.

    The sums by day were told before (`DayRollup.take_out`).
    """
    groups = {name for name, _position in groups_of(connection, ids).values()}
    for part in parts(ids):
        connection.execute(delete(event_link).where(or_(event_link.c.low_id.in_(part), event_link.c.high_id.in_(part))))
        connection.execute(delete(event_joined).where(event_joined.c.event_id.in_(part)))
    if not groups:
        return set()
    rest = members(connection, groups)
    write_groups(connection, {row.event_id: row.precedence for row in rest}, now)
    return {row.event_id for row in rest}


def write_groups(connection: Connection, precedences: Mapping[str, int], now: datetime) -> None:
    """Write the groups of events that hold together; raise TooMany before anything is shown of it."""
    for part in parts(precedences):
        connection.execute(delete(event_joined).where(event_joined.c.event_id.in_(part)))
    links = _confirmed(connection, precedences)
    group_of = {one: one for one in precedences}
    for low, high in links:
        if low in group_of and high in group_of:
            kept, gone = sorted((group_of[low], group_of[high]))
            group_of |= {one: kept for one, name in group_of.items() if name == gone}
    sizes = {name: sum(1 for other in group_of.values() if other == name) for name in group_of.values()}
    if max(sizes.values(), default=0) > MAX_JOINED:
        raise TooMany(f"more than {MAX_JOINED} events are not shown as one")
    rows = [
        {"event_id": one, "joined_id": name, "precedence": precedences[one], "position": 0}
        for one, name in group_of.items()
        if sizes[name] > 1
    ]
    if rows:
        connection.execute(insert(event_joined), rows)
        settle(connection, members(connection, set(group_of.values())), now)


def settle(connection: Connection, rows: Sequence[Any], now: datetime) -> None:
    """Write who speaks first in each group of these members."""
    for row, position in moved(rows, now):
        of_event = event_joined.c.event_id == row.event_id
        connection.execute(update(event_joined).where(of_event).values(position=position))


def moved(rows: Sequence[Any], now: datetime) -> list[tuple[Any, int]]:
    """Return the members that speak at another place than is written, and that place.

    What is in force speaks before what is to come, and that before what is over; then precedence of the sources, the
    latest publication, the first recorded. A withdrawn one keeps its place: it still spoke before that.
    """

    def order(row: Any) -> tuple[int, int, float, str]:
        phase = 0 if row.withdrawn_at is not None else 2 if row.until <= now else int(row.start > now)
        return phase, row.precedence, -(row.published_at or row.changed_at).timestamp(), row.event_id

    places = ((row.joined_id, row) for row in sorted(rows, key=order))
    given: dict[str, int] = {}
    found: list[tuple[Any, int]] = []
    for name, row in places:
        position = given[name] = given.get(name, -1) + 1
        if row.position != position:
            found.append((row, position))
    return found


def _confirmed(connection: Connection, ids: Collection[str]) -> set[tuple[str, str]]:
    query = select(event_link.c.low_id, event_link.c.high_id).where(event_link.c.state == CONFIRMED)
    found: set[tuple[str, str]] = set()
    for part in parts(ids):
        of_these = or_(event_link.c.low_id.in_(part), event_link.c.high_id.in_(part))
        found |= {(row.low_id, row.high_id) for row in connection.execute(query.where(of_these))}
    return found


def members(connection: Connection, groups: Collection[str] | None) -> Sequence[Any]:
    """Return the rows of these groups (None: of all) with what decides who speaks first and who may see them."""
    told = (
        event.c.audience,
        event.c.withdrawn_at,
        event.c.published_at,
        event.c.changed_at,
        event.c.start,
        event.c.until,
    )
    query = select(event_joined, *told).join(event, event.c.id == event_joined.c.event_id)
    if groups is None:
        return connection.execute(query).all()
    found: list[Any] = []
    for part in parts(groups):
        found += connection.execute(query.where(event_joined.c.joined_id.in_(part))).all()
    return found


def parts(ids: Collection[str]) -> list[list[str]]:
    """Return ids in lists that a statement can hold."""
    wanted = sorted(ids)
    return [wanted[first : first + _CHUNK] for first in range(0, len(wanted), _CHUNK)]
