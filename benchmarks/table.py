"""Rows as a Markdown table, and their place in docs/measurements.md between the marks of their figure."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.rows import UNMEASURED, Row

_HEAD = (
    "| what | ours | beside | its figure | ratio | limit | holds | n |",
    "| --- | --: | --- | --: | --: | --: | :-: | --: |",
)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table, and under it the notes of those that have one."""
    lines = [*_HEAD, *(_line(row) for row in rows)]
    notes = [f"* {row.what}: {row.note}" for row in rows if row.note]
    return "\n".join([*lines, *(["", *notes] if notes else [])])


def machine(versions: Sequence[str]) -> str:
    """Return one line on where and when a table was measured, with the versions of these packages."""
    told = ", ".join(f"{name} {version(name)}" for name in versions)
    day = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{day} UTC; {os.cpu_count()} cores ({_processor()}), load {load}; Python {platform.python_version()}, {told}."
    )


def put(document: Path, figure: str, text: str) -> None:
    """Replace what stands between the marks of a figure; a document without them gets a new section at its end."""
    first, last = f"<!-- figure: {figure} -->", f"<!-- end: {figure} -->"
    whole = document.read_text()
    if first not in whole:
        whole = f"{whole.rstrip()}\n\n## {figure}\n\n{first}\n{last}\n"
    head, _, rest = whole.partition(first)
    tail = rest.partition(last)[2]
    document.write_text(f"{head}{first}\n{text}\n{last}{tail}")


def _line(row: Row) -> str:
    verdict = {True: "yes", False: "**no**", None: "–"}[row.holds]
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    cells = (
        row.what, _figure(row.ours, row.unit), row.beside or "–", _figure(row.floor, row.unit) if row.beside else "–",
        ratio, _limit(row), verdict, str(row.repetitions),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _limit(row: Row) -> str:
    limits = []
    if row.most_ratio is not None:
        limits.append(f"≤ {row.most_ratio:g} ×")
    if row.most is not None:
        limits.append(f"≤ {row.most:g} {row.unit}")
    return ", ".join(limits) or "–"


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return UNMEASURED
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def _processor() -> str:
    said = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in said.read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
