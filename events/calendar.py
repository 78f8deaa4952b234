"""Days on which a city lives otherwise: school holidays and public holidays, so that a chart by day is read rightly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days off from `first` to `last`, both included; `is_public`: a public holiday, else those of schools."""

    first: date
    last: date
    name: Mapping[str, str]
    is_public: bool = False

    def name_in(self, language: str) -> str:
        """Return the name in `language`, French when that language is missing."""
        return self.name.get(language) or self.name.get("fr") or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Holidays in order of time; `until` is the last day it knows, `attribution` whose facts they are."""

    holidays: tuple[Holiday, ...] = ()
    since: date = date.max
    until: date = date.min
    attribution: str = ""

    def during(self, first: date, last: date) -> tuple[Holiday, ...]:
        """Return the holidays that share a day with [first, last]."""
        return tuple(one for one in self.holidays if one.first <= last and one.last >= first)

    def knows(self, first: date, last: date) -> bool:
        """Tell whether it holds every holiday of [first, last]."""
        return self.since <= first and last <= self.until


NO_HOLIDAYS = Calendar()
