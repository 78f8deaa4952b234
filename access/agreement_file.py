"""The file in which an operator writes the agreements of a city, one `[[agreement]]` each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from events.errors import ConfigurationError

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MAILBOX = re.compile(r"[a-z0-9.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")

Kind = Literal["event", "road_state", "camera", "tally", "media"]


def _name(text: str) -> str:
    if not _NAME.fullmatch(text) or len(text) > 64:
        raise ValueError("lower case, digits, hyphens, at most 64 characters")
    return text


def _mailbox(text: str) -> str:
    if not _MAILBOX.fullmatch(text):
        raise ValueError("the address of a function, such as dpo@ville.example; never a person's")
    return text


Name = Annotated[str, AfterValidator(_name)]


class Agreement(BaseModel):
    """Who gives what to whom, for what, how long, until when. `until` is the last day; without one: an open licence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    giver: Name
    receivers: Annotated[tuple[Name, ...], Field(min_length=1)]
    sources: tuple[Name, ...] = ()
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    fields: tuple[Name, ...] | None = None
    purpose: Annotated[str, Field(min_length=10, max_length=500)]
    retention_days: Annotated[int, Field(ge=2, le=3660)]
    onward: Literal["no", "partners", "public"] = "no"
    since: date
    until: date | None = None
    is_open_licence: bool = False
    dpo_contacts: tuple[Annotated[str, AfterValidator(_mailbox)], ...] = ()

    @model_validator(mode="after")
    def _rules_between_keys(self) -> Self:
        if (self.until is None) != self.is_open_licence:
            raise ValueError("until: the last day, unless is_open_licence = true")
        if self.until is not None and self.until < self.since:
            raise ValueError("until: not before since")
        if not self.dpo_contacts and not self.is_open_licence:
            raise ValueError("dpo_contacts: at least one, unless is_open_licence = true")
        return self


def read_agreements(path: Path) -> tuple[Agreement, ...]:
    """Return the agreements of a file, none when it does not exist; raise ConfigurationError with all that is wrong."""
    found: dict[str, Agreement] = {}
    problems: list[str] = []
    for number, table in enumerate(_tables(path), start=1):
        name = str(table.get("id", f"number {number}"))[:80] if isinstance(table, dict) else f"number {number}"
        try:
            one = Agreement.model_validate(table)
        except ValidationError as error:
            problems += [f"agreement {name!r}, {problem}" for problem in _problems(error)]
            continue
        if one.id in found:
            problems.append(f"agreement {name!r}, id: found twice; allowed: once")
        found[one.id] = one
    if problems:
        raise ConfigurationError(f"{path}: {len(problems)} to mend; no source was started\n  " + "\n  ".join(problems))
    return tuple(found.values())


def covering(agreements: Iterable[Agreement], source_id: str, giver: str, day: date) -> tuple[Agreement, ...]:
    """Return the agreements that let a source be read on a day: those that name it, else those of its giver for all."""
    every = tuple(agreements)
    named = [one for one in every if source_id in one.sources]
    rows = named or [one for one in every if not one.sources and one.giver == giver]
    return tuple(one for one in rows if one.since <= day and (one.until is None or day <= one.until))


def allowed_by(agreements: Iterable[Agreement]) -> tuple[frozenset[str] | None, frozenset[str]]:
    """Return the optional fields (None: all) and the kinds of records that these agreements let be read."""
    every = tuple(agreements)
    named = [one.fields for one in every]
    fields = None if None in named else frozenset(name for one in named for name in one or ())
    return fields, frozenset(kind for one in every for kind in one.kinds)


def _tables(path: Path) -> list[object]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigurationError(f"{path}: the agreements cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML in UTF-8: {error}") from None
    tables = content.get("agreement", [])
    if set(content) - {"agreement"} or not isinstance(tables, list):
        raise ConfigurationError(f"{path}: write each agreement under [[agreement]], nothing else")
    return tables


def _problems(error: ValidationError) -> list[str]:
    # What was found is not repeated: an address there may be a person's.
    return [
        f"{'.'.join(map(str, detail['loc'])) or 'the whole'}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors(include_url=False, include_context=False)
    ]
