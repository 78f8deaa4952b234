"""docs/faults.md names tests that exist, one for each fault."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "faults.md").read_text()


def test_every_named_file_exists() -> None:
    named = re.findall(r"`(tests/[\w/.*]+)`", TEXT)
    assert len(named) > 15
    assert [name for name in named if not list(ROOT.glob(name))] == []


def test_every_fault_has_a_test_of_its_name() -> None:
    functions = "\n".join(
        path.read_text() for folder in ("whole", "store") for path in (ROOT / "tests" / folder).glob("*.py")
    )
    for number in re.findall(r"`test_(f\d+)_\*`", TEXT):
        assert f"def test_{number}_" in functions, number
    assert sorted({int(number) for number in re.findall(r"^\| F(\d+) ", TEXT, re.MULTILINE)}) == list(range(1, 16))


def test_every_size_of_a_soak_is_named() -> None:
    from tests.soak import SIZES

    assert [name for name in SIZES if f"`{name}`" not in TEXT] == []
