"""The columns of a snapshot, each written out; its events as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def written_out(events: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return one array per key, of the same length and order: short forms (docs/architecture.md) become arrays too."""
    count = len(events["id"])
    return {key: column if isinstance(column, list) else _column(column, count) for key, column in events.items()}


def rows_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a snapshot, or of a past, as the rows that a screen holds."""
    names, columns, number, rows = told["dict"], written_out(told["events"]), 0, []
    for i in range(len(columns["id"])):
        row = {key: values[i] for key, values in columns.items()}
        number += row["no"]
        row |= {key: names[key][row[key]] for key in ("cat", "org", "src")}
        rows.append(row | {"no": number, "ds": [names["ds"][k] for k in row["ds"]]})
    return rows


def _column(column: Mapping[str, Any], count: int) -> list[Any]:
    values = [column["most"]] * count
    for at, value in zip(column["rows"], column["other"], strict=True):
        values[at] = value
    return values
