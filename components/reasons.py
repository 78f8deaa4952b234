"""Why a run or a record was not used, in the reader's language.

What the log and the database hold is one English sentence, made of clauses joined by semicolons. Each clause is the
English text of a key `reason.*` of the catalogue: the key is found by it, and its places with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from components.texts import Words, load

PREFIX = "reason."
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_JOINT = "; "


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and its language when it is not the reader's."""

    text: str
    lang: str | None = None


def say_reason(sentence: str, words: Words) -> Said:
    """Return a sentence of the log in the reader's language; as it stands, marked English, when a part has no key."""
    if words.lang == "en":
        return Said(sentence)
    clauses = [_clause(clause, words) for clause in sentence.split(_JOINT)]
    told = [clause for clause in clauses if clause is not None]
    return Said(_JOINT.join(told).replace("; ", " ; ")) if len(told) == len(clauses) else Said(sentence, "en")


def _clause(clause: str, words: Words) -> str | None:
    found = key_of(clause)
    if found is None:
        return None
    key, params = found
    return words(key, **{name: _clause(value, words) or value for name, value in params.items()})


def key_of(clause: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the key of a clause and what stands at its places, None when the catalogue has no such clause."""
    for key, pattern in _patterns():
        match = pattern.fullmatch(clause)
        if match:
            return key, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    told = {key: entry["en"] for key, entry in load().entries.items() if key.startswith(PREFIX)}
    # The longest fixed text first: a clause with a place must not take what another says in full.
    ordered = sorted(told, key=lambda key: -len(re.sub(r"\{\w+\}", "", told[key])))
    return tuple((key, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(told[key])))) for key in ordered)
