"""Traps of Opendatasoft portals, one test each (FEEDS 13)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from datasources.catalogue import make_adapter, read_catalogue
from datasources.contract import Document, Reading
from events.errors import DocumentUnreadable, InvalidRecord
from privacy.gazetteer import Gazetteer
from privacy.screen import clearer
from settings import ROOT
from tests.datasources.adapters.agenda_cases import NOW, paris, why
from tests.datasources.adapters.agenda_cases import read as read_kind

FIELDS = {"external_id": "cle", "start": "debut", "end": "fin"}
MAP = {"record": "event", "fields": FIELDS, "constants": {"category": "chantier"}}
PAGE = "https://ville.example/api/explore/v2.1/catalog/datasets/travaux/records?limit=2&offset=2&where=x%3D1"
POINT = {"type": "Point", "coordinates": [5.37, 43.29]}


def read(content: object, *, url: str = PAGE, **options: object) -> Reading:
    body = content if isinstance(content, str) else json.dumps(content)
    return read_kind("opendatasoft", body, url=url, **{**MAP, **options})  # type: ignore[arg-type]


def page(*rows: dict[str, object], total: int) -> dict[str, object]:
    return {"total_count": total, "results": [*rows]}


def place(row: dict[str, object]) -> object:
    (event,) = read([{"cle": 1, **row}]).events
    return event.geometry


def test_geo_point_2d_has_named_axes_in_v2_and_latitude_first_in_v1() -> None:
    assert place({"geo_point_2d": {"lon": 5.37, "lat": 43.29}}) == POINT
    old = {"nhits": 1, "records": [{"recordid": "a", "fields": {"cle": 1, "geo_point_2d": [43.29, 5.37]}}]}
    assert [event.geometry for event in read(old).events] == [POINT]
    assert [event.geometry for event in read(old["records"]).events] == [POINT]


def test_geo_shape_is_a_feature_and_goes_before_the_point() -> None:
    line = {"type": "LineString", "coordinates": [[5.3, 43.3], [5.4, 43.3]]}
    row = {"geo_shape": {"type": "Feature", "geometry": line, "properties": {}}, "geo_point_2d": {"lon": 5, "lat": 43}}
    assert place(row) == line


def test_geometry_null_leaves_the_point_then_no_place() -> None:
    assert place({"geo_shape": None, "geo_point_2d": {"lon": 5.37, "lat": 43.29}}) == POINT
    assert place({"geo_shape": {"type": "Feature", "geometry": None}, "geo_point_2d": None}) is None


def test_v1_without_a_shape_has_the_geometry_of_its_record() -> None:
    old = {"records": [{"recordid": "a", "fields": {"cle": 1, "latlon": [43.29, 5.37]}, "geometry": POINT}]}
    assert [event.geometry for event in read(old).events] == [POINT]


def test_place_the_map_names_is_the_only_one_read() -> None:
    row = {"cle": 1, "geo_shape": POINT, "lieu": {"lon": 5.5, "lat": 43.5}}
    (event,) = read([row], fields={**FIELDS, "position": "lieu"}).events
    assert event.geometry == {"type": "Point", "coordinates": [5.5, 43.5]}


def test_midnight_written_as_utc_is_a_local_day_and_the_last_day_is_included() -> None:
    row = {"cle": 1, "debut": "2026-11-10T00:00:00+00:00", "fin": "2026-11-12T00:00:00+00:00"}
    (event,) = read([row]).events
    assert (event.validity.start, event.validity.end) == (paris(11, 10), paris(11, 13))
    (true,) = read([row], dates="iso").events
    assert true.validity.start == datetime(2026, 11, 10, tzinfo=UTC)


def test_hour_of_utc_that_is_not_midnight_stays_one() -> None:
    (event,) = read([{"cle": 1, "debut": "2026-11-10T08:00:00+00:00"}]).events
    assert event.validity.start == datetime(2026, 11, 10, 8, tzinfo=UTC)


def test_local_midnight_written_as_two_hours_utc_is_a_day_by_its_pattern() -> None:
    dates = ["%Y-%m-%dT02:00:00+00:00", "%Y-%m-%dT01:00:00+00:00", "iso"]
    row = {"cle": 1, "debut": "2026-07-01T02:00:00+00:00", "fin": "2026-11-12T01:00:00+00:00"}
    (event,) = read([row], dates=dates).events
    assert event.validity.start == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert event.validity.end == paris(11, 13)


def test_dates_that_are_prose_are_not_invented() -> None:
    row = {"cle": 1, "travaux": "début 2026, jusqu’à fin 2029"}
    (event,) = read([row]).events
    assert (event.validity.start, event.validity.end) == (None, None)
    (event,) = read([{"cle": 1, "ligne4": "Du 18/08/2026 au 20/08/2026"}]).events
    assert (event.validity.start, event.validity.end) == (None, None)
    assert why(read([{"cle": 1, "debut": "début 2026"}])) == ["a time is not in a format this source declares"]


def test_titles_in_capitals_are_kept_and_not_taken_for_names() -> None:
    titles = ("RD 323 - TRAVAUX DE VOIRIE", "DEVIATION RUE PARADIS", "FERMETURE DU PONT DE SAINT-NAZAIRE")
    found = read(
        [{"cle": title, "titre": title} for title in titles], fields={"external_id": "cle", "headline": "titre"}
    )
    clear = clearer(Gazetteer())
    assert [clear(event.headline) for event in found.events] == [*titles]
    with pytest.raises(InvalidRecord, match="PERSON"):
        clear("AGRESSION DE NADIA CHERIF")


def test_update_time_is_that_of_the_record_where_the_table_has_none() -> None:
    old = {"records": [{"fields": {"cle": 1}, "record_timestamp": "2026-11-07T08:00:00+00:00"}]}
    (event,) = read(old, fields={"external_id": "cle", "published_at": "$.record_timestamp"}).events
    assert event.published_at == datetime(2026, 11, 7, 8, tzinfo=UTC)
    assert read([{"cle": 1}]).events[0].published_at is None


def test_colour_of_rennes_is_grey_where_unreliable_and_heavy_is_no_jam() -> None:
    folder = ROOT / "cities" / "rennes"
    catalogue = read_catalogue(folder / "sources.toml", timezone="Europe/Paris", area=(-2.1, 47.9, -1.4, 48.35))
    (roads,) = (one for one in catalogue if one.id == "rennes-etat-du-trafic")
    usual = {"datetime": "2026-11-07T15:30:00+01:00", "averagevehiclespeed": 30}
    told = [("heavy", 51), ("heavy", 50), ("congested", 99), ("freeFlow", 10), ("unknown", 0)]
    rows = [
        {
            **usual,
            "predefinedlocationreference": f"s{number}",
            "trafficstatus": state,
            "traveltimereliability": reliability,
        }
        for number, (state, reliability) in enumerate(told)
    ]
    body = Document(json.dumps(rows).encode(), media_type="", url=roads.url, retrieved_at=NOW)
    found = make_adapter(roads).read(body)
    assert [road.state.value for road in found.road_states] == ["slow", "unknown", "congested", "unknown", "unknown"]


def test_records_without_a_business_key_are_rejected() -> None:
    assert why(read([{"debut": None}])) == ["the record has no identifier"]
    old = {"records": [{"recordid": "a1", "fields": {}}]}
    assert [event.external_id for event in read(old, fields={"external_id": "$.recordid"}).events] == ["a1"]


def test_pages_are_followed_to_the_last() -> None:
    first = read(page({"cle": 1}, {"cle": 2}, total=107))
    (following,) = first.next_requests
    assert following.url == (
        "https://ville.example/api/explore/v2.1/catalog/datasets/travaux/records?where=x%3D1&offset=4&limit=100"
    )
    assert first.is_complete
    assert read(page({"cle": 1}, {"cle": 2}, total=4)).next_requests == ()
    old = {"nhits": 150, "records": [{"recordid": "a", "fields": {"cle": 1}}]}
    (following,) = read(old, url="https://ville.example/api/records/1.0/search/?dataset=x&rows=1").next_requests
    assert following.url == "https://ville.example/api/records/1.0/search/?dataset=x&start=1&rows=100"


def test_page_of_a_table_too_large_for_pages_names_the_export() -> None:
    with pytest.raises(DocumentUnreadable, match="/exports/json"):
        read(page({"cle": 1}, total=12_000))


def test_empty_page_before_the_last_record_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="a page is empty"):
        read(page(total=40))


def test_exports_as_json_geojson_and_csv_are_read() -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": POINT, "properties": {"cle": "1"}}],
    }
    assert [event.geometry for event in read(collection).events] == [POINT]
    table = 'cle;debut;Geo Point;Geo Shape\n1;2026-11-10;43.29, 5.37;\n2;;;"{""type"": ""Point"", ""coordinates"": [5.37, 43.29]}"\n'
    for start in ("", "\ufeff"):
        assert [event.geometry for event in read(start + table).events] == [POINT, POINT]


def test_road_state_of_midnight_utc_is_of_that_moment() -> None:
    fields = {"segment_id": "cle", "state": "etat", "observed_at": "heure"}
    row = {"cle": 1, "etat": "free", "heure": "2026-11-07T00:00:00+00:00"}
    (road,) = read([row], record="road_state", fields=fields, constants={}).road_states
    assert road.observed_at == datetime(2026, 11, 7, tzinfo=UTC)


@pytest.mark.parametrize("content", [{}, {"error_code": "x"}, {"results": None}, {"records": {}}])
def test_answer_without_records_is_unreadable(content: object) -> None:
    with pytest.raises(DocumentUnreadable, match="what was kept stays"):
        read(content)
