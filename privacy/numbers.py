"""Detectors of numbers that lead to one person: plates, NIR, IBAN, cards, documents, network addresses, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from stdnum import iban, luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import nir

from privacy.hits import Hit, Passage, PiiType
from privacy.lexicon import NOT_PLATE, VEHICLE

_SIV_LETTERS = "A-HJ-NP-TV-Z"
_SIV = re.compile(
    rf"(?<![A-Za-z0-9-])([{_SIV_LETTERS}]{{2}})(\s?[-·. _]?\s?)(\d{{3}})\s?[-·. _]?\s?([{_SIV_LETTERS}]{{2}})(?![A-Za-z0-9]|-\w)",
    re.IGNORECASE,
)
_SIV_SPACED = re.compile(r"(?<!\w)[A-Z] [A-Z] \d \d \d [A-Z] [A-Z](?!\w)")
_TRADE = re.compile(r"(?<![\w-])W-\d{3}-[A-Z]{2}(?![\w-])", re.IGNORECASE)
_FNI = re.compile(
    r"(?<![\w-])\d{1,4}[ -]?([A-Z]{2,3})[ -]?(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])(?![\w-])",
)
_PLATE_CUE = re.compile(
    r"\b(?:plaques?(?!\s+d['eu])|immat\w{0,14})\b[^\n]{0,25}?(?<![\w-])"
    r"((?=[a-z0-9 -]{0,8}\d[a-z0-9 -]?\d)(?=[0-9 -]{0,6}[a-z])[a-z0-9]{1,4}[ -]?[a-z0-9]{1,4}[ -]?[a-z0-9]{0,4})(?!\w)",
    re.IGNORECASE,
)
_FOREIGN_PLATE = re.compile(
    rf"\b(?i:{VEHICLE})\b[^.\n]{{0,30}}?(?<![\w-])"
    r"(\d{3,4} ([A-Z]{3})|([A-Z]{1,3})[- ]\d{3,4}[- ][A-Z]{2,3}|([A-Z]{1,3})[ -][A-Z]{1,2} \d{1,4}|W[ -]\d{3,4}[ -][A-Z]{1,2})(?![\w-])"
)
_VEHICLE_BEFORE = re.compile(rf"\b{VEHICLE}\b[^.\n]{{0,30}}$", re.IGNORECASE)

# Decimals of a coordinate have as many figures: what follows a decimal point is none.
_NIR = re.compile(
    r"(?<!\d)(?<!\d[.,])(?!\d\.\d{12})[12][ .-]?\d{2}[ .-]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .-]?(?:2[ABab]|\d{2})[ .-]?\d{3}[ .-]?\d{3}([ .-]?\d{2})?(?!\d)"
)
_NIR_CUE = re.compile(r"s[ée]cu|\bnir\b|vitale|\bassur[ée]", re.IGNORECASE)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_FRENCH_IBAN = re.compile(r"FR\d{2}(?:[A-Z0-9]{23})", re.IGNORECASE)
_CARD = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?!\d)",
)
_DOCUMENT = re.compile(
    r"\b(?:matricules?|carte (?:nationale )?d'identit[ée]|cni|passeports?|permis(?:\s+de\s+conduire|(?!\s+d))|titre de s[ée]jour|carte vitale|"
    r"carte bancaire|cb|badge|dossier m[ée]dical|agdref|num[ée]ro [ée]tranger|nir|s[ée]curit[ée] sociale|iban|rib)\b[^\n]{0,30}?"
    r"((?:n°\s?)?(?<![A-Z0-9])(?=[A-Z0-9 ]{0,12}\d{4})[A-Z0-9][A-Z0-9 ]{3,28}[A-Z0-9])(?![A-Z0-9])",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.IGNORECASE)
_HARDWARE = re.compile(r"(?<![\w:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_MONTH = r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)"
_BIRTH = re.compile(
    r"\b(?:n[ée]e?s?(?:\(e\))?|ddn|date de naissance|naissance)\b[^\n]{0,15}?"
    rf"(\d{{1,2}}[/.\- ]\d{{1,2}}[/.\- ]\d{{2,4}}|\d{{1,2}}(?:er)?\s{_MONTH}\s\d{{2,4}}|(?:19|20)\d{{2}}(?:-\d{{2}}-\d{{2}})?)",
    re.IGNORECASE,
)


def find_plates(passage: Passage) -> Iterator[Hit]:
    """Yield number plates: current and former French ones, trade plates, foreign ones beside a vehicle."""
    yield from _french_plates(passage.text)
    yield from _cued_plates(passage.text)


def _french_plates(text: str) -> Iterator[Hit]:
    for hit in _SIV.finditer(text):
        if _is_siv(text, hit):
            yield Hit(hit.start(), hit.end(), PiiType.PLATE)
    for pattern in (_SIV_SPACED, _TRADE):
        for hit in pattern.finditer(text):
            yield Hit(hit.start(), hit.end(), PiiType.PLATE)
    for hit in _FNI.finditer(text):
        if hit.group(1) not in NOT_PLATE or _has_vehicle(text, hit.start()):
            yield Hit(hit.start(), hit.end(), PiiType.PLATE)


def _cued_plates(text: str) -> Iterator[Hit]:
    for hit in _PLATE_CUE.finditer(text):
        if sum(letter.isdigit() for letter in hit.group(1)) >= 2 and len(hit.group(1)) >= 5:
            yield Hit(hit.start(1), hit.end(1), PiiType.PLATE)
    for hit in _FOREIGN_PLATE.finditer(text):
        if not {letters for letters in hit.groups()[1:] if letters} & NOT_PLATE:
            yield Hit(hit.start(1), hit.end(1), PiiType.PLATE)


def _is_siv(text: str, hit: re.Match[str]) -> bool:
    # "le 112 en cas de feu" and "RD 113 DE" have the shape of a plate: with bare spaces, little words are words.
    first, between, _, last = hit.groups()
    if between.strip() or not between:
        is_word = between == "" and not first.isupper() and {first.upper(), last.upper()} <= NOT_PLATE
    elif first.isupper() and last.isupper():
        is_word = first in NOT_PLATE
    else:
        is_word = True
    is_reference = between == " " and {first.upper(), last.upper()} <= NOT_PLATE
    return not is_word or (not is_reference and _has_vehicle(text, hit.start()))


def _has_vehicle(text: str, start: int) -> bool:
    return _VEHICLE_BEFORE.search(text[max(0, start - 45) : start]) is not None


def find_nir(passage: Passage) -> Iterator[Hit]:
    """Yield social security numbers: with their key or a cue they are certain, with a wrong key they are to review."""
    text = passage.text
    has_cue: bool | None = None
    for hit in _NIR.finditer(text):
        if has_cue is None:
            has_cue = _NIR_CUE.search(text) is not None
        if hit.group(1) is not None:
            yield Hit(hit.start(), hit.end(), PiiType.NIR, is_certain=has_cue or _has_key(hit.group()))
        elif has_cue:
            yield Hit(hit.start(), hit.end(), PiiType.NIR)


def _has_key(shown: str) -> bool:
    return bool(nir.is_valid(re.sub(r"[ .-]", "", shown).upper()))


def find_accounts(passage: Passage) -> Iterator[Hit]:
    """Yield IBAN whose check digits hold, French ones even when they do not, and payment cards (Luhn)."""
    for hit in _IBAN.finditer(passage.text):
        length = _iban_length(hit.group())
        if length:
            yield Hit(hit.start(), hit.start() + length, PiiType.IBAN)
    for hit in _CARD.finditer(passage.text):
        if luhn.is_valid(re.sub(r"\D", "", hit.group())):
            yield Hit(hit.start(), hit.end(), PiiType.ID)


def _iban_length(candidate: str) -> int:
    # The words after the number look like more of it; each country has one length, so only one cut can hold.
    compact, ends = "", []
    for place, letter in enumerate(candidate):
        if letter.isalnum():
            compact += letter
            ends.append(place + 1)
    for length in range(15, len(compact) + 1):
        part = compact[:length]
        if _FRENCH_IBAN.fullmatch(part) and sum(letter.isdigit() for letter in part) >= 16:
            return ends[length - 1]
        if sum(letter.isdigit() for letter in part) >= 8 and _is_iban(part):
            return ends[length - 1]
    return 0


def _is_iban(compact: str) -> bool:
    try:
        iban.validate(compact, check_country=False)
    except ValidationError:
        return False
    return True


def find_documents(passage: Passage) -> Iterator[Hit]:
    """Yield numbers after the name of a document or a badge, and network or hardware addresses."""
    text = passage.text
    if passage.has_digit:
        for hit in _DOCUMENT.finditer(text):
            yield Hit(hit.start(1), hit.end(1), PiiType.ID)
    for pattern in (_IPV4, _HARDWARE) if "." in text or ":" in text or "-" in text else ():
        for hit in pattern.finditer(text):
            yield Hit(hit.start(), hit.end(), PiiType.ID)
    for hit in _IPV6.finditer(text) if ":" in text else ():
        if _is_ipv6(hit.group()):
            yield Hit(hit.start(), hit.end(), PiiType.ID)


def _is_ipv6(shown: str) -> bool:
    if sum(bool(group) for group in shown.split(":")) < 3:
        return False
    try:
        IPv6Address(shown)
    except AddressValueError:
        return False
    return True


def find_births(passage: Passage) -> Iterator[Hit]:
    """Yield dates and years after "né le", "DDN" or "date de naissance"."""
    for hit in _BIRTH.finditer(passage.text):
        yield Hit(hit.start(1), hit.end(1), PiiType.DOB)
