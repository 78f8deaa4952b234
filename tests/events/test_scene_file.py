"""Scenes of walls: read whole, or refused with the file and the key that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from events.errors import ConfigurationError
from events.scene_file import read_scenes

ROOT = Path(__file__).resolve().parents[2]
SCENE = """[[scene]]
id = "centre"
template = "situation"
name = { fr = "Centre" }
"""


def write(folder: Path, text: str) -> Path:
    (folder / "scenes.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_city_without_scenes_has_the_usual_ones(tmp_path: Path) -> None:
    assert [one.template for one in read_scenes(tmp_path)] == ["situation", "sources"]


def test_the_city_of_the_demonstration_plays_every_template() -> None:
    scenes = read_scenes(ROOT / "cities" / "marseille")
    assert [one.template for one in scenes] == ["situation", "march", "traffic", "day", "sources"]
    assert not any(one.restricted for one in scenes)


def test_a_scene_takes_a_view_and_is_open_unless_it_says_otherwise(tmp_path: Path) -> None:
    (one,) = read_scenes(write(tmp_path, SCENE + 'view = "arr=1,6&grav=2&c=43.3,5.4,14"\n'))
    assert (one.duration_s, one.restricted, one.name_in("en")) == (30, False, "Centre")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("duration_s = 5", "scene.0.duration_s is 5"),
        ('template = "film"', "valid TOML"),
        ('colour = "red"', "the key 'scene.0.colour' is not known"),
        ('view = "t=2026-01-01"', "scene.0.view is 't=2026-01-01'"),
        ('view = "centre"', "must be a query string"),
        (SCENE, "every scene needs an id of its own"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"scenes\.toml") as refused:
        read_scenes(write(tmp_path, SCENE + line + "\n"))
    assert said in str(refused.value)


def test_scenes_in_the_city_file_are_sent_to_their_own(tmp_path: Path) -> None:
    from events.city_file import read_city

    text = (ROOT / "cities" / "rennes" / "city.toml").read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text("scenes = []\n" + text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"scenes\.toml"):
        read_city(tmp_path)
