"""How well the gate tells the labelled sentences apart, how fast, and that no text of the city's own is held back."""

from __future__ import annotations

import time

import pytest

from privacy.gazetteer import Gazetteer, city_gazetteer
from privacy.text import scan
from settings import load_settings, place_names
from tests.privacy.labelled import FILE, REASON, score, sentences
from tests.privacy.own_texts import names_of_places, own_texts

LEAST_RECALL = 0.98
LEAST_PRECISION = 0.92
LEAST_PER_S = 3_000


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
