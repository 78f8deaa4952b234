"""Words the gate puts in the place of text it withholds, made of structured fields only."""

from __future__ import annotations

from events.taxonomy import category

_PASSAGE = {"fr": "Passage", "en": "Passing point"}
_EFFECT = {"fr": "Effet", "en": "Effect"}


def generated_titles(category_id: str, *, road: str | None, place: str | None, language: str = "fr") -> tuple[str, ...]:
    """Return titles from the fullest ("Accident – rue de Rome – Castellane") to the category's name alone.

    `road` and `place` must have passed the gate; the language falls back on French.
    """
    name = category(category_id).name(language)
    parts = [name, *dict.fromkeys(part for part in (road, place) if part)]
    return tuple(" – ".join(parts[:count]) for count in range(len(parts), 0, -1))


def passage_label(number: int, language: str = "fr") -> str:
    """Return the label of the n-th checkpoint of a route: "Passage 3"."""
    return f"{_PASSAGE.get(language, _PASSAGE['fr'])} {number}"


def effect_label(number: int, language: str = "fr") -> str:
    """Return the text of the n-th effect of an event: "Effet 2"."""
    return f"{_EFFECT.get(language, _EFFECT['fr'])} {number}"
