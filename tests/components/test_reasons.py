"""Reasons of the log in the reader's language: the sentence is found by its clauses, with what stands at its places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components.reasons import PREFIX, Said, key_of, say_reason
from components.texts import load, words

ROOT = Path(__file__).resolve().parents[2]
FRENCH, ENGLISH = words("fr"), words("en")
GOLDEN = sorted((ROOT / "tests" / "feeds").glob("*/*/expected.json"))


@pytest.mark.parametrize(
    ("sentence", "french"),
    [
        ("none of the 12 records could be used", "aucun des 12 enregistrements n’a pu être utilisé"),
        ("10 records where 100 are usual", "10 enregistrements, contre 100 d’habitude"),
        (
            "the publisher marks its document as incomplete: 0 records where 100 are usual",
            "l’éditeur dit son document incomplet : 0 enregistrements, contre 100 d’habitude",
        ),
        (
            "the server answered 503 instead of a document; what is shown stays, the next poll tries again",
            "le serveur a répondu 503 au lieu d’un document ; ce qui est affiché reste, le prochain appel réessaie",
        ),
        ("the row has 4 cells, the header 3", "la ligne a 4 cellules, l’en-tête 3"),
    ],
)
def test_a_sentence_is_said_in_the_readers_language(sentence: str, french: str) -> None:
    assert say_reason(sentence, FRENCH) == Said(french)
    assert say_reason(sentence, ENGLISH) == Said(sentence)


def test_a_sentence_without_key_stays_whole_and_says_that_it_is_english() -> None:
    told = "what is shown stays; a clause nobody translated"
    assert say_reason(told, FRENCH) == Said(told, "en")


def test_each_clause_finds_its_own_key() -> None:
    entries = load().entries
    wrong = [key for key, entry in entries.items() if key.startswith(PREFIX) and key_of(entry["en"])[0] != key]
    assert wrong == []


def test_every_reject_of_the_golden_cases_is_said_in_french() -> None:
    reasons = {
        reject["reason"]
        for path in GOLDEN
        for reject in json.loads(path.read_text(encoding="utf-8")).get("rejects", ())
        if isinstance(reject, dict)
    }
    assert len(reasons) > 30
    untold = sorted(one for one in reasons if say_reason(one, FRENCH).lang == "en")
    assert untold == [], "give these sentences a key reason.* in components/copy.json"
