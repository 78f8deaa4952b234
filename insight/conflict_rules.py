"""The table of rules that says which events get in each other's way, read from TOML and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from events.errors import ConfigurationError
from events.taxonomy import categories, document, in_family

SHIPPED = Path(__file__).with_name("conflict_rules.toml")
EVERYTHING = "*"
MEASURES = (
    "works_suspended", "fencing", "coordination", "line_diverted", "passengers_told", "access_kept", "services_told",
    "order_issued", "diversion_signed", "stewards_present", "residents_told",
)  # fmt: skip
"""What a rule may require; each has its text in the catalogue (`measure.*`)."""
PLACE_KINDS = ("transport_line", "hospital", "fire_station")
"""Kinds of fixed places: lines of a network, and what emergency services must reach."""


class Rule(BaseModel):
    """One rule: an event of `a` within `distance_m` of one of `b`, or of a fixed place, their times `margin_min` apart at most.

    `is_cover`: the rule is broken where events of `b` do not cover the place and the time of `a`. Without `is_active` it
    is kept and finds nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z-]{1,40}$")
    a: frozenset[str] = Field(min_length=1)
    b: frozenset[str] = frozenset()
    b_places: frozenset[str] = frozenset()
    distance_m: float = Field(gt=0, le=5000)
    margin_min: float = Field(default=0, ge=0, le=24 * 60)
    severity: int = Field(ge=0, le=4)
    measures: tuple[str, ...] = ()
    is_cover: bool = False
    is_active: bool = True

    @model_validator(mode="after")
    def _has_one_other_side(self) -> Rule:
        if bool(self.b) == bool(self.b_places):
            raise ValueError("give either b or b_places")
        families = {str(row["id"]) for row in document()["families"]}
        for name in (self.a | self.b) - {EVERYTHING}:
            if name not in families and name not in categories():
                raise ValueError(f"{name!r} is neither a category nor a family")
        for name in self.b_places - frozenset(PLACE_KINDS):
            raise ValueError(f"{name!r} is no kind of place; there are {', '.join(PLACE_KINDS)}")
        for measure in self.measures:
            if measure not in MEASURES:
                raise ValueError(f"{measure!r} is no measure; there are {', '.join(MEASURES)}")
        if self.is_cover and self.b_places:
            raise ValueError("a place covers nothing: is_cover needs b")
        return self

    def takes(self, side: frozenset[str], category: str) -> bool:
        """Tell whether a category is on one of the rule's sides."""
        return EVERYTHING in side or category in side or any(category in in_family(name) for name in side)


def read_rules(path: Path = SHIPPED) -> tuple[Rule, ...]:
    """Return the rules of a file; raise ConfigurationError with the rule and the key that is wrong."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: the rules of conflicts cannot be read: {error}") from None
    return _checked(told, str(path))


def rules_of(content: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules of a kept table (`content_of`); raise ConfigurationError with the rule and the key that is wrong."""
    return _checked(content["rules"], "the table of rules")


def content_of(rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the rules as plain values, to be kept."""
    rows = [rule.model_dump() for rule in rules]
    return {"rules": [{key: _plain(value) for key, value in row.items()} for row in rows]}


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _checked(told: Sequence[Mapping[str, Any]], where: str) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for number, entry in enumerate(told, 1):
        try:
            rules.append(Rule.model_validate(entry))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            name = entry.get("id", number)
            raise ConfigurationError(f"{where}: rule {name}{' ' + key if key else ''}: {first['msg']}") from None
    if len({rule.id for rule in rules}) != len(rules):
        raise ConfigurationError(f"{where}: two rules have the same id")
    return tuple(rules)
