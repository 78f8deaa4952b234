"""The catalogue of texts: French is the source, English stands beside it under the same key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from components.boot import LANGUAGES

SERVER_ONLY = (
    "reason.",
    "account.",
    "admin.",
    "journal.",
    "right.",
    "wall.refused.",
    "control.",
    "paper.",
    "report.",
    "recurring.",
    "transparency.",
)
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Texts:
    """Texts by key and language."""

    entries: Mapping[str, Mapping[str, str]]

    def text(self, key: str, lang: str, **params: object) -> str:
        """Return the text of `key` with its places filled; French when `lang` lacks it.

        Raises KeyError for a key or a place that does not exist: a missing text must never reach the screen as a key.
        """
        entry = self.entries[key]
        text = entry.get(lang, entry["fr"])
        return _PLACE.sub(lambda place: str(params[place.group(1)]), text)

    def count(self, key: str, lang: str, n: int, **params: object) -> str:
        """Return the text of `key` for a number: the key's `.one` form where the language says one (French: 0 and 1)."""
        is_one = abs(n) < 2 if lang == "fr" else n == 1
        chosen = f"{key}.one" if is_one and f"{key}.one" in self.entries else key
        return self.text(chosen, lang, n=n, **params)

    def flat(self, lang: str) -> dict[str, str]:
        """Return the texts of one language that a browser loads: reasons are said by the server."""
        told = ((key, entry) for key, entry in self.entries.items() if not key.startswith(SERVER_ONLY))
        return {key: entry.get(lang, entry["fr"]) for key, entry in told}


@dataclass(frozen=True)
class Words:
    """The texts of one language: what a drawing function is given."""

    texts: Texts
    lang: str

    def __call__(self, key: str, **params: object) -> str:
        """Return the text of `key`."""
        return self.texts.text(key, self.lang, **params)

    def count(self, key: str, n: int, **params: object) -> str:
        """Return the text of `key` for a number."""
        return self.texts.count(key, self.lang, n, **params)

    def figure(self, value: float) -> str:
        """Return a round number of a scale with the language's comma."""
        text = f"{value:,.10g}"
        return text.replace(",", "\u202f").replace(".", ",") if self.lang == "fr" else text

    def has(self, key: str) -> bool:
        """Tell whether the catalogue knows a key."""
        return key in self.texts.entries


@cache
def load() -> Texts:
    """Return the catalogue shipped with the product."""
    text = files("components").joinpath("copy.json").read_text(encoding="utf-8")
    entries: dict[str, dict[str, str]] = json.loads(text)
    return Texts(entries)


def words(lang: str) -> Words:
    """Return the texts of one language; a language we do not speak gives French."""
    return Words(load(), lang if lang in LANGUAGES else LANGUAGES[0])


def places(text: str) -> frozenset[str]:
    """Return the names of the places to fill in a text."""
    return frozenset(_PLACE.findall(text))
