"""Detectors of ways to reach a person: e-mail, telephone, accounts on social networks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from privacy.hits import Hit, Passage, PiiType
from privacy.lexicon import FREE_MAIL, NETWORKS, NUMBER_WORD, ROLE_MAILBOX

_AT = re.compile(r"@|[(\[{]\s?(?:at|arobase|a)\s?[)\]}]|\s(?:arobase|arobas|chez)(?=\s)", re.IGNORECASE)
_MAIL_REACH = 90  # characters looked at on each side of the sign
_MAIL_LEFT = re.compile(
    r"[\w+'-]+(?:(?:\.|\s\.\s?|\spoint\s|\s?[(\[]\s?(?:dot|point)\s?[)\]]\s?)[\w+'-]+)*\.?\s?$", re.IGNORECASE
)
_MAIL_RIGHT = re.compile(
    r"\s?([\w-]+(?:(?:\.|\s\.\s?|\spoint\s|\s?[(\[]\s?(?:dot|point)\s?[)\]]\s?)[\w-]+)*?"
    r"(?:\.|\s\.\s?|\spoint\s|\s?[(\[]\s?(?:dot|point)\s?[)\]]\s?)[a-z]{2,24})(?!\w|[.-]\w)",
    re.IGNORECASE,
)
# A sign in words needs no ending: "marc tessier arobase exemple", cut short by who published it.
_WRITTEN_AT = re.compile(r"[\w.+'-]+ (?:arobase|arobas) [\w.-]+", re.IGNORECASE)
_WRITTEN_DOT = re.compile(r"\s?[(\[]\s?(?:dot|point)\s?[)\]]\s?|\spoint\s|\s?\.\s?", re.IGNORECASE)

# A French number in figures: nine digits after 0, +33 or 0033, however they are grouped. 08 lines are services.
_FRENCH = re.compile(
    r"(?:(?:\+|(?<!\d)00)\s?33[\s.-]?(?:\(0\))?[\s.-]?|(?:(?<!\d)(?<!\d[-/.])0|(?<![^\W_])[oO])(?=[1-79]))[1-79]"
    r"(?:[\s./_·-]{0,3}\d){8}(?!\d)"
)
_DATE_AHEAD = re.compile(r"\d{1,2}[/. -]\d{1,2}[/. -](?:19|20)\d{2}(?!\d)")
_FOREIGN = re.compile(r"(?:\+|(?<!\d)00)\s?[1-9](?:[\s.()/-]{0,2}\d){6,14}")
_SPELLED = re.compile(rf"\bz[ée]ro(?:[\s,-]+(?:et\s)?(?:{NUMBER_WORD}|\d{{1,2}})\b){{4,}}", re.IGNORECASE)

_SOCIAL = re.compile(
    r"(?:https?://)?(?:[a-z]{1,8}\.)?(?:facebook\.com|fb\.me|fb\.com|instagram\.com|(?<![\w-])x\.com|twitter\.com|tiktok\.com|"
    r"(?<![\w-])t\.me|snapchat\.com|linkedin\.com/in|youtube\.com/@|wa\.me|threads\.net|bsky\.app/profile|discord\.gg)/[^\s,;)]{1,200}",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@])@\w[\w.-]{2,60}")
_ACCOUNT = re.compile(
    rf"\b(?:{'|'.join(sorted(NETWORKS))})\b\W{{1,3}}(?:\w{{1,30}}\W{{1,3}}){{0,2}}?"
    r"([a-z]\w{0,30}[._]\w{1,30}|[a-z]{2,30}\d{1,8}\w{0,20})(?!\w)",
    re.IGNORECASE,
)


def find_mails(passage: Passage) -> Iterator[Hit]:
    """Yield e-mail addresses, with the sign or the dot in words too; role mailboxes of allowed domains pass."""
    text = passage.text
    for sign in _AT.finditer(text):
        left = _MAIL_LEFT.search(text[max(0, sign.start() - _MAIL_REACH) : sign.start()])
        right = _MAIL_RIGHT.match(text[sign.end() : sign.end() + _MAIL_REACH])
        if left is None or right is None:
            continue
        mailbox, domain = (_WRITTEN_DOT.sub(".", part).strip() for part in (left.group(), right.group(1)))
        if not _is_role(mailbox, domain.lower(), passage.gazetteer.role_domains):
            start = sign.start() - (left.end() - left.start())
            yield Hit(start, sign.end() + right.end(), PiiType.EMAIL)

    for hit in _WRITTEN_AT.finditer(text) if "aroba" in text.lower() else ():
        yield Hit(hit.start(), hit.end(), PiiType.EMAIL)


def _is_role(mailbox: str, domain: str, allowed: frozenset[str] | None) -> bool:
    if not ROLE_MAILBOX.fullmatch(mailbox):
        return False
    return domain not in FREE_MAIL if allowed is None else domain in allowed


def find_phones(passage: Passage) -> Iterator[Hit]:
    """Yield telephone numbers: French ones in any grouping, foreign ones after + or 00, and numbers in words."""
    text = passage.text
    if passage.has_digit:
        yield from _in_figures(text)
    for hit in _SPELLED.finditer(text):
        yield Hit(hit.start(), hit.end(), PiiType.PHONE)


def _in_figures(text: str) -> Iterator[Hit]:
    for hit in _FRENCH.finditer(text):
        if not _DATE_AHEAD.match(hit.group()):
            yield Hit(hit.start(), hit.end(), PiiType.PHONE)
    for hit in _FOREIGN.finditer(text):
        length = _foreign_length(hit.group())
        if length:
            yield Hit(hit.start(), hit.start() + length, PiiType.PHONE)


def _foreign_length(candidate: str) -> int:
    # What follows the number may be figures too ("+39 347 123 4567 12h"): try it shorter and shorter.
    for length in range(len(candidate), len(candidate) - 6, -1):
        shown = candidate[:length]
        try:
            number = phonenumbers.parse(shown, "FR")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return length
    return 0


def find_handles(passage: Passage) -> Iterator[Hit]:
    """Yield addresses on social networks, @handles, and account names after a network's name."""
    text = passage.text
    for sign, pattern in (("/", _SOCIAL), ("@", _HANDLE)):
        for hit in pattern.finditer(text) if sign in text else ():
            yield Hit(hit.start(), hit.end(), PiiType.HANDLE)
    for hit in _ACCOUNT.finditer(text) if not NETWORKS.isdisjoint(passage.folded) else ():
        yield Hit(hit.start(1), hit.end(1), PiiType.HANDLE)
