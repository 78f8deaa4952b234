"""An event built from a publisher's record through a field map."""

from __future__ import annotations

from datetime import UTC, datetime

from datasources.readers.codes import ACTIVE, ENDED, severity_of
from datasources.readers.mapped import Mapped, place_of
from datasources.readers.paths import Row
from datasources.readers.places import number_of
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, clean, headline_of
from events.errors import InvalidRecord
from events.records import Checkpoint, Effect, Event, Route
from events.taxonomy import UNKNOWN_CATEGORY
from events.taxonomy import category as category_named
from events.validity import Period, Validity
from events.vocabulary import (
    Certainty,
    CheckpointKind,
    GeometryPrecision,
    InformationStatus,
    MarchStatus,
    Severity,
    StoredStatus,
    TrafficState,
    Urgency,
)

_MAX_MEMBERS = 500
_MOST_MINUTES = 1440


def to_event(mapped: Mapped, external_id: str, ended_at: datetime | None) -> Event:
    """Return the event; `ended_at` closes it. Raises InvalidRecord with the reason when it cannot be one."""
    information = _information_status(mapped)
    category = mapped.code("category") or UNKNOWN_CATEGORY
    geometry = mapped.geometry()
    precision = GeometryPrecision(mapped.code("geometry_precision") or GeometryPrecision.EXACT)
    place, road = mapped.text("place"), mapped.text("road_name")
    named = headline_of(category_named(category).name("fr"), road, place)
    return Event(
        source_id=mapped.source.id,
        external_id=external_id,
        situation_id=mapped.text("situation_id"),
        version=mapped.text("version"),
        organisation=mapped.organisation(),
        category=category,
        source_code=mapped.text("source_code") or mapped.text("category"),
        headline=mapped.text("headline", HEADLINE_CHARS) or named,
        description=mapped.text("description", DESCRIPTION_CHARS),
        instruction=mapped.text("instruction", DESCRIPTION_CHARS),
        language=mapped.fields.language,
        severity=_severity(mapped, category),
        urgency=Urgency(mapped.code("urgency") or Urgency.UNKNOWN),
        certainty=Certainty(mapped.code("certainty") or Certainty.UNKNOWN),
        status=_status(mapped),
        march_status=_march_status(mapped),
        information_status=information,
        detection_mode=mapped.source.detection_mode,
        is_end_verified=ended_at is not None,
        validity=_validity(mapped, ended_at),
        published_at=mapped.moment("published_at"),
        observed_at=mapped.moment("observed_at"),
        geometry=geometry,
        geometry_precision=GeometryPrecision.NONE if geometry is None and precision == "exact" else precision,
        place=place,
        road_name=road,
        direction=mapped.text("direction"),
        size_class=_size_class(mapped),
        route=_route(mapped),
        effects=_effects(mapped),
        audience=mapped.audience(),
        attribution=mapped.source.attribution,
    )


def _information_status(mapped: Mapped) -> InformationStatus:
    status = InformationStatus(mapped.code("information_status") or InformationStatus.REAL)
    if status is InformationStatus.TEST:
        raise InvalidRecord("the publisher marks it as a test")
    return status


def _severity(mapped: Mapped, category: str) -> Severity:
    word = mapped.code("severity")
    return severity_of(word) if word else category_named(category).default_severity


def _status(mapped: Mapped) -> StoredStatus | None:
    word = mapped.code("status")
    if word is None:
        # A status that no table knows may mean anything: someone has to look.
        return StoredStatus.TO_CONFIRM if mapped.has_value("status") else None
    return None if word in (ACTIVE, ENDED) else StoredStatus(word)


def _march_status(mapped: Mapped) -> MarchStatus | None:
    word = mapped.code("march_status")
    return MarchStatus(word) if word else None


def _size_class(mapped: Mapped) -> int | None:
    word = mapped.code("size_class")
    return int(word) if word else None


def _validity(mapped: Mapped, ended_at: datetime | None) -> Validity:
    start, end = mapped.moment("start"), mapped.moment("end", is_end=True)
    if ended_at is not None and (end is None or ended_at < end):
        end = max(ended_at, start) if start else ended_at
    periods = tuple(_period(mapped, member) for member in _members(mapped, "periods"))
    if periods:
        start = start or min(period.start for period in periods)
        closes = [period.end for period in periods if period.end is not None]
        end = end or (max(closes) if len(closes) == len(periods) else None)
    if start is not None and end is not None and end < start:
        raise InvalidRecord("the validity ends before it starts")
    return Validity(start=start, end=end, periods=periods)


def _period(mapped: Mapped, member: Row) -> Period:
    times, fields = mapped.fields.times, mapped.fields
    start = times.moment(fields.member_value(member, "periods", "start"))
    end = times.moment(fields.member_value(member, "periods", "end"), is_end=True)
    if start is None:
        raise InvalidRecord("a period has no start")
    return Period(start.astimezone(UTC), end)


def _members(mapped: Mapped, name: str) -> list[Row]:
    members = list(mapped.fields.members(mapped.row, name))
    if len(members) > _MAX_MEMBERS:
        raise InvalidRecord(f"{name} has more than {_MAX_MEMBERS} members")
    return members


def _route(mapped: Mapped) -> Route | None:
    checkpoints = tuple(
        checkpoint for member in _members(mapped, "route") if (checkpoint := _checkpoint(mapped, member)) is not None
    )
    return Route(checkpoints=checkpoints) if checkpoints else None


def _checkpoint(mapped: Mapped, member: Row) -> Checkpoint | None:
    fields = mapped.fields

    def value(name: str) -> object:
        return fields.member_value(member, "route", name)

    label = clean(value("label"))
    if label is None:
        return None
    kind = fields.codes.ours("checkpoint", value("kind"))
    place = place_of(fields, value)
    coordinates = place["coordinates"] if place is not None and place["type"] == "Point" else None
    return Checkpoint(
        label=label,
        kind=CheckpointKind(kind or CheckpointKind.PASS),
        chainage_m=number_of(value("chainage_m"), fields.decimal),
        position=(coordinates[0], coordinates[1]) if isinstance(coordinates, list) else None,
        planned_at=fields.times.moment(value("planned_at")),
        observed_at=fields.times.moment(value("observed_at")),
        halt_min=_minutes(mapped, value("halt_min")),
        tolerance_min=_minutes(mapped, value("tolerance_min")),
    )


def _minutes(mapped: Mapped, value: object) -> int | None:
    """Return whole minutes of up to a day, None for none: a checkpoint is kept without a length that cannot be one."""
    found = number_of(value, mapped.fields.decimal)
    return round(found) if found is not None and 1 <= found <= _MOST_MINUTES else None


def _effects(mapped: Mapped) -> tuple[Effect, ...]:
    fields = mapped.fields
    found = [
        _effect(mapped, *(fields.member_value(member, "effects", name) for name in ("text", "axis_id", "state")))
        for member in _members(mapped, "effects")
    ]
    found.append(_effect(mapped, *(mapped.value(name) for name in ("effect_text", "effect_axis", "effect_state"))))
    return tuple(effect for effect in found if effect is not None)


def _effect(mapped: Mapped, text: object, axis: object, state: object) -> Effect | None:
    words = clean(text)
    if words is None:
        return None
    word = mapped.fields.codes.ours("state", state) if state is not None else None
    known = TrafficState(word) if word else TrafficState.UNKNOWN
    return Effect(text=words, axis_id=clean(axis), state=known if state is not None else None)
