"""What a form says of an event, whether it can be published, and the event it becomes. Pure: no clock, no database.

The form has no field for a cause, an organiser, a participant or an identity: there is nowhere to write one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from events.audience import Audience, AudienceLevel, listed, read_audience
from events.city import City
from events.errors import InvalidRecord
from events.geometry import check_geometry
from events.records import Effect, Event, Geometry, Route
from events.taxonomy import categories, category
from events.validity import Validity
from events.vocabulary import (
    CheckpointKind,
    DetectionMode,
    GeometryPrecision,
    MarchStatus,
    Severity,
    StoredStatus,
)

LONGEST_TEXT = 280
LONGEST = timedelta(days=400)
MOST_CHECKPOINTS = 60
MOST_EFFECTS = 40
GATHERINGS = "rass"  # family of the taxonomy
SIZE_CLASSES = range(1, 6)
TEXTS = ("headline", "place", "description", "instruction", "direction", "road_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event as a form holds it; times are aware. Without `end` a time to check again is needed."""

    category: str
    severity: Severity
    headline: str
    start: datetime
    end: datetime | None = None
    check_at: datetime | None = None
    geometry: Geometry | None = None
    geometry_precision: GeometryPrecision = GeometryPrecision.EXACT
    place: str | None = None
    road_name: str | None = None
    direction: str | None = None
    description: str | None = None
    instruction: str | None = None
    size_class: int | None = None
    route: Route | None = None
    effects: tuple[Effect, ...] = ()
    audience: Audience = field(default_factory=lambda: read_audience("partners"))
    embargo_until: datetime | None = None
    is_confirmed: bool = True
    march_status: MarchStatus | None = None
    is_start_verified: bool = False
    is_end_verified: bool = False
    situation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What must be mended in one field before the draft can be published: a key of the catalogue, with its parameters."""

    name: str
    key: str
    params: Mapping[str, object] = field(default_factory=dict)


def problems_of(draft: Draft, city: City) -> list[Problem]:
    """Return what stands against publishing, in the order of the form; empty when nothing does."""
    found = [*_what(draft), *_where(draft, city), *_when(draft), *_route(draft)]
    found += [
        Problem(name, "form.too_long", {"most": LONGEST_TEXT})
        for name in TEXTS
        if len(getattr(draft, name) or "") > LONGEST_TEXT
    ]
    if len(draft.effects) > MOST_EFFECTS:
        found.append(Problem("effects", "form.too_many", {"most": MOST_EFFECTS}))
    return found


def event_of(draft: Draft, *, source_id: str, external_id: str, organisation: str, now: datetime, city: City) -> Event:
    """Return the event a draft without problems becomes, for everyone in its audience."""
    geometry = None if draft.geometry is None else check_geometry(draft.geometry, city.area)
    return Event(
        source_id=source_id,
        external_id=external_id,
        organisation=organisation,
        category=draft.category,
        headline=draft.headline,
        validity=Validity(start=draft.start, end=draft.end),
        audience=draft.audience,
        severity=draft.severity,
        situation_id=draft.situation_id,
        description=draft.description,
        instruction=draft.instruction,
        status=_status(draft),
        march_status=draft.march_status,
        detection_mode=DetectionMode.INITIATIVE,
        is_start_verified=draft.is_start_verified,
        is_end_verified=draft.is_end_verified,
        published_at=now,
        geometry=geometry,
        geometry_precision=draft.geometry_precision if geometry is not None else GeometryPrecision.NONE,
        place=draft.place,
        road_name=draft.road_name,
        direction=draft.direction,
        size_class=draft.size_class,
        route=draft.route,
        effects=draft.effects,
    )


def draft_of(event: Event, *, check_at: datetime | None = None, embargo_until: datetime | None = None) -> Draft:
    """Return the form of a kept event, to be edited."""
    assert event.validity.start is not None, "a contribution always has a start"
    same = {one.name: getattr(event, one.name) for one in fields(Draft) if one.name in Event.__dataclass_fields__}
    return Draft(
        **same | {"embargo_until": embargo_until},
        start=event.validity.start,
        end=event.validity.end,
        check_at=check_at,
        is_confirmed=event.status is not StoredStatus.TO_CONFIRM,
    )


def _status(draft: Draft) -> StoredStatus | None:
    if draft.march_status is MarchStatus.CANCELLED:
        return StoredStatus.CANCELLED
    return None if draft.is_confirmed else StoredStatus.TO_CONFIRM


def may_be_declared(category_id: str) -> bool:
    """Tell whether events of a category are declared, confirmed or forbidden: marches and gatherings."""
    return category_id in categories() and category(category_id).family == GATHERINGS


def held_back(audience: Audience, organisations: frozenset[str]) -> Audience:
    """Return who may see a record that is held back: these organisations only, whatever it will be later."""
    return audience.meet(listed(organisations)) or listed(organisations)


def _what(draft: Draft) -> list[Problem]:
    found = []
    if draft.category not in categories():
        found.append(Problem("category", "form.category"))
    if not draft.headline.strip():
        found.append(Problem("headline", "form.needed"))
    if draft.march_status is not None and not may_be_declared(draft.category):
        found.append(Problem("march_status", "form.march_status"))
    if draft.size_class is not None and draft.size_class not in SIZE_CLASSES:
        found.append(Problem("size_class", "form.size"))
    if draft.audience.level is AudienceLevel.LISTED and len(draft.audience.organisations) > MOST_EFFECTS:
        found.append(Problem("audience", "form.too_many", {"most": MOST_EFFECTS}))
    return found


def _where(draft: Draft, city: City) -> list[Problem]:
    if draft.geometry is None:
        whole = draft.geometry_precision is GeometryPrecision.CITY
        return [] if whole else [Problem("geometry", "form.where")]
    try:
        check_geometry(draft.geometry, city.area)
    except InvalidRecord:
        return [Problem("geometry", "form.outside", {"city": city.name})]
    return []


def _when(draft: Draft) -> list[Problem]:
    found = []
    if draft.end is not None and draft.end <= draft.start:
        found.append(Problem("end", "form.end_before_start", {"start": draft.start, "end": draft.end}))
    if draft.end is not None and draft.end - draft.start > LONGEST:
        found.append(Problem("end", "form.too_far", {"days": LONGEST.days}))
    if draft.end is None and draft.check_at is None:
        found.append(Problem("check_at", "form.check_needed"))
    if draft.check_at is not None and draft.check_at <= draft.start and draft.end is None:
        found.append(Problem("check_at", "form.check_before_start", {"start": draft.start, "check": draft.check_at}))
    return found


def _route(draft: Draft) -> list[Problem]:
    if draft.route is None:
        return []
    points = draft.route.checkpoints
    if not 2 <= len(points) <= MOST_CHECKPOINTS:
        return [Problem("route", "form.route_count", {"most": MOST_CHECKPOINTS})]
    if any(not point.label.strip() for point in points):
        return [Problem("route", "form.route_label")]
    times = [point.planned_at for point in points if point.planned_at is not None]
    for before, after in itertools.pairwise(times):
        if after < before:
            return [Problem("route", "form.route_order", {"before": before, "after": after})]
    if points[-1].kind is CheckpointKind.START:
        return [Problem("route", "form.route_end")]
    return []
