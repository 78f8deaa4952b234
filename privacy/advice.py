"""What a contributor is told before anything is kept: which words to take out, why, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from privacy.gazetteer import EMPTY, Gazetteer
from privacy.hits import PiiType
from privacy.text import Kind, Span, scan

Say = Callable[[str], str]

# Nothing neutral can stand for a text that was not read: it is shortened or written again by its author.
_UNREAD = frozenset({PiiType.TOO_LONG, PiiType.GATE_ERROR})
_GAP = "…"
# The neutral words bring their own article: "un homme de 25 ans" goes whole.
_ARTICLE = re.compile(r"\b(?:une?|le|la|an?|the) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Words [start, end) of the text as typed, why they must go, and the neutral words for them ("" when none fit)."""

    start: int
    end: int
    type: PiiType
    reason: str
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The verdict in words: `removals` in order, never overlapping, and the whole text rewritten when that helps.

    `suggestion` passed the same gate; it is None for a cleared text and when no rewriting of ours would pass.
    """

    kind: Kind
    removals: tuple[Removal, ...] = ()
    suggestion: str | None = None


def advise(text: str, say: Say, gazetteer: Gazetteer = EMPTY) -> Advice:
    """Return what to tell the author of a text. Never raises for a text; nothing of it is kept or logged.

    `say` gives the words of a key (`gate.take.<type>`, `gate.instead.<type>`) in the reader's language.
    """
    verdict = scan(text, gazetteer)
    if verdict.kind == "cleared":
        return Advice(kind="cleared")
    removals = tuple(_removal(text, span, say) for span in _apart(verdict.spans))
    return Advice(kind=verdict.kind, removals=removals, suggestion=_suggestion(text, removals, gazetteer))


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Join spans that overlap, under the type of the first: one word is taken out once."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start < joined[-1].end:
            last = joined.pop()
            joined.append(Span(last.start, max(last.end, span.end), last.type))
        else:
            joined.append(span)
    return joined


def _removal(text: str, span: Span, say: Say) -> Removal:
    key = span.type.value.lower()
    reason = say(f"gate.take.{key}")
    if span.type in _UNREAD:
        return Removal(start=span.start, end=span.end, type=span.type, reason=reason, replacement="")
    article = _ARTICLE.search(text[: span.start])
    start = article.start() if article else span.start
    instead = say(f"gate.instead.{key}")
    if start == 0 and text[0].isupper():
        instead = instead[:1].upper() + instead[1:]
    return Removal(start=start, end=span.end, type=span.type, reason=reason, replacement=instead)


def _suggestion(text: str, removals: Sequence[Removal], gazetteer: Gazetteer) -> str | None:
    if any(removal.type in _UNREAD for removal in removals):
        return None
    # After some cues any word reads as a name ("nom : un riverain"): a gap is tried next.
    for words in ([removal.replacement for removal in removals], [_GAP] * len(removals)):
        rewritten = _rewritten(text, removals, words)
        if scan(rewritten, gazetteer).kind == "cleared":
            return rewritten
    return None


def _rewritten(text: str, removals: Sequence[Removal], words: Sequence[str]) -> str:
    parts: list[str] = []
    read = 0
    for removal, word in zip(removals, words, strict=True):
        parts += [text[read : removal.start], word]
        read = removal.end
    return "".join([*parts, text[read:]])
