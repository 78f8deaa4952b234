"""Where a text names places: a scanner over its words, linear in their number, and the city's own names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from privacy.gazetteer import WORD, Gazetteer
from privacy.lexicon import CIVIL_TITLES, CONNECTORS, HONOURS, PLACE_WORDS
from privacy.normalise import fold

# Word, connectors, then at most so many capitalised words: "rue du Général Charles de Gaulle".
MAX_CAPITALS = 6
MAX_CONNECTORS = 3
MAX_REACH = 24
_AFTER_ALL = 1 << 30
_JOINT = re.compile(r" {1,2}| ?' ?| ?[-/] ?")
_SHORT_JOINT = re.compile(r"\. {0,2}")


class Word(NamedTuple):
    """A word of the plain text and its folded form."""

    start: int
    end: int
    text: str
    folded: str

    @property
    def is_capital(self) -> bool:
        """Tell whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Places:
    """Spans of places, in order and without overlap."""

    spans: tuple[tuple[int, int], ...] = ()

    def cover(self, start: int, end: int) -> bool:
        """Tell whether [start, end) lies wholly inside one place."""
        index = bisect_right(self.spans, (start, _AFTER_ALL)) - 1
        return index >= 0 and end <= self.spans[index][1]

    def touch(self, start: int, end: int) -> bool:
        """Tell whether [start, end) shares a character with a place."""
        index = bisect_right(self.spans, (end - 1, _AFTER_ALL)) - 1
        return index >= 0 and self.spans[index][1] > start


def split_words(text: str) -> tuple[Word, ...]:
    """Return the words of a plain text, in order."""
    return tuple(Word(hit.start(), hit.end(), hit.group(), fold(hit.group())) for hit in WORD.finditer(text))


def find_places(text: str, words: tuple[Word, ...], gazetteer: Gazetteer) -> Places:
    """Return the places a text names: a place word with its name, or a name of the gazetteer.

    A civil title never belongs to a place, and a one-word name of the gazetteer is one only after a place word:
    hamlets are called like people.
    """
    spans: list[tuple[int, int]] = []
    for index, word in enumerate(words):
        longest = gazetteer.longest.get(word.folded, 0)
        known = _known_name(words, index, longest, gazetteer) if longest else 0
        end = _end_of_place(text, words, index, gazetteer) if _opens_place(text, words, index) else 0
        if end > known > 0 and _holds_first_name(words[index:], known, end, gazetteer):
            end = known  # "rue de Rome Karim Benali": the street is known, and ends
        if max(end, known):
            spans.append((word.start, max(end, known)))
    return Places(_merged(spans))


def _holds_first_name(words: tuple[Word, ...], start: int, end: int, gazetteer: Gazetteer) -> bool:
    return any(start <= word.start and word.end <= end and word.folded in gazetteer.given for word in words[:MAX_REACH])


def _opens_place(text: str, words: tuple[Word, ...], index: int) -> bool:
    word = words[index]
    if word.folded in PLACE_WORDS:
        # "PL" and "CH" in capitals are a lorry and a hospital, unless a full stop makes them short for a street.
        return len(word.folded) > 2 or not word.text[-1].isupper() or text[word.end : word.end + 1] == "."
    following = words[index + 1].folded if index + 1 < len(words) else ""
    return f"{word.folded}-{following}" in PLACE_WORDS


def _end_of_place(text: str, words: tuple[Word, ...], index: int, gazetteer: Gazetteer) -> int:
    if words[index].folded not in PLACE_WORDS:
        index += 1  # "rond-point" is one word
    first, end, capitals, connectors = words[index], 0, 0, 0
    for before, word in pairwise(words[index : index + MAX_REACH]):
        if not _are_joined(text, before, word) or _is_title(text, word):
            break
        step = _step(first, before, word, capitals, gazetteer)
        if step is _Step.NAME:
            capitals, connectors, end = capitals + 1, 0, word.end
        elif step is _Step.LINK:
            connectors += 1
        elif step is _Step.HONOUR:
            connectors = 0
        if step is _Step.STOP or capitals >= MAX_CAPITALS or connectors > MAX_CONNECTORS:
            break
    return end


class _Step(Enum):
    NAME = "belongs to the name"
    LINK = "joins its words"
    HONOUR = "a rank inside the name"
    STOP = "lies after the place"


def _step(first: Word, before: Word, word: Word, capitals: int, gazetteer: Gazetteer) -> _Step:
    is_capital, is_plural = word.is_capital, first.folded.endswith("s")
    if word.folded == "et" and capitals and not is_plural:
        # Only a plural joins two names: "rues X et Y"; but "avenue Charles et Raymonde Tillon" is one.
        return _Step.LINK if capitals == 1 and before.folded in gazetteer.given else _Step.STOP
    if before.folded == "et" and capitals and not is_plural and word.folded not in gazetteer.given:
        return _Step.STOP
    if word.folded in CONNECTORS and not (is_capital and capitals):
        return _Step.LINK
    if is_capital or (word.text[0].isdigit() and not capitals and len(word.text) <= 4):
        return _Step.NAME
    if word.folded in HONOURS:
        return _Step.HONOUR
    return _Step.LINK if word.folded in PLACE_WORDS and not capitals else _Step.STOP


def _are_joined(text: str, before: Word, after: Word) -> bool:
    between = text[before.end : after.start]
    if _JOINT.fullmatch(between):
        return True
    # A full stop ends the sentence unless it shortens the word before it: "av. Dr. P. Heckel".
    is_short = before.folded in PLACE_WORDS or before.folded in HONOURS or len(before.text) == 1
    return is_short and _SHORT_JOINT.fullmatch(between) is not None


def _is_title(text: str, word: Word) -> bool:
    return word.is_capital and word.folded in CIVIL_TITLES and text[word.end : word.end + 1] in {".", " "}


def _known_name(words: tuple[Word, ...], index: int, longest: int, gazetteer: Gazetteer) -> int:
    for count in range(min(longest, len(words) - index), 1, -1):
        if tuple(word.folded for word in words[index : index + count]) in gazetteer.names:
            return words[index + count - 1].end
    return 0


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
