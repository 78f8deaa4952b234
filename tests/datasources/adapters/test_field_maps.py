"""Field maps of GeoJSON and CSV: what they read, and what they refuse at start."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from datasources.adapters.csv import CsvAdapter
from datasources.adapters.geojson import GeoJsonAdapter
from datasources.contract import Coverage, Document, Reading, Source
from datasources.readers.places import geometry_of, turner
from events.audience import PARTNERS, PUBLIC, listed
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.vocabulary import TrafficState

AREA = (5.0, 43.0, 6.0, 44.0)
EVENT: dict[str, object] = {
    "record": "event",
    "fields": {"external_id": "id"},
    "constants": {"category": "chantier"},
}
CAMERA: dict[str, object] = {"record": "camera", "fields": {"external_id": "id", "lon": "lon", "lat": "lat"}}
TALLY: dict[str, object] = {
    "record": "tally",
    "fields": {"area_code": "zone", "start": "mois", "value": "n"},
    "constants": {"measure": "signalements"},
    "dates": ["%Y-%m", "iso"],
    "period": "month",
}
ROAD: dict[str, object] = {"record": "road_state", "fields": {"segment_id": "id", "state": "etat"}}


def source(kind: str, options: dict[str, object], max_bytes: int = 1_000_000) -> Source:
    return Source(
        id="city-works", kind=kind, title="Works", organisation="streets", licence="LO", url="https://example.org/",
        poll_every=timedelta(minutes=1), timezone="Europe/Paris", area=AREA, coverage=Coverage.SNAPSHOT,
        default_audience=PUBLIC, maintainer="city", options=options, max_bytes=max_bytes,
    )  # fmt: skip


def document(body: str | bytes) -> Document:
    raw = body.encode() if isinstance(body, str) else body
    return Document(raw, media_type="", url="", retrieved_at=datetime(2026, 11, 7, tzinfo=UTC))


def features(items: object, options: dict[str, object]) -> Reading:
    return GeoJsonAdapter(source("geojson", options)).read(document(json.dumps(items)))


def rows(body: str | bytes, options: dict[str, object]) -> Reading:
    return CsvAdapter(source("csv", options)).read(document(body))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"record": "person"}, "record"),
        ({"fields": {"external_id": "id", "agent": "a"}}, "'agent' is not known"),
        ({"fields": {"headline": "t"}}, "'external_id' is needed"),
        ({"fields": {"external_id": 3}}, "a text or a list"),
        ({"fields": {"external_id": ""}}, "empty"),
        ({"fields": None}, "a table is needed"),
        ({"surprise": 1}, "'surprise' is not known"),
        ({"codes": {"category": {"x": "nonsense"}}}, "allowed"),
        ({"codes": {"audience": {"x": "everyone"}}}, "audience"),
        ({"codes": {"nothing": {"x": "y"}}}, "is not a table"),
        ({"codes": {"status": {}}}, "theirs = ours"),
        ({"constants": {"category": "chantier", "who": 1}}, "'who' is not known"),
        ({"dates": "yyyy"}, "strptime"),
        ({"timezone": "Mars/Olympus"}, "does not exist"),
        ({"crs": 999999}, "EPSG:999999"),
        ({"crs": "2154"}, "an EPSG number"),
        ({"min_reliability": "high"}, "a number is needed"),
        ({"pair_order": "xy"}, "lat_lon"),
        ({"route": {"fields": {"label": "l"}}}, "path of the list"),
        ({"periods": {"path": "p", "fields": {"label": "l"}}}, "'label' is not known"),
        ({"document_time": 3}, "a text is needed"),
        ({"fields": {"external_id": "$.a["}}, "not a JSONPath"),
    ],
)
def test_map_that_cannot_be_used_stops_at_start(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        GeoJsonAdapter(source("geojson", EVENT | change))
    assert "city-works" in str(caught.value) or "EPSG" in str(caught.value) or "zone" in str(caught.value)


@pytest.mark.parametrize(
    "column", ["url_flux", "lien", "streamUrl", "Image", "adresse_ip", "snapshot-href", "$.links.imageDisplay"]
)
def test_camera_never_reads_an_address(column: str) -> None:
    with pytest.raises(ConfigurationError, match="never readable"):
        CsvAdapter(source("csv", {"record": "camera", "fields": {"external_id": "id", "label": column}}))


@pytest.mark.parametrize("column", ["longitude", "X_L93", "agent", "Matricule", "unité", "adresse", "nom", "rue"])
def test_count_never_reads_a_place_or_a_person(column: str) -> None:
    fields = {"area_code": column, "start": "mois", "value": "n"}
    with pytest.raises(ConfigurationError, match="a count never reads it"):
        CsvAdapter(source("csv", TALLY | {"fields": fields}))


@pytest.mark.parametrize("field", ["lon", "geometry", "label"])
def test_count_has_no_field_for_a_place(field: str) -> None:
    with pytest.raises(ConfigurationError, match="is not known"):
        CsvAdapter(source("csv", TALLY | {"fields": {field: "zone"}}))


def test_lists_belong_to_events_of_geojson() -> None:
    periods = {"periods": {"path": "p", "fields": {"start": "s"}}}
    with pytest.raises(ConfigurationError, match="only a record 'event'"):
        GeoJsonAdapter(source("geojson", ROAD | periods))
    with pytest.raises(ConfigurationError, match="holds no lists"):
        CsvAdapter(source("csv", EVENT | periods))
    with pytest.raises(ConfigurationError, match="delimiter"):
        CsvAdapter(source("csv", EVENT | {"delimiter": "x"}))


PLACES = [
    ({"geometry": "g"}, {"g": '{"type":"Point","coordinates":[5.4,43.3]}'}),
    ({"geometry": "g"}, {"g": {"type": "Feature", "geometry": {"type": "Point", "coordinates": [5.4, 43.3]}}}),
    ({"geometry": "g"}, {"g": "SRID=4326;POINT (5.4 43.3)"}),
    ({"position": "p"}, {"p": "43.3, 5.4"}),
    ({"position": "p"}, {"p": [5.4, 43.3]}),
    ({"position": "p"}, {"p": {"lon": 5.4, "lat": 43.3}}),
    ({"lon": "a", "lat": "b"}, {"a": "5.4", "b": 43.3}),
]


@pytest.mark.parametrize(("fields", "item"), PLACES)
def test_places_in_every_form(fields: dict[str, str], item: dict[str, object]) -> None:
    options = EVENT | {"fields": {"external_id": "id", **fields}}
    reading = features([{"id": 1, **item}], options)
    assert reading.rejects == ()
    assert reading.events[0].geometry == {"type": "Point", "coordinates": [5.4, 43.3]}


@pytest.mark.parametrize(
    "item",
    [
        {"g": "POINT (5.4"}, {"g": "{nonsense"}, {"g": 7}, {"g": {"type": "Point"}}, {"g": "x" * 2_000},
        {"p": "1, 2, 3, 4"}, {"p": {"here": 1}}, {"p": 5}, {"p": [True, 43.3]}, {"p": "one, two"},
        {"g": {"type": "Point", "coordinates": ["5.4", "43.3"]}}, {"g": {"type": "GeometryCollection"}},
    ],
)  # fmt: skip
def test_places_that_are_none_are_rejects_that_quote_nothing(item: dict[str, object]) -> None:
    options = EVENT | {"fields": {"external_id": "id", "geometry": "g", "position": "p"}}
    (reject,) = features([{"id": "one", **item}], options).rejects
    assert (reject.where, reject.external_id) == ("features[0]", "one")
    assert "nonsense" not in reject.reason


def test_well_known_text_nested_without_end_is_a_reject_and_ends_no_process() -> None:
    """GEOS fills its stack beyond some fifty thousand collections inside one another, and the process is gone."""
    for depth in (65, 95_000):
        text = "geometryCollection(" * depth + "POINT(5.3 43.3)" + ")" * depth
        with pytest.raises(InvalidRecord, match="more collections"):
            geometry_of(text, turner(4326))
    assert geometry_of("GEOMETRYCOLLECTION(POINT(5.3 43.3))", turner(4326)) is not None


def test_older_geojson_names_its_system() -> None:
    item = {
        "type": "Feature",
        "properties": {"id": 1},
        "geometry": {"type": "Point", "coordinates": [893116.4, 6247221.7]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    assert len(features({"crs": crs, "features": [item]}, EVENT).events) == 1
    with pytest.raises(DocumentUnreadable, match="coordinate system"):
        features({"crs": {"properties": {"name": "EPSG:99999"}}, "features": [item]}, EVENT)


@pytest.mark.parametrize(
    ("extra", "is_complete"),
    [({}, True), ({"total_count": 2}, False), ({"total_count": 1}, True), ({"exceededTransferLimit": True}, False)],
)
def test_partial_page_counts_no_absence(extra: dict[str, object], is_complete: bool) -> None:
    assert features({"features": [{"id": 1}], **extra}, EVENT).is_complete is is_complete


def test_document_without_the_list_or_too_long_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="no list"):
        features({"error_code": "x"}, EVENT)
    for kind, adapter in (("csv", CsvAdapter), ("geojson", GeoJsonAdapter)):
        with pytest.raises(DocumentUnreadable, match="longer than 10 bytes"):
            adapter(source(kind, EVENT, max_bytes=10)).read(document("id;a\n" * 10))


def test_fields_nobody_asked_for_are_named_not_read() -> None:
    item = {"id": 1, "core": {"road": "A7", "mail": "canary@example.org"}, "contact": "canary"}
    reading = features([item], EVENT | {"fields": {"external_id": "id", "road_name": "$.core.road"}})
    assert reading.dropped_fields == ("contact", "core.mail")
    assert "canary" not in repr(reading)
    assert reading.events[0].headline == "Chantier A7"


def test_audience_is_never_wider_than_the_source_s() -> None:
    options = EVENT | {"fields": {"external_id": "id", "audience": "a"}, "codes": {"audience": {"p": "partners"}}}
    found = features([{"id": 1, "a": "p"}, {"id": 2, "a": "?"}, {"id": 3}], options).events
    assert [event.audience for event in found] == [PARTNERS, listed(["streets"]), PUBLIC]


def test_organisation_comes_through_the_table_only() -> None:
    options = EVENT | {
        "fields": {"external_id": "id", "organisation": "o"},
        "codes": {"organisation": {"Water": "water"}},
    }
    found = features([{"id": 1, "o": "water"}, {"id": 2, "o": "Mme X"}], options).events
    assert [event.organisation for event in found] == ["water", "streets"]


@pytest.mark.parametrize(
    ("dates", "value", "start"),
    [
        ("epoch_s", 1794000000, datetime(2026, 11, 6, 21, 20, tzinfo=UTC)),
        ("epoch_ms", "1794000000000", datetime(2026, 11, 6, 21, 20, tzinfo=UTC)),
        ("iso", "2026-11-07", datetime(2026, 11, 6, 23, tzinfo=UTC)),
        ("iso", "2026-11-07T24:00:00", datetime(2026, 11, 7, 23, tzinfo=UTC)),
        ("%d.%m.%Y", "07.11.2026", datetime(2026, 11, 6, 23, tzinfo=UTC)),
    ],
)
def test_times_in_declared_formats(dates: str, value: object, start: datetime) -> None:
    options = EVENT | {"fields": {"external_id": "id", "start": "s"}, "dates": dates}
    assert features([{"id": 1, "s": value}], options).events[0].validity.start == start


def test_false_offset_is_dropped() -> None:
    options = EVENT | {"fields": {"external_id": "id", "start": "s"}, "is_offset_false": True}
    (event,) = features([{"id": 1, "s": "2026-11-07T00:00:00+00:00"}], options).events
    assert event.validity.start == datetime(2026, 11, 6, 23, tzinfo=UTC)


def test_effects_may_be_plain_texts() -> None:
    options = EVENT | {"effects": {"path": "e", "fields": {"text": "."}}}
    (event,) = features([{"id": 1, "e": ["Ligne 83 déviée", "Parking fermé"]}], options).events
    assert [effect.text for effect in event.effects] == ["Ligne 83 déviée", "Parking fermé"]


def test_road_states_fall_to_unknown_when_unknown_or_unreliable() -> None:
    options = ROAD | {
        "fields": {"segment_id": "id", "state": "etat", "reliability": "r", "speed_kmh": "v"},
        "codes": {"state": {"V": "free"}},
        "min_reliability": 50,
    }
    reading = rows("id;etat;r;v\n1;V;80;30\n2;V;50;30\n3;N;;\n4;V;900;\n", options)
    assert [road.state for road in reading.road_states] == [
        TrafficState.FREE,
        TrafficState.UNKNOWN,
        TrafficState.UNKNOWN,
    ]
    assert [reject.reason for reject in reading.rejects] == ["reliability is not between 0 and 100"]


@pytest.mark.parametrize(
    "body", ["id,lon,lat\n1,5.4,43.3\n", "id\tlon\tlat\r\n1\t5.4\t43.3\r\n", "\ufeffid|lon|lat\n1|5.4|43.3"]
)
def test_delimiter_is_found_in_the_header(body: str) -> None:
    assert rows(body, CAMERA).cameras[0].position == (5.4, 43.3)


def test_windows_encoding_is_read() -> None:
    options = CAMERA | {"fields": {"external_id": "id", "lon": "lon", "lat": "lat", "label": "Libellé"}}
    reading = rows("id;lon;lat;Libellé\n1;5.4;43.3;Théâtre\n".encode("cp1252"), options)
    assert reading.cameras[0].label == "Théâtre"
    with pytest.raises(DocumentUnreadable, match="utf-8"):
        rows("id;é\n".encode("cp1252"), options | {"encoding": "utf-8"})


def test_header_without_the_map_s_columns_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="none of the columns"):
        rows("a;b\n1;2\n", CAMERA)


def test_place_of_a_line_is_the_line_it_ends_on() -> None:
    reading = rows('id;lon;lat\n"a\nb";5.4;43.3\n2;;\n', CAMERA)
    assert [reject.where for reject in reading.rejects] == ["line 3", "line 4"]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("day", "2026-10-25", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("week", "2026-10-19", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("month", "2026-12", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("year", "2026-01", datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_period_of_a_count_follows_the_local_clock(period: str, start: str, end: datetime) -> None:
    reading = rows(f"zone;mois;n\n13201;{start};4\n", TALLY | {"period": period})
    assert reading.rejects == ()
    assert reading.tallies[0].end == end
    assert reading.tallies[0].external_id.startswith("signalements/13201/2026-")


def test_count_without_period_or_with_an_end_before_its_start() -> None:
    without = {key: value for key, value in TALLY.items() if key != "period"}
    assert rows("zone;mois;n\n1;2026-01;4\n", without).rejects[0].reason.startswith("a count needs an end")
    ends = without | {"fields": {"area_code": "zone", "start": "mois", "value": "n", "end": "fin"}}
    reasons = [one.reason for one in rows("zone;mois;n;fin\n1;2026-05;4;2026-01\n1;;4;\n", ends).rejects]
    assert reasons == ["the period ends before it starts", "a count needs a measure, an area and a start"]
