"""500 contributions of 20 posts within a minute, through the page's own door, on their way to 200 open streams of every audience."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from access.furnish import furnish
from access.house import open_access
from access.roles import Role
from benchmarks.rows import Row, percentile
from benchmarks.streams import Listener
from events.audience import CITY_READER
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from settings import gate_key, load_settings
from store.database import connect
from store.schema import migrate
from tests.house import Partners, Server

MOST_MS = 1000.0
OURS = {"Sec-Fetch-Site": "same-origin"}
# What each organisation may write, as the demonstration's posts say.
WRITES = {"city": "chantier", "prefecture": "rassemblement", "ville-police": "accident", "voirie": "chantier",
          "marins-pompiers": "incendie"}  # fmt: skip
LOOKING = ("", "city-reader-1", "city-supervision-1")  # a visitor and two posts of the demonstration
SEES_ALL = "city-supervision-1"
_FRAME = re.compile(rb"id: (\d+)\nevent: delta\ndata: (.*?)\n\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Size:
    """How much: contributions of that many posts, spread over so many seconds, and open streams."""

    contributions: int = 500
    posts: int = 20
    streams: int = 200
    within_s: float = 55.0


@dataclass(frozen=True, slots=True)
class Saved:
    """One acknowledged contribution: `listed` are the organisations it is for, none given: everybody."""

    event_id: str
    number: int
    listed: frozenset[str]
    sent: int
    answered: int


@dataclass(slots=True)
class Found:
    """What the streams heard of what was saved, in milliseconds and counts."""

    delays_ms: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    overheard: int = 0
    refused: int = 0
    took_s: float = 0.0


def measure(quick: bool) -> Sequence[Row]:
    """Return the rows of one run."""
    size = Size(20, 5, 20, 3.0) if quick else Size()
    found = run(size)
    what = f"{size.contributions} contributions of {size.posts} posts, {size.streams} streams"
    counts = (("lost", found.lost), ("told twice", found.doubled), ("told out of order", found.disordered),
              ("told to who may not see them", found.overheard), ("refused", found.refused))  # fmt: skip
    return [
        Row(what=f"{what}: sent to received, p50", ours=percentile(found.delays_ms, 0.5), unit="ms",
            repetitions=len(found.delays_ms)),
        Row(what=f"{what}: sent to received, p99", ours=percentile(found.delays_ms, 0.99), unit="ms", most=MOST_MS,
            repetitions=len(found.delays_ms)),
        Row(what=f"{what}: the last one answered after", ours=found.took_s, unit="s", most=60.0),
        *(Row(what=f"{what}: {name}", ours=count, unit="", most=0) for name, count in counts),
    ]  # fmt: skip


def run(size: Size) -> Found:
    """Serve a demonstration of its own, contribute, listen, and return what became of it."""
    with TemporaryDirectory() as folder, served(Path(folder), size) as server:
        return asyncio.run(_contribute(server, size))


@contextmanager
def served(folder: Path, size: Size) -> Iterator[Server]:
    """Start a demonstration whose organisations have as many posts as are asked for."""
    partners = Partners(folder, ("--calm",))
    server = Server(folder, partners)
    _create_posts(server.settings_url(), size)
    partners.start()
    try:
        server.start()
        server.wait_for_events(30)
        yield server
    finally:
        server.stop()
        partners.stop()


def posts_of(size: Size) -> list[tuple[str, str]]:
    """Return the posts that contribute, each with its organisation."""
    homes = list(WRITES)
    return [(f"{homes[n % len(homes)]}-charge-{n // len(homes) + 1}", homes[n % len(homes)]) for n in range(size.posts)]


def _create_posts(url: str, size: Size) -> None:
    settings = load_settings({"DATABASE_URL": url})
    database = connect(url)
    migrate(database)
    clear = clearer(city_gazetteer(settings.city))
    access = open_access(database, gate_key(settings), lambda: datetime.now(UTC), clear, CITY_READER)
    furnish(access, settings.folder / "demo-posts.toml")
    for post, home in posts_of(size):
        access.accounts.create(post, home, Role.CONTRIBUTOR, None, None)
    database.close()


async def _contribute(server: Server, size: Size) -> Found:
    posts, found = posts_of(size), Found()
    cookies = {name: await _sign_in(server, name) for name in (*(post for post, _ in posts), *LOOKING[1:])}
    homes: dict[str, str | None] = {**dict(posts), **dict.fromkeys(LOOKING), "": CITY_READER.organisation}
    names = list(homes)
    loop, streams = asyncio.get_running_loop(), list[tuple[str, Listener]]()
    for number in range(size.streams):
        name = names[number % len(names)]
        cookie = f"Cookie: ob-session={cookies[name]}\r\n" if name else ""
        listener = Listener(server.port, cookie)
        await loop.create_connection(lambda one=listener: one, "127.0.0.1", server.port)  # type: ignore[misc]
        streams.append((name, listener))
    async with asyncio.timeout(60):
        await asyncio.gather(*(one.is_open.wait() for _, one in streams))
    await asyncio.sleep(1.0)
    began = time.monotonic()
    each = size.contributions // size.posts
    told = await asyncio.gather(
        *(
            _work(server, cookies[post], home, each, size.within_s, n / size.posts)
            for n, (post, home) in enumerate(posts)
        )
    )
    saved = sorted((one for some in told for one in some if one is not None), key=lambda one: one.number)
    found.took_s = time.monotonic() - began
    found.refused = sum(one is None for some in told for one in some)
    await asyncio.sleep(2.0)
    for name, listener in streams:
        _hear(listener, [one for one in saved if sees(name, homes[name], one)], saved, found)
        assert listener.transport is not None
        listener.transport.abort()
    return found


def sees(name: str, home: str | None, saved: Saved) -> bool:
    """Tell whether a post may see what was saved, said by hand."""
    return not saved.listed or name == SEES_ALL or home in saved.listed


async def _sign_in(server: Server, post: str) -> str:
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.post("/connexion", data={"post": post}, headers=OURS)
        return str(answer.cookies["ob-session"])


async def _work(
    server: Server, cookie: str, home: str, count: int, within_s: float, offset: float
) -> list[Saved | None]:
    """Contribute that often, evenly over the time; None for each one that was not taken."""
    began, told = time.monotonic(), list[Saved | None]()
    async with httpx.AsyncClient(base_url=server.url, cookies={"ob-session": cookie}, timeout=30) as client:
        for number in range(count):
            await asyncio.sleep(max(0.0, began + within_s * (number + offset) / count - time.monotonic()))
            form, listed = _form(home, number, offset)
            sent = time.monotonic_ns()
            answer = await client.post("/_dash-update-component", content=json.dumps(_question(form)), headers={**OURS, "Content-Type": "application/json"})  # fmt: skip
            kept = answer.json()["response"]["form-answer"]["data"].get("saved")
            now = time.monotonic_ns()
            told.append(None if kept is None else Saved(kept["id"], int(kept["number"][3:]), listed, sent, now))
    return told


def _form(home: str, number: int, offset: float) -> tuple[dict[str, Any], frozenset[str]]:
    others = [one for one in WRITES if one != home]
    audiences = (("public", ()), ("partners", ()), ("restricted", (others[number % 4],)), ("restricted", ()))
    level, named = audiences[number % 4]
    start = datetime.now(UTC) + timedelta(minutes=30)
    # At sea, far from what the partners of the demonstration tell: a proposed link would be one more change of an event.
    form = {
        "category": WRITES[home], "severity": 1 + number % 3, "headline": f"Signalement {number + 1}", "kind": "point",
        "geometry": {"type": "Point", "coordinates": [5.31 + number * 0.001, 43.27 + offset * 0.04]}, "place": "Quai du Port",
        "start": f"{start:%Y-%m-%dT%H:%M}Z", "end": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}Z",
        "audience": level, "organisations": list(named),
    }  # fmt: skip
    return form, frozenset({home, *named}) if level == "restricted" else frozenset()


def _question(form: dict[str, Any]) -> dict[str, Any]:
    return {
        "output": "form-answer.data", "outputs": {"id": "form-answer", "property": "data"}, "state": [],
        "inputs": [{"id": "form-question", "property": "data", "value": {"what": "publish", "form": form, "n": 1}}],
        "changedPropIds": ["form-question.data"],
    }  # fmt: skip


def _hear(listener: Listener, due: Sequence[Saved], saved: Sequence[Saved], found: Found) -> None:
    """Compare what one stream told with what it had to tell."""
    known, wanted = {one.event_id: one for one in saved}, {one.event_id for one in due}
    first: dict[str, int] = {}
    before = 0
    for at, text, _ in listener.texts():
        for number, data in _FRAME.findall(text):
            found.disordered += int(number) <= before
            before = int(number)
            for one in json.loads(data)["events"]:
                if one["id"] in first:
                    found.doubled += 1
                elif one["id"] in known:
                    first[one["id"]] = at
                    found.overheard += one["id"] not in wanted
    order = [known[one].number for one in first]
    found.disordered += order != sorted(order)
    found.lost += len(wanted - set(first))
    found.delays_ms += [(at - known[one].sent) / 1e6 for one, at in first.items()]
