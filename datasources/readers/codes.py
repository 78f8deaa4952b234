"""Tables from a publisher's codes to ours, checked once against our closed lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from datasources.contract import Source
from events.audience import Audience, read_audience
from events.errors import ConfigurationError, InvalidRecord
from events.taxonomy import categories
from events.vocabulary import (
    CameraKind,
    CameraService,
    Certainty,
    CheckpointKind,
    GeometryPrecision,
    InformationStatus,
    MarchStatus,
    Severity,
    TrafficState,
    Urgency,
)

ACTIVE, ENDED, WITHDRAWN = "active", "ended", "withdrawn"
STATUSES = ("active", "draft", "to_confirm", "cancelled", "ended", "withdrawn")


def _words(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in kind)


# What each table may lead to; None: checked by its own rule.
ALLOWED: dict[str, Callable[[], tuple[str, ...]] | None] = {
    "category": lambda: tuple(categories()),
    "severity": lambda: (*(str(int(level)) for level in Severity), *(level.name.lower() for level in Severity)),
    "status": lambda: STATUSES,
    "march_status": lambda: _words(MarchStatus),
    "state": lambda: _words(TrafficState),
    "kind": lambda: _words(CameraKind),
    "service": lambda: _words(CameraService),
    "checkpoint": lambda: _words(CheckpointKind),
    "information_status": lambda: _words(InformationStatus),
    "certainty": lambda: _words(Certainty),
    "urgency": lambda: _words(Urgency),
    "geometry_precision": lambda: _words(GeometryPrecision),
    "size_class": lambda: ("1", "2", "3", "4", "5"),
    "audience": None,
    "organisation": None,
    "area_code": None,
    "measure": None,
    "unit": None,
    "slot": None,
}
_AS_WRITTEN = frozenset({"area_code", "measure", "unit", "slot"})  # a code such as 2A keeps its letters


class Codes:
    """The tables of one source; a code is compared without regard to case or spaces around it."""

    def __init__(self, tables: Mapping[str, object], where: str) -> None:
        unknown = sorted(set(tables) - set(ALLOWED))
        if unknown:
            raise ConfigurationError(f"{where}.codes: {unknown[0]!r} is not a table; allowed: {', '.join(ALLOWED)}")
        self._tables = {name: _checked(name, table, f"{where}.codes.{name}") for name, table in tables.items()}
        self._ours = {name: frozenset(allowed()) for name, allowed in ALLOWED.items() if allowed is not None}

    @classmethod
    def of(cls, source: Source, allowed: frozenset[str]) -> Codes:
        """Return the tables under `codes` of a source's options; raise ConfigurationError for one not allowed."""
        tables, where = source.options.get("codes", {}), f"source {source.id!r}, options"
        if not isinstance(tables, Mapping) or not set(tables) <= allowed:
            raise ConfigurationError(f"{where}.codes: only these tables are allowed: {', '.join(sorted(allowed))}")
        return cls(tables, where)

    def has(self, name: str) -> bool:
        """Tell whether the source declares this table."""
        return name in self._tables

    def ours(self, name: str, value: object) -> str | None:
        """Return our word for a publisher's code; None when no table knows it.

        Without a table our own words are accepted as they are. Of a list of codes the first known one counts.
        """
        parts = value if isinstance(value, list | tuple) else [value]
        for part in parts[:50]:
            code = code_text(part)
            if name in self._tables:
                found = self._tables[name].get(code)
            else:
                found = code if code in self._ours.get(name, frozenset()) else None
            if found is not None:
                return found
        return None


def code_text(value: object) -> str:
    """Return a code in the form in which codes are compared."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip().casefold() if isinstance(value, str | int | float) else ""


def severity_of(word: str) -> Severity:
    """Return a severity from one of the words the table `severity` may lead to."""
    return Severity(int(word)) if word.isdecimal() else Severity[word.upper()]


def audience_of(word: str) -> Audience:
    """Return an audience from its key; raise InvalidRecord when it is none."""
    return read_audience(word)


def _checked(name: str, table: object, where: str) -> dict[str, str]:
    if not isinstance(table, Mapping) or not table:
        raise ConfigurationError(f"{where}: a table of codes is needed, theirs = ours")
    allowed = ALLOWED[name]
    checked: dict[str, str] = {}
    for theirs, ours in table.items():
        word = code_text(ours)
        if allowed is not None and word not in allowed():
            raise ConfigurationError(f"{where}.{theirs}: {ours!r} is not ours; allowed: {', '.join(allowed())}")
        if name == "audience":
            try:
                audience_of(word)
            except InvalidRecord as error:
                raise ConfigurationError(f"{where}.{theirs}: {error}") from error
        checked[code_text(theirs)] = str(ours).strip() if name in _AS_WRITTEN else word
    return checked
