"""What WZDx documents get wrong in practice, one test for each."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agenda_cases import read, why

from datasources.contract import Reading
from events.errors import DocumentUnreadable
from events.vocabulary import GeometryPrecision, StoredStatus

LINE = {"type": "LineString", "coordinates": [[5.3742, 43.2951], [5.3756, 43.2959]]}
CORE = {"event_type": "work-zone", "road_names": ["D14"], "update_date": "2026-10-20T08:00:00Z"}
DATES = {"start_date": "2026-11-02T06:00:00Z", "end_date": "2026-11-27T16:00:00Z"}


def feature(name: str = "a", core: dict[str, object] | None = None, **fields: object) -> dict[str, object]:
    return {
        "id": name,
        "type": "Feature",
        "properties": {"core_details": CORE | (core or {}), **DATES, **fields},
        "geometry": LINE,
    }


def reading_of(*features: object, **options: object) -> Reading:
    return read("wzdx", orjson.dumps({"type": "FeatureCollection", "features": list(features)}), **options)


def test_up_to_3_1_the_properties_are_flat() -> None:
    flat = {"type": "Feature", "properties": CORE | DATES | {"road_event_id": "a"}, "geometry": LINE}
    assert reading_of(flat).events == reading_of(feature()).events


def test_the_header_was_road_event_feed_info() -> None:
    for name in ("feed_info", "road_event_feed_info"):
        body = {name: {"update_date": "2026-11-07T14:00:00Z", "contact_name": "Jeanne Exemple"}, "features": []}
        reading = read("wzdx", orjson.dumps(body))
        assert reading.published_at == datetime(2026, 11, 7, 14, tzinfo=UTC)
        assert "Exemple" not in repr(reading)


def test_a_multipoint_instead_of_a_line_tells_the_ends_only() -> None:
    (event,) = reading_of(feature() | {"geometry": LINE | {"type": "MultiPoint"}}).events
    assert event.geometry_precision is GeometryPrecision.ENDPOINTS
    assert reading_of(feature()).events[0].geometry_precision is GeometryPrecision.EXACT


def test_a_placeholder_end_years_ahead_is_no_end() -> None:
    (event,) = reading_of(feature(end_date="2049-12-31T00:00:00Z")).events
    assert event.validity.end is None
    (event,) = reading_of(feature(end_date="2049-12-31T00:00:00Z", is_end_date_verified=True)).events
    assert event.validity.end == datetime(2049, 12, 31, tzinfo=UTC)


def test_fractional_seconds_of_seven_digits() -> None:
    (event,) = reading_of(feature(start_date="2026-11-02T06:00:00.1234567Z")).events
    assert event.validity.start == datetime(2026, 11, 2, 6, 0, 0, 123456, tzinfo=UTC)


def test_is_start_date_verified_or_start_date_accuracy() -> None:
    told = ({"is_start_date_verified": True}, {"start_date_accuracy": "verified"}, {"start_date_accuracy": "estimated"})
    assert [reading_of(feature(**one)).events[0].is_start_verified for one in told] == [True, True, False]


def test_cwz_1_0_is_camel_case() -> None:
    core = {"eventType": "work-zone", "roadNames": ["D14"], "updateDate": "2026-10-20T08:00:00Z"}
    properties = {"coreDetails": core, "startDate": DATES["start_date"], "endDate": DATES["end_date"]}
    camel = {"id": "a", "type": "Feature", "properties": properties, "geometry": LINE}
    assert reading_of(camel).events == reading_of(feature()).events


def test_features_tied_by_related_road_events_share_one_situation() -> None:
    tied = feature("c", {"related_road_events": [{"type": "related-detour", "id": "b"}]})
    more = feature("b", {"related_road_events": [{"type": "next-occurrence", "id": "a"}]})
    reading = reading_of(tied, more, feature("a"), feature("alone"))
    assert [event.situation_id for event in reading.events] == ["a", "a", "a", None]


def test_recurrence_is_separate_features_and_each_keeps_its_day() -> None:
    second = feature("b", start_date="2026-11-03T06:00:00Z", end_date="2026-11-03T16:00:00Z")
    assert [event.validity.start.day for event in reading_of(feature(), second).events if event.validity.start] == [
        2,
        3,
    ]


def test_3_x_ties_by_relationship_and_4_x_by_related_road_events() -> None:
    flat = {"type": "Feature", "properties": CORE | DATES, "geometry": LINE}
    tie = {"relationship": {"relationship_id": "rel-1", "first": ["a", "b"], "next": []}}
    older = [flat | {"properties": flat["properties"] | tie | {"road_event_id": name}} for name in ("a", "b")]
    assert {event.situation_id for event in reading_of(*older).events} == {"a"}
    ahead = {"relationship": {"first": ["c"], "next": ["d"]}}
    (event,) = reading_of(flat | {"properties": flat["properties"] | ahead | {"road_event_id": "d"}}).events
    assert event.situation_id == "c"


def test_descriptions_are_english_unless_the_source_says_otherwise() -> None:
    assert [(event.language, event.headline) for event in reading_of(feature()).events] == [("en", "Roadworks D14")]
    (event,) = reading_of(feature(), language="fr").events
    assert (event.language, event.headline) == ("fr", "Chantier D14")


def test_a_device_of_the_field_is_no_event() -> None:
    assert why(reading_of(feature(core={"device_type": "camera"}))) == ["a device of the field is no event"]


def test_all_lanes_closed_is_a_closure_and_the_status_is_kept() -> None:
    reading = reading_of(
        feature("a", vehicle_impact="all-lanes-closed"),
        feature("b", event_status="cancelled"),
        feature("c", event_status="completed"),
    )
    assert [(event.category, event.status) for event in reading.events] == [
        ("fermeture", None),
        ("chantier", StoredStatus.CANCELLED),
    ]
    assert reading.withdrawn == ("c",)


def test_swapped_axes_are_a_reject_and_the_good_record_is_kept() -> None:
    swapped = feature("b") | {"geometry": {"type": "Point", "coordinates": [43.2951, 5.3742]}}
    reading = reading_of(feature(), swapped)
    assert ([event.external_id for event in reading.events], len(reading.rejects)) == (["a"], 1)


def test_a_document_without_features_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable):
        read("wzdx", '{"feed_info": {}}')
