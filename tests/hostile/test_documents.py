"""Every hostile document through every adapter of the catalogue: refused or rejected with a reason, cheap, never a failure.

The documents are read in a process of its own (`child.py`), which tells its memory apart from that of the tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from datasources.catalogue import ADAPTERS

CHILD = Path(__file__).with_name("child.py")
TOGETHER = 4  # kinds read by one process
MOST_SECONDS, MOST_MB = 1.0, 100.0  # of processor time; above what was in use before the document was read

pytestmark = pytest.mark.timeout(300)

Result = Mapping[str, object]


class Results(dict[str, list[Result]]):
    """What came of every document, by kind; kinds are read a few at a time, when one of them is asked for."""

    def __missing__(self, kind: str) -> list[Result]:
        kinds = list(ADAPTERS)
        start = kinds.index(kind) // TOGETHER * TOGETHER
        some = kinds[start : start + TOGETHER]
        done = subprocess.run(
            [sys.executable, str(CHILD), *some], capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.update({one: [line for line in lines if line["kind"] == one] for one in some})
        return self[kind]


@pytest.fixture(scope="module")
def results() -> Results:
    return Results()


@pytest.mark.parametrize("kind", ADAPTERS)
def test_nothing_breaks_the_reader(results: Results, kind: str) -> None:
    assert len(results[kind]) > 80
    assert [line for line in results[kind] if line["outcome"] == "broke"] == []


@pytest.mark.parametrize("kind", ADAPTERS)
def test_what_is_no_document_is_refused(results: Results, kind: str) -> None:
    strict = [line for line in results[kind] if line["must_refuse"]]
    assert len(strict) > 30
    assert [line for line in strict if line["outcome"] not in ("refused", "without records")] == []
    assert sum(line["outcome"] == "refused" for line in strict) > 0.9 * len(strict)
    assert all(len(str(line["reason"])) > 15 for line in strict if line["outcome"] == "refused")


@pytest.mark.parametrize("kind", ADAPTERS)
def test_no_document_takes_long(results: Results, kind: str) -> None:
    assert [line for line in results[kind] if float(str(line["seconds"])) >= MOST_SECONDS] == []


@pytest.mark.parametrize("kind", ADAPTERS)
def test_no_document_fills_the_memory(results: Results, kind: str) -> None:
    assert [line for line in results[kind] if float(str(line["mb"])) >= MOST_MB] == []
