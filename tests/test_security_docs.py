"""What the documents on security promise is proved by tests that exist."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_test_named_in_the_table_of_requirements_exists() -> None:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 40
    assert all(re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", row["id"]) and row["what"] for row in rows)
    missing = []
    for row in rows:
        file, _, name = row["test"].partition("::")
        if not (ROOT / file).is_file() or name not in names_in(ROOT / file):
            missing.append(row["test"])
    assert missing == []
    order = [tuple(map(int, row["id"].split("."))) for row in rows]
    assert order == sorted(order)


def test_every_test_named_in_the_page_exists() -> None:
    known = {name for path in (ROOT / "tests").rglob("test_*.py") for name in names_in(path)}
    named = set(re.findall(r"`(test_\w+)`", SECURITY))
    assert len(named) > 30
    assert sorted(named - known) == []


def test_every_row_of_the_page_has_a_proof() -> None:
    rows = [
        line
        for line in SECURITY.splitlines()
        if line.startswith("| ") and line.count("|") == 4 and "What could" not in line
    ]
    proved = [line for line in rows if "`test_" in line.rsplit("|", 2)[1]]
    limits = [
        line
        for line in rows
        if re.match(r"\| (kind|`(screens|callbacks|streams|pushes|keys|programs|reports)`) ", line)
    ]
    assert sorted({*rows} - {*proved} - {*limits}) == []


def test_the_page_gives_the_limits_that_hold() -> None:
    from api.limits import RATES

    told = {
        kind: int(count.replace(",", ""))
        for kind, count in re.findall(r"\| `(\w+)` \|[^|]*\| ([\d,]+) a minute", SECURITY)
    }
    assert told == {kind: rate.count for kind, rate in RATES.items()}
    assert {rate.seconds for rate in RATES.values()} == {60}
