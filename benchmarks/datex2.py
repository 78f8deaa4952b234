"""A DATEX II document read to checked events, beside a bare lxml walk of the same file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.datex2_documents import write_v2, write_v3
from benchmarks.rows import Row

_MB = 2**20
MOST_RATIO = 5.0
MOST_MB = 100.0


def measure(quick: bool) -> Sequence[Row]:
    """Return time and memory of a version 3 and a version 2 document: 100 MB, 1 MB when quick."""
    size, repetitions = (_MB, 1) if quick else (100 * _MB, 3)
    with TemporaryDirectory() as folder:
        return [
            *_version("v3", write_v3, Path(folder), size, repetitions),
            *_version("v2", write_v2, Path(folder), size, repetitions),
        ]


def _version(name: str, write: Callable[[Path, int], int], folder: Path, size: int, repetitions: int) -> Sequence[Row]:
    file = folder / f"{name}.xml"
    write(file.with_suffix(".small.xml"), 20_000)
    records = write(file, size)
    taken: dict[str, list[dict[str, float]]] = {"walk": [], "ours": []}
    for _ in range(repetitions):
        for way, results in taken.items():
            results.append(_child(way, file))
            if results[-1]["records"] != records:
                raise RuntimeError(f"{way} read {results[-1]['records']} of {records} records")
    file.unlink()
    ours, floor = (median(one["seconds"] for one in taken[way]) for way in ("ours", "walk"))
    held, bare = (median(one["above_start_mb"] for one in taken[way]) for way in ("ours", "walk"))
    what = f"{size / _MB:.0f} MB DATEX II {name}, {records:,} records"
    return [
        Row(
            what=f"{what}: processor time",
            ours=ours,
            floor=floor,
            beside="bare lxml walk",
            unit="s",
            most_ratio=MOST_RATIO,
            repetitions=repetitions,
            note=f"{records / ours:,.0f} records/s, every one a checked event",
        ),
        Row(
            what=f"{what}: memory above start",
            ours=held,
            floor=bare,
            beside="bare lxml walk",
            unit="MB",
            most=MOST_MB,
            repetitions=repetitions,
            note=f"{held * _MB / records:,.0f} bytes a record: the events themselves, which the walk does not keep",
        ),
    ]


def _child(way: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.datex2_child", way, str(file)]
    result: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result
