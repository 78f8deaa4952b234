"""Detectors of names that something announces: a title, a role, "nom :", or a first name of the gazetteer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.hits import Hit, Passage, PiiType
from privacy.lexicon import AFTER_TITLE, CIVIL_TITLES, CONNECTORS, HONOURS, NOT_NAMES, PLACE_WORDS
from privacy.normalise import fold
from privacy.toponyms import Word

_UPPER = "A-ZÀ-ÖØ-ÞŒŸ"
_CAPITALISED = rf"[{_UPPER}][\w']{{0,29}}(?:-\w[\w']{{0,29}}){{0,3}}"
_PARTICLE = r"(?:de |du |des |le |la |el |al |ben |van |von |da |di |d')"
_NAME = rf"(?:{_CAPITALISED}|[{_UPPER}]\.)(?: {_PARTICLE}{{0,2}}(?:{_CAPITALISED}|[{_UPPER}]\.)){{0,3}}"

_CIVIL = re.compile(
    r"(?<![\w'])(?:(?:MM?|m)\.|(?<!\d )(?<!\d)M(?= )|(?i:mrs?|mmes?|mlles?)\b\.?|(?i:monsieur|madame|mademoiselle|ma[îi]tre)\b|M[er]\b\.?)"
    rf" ?(?:(?i:et) (?:M\.|(?i:mme|madame)) ?)?({_NAME}|[^\W\d_][\w'-]{{2,29}})"
)
_ROLE = re.compile(
    r"(?<![\w])(?i:brigadi[eè]re?(?:-chef)?|commissaire|lieutenante?|capitaine|commandante?|major|adjudante?(?:-chef)?|sergente?(?:-chef)?|"
    r"gendarme|polici[eè]re?|agente?|inspecteur|inspectrice|pr[ée]f[èe]te?|maire|ministre|d[ée]put[ée]e?|s[ée]nateur|s[ée]natrice|"
    r"pr[ée]sidente?|docteure?|dr|professeure?|vigile|avocate?|procureure?|juge|abb[ée]|imam|rabbin|pasteur|"
    r"(?:d[ée]|sur)?nomm[ée]e?|surnom|identit[ée]|un certain|une certaine|pr[ée]nomm[ée]e?|sign[ée](?:\spar)?|alias)\b\.?"
    rf" ?[:,(]? ?\"? ?({_NAME})"
)
# Weaker: what follows may be a service or a firm, so it takes two capitalised words, and a person decides.
_WITNESS = re.compile(
    r"(?<![\w])(?i:(?:signal[ée]e?s?|transmise?|d[ée]pos[ée]e?|vue?|fait|appel[ée]e?|agress[ée]e?) par|appartenant [àa]|appartient [àa]|"
    r"interpellation de|arrestation de|signalement de|audition de|voir avec|vu avec|rappeler|joindre|pr[ée]venir|contact(?: sur place| terrain)?|"
    r"conduct(?:eur|rice)|chauffeur(?: du bus \d{1,3})?|t[ée]moin|plaignante?|victime|suspecte?|propri[ée]taire|riveraine?|voisine?|gardienne?|concierge)\b"
    rf" ?[:,(]? ?\"? ?({_CAPITALISED} {_PARTICLE}{{0,2}}{_CAPITALISED}(?: {_CAPITALISED}){{0,2}})"
)
_LABELLED = re.compile(r"\b(?:nom|pr[ée]nom|patronyme)s? ?[:=] ?([^\W\d_][\w'-]{1,29})", re.IGNORECASE)


def find_titled(passage: Passage) -> Iterator[Hit]:
    """Yield the names after a civil title, in capitals or not; a title beats the gazetteer."""
    for hit in _CIVIL.finditer(passage.text):
        first = fold(re.split(r"[ .'-]", hit.group(1), maxsplit=1)[0])
        if first in AFTER_TITLE or first in CIVIL_TITLES or passage.places.cover(hit.start(), hit.end(1)):
            continue
        yield Hit(hit.start(), hit.end(1), PiiType.PERSON)


def find_roles(passage: Passage) -> Iterator[Hit]:
    """Yield the names after a rank, a function or "nommé"; those after a witness's word are to review."""
    for pattern, is_certain in ((_ROLE, True), (_WITNESS, False)):
        for hit in pattern.finditer(passage.text):
            if _is_name(passage, hit):
                yield Hit(hit.start(1), hit.end(1), PiiType.PERSON, is_certain)


def _is_name(passage: Passage, hit: re.Match[str]) -> bool:
    if passage.places.touch(hit.start(), hit.start(1)) or passage.places.cover(*hit.span(1)):
        return False
    words = [word for word in re.split(r"[ .'-]+", hit.group(1)) if word]
    first = words[0]
    if fold(first) in NOT_NAMES or fold(first) in PLACE_WORDS or (first.isupper() and 1 < len(first) <= 4):
        return False
    return not any(fold(word) in NOT_NAMES - CONNECTORS for word in words[1:])


def find_labelled(passage: Passage) -> Iterator[Hit]:
    """Yield what follows "nom :" or "prénom :", unless it is a place."""
    for hit in _LABELLED.finditer(passage.text):
        if fold(hit.group(1)) not in PLACE_WORDS and not passage.places.touch(*hit.span(1)):
            yield Hit(hit.start(1), hit.end(1), PiiType.PERSON)


def find_first_names(passage: Passage) -> Iterator[Hit]:
    """Yield, to review, a first name of the gazetteer beside another capitalised word, outside places."""
    given = passage.gazetteer.given
    if not given:
        return
    for one, other in zip(passage.words, passage.words[1:], strict=False):
        if passage.text[one.end : other.start] != " " or not (one.is_capital and other.is_capital):
            continue
        if passage.places.touch(one.start, other.end):
            continue
        if (one.folded in given and _may_be_surname(other)) or (other.folded in given and one.text.isupper()):
            yield Hit(one.start, other.end, PiiType.PERSON, is_certain=False)


def _may_be_surname(word: Word) -> bool:
    return word.folded not in NOT_NAMES and word.folded not in PLACE_WORDS and word.folded not in HONOURS
