"""Every trap that FEEDS lists for a format of tests/traps.toml has a test named after it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
FEEDS = TESTS.parents[1] / "shared" / "FEEDS.md"
FORMATS = tomllib.loads((TESTS / "traps.toml").read_text("utf-8"))["format"]
_LEFT_OUT = "incident/@id"  # fields of a format, told in the same paragraph as its traps

every_format = pytest.mark.parametrize("told", FORMATS, ids=lambda one: one["kind"])


@every_format
def test_each_test_that_a_trap_names_is_there(told: dict[str, Any]) -> None:
    written = "\n".join((TESTS / path).read_text("utf-8") for path in told["tests_in"])
    there = set(re.findall(r"^def test_(\w+)\(", written, re.MULTILINE))
    assert {name for names in told["traps"].values() for name in names} <= there
    assert all(told["traps"].values())


@pytest.mark.skipif(not FEEDS.is_file(), reason="the description of the formats is not on this machine")
@every_format
def test_each_trap_of_the_format_is_listed(told: dict[str, Any]) -> None:
    traps = list(traps_of(told["section"]))
    assert traps
    words = [*told["traps"], *told.get("not_read", {})]
    assert [trap for trap in traps if not any(word in trap for word in words)] == []
    assert [word for word in words if not any(word in trap for trap in traps)] == []


def traps_of(section: int) -> Iterator[str]:
    """Yield the traps of a section of FEEDS: its bullets under "Gotchas", or the parts of the paragraph."""
    text = FEEDS.read_text("utf-8")
    (body,) = re.findall(rf"^## {section}\. .*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    block = body[body.index("**Gotchas**") :]
    block = re.split(r"\n\n|\n\*\*Library\*\*", block)[0]
    if "\n- " in block:
        yield from block.split("\n- ")[1:]
    else:
        yield from (part for part in re.split(r";|\n\*\*CIFS\*\*:|\. (?=Polyline)", block) if _LEFT_OUT not in part)
