"""Plants invented personal data in every free text of every source, so that tests can look for it afterwards.

Off unless the program is given a file: a JSON list of strings, or an object of lists (`{"phone": ["…"], …}`).
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

from events.errors import ConfigurationError


class Canaries:
    """Gives each field of each record a value of its own, the same one at every publication."""

    def __init__(self, values: tuple[str, ...] = ()) -> None:
        self._values = values
        self._turn = count()
        self._given: dict[str, int] = {}

    def planted(self, text: str, *field: str) -> str:
        """Return the text with a canary; the text itself, empty or not, when there are none."""
        if not self._values:
            return text
        turn = self._given.setdefault("/".join(field), next(self._turn))
        return f"{text} ({self._values[turn % len(self._values)]})".strip()

    def contact(self, *field: str) -> str | None:
        """Return a canary for a field no map asks for, such as a declarant's contact; None when there are none."""
        return self.planted("Contact", *field) if self._values else None


def read_canaries(path: Path) -> Canaries:
    """Return the canaries of a file; raise ConfigurationError when it is not a list or an object of lists of strings."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"canaries {path} cannot be read as JSON: {error}") from error
    lists = list(document.values()) if isinstance(document, dict) else [document]
    if not all(isinstance(part, list) for part in lists):
        raise ConfigurationError(
            f"canaries {path}: expected a list of strings, or an object whose values are such lists"
        )
    values = tuple(value for part in lists for value in part)
    if not values or not all(isinstance(value, str) and value for value in values):
        raise ConfigurationError(f"canaries {path}: at least one value is needed, and each must be a text")
    return Canaries(values)
