"""Detectors of names that something announces: a title, a role, a nickname, "nom :"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.hits import Hit, Passage, PiiType
from privacy.lexicon import AFTER_TITLE, CIVIL_TITLES, CONNECTORS, HONOURS, NOT_NAMES, PARTICLES, PLACE_WORDS
from privacy.normalise import fold

_UPPER = "A-ZÀ-ÖØ-ÞŒŸ"
_CAPITALISED = rf"[{_UPPER}][\w']{{0,29}}(?:-\w[\w']{{0,29}}){{0,3}}"
_PARTICLE = r"(?:de |du |des |le |la |el |al |ben |van |von |da |di |d')"
_NAME = rf"(?:{_CAPITALISED}|[{_UPPER}]\.)(?: {_PARTICLE}{{0,2}}(?:{_CAPITALISED}|[{_UPPER}]\.)){{0,3}}"

_OFFICES = AFTER_TITLE | NOT_NAMES | PLACE_WORDS | HONOURS | {""}
_PARTS = re.compile(r"[ .'-]+")
_CIVIL = re.compile(
    r"(?<![\w'])(?:(?:MM?|m)\.|(?<!\d )(?<!\d)M(?= )|(?i:mrs?|mmes?|mlles?)\b\.?|(?i:monsieur|madame|mademoiselle|ma[îi]tre)\b|M[er]\b\.?)"
    rf" ?(?:(?i:et) (?:M\.|(?i:mme|madame)) ?)?((?:de |du |des |d'){{0,2}}{_NAME}|[^\W\d_][\w'-]{{2,29}})"
)
_ROLE = re.compile(
    r"(?<![\w])(?i:brigadi[eè]re?(?:-chef)?|commissaire|lieutenante?|capitaine|commandante?|major|adjudante?(?:-chef)?|sergente?(?:-chef)?|"
    r"gendarme|polici[eè]re?|agente?|inspecteur|inspectrice|pr[ée]f[èe]te?|maire|ministre|d[ée]put[ée]e?|s[ée]nateur|s[ée]natrice|"
    r"pr[ée]sidente?|docteure?|dr|professeure?|vigile|avocate?|procureure?|juge|abb[ée]|imam|rabbin|pasteur|"
    r"(?:d[ée])?nomm[ée]e?|identit[ée]|un certain|une certaine|pr[ée]nomm[ée]e?|sign[ée](?:\spar)?)\b\.?"
    rf" ?[:,(]? ?\"? ?({_NAME})"
)
_QUOTED = r"\" ?[^\"\n]{1,40}\""
_NICKNAME = re.compile(
    rf"(?<![\w-])(?i:surnomm[ée]e?s?|surnoms?|alias|sobriquet|blase)\b ?[:,(]? ?({_QUOTED}|(?:L[ea]s? |L'|El |Al )?{_NAME})"
    rf"|(?<![\w-])(?<!lieu )(?i:dite?) ({_QUOTED})"
)
# One capitalised word after these is a name: they are never followed by a service.
_PERSON_WORD = re.compile(
    rf"(?<![\w])(?i:conduct(?:eur|rice)|t[ée]moin|plaignante?|victime|suspecte?|riveraine?|voisine?|gardienne?|concierge|chauffeur)\b ({_CAPITALISED})"
)
# "K. Benali", but neither "point B. Accès" nor "voie A. Travaux".
_INITIAL = re.compile(rf"(?<![\w.'-])((?:[{_UPPER}]\.-?){{1,2}} ?{_CAPITALISED})")
_BEFORE_LETTER = re.compile(
    r"(?:point|zone|voie|ligne|plan|hall|quai|b[âa]t(?:iment|\.)?|secteur|niveau|porte|parking|parc|lot|classe|phase|tranche|terminal|bloc|"
    r"all[ée]e|entr[ée]e|sortie|groupe|cat[ée]gorie|type|mod[èe]le|annexe|escalier|aile|[ée]tape|cas|option|vitamine|h[ée]patite|note) \Z",
    re.IGNORECASE,
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
        first, _, rest = fold(_PARTS.sub(" ", hit.group(1))).partition(" ")
        # "M. Le Mouel" is a name, "M. le Maire" is not.
        is_particle = first in PARTICLES and rest.partition(" ")[0] not in _OFFICES
        if (
            (first in AFTER_TITLE and not is_particle)
            or first in CIVIL_TITLES
            or passage.places.cover(hit.start(), hit.end(1))
        ):
            continue
        yield Hit(hit.start(), hit.end(1), PiiType.PERSON)


def find_nicknames(passage: Passage) -> Iterator[Hit]:
    """Yield what follows "surnommé" or "alias", articles included, and what stands in quotes after "dit"."""
    for hit in _NICKNAME.finditer(passage.text):
        group = 1 if hit.group(1) else 2
        if not passage.places.touch(hit.start(), hit.start(group)):
            yield Hit(hit.start(group), hit.end(group), PiiType.PERSON)


def find_roles(passage: Passage) -> Iterator[Hit]:
    """Yield the names after a rank, a function or "nommé"; those after a witness's word are to review."""
    for pattern, is_certain in ((_ROLE, True), (_WITNESS, False), (_PERSON_WORD, False)):
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


def find_initials(passage: Passage) -> Iterator[Hit]:
    """Yield, to review, a name after its initial."""
    text = passage.text
    for hit in _INITIAL.finditer(text) if "." in text else ():
        is_letter = _BEFORE_LETTER.search(text, max(0, hit.start() - 12), hit.start()) is not None
        if not is_letter and _is_surname(passage, hit):
            yield Hit(hit.start(), hit.end(), PiiType.PERSON, is_certain=False)


def _is_surname(passage: Passage, hit: re.Match[str]) -> bool:
    word = fold(_PARTS.split(hit.group(1))[-1])
    return not (passage.places.touch(*hit.span()) or word in NOT_NAMES or word in PLACE_WORDS or len(word) == 1)


def find_labelled(passage: Passage) -> Iterator[Hit]:
    """Yield what follows "nom :" or "prénom :", unless it is a place."""
    for hit in _LABELLED.finditer(passage.text):
        if fold(hit.group(1)) not in PLACE_WORDS and not passage.places.touch(*hit.span(1)):
            yield Hit(hit.start(1), hit.end(1), PiiType.PERSON)
