"""Reads hostile documents with every adapter and prints, a line each, what came of it: time of the processor, memory, reason.

A program of its own, so that its memory is what was needed for these documents and nothing else.
"""

from __future__ import annotations

import gc
import json
import math
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from itertools import chain
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from golden import AREA, CASES  # noqa: E402 - found by the path above

from datasources.contract import Reading  # noqa: E402 - found by the path above
from events.errors import DocumentUnreadable  # noqa: E402 - found by the path above
from events.geometry import is_inside, positions  # noqa: E402 - found by the path above
from tests.hostile.calendars import turned_calendar  # noqa: E402 - found by the path above
from tests.hostile.documents import Hostile, turned, whole  # noqa: E402 - found by the path above

SMALL = 300_000  # bytes: what such a document leaves in memory weighs on no other
STATUS = Path("/proc/self/status")
LIMITS = {"headline": 120, "description": 1000, "instruction": 1000}


def memory_kib(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    assert found is not None
    return int(found.group(1))


def measured(work: Callable[[], tuple[str, str]]) -> dict[str, object]:
    """Return outcome and reason of the work, its seconds of processor time and the MB it needed at its peak."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before, start = memory_kib("VmRSS"), time.process_time()
    try:
        outcome, reason = work()
    except Exception as error:  # noqa: BLE001 - this is what the test looks for
        outcome, reason = "broke", repr(error)[:300]
    return {
        "outcome": outcome, "reason": reason, "seconds": round(time.process_time() - start, 3),
        "mb": round((memory_kib("VmHWM") - before) / 1024, 1),
    }  # fmt: skip


def leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from leaves(getattr(value, one.name), one.name)
    elif isinstance(value, tuple | frozenset):
        for part in value:
            yield from leaves(part, name)
    elif not isinstance(value, Enum):
        yield name, value


def fault_of(reading: Reading) -> str:
    """Return what in a reading no record may hold, "" when all is well."""
    for record in (*reading.events, *reading.road_states, *reading.cameras, *reading.tallies):
        for name, value in leaves(record):
            if isinstance(value, float) and not math.isfinite(value):
                return f"{name} is not finite"
            if isinstance(value, str) and _is_raw(name, value):
                return f"{name} is too long, or holds markup or characters nobody sees"
        geometry = getattr(record, "geometry", None)
        if geometry is not None and not all(is_inside(one, AREA) for one in positions(geometry)):
            return "a position is outside the area"
    if any(
        not one.reason or re.search(r"onerror|alert\(|passwd|HYPERLINK|amp;|<", one.reason) for one in reading.rejects
    ):
        return "a reason is empty or quotes the document"
    return "the words of a file" if "root:" in repr(reading)[:100_000] else ""


def _is_raw(name: str, value: str) -> bool:
    is_hidden = {unicodedata.category(one) for one in value.replace("\u200d", "")} & {"Cc", "Cf", "Cs"}
    return len(value) > LIMITS.get(name, 200) or bool(is_hidden) or re.search(r"</?[a-zA-Z!]", value) is not None


def outcome_of(read: Callable[[], Reading | None]) -> tuple[str, str]:
    try:
        reading = read()
    except DocumentUnreadable as error:
        return ("refused", error.message) if error.message else ("broke", "no reason")
    if reading is None:
        return "taken", ""
    fault = fault_of(reading)
    records = reading.records_seen - len(reading.rejects)
    return ("broke", fault) if fault else ("read" if records else "without records", f"{len(reading.rejects)} rejects")


def apart(work: Callable[[], dict[str, object]]) -> dict[str, object]:
    """Return what the work returns in a copy of this process: what it leaves in memory weighs on no other."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    return dict(json.loads(content)) if content else {"outcome": "broke", "reason": "it died", "seconds": 0, "mb": 0}


def main(kinds: frozenset[str]) -> None:
    """Read every document as each of these kinds."""
    normal = {case.kind: case for case in CASES if case.folder.name == "normal" and case.kind in kinds}
    adapters = {kind: case.adapter() for kind, case in normal.items()}
    for kind, adapter in adapters.items():
        adapter.read(normal[kind].document())  # what is loaded once is nobody's fault
    gc.freeze()
    for hostile in whole():
        body = hostile.make()
        for kind, case in normal.items():
            report(kind, "", hostile, len(body), partial(adapters[kind].read, case.document(body)))
            for name in sorted(adapters[kind].reference_names):
                report(
                    kind,
                    f"table {name}, ",
                    hostile,
                    len(body),
                    partial(case.adapter().learn, name, case.document(body)),
                )
    for case in CASES:
        if case.kind in kinds and not case.folder.name.endswith(("broken", "hostile", "empty")):
            adapter = case.adapter()
            for hostile in chain(turned(case.body), turned_calendar(case.body)):
                body = hostile.make()
                report(
                    case.kind, f"{case.folder.name}, ", hostile, len(body), partial(adapter.read, case.document(body))
                )


def report(kind: str, where: str, hostile: Hostile, size: int, read: Callable[[], Reading | None]) -> None:
    work = partial(measured, partial(outcome_of, read))
    told = {"kind": kind, "name": f"{where}{hostile.name}", "must_refuse": hostile.must_refuse}
    sys.stdout.write(json.dumps({**told, **(apart(work) if size > SMALL else work())}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(frozenset(sys.argv[1:]))
