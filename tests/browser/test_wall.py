"""The wall: its scenes and sizes, what holds and turns them, what it never shows, and that it outlives cuts, nights and restarts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Watched
from tests.browser.wall_day import BACK_MS, CLOCK, CUT_MS, SECRET, memory, play_a_day
from tests.house import Partners, Server
from tests.soak import note, scaled
from tests.tables import written_out

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCENES = {"situation": "#wall-list h3", "cortege": ".ob-wall-passage", "circulation": ".ob-wall-road", "24h": ".ob-wall-bar", "sources": ".ob-wall-source"}  # fmt: skip
# query, width, height, smallest type: both layouts, each theme and language once
LOOKS = {
    "1080p": ("&theme=sombre", 1920, 1080, 44),
    "1080p-clair": ("&theme=clair&lang=en", 1920, 1080, 44),
    "4k": ("&diagonale=98&theme=sombre", 3840, 2160, 50),
}
SMALL = """() => {
  const least = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--ob-wall'));
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement, box = parent.getBoundingClientRect();
    if (!walk.currentNode.data.trim() || !parent.checkVisibility({ visibilityProperty: true }) || box.width <= 2) { continue; }
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least - 0.01) { found.push([walk.currentNode.data, size]); }
  }
  return { least, found };
}"""
CUT = """() => [...document.querySelectorAll('.ob-wall-panel')].filter((panel) => panel.offsetParent).flatMap((panel) => {
  const edge = panel.getBoundingClientRect();
  return [...panel.querySelectorAll('h2, h3, p, b, span:not(.ob-sr)')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 2 && !one.closest('.ob-sr') && (box.right > edge.right + 2 || box.left < edge.left - 2 || box.bottom > edge.bottom + 2);
  }).map((one) => one.textContent);
})"""


def open_wall(open_page: Callable[..., Watched], query: str = "", **options: Any) -> Watched:
    watched = open_page(f"/mur{query}", **options)
    watched.page.wait_for_function(
        "() => document.documentElement.dataset.obTemplate && ob.screen.isReady()", timeout=30_000
    )
    return watched


def scene_after(page: Page) -> None:
    """Switch to the next scene by keyboard and wait until it is drawn."""
    before = shown(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(before) => document.documentElement.dataset.obTemplate !== before", arg=before)


def settled(page: Page, sign: str) -> None:
    page.wait_for_selector(sign)
    page.wait_for_function("() => !document.documentElement.dataset.obFade")
    page.wait_for_timeout(400)


@pytest.mark.parametrize("look", list(LOOKS))
def test_every_scene_is_large_enough_whole_and_accessible(
    open_page: Callable[..., Watched], artefacts: Path, look: str
) -> None:
    query, width, height, least = LOOKS[look]
    options = {"width": width, "height": height, "bypass_csp": True, "reduced_motion": "reduce"}
    watched = open_wall(open_page, f"?rotation=0{query}", **options)
    page = watched.page
    page.add_script_tag(path=AXE)
    for index, (scene, sign) in enumerate(SCENES.items()):
        if index:
            scene_after(page)
        settled(page, sign)
        page.screenshot(path=artefacts / f"mur-{scene}-{look}.png")
        assert (scene, page.evaluate(SMALL)) == (scene, {"least": least, "found": []})
        assert (scene, page.evaluate(CUT)) == (scene, [])
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
        assert (scene, [(item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found]) == (scene, [])
    assert watched.errors == []


def test_major_events_without_room_are_not_counted_as_moderate(open_page: Callable[..., Watched]) -> None:
    page = open_wall(open_page, "?rotation=0", height=620).page
    settled(page, "#wall-list .is-more")
    listed = page.locator("#wall-list .ob-wall-row:not(.is-more)").count()
    worthy = page.evaluate("ob.screen.view().lists.ongoing.filter((row) => row.sev >= 2).map((row) => row.sev)")
    assert listed < sum(severity > 2 for severity in worthy)
    assert page.inner_text("#wall-list .is-more p") == f"et {len(worthy) - listed} autres événements"


def shown(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.obTemplate"))


def change_snapshot(page: Page, change: Callable[[dict[str, Any]], None]) -> None:
    """Let `change` rewrite every snapshot that the page asks for."""

    def answer(route: Route) -> None:
        got = route.fetch()
        snapshot = got.json()
        change(snapshot)
        headers = {name: value for name, value in got.headers.items() if name != "content-encoding"}
        route.fulfill(status=200, headers=headers, body=json.dumps(snapshot))

    page.route("**/api/snapshot*", answer)


def calm(snapshot: dict[str, Any]) -> None:
    snapshot["events"]["sev"] = [min(3, severity) for severity in snapshot["events"]["sev"]]


def open_hasty(open_page: Callable[..., Watched], path: str, **options: Any) -> Watched:
    """Open a page whose clock a test may take forward: `play`."""
    watched = open_page("/openapi.json", **options)
    watched.page.add_init_script(CLOCK)
    watched.page.goto(f"{watched.host}{path}")
    return watched


def play(page: Page, seconds: float) -> None:
    page.evaluate("(ms) => window.__play(ms)", seconds * 1000)


def test_scenes_take_turns_and_the_arrow_keys_switch_them(open_page: Callable[..., Watched]) -> None:
    watched = open_hasty(open_page, "/openapi.json")
    page = watched.page
    change_snapshot(page, calm)
    page.goto(f"{watched.host}/mur?rotation=10")
    page.wait_for_function("() => document.documentElement.dataset.obTemplate === 'situation' && ob.screen.isReady()")
    play(page, 5)  # the seconds that the machine takes count too
    assert shown(page) == "situation"
    play(page, 8)
    assert shown(page) == "march"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.documentElement.dataset.obTemplate === 'traffic'", timeout=5000)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.documentElement.dataset.obTemplate === 'march'", timeout=5000)
    watched.check()


def test_a_critical_event_brings_its_scene_and_holds_it_until_answered(open_page: Callable[..., Watched]) -> None:
    watched = open_hasty(open_page, "/mur?scene=sources&rotation=10")
    page = watched.page
    page.wait_for_function("() => document.documentElement.dataset.obTemplate === 'situation'")
    play(page, 13)
    assert shown(page) == "situation"
    assert page.locator("#wall-scene use[href$=pausecircle]").count() == 1
    page.keyboard.press("Enter")
    play(page, 13)
    assert shown(page) == "march"
    watched.check()


def restrict(snapshot: dict[str, Any], audience: str = "restricted") -> None:
    events = snapshot["events"] = written_out(snapshot["events"])
    for at, severity in enumerate(events["sev"]):
        if severity >= 3:
            events["au"][at], events["ti"][at], events["pl"][at] = audience, SECRET, SECRET


@pytest.mark.parametrize("audience", ["partners", "restricted"])
def test_restricted_events_are_on_no_wall_whatever_the_reader_may_see(
    open_page: Callable[..., Watched], audience: str
) -> None:
    watched = open_page("/openapi.json", reduced_motion="reduce")
    page = watched.page
    change_snapshot(page, lambda snapshot: restrict(snapshot, audience))
    page.route("**/api/stream*", lambda route: route.abort())  # a change would bring an event as it really is
    page.goto(f"{watched.host}/mur?rotation=0")
    page.wait_for_function("() => ob.screen && ob.screen.isReady() && document.documentElement.dataset.obTemplate")
    saying = set()
    for index, scene in enumerate(SCENES):
        if index:
            scene_after(page)
        settled(page, "#wall-clock")
        assert (
            page.evaluate(
                "(said) => [...ob.screen.store.rows.values()].filter((row) => row.ti === said).length", SECRET
            )
            >= 4
        )
        if SECRET in page.inner_text("body"):
            saying.add(scene)
        if page.evaluate("(said) => ob.map.markers.singles.filter((row) => row.ti === said).length", SECRET):
            saying.add("map")
        if page.evaluate("ob.screen.view().counters.critical + ob.screen.view().counters.major"):
            saying.add("counters")
    assert saying == (set() if audience == "restricted" else {"situation", "24h", "map", "counters"})


def until_live(page: Page, tries: int) -> None:
    """Take the clock forward to the next tries to connect, and let each be answered."""
    for _ in range(tries):
        if page.evaluate("document.documentElement.dataset.live") == "live":
            return
        play(page, 10)
        page.wait_for_timeout(300)
    pytest.fail("the wall did not connect again")


def test_a_silent_wall_says_since_when_keeps_its_picture_and_tries_to_load_anew(
    open_page: Callable[..., Watched],
) -> None:
    watched = open_hasty(open_page, "/mur?rotation=0")
    page = watched.page
    page.wait_for_selector("#wall-list h3")
    before = page.locator("#wall-list h3").all_text_contents()
    page.context.set_offline(True)
    page.evaluate("() => { ob.live.source && ob.live.source.close(); ob.live.lose(); }")
    play(page, 118)
    assert page.locator(".ob-wall-frozen").count() == 0
    play(page, 5)
    assert page.inner_text(".ob-wall-frozen").startswith("DONNÉES FIGÉES À ")
    assert page.locator("#wall-list h3").all_text_contents() == before
    play(page, 40)
    page.wait_for_function("() => document.documentElement.dataset.obReload === 'refused'")
    assert page.locator("#wall-list h3").all_text_contents() == before  # no error page in its place
    page.context.set_offline(False)
    until_live(page, 20)
    page.wait_for_selector(".ob-wall-frozen", state="detached", timeout=8000)


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    partners = Partners(tmp_path_factory.mktemp("wall"))
    partners.start()
    server = Server(partners.folder, partners)
    server.start()
    server.wait_for_events(12)
    yield server
    server.stop()
    partners.stop()


def test_a_wall_outlives_a_restart_of_the_server(open_page: Callable[..., Watched], own_house: Server) -> None:
    watched = open_hasty(open_page, "/mur?rotation=0", server=own_house)
    page = watched.page
    page.wait_for_selector("#wall-list h3")
    page.evaluate("() => { window.__sameDocument = true; }")
    own_house.stop()
    page.wait_for_function("() => document.documentElement.dataset.live !== 'live'", timeout=15_000)
    assert page.locator("#wall-list h3").count() >= 3
    own_house.start()
    until_live(page, 20)
    assert page.evaluate("window.__sameDocument") is True
    assert page.locator("#wall-list h3").count() >= 3


def test_at_ten_past_four_the_wall_loads_itself_anew(open_page: Callable[..., Watched]) -> None:
    watched = open_wall(open_page, "?rotation=0")
    page = watched.page
    page.evaluate(
        """() => { window.__sameDocument = true; const time = ob.clock.time, now = Date.now;
        Date.now = () => now() + 600000; ob.live.ports.now = now;
        ob.clock.time = (at) => '04:10'; }"""
    )
    page.wait_for_function("() => window.__sameDocument === undefined && ob.screen.isReady()", timeout=20_000)


@pytest.mark.timeout(3600)  # the whole day in `make soak`
def test_a_day_at_speed_leaves_nothing_behind(open_page: Callable[..., Watched]) -> None:
    """Pings, deltas and scenes from 03:40 on: the reload of 04:10, the night's end, restricted events, a cut; `make soak` plays 24 hours."""
    hours = scaled("WALL_HOURS", 2)
    watched = open_wall(open_page, "?rotation=60")
    day = play_a_day(watched.page, hours=hours, small=SMALL)
    note(f"a wall played through {hours} hours at speed: memory after forced collection", day.grown_mb, "MB", most=20)
    assert day.deltas == hours * 60 + (CUT_MS + BACK_MS) // 60_000
    assert day.cut[0].startswith("DONNÉES FIGÉES À ")
    assert day.cut[1] == "live"
    assert day.scenes == len(day.looked) == 5
    assert day.secrets >= 3 * hours
    assert day.shown == set()
    assert day.nights == {"yes", "no"}
    assert day.sides == {"left", "right"}
    assert day.smallest == ()
    assert watched.page.evaluate("document.documentElement.dataset.obReload") == "refused"  # at 04:10 it asked first
    assert day.grown_mb <= 20, day
    assert day.grown_nodes <= 500, day
    assert day.grown_listeners <= 50, day


@pytest.mark.timeout(0)  # an hour in `make soak`; its own clock ends it
def test_real_minutes_leave_nothing_behind(open_page: Callable[..., Watched]) -> None:
    minutes = scaled("WALL_MIN", 0)
    if not minutes:
        pytest.skip("an hour in real time: make soak plays it")
    watched = open_wall(open_page, "?rotation=20")
    watched.page.wait_for_timeout(60_000)
    before = memory(watched.page)["heap"]
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        watched.page.wait_for_timeout(10_000)
    grown = memory(watched.page)["heap"] - before
    note(
        "a wall for an hour: memory after forced collection",
        grown,
        "MB",
        most=20,
        n=1,
        said=str(timedelta(minutes=minutes)),
    )
    assert watched.page.evaluate("document.documentElement.dataset.live") == "live"
    assert grown <= 20
    watched.check()
