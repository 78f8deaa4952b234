"""One reading of one document in a process of its own, so that its memory is its own: prints seconds, MB, records.

`python -m benchmarks.datex2_child walk|ours FILE`
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from api.serving import settle_memory
from benchmarks.made_events import SOURCE
from datasources.adapters.datex2_situation import Datex2SituationAdapter
from datasources.contract import Document

_MB = 2**20


def main(way: str, file: Path) -> None:
    read = {"walk": walk, "ours": ours}[way]
    if way == "ours":
        warm = file.with_suffix(".small.xml")
        ours(warm)  # tables that a running house has loaded long ago
    settle_memory()  # as the house does before it serves
    at_start = _resident()
    began = time.process_time()
    records = read(file)
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": took, "records": records, "above_start_mb": max(0, peak - at_start) / _MB}))


def walk(file: Path) -> int:
    """The floor: every situation is parsed, looked at by nobody and freed."""
    records = 0
    with file.open("rb") as stream:
        for _, element in etree.iterparse(stream, events=("end",), tag="{*}situation"):
            records += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return records


def ours(file: Path) -> int:
    """Our adapter: one checked event a record, all of them together at the end."""
    document = Document(
        lambda: file.open("rb"), media_type="application/xml", url="http://127.0.0.1/", retrieved_at=datetime.now(UTC)
    )
    reading = Datex2SituationAdapter(_SOURCE).read(document)
    if reading.rejects:
        raise SystemExit(f"{len(reading.rejects)} records were rejected: {reading.rejects[0].reason}")
    return len(reading.events)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


_SOURCE = replace(SOURCE, kind="datex2_situation", area=(4.0, 42.0, 7.0, 45.0))

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
