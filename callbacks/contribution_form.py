"""The form of a contribution as the browser holds it, read into a draft; and a kept draft written back as a form.

Nothing of the browser is trusted: what cannot be read is a problem of its field, and times, labels and closures that the
panel shows as computed are computed here again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from access.drafts import Draft, Problem, may_be_declared
from callbacks.contribution_way import Way, read_way, way_form
from events.audience import PARTNERS, PUBLIC, Audience, AudienceLevel, listed
from events.city import City
from events.place_names import PlaceNames
from events.records import Effect, Geometry
from events.taxonomy import category
from events.vocabulary import GeometryPrecision, MarchStatus, Severity

TEXTS = ("headline", "place", "description", "instruction", "direction")
MOMENTS = ("start", "end", "check_at", "embargo_until")
_LONGEST = 2000  # beyond the form's own limit, which is told by field
_FARTHEST = timedelta(days=800)
USUAL_STATUS = {"manifestation": "declared", "rassemblement": "declared"}
PACE_KMH = 2.5
FORM_KEYS = {"geometry": ("kind", "points", "geometry"), "route": ("kind", "points", "geometry", "pace"),
             "effects": ("axes_off", "points"), "audience": ("audience", "organisations"),
             "geometry_precision": ("kind", "geometry"), "end": ("end", "check_at"), "check_at": ("end", "check_at"),
             "is_confirmed": ("is_confirmed",)}  # fmt: skip
"""Which fields of the form a field of the draft is written in, where they are not of the same name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form that was read: the draft, what could not be read, the way with its timetable when there is one."""

    draft: Draft
    problems: tuple[Problem, ...]
    way: Way | None
    title: str
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What reading a form needs to know: whose it is, where and when."""

    city: City
    places: PlaceNames
    home: str
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The city's clock."""
        return ZoneInfo(self.city.timezone)


def read_form(form: Mapping[str, Any], desk: Desk, *, lang: str, base: Draft | None = None) -> Filled:
    """Return what a form says; fields that it does not have keep what `base` holds."""
    problems: list[Problem] = []
    moments = {name: _moment(form.get(name), name, desk, problems) for name in MOMENTS}
    if moments["start"] is None and not any(one.name == "start" for one in problems):
        problems.append(Problem("start", "form.start_needed"))
    embargo = moments["embargo_until"]
    if embargo is not None and embargo <= desk.now:
        problems.append(Problem("embargo_until", "form.embargo_past"))
    start = moments["start"] or desk.now
    texts = {name: str(form.get(name) or "").strip()[:_LONGEST] for name in TEXTS}
    kind, size = str(form.get("category") or ""), _number(form.get("size_class"))
    way = read_way(form, start, size, desk.city, desk.places, problems) if form.get("kind") == "route" else None
    geometry = way.line if way else _geometry(form)
    place = texts["place"] or _place(way, geometry, desk.places)
    title = f"{category(kind).name(lang)}, {place}" if place and kind else category(kind).name(lang) if kind else ""
    audience = _audience(form, desk.home, problems)
    made = Draft(
        category=kind, severity=_severity(form, problems), headline=texts["headline"] or title[:280], start=start,
        end=moments["end"] or (way.ends_at if way and not moments["check_at"] else None),
        check_at=None if moments["end"] else moments["check_at"], geometry=geometry,
        geometry_precision=GeometryPrecision.CITY if form.get("kind") == "city" else GeometryPrecision.EXACT,
        place=place or None, description=texts["description"] or None, instruction=texts["instruction"] or None,
        direction=texts["direction"] or None, size_class=size, route=way.route if way else None,
        effects=_effects(way, base), audience=audience, embargo_until=embargo, is_confirmed=form.get("is_confirmed") is not False,
        march_status=_march_status(form, kind, base, problems),
        is_start_verified=_told(form, "is_start_verified", base), is_end_verified=_told(form, "is_end_verified", base),
    )  # fmt: skip
    if base is not None:
        made = replace(
            made, road_name=base.road_name, situation_id=base.situation_id,
            embargo_until=embargo if "embargo_until" in form else base.embargo_until,
            march_status=_modified(made, base),
        )  # fmt: skip
    return Filled(draft=made, problems=tuple(problems), way=way, title=title[:280], place=place)


def write_form(draft: Draft, city: City) -> dict[str, Any]:
    """Return a draft as the browser's form: times on the city's clock, as people read them."""
    zone = ZoneInfo(city.timezone)
    kind = {"LineString": "route" if draft.route else "zone", "Point": "point"}.get(_type(draft.geometry), "zone")
    if draft.geometry is None:
        kind = "city" if draft.geometry_precision is GeometryPrecision.CITY else "point"
    listed_to = sorted(draft.audience.organisations)
    level = "restricted" if draft.audience.level is AudienceLevel.LISTED else draft.audience.level.value
    form: dict[str, Any] = {
        "category": draft.category, "severity": int(draft.severity), "kind": kind, "size_class": draft.size_class,
        "geometry": None if kind == "route" else draft.geometry, "audience": level, "organisations": listed_to,
        "is_confirmed": draft.is_confirmed, "march_status": draft.march_status.value if draft.march_status else "",
        "is_start_verified": draft.is_start_verified, "is_end_verified": draft.is_end_verified,
    }  # fmt: skip
    form |= {name: getattr(draft, name) or "" for name in TEXTS}
    moments = ((name, getattr(draft, name)) for name in MOMENTS)
    form |= {name: at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else "" for name, at in moments}
    if kind == "route" and draft.route is not None and draft.geometry is not None:
        form |= way_form(draft.geometry, draft.route, draft.effects, draft.size_class, city)
    return form


def _effects(way: Way | None, base: Draft | None) -> tuple[Effect, ...]:
    is_of_way = base is not None and base.route is not None  # its closures are computed again
    kept = () if base is None else tuple(one for one in base.effects if not (is_of_way and one.axis_id is not None))
    return (*(way.effects if way else ()), *kept)


def _march_status(
    form: Mapping[str, Any], kind: str, base: Draft | None, problems: list[Problem]
) -> MarchStatus | None:
    if not may_be_declared(kind):
        return None
    told = form.get("march_status", (base.march_status or "") if base else USUAL_STATUS.get(kind, ""))
    if not told:
        return None
    try:
        return MarchStatus(str(told))
    except ValueError:
        problems.append(Problem("march_status", "form.march_status"))
        return None


def _modified(made: Draft, base: Draft) -> MarchStatus | None:
    """Return the status of a march that is edited: one that was declared, and is given another way or start, is modified."""
    is_same = made.march_status is base.march_status is MarchStatus.DECLARED
    moved = (made.geometry, made.start) != (base.geometry, base.start)
    return MarchStatus.MODIFIED if is_same and moved else made.march_status


def _told(form: Mapping[str, Any], name: str, base: Draft | None) -> bool:
    told = form.get(name)
    return told if isinstance(told, bool) else base is not None and bool(getattr(base, name))


def _moment(text: object, name: str, desk: Desk, problems: list[Problem]) -> datetime | None:
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        read = datetime.fromisoformat(text.strip()[:19])
        at = (read if read.tzinfo else read.replace(tzinfo=desk.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        problems.append(Problem(name, "form.moment"))
        return None
    if abs(at - desk.now) > _FARTHEST:
        problems.append(Problem(name, "form.too_far", {"days": _FARTHEST.days}))
        return None
    return at


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() and len(str(value)) < 4 else None


def _severity(form: Mapping[str, Any], problems: list[Problem]) -> Severity:
    found = _number(form.get("severity"))
    if found is None or found not in list(Severity):
        problems.append(Problem("severity", "form.severity"))
        return Severity.MINOR
    return Severity(found)


def _audience(form: Mapping[str, Any], home: str, problems: list[Problem]) -> Audience:
    level = form.get("audience") or "partners"
    if level == "restricted":
        named = form.get("organisations")
        chosen = named[:60] if isinstance(named, list) else []
        return listed({home, *(str(one)[:64] for one in chosen)})
    if level not in ("public", "partners"):
        problems.append(Problem("audience", "form.audience"))
    return PUBLIC if level == "public" else PARTNERS


def _geometry(form: Mapping[str, Any]) -> Geometry | None:
    found = form.get("geometry")
    return found if isinstance(found, Mapping) and form.get("kind") != "city" else None


def _type(geometry: Geometry | None) -> str:
    return str(geometry["type"]) if geometry is not None else ""


def _place(way: Way | None, geometry: Geometry | None, places: PlaceNames) -> str | None:
    if way is not None and way.route is not None:
        first, last = way.route.checkpoints[0].label, way.route.checkpoints[-1].label
        return first if first == last else f"{first} → {last}"
    pair = geometry.get("coordinates") if geometry is not None and geometry.get("type") == "Point" else None
    if not isinstance(pair, Sequence) or len(pair) < 2 or not all(type(one) in (int, float) for one in pair[:2]):
        return None
    return places.name_at((float(pair[0]), float(pair[1])))
