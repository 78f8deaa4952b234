"""Traps of where a CAP message holds: shapes and zones, one test each (FEEDS 0 and 4)."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from events.geometry import bounds
from events.vocabulary import GeometryPrecision
from tests.datasources.adapters.cap_cases import SQUARE, area, geocode, info, message, read, why


def test_polygon_is_latitude_first() -> None:
    (event,) = read(message(info())).events
    assert bounds(event.geometry) == (5.3, 43.2, 5.4, 43.3)
    assert event.geometry_precision is GeometryPrecision.EXACT


def test_polygon_with_swapped_axes_is_refused_and_says_so() -> None:
    swapped = "<polygon>5.3,43.2 5.4,43.2 5.4,43.3 5.3,43.2</polygon>"
    assert why(read(message(info(where=swapped)))) == ["position is outside the source's area: axes are swapped"]


def test_circle_radius_is_kilometres() -> None:
    (event,) = read(message(info(where="<circle>43.3,5.4 11.1195</circle>"))).events
    west, south, east, north = bounds(event.geometry)
    assert (south, north) == pytest.approx((43.2, 43.4), abs=1e-3)
    assert (east - west) / (north - south) == pytest.approx(1.374, abs=0.01)  # 1 / cos(43.3°)


def test_circle_of_radius_zero_is_a_point() -> None:
    (event,) = read(message(info(where="<circle>43.3,5.4 0</circle>"))).events
    assert event.geometry == {"type": "Point", "coordinates": [5.4, 43.3]}


def test_several_polygons_are_a_union() -> None:
    beside = "<polygon>43.2,5.4 43.2,5.5 43.3,5.5 43.3,5.4 43.2,5.4</polygon>"
    apart = "<polygon>43.6,5.4 43.6,5.5 43.7,5.5 43.6,5.4</polygon>"
    (joined,) = read(message(info(where=SQUARE + beside))).events
    assert joined.geometry["type"] == "Polygon"
    assert bounds(joined.geometry) == (5.3, 43.2, 5.5, 43.3)
    (split,) = read(message(info(where=area(SQUARE) + area(apart)))).events
    assert split.geometry["type"] == "MultiPolygon"


def test_warning_larger_than_the_area_is_cut_to_it() -> None:
    wide = "<polygon>43.5,5.5 43.5,9 45,9 45,5.5 43.5,5.5</polygon>"
    (event,) = read(message(info(where=wide))).events
    assert bounds(event.geometry) == (5.5, 43.5, 6.0, 44.0)


def test_warning_that_covers_the_whole_area_is_the_citys() -> None:
    whole = "<polygon>40,0 40,9 48,9 48,0 40,0</polygon>"
    (event,) = read(message(info(where=whole))).events
    assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.CITY)


def test_zone_of_the_city_falls_back_to_the_city() -> None:
    for name, value in (("NUTS3", "FRL04"), ("EMMA_ID", "FR013"), ("ISO3166-2", "FR-13")):
        where = area(geocode(name, value), name="")
        (event,) = read(message(info(where=where)), zones=["13", "fr013"]).events
        assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.CITY)
        assert event.place == (None if name == "EMMA_ID" else "Bouches-du-Rhône")


def test_message_for_other_zones_is_no_record_but_still_replaces() -> None:
    where = area(geocode("NUTS3", "FRE11"))
    reading = read(message(info(where=where), name="m-2", kind="Update", references="s,m-1,t"), zones=["13"])
    assert (reading.events, reading.rejects, reading.withdrawn) == ((), (), ("m-1",))
    assert "alert for other zones" in reading.dropped_fields


def test_zone_without_the_option_is_a_label_without_a_place() -> None:
    (event,) = read(message(info(where=area(geocode("NUTS3", "FRE11"), name="")))).events
    assert (event.place, event.geometry_precision) == ("Nord", GeometryPrecision.NONE)


def test_several_infos_of_one_place_and_one_area_without_shape() -> None:
    (event,) = read(message(info() + info(where=area(geocode("NUTS3", "FRL04")))), zones=["13"]).events
    assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.CITY)


@pytest.mark.parametrize(
    "shape",
    [
        "<polygon>" + "43.2,5.3 43.3,5.4 " * 60_000 + "</polygon>",
        "<polygon>" + " ".join(f"43.{i % 7},5.{i % 9}" for i in range(9_000)) + "</polygon>",
        "".join(f"<circle>43.{n % 9},5.{n} 30</circle>" for n in range(900)),
        "".join(  # two combs across each other
            f"<polygon>{' '.join(teeth)}</polygon>"
            for teeth in (
                [f"{43.1 + 0.8 * (n % 2)},{5.1 + n / 5000}" for n in range(4000)] + ["43,5.9", "43,5.1"],
                [f"{43.1 + n / 5000},{5.1 + 0.8 * (n % 2)}" for n in range(4000)] + ["43.9,5", "43.1,5"],
            )
        ),
        "<circle>89.9,5.4 500</circle>",
        "<circle>43.3,5.4 1e400</circle>",
        "<polygon>nan,5.3 43,inf 43.2,5.4</polygon>",
    ],
    ids=["endless", "crossing itself", "circles", "combs", "pole", "infinite", "not a number"],
)
def test_hostile_shape_costs_little(shape: str) -> None:
    tracemalloc.start()
    started = time.thread_time()
    reading = read(message(info(where=shape)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reading.records_seen == 1
    assert time.thread_time() - started < 1
    assert peak < 100 * 2**20
