"""How well the gate tells the labelled sentences apart, how fast, and that no text of the city's own is held back."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.taxonomy import categories, category
from privacy.gazetteer import Gazetteer, city_gazetteer
from privacy.text import scan
from settings import ROOT, load_settings, place_names
from tests.privacy.labelled import FILE, REASON, score, sentences

LEAST_RECALL = 0.98
LEAST_PRECISION = 0.92
LEAST_PER_S = 3_000
ORDINARY = ("{}", "Travaux {}", "Accident {}, circulation coupée", "Rassemblement à {} jusqu'à 17h")


@pytest.fixture(scope="module")
def city() -> Gazetteer:
    settings = load_settings({})
    return city_gazetteer(settings.city, place_names(settings))


@pytest.mark.skipif(not FILE.exists(), reason=REASON)
@pytest.mark.parametrize("is_kept_apart", [False, True])
def test_labelled_sentences_are_told_apart(city: Gazetteer, is_kept_apart: bool) -> None:
    told = score(sentences(is_kept_apart=is_kept_apart), city)
    assert told.recall >= LEAST_RECALL
    assert told.precision >= LEAST_PRECISION


@pytest.mark.skipif(not FILE.exists(), reason=REASON)
def test_texts_a_second_on_one_core(city: Gazetteer) -> None:
    texts = [row["text"] for part in (False, True) for row in sentences(is_kept_apart=part)]
    best = min(_seconds(texts, city) for _ in range(5))
    assert len(texts) / best >= LEAST_PER_S


def _seconds(texts: list[str], city: Gazetteer) -> float:
    start = time.thread_time()
    for text in texts:
        scan(text, city)
    return time.thread_time() - start


def test_no_text_of_the_city_or_the_catalogues_is_held_back(city: Gazetteer) -> None:
    texts = set(own_texts())
    assert len(texts) > 500
    assert [text for text in sorted(texts) if scan(text, city).kind != "cleared"] == []


def test_no_name_of_a_place_is_held_back_without_the_gazetteer_either() -> None:
    known = {text for text in names_of_places() for text in (f"Travaux {text}",)}
    held = sorted(text for text in known if scan(text).kind != "cleared")
    assert len(held) <= len(known) / 50, held


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
    yield from _strings(json.loads(Path(ROOT / "components" / "copy.json").read_text(encoding="utf-8")))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
