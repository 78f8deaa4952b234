"""Scenes of wall displays: saved views with a template and a duration, from a city's `scenes.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from pydantic import Field, ValidationError, field_validator

from events.errors import ConfigurationError
from events.toml_file import Identifier, Language, Table, problems, read_toml

FILE = "scenes.toml"
VIEW_KEYS = frozenset({"arr", "cat", "org", "grav", "q", "couches", "c"})
"""What a scene may choose of the address of a view; a wall is always live, so that no time is among them."""


class Scene(Table):
    """One scene: `view` is a query string of VIEW_KEYS, `duration_s` how long it stays when scenes take turns.

    A scene that is not `restricted` never shows a restricted event, whatever the display may read.
    """

    id: Identifier
    template: Literal["situation", "march", "traffic", "day", "sources"]
    name: Mapping[Language, str]
    duration_s: int = Field(default=30, ge=20, le=120)
    view: str = ""
    restricted: bool = False

    @field_validator("view")
    @classmethod
    def _is_a_view(cls, value: str) -> str:
        try:
            keys = [key for key, _ in parse_qsl(value, keep_blank_values=True, strict_parsing=bool(value))]
        except ValueError:
            raise ValueError("must be a query string such as arr=1,6&grav=2") from None
        unknown = sorted(set(keys) - VIEW_KEYS)
        if unknown:
            raise ValueError(f"the keys {', '.join(sorted(VIEW_KEYS))}, not {', '.join(unknown)}")
        return value

    def name_in(self, language: str) -> str:
        """Return the name in `language`, French when that language is missing."""
        names = {str(key): value for key, value in self.name.items()}
        return names.get(language) or names.get("fr") or self.id


class _SceneFile(Table):
    scene: tuple[Scene, ...] = Field(min_length=1, max_length=12)

    @field_validator("scene")
    @classmethod
    def _are_different(cls, value: tuple[Scene, ...]) -> tuple[Scene, ...]:
        if len({one.id for one in value}) < len(value):
            raise ValueError("every scene needs an id of its own")
        return value


_USUAL = (
    Scene(id="situation", template="situation", name={"fr": "Situation générale", "en": "Overall situation"}),
    Scene(
        id="sources", template="sources", name={"fr": "État des sources", "en": "State of the sources"}, duration_s=20
    ),
)


def read_scenes(folder: Path) -> tuple[Scene, ...]:
    """Return the scenes of a city, the usual ones when it has no file; raise ConfigurationError with file and key."""
    path = folder / FILE
    if not path.is_file():
        return _USUAL
    try:
        return _SceneFile.model_validate(read_toml(path, "it must be readable, or not be there")).scene
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {problems(error)}") from None
