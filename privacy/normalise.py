"""Partner text made plain: markup stripped for keeping, disguises undone for reading, with the way back to the original."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MAX_LENGTH = 1_000  # of one text; longer ones are withheld whole, since a cut could hide half a number
MAX_RAW_LENGTH = 10_000  # before markup is stripped
# Compatibility forms may make one character several; beyond this the time limit of a scan would not hold.
MAX_NORMALISED_LENGTH = 1_500

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d\u30fc"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\uff07\u00b4`"
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
# Letters of other scripts that look like Latin ones, in pairs: a plate typed with a Cyrillic letter stays a plate.
_LOOK_ALIKES = "АAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSԚQԜWаaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXαaοoρpνvιiκkυuҮYүyӀIғfɡgıiℓl"
_PLAIN = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _APOSTROPHES), "'"),
    **dict.fromkeys(map(ord, _QUOTES), '"'),
    **{ord(look): latin for look, latin in zip(_LOOK_ALIKES[::2], _LOOK_ALIKES[1::2], strict=True)},
}
# They draw nothing and are not of the category "format": fillers and variation selectors.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0") | frozenset(
    chr(number) for number in range(0xFE00, 0xFE10)
)

# Most texts hold nothing else: they are plain as they stand, but for their spaces and typographic quotes.
_LETTERS = "ÀÂÄÇÈÉÊËÎÏÔÖÙÛÜàâäçèéêëîïôöùûüœŒæÆ"
_USUAL = re.compile(rf"[\n -~{_LETTERS}°€]*")
_ONE_FOR_ONE = _PLAIN | {ord(space): " " for space in "\t\x0b\x0c\r\u00a0\u202f"}
del _ONE_FOR_ONE[ord("`")]
_BARE = {
    ord(letter): "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    for letter in _LETTERS
} | {ord("œ"): "oe", ord("æ"): "ae"}

_SCRIPT = re.compile(r"<(script|style)\b.*?(?=</\1|\Z)", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(r"</?(?:a|abbr|b|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*(?:>|(?=<)|\Z)")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text as detectors read it; `origins[i]` is the place of its i-th character in the original."""

    text: str
    origins: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that [start, end) of the plain text, not empty, came from."""
        return self.origins[start], self.origins[end - 1] + 1


def normalise(text: str) -> Normalised:
    """Return the text in compatibility form, without invisible characters, with plain dashes, quotes, spaces and digits.

    Look-alike letters become Latin ones; accents are composed with their letter, strokes laid over one are dropped.
    """
    simple = text.translate(_ONE_FOR_ONE)
    if _USUAL.fullmatch(simple):
        return Normalised(simple, range(len(text)))
    return spelled_out(text)


def spelled_out(text: str) -> Normalised:
    """Return what `normalise` does, letter by letter: for any text, and slower."""
    letters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        if character.isascii():
            letters.append(" " if character in "\t\x0b\x0c\r" else character)
            origins.append(place)
            continue
        if unicodedata.category(character) == "Cf" or character in _INVISIBLE:
            continue
        for form in unicodedata.normalize("NFKC", _PLAIN.get(ord(character), character)):
            plain = _plain(form)
            if not unicodedata.combining(plain):
                letters.append(plain)
                origins.append(place)
            elif letters and len(composed := unicodedata.normalize("NFC", letters[-1] + plain)) == 1:
                letters[-1] = composed
    return Normalised("".join(letters), tuple(origins))


def _plain(form: str) -> str:
    form = _PLAIN.get(ord(form), form)
    if form.isspace() and form != "\n":
        return " "
    return str(unicodedata.digit(form)) if form.isdigit() else form


def fold(word: str) -> str:
    """Return a word in lower case without accents, to compare it with a list."""
    if word.isascii():
        return word.lower()
    word = word.lower().translate(_BARE)
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def strip_markup(text: str) -> str:
    """Return the text without tags, scripts, character references, control and invisible characters, on one line.

    A tag inside a line vanishes and any other becomes a space, so that markup cannot cut a number in two.
    """
    if text.isprintable() and "<" not in text and "&" not in text:
        return " ".join(text.split())
    for _ in range(3):  # references may hide tags, twice over
        bare = _TAG.sub(" ", _INLINE.sub("", _SCRIPT.sub("", text)))
        opened = html.unescape(bare)
        if opened == text:
            break
        text = opened
    text = _TAG.sub(" ", text)
    kept = (letter for letter in text if letter.isspace() or not unicodedata.category(letter).startswith("C"))
    return " ".join("".join(kept).split())
