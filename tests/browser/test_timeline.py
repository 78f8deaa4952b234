"""The time cursor: the whole screen moves with it in the browser, agrees with the server at any moment, and stays fluid."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page

from tests.house import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
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


@pytest.mark.alone
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
    if width < 768:  # the folded sheet leaves the timeline its room
        page.wait_for_selector("[role=option]")
        page.locator("#sheet-handle").press("ArrowDown")
    ready(page)
    box = page.locator(".ob-tl-axis").bounding_box()
    assert box is not None
    assert box["height"] >= least
    assert box["width"] > 200
    span = page.evaluate("() => ob.timeline.present.span.to - ob.timeline.present.span.from")
    assert span == (86400 if width < 1200 else 8 * 86400)
    assert box["x"] + box["width"] <= width
    watched.check()
