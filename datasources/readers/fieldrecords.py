"""Records built from a publisher's record through a field map."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from datasources.readers.codes import ENDED, WITHDRAWN
from datasources.readers.collect import Collected, Rank, Record, Withdrawn, rank_of
from datasources.readers.directions import outlines_of, sectors_of
from datasources.readers.eventmap import to_event
from datasources.readers.fieldmap import CAMERA, EVENT, ROAD_STATE, FieldMap
from datasources.readers.mapped import Mapped
from datasources.readers.paths import Row, resolve
from datasources.readers.tallies import code_of, slot_of
from datasources.readers.text import SHORT_CHARS, clean, identifier
from events.counts import check_counted_row
from events.errors import InvalidRecord
from events.records import Camera, RoadState, Tally
from events.vocabulary import CameraKind, CameraService, TrafficState

_MOST_PURPOSES = 8
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\b\d{1,3}(?:\.\d{1,3}){3}\b", re.IGNORECASE)


def add_record(fields: FieldMap, row: Row, where: str, collected: Collected, read_at: datetime) -> None:
    """Add what one record of the publisher becomes: a record, a withdrawal or a reject."""
    mapped = Mapped(fields, row)
    external_id: str | None = None
    try:
        external_id = _identity(mapped)
        record, rank = _record(mapped, external_id, read_at)
        collected.add(where, external_id, record, rank)
        if fields.record == EVENT and isinstance(url := mapped.value("media"), str) and url:
            collected.link(external_id, url)
    except InvalidRecord as error:
        collected.reject(where, str(error), external_id)


def _identity(mapped: Mapped) -> str:
    """Return the publisher's identifier; a count without one is named by its measure, area and start."""
    record = mapped.fields.record
    name = "segment_id" if record == ROAD_STATE else "external_id"
    paths = mapped.fields.fields.get(name, ())
    if record not in (EVENT, CAMERA, ROAD_STATE) and not paths:
        local = _period(mapped)[0].astimezone(mapped.fields.times.zone).replace(tzinfo=None)
        parts = [_word(mapped, "measure"), _word(mapped, "area_code"), local.isoformat("T", "minutes")]
        return identifier("/".join(part for part in parts if part))
    if len(paths) > 1:
        values = [resolve(mapped.row, path) for path in paths]
        if any(value is None or not str(value).strip() for value in values):
            raise InvalidRecord("the record has no identifier: one of its parts is empty")
        return identifier("/".join(identifier(value) for value in values))
    value = mapped.value(name)
    return identifier(int(value) if isinstance(value, float) and value.is_integer() else value)


def _record(mapped: Mapped, external_id: str, read_at: datetime) -> tuple[Record | Withdrawn, Rank]:
    kind = mapped.fields.record
    if kind == EVENT:
        status = mapped.code("status")
        updated_at = mapped.moment("published_at")
        rank = rank_of(updated_at, clean(mapped.value("version")))
        if status == WITHDRAWN:
            return Withdrawn(external_id), rank
        ended_at = (updated_at or read_at) if status == ENDED else None
        return to_event(mapped, external_id, ended_at), rank
    if kind == ROAD_STATE:
        state = _road_state(mapped, external_id)
        return state, rank_of(state.observed_at)
    if kind == CAMERA:
        return _camera(mapped, external_id), rank_of(None)
    return _tally(mapped, external_id), rank_of(None)


def _road_state(mapped: Mapped, segment_id: str) -> RoadState:
    geometry = mapped.geometry()
    reliability = mapped.number("reliability", 0, 100)
    word = mapped.code("state")
    state = TrafficState(word) if word else TrafficState.UNKNOWN
    floor = mapped.fields.min_reliability
    if floor is not None and reliability is not None and reliability <= floor:
        state = TrafficState.UNKNOWN  # a colour its publisher does not stand by (FEEDS 13)
    return RoadState(
        source_id=mapped.source.id,
        segment_id=segment_id,
        state=state,
        observed_at=mapped.moment("observed_at"),
        organisation=mapped.organisation(),
        audience=mapped.audience(),
        name=mapped.text("name"),
        speed_kmh=mapped.number("speed_kmh", 0, 400),
        flow_vph=mapped.number("flow_vph", 0, 100_000),
        reliability=reliability,
        geometry=geometry,
        axis_id=mapped.text("axis_id"),
    )


def _camera(mapped: Mapped, external_id: str) -> Camera:
    geometry = mapped.geometry()
    if geometry is None:
        raise InvalidRecord("the camera has no position")
    if geometry["type"] != "Point":
        raise InvalidRecord("the position of a camera is a point")
    coordinates = geometry["coordinates"]
    assert isinstance(coordinates, list)
    label, legal, assessment = (mapped.text(name) for name in ("label", "legal_reference", "assessment"))
    purpose = _purposes(mapped)
    if any(_ADDRESS.search(text) for text in (external_id, label, purpose, legal, assessment) if text):
        raise InvalidRecord("a text of the camera looks like the address of an image")
    word, service = mapped.code("kind"), mapped.code("service")
    verified_on = _day(mapped, "verified_on")
    return Camera(
        source_id=mapped.source.id,
        external_id=external_id,
        organisation=mapped.organisation(),
        audience=mapped.audience(),
        position=(coordinates[0], coordinates[1]),
        kind=CameraKind(word) if word else CameraKind.FIXED,
        range_m=mapped.number("range_m", 0, 5000),
        azimuth_deg=mapped.number("azimuth_deg", 0, 360),
        field_of_view_deg=mapped.number("field_of_view_deg", 0, 360),
        authorised_until=_day(mapped, "authorised_until"),
        is_coverage_verified=mapped.flag("is_coverage_verified") or verified_on is not None,
        sectors=sectors_of(mapped, "sectors", has_range=True),
        masks=sectors_of(mapped, "masks", has_range=False),
        masked_areas=outlines_of(mapped, "masked_areas"),
        detail_px_m=mapped.number("detail_px_m", 0, 2000),
        verified_on=verified_on,
        is_occluded=mapped.flag("is_occluded") if mapped.has_value("is_occluded") else None,
        service=CameraService(service) if service else None,
        assessment=assessment,
        label=label,
        purpose=purpose,
        legal_reference=legal,
    )


def _day(mapped: Mapped, name: str) -> date | None:
    moment = mapped.moment(name)
    return moment.astimezone(mapped.fields.times.zone).date() if moment else None


def _purposes(mapped: Mapped) -> str | None:
    """Return what a camera is for; several purposes of a list stand in one text."""
    value = mapped.value("purpose")
    told = [text for part in value[:_MOST_PURPOSES] if (text := clean(part))] if isinstance(value, list) else []
    return " ; ".join(told)[:SHORT_CHARS] if told else mapped.text("purpose")


def _tally(mapped: Mapped, external_id: str) -> Tally:
    fields = mapped.fields
    check_counted_row(mapped.row.root)
    measure, area, unit = (_word(mapped, name) for name in ("measure", "area_code", "unit"))
    if measure is None or area is None:
        raise InvalidRecord("a count needs a measure, an area and a start")
    start, end = _period(mapped)
    if end < start:
        raise InvalidRecord("the period ends before it starts")
    marks = (mapped.value("suppressed"), mapped.raw("value"))
    is_suppressed = any(str(mark).strip() in fields.suppressed for mark in marks if mark is not None)
    return Tally(
        source_id=mapped.source.id,
        external_id=external_id,
        organisation=mapped.organisation(),
        audience=mapped.audience(),
        measure=measure,
        area_code=area,
        start=start,
        end=end,
        value=None if is_suppressed else mapped.number("value"),
        unit=unit or "count",
        is_suppressed=is_suppressed,
    )


def _word(mapped: Mapped, name: str) -> str | None:
    """Return the measure, area or unit of a count as a code."""
    return code_of(_by_table(mapped, name))


def _by_table(mapped: Mapped, name: str) -> object:
    """Return what a count gives for one of our fields; a table, when there is one, must know it."""
    told = mapped.value(name)
    if told is None or not mapped.fields.codes.has(name):
        return told
    known = mapped.fields.codes.ours(name, told)
    if known is None:
        raise InvalidRecord(f"the table codes.{name} does not know what the row has for {name}")
    return known


def _period(mapped: Mapped) -> tuple[datetime, datetime]:
    """Return the period of a count: its hours of a day, else its start and its end, else the source's period."""
    start, slot = mapped.moment("start"), _by_table(mapped, "slot")
    if start is None:
        raise InvalidRecord("a count needs a measure, an area and a start")
    if slot is not None:
        zone = mapped.fields.times.zone
        return slot_of(start.astimezone(zone).date(), slot, zone)
    return start, mapped.moment("end", is_end=True) or _period_end(start, mapped.fields)


def _period_end(start: datetime, fields: FieldMap) -> datetime:
    if fields.period is None:
        raise InvalidRecord("a count needs an end, or its source a period")
    local = start.astimezone(fields.times.zone)
    days = {"day": 1, "week": 7}.get(fields.period)
    if days is not None:
        later = local.replace(tzinfo=None) + timedelta(days=days)
    elif fields.period == "month":
        later = _next_month(local)
    else:
        later = local.replace(tzinfo=None, year=local.year + 1)
    return later.replace(tzinfo=fields.times.zone).astimezone(UTC)


def _next_month(local: datetime) -> datetime:
    # A month is counted from its first day; the 28th keeps any other day valid.
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    return local.replace(tzinfo=None, year=year, month=month, day=min(local.day, 28))
