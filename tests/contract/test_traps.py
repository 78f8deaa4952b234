"""Every trap that FEEDS lists for a format has a test named after it, in tests/traps.toml."""

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
# Fields, addresses and libraries of a format, told in the same paragraph as its traps.
_LEFT_OUT = re.compile(r"incident/@id|`service_request_id`|^Endpoint `|^Python libraries|^georeport |^No FixMyStreet")
_READ_IN = re.compile(r"\*\*\[(?:seen|read|inferred)[^]]*\]\*\*")

every_format = pytest.mark.parametrize("told", FORMATS, ids=lambda one: one["kind"])


@every_format
def test_each_test_that_a_trap_names_is_there(told: dict[str, Any]) -> None:
    written = "\n".join((TESTS / path).read_text("utf-8") for path in told["tests_in"])
    there = set(re.findall(r"^def test_(\w+)\(", written, re.MULTILINE))
    assert {name for names in told["traps"].values() for name in names} <= there
    assert all(told["traps"].values())


def test_every_section_that_tells_of_a_format_is_there() -> None:
    assert [told["section"] for told in FORMATS] == list(range(1, 18))


@pytest.mark.skipif(not FEEDS.is_file(), reason="the description of the formats is not on this machine")
@every_format
def test_each_trap_of_the_format_is_listed(told: dict[str, Any]) -> None:
    traps = list(traps_of(told["section"]))
    assert traps
    words = [*told["traps"], *told.get("not_read", {})]
    assert [trap for trap in traps if not any(word in trap for word in words)] == []
    assert [word for word in words if not any(word in trap for trap in traps)] == []


def traps_of(section: int) -> Iterator[str]:
    """Yield the traps of a section of FEEDS: of what stands under "Gotchas", the parts of the paragraph and the bullets.

    A section without that word tells its traps among its fields: each part of each bullet is one.
    """
    text = FEEDS.read_text("utf-8")
    (body,) = re.findall(rf"^## {section}\. .*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    _, title, told = body.partition("**Gotchas**")
    block = re.split(r"\n\n|\n\*\*Library\*\*", told if title else body)[0]
    paragraph, *bullets = block.split("\n- ")
    yield from _parts(paragraph)
    for bullet in bullets:
        yield from [bullet] if title else _parts(bullet)


def _parts(told: str) -> Iterator[str]:
    parts = re.split(r";\s|\n\*\*\w+\*\*:|\. (?=[A-Z*])", _READ_IN.sub("", told))
    yield from (part for part in parts if re.search(r"\w", part) and not _LEFT_OUT.search(part))
