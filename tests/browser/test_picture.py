"""The map's pictograms are drawn on a canvas; what the eye sees there, keyboard and screen readers have as buttons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BUTTONS = ".ob-markers button"
UNREACHABLE = """() => {
  const map = ob.map.present(), markers = ob.map.markers, held = new Set();
  for (const [key, kept] of markers.drawn) {
    (kept.members || [kept.mark]).forEach((mark) => { if (document.contains(kept.button)) { held.add(mark.id); } });
  }
  const size = map.getSize();
  return ob.screen.view().shown.filter((row) => {
    if (!row.ll || row.rt) { return false; }
    const at = map.latLngToContainerPoint([row.ll[1], row.ll[0]]);
    return at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y && !held.has(row.id);
  }).map((row) => row.ti);
}"""
UNNAMED = f"""() => [...document.querySelectorAll('{BUTTONS}')]
  .filter((button) => !button.getAttribute('aria-label') || button.tabIndex !== 0 || button.hidden).length"""
# Above its middle every shape is filled, or has its pictogram: what colour has the canvas there?
PAINTED = """() => [...ob.map.markers.drawn.values()].filter((kept) => kept.mark).map((kept) => {
  const brush = ob.map.markers.brush, pixel = brush.pen.getImageData(
    Math.round(kept.atX * brush.ratio), Math.round((kept.atY - kept.mark.size * 0.3) * brush.ratio), 1, 1).data;
  return [kept.mark.id, ...pixel];
})"""


@pytest.fixture
def page(open_page: Callable) -> Page:
    page = open_page("/?theme=clair").page
    page.wait_for_selector(BUTTONS, state="attached")
    page.evaluate("Promise.all([ob.dom.sprite, document.fonts.ready])")
    page.wait_for_timeout(300)
    return page


def test_every_event_on_the_map_is_a_button_with_a_name_or_in_a_cluster_that_is_one(page: Page) -> None:
    assert page.locator(BUTTONS).count() > 20
    assert page.evaluate(UNREACHABLE) == []
    assert page.evaluate(UNNAMED) == 0
    page.locator(".ob-marker").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => ob.screen.state.ev")
    assert page.evaluate("ob.screen.state.ev") == page.evaluate("document.activeElement.dataset.key")


def test_each_pictogram_is_painted_and_again_in_the_colours_of_another_theme(page: Page) -> None:
    light = page.evaluate(PAINTED)
    assert len(light) > 20
    assert [one for one in light if one[4] < 200] == []
    page.click("#theme-button")
    page.wait_for_timeout(300)
    dark = page.evaluate(PAINTED)
    assert [one for one in dark if one[4] < 200] == []
    before = {one[0]: one[1:] for one in light}
    changed = [one[0] for one in dark if before.get(one[0], one[1:]) != one[1:]]
    assert len(changed) >= len(dark) / 2, f"{len(changed)} of {len(dark)} have other colours in the other theme"
