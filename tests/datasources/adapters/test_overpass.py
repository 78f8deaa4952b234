"""Cameras of OpenStreetMap: what volunteers write, what Overpass leaves out, what is never shown."""

from __future__ import annotations

import pytest

from datasources.contract import Reading
from events.audience import PARTNERS
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Camera
from events.vocabulary import CameraKind
from tests.datasources.adapters.map_cases import reading

TAGS = {"man_made": "surveillance", "surveillance": "public", "surveillance:type": "camera"}


def answer(*elements: object, **others: object) -> Reading:
    return reading("overpass", {"version": 0.6, "elements": list(elements), **others}, {}, PARTNERS)


def node(**tags: str) -> dict[str, object]:
    told = {name.replace("__", ":"): value for name, value in tags.items()}
    return {"type": "node", "id": 1, "lat": 43.29, "lon": 5.38, "tags": {**TAGS, **told}}


def camera(**tags: str) -> Camera:
    (found,) = answer(node(**tags)).cameras
    return found


def test_remark_with_status_200_is_a_failure_whatever_was_found() -> None:
    with pytest.raises(DocumentUnreadable, match="gave up") as caught:
        answer(node(), remark="runtime error: Query timed out CANARI")
    assert "CANARI" not in str(caught.value)


def test_way_has_a_position_only_with_out_center() -> None:
    way = {"type": "way", "id": 2, "tags": TAGS}
    assert "out center" in answer(way).rejects[0].reason
    assert answer({**way, "center": {"lat": 43.29, "lon": 5.38}}).cameras[0].position == (5.38, 43.29)


def test_node_and_way_of_one_number_are_two() -> None:
    way = {"type": "way", "id": 1, "tags": TAGS, "center": {"lat": 43.29, "lon": 5.38}}
    assert [found.external_id for found in answer(node(), way).cameras] == ["node/1", "way/1"]


def test_man_made_may_hold_several_values() -> None:
    assert camera(man_made="mast; Surveillance").external_id == "node/1"


@pytest.mark.parametrize(
    ("direction", "azimuth", "width"),
    [("120", 120, None), ("SW", 225, None), ("0-360", None, 360), ("90-180", 135, 90), ("NW-NE", 0, 90),
     ("90;270", None, None), ("vers la rue", None, None), ("350-10", 0, 20)],
)  # fmt: skip
def test_direction_is_degrees_or_a_point_of_the_compass_or_a_range(
    direction: str, azimuth: float | None, width: float | None
) -> None:
    found = camera(camera__direction=direction)
    assert (found.azimuth_deg, found.field_of_view_deg) == (azimuth, width)


@pytest.mark.parametrize(
    "tags",
    [{"surveillance": "indoor"}, {"surveillance": "private"}, {"surveillance": "outdoor"}, {"operator__type": "private"},
     {"surveillance": ""}, {"surveillance": "public;indoor"}],
)  # fmt: skip
def test_private_camera_is_never_shown(tags: dict[str, str]) -> None:
    found = answer(node(**tags))
    assert found.cameras == ()
    assert "private cameras are never shown" in found.rejects[0].reason


def test_inside_cannot_be_asked_for() -> None:
    with pytest.raises(ConfigurationError, match="never shown"):
        reading("overpass", {"elements": []}, {"surveillance": ["indoor"]})


def test_kinds_of_cameras_and_what_is_none() -> None:
    assert camera(surveillance__type="ALPR").kind is CameraKind.ANPR
    assert camera(camera__type="panning").kind is CameraKind.PTZ
    assert answer(node(surveillance__type="guard")).cameras == ()


def test_contributors_operators_texts_and_images_stay_unread() -> None:
    told = node(operator="CANARI", description="CANARI", contact__webcam="https://CANARI.example/1.jpg")
    found = answer({**told, "user": "CANARI", "uid": 7, "changeset": 9, "timestamp": "2026-01-01T00:00:00Z"})
    assert "CANARI" not in repr(found)
    assert found.dropped_media == 1
    assert set(found.dropped_fields) == {"operator", "description", "contact:webcam"}
