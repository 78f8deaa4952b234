"""Every text of the city, the taxonomy, the catalogues and the screens: none is personal, so none may be held back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

from events.taxonomy import categories, category
from settings import ROOT, load_settings, place_names

ORDINARY = ("{}", "Travaux {}", "Accident {}, circulation coupée", "Rassemblement à {} jusqu'à 17h")


def names_of_places() -> Iterator[str]:
    settings = load_settings({})
    yield from (axis.name for axis in settings.city.axes)
    yield from (district.name for district in settings.city.districts)
    yield from place_names(settings)


def own_texts() -> Iterator[str]:
    """Yield the names of the city's layers in ordinary sentences, the taxonomy, and every text of the catalogues."""
    for name in names_of_places():
        yield from (sentence.format(name) for sentence in ORDINARY)
    for file in sorted((ROOT / "cities" / "marseille").glob("*.geojson")):
        for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
            yield from _strings(feature["properties"])
    for name in categories():
        yield from (category(name).name(language) for language in ("fr", "en"))
    for file in sorted((ROOT / "cities").glob("*/*.toml")):
        yield from _strings(tomllib.loads(file.read_text(encoding="utf-8")))
    yield from _strings(json.loads((ROOT / "components" / "copy.json").read_text(encoding="utf-8")))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
