"""A city's `calendar.toml`: its school holidays and public holidays, facts with whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from events.calendar import NO_HOLIDAYS, Calendar, Holiday
from events.errors import ConfigurationError
from events.toml_file import Language, Table, problems, read_toml

FILE = "calendar.toml"


class _Days(Table):
    name: Mapping[Language, str]
    first: date
    last: date

    @model_validator(mode="after")
    def _are_in_order(self) -> _Days:
        if self.last < self.first:
            raise ValueError("first must not come after last")
        return self


class _Day(Table):
    name: Mapping[Language, str]
    days: tuple[date, ...] = Field(min_length=1)


class _CalendarFile(Table):
    since: date
    until: date
    attribution: str = Field(min_length=1, max_length=160)
    school: tuple[_Days, ...] = ()
    public: tuple[_Day, ...] = ()

    @model_validator(mode="after")
    def _lie_within(self) -> _CalendarFile:
        for told in (*(one.first for one in self.school), *(day for one in self.public for day in one.days)):
            if not self.since <= told <= self.until:
                raise ValueError(f"{told.isoformat()} must lie between since and until")
        return self


def read_calendar(folder: Path) -> Calendar:
    """Return the calendar of a city's folder, an empty one without the file; raise ConfigurationError for one that is wrong."""
    path = folder / FILE
    if not path.exists():
        return NO_HOLIDAYS
    try:
        said = _CalendarFile.model_validate(read_toml(path, f"{FILE} lies beside city.toml"))
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {problems(error)}") from None
    school = [Holiday(first=one.first, last=one.last, name=_plain(one.name)) for one in said.school]
    public = [
        Holiday(first=day, last=day, name=_plain(one.name), is_public=True) for one in said.public for day in one.days
    ]
    return Calendar(
        holidays=tuple(sorted((*school, *public), key=lambda one: (one.first, one.is_public))),
        since=said.since,
        until=said.until,
        attribution=said.attribution,
    )


def _plain(names: Mapping[Language, str]) -> dict[str, str]:
    return {str(language): name for language, name in names.items()}
