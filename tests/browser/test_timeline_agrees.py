"""Map, list, counters, roads and timeline show what the server and its tables hold, at any moment and as it was known."""

from __future__ import annotations

import json
import random
import sqlite3
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.test_timeline import move, ready
from tests.house import Server

pytestmark = pytest.mark.browser

MOMENTS = 20
POST = "city-supervision-1"
STAMP = "%Y-%m-%d %H:%M:%S.%f"
WORST = ["unknown", "free", "slow", "congested", "closed"]
SILENT = (7, 6)  # hours ago: the road department did not answer in between
VOUCHES_S = 300


def stamp(moment: datetime) -> str:
    return moment.strftime(STAMP)


def give_a_past(server: Server, chance: random.Random) -> None:
    """Write what a server that ran for a day would hold: states of roads, polls with a silence, versions known in turn."""
    now = datetime.now(UTC)

    def earlier() -> str:
        return stamp(now - timedelta(minutes=chance.randrange(5, 20 * 60)))

    with closing(sqlite3.connect(server.folder / "city.sqlite", timeout=30)) as kept, kept:
        roads = kept.execute("SELECT id FROM road_state WHERE source_id = 'voirie-trafic' ORDER BY id").fetchall()
        told = "INSERT INTO road_state_history (road_id, state, observed_at, at, recorded_at) VALUES (?, ?, ?, ?, ?)"
        for (road,) in roads:
            for at in sorted(earlier() for _ in range(40)):
                kept.execute(told, (road, chance.choice(WORST[1:]), at, at, at))
        names = [row[1] for row in kept.execute("PRAGMA table_info(poll_run)")]
        good = "SELECT * FROM poll_run WHERE source_id = 'voirie-trafic' AND verdict = 'ok' LIMIT 1"
        shape = dict(zip(names, kept.execute(good).fetchone(), strict=True))
        for step in range(2, 20 * 60, 2):
            if not SILENT[1] * 60 <= step <= SILENT[0] * 60:
                at = stamp(now - timedelta(minutes=step))
                run = shape | {"id": -step, "started_at": at, "finished_at": at}
                kept.execute(
                    f"INSERT INTO poll_run VALUES ({', '.join('?' * len(names))})", [run[one] for one in names]
                )
        kept.execute("DROP TRIGGER event_version_unchanged")
        for (event,) in kept.execute("SELECT DISTINCT event_id FROM event_version").fetchall():
            kept.execute("UPDATE event_version SET recorded_at = ? WHERE event_id = ? AND v = 1", (earlier(), event))


@pytest.fixture(scope="module")
def aged(start_house: Callable[..., Server]) -> Server:
    server = start_house(500)
    give_a_past(server, random.Random(7))
    return server


def seconds_of(text: str) -> float:
    return datetime.strptime(text, STAMP).replace(tzinfo=UTC).timestamp()


def axes_at(server: Server, at: int, known_at: int | None = None) -> dict[str, str]:
    """Return the worst state of each axis at a moment, straight from the tables."""
    limit = "9999-12-31" if known_at is None else stamp(datetime.fromtimestamp(known_at, UTC))
    polls: dict[str, list[float]] = {}
    told: dict[str, list[tuple[int, int, str]]] = {}
    with closing(sqlite3.connect(server.folder / "city.sqlite", timeout=30)) as kept:
        owners = kept.execute("SELECT id, source_id, snapshot FROM road_state").fetchall()
        good = "SELECT source_id, finished_at FROM poll_run WHERE verdict NOT IN ('failed', 'degraded', 'imported')"
        for source, finished in kept.execute(good):
            polls.setdefault(source, []).append(seconds_of(finished))
        states = "SELECT id, road_id, state, coalesce(observed_at, at) FROM road_state_history WHERE recorded_at <= ?"
        for number, road, state, moment in kept.execute(states, (limit,)):
            told.setdefault(road, []).append((round(seconds_of(moment)), number, state))
    found: dict[str, str] = {}
    for road, source, snapshot in owners:
        known = sorted(told.get(road, []))
        index = bisect_right([one[0] for one in known], at) - 1
        is_heard = any(poll <= at <= poll + VOUCHES_S for poll in polls.get(source, []))
        axis = json.loads(snapshot)["axis_id"]
        if axis:
            state = known[index][2] if index >= 0 and is_heard else "unknown"
            found[axis] = max(found.get(axis, "unknown"), state, key=WORST.index)
    return found


def closed_by(events: list[dict]) -> dict[str, str]:
    effects = [effect for one in events for effect in one["properties"]["effects"]]
    return {effect["axis"]: "closed" for effect in effects if effect["axis"] and effect["state"] == "closed"}


def in_force(page: Page, server: Server, at: int, known_at: int | None = None) -> list[dict]:
    more = "" if known_at is None else f"&known_at={known_at}"
    answer = page.request.get(f"{server.url}/api/events?at={at}&limit=5000{more}")
    assert answer.status == 200, answer.text()
    return [one for one in answer.json()["features"] if one["properties"]["status"] not in ("cancelled", "draft")]


def check_all_agree(shown: dict, events: list[dict], roads: dict[str, str]) -> None:
    ids = {one["id"] for one in events}
    severities = [one["properties"]["severity"] for one in events]
    assert shown["tabs"] == len(ids)
    assert set(shown["listed"]) <= ids
    assert len(set(shown["listed"])) == min(len(ids), 60)
    for key, severity in (("critical", 4), ("major", 3), ("moderate", 2)):
        assert shown["counters"][key] == severities.count(severity), key
    nowhere = ("city", "none")
    placed = {one["id"] for one in events if one["geometry"] and one["properties"]["geometry_precision"] not in nowhere}
    assert set(shown["marked"]) == placed
    assert shown["strip"] == min(4, len(ids - placed))
    assert set(shown["bars"]) == ids
    assert shown["roads"] == {axis: roads.get(axis, "unknown") for axis in shown["roads"]}
    assert shown["counters"]["closed"] == list(shown["roads"].values()).count("closed")
    assert shown["counters"]["jam"] == list(shown["roads"].values()).count("congested")


@pytest.mark.slow
def test_map_list_counters_and_roads_agree_with_the_server_at_any_moment(open_page: Callable, aged: Server) -> None:
    chance, now = random.Random(11), int(datetime.now(UTC).timestamp()) // 60 * 60
    watched = open_page("/?statut=en_cours&c=43.30000,5.40000,10.00", aged)
    page = watched.page
    ready(page)
    past = [now - 60 * chance.randrange(6, 19 * 60) for _ in range(MOMENTS // 2)]
    ahead = [now + 60 * chance.randrange(60, 6 * 24 * 60) for _ in range(MOMENTS // 2)]
    move(page, past[0])
    page.wait_for_function("() => ob.screen.store.past")
    seen: set[str] = set()
    for at in past + ahead:
        shown, events = move(page, at), in_force(page, aged, at)
        check_all_agree(shown, events, axes_at(aged, at) if at < now else closed_by(events))
        assert shown["label"].startswith("Rejoué" if at < now else "Prévu")
        seen |= set(shown["roads"].values())
    assert seen == set(WORST)  # agreement on nothing would prove nothing
    watched.check()


@pytest.mark.slow
def test_what_was_known_agrees_with_the_server_at_any_moment(open_page: Callable, aged: Server) -> None:
    chance, now = random.Random(13), int(datetime.now(UTC).timestamp()) // 60 * 60
    watched = open_page("/connexion", aged)
    page = watched.page
    page.click(f'button[value="{POST}"]')
    page.wait_for_load_state()
    page.goto(f"{aged.url}/?statut=en_cours&c=43.30000,5.40000,10.00")
    ready(page)
    sizes = set()
    for _ in range(MOMENTS):
        known = now - 60 * chance.randrange(6, 19 * 60)
        at = known - 60 * chance.randrange(1, 120)
        page.evaluate("(at) => ob.screen.ask(at)", known)
        page.wait_for_function("(at) => ob.screen.knownAt === at && ob.screen.question === ''", arg=known)
        shown, events = move(page, at), in_force(page, aged, at, known)
        check_all_agree(shown, events, axes_at(aged, at, known))
        sizes.add(len(events))
    assert len(sizes) > 3
    assert "Ce que l’on savait le" in (page.text_content(".ob-map-known") or "")
    page.keyboard.press("d")
    page.wait_for_function("() => ob.screen.isLive() && !/connu|[?&]t=/.test(location.search)")
    assert page.is_hidden(".ob-map-known")
    watched.check()
