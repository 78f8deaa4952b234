"""The time cursor: the whole screen moves with it in the browser, agrees with the server at any moment, and stays fluid."""

from __future__ import annotations

import json
import random
import sqlite3
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page

from tests.house import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
MOMENTS = 20
POST = "city-supervision-1"
SPEED_S = 2
TURNS = 3
AXES = 120

# Calls `move(share)` at each frame for some seconds, there and back again; answers frames a second.
FRAMES = """(move, seconds) => new Promise((keep) => {
  let n = 0, began = 0;
  const step = (now) => {
    began = began || now;
    const share = (now - began) / (seconds * 1000);
    if (share >= 1) { keep(n / seconds); return; }
    n += 1;
    move(share < 0.5 ? share * 2 : 2 - share * 2);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""
DRAG_MAP = f"""(seconds) => {{
  const map = ob.map.present(), center = map.getCenter();
  return ({FRAMES})((share) => map.setView([center.lat, center.lng + share * 0.05], map.getZoom(), {{animate: false}}), seconds);
}}"""
DRAG_CURSOR = f"""(seconds) => {{
  const axis = document.querySelector('.ob-tl-axis'), box = axis.getBoundingClientRect(), y = box.top + 44;
  const send = (kind, x) => axis.dispatchEvent(new PointerEvent(kind, {{bubbles: true, pointerId: 1, button: 0, clientX: x, clientY: y}}));
  axis.setPointerCapture = () => {{}};
  send('pointerdown', box.left + 1);
  return ({FRAMES})((share) => send('pointermove', box.left + 1 + share * (box.width - 2)), seconds)
    .then((rate) => {{ send('pointerup', box.left + 1); return rate; }});
}}"""
# Roads beyond those of the city, each with a past of its own that changes every few minutes.
MORE_ROADS = """(wanted) => {
  const store = ob.screen.store, known = [...store.roads.values()].filter((road) => road.ax), past = store.past;
  const states = ["free", "slow", "congested", "closed"];
  return ob.map.cityFile("axes").then((axes) => {
    const lines = axes.features.map((one) => one.geometry);
    for (let i = store.roads.size; i < wanted; i++) {
      const id = "more:" + i, shape = lines[i % lines.length];
      const shift = (point) => [point[0] + 0.004, point[1] + 0.003];
      const g = {type: shape.type, coordinates: shape.type === "LineString" ? shape.coordinates.map(shift)
        : shape.coordinates.map((line) => line.map(shift))};
      store.roads.set(id, {...known[0], id, ax: null, na: id, g});
      const at = Array.from({length: 100}, (_, k) => past.from + k * 860 + i * 7);
      past.roads.push({id, src: "more", ax: null, na: id, g: null, end: null, at, st: at.map((_, k) => states[(k + i) % 4])});
    }
    past.heard.more = [[past.from, past.to]];
    ob.screen.refresh();
    return store.roads.size;
  });
}"""
# What every part of the screen shows, read from the page and not from the view it was drawn from.
SHOWN = """() => ({
  counters: Object.fromEntries([...document.querySelectorAll('[data-counter]')].map((one) =>
    [one.dataset.counter, +one.querySelector('b').textContent.replace(/\\s/g, '')])),
  listed: [...document.querySelectorAll('#event-list [role=option]')].map((one) => one.dataset.id),
  tabs: +document.querySelector('[data-tab=ongoing] em').textContent.replace(/\\s/g, ''),
  marked: [...ob.map.markers.drawn.values()].flatMap((one) => one.members ? one.members.map((mark) => mark.id || mark.row.id) : [one.mark.id]),
  strip: document.querySelectorAll('#city-strip .ob-strip').length,
  roads: Object.fromEntries([...ob.map.roads.lines].map(([id, line]) => [id, line.state])),
  bars: [...document.querySelectorAll('.ob-tl-bar.is-ongoing')].map((one) => one.dataset.id),
  label: document.querySelector('.ob-map-time-label').textContent,
})"""


def ready(page: Page) -> None:
    page.wait_for_selector(".ob-tl-bar", state="attached")
    page.wait_for_selector(".ob-marker, .ob-cluster", state="attached")
    page.wait_for_function("() => ob.map.roads && ob.map.roads.lines.size > 0")


def move(page: Page, at: int) -> dict:
    """Put the cursor at a moment, wait until everything rests, return what is shown."""
    page.evaluate("(at) => ob.screen.moveTo(at)", at)
    page.wait_for_function("(at) => ob.screen.cursor === at && !ob.screen.isMoving", arg=at)
    page.wait_for_timeout(350)
    return page.evaluate(SHOWN)


@pytest.fixture(scope="module")
def crowded(start_house: Callable[..., Server]) -> Server:
    return start_house(500)


@pytest.mark.slow
def test_the_cursor_is_as_fluid_as_half_an_empty_map_and_asks_nothing(open_page: Callable, crowded: Server) -> None:
    empty = open_page("/?q=zzzzzz&couches=-trafic,-arrondissements", crowded).page
    empty.wait_for_function("() => ob.screen.isReady() && ob.map.present()")
    empty.wait_for_timeout(1500)
    watched = open_page("/?statut=en_cours,prevu,termine", crowded)
    page = watched.page
    ready(page)
    page.evaluate("() => ob.screen.moveTo(ob.screen.now() - 3600)")
    page.wait_for_function("() => ob.screen.store.past")
    assert page.evaluate(MORE_ROADS, AXES) >= AXES
    assert page.evaluate("() => Object.values(ob.screen.view().passing).reduce((n, list) => n + list.length, 0)") >= 500
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # In turns: whatever else the machine does meets both.
    turns = []
    for _ in range(TURNS):
        empty.bring_to_front()
        bare = empty.evaluate(DRAG_MAP, SPEED_S)
        page.bring_to_front()
        asked.clear()
        turns.append((bare, page.evaluate(DRAG_CURSOR, SPEED_S)))
        assert asked == []
    bare, rate = (median(one) for one in zip(*turns, strict=True))
    print(json.dumps({"frames of an empty map": bare, "frames of the cursor": rate}))
    assert rate >= bare / 2, (rate, bare)
    watched.check()


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
        told = "INSERT INTO road_state_history (road_id, state, observed_at, recorded_at) VALUES (?, ?, ?, ?)"
        for (road,) in roads:
            for at in sorted(earlier() for _ in range(40)):
                kept.execute(told, (road, chance.choice(WORST[1:]), at, at))
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
        for (event,) in kept.execute("SELECT DISTINCT event_id FROM event_version").fetchall():
            kept.execute("UPDATE event_version SET recorded_at = ? WHERE event_id = ? AND v = 1", (earlier(), event))


@pytest.fixture(scope="module")
def aged(crowded: Server) -> Server:
    give_a_past(crowded, random.Random(7))
    return crowded


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
        states = "SELECT id, road_id, state, coalesce(observed_at, recorded_at) FROM road_state_history WHERE recorded_at <= ?"
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


def test_a_visitor_is_told_that_what_was_known_is_not_for_them(open_page: Callable, house: Server) -> None:
    moment = datetime.now(UTC) - timedelta(days=1)
    watched = open_page(f"/?connu={moment:%Y-%m-%dT%H:%M}", house)
    page = watched.page
    page.wait_for_selector(".ob-map-known[data-question=refused]")
    assert page.evaluate("() => ob.screen.isLive()")
    assert page.is_hidden(".ob-map-ask")
    watched.errors[:] = [error for error in watched.errors if "401" not in error]
    watched.check()


def test_keys_move_the_cursor_the_address_follows_and_d_goes_back_to_live(open_page: Callable, house: Server) -> None:
    watched = open_page("/", house)
    page = watched.page
    ready(page)
    start, length = page.evaluate("() => ob.screen.now()"), page.evaluate("() => history.length")
    page.keyboard.press("f")
    assert page.evaluate("() => document.activeElement.getAttribute('role')") == "slider"
    for key in ("ArrowLeft", "Shift+ArrowLeft", "PageUp", "PageUp"):
        page.keyboard.press(key)
    page.wait_for_function("() => /[?&]t=/.test(location.search)")
    moved = page.evaluate("() => ob.screen.cursor") - start
    assert abs(moved - (2 * 86400 - 4500)) < 120
    assert "prévu" in (page.get_attribute("[role=slider]", "aria-valuetext") or "")
    assert page.evaluate("() => history.length") == length  # a cursor leaves no trail
    page.reload()
    ready(page)
    assert abs(page.evaluate("() => ob.screen.cursor") - start - moved) < 60
    page.keyboard.press("Escape")
    page.wait_for_function("() => ob.screen.isLive() && !location.search.includes('t=')")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => !ob.screen.isLive()")
    page.keyboard.press("d")
    page.wait_for_function("() => ob.screen.isLive()")
    page.keyboard.press("f")
    page.keyboard.press("t")
    assert page.locator(".ob-tl-table tbody tr").count() >= 20
    page.keyboard.press("t")
    assert page.is_visible(".ob-tl-axis")
    watched.check()


def test_replay_runs_the_cursor_and_whoever_goes_back_to_live_stops_it(open_page: Callable, house: Server) -> None:
    watched = open_page("/", house, reduced_motion="reduce")
    page = watched.page
    ready(page)
    page.click("button[aria-label=Lire]")
    page.wait_for_selector("button[aria-label=Pause]")
    first = page.evaluate("() => ob.screen.cursor")
    page.wait_for_function("(first) => ob.screen.cursor > first + 600", arg=first)
    page.keyboard.press("d")
    page.wait_for_selector("button[aria-label=Lire]")
    assert page.evaluate("() => ob.screen.isLive()")
    watched.check()


def test_a_click_on_the_axis_moves_the_cursor_and_on_a_bar_chooses_the_event(
    open_page: Callable, house: Server
) -> None:
    watched = open_page("/", house)
    page = watched.page
    ready(page)
    box = page.locator(".ob-tl-axis").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 12)
    page.wait_for_function("() => ob.screen.cursor > ob.screen.now() + 4 * 86400")
    page.locator(".ob-tl-bar.is-planned:not(.is-line)").last.click(force=True)
    page.wait_for_selector(".ob-tl-ring", state="attached")
    assert "ev=" in page.url
    watched.check()


@pytest.mark.parametrize("theme", ["clair", "sombre"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_screen_of_another_time_is_accessible(
    open_page: Callable, house: Server, artefacts: Path, theme: str, lang: str
) -> None:
    watched = open_page(f"/?theme={theme}&lang={lang}", house, bypass_csp=True)
    page = watched.page
    ready(page)
    page.evaluate("() => ob.screen.moveTo(ob.screen.now() + 30 * 3600)")
    page.wait_for_timeout(1200)
    page.screenshot(path=artefacts / f"operations-prevu-{theme}-{lang}.png")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    assert [(item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found] == []
    assert watched.errors == []


@pytest.mark.parametrize(
    ("width", "height", "least"), [(1366, 768, 190), (1024, 768, 115), (390, 844, 100), (320, 640, 100)]
)
def test_no_width_loses_the_timeline(open_page: Callable, house: Server, width: int, height: int, least: int) -> None:
    watched = open_page("/", house, width=width, height=height)
    page = watched.page
    ready(page)
    box = page.locator(".ob-tl-axis").bounding_box()
    assert box is not None
    assert box["height"] >= least
    assert box["width"] > 200
    span = page.evaluate("() => ob.timeline.present.span.to - ob.timeline.present.span.from")
    assert span == (86400 if width < 1200 else 8 * 86400)
    assert box["x"] + box["width"] <= width
    watched.check()
