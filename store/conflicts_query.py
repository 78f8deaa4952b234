"""Conflicts as one viewer may see them: only those of which both sides are theirs to see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from events.audience import AudienceLevel, Viewer
from events.validity import Period
from store.conflict_tables import conflict, conflict_measure, conflict_window
from store.conflicts import ConflictState, parts, windows_of
from store.database import Database
from store.derived import fold
from store.event_filters import meets
from store.frozen import is_keepable
from store.joined import groups_of, joined_with
from store.tables import event
from store.visibility import visible_to

SHOWN = (ConflictState.OPEN, ConflictState.ACCEPTED, ConflictState.MITIGATED)
_A, _B = event.alias("a"), event.alias("b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictQuery:
    """Which conflicts: those with a window that meets [start, end] (None: at any time), and all other conditions given.

    `districts`, `categories` and `organisations` match when one side does; `severity` is the least. `event_id` asks for
    those of one event, of all events that are joined to it too.
    """

    start: datetime | None = None
    end: datetime | None = None
    districts: Collection[str] = ()
    categories: Collection[str] = ()
    organisations: Collection[str] = ()
    severity: int | None = None
    states: Collection[ConflictState] = SHOWN
    text: str | None = None
    event_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSide:
    """An event of a conflict, as its source tells it."""

    id: str
    number: int
    headline: str
    category: str
    organisation: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure that the rule requires; `present_at` None: it is missing."""

    measure: str
    present_at: datetime | None = None
    told_by: str | None = None
    told_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was last decided of a conflict, by which organisation in which function, and why."""

    state: ConflictState
    at: datetime
    by: str
    role: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConflict:
    """One conflict; neither `b` nor `place_kind`: nothing covers `a`. `position` is longitude, latitude.

    `windows` are all of them, in order. A decision that holds no longer is told with `reopened_at`.
    """

    id: str
    rule: str
    severity: int
    state: ConflictState
    a: ConflictSide
    b: ConflictSide | None
    place_kind: str | None
    place_title: str | None
    owner: str
    districts: tuple[str, ...]
    position: tuple[float, float]
    distance_m: float | None
    windows: tuple[Period, ...]
    measures: tuple[Measure, ...]
    found_at: datetime
    changed_at: datetime
    decision: Decision | None
    reopened_at: datetime | None
    is_restricted: bool


def conflicts(database: Database, *, viewer: Viewer, query: ConflictQuery) -> tuple[KeptConflict, ...]:
    """Return the conflicts that match and of which this viewer may see both sides, the worst first.

    What several sources tell is one event: a conflict between two groups of joined events is told once.
    """
    asked = (
        select(conflict, *_shown(_A), *_shown(_B))
        .join(_A, _A.c.id == conflict.c.a_id)
        .outerjoin(_B, _B.c.id == conflict.c.b_id)
        .where(visible_to(viewer, _A.c.audience), or_(conflict.c.b_id.is_(None), visible_to(viewer, _B.c.audience)))
    )
    with database.read() as connection:
        rows = connection.execute(asked.where(*_conditions(connection, query))).all()
        wanted = set(query.districts)
        rows = [row for row in rows if not wanted or wanted & set(row.districts.split(","))]
        rows = _once(connection, rows)
        windows = windows_of(connection, [row.id for row in rows])
        measures = _measures(connection, [row.id for row in rows])
    found = [_kept(row, windows.get(row.id, ()), measures.get(row.id, {})) for row in rows]
    return tuple(sorted(found, key=lambda one: (-one.severity, _first(one, query), one.id)))


def _conditions(connection: Connection, query: ConflictQuery) -> list[Any]:
    found: list[Any] = [conflict.c.state.in_([one.value for one in query.states])]
    if query.start is not None and query.end is not None:
        of_this = conflict_window.c.conflict_id == conflict.c.id
        found.append(exists(select(1).where(of_this, meets(conflict_window, (query.start, query.end)))))
    if query.categories:
        names = sorted(query.categories)
        found.append(or_(_A.c.category.in_(names), _B.c.category.in_(names)))
    if query.organisations:
        names = sorted(query.organisations)
        found.append(or_(conflict.c.owner.in_(names), _B.c.organisation.in_(names)))
    if query.severity is not None:
        found.append(conflict.c.severity >= query.severity)
    if query.id is not None:
        found.append(conflict.c.id == query.id)
    if query.event_id is not None:
        ids = joined_with(connection, query.event_id)
        found.append(or_(conflict.c.a_id.in_(ids), conflict.c.b_id.in_(ids)))
    if query.text and query.text.strip():
        text = fold(query.text.strip()) if is_keepable(query.text) else None
        looked = (
            [one.c.search.contains(text, autoescape=True) for one in (_A, _B)] if text else [conflict.c.id.is_(None)]
        )
        found.append(or_(*looked))
    return found


def _once(connection: Connection, rows: Sequence[Any]) -> list[Any]:
    """Return one row for each pair of groups under a rule: that of who speaks first."""
    in_groups = groups_of(connection, {one for row in rows for one in (row.a_id, row.b_id) if one is not None})
    best: dict[tuple[str, ...], tuple[int, Any]] = {}
    for row in rows:
        sides = [in_groups.get(one, (one, 0)) if one is not None else ("", 0) for one in (row.a_id, row.b_id)]
        key, position = (row.rule, sides[0][0], sides[1][0], row.place_id or ""), sides[0][1] + sides[1][1]
        if key not in best or (position, row.id) < (best[key][0], best[key][1].id):
            best[key] = (position, row)
    return [row for _, row in best.values()]


def _measures(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Measure]]:
    told: dict[str, dict[str, Measure]] = {}
    for part in parts(sorted(ids)):
        for row in connection.execute(select(conflict_measure).where(conflict_measure.c.conflict_id.in_(part))):
            one = Measure(measure=row.measure, present_at=row.present_at, told_by=row.told_by, told_as=row.told_as)
            told.setdefault(row.conflict_id, {})[row.measure] = one
    return told


def _shown(side: Any) -> list[Any]:
    names = ("number", "category", "organisation", "audience", "snapshot")
    return [side.c[name].label(f"{side.name}_{name}") for name in names]


def _side(row: Any, name: str) -> ConflictSide | None:
    event_id = getattr(row, f"{name}_id")
    if event_id is None:
        return None
    told = getattr(row, f"{name}_snapshot").content
    return ConflictSide(
        id=event_id, number=getattr(row, f"{name}_number"), headline=told["headline"], language=told["language"],
        category=getattr(row, f"{name}_category"), organisation=getattr(row, f"{name}_organisation"),
    )  # fmt: skip


def _kept(row: Any, windows: tuple[Period, ...], present: dict[str, Measure]) -> KeptConflict:
    a = _side(row, "a")
    assert a is not None  # the column is never empty
    decision = None
    if row.decided_at is not None:
        state = ConflictState(row.decided_state)
        decision = Decision(state=state, at=row.decided_at, by=row.decided_by, role=row.decided_as, reason=row.reason)
    return KeptConflict(
        id=row.id, rule=row.rule, severity=row.severity, state=ConflictState(row.state), a=a, b=_side(row, "b"),
        place_kind=row.place_kind, place_title=row.place_title, owner=row.owner, distance_m=row.distance_m,
        districts=tuple(one for one in row.districts.split(",") if one), position=(row.lon, row.lat), windows=windows,
        measures=tuple(present.get(one, Measure(measure=one)) for one in row.required.split(",") if one),
        found_at=row.found_at, changed_at=row.changed_at, decision=decision, reopened_at=row.reopened_at,
        is_restricted=any(str(key).startswith(AudienceLevel.LISTED.value) for key in (row.a_audience, row.b_audience)),
    )  # fmt: skip


def _first(one: KeptConflict, query: ConflictQuery) -> datetime:
    """Return when a conflict first meets what was asked."""
    starts = [w.start for w in one.windows if query.start is None or w.end is None or w.end > query.start]
    return min(starts, default=one.found_at)


__all__ = ["SHOWN", "ConflictQuery", "ConflictSide", "Decision", "KeptConflict", "Measure", "conflicts"]
