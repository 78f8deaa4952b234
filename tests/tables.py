"""The columns of a snapshot, each written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def written_out(events: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return one array per key, of the same length and order: short forms (docs/architecture.md) become arrays too."""
    count = len(events["id"])
    return {key: column if isinstance(column, list) else _column(column, count) for key, column in events.items()}


def _column(column: Mapping[str, Any], count: int) -> list[Any]:
    values = [column["most"]] * count
    for at, value in zip(column["rows"], column["other"], strict=True):
        values[at] = value
    return values
