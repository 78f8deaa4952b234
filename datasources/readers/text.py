"""Publishers' text made plain: no markup, no control characters, one space at a time, bounded."""

from __future__ import annotations

import html
import re
import unicodedata

from events.errors import InvalidRecord

HEADLINE_CHARS = 120
DESCRIPTION_CHARS = 1000
SHORT_CHARS = 200
FIELD_NAME_CHARS = 60

# Beyond this a text is cut before it is looked at, so that a hostile one costs nothing.
_READ_CHARS = 20_000
_HIDDEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[A-Za-z!?][^<>]*(?:>|$|(?=<))", re.DOTALL)
_SPACES = re.compile(r"\s+")
_HALVES = re.compile(r"(?:(?:^| )[^ ]*[\d@+][^ ]*)+$")
# Cc control, Cf invisible formatting (bidirectional overrides), Cs lone surrogates, Co private use, Cn unassigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_NO_TEXT = (bool, dict, list, tuple)
_JOINER = "\u200d"  # holds the parts of one emoji together


def clean(value: object, limit: int = SHORT_CHARS) -> str | None:
    """Return the text as plain words of at most `limit` characters; None when nothing readable is left.

    Character references are decoded before tags are removed, twice: publishers escape markup that was already escaped.
    """
    if not isinstance(value, str):
        if value is None or isinstance(value, _NO_TEXT):
            return None
        value = str(value)
    text = value[:_READ_CHARS]
    return bounded((text if _is_plain(text) else _made_plain(text)).strip(), limit) or None


def bounded(text: str, limit: int) -> str:
    """Return the text, cut at a word and closed by an ellipsis when it is longer than `limit`.

    Figures and signs of an address before the cut go too: half a number is read as none, and tells as much.
    """
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    kept = (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:")
    return _HALVES.sub("", kept, count=1).rstrip(" ,;:") + "…"


def identifier(value: object) -> str:
    """Return a publisher's identifier unchanged but for spaces around it; raise InvalidRecord when it cannot be one."""
    if not isinstance(value, str) and (value is None or isinstance(value, (float, *_NO_TEXT))):
        raise InvalidRecord("the record has no identifier")
    text = str(value).strip()
    if not text:
        raise InvalidRecord("the record has no identifier")
    if len(text) > SHORT_CHARS:
        raise InvalidRecord(f"the identifier is longer than {SHORT_CHARS} characters")
    if "<" in text or (not text.isprintable() and any(unicodedata.category(one) in _UNSEEN for one in text)):
        raise InvalidRecord("the identifier holds markup or control characters")
    return text


def field_name(value: object) -> str:
    """Return the name of a publisher's field, short enough to be shown in a list of names."""
    return clean(value, FIELD_NAME_CHARS) or "?"


def headline_of(name: str, road: str | None, place: str | None) -> str:
    """Return a headline for a record without title: what, on which road, where."""
    head = f"{name} {road}" if road else name
    return bounded(f"{head}, {place}" if place else head, HEADLINE_CHARS)


def _is_plain(text: str) -> bool:
    """Tell at once, for nearly every text, that nothing of it would be changed: all but spaces is printable."""
    return (
        text.isprintable()
        and "<" not in text
        and "&" not in text
        and "  " not in text
        and unicodedata.is_normalized("NFC", text)
    )


def _made_plain(text: str) -> str:
    for _ in range(2):
        text = _TAG.sub(" ", _HIDDEN.sub(" ", html.unescape(text)))
    text = "".join(_shown(character) for character in unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", text)


def _shown(character: str) -> str:
    if character == _JOINER or unicodedata.category(character) not in _UNSEEN:
        return character
    return " " if character in "\t\n\r\v\f\x1c\x1d\x1e\x85" else ""
