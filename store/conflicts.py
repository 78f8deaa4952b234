"""Conflicts as they are kept: what was found is written where it differs, what was decided stays until the facts outgrow it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, select, update

from events.validity import Period
from store.bulk import insert_rows
from store.columns import end_of, until_of
from store.conflict_tables import conflict, conflict_measure, conflict_window
from store.database import Database
from store.joined import meet_keys
from store.kept import Kind
from store.notices import tell
from store.tables import event
from store.writer.numbering import Numbering

ALL = "conflicts"
"""The object that every change of a conflict names: who hears of it reads again those they may see."""

_CHUNK = 500


class ConflictState(StrEnum):
    """Where a conflict stands; `obsolete`: its sides meet no longer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    MITIGATED = "mitigated"
    OBSOLETE = "obsolete"


DECIDED = (ConflictState.ACCEPTED, ConflictState.MITIGATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPlace:
    """What an event meets that is no event; `source` is who tells it, `title` passed the gate or is not told."""

    id: str
    kind: str
    source: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundConflict:
    """One broken rule as it was computed; `position` is longitude, latitude; neither `b_id` nor `place`: nothing covers `a_id`."""

    id: str
    rule: str
    severity: int
    a_id: str
    b_id: str | None
    place: FixedPlace | None
    owner: str
    position: tuple[float, float]
    districts: tuple[str, ...]
    windows: tuple[Period, ...]
    distance_m: float | None
    required: tuple[str, ...]


def settle(
    database: Database,
    found: Mapping[str, FoundConflict],
    among: Collection[str] | None,
    *,
    known_places: Collection[str],
    now: datetime,
) -> int:
    """Make the kept conflicts `among` these ids (None: all) those that were found; return how many changed.

    One that is found no longer is obsolete, unless it is over, or its fixed place is told by a source that is not among
    `known_places`: nothing is known of it then. A decision holds while the conflict stays within what was decided.
    """
    with database.read() as connection:
        if not any(_steps(connection, found, among, known_places, now)):
            return 0
    with database.write() as connection:
        steps = list(_steps(connection, found, among, known_places, now))
        known = set(_rows(connection, [one["id"] for one in steps]))
        steps = [one for one in steps if one["id"] in known or _is_kept(connection, found[one["id"]])]
        ids = {one["id"] for one in steps}
        for part in parts(sorted(ids & found.keys())):
            ahead = conflict_window.c.conflict_id.in_(part), conflict_window.c.until > now
            connection.execute(delete(conflict_window).where(*ahead))
        insert_rows(connection, conflict, [_whole(one) for one in steps if one["id"] not in known])
        for one in steps:
            if one["id"] in known:
                connection.execute(update(conflict).where(conflict.c.id == one["id"]).values(one))
        insert_rows(
            connection, conflict_window, [row for one in ids for row in _window_rows(found.get(one), now, known)]
        )
        announce(connection, ids, now)
    return len(ids)


def announce(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """Give a number to the change of these conflicts, once for each group of those who see both sides of one."""
    sides = [[one for one in (row.a_id, row.b_id) if one is not None] for row in _rows(connection, ids).values()]
    keys: dict[str, str] = {}
    for part in parts(sorted({one for pair in sides for one in pair})):
        asked = select(event.c.id, event.c.audience).where(event.c.id.in_(part))
        keys |= {row.id: row.audience for row in connection.execute(asked)}
    met = {meet_keys([keys[one] for one in pair]) for pair in sides}
    numbering = Numbering(connection, now)
    for key in sorted(met):
        numbering.add(Kind.CONFLICT, ALL, "changed", key, key)
    numbering.close()
    tell(connection)


def parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """Yield identifiers in lists that a question can hold."""
    return (ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK))


def windows_of(connection: Connection, ids: Collection[str]) -> dict[str, tuple[Period, ...]]:
    """Return the windows of conflicts, in order."""
    told: dict[str, list[Period]] = {}
    for part in parts(sorted(ids)):
        asked = select(conflict_window).where(conflict_window.c.conflict_id.in_(part))
        for row in connection.execute(asked.order_by(conflict_window.c.start, conflict_window.c.until)):
            told.setdefault(row.conflict_id, []).append(Period(row.start, end_of(row.until)))
    return {name: tuple(found) for name, found in told.items()}


def forget_conflicts(connection: Connection, event_ids: Collection[str]) -> None:
    """Delete the conflicts of events that are deleted, inside the caller's transaction."""
    for column in (conflict.c.a_id, conflict.c.b_id):
        of_these = select(conflict.c.id).where(column.in_(event_ids)).correlate(None)
        for table in (conflict_window, conflict_measure):
            connection.execute(delete(table).where(table.c.conflict_id.in_(of_these)))
        connection.execute(delete(conflict).where(column.in_(event_ids)))


def _steps(
    connection: Connection,
    found: Mapping[str, FoundConflict],
    among: Collection[str] | None,
    known_places: Collection[str],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    """Yield the values to write for each conflict that is not kept as it was found."""
    kept = _rows(connection, None if among is None else {*among, *found})
    windows = windows_of(connection, kept)
    for name, one in found.items():
        row = kept.get(name)
        if row is None:
            yield _facts(one) | {"id": name, "state": ConflictState.OPEN.value, "found_at": now, "changed_at": now}
            continue
        facts, ahead = _facts(one), _ahead(windows.get(name, ()), now)
        state = _state_of(row, one, ahead, now)
        is_same = all(getattr(row, key) == value for key, value in facts.items()) and row.state == state
        if not is_same or ahead != _ahead(one.windows, now):
            reopened = {"reopened_at": now} if state != row.state and row.decided_at is not None else {}
            yield facts | {"id": name, "state": state, "changed_at": now} | reopened
    for name, row in kept.items():
        is_told = row.place_source is None or row.place_source in known_places
        is_going_on = bool(_ahead(windows.get(name, ()), now))
        if name not in found and row.state != ConflictState.OBSOLETE.value and is_told and is_going_on:
            yield {"id": name, "state": ConflictState.OBSOLETE.value, "changed_at": now}


def _state_of(row: Any, one: FoundConflict, ahead: Sequence[Period], now: datetime) -> str:
    """Return the state of a conflict that is found again: a decision holds for what was decided, not for more."""
    if row.state not in DECIDED:
        return ConflictState.OPEN.value
    is_more = one.severity > row.severity or not set(one.required) <= set(_split(row.required))
    is_longer = any(not any(_holds(old, new) for old in ahead) for new in _ahead(one.windows, now))
    return ConflictState.OPEN.value if is_more or is_longer else str(row.state)


def _holds(outer: Period, inner: Period) -> bool:
    return outer.start <= inner.start and until_of(inner.end) <= until_of(outer.end)


def _ahead(windows: Iterable[Period], now: datetime) -> tuple[Period, ...]:
    return tuple(one for one in windows if until_of(one.end) > now)


def _is_kept(connection: Connection, one: FoundConflict) -> bool:
    """Tell whether the events of a new conflict are still kept: retention may have come between."""
    sides = {side for side in (one.a_id, one.b_id) if side is not None}
    return len(connection.execute(select(event.c.id).where(event.c.id.in_(sides))).all()) == len(sides)


def _window_rows(one: FoundConflict | None, now: datetime, known: Collection[str]) -> Iterator[dict[str, Any]]:
    if one is None:
        return
    told = _ahead(one.windows, now) if one.id in known else one.windows
    for window in told:
        yield {"conflict_id": one.id, "start": window.start, "until": until_of(window.end)}


def _facts(one: FoundConflict) -> dict[str, Any]:
    place = one.place
    return {
        "rule": one.rule, "severity": one.severity, "a_id": one.a_id, "b_id": one.b_id,
        "place_id": place and place.id, "place_kind": place and place.kind, "place_source": place and place.source,
        "place_title": place and place.title, "owner": one.owner, "districts": ",".join(one.districts),
        "lon": one.position[0], "lat": one.position[1], "distance_m": one.distance_m, "required": ",".join(one.required),
    }  # fmt: skip


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: values.get(column.name) for column in conflict.columns}


def _rows(connection: Connection, ids: Collection[str] | None) -> dict[str, Any]:
    query = select(conflict)
    if ids is None:
        return {row.id: row for row in connection.execute(query)}
    return {
        row.id: row for part in parts(sorted(ids)) for row in connection.execute(query.where(conflict.c.id.in_(part)))
    }


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
