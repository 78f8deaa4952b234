"""Polygons that cross themselves: mended when that is cheap, refused when it would take minutes."""

from __future__ import annotations

import math
import random
import time

import pytest
import shapely

from events.errors import InvalidRecord
from events.geometry import check_geometry

AREA = (5.0, 43.0, 6.0, 44.0)
BOW_TIE = [[[5.3, 43.3], [5.4, 43.4], [5.4, 43.3], [5.3, 43.4], [5.3, 43.3]]]
SQUARE = [[[5.3, 43.3], [5.4, 43.3], [5.4, 43.4], [5.3, 43.4], [5.3, 43.3]]]


def crossing(corners: int) -> list[list[float]]:
    chance = random.Random(7)
    ring = [[5.3 + chance.random() / 10, 43.3 + chance.random() / 10] for _ in range(corners)]
    return [*ring, ring[0]]


def circle_with_a_spike(corners: int) -> list[list[float]]:
    turns = [n / corners * 2 * math.pi for n in range(corners)]
    ring = [[5.3 + math.cos(turn) / 50, 43.3 + math.sin(turn) / 50] for turn in turns]
    ring[5], ring[7] = ring[7], ring[5]
    return [*ring, ring[0]]


@pytest.mark.parametrize("coordinates", [BOW_TIE, [circle_with_a_spike(1500)], [crossing(20)]])
def test_few_crossings_are_mended(coordinates: list[object]) -> None:
    mended = check_geometry({"type": "Polygon", "coordinates": coordinates}, AREA)
    assert shapely.geometry.shape(mended).is_valid
    assert not shapely.geometry.shape(mended).is_empty


def test_polygon_inside_a_collection_is_mended_too() -> None:
    collection = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": BOW_TIE}]}
    assert shapely.geometry.shape(check_geometry(collection, AREA)).is_valid


@pytest.mark.parametrize(
    "value",
    [
        *({"type": "Polygon", "coordinates": [crossing(count)]} for count in (60, 300, 1500, 9000)),
        {"type": "Polygon", "coordinates": [[*[[5.3, 43.3], [5.4, 43.3]] * 400, [5.3, 43.3]]]},
        {"type": "MultiPolygon", "coordinates": [SQUARE] * 400},
    ],
    ids=["60 corners", "300 corners", "1,500 corners", "9,000 corners", "to and fro", "one square 400 times"],
)
def test_many_crossings_are_refused_at_once(value: dict[str, object]) -> None:
    start = time.thread_time()
    with pytest.raises(InvalidRecord, match="crosses itself too often"):
        check_geometry(value, AREA)
    assert time.thread_time() - start < 0.5
