"""Runs the figures that are named, or all, prints their tables and writes them into docs/measurements.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.table import machine, put, table

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "measurements.md"
ARTEFACTS = ROOT / "build" / "artefacts"

# Module of this package -> packages whose versions its figures depend on. Each module offers `measure(quick) -> rows`.
FIGURES: dict[str, tuple[str, ...]] = {
    "datex2": ("lxml",),
    "history": ("sqlalchemy", "orjson", "psycopg"),
    "analysis": ("sqlalchemy", "pandas"),
    "conflicts": ("shapely",),
    "streams": ("uvicorn", "starlette"),
    "browser": ("dash", "dash-leaflet", "playwright"),
    "cold_browsers": ("dash", "uvicorn", "starlette"),
    "contributions": ("uvicorn", "starlette", "sqlalchemy"),
    "store_load": ("sqlalchemy", "orjson", "shapely"),
}


def main(arguments: Sequence[str]) -> int:
    """Return 0 when every limit holds, 1 when one does not; `--quick` uses small sizes and writes nothing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of: {', '.join(FIGURES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, nothing is written: see that it runs")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(FIGURES))
    if unknown:
        parser.error(f"{unknown[0]!r} is no figure; there are: {', '.join(FIGURES)}")
    missed = [row for name in asked.names or FIGURES for row in run(name, quick=asked.quick) if row.holds is False]
    for row in missed:
        print(f"over its limit: {row.what}")
    return 1 if missed and not asked.quick else 0


def run(name: str, *, quick: bool) -> Sequence[Row]:
    """Measure one figure, print its table, and unless `quick` write it into the document and as JSON."""
    rows: Sequence[Row] = import_module(f"benchmarks.{name}").measure(quick)
    text = f"{machine(FIGURES[name])}\n\n{table(rows)}"
    print(f"\n{name}\n{text}", flush=True)
    if not quick:
        put(DOCUMENT, name, text)
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        (ARTEFACTS / f"bench_{name}.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
