"""What open screens are told while the database is away, full or refuses to be written, and what opens all the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api import live, snapshots, storage
from events.errors import StoreFull, StoreUnavailable
from store.database import Database
from store.writing import Trouble
from tests.api.served import event
from tests.api.test_live import open_stream

HEADERS = {"Authorization": "Bearer obs_public"}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "LOOK_S", 0.05)
    monkeypatch.setattr(live, "RETRY_S", 0.05)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Return what opens and closes the database for every reader and writer."""
    read, write, is_away = Database.read, Database.write, [False]

    @contextmanager
    def guarded(through: Callable, self: Database, **options: bool) -> Iterator[object]:
        if is_away[0]:
            raise StoreUnavailable("the database town does not answer at its address")
        with through(self, **options) as connection:
            yield connection

    monkeypatch.setattr(Database, "read", lambda self: guarded(read, self))
    monkeypatch.setattr(Database, "write", lambda self, **options: guarded(write, self, **options))
    return lambda away: is_away.__setitem__(0, away)


def test_open_stream_is_told_that_the_database_is_away_and_back_and_gets_what_it_missed(
    served, online, door, caplog
) -> None:
    caplog.set_level(logging.INFO, logger="api")

    async def play() -> None:
        async with open_stream(online, "public") as listener:
            await listener.next("ping")
            before = datetime.now(UTC).timestamp()
            door(True)
            _, told = await listener.next("storage")
            assert told["state"] == "away"
            assert abs(told["since"] - before) <= 2
            await asyncio.sleep(0.3)
            door(False)
            _, told = await listener.next("storage")
            assert told["state"] == "ok"
            await asyncio.to_thread(served.admit, event("after"))
            _, delta = await listener.next("delta", "resync")
            assert len(delta["events"]) == 1

    asyncio.run(play())
    lines = [one.getMessage() for one in caplog.records if one.name == "api.storage"]
    assert [line.partition(",")[0].partition(":")[0] for line in lines] == [
        "screens are told that the database is away",
        "the database is well again",
    ]


def test_stream_opened_while_the_database_is_away_starts_again_when_it_is_back(served, online, door) -> None:
    seq = httpx.get(f"{online}/api/snapshot", headers=HEADERS).json()["seq"]
    served.admit(event("missed"))

    async def play() -> None:
        door(True)
        async with open_stream(online, "public", f"?since={seq}&mark=abc") as listener:
            assert (await listener.next("storage", "ping", "resync"))[1]["state"] == "away"
            assert (await listener.next("ping"))[1]["seq"] == seq  # no number that it has not reached
            door(False)
            assert (await listener.next("resync", "delta"))[0] == "resync"

    asyncio.run(play())
    after = httpx.get(f"{online}/api/snapshot", headers=HEADERS).json()
    assert (len(after["events"]["id"]), after["seq"] > seq) == (2, True)


def test_snapshot_that_was_built_is_given_with_its_time_while_the_database_is_away(online, door, monkeypatch) -> None:
    before = httpx.get(f"{online}/api/snapshot", headers=HEADERS).json()
    monkeypatch.setattr(snapshots, "ANSWERED_FOR_S", 0.0)
    monkeypatch.setattr(snapshots, "REBUILD_AFTER_S", 0.0)
    door(True)
    answer = httpx.get(f"{online}/api/snapshot", headers=HEADERS)
    assert (answer.status_code, answer.json()) == (200, before)
    other = httpx.get(f"{online}/api/snapshot", headers={"Authorization": "Bearer obs_partner"})
    assert (other.status_code, "does not answer" in other.text) == (503, True)


@pytest.mark.parametrize(("trouble", "state"), [("full", "full"), ("old", "still"), ("new", None)])
def test_database_that_cannot_be_written_is_told_with_the_reason(served, online, monkeypatch, trouble, state) -> None:
    """A full disk at once; another refusal once it has lasted five seconds, since a short wait for a turn is no news."""
    since = datetime.now(UTC) - timedelta(seconds=1 if trouble == "new" else 60)
    writing = served.house.database.writing
    monkeypatch.setattr("api.storage.schema.check", _refuse)
    monkeypatch.setattr(type(writing), "admit", _refuse if trouble == "full" else lambda self: None)
    found = Trouble(since, is_full=trouble == "full", message="no room")

    async def play() -> AsyncIterator[None] | None:
        async with open_stream(online, "public") as listener:
            await listener.next("ping")
            writing._trouble, writing._failed_at = found, float("inf")
            if state is None:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await listener.next("storage")
                return
            _, told = await listener.next("storage")
            assert (told["state"], told["since"]) == (state, round(since.timestamp()))
            writing._trouble = None
            assert (await listener.next("storage"))[1]["state"] == "ok"

    asyncio.run(play())


def _refuse(*_: object) -> None:
    raise StoreFull("no room")
