"""The first names that the gate knows: those INSEE counts, each with what it needs to be read as a person's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from events.errors import ConfigurationError

FILE = Path(__file__).parent / "data" / "first_names.txt"


class Need(IntEnum):
    """What must be seen: nothing ("karim"), a capital ("Olivier"), a capitalised neighbour ("Rose Martin"), a double name."""

    NOTHING = 1
    CAPITAL = 2
    NEIGHBOUR = 3
    DOUBLE = 4


_MARKS = {"+": Need.CAPITAL, "*": Need.NEIGHBOUR, "-": Need.DOUBLE}


@dataclass(frozen=True, slots=True)
class FirstNames:
    """Folded first names and their need; `version` follows the content."""

    needs: Mapping[str, Need] = field(repr=False)
    version: str


def read_first_names(text: str) -> FirstNames:
    """Return the names of a list: one a line, folded, marked "+", "*" or "-" as its head says; lines of "#" are remarks."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    needs = {line.rstrip("+*-"): _MARKS.get(line[-1], Need.NOTHING) for line in lines}
    return FirstNames(MappingProxyType(needs), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12])


@cache
def known_first_names() -> FirstNames:
    """Return the list that comes with the product; raise ConfigurationError when it is not there: names would pass."""
    try:
        names = read_first_names(FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{FILE.name}: the list of first names cannot be read ({error})") from None
    if not names.needs:
        raise ConfigurationError(
            f"{FILE.name}: the list of first names is empty; the privacy gate would let names pass"
        )
    return names
