"""What a contributor is told: the words to take out, the reason and the neutral words, in both languages."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from components import texts
from privacy import text as text_gate
from privacy.advice import advise
from privacy.hits import PiiType
from privacy.text import MAX_LENGTH, scan

LIMIT_S = 0.25  # three scans of a text

FOUND = {
    PiiType.EMAIL: ("Écrire à lea.martin@gmail.com pour le détail.", "lea.martin@gmail.com"),
    PiiType.PHONE: ("Rappeler au 06 12 34 56 78 avant midi.", "06 12 34 56 78"),
    PiiType.PLATE: ("Stationné devant le portail, BC-456-DF, depuis hier.", "BC-456-DF"),
    PiiType.HANDLE: ("Vu hier soir : @lea_mrtn, paraît-il.", "@lea_mrtn"),
    PiiType.HOME_ADDRESS: ("La dame habite 12 rue Paradis, volets ouverts.", "12 rue Paradis"),
    PiiType.ART9: ("Altercation avec un homme algérien place Castellane.", "un homme algérien"),
    PiiType.DESC: ("Vers midi, un homme de 25 ans court sur la voie.", "un homme de 25 ans"),
    PiiType.PERSON: ("Barrière déplacée par M. Dupont ce matin.", "M. Dupont"),
    PiiType.DOB: ("Un cycliste né le 14/03/1999 est tombé.", "le 14/03/1999"),
    PiiType.ID: ("Badge de service, matricule 458213, retrouvé.", "matricule 458213"),
    PiiType.NIR: ("Carte trouvée, 2 85 05 78 006 084 91, au sol.", "2 85 05 78 006 084 91"),
    PiiType.IBAN: ("Papier trouvé : FR14 2004 1010 0505 0001 3M02 606.", "FR14 2004 1010 0505 0001 3M02 606"),
}


@pytest.mark.parametrize("lang", texts.LANGUAGES)
@pytest.mark.parametrize("type_", FOUND, ids=str)
def test_words_to_take_out_with_a_reason_and_a_rewriting_that_passes(type_: PiiType, lang: str) -> None:
    text, words = FOUND[type_]
    say = texts.words(lang)
    advice = advise(text, say)
    (removal,) = advice.removals
    assert (removal.type, text[removal.start : removal.end]) == (type_, words)
    assert removal.reason == say(f"gate.take.{type_.lower()}")
    assert advice.suggestion is not None
    assert words not in advice.suggestion
    assert removal.replacement in advice.suggestion
    assert scan(advice.suggestion).kind == "cleared"


def test_every_type_that_is_read_is_tried() -> None:
    assert set(PiiType) - set(FOUND) == {PiiType.TOO_LONG, PiiType.GATE_ERROR}


def test_cleared_text_asks_for_nothing() -> None:
    advice = advise("Chaussée glissante rue Paradis.", texts.words("fr"))
    assert (advice.kind, advice.removals, advice.suggestion) == ("cleared", (), None)


def test_several_words_are_taken_out_and_the_rest_stays() -> None:
    advice = advise("M. Dupont, 06 12 34 56 78, arbre tombé.", texts.words("fr"))
    assert [removal.type for removal in advice.removals] == ["PERSON", "PHONE"]
    assert advice.suggestion == "Un riverain, un numéro de téléphone, arbre tombé."


def test_a_gap_is_offered_where_any_word_would_read_as_a_name() -> None:
    assert advise("nom : Benali, arbre tombé", texts.words("fr")).suggestion == "nom : …, arbre tombé"


@pytest.mark.parametrize(
    ("lang", "expected"), [("fr", "Une personne court."), ("en", "A person court.")], ids=("fr", "en")
)
def test_the_article_goes_with_the_words_and_a_sentence_keeps_its_capital(lang: str, expected: str) -> None:
    assert advise("Un homme de 25 ans court.", texts.words(lang)).suggestion == expected


def test_words_that_overlap_are_taken_out_once() -> None:
    text = "Vu : jeune homme brun chauve voilé."
    removals = advise(text, texts.words("fr")).removals
    assert len(scan(text).spans) > len(removals) > 0
    assert all(one.end <= other.start for one, other in pairwise(removals))


def test_what_may_be_harmless_is_to_review() -> None:
    advice = advise("Kévin Lopez attend le bus.", texts.words("fr"))
    assert (advice.kind, advice.suggestion) == ("review", "Un riverain attend le bus.")


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_text_too_long_is_explained_and_not_rewritten(lang: str) -> None:
    advice = advise("a" * (MAX_LENGTH + 1), texts.words(lang))
    assert (advice.kind, advice.suggestion) == ("blocked", None)
    assert [removal.reason for removal in advice.removals] == [texts.words(lang)("gate.take.too_long")]


def test_failing_gate_is_explained_and_nothing_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(text_gate, "read_passage", failing)
    advice = advise("Arbre tombé.", texts.words("fr"))
    assert (advice.kind, advice.suggestion) == ("blocked", None)
    assert advice.removals[0].reason == texts.words("fr")("gate.take.gate_error")


@pytest.mark.parametrize("part", ["voir 06 12 34 56 78 ", "M. Aa ", "un homme noir ", "a@b.fr "])
def test_advice_on_many_hits_is_given_in_bounded_time(part: str) -> None:
    text = (part * MAX_LENGTH)[:MAX_LENGTH]
    start = time.perf_counter()
    advice = advise(text, texts.words("fr"))
    assert time.perf_counter() - start < LIMIT_S
    assert advice.kind == "blocked"
