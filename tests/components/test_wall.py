"""What a display is told of the scenes of its city: restricted events need a scene made for them and a display's token."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from components.boot import Boot, SignedIn, WallScene
from components.wall import scenes_json

OPEN = WallScene(id="a", template="situation", name="A", duration_s=30, view="", is_restricted=False)
CLOSED = replace(OPEN, id="b", is_restricted=True)
BOOT = Boot(
    city_name="Ville", timezone="Europe/Paris", center=(5.4, 43.3), zoom=13, districts=(), organisations=(), is_demo=False,
    scenes=(OPEN, CLOSED),
)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "shows"),
    [
        (None, [False, False]),
        ("supervisor", [False, False]),
        ("administrator", [False, False]),
        ("wall", [False, True]),
    ],
)
def test_only_a_display_shows_restricted_events_and_only_in_its_scene(role: str | None, shows: list[bool]) -> None:
    member = role and SignedIn(account="x", organisation="Ville", organisation_id="city", role=role)
    scenes = json.loads(scenes_json(replace(BOOT, member=member or None)))
    assert [one["restricted"] for one in scenes] == shows


def test_a_wall_is_told_everything_a_scene_says() -> None:
    assert json.loads(scenes_json(BOOT))[0] == {
        "id": "a", "template": "situation", "name": "A", "duration": 30, "view": "", "restricted": False,
    }  # fmt: skip
