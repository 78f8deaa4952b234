"""Field maps of JSON and XML: JSONPath, further pages, and what the road APIs of cities do to a reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from datasources.catalogue import make_adapter
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event
from events.taxonomy import category
from tests.datasources.adapters.map_cases import document, reading, source

OPTIONS: dict[str, object] = {
    "record": "event",
    "items": "$.items[*]",
    "fields": {"external_id": "id"},
    "constants": {"category": "chantier"},
}


def one(item: object, **options: object) -> Event:
    (event,) = reading("json", {"items": [item]}, OPTIONS | options).events
    return event


@pytest.mark.parametrize("items", ["", "items", "$.items", "$.items[", "$.a | $.b", 3])
def test_path_to_the_records_is_checked_at_start(items: object) -> None:
    with pytest.raises(ConfigurationError, match=r"city-works.*items"):
        reading("json", [], OPTIONS | {"items": items})


def test_fault_in_a_path_is_told_with_its_field() -> None:
    with pytest.raises(ConfigurationError, match=r"options\.fields\.headline: '\$\.a\[' is not a JSONPath"):
        reading("json", [], OPTIONS | {"fields": {"external_id": "id", "headline": "$.a["}})


@pytest.mark.parametrize("body", [{}, [], {"error": "quota"}, {"items": None}, {"items": "none"}, {"items": {"a": {}}}])
def test_answer_without_the_list_is_not_an_empty_city(body: object) -> None:
    with pytest.raises(DocumentUnreadable, match="no list"):
        reading("json", body, OPTIONS)
    assert reading("json", {"items": []}, OPTIONS).records_seen == 0


def test_lists_in_lists_know_what_holds_them() -> None:
    told = {"areas": [{"name": "north", "works": [{"id": 1}, {"id": 2}]}, {"name": "south", "works": [{"id": 3}]}, {}]}
    fields = {"external_id": "id", "situation_id": "^.name"}
    found = reading("json", told, OPTIONS | {"items": "$.areas[*].works[*]", "fields": fields}).events
    assert [(event.external_id, event.situation_id) for event in found] == [
        ("1", "north"),
        ("2", "north"),
        ("3", "south"),
    ]


def test_records_may_be_the_values_of_an_object() -> None:
    told = {"works": {"a": {"id": 1}, "b": {"id": 2}}}
    assert len(reading("json", told, OPTIONS | {"items": "$.works.*"}).events) == 2


def test_hal_embedded_list_is_followed_to_its_last_page() -> None:
    told = {"_embedded": {"works": [{"id": 1}]}, "_links": {"next": {"href": "/api/works?page=2"}}}
    options = OPTIONS | {"items": "$._embedded.works[*]", "next": "$._links.next.href"}
    (request,) = reading("json", told, options).next_requests
    assert request.url == "https://city.example/api/works?page=2"
    assert reading("json", told | {"_links": {}}, options).next_requests == ()


@pytest.mark.parametrize("url", ["https://other.example/2", "http://city.example/2", "//other.example/2", 7])
def test_next_page_elsewhere_is_never_asked_for(url: object) -> None:
    with pytest.raises(DocumentUnreadable, match="another host"):
        reading("json", {"items": [], "next": url}, OPTIONS | {"next": "next"})


@pytest.mark.parametrize(("total", "is_complete"), [(1, True), (2, False), (None, True), ("2", True)])
def test_total_above_the_list_counts_no_absence(total: object, is_complete: bool) -> None:
    told = {"items": [{"id": 1}], "meta": {"total": total}}
    assert reading("json", told, OPTIONS | {"total": "$.meta.total"}).is_complete is is_complete


def test_tomtom_lists_features_without_a_collection_and_null_times() -> None:
    item = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[5.38, 43.29], [5.39, 43.30]]},
        "properties": {"id": "a1", "iconCategory": 8, "magnitudeOfDelay": 4, "startTime": None, "endTime": None},
    }
    fields = {
        "external_id": "id", "category": "iconCategory", "severity": "magnitudeOfDelay", "start": "startTime",
        "end": "endTime", "geometry": "$.geometry",
    }  # fmt: skip
    codes = {"category": {"8": "fermeture", "9": "chantier"}, "severity": {"1": 1, "2": 2, "3": 3}}
    event = one(item, fields=fields, codes=codes, constants={})
    assert (event.category, event.validity.start, event.validity.end) == ("fermeture", None, None)
    assert event.geometry is not None
    assert event.severity == category("fermeture").default_severity  # 4 means "undefined"


def test_tomtom_ids_that_change_with_every_poll_are_left_out_of_the_identity() -> None:
    fields = {"external_id": ["category", "from", "to", "start"], "start": "start"}
    told = {"category": 8, "from": "Rue A", "to": "Rue B", "start": "2026-11-01T08:00:00Z"}
    first, second = (one({"id": number, **told}, fields=fields) for number in ("a1", "b2"))
    assert first.external_id == second.external_id == "8/Rue A/Rue B/2026-11-01T08:00:00Z"


def test_line_that_starts_where_it_ends_is_a_point() -> None:
    event = one({"id": 1, "g": [[5.38, 43.29], [5.38, 43.29]]}, fields={"external_id": "id", "geometry": "g"})
    assert event.geometry == {"type": "Point", "coordinates": [5.38, 43.29]}


def test_here_shape_is_the_line_through_its_points() -> None:
    links = [
        {"points": [{"lat": 43.29, "lng": 5.38}, {"lat": 43.30, "lng": 5.39}]},
        {"points": [{"lat": 43.31, "lng": 5.40}]},
    ]
    event = one(
        {"id": 1, "location": {"shape": {"links": links}}},
        fields={"external_id": "id", "geometry": "$.location.shape.links[*].points[*]"},
    )
    assert event.geometry == {"type": "LineString", "coordinates": [[5.38, 43.29], [5.39, 43.3], [5.4, 43.31]]}


def test_autobahn_points_are_texts_latitude_first() -> None:
    event = one({"id": 1, "point": "43.29,5.38"}, fields={"external_id": "id", "position": "point"})
    assert event.geometry == {"type": "Point", "coordinates": [5.38, 43.29]}


@pytest.mark.parametrize("word", ["false", False])
def test_autobahn_false_written_as_a_text_is_not_true(word: object) -> None:
    codes = {"category": {"true": "fermeture", "false": "chantier"}}
    event = one(
        {"id": 1, "isBlocked": word}, fields={"external_id": "id", "category": "isBlocked"}, codes=codes, constants={}
    )
    assert event.category == "chantier"


def test_autobahn_end_in_prose_is_not_guessed_and_one_site_on_two_roads_is_one() -> None:
    item = {"id": "x", "start": "2026-11-01T08:00:00Z", "description": ["A 50", "Ende: 31.12.26 um 00:00 Uhr"]}
    fields = {"external_id": "id", "start": "start", "description": "$.description[*]"}
    found = reading(
        "json",
        {"roads": [{"works": [item]}, {"works": [item]}]},
        OPTIONS | {"items": "$.roads[*].works[*]", "fields": fields},
    )
    (event,) = found.events
    assert event.validity.end is None
    assert len(found.rejects) == 1


def test_autobahn_description_that_changes_with_each_phase_is_of_the_same_site() -> None:
    fields = {"external_id": "id", "description": "$.description[1]"}
    first, second = (one({"id": "x", "description": ["A 50", phase]}, fields=fields) for phase in ("Bau 1", "Bau 2"))
    assert (first.external_id, first.validity) == (second.external_id, second.validity)
    assert first.description != second.description


def test_day_before_month_and_hour_are_of_the_local_clock() -> None:
    event = one({"id": 1, "s": "07.11.2026 08:30"}, fields={"external_id": "id", "start": "s"}, dates="%d.%m.%Y %H:%M")
    assert event.validity.start == datetime(2026, 11, 7, 7, 30, tzinfo=UTC)


def test_time_in_a_format_that_is_not_declared_is_never_guessed() -> None:
    options = OPTIONS | {"fields": {"external_id": "id", "start": "s"}, "dates": "%d.%m.%Y"}
    for written in ("2026-11-07", "11/07/2026", "1793520000000"):
        found = reading("json", {"items": [{"id": 1, "s": written}, {"id": 2, "s": "07.11.2026"}]}, options)
        assert [reject.reason for reject in found.rejects] == ["a time is not in a format this source declares"]
        assert [event.external_id for event in found.events] == ["2"]


def test_geojson_in_the_swiss_grid_that_does_not_say_so() -> None:
    place = {"type": "Point", "coordinates": [2683300.0, 1247900.0]}
    body = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": 1}, "geometry": place}]}
    plain = {name: value for name, value in OPTIONS.items() if name != "items"}
    assert "not in degrees" in reading("geojson", body, plain).rejects[0].reason
    zurich = replace(source("geojson", plain | {"crs": 2056}), area=(8.0, 47.0, 9.0, 48.0))
    (event,) = make_adapter(zurich).read(document(body)).events
    assert event.geometry is not None
    assert event.geometry["coordinates"] == pytest.approx([8.54164, 47.37667], abs=1e-5)


def test_arcgis_times_are_milliseconds() -> None:
    item = {"attributes": {"id": 5, "from": 1793520000000}, "geometry": {"x": 5.38, "y": 43.29}}
    fields = {"external_id": "id", "start": "from", "x": "$.geometry.x", "y": "$.geometry.y"}
    event = one(item, fields=fields, dates="epoch_ms")
    assert event.validity.start == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert event.geometry == {"type": "Point", "coordinates": [5.38, 43.29]}


def test_geometry_collection_of_a_point_and_a_line_is_kept() -> None:
    parts = [
        {"type": "Point", "coordinates": [5.38, 43.29]},
        {"type": "LineString", "coordinates": [[5.38, 43.29], [5.4, 43.3]]},
    ]
    event = one(
        {"id": 1, "g": {"type": "GeometryCollection", "geometries": parts}},
        fields={"external_id": "id", "geometry": "g"},
    )
    assert event.geometry is not None
    assert event.geometry["type"] == "GeometryCollection"


def test_projected_numbers_that_no_map_declares_are_rejected() -> None:
    fields = {"external_id": "id", "x": "e", "y": "n"}
    (reject,) = reading("json", {"items": [{"id": 1, "e": 893400, "n": 6247300}]}, OPTIONS | {"fields": fields}).rejects
    assert "not in degrees" in reject.reason
    assert one({"id": 1, "e": 893400, "n": 6247300}, fields=fields, crs=2154).geometry is not None


def test_path_into_the_deep_costs_the_record_and_nothing_else() -> None:
    deep: object = 1
    for _ in range(400):
        deep = {"a": deep}
    found = reading(
        "json", {"items": [{"id": 1, "d": deep}, {"id": 2, "d": {"b": "Travaux"}}]},
        OPTIONS | {"fields": {"external_id": "id", "headline": "$.d..b"}},
    )  # fmt: skip
    assert [event.headline for event in found.events] == ["Travaux"]
    assert found.rejects[0].reason == "a path of the map leads too deep in this record"


@pytest.mark.parametrize("items", ["", "works", "a/b/c", "work/work"])
def test_xml_needs_the_names_of_its_list_and_its_records(items: str) -> None:
    with pytest.raises(ConfigurationError, match=r"options\.items"):
        reading("xml", "<a/>", OPTIONS | {"items": items})


def test_xml_of_another_kind_is_not_an_empty_list() -> None:
    with pytest.raises(DocumentUnreadable, match="no element 'works'"):
        reading("xml", "<html><work id='1'/></html>", OPTIONS | {"items": "works/work"})


def test_xml_fields_are_elements_attributes_and_lists() -> None:
    body = (
        '<s:E xmlns:s="u"><s:works><s:work id="w1"><kind code="9">Travaux</kind><road><name>A7</name></road>'
        "<road><name>A50</name></road></s:work></s:works></s:E>"
    )
    fields = {"external_id": "@id", "headline": "kind", "source_code": "kind@code", "road_name": "$.road[1].name"}
    (event,) = reading("xml", body, OPTIONS | {"items": "works/work", "fields": fields}).events
    assert (event.external_id, event.headline, event.source_code, event.road_name) == ("w1", "Travaux", "9", "A50")
