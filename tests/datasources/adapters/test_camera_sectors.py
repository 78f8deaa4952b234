"""Several sectors of a camera and what it never shows, as tables, JSON and GeoJSON say them."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from shapely.geometry import Polygon

from datasources.catalogue import make_adapter
from datasources.readers.directions import MAX_CORNERS, MAX_DIRECTIONS
from events.audience import PARTNERS
from events.errors import ConfigurationError
from events.records import Camera, Sector
from events.vocabulary import CameraService
from tests.datasources.adapters.map_cases import reading, source

TABLE: dict[str, object] = {
    "record": "camera", "decimal": ",", "dates": ["%d/%m/%Y"],
    "fields": {
        "external_id": "numero", "lon": "lon", "lat": "lat", "range_m": "portee", "sectors": "secteurs", "masks": "masques",
        "masked_areas": "zones", "verified_on": "verifiee_le", "detail_px_m": "detail", "is_occluded": "obstacles",
        "service": "etat", "assessment": "aipd",
    },
    "codes": {"service": {"HS": "out_of_service"}},
}  # fmt: skip
HEAD = "numero;lon;lat;portee;secteurs;masques;zones;verifiee_le;detail;obstacles;etat;aipd\n"
YARD = "POLYGON((5.38 43.30, 5.381 43.30, 5.381 43.301, 5.38 43.30))"


def table(*rows: str) -> Any:
    return reading("csv", HEAD + "\n".join(rows) + "\n", TABLE, PARTNERS)


def only(found: Any) -> Camera:
    assert found.rejects == ()
    (camera,) = found.cameras
    return camera


def test_a_table_says_several_sectors_each_with_its_reach_and_masks() -> None:
    camera = only(table(f"1;5,38;43,30;80;90/60/80,5 | 350/40;45/20;{YARD};12/03/2026;62,5;oui;HS;AIPD 7"))
    assert camera.sectors == (
        Sector(azimuth_deg=90.0, field_of_view_deg=60.0, range_m=80.5), Sector(azimuth_deg=350.0, field_of_view_deg=40.0)
    )  # fmt: skip
    assert camera.masks == (Sector(azimuth_deg=45.0, field_of_view_deg=20.0),)
    (outline,) = camera.masked_areas
    assert Polygon(outline[0]).equals(Polygon([(5.38, 43.30), (5.381, 43.30), (5.381, 43.301)]))
    assert (camera.verified_on, camera.is_coverage_verified) == (date(2026, 3, 12), True), "a date verifies"
    assert (camera.detail_px_m, camera.is_occluded, camera.assessment) == (62.5, True, "AIPD 7")
    assert camera.service is CameraService.OUT_OF_SERVICE


def test_a_camera_that_says_none_of_it_has_none() -> None:
    camera = only(table("1;5,38;43,30;80;;;;;;;;"))
    assert (camera.sectors, camera.masks, camera.masked_areas, camera.service) == ((), (), (), None)
    assert (camera.is_coverage_verified, camera.is_occluded, camera.is_in_service) == (False, None, True)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("90;;", "a direction is azimuth/opening or azimuth/opening/range, in degrees and metres"),
        ("nord/60;;", "a number is expected"),
        ("90/60/80/4;;", "a direction is azimuth/opening or azimuth/opening/range, in degrees and metres"),
        ("400/60;;", "azimuth_deg is not between 0 and 360"),
        ("90/361;;", "field_of_view_deg is not between 0 and 360"),
        ("90/0;;", "a direction has no opening"),
        ("90/60/9000;;", "range_m is not between 0 and 5000"),
        (" | ".join(["90/10"] * (MAX_DIRECTIONS + 1)) + ";;", f"sectors has more than {MAX_DIRECTIONS} members"),
        (";45/20/30;", "a mask is azimuth/opening: it hides the whole way"),
        (";;POINT(5.38 43.30)", "a masked area is a polygon"),
        (";;POLYGON((43.30 5.38, 43.30 5.39, 43.31 5.38, 43.30 5.38))", None),
    ],
)
def test_a_direction_that_is_none_refuses_its_camera_and_no_other(cells: str, reason: str | None) -> None:
    found = table("bad;5,38;43,30;80;" + cells + ";;;;;", "good;5,38;43,30;80;90/60;;;;;;;")
    assert [camera.external_id for camera in found.cameras] == ["good"]
    (reject,) = found.rejects
    assert reject.external_id == "bad"
    assert reason is None or reject.reason == reason


def test_masked_areas_of_too_many_corners_are_refused() -> None:
    turns = [2 * math.pi * number / (MAX_CORNERS + 1) for number in range(MAX_CORNERS + 1)]
    ring = [f"{5.5 + 0.1 * math.cos(turn):.6f} {43.5 + 0.1 * math.sin(turn):.6f}" for turn in turns]
    found = table(f"1;5,38;43,30;80;;;POLYGON(({', '.join([*ring, ring[0]])}));;;;;")
    assert [one.reason for one in found.rejects] == [f"the masked areas have more than {MAX_CORNERS} corners"]


def test_lists_of_a_json_are_read_by_their_own_names() -> None:
    options: dict[str, object] = {
        "record": "camera", "items": "$.cameras[*]", "fields": {"external_id": "id", "lon": "x", "lat": "y", "masked_areas": "hidden"},
        "sectors": {"path": "views", "fields": {"azimuth_deg": "dir", "field_of_view_deg": "width", "range_m": "reach"}},
        "masks": {"path": "blind", "fields": {"azimuth_deg": "dir", "field_of_view_deg": "width"}},
    }  # fmt: skip
    hole = [[[5.38, 43.3], [5.39, 43.3], [5.39, 43.31], [5.38, 43.31], [5.38, 43.3]],
            [[5.382, 43.302], [5.384, 43.302], [5.384, 43.304], [5.382, 43.302]]]  # fmt: skip
    told = {
        "id": "a", "x": 5.38, "y": 43.30, "views": [{"dir": 10, "width": 70, "reach": 50}, {"dir": 190, "width": 70}],
        "blind": [{"dir": 20, "width": 5}], "hidden": {"type": "Polygon", "coordinates": hole},
    }  # fmt: skip
    camera = only(reading("json", {"cameras": [told]}, options, PARTNERS))
    assert [(one.azimuth_deg, one.range_m) for one in camera.sectors] == [(10.0, 50.0), (190.0, None)]
    assert camera.masks == (Sector(azimuth_deg=20.0, field_of_view_deg=5.0),)
    assert len(camera.masked_areas[0]) == 2, "a hole in a masked area is seen"


def test_a_geojson_may_give_sectors_as_arrays() -> None:
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [5.38, 43.3]},
        "properties": {"id": "a", "sectors": [[90, 60, 80], [210, 60]], "purpose": ["Trafic", "Bâtiments publics"]},
    }  # fmt: skip
    options: dict[str, object] = {
        "record": "camera", "fields": {"external_id": "id", "sectors": "sectors", "purpose": "purpose"},
    }  # fmt: skip
    camera = only(reading("geojson", {"type": "FeatureCollection", "features": [feature]}, options, PARTNERS))
    assert [one.azimuth_deg for one in camera.sectors] == [90.0, 210.0]
    assert camera.purpose == "Trafic ; Bâtiments publics", "none of several purposes is lost"


def test_a_list_of_sectors_is_no_part_of_an_event_nor_of_a_table() -> None:
    sectors = {"path": "views", "fields": {"azimuth_deg": "dir"}}
    event: dict[str, object] = {
        "record": "event", "items": "$[*]", "fields": {"external_id": "id", "category": "c"}, "sectors": sectors,
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match="sectors: only a record 'camera' has it"):
        make_adapter(source("json", event))
    with pytest.raises(ConfigurationError, match="a table holds no lists"):
        make_adapter(source("csv", {"record": "camera", "fields": {"external_id": "id"}, "sectors": sectors}))
