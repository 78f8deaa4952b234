"""The screens of the design, each opened at the viewport and in the theme of its mock-up; a picture of each is kept.

What differs from the mock-ups, and why, is in `docs/design-differences.md`. What a first visit weighs and how much moves
while it is drawn are measured here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

WIDE, PHONE = (1920, 1080), (390, 844)
MARCH = "[role=option]:has-text('Manifestation déclarée')"
PLANNED = "&planned"  # the cursor six hours ahead, the layers open: what the dark mock-up shows
SCREENS = {
    "a-operations-clair": ("/?theme=clair", WIDE, "[role=option]", MARCH),
    "a-operations-sombre": (
        f"/?theme=sombre&couches=%2Bcameras,%2Baxes{PLANNED}",
        WIDE,
        "[role=option]",
        "[role=option] >> nth=1",
    ),
    "b-analyse-clair": ("/analyse?theme=clair", WIDE, ".js-plotly-plot .bars path", ""),
    "b-analyse-sombre": ("/analyse?theme=sombre", WIDE, ".js-plotly-plot .bars path", ""),
    "c-mur-1080p": ("/mur", WIDE, "#wall-list :is(li, article, div)", ""),
    "c-mur-4k": ("/mur?diagonale=98", (3840, 2160), "#wall-list :is(li, article, div)", ""),
    "e-mobile-situation": ("/?theme=clair", PHONE, "[role=option]", ""),
    "e-mobile-fiche": ("/?theme=clair", PHONE, "[role=option]", MARCH),
    "f-sources": ("/sources?theme=clair", WIDE, "main table tbody tr", ""),
    "g-transparence": ("/transparence?theme=clair", WIDE, "main h1", ""),
}
MOST_KB = 650
LAYOUT_SHIFT = """
window.__shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) { window.__shift += entry.value; }
})).observe({type: 'layout-shift', buffered: true});
"""


@pytest.mark.parametrize("name", list(SCREENS))
def test_screen_of_the_design_is_drawn_at_its_viewport(open_page: Callable, artefacts: Path, name: str) -> None:
    path, (width, height), sign, press = SCREENS[name]
    scale = 2 if width == PHONE[0] else 1
    watched = open_page(path.removesuffix(PLANNED), width=width, height=height, device_scale_factor=scale)
    page = watched.page
    page.wait_for_selector(sign, state="attached")
    if path.endswith(PLANNED):
        page.wait_for_function("() => ob.map.roads && ob.toggleLayers")
        page.evaluate("() => { ob.screen.moveTo(ob.screen.now() + 6 * 3600); ob.toggleLayers(true); }")
        page.wait_for_timeout(500)
    if press:
        page.click(press)
        page.wait_for_selector("#detail [data-ob-share]")
    page.wait_for_timeout(1200)
    page.screenshot(path=artefacts / f"mockup-{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    watched.check()


def test_first_visit_of_operations_weighs_at_most_650_kb_and_loads_no_plotly(open_page: Callable) -> None:
    page = open_page("/mur").page  # the context; its own cache is emptied below
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    addresses: dict[str, str] = {}
    bytes_of: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", lambda e: bytes_of.update({e["requestId"]: e["encodedDataLength"]}))
    origin = page.url.split("/mur")[0]
    page.goto(origin + "/")
    page.wait_for_selector("[role=option]")
    page.wait_for_timeout(2000)
    asked = {addresses[number]: size for number, size in bytes_of.items() if number in addresses}
    frame = {url: size for url, size in asked.items() if not url.startswith((f"{origin}/api/", f"{origin}/city/"))}
    assert len(frame) > 10
    assert not [url for url in frame if "plotly" in url]
    assert sum(frame.values()) / 1000 <= MOST_KB, sorted(frame.items(), key=lambda one: -one[1])[:12]


@pytest.mark.parametrize(("width", "height"), [WIDE, (1366, 768), PHONE])
def test_nothing_jumps_while_operations_are_drawn(open_page: Callable, width: int, height: int) -> None:
    watched = open_page("/mur", width=width, height=height)
    page = watched.page
    page.add_init_script(LAYOUT_SHIFT)
    page.goto(page.url.split("/mur")[0] + "/")
    page.wait_for_selector("[role=option]")
    page.wait_for_timeout(2500)
    assert page.evaluate("window.__shift") <= 0.05
