"""docs/formats.md, written from the counts of tests/collection/, which the contract tests hold against real documents."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "formats.md"
Listed = Mapping[str, Any]

HEAD = """# Formats, counted on real documents

Written by `python tests/formats_page.py` from the tables in `tests/collection/`; a test fails when this page is behind
them. Each row counts real documents of publishers, read by the adapter of their format; the figures of every document are
held by `tests/contract/test_collection.py` wherever the collection of documents is present.

- **Records**: counted by a walk of the document that knows nothing of the adapter. Records = used + withdrawn + rejected.
- **Placed, timed, typed**: records that carry a usable place, time and type; at least 95 % of them must be used.
- **Unreadable**: documents that are attacks or cut short; they end as one error, never as an exception.
"""
COLUMNS = ("Format", "Documents", "Records", "Used", "Withdrawn", "Rejected", "Placed, timed, typed", "Unreadable")


def page() -> str:
    """Return the text of docs/formats.md, from every table of tests/collection/."""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in sorted((TESTS / "collection").glob("*.toml"))]
    listed = [one for table in tables for one in table["document"]]
    by_kind: dict[str, list[Listed]] = defaultdict(list)
    for one in listed:
        if "skip" not in one and "table" not in one:
            by_kind[one["kind"]].append(one)
    rows = [_row(COLUMNS), _row("---" for _ in COLUMNS), *(_figures(kind, by_kind[kind]) for kind in sorted(by_kind))]
    return "\n".join((HEAD, *rows, "", *_rejects(by_kind), *_tables(listed), *_skipped(listed), *_traps())) + "\n"


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _figures(kind: str, documents: list[Listed]) -> str:
    read = [one for one in documents if "unreadable" not in one]
    total = {name: sum(one[name] for one in read) for name in ("seen", "used", "withdrawn", "usable")}
    rejected = sum(sum(one["rejected"].values()) for one in read)
    return _row((
        f"`{kind}`", len(documents), total["seen"], total["used"], total["withdrawn"], rejected, total["usable"],
        len(documents) - len(read),
    ))  # fmt: skip


def _rejects(by_kind: Mapping[str, list[Listed]]) -> list[str]:
    lines = ["## Rejected, by reason", "", _row(("Format", "Reason", "Records")), _row(("---",) * 3)]
    for kind in sorted(by_kind):
        reasons: Counter[str] = Counter()
        for one in by_kind[kind]:
            reasons.update(one.get("rejected", {}))
        lines += [_row((f"`{kind}`", reason, count)) for reason, count in sorted(reasons.items())]
    return [*lines, ""]


def _tables(listed: Iterable[Listed]) -> list[str]:
    """Return the tables that documents refer to: how many places each names, and of how many it says where they are."""
    lines = [
        _row((f"`{one['path']}`", f"`{one['kind']}`, `{one['table']}`", one["places"], one["placed"]))
        for one in sorted(listed, key=lambda one: str(one["path"]))
        if "table" in one
    ]
    head = [_row(("File", "Table of", "Places", "Placed")), _row(("---",) * 4)]
    return ["## Tables that documents refer to", "", *head, *lines, ""] if lines else []


def _skipped(listed: Iterable[Listed]) -> list[str]:
    skipped = sorted((one["path"], one["skip"]) for one in listed if "skip" in one)
    lines = [_row((f"`{path}`", reason)) for path, reason in skipped]
    head = [_row(("File", "What it is")), _row(("---",) * 2)]
    return ["## Not documents of a feed", "", *head, *lines, ""] if lines else []


def _traps() -> list[str]:
    """Return what the formats get wrong in practice, each in the words of the test named after it."""
    lines = [_row(("Format", "Test")), _row(("---",) * 2)]
    for told in tomllib.loads((TESTS / "traps.toml").read_text("utf-8"))["format"]:
        names = dict.fromkeys(name for names in told["traps"].values() for name in names)
        lines += [_row((told["kind"], name.replace("_", " "))) for name in names]
        lines += [_row((told["kind"], f"not read: {why}")) for why in told.get("not_read", {}).values()]
    return ["## Traps, each with its test", "", *lines]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.name} is written\n")
