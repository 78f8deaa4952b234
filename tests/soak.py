"""The long form of the tests that break things: `make soak` runs them at full size and writes what they found.

A test that has a figure to tell takes the fixture `figure`; a size that `make soak` raises is read by `scaled`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.table import machine, put, table

ROOT = Path(__file__).resolve().parents[1]
FIGURES = "SOAK_FIGURES"  # names the file, one row a line, that the figures are put into
SIZES = {"KILLS": 100, "HOUSE_KILLS": 50, "PAUSED_S": 60, "AWAY_S": 30, "LOCKED_S": 10, "POISON_STEP": 1, "DRILLS": 10, "TERMS": 20, "WALL_HOURS": 24, "WALL_MIN": 60}  # fmt: skip
TESTS = (
    "tests/store/test_kill.py", "tests/contributing/test_kill.py", "tests/whole/test_faults.py", "tests/whole/test_faults_database.py", "tests/whole/test_faults_partners.py",
    "tests/whole/test_faults_records.py", "tests/store/test_replay.py", "tests/whole/test_processes.py",
    "tests/browser/test_wall.py",
)  # fmt: skip

LONGEST_S = 7200  # of one test at full size

Figure = Callable[..., None]


def scaled(name: str, usual: int) -> int:
    """Return the size called `name`: the environment's, else the usual one of a short run."""
    assert name in SIZES
    return int(os.environ.get(name, usual))


def note(what: str, ours: float, unit: str, *, most: float | None = None, n: int = 1, said: str = "") -> None:
    """Keep a figure for the table, when one is being made."""
    place = os.environ.get(FIGURES)
    if place:
        row = Row(what=what, ours=ours, unit=unit, most=most, repetitions=n, note=said)
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(row)) + "\n")


def main() -> int:
    """Run the tests at full size and write their figures into docs/measurements.md; return pytest's status."""
    place = ROOT / "build" / "soak.jsonl"
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    sizes = {name: os.environ.get(name, str(size)) for name, size in SIZES.items()}
    command = [sys.executable, "-m", "pytest", "-q", f"--timeout={LONGEST_S}", *(sys.argv[1:] or TESTS)]
    status = subprocess.run(command, cwd=ROOT, env={**os.environ, **sizes, FIGURES: str(place)}, check=False).returncode
    if place.exists():
        rows = [Row(**json.loads(line)) for line in place.read_text().splitlines()]
        text = f"{machine(('sqlalchemy', 'psycopg'))}\n\n{table(rows)}"
        print(text)
        if not sys.argv[1:]:  # the table holds a whole run
            put(ROOT / "docs" / "measurements.md", "soak", text)
    return status


if __name__ == "__main__":
    sys.exit(main())
