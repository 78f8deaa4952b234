"""The time cursor: the whole screen moves with it in the browser, agrees with the server at any moment, and stays fluid."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.house import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
MOMENTS = 20
POST = "city-supervision-1"
SPEED_S = 3
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
    bare = empty.evaluate(DRAG_MAP, SPEED_S)
    empty.close()
    watched = open_page("/?statut=en_cours,prevu,termine", crowded)
    page = watched.page
    ready(page)
    page.evaluate("() => ob.screen.moveTo(ob.screen.now() - 3600)")
    page.wait_for_function("() => ob.screen.store.past")
    assert page.evaluate(MORE_ROADS, AXES) >= AXES
    assert page.evaluate("() => ob.screen.view().passing.length") >= 500
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    rate = page.evaluate(DRAG_CURSOR, SPEED_S)
    print(json.dumps({"frames of an empty map": bare, "frames of the cursor": rate}))
    assert asked == []
    assert rate >= bare / 2, (rate, bare)
    watched.check()
