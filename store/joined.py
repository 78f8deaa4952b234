"""Events that several sources tell, shown as one: who of a group speaks first for a viewer, and what the others add.

Nothing is merged: every member keeps its record and its chain. A group is joined anew for each viewer from the members
that this viewer may see, so that the joined record is read by the intersection of their audiences only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from events.audience import Audience, Viewer, read_audience
from events.records import Event
from events.vocabulary import Certainty, Urgency
from store.event_filters import window_of
from store.kept import EventQuery, KeptEvent, Teller
from store.link_tables import event_joined
from store.tables import event
from store.visibility import visible_to

MAX_JOINED = 5
NOBODY = "nobody"
"""Audience of a sum that only who sees everything may read: no organisation is in all the audiences it stands for."""

# What a later member gives where an earlier one is silent. Headline, category, severity, status, times and place are
# always those of the first: a place and its words, a start and its end come from one source together.
_FILLED = (
    "description",
    "instruction",
    "effects",
    "route",
    "march_status",
    "size_class",
    "direction",
    "urgency",
    "certainty",
)
_TEXTS = frozenset({"description", "instruction", "effects"})
_SILENT = (None, (), Urgency.UNKNOWN, Certainty.UNKNOWN)
_CHUNK = 500


_MINE, _OTHER, _FIRST = event_joined.alias("mine"), event_joined.alias("other"), event.alias("first")
_LATER = select(_MINE.c.event_id).join(
    _OTHER, (_OTHER.c.joined_id == _MINE.c.joined_id) & (_OTHER.c.position < _MINE.c.position)
)
_IS_FIRST = _FIRST.c.id == _OTHER.c.event_id


class Member(NamedTuple):
    """One member of a group; it speaks for others from `since` to `until`: while it is in force and not withdrawn."""

    event_id: str
    joined_id: str
    position: int
    audience: str
    since: datetime
    until: datetime


def followers(viewer: Viewer, query: EventQuery | None = None) -> Select[Any]:
    """Return the ids of the events that another event speaks for, as far as this viewer sees; as a subquery.

    A withdrawn event speaks for nobody, but with `query.at` it did until it was withdrawn; nor does one that is not in
    force when the query asks: what goes on longer is not hidden by what ended.
    """
    first = _FIRST.c
    speaks: ColumnElement[bool] = first.withdrawn_at.is_(None)
    if query is not None and query.at is not None:
        speaks = or_(speaks, first.withdrawn_at > query.at)
    window = None if query is None else window_of(query)
    if window is not None:
        speaks = and_(speaks, first.start <= window[1], first.until >= window[0])
    # Joined, SQLite begins with every event of the span, of which a city has thousands, not with the few groups.
    return _LATER.where(select(1).where(_IS_FIRST, speaks, visible_to(viewer, first.audience)).exists())


def spoken_for(connection: Connection, viewer: Viewer) -> Mapping[str, Sequence[tuple[datetime, datetime]]]:
    """Return, per event that others speak for, the spans during which they do."""
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for group in members_of(connection, None).values():
        heard: list[tuple[datetime, datetime]] = []
        for one in group:
            if heard:
                found[one.event_id] = list(heard)
            if viewer.may_see(read_audience(one.audience)):
                heard.append((one.since, one.until))
    return found


def members_of(connection: Connection, groups: Collection[str] | None) -> dict[str, list[Member]]:
    """Return the members of these groups (None: of all), first speaker first."""
    query = (
        select(event_joined.c.event_id, event_joined.c.joined_id, event_joined.c.position)
        .add_columns(event.c.audience, event.c.withdrawn_at, event.c.start, event.c.until)
        .join(event, event.c.id == event_joined.c.event_id)
        .order_by(event_joined.c.joined_id, event_joined.c.position)
    )
    rows: list[Row[Any]] = []
    if groups is None:
        rows += connection.execute(query)
    else:
        for part in _parts(sorted(groups)):
            rows += connection.execute(query.where(event_joined.c.joined_id.in_(part)))
    found: dict[str, list[Member]] = {}
    for row in rows:
        until = row.until if row.withdrawn_at is None else min(row.until, row.withdrawn_at)
        found.setdefault(row.joined_id, []).append(
            Member(row.event_id, row.joined_id, row.position, row.audience, row.start, until)
        )
    return found


def groups_of(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return group and position of those of these events that are in one."""
    found: dict[str, tuple[str, int]] = {}
    for part in _parts(list(ids)):
        rows = connection.execute(select(event_joined).where(event_joined.c.event_id.in_(part)))
        found.update({row.event_id: (row.joined_id, row.position) for row in rows})
    return found


def joined_with(connection: Connection, event_id: str) -> list[str]:
    """Return an event and those that are joined to it, whoever may see them."""
    mine = select(event_joined.c.joined_id).where(event_joined.c.event_id == event_id)
    others = connection.execute(select(event_joined.c.event_id).where(event_joined.c.joined_id.in_(mine))).scalars()
    return sorted({event_id, *others})


@dataclass(frozen=True, slots=True)
class Share:
    """Something to add to the sums by day so that a group counts once: what of an event lies in a span."""

    event_id: str
    audience: str
    sign: int
    since: datetime
    until: datetime


def shares(group: Sequence[Member]) -> Iterable[Share]:
    """Yield what the sums must add to those of each member so that every viewer counts the group once.

    By inclusion and exclusion: who sees a member and an earlier one is in both audiences, and sees the share too.
    """
    for number, one in enumerate(group):
        for size in range(1, number + 1):
            for earlier in combinations(group[:number], size):
                key = meet_keys([one.audience, *(other.audience for other in earlier)])
                since, until = max(other.since for other in earlier), min(other.until for other in earlier)
                if since < until:
                    yield Share(one.event_id, key, -1 if size % 2 else 1, since, until)


def meet_keys(keys: Sequence[str]) -> str:
    """Return the key of the intersection of audiences, NOBODY when no organisation is in all of them."""
    met: Audience | None = read_audience(keys[0])
    for key in keys[1:]:
        met = None if met is None else met.meet(read_audience(key))
    return NOBODY if met is None else met.key


def join(members: Sequence[KeptEvent]) -> KeptEvent:
    """Return one event from the members that a viewer may see, first speaker first; one alone stays as it is."""
    if len(members) == 1:
        return members[0]
    first, told = members[0], members[0].event
    given: dict[str, list[str]] = {one.id: [] for one in members}
    filled: dict[str, Any] = {}
    for name in _FILLED:
        for one in members:
            value = getattr(one.event, name)
            if value not in _SILENT and (name not in _TEXTS or one.event.language == told.language):
                if one is not first:
                    filled[name] = value
                    given[one.id].append(name)
                break
    heard = [one for one in members if one is first or given[one.id]]
    credited = dict.fromkeys(one.event.attribution for one in heard if one.event.attribution)
    audience = told.audience
    for one in members[1:]:
        audience = audience.meet(one.event.audience) or audience
    event_told = replace(told, **filled, attribution=" · ".join(credited) or None, audience=audience)
    tellers = tuple(
        Teller(one.id, one.number, one.event.source_id, one.event.organisation, tuple(given[one.id])) for one in members
    )
    return replace(first, event=event_told, told_by=tellers, changed_at=max(one.changed_at for one in members))


def seen_groups(kept: Iterable[KeptEvent], viewer: Viewer) -> dict[str, list[KeptEvent]]:
    """Return, per group, its members among these events that a viewer may see, first speaker first."""
    found: dict[str, list[KeptEvent]] = {}
    for one in kept:
        if one.group is not None and viewer.may_see(one.event.audience, one.event.source_id):
            found.setdefault(one.group[0], []).append(one)
    return {name: sorted(group, key=position) for name, group in found.items()}


def position(one: KeptEvent) -> int:
    """Return who speaks before whom in a group."""
    return one.group[1] if one.group is not None else 0


def may_join(one: Event, other: Event) -> bool:
    """Tell whether two events may be shown as one at all: never a draft, never an exercise with something real."""
    return (
        one.source_id != other.source_id
        and one.information_status is other.information_status
        and not any(event_told.status is not None and event_told.status.value == "draft" for event_told in (one, other))
    )


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK))
