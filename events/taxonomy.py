"""The 8 families and 43 categories of events, read from the design's taxonomy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from events.vocabulary import Severity

# A code that no table knows keeps its event: it is shown under this category, with the publisher's code beside it.
UNKNOWN_CATEGORY = "inconnu"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of event: `default_severity` applies when a publisher gives none."""

    id: str
    family: str
    icon: str
    default_severity: Severity
    visibility: str
    names: tuple[tuple[str, str], ...]

    def name(self, language: str) -> str:
        """Return the category's name in `language`, French when that language is missing."""
        names = dict(self.names)
        return names.get(language, names["fr"])


@cache
def document() -> dict[str, list[dict[str, object]]]:
    """Return the taxonomy file as read: families, categories, severities, traffic, statuses."""
    text = files("events").joinpath("taxonomy.json").read_text(encoding="utf-8")
    content: dict[str, list[dict[str, object]]] = json.loads(text)
    return content


@cache
def categories() -> dict[str, Category]:
    """Return every category by its id, the unknown one last."""
    table = {
        str(row["id"]): Category(
            id=str(row["id"]),
            family=str(row["family"]),
            icon=str(row["icon"]),
            default_severity=Severity(int(str(row["default_severity"]))),
            visibility=str(row["visibility"]),
            names=(("fr", str(row["fr"])), ("en", str(row["en"]))),
        )
        for row in document()["categories"]
    }
    table[UNKNOWN_CATEGORY] = Category(
        id=UNKNOWN_CATEGORY,
        family="vie",
        icon="obstacle",
        default_severity=Severity.INFORMATION,
        visibility="public",
        names=(("fr", "Autre"), ("en", "Other")),
    )
    return table


def category(category_id: str) -> Category:
    """Return one category; an id that does not exist gives the unknown one."""
    return categories().get(category_id, categories()[UNKNOWN_CATEGORY])


def in_family(family: str) -> frozenset[str]:
    """Return the ids of the categories of a family, empty when there is no such family."""
    return frozenset(item.id for item in categories().values() if item.family == family)
