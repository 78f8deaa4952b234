"""Who opens a page is given the last snapshot, and the next is not built while the rest of the page loads."""

from __future__ import annotations

import asyncio
import time

from api import snapshots as rooms
from api.snapshots import Snapshots
from events.audience import Viewer
from tests.api.served import Served


def test_next_snapshot_is_built_once_and_after_a_rest(served: Served, monkeypatch) -> None:
    monkeypatch.setattr(rooms, "REBUILD_AFTER_S", 0.05)
    monkeypatch.setattr(rooms, "REBUILD_REST_S", 0.4)
    kept = Snapshots(served.house)
    built: list[float] = []
    make = kept._make

    def noted(*asked: object) -> object:
        built.append(time.monotonic())
        return make(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "_make", noted)

    async def play() -> float:
        viewer = Viewer()
        first = await kept.take(viewer, None, None)
        await asyncio.sleep(0.1)
        asked = time.monotonic()
        for _ in range(20):
            assert await kept.take(viewer, None, None) is first
        await asyncio.sleep(1)
        return asked

    asked = asyncio.run(play())
    assert len(built) == 2
    assert built[1] - asked >= 0.4
