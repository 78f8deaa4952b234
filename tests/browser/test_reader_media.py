"""What the reader's system asks for: forced colours, more contrast, less motion, and paper. A picture of each is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TOKEN = "(name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
# Each state of the roads keeps a look of its own where all have the system's one colour.
LOOKS = """() => { const looks = {};
  for (const kept of ob.map.roads.lines.values()) {
    const own = kept.line.options, second = kept.second.options;
    looks[kept.state] = [own.color, own.weight, own.dashArray, second.weight].join('|');
  }
  return looks; }"""
MOVING = """() => [...document.querySelectorAll('body, body *')].filter((one) => ['', '::before', '::after'].some((part) => {
  const style = getComputedStyle(one, part || null);
  return style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0) || style.animationName !== 'none';
})).map((one) => one.className || one.tagName)"""


def opened(open_page: Callable, **options: object) -> Page:
    page: Page = open_page("/?theme=sombre", **options).page
    page.wait_for_function("() => ob.map.roads && ob.map.roads.lines.size >= 50")
    page.wait_for_selector(".ob-marker", state="attached")
    page.wait_for_timeout(500)
    return page


def test_forced_colours_keep_shapes_widths_and_dashes(open_page: Callable, artefacts: Path) -> None:
    page = opened(open_page, forced_colors="active")
    looks = page.evaluate(LOOKS)
    assert len(looks) >= 4
    assert len(set(looks.values())) == len(looks)
    assert {look.split("|")[0] for look in looks.values()} <= {"CanvasText", "GrayText"}
    assert page.evaluate(TOKEN, "--ob-map-land") == "Canvas"
    page.screenshot(path=artefacts / "media-forced-colours.png")


def test_more_contrast_strengthens_borders_and_leaves_no_pale_text(open_page: Callable, artefacts: Path) -> None:
    page = opened(open_page, contrast="more")
    assert page.evaluate(TOKEN, "--ob-border") == page.evaluate(TOKEN, "--ob-border-strong")
    assert page.evaluate(TOKEN, "--ob-text-3") == page.evaluate(TOKEN, "--ob-text")
    assert page.evaluate("getComputedStyle(document.querySelector('.ob-wm')).zIndex") == "0"
    page.screenshot(path=artefacts / "media-more-contrast.png")


def test_less_motion_moves_nothing(open_page: Callable) -> None:
    page = opened(open_page, reduced_motion="reduce", width=390, height=844)
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert "ob-panel ob-list-panel" in page.evaluate(MOVING), "the test would see a movement"


def test_paper_is_light_stacked_and_marked(open_page: Callable, artefacts: Path) -> None:
    page = opened(open_page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # what an A4 page leaves between its margins
    page.wait_for_timeout(600)
    assert page.get_attribute("html", "data-bs-theme") == "light"
    boxes = {
        name: page.locator(name).bounding_box() for name in ("#list-panel", "#map-region", "#timeline", ".ob-demo")
    }
    assert all(boxes.values()), boxes
    assert boxes["#map-region"]["height"] == pytest.approx(180 / 25.4 * 96, abs=2)  # type: ignore[index]
    assert boxes["#map-region"]["y"] >= boxes["#list-panel"]["y"] + boxes["#list-panel"]["height"] - 1  # type: ignore[index]
    for gone in (".ob-nav", ".ob-map-controls", ".ob-filter-row", ".ob-separator"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".ob-legend-body").is_visible()
    page.pdf(path=artefacts / "media-paper.pdf", format="A4", print_background=True)
    page.emulate_media(media="screen")
    page.wait_for_function("() => document.documentElement.dataset.bsTheme === 'dark'")
