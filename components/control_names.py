"""How the control calls what it looks at, and a flagged difference as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.formats import district as ordinal
from components.formats import number
from components.texts import Words

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """How districts and organisations are called."""

    districts: Mapping[str, str]
    organisations: Mapping[str, str]
    speak: Words

    def district(self, code: str) -> str:
        """Return a district's short name, the city's for none."""
        return ordinal(self.districts.get(code, code), self.speak) if code else self.speak("control.city")

    def organisation(self, name: str) -> str:
        """Return an organisation's name, "all" for none."""
        return self.organisations.get(name, name) if name else self.speak("control.all")

    def role(self, name: str) -> str:
        """Return a role's name."""
        return self.speak(f"role.{name}") if self.speak.has(f"role.{name}") else self.speak("control.role.other")


def flag_told(flag: Content, names: Names) -> str:
    """Return a flagged difference as a sentence."""
    low, high = flag["ratio"][1], flag["ratio"][2]
    told = names.speak(
        f"control.flag.{flag['measure']}", district=names.district(flag["district"]), role=names.role(flag["role"]),
        organisation=names.organisation(flag["organisation"]), ratio=times(flag["ratio"][0], names.speak),
        low=number(low, names.speak, decimals=2), high=number(high, names.speak, decimals=2),
    )  # fmt: skip
    return names.speak("control.flag.public", told=told) if flag.get("is_public") else told


def times(ratio: float, speak: Words) -> str:
    """Return a ratio as "× 1,9"."""
    return f"× {number(ratio, speak, decimals=2)}"
