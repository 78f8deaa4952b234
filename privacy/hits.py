"""What a detector says it found, and the reading it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from privacy.gazetteer import Gazetteer
from privacy.toponyms import Places, Word, find_places, split_words


class PiiType(StrEnum):
    """What a span holds; the last two are reasons of the gate itself."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    PLATE = "PLATE"
    NIR = "NIR"
    IBAN = "IBAN"
    ID = "ID"
    DOB = "DOB"
    HANDLE = "HANDLE"
    HOME_ADDRESS = "HOME_ADDRESS"
    ART9 = "ART9"
    DESC = "DESC"
    PERSON = "PERSON"
    TOO_LONG = "too_long"
    GATE_ERROR = "gate_error"


@dataclass(frozen=True, slots=True)
class Hit:
    """A span of the plain text; `is_certain` blocks, otherwise a person may confirm that it is harmless."""

    start: int
    end: int
    type: PiiType
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """A plain text with its words and the places it names, read once for all detectors.

    `has_digit` and `folded` (its words) let a detector pass over a text that cannot hold what it looks for.
    """

    text: str
    words: tuple[Word, ...]
    places: Places
    gazetteer: Gazetteer
    has_digit: bool
    folded: frozenset[str]


_DIGIT = re.compile(r"\d")
Detector = Callable[[Passage], Iterable[Hit]]


def read_passage(plain: str, gazetteer: Gazetteer) -> Passage:
    """Return the passage of a text that `normalise` made plain."""
    words = split_words(plain)
    folded = frozenset(word.folded for word in words)
    return Passage(plain, words, find_places(plain, words, gazetteer), gazetteer, bool(_DIGIT.search(plain)), folded)
