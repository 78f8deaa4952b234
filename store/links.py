"""Links between events of several sources: proposed, confirmed, undone; and the groups that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from events.errors import InvalidRecord
from store.database import Database
from store.joined import groups_of, may_join
from store.kept import Kind
from store.link_tables import event_link
from store.notices import tell
from store.rollup import DayRollup
from store.snapshot import snapshot_to_event
from store.tables import event
from store.writer.groups import TooMany, members, moved, parts, settle, write_groups
from store.writer.numbering import Numbering

RULE = "rule"

Pair = tuple[str, str]
"""Two ids of events, the lesser first."""

PrecedenceOf = Callable[[str], int]
"""From a source to its precedence: of two, the one with the lesser number speaks first."""


class LinkState(StrEnum):
    """What was decided of two events that may be the same."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two events of two sources that may be the same, and each reason why; shares are 0 to 1, of the shorter one."""

    pair: Pair
    distance_m: float
    shared_line: float | None
    shared_time: float
    is_same_category: bool
    state: LinkState = LinkState.PROPOSED
    decided_at: datetime | None = None
    decided_by: str | None = None


def pair_of(one: str, other: str) -> Pair:
    """Return two ids as links name them."""
    return (one, other) if one < other else (other, one)


def links_of(database: Database, ids: Collection[str] | None) -> tuple[Link, ...]:
    """Return the links of these events, of all when `ids` is None; whoever shows one asks who may see both events."""
    with database.read() as connection:
        return tuple(_links(connection, ids))


def propose(
    database: Database, found: Mapping[Pair, Link], among: Collection[str] | None, *, now: datetime
) -> tuple[Pair, ...]:
    """Keep what was found of the events `among` (None: of all) as proposals; return the new ones.

    Proposals that were not found again go; what somebody decided stays. Open screens of both events are told.
    """
    with database.read() as connection:
        kept = {one.pair: one for one in _links(connection, among)}
    new = sorted(set(found) - set(kept))
    over = [pair for pair, one in kept.items() if one.state is LinkState.PROPOSED and pair not in found]
    if not new and not over:
        return ()
    with database.write() as connection:
        facts = _facts(connection, {one for pair in (*new, *over) for one in pair})
        new = [pair for pair in new if all(one in facts for one in pair)]
        rows = [_row(found[pair]) | {"proposed_at": now} for pair in new]
        if rows:
            connection.execute(insert(event_link), rows)
        for pair in over:
            connection.execute(delete(event_link).where(_is(pair), event_link.c.state == LinkState.PROPOSED.value))
        _tell(connection, facts, {one for pair in (*new, *over) for one in pair}, now)
    return tuple(new)


def confirm(
    database: Database, pair: Pair, *, by: str, now: datetime, precedence_of: PrecedenceOf, timezone: str
) -> None:
    """Show two events as one from now on, with what each is joined to already.

    Raises InvalidRecord when no such link waits or one of them is a draft, an exercise or withdrawn by now; TooMany.
    """
    with database.write(is_durable=True) as connection:
        kept = next((one for one in _links(connection, pair) if one.pair == pair), None)
        facts = _facts(connection, pair)
        if kept is None or len(facts) < 2 or any(row.withdrawn_at is not None for row in facts.values()):
            raise InvalidRecord("there is no such link between two events that are still told")
        told = [snapshot_to_event(facts[one].snapshot.content) for one in pair]
        if not may_join(*told):
            raise InvalidRecord("a draft or an exercise is not shown as one with something else")
        _decide(connection, [pair], LinkState.CONFIRMED, by, now)
        _regroup(connection, pair, precedence_of, timezone, now)


def refuse(
    database: Database, pair: Pair, *, by: str, now: datetime, precedence_of: PrecedenceOf, timezone: str
) -> None:
    """Say that two events are not the same: a proposal is never made again, a confirmed link is undone.

    Undoing one of a larger group takes `pair[0]` or `pair[1]` apart from each other only: see `separate`.
    """
    with database.write(is_durable=True) as connection:
        if not any(one.pair == pair for one in _links(connection, pair)):
            raise InvalidRecord("there is no such link")
        _decide(connection, [pair], LinkState.REFUSED, by, now)
        _regroup(connection, pair, precedence_of, timezone, now)


def separate(
    database: Database, event_id: str, *, by: str, now: datetime, precedence_of: PrecedenceOf, timezone: str
) -> None:
    """Take an event out of its group: it stands for itself again, and so does the other when only one is left."""
    with database.write(is_durable=True) as connection:
        undone = [one.pair for one in _links(connection, [event_id]) if one.state is LinkState.CONFIRMED]
        if not undone:
            raise InvalidRecord("this event is joined to no other")
        _decide(connection, undone, LinkState.REFUSED, by, now)
        _regroup(connection, {one for pair in undone for one in pair}, precedence_of, timezone, now)


def hand_over(database: Database, *, now: datetime, timezone: str) -> int:
    """Let speak first, in every group, what is in force now; return how many groups changed. Every screen is told."""
    with database.read() as connection:
        if not moved(members(connection, None), now):
            return 0
    with database.write() as connection:
        rows = members(connection, None)
        names = {row.joined_id for row, _ in moved(rows, now)}
        rows = [row for row in rows if row.joined_id in names]
        days, numbering = DayRollup(connection, timezone), Numbering(connection, now)
        days.regroup(names)
        settle(connection, rows, now)
        for row in sorted(rows, key=lambda row: str(row.event_id)):
            if row.withdrawn_at is None:
                numbering.add(Kind.EVENT, row.event_id, "linked", row.audience, row.audience)
        numbering.close()
        days.close()
        tell(connection)
    return len(names)


def _regroup(
    connection: Connection, ids: Collection[str], precedence_of: PrecedenceOf, timezone: str, now: datetime
) -> None:
    """Write the groups that hold these events anew, in the transaction of the decision."""
    whole = _reached(connection, ids)
    facts = _facts(connection, whole)
    days, numbering = DayRollup(connection, timezone), Numbering(connection, now)
    days.regroup({name for name, _position in groups_of(connection, whole).values()})
    write_groups(connection, {one: precedence_of(facts[one].source_id) for one in facts}, now)
    days.regroup({name for name, _position in groups_of(connection, whole).values()}, is_new=True)
    for one in sorted(facts):
        if facts[one].withdrawn_at is None:
            numbering.add(Kind.EVENT, one, "linked", facts[one].audience, facts[one].audience)
    numbering.close()
    days.close()
    tell(connection)


def _reached(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return these events, those joined to them now and those that confirmed links lead to."""
    names = {name for name, _position in groups_of(connection, ids).values()}
    reached = set(ids) | {row.event_id for row in members(connection, names)}
    waiting = set(reached)
    while waiting:
        links = [one for one in _links(connection, waiting) if one.state is LinkState.CONFIRMED]
        waiting = {one for link in links for one in link.pair} - reached
        reached |= waiting
    return reached


def _facts(connection: Connection, ids: Collection[str]) -> dict[str, Any]:
    query = select(event.c.id, event.c.source_id, event.c.audience, event.c.withdrawn_at, event.c.snapshot)
    return {row.id: row for part in parts(ids) for row in connection.execute(query.where(event.c.id.in_(part)))}


def _links(connection: Connection, ids: Collection[str] | None) -> list[Link]:
    query = select(event_link)
    if ids is None:
        return [_link(row) for row in connection.execute(query)]
    found: dict[Pair, Link] = {}
    for part in parts(ids):
        of_these = or_(event_link.c.low_id.in_(part), event_link.c.high_id.in_(part))
        found |= {(row.low_id, row.high_id): _link(row) for row in connection.execute(query.where(of_these))}
    return list(found.values())


def _link(row: Any) -> Link:
    told = {name: getattr(row, name) for name in _COLUMNS}
    return Link(pair=(row.low_id, row.high_id), state=LinkState(row.state), **told)


_COLUMNS = ("distance_m", "shared_line", "shared_time", "is_same_category", "decided_at", "decided_by")


def _row(one: Link) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in _COLUMNS}
    return {"low_id": one.pair[0], "high_id": one.pair[1], "state": one.state.value} | told


def _is(pair: Pair) -> Any:
    return (event_link.c.low_id == pair[0]) & (event_link.c.high_id == pair[1])


def _decide(connection: Connection, pairs: Collection[Pair], state: LinkState, by: str, now: datetime) -> None:
    for pair in pairs:
        told = {"state": state.value, "decided_at": now, "decided_by": by}
        connection.execute(update(event_link).where(_is(pair)).values(told))


def _tell(connection: Connection, facts: Mapping[str, Any], ids: Collection[str], now: datetime) -> None:
    numbering = Numbering(connection, now)
    for one in sorted(ids):
        row = facts.get(one)
        if row is not None and row.withdrawn_at is None:
            numbering.add(Kind.EVENT, one, "linked", row.audience, row.audience)
    numbering.close()
    tell(connection)


__all__ = [
    "RULE",
    "Link",
    "LinkState",
    "TooMany",
    "confirm",
    "hand_over",
    "links_of",
    "pair_of",
    "propose",
    "refuse",
    "separate",
]
