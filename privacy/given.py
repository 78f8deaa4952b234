"""The detector of first names that nothing announces: "Nadia Cherif", "TESSIER Jean-Marc", "karim", outside places."""

from __future__ import annotations

from collections.abc import Iterator

from privacy.first_names import Need
from privacy.hits import Hit, Passage, PiiType
from privacy.lexicon import AFTER_TITLE, CONNECTORS, HONOURS, NOT_NAMES, PARTICLES, PLACE_WORDS, SAINTS
from privacy.toponyms import Word

MAX_SURNAMES = 3
MAX_PARTICLES = 2
_LEAST_LOWER = 4  # letters of a first name in lower case
_LEAST_UPPER = 3  # letters of a surname in capitals before a first name
_REACH_OF_PLACE = 4  # words after "rue" that belong to it when nothing is capitalised
_ARTICLES = frozenset(("le", "la", "les", "l", "du", "des", "au", "aux", "un", "une"))


def find_first_names(passage: Passage) -> Iterator[Hit]:
    """Yield, to review, first names of the gazetteer with the names beside them, unless they belong to a place."""
    given, words, read = passage.gazetteer.given, passage.words, 0
    for index, word in enumerate(words):
        need = given.get(word.folded)
        if need is None or index < read or _is_elsewhere(passage, index):
            continue
        last = _end_of_first_name(passage, index)
        if last > index:
            need = Need.NOTHING  # "Marie-Claire": a double name is no word
        elif need is Need.DOUBLE:
            continue
        found = _capitalised(passage, index, last, need) if word.is_capital else _lower(passage, index, last, need)
        if found is not None:
            start, read = found
            yield Hit(words[start].start, words[read - 1].end, PiiType.PERSON, is_certain=False)


def _is_elsewhere(passage: Passage, index: int) -> bool:
    """Tell whether the word is part of a place, of a saint's name or of a joined name that is not a person's."""
    word, words = passage.words[index], passage.words
    if passage.places.touch(word.start, word.end):
        return True
    before, after = _between(passage, index - 1), _between(passage, index)
    if before in ("-", " ") and words[index - 1].folded in SAINTS:
        return True
    given = passage.gazetteer.given
    is_joined = before == "-" and words[index - 1].folded not in given
    return is_joined or (after == "-" and words[index + 1].folded not in given)


def _between(passage: Passage, index: int) -> str:
    """Return what stands between a word and the next, nothing at either end."""
    if not 0 <= index < len(passage.words) - 1:
        return ""
    return passage.text[passage.words[index].end : passage.words[index + 1].start]


def _end_of_first_name(passage: Passage, index: int) -> int:
    """Return the index of the last part of a double name."""
    while _between(passage, index) == "-" and passage.words[index + 1].folded in passage.gazetteer.given:
        index += 1
    return index


def _capitalised(passage: Passage, first: int, last: int, need: Need) -> tuple[int, int] | None:
    """Return the words [from, to) of a name written with a capital, None when too little speaks for a person."""
    end = _end_of_surnames(passage, last)
    if end > last + 1:
        return first, end
    before = passage.words[first - 1] if _between(passage, first - 1) == " " else None
    if (
        before is not None
        and before.text.isupper()
        and len(before.text) >= _LEAST_UPPER
        and _may_be_name(passage, before)
    ):
        return first - 1, end
    if need is Need.NEIGHBOUR or passage.words[first].text.isupper():
        return None
    # No article stands before a person: "l'Olivier", "le Maxime" are places and boats.
    is_thing = before is not None and before.folded in _ARTICLES
    return None if is_thing or _between(passage, first - 1) in ("'", "l'") else (first, end)


def _end_of_surnames(passage: Passage, last: int) -> int:
    """Return the index after the surnames that follow: "de La Tour", "El Amrani", "B."; `last + 1` when none does."""
    end = index = last + 1
    particles = surnames = 0
    while index < len(passage.words) and surnames < MAX_SURNAMES:
        if _between(passage, index - 1) not in (" ", "-", "'", " d'"):
            break
        word = passage.words[index]
        if word.folded in PARTICLES and particles < MAX_PARTICLES:
            particles += 1
        elif word.is_capital and (_may_be_name(passage, word) or (particles and word.folded in PLACE_WORDS)):
            surnames, particles, end = surnames + 1, 0, index + 1
        else:
            break
        index += 1
    return end


def _may_be_name(passage: Passage, word: Word) -> bool:
    folded = word.folded
    is_known_word = folded in NOT_NAMES or folded in PLACE_WORDS or folded in HONOURS or folded in SAINTS
    return word.text[0].isalpha() and not is_known_word and not passage.places.touch(word.start, word.end)


def _lower(passage: Passage, first: int, last: int, need: Need) -> tuple[int, int] | None:
    """Return the words [from, to) of a name in lower case, with the word after it when that may be a surname."""
    words = passage.words
    if need is not Need.NOTHING or len(words[first].text) < _LEAST_LOWER:
        return None
    for index in range(first - 1, max(-1, first - 1 - _REACH_OF_PLACE), -1):
        if _between(passage, index) not in (" ", "'", "-"):
            break
        if words[index].folded in PLACE_WORDS:
            return None
    if _between(passage, first - 1) == " " and words[first - 1].folded in _ARTICLES:
        return None
    if _between(passage, last) == " " and _may_be_surname(passage, words[last + 1]):
        last += 1
    return first, last + 1


def _may_be_surname(passage: Passage, word: Word) -> bool:
    return (
        len(word.text) >= _LEAST_LOWER and word.folded not in AFTER_TITLE | CONNECTORS and _may_be_name(passage, word)
    )
