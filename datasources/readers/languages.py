"""One text of several languages: the one a reader here wants."""

from __future__ import annotations

from collections.abc import Sequence

from datasources.readers.text import clean
from datasources.readers.xml import LANGUAGES

MAX_TEXTS = 40


def chosen_text(texts: Sequence[tuple[str, str]], limit: int) -> tuple[str | None, str | None]:
    """Return a text and its language: French, English, then the first with words; None for both without one.

    `texts`: pairs of text and language, the language in two small letters or empty.
    """
    held = [(words, tag) for text, tag in texts[:MAX_TEXTS] if (words := clean(text, limit))]
    for wanted in LANGUAGES:
        for words, tag in held:
            if tag == wanted:
                return words, tag
    return (held[0][0], held[0][1] or None) if held else (None, None)
