"""The route of a march as `d-contribution-itineraire` shows it: same viewport, both themes, a picture of each beside the mock-up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.test_contribution import AXE, ready, until

pytestmark = pytest.mark.browser

VIEW = "c=43.2912,5.3800,15.5"
PASSAGES = ((5.3748, 43.2953), (5.3783, 43.2965), (5.3795, 43.2926), (5.3779, 43.2904), (5.3836, 43.2864))
PIXEL = """([x, y]) => {
  const map = ob.map.present(), box = map.getContainer().getBoundingClientRect(), at = map.latLngToContainerPoint([y, x]);
  return [box.x + at.x, box.y + at.y];
}"""


def draw(page: Page, passages: tuple[tuple[float, float], ...]) -> None:
    """Fill the first step, and draw a way that leaves tomorrow at two."""
    ready(page)
    page.click(".ob-tiles label:has(input[value=manifestation])")
    page.click(".is-cards label:has(input[value='3'])")
    page.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-draw:not([hidden])")
    for place in passages:
        page.mouse.click(*page.evaluate(PIXEL, list(place)))
    page.fill("[name=start]", "demain 14h")
    page.locator("[name=start]").dispatch_event("change")
    until(page, "(n) => document.querySelectorAll('.ob-way li').length === n", len(passages))
    until(page, "document.querySelector('.ob-way .is-time').placeholder === '14:00'")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_a_way_with_its_times_axes_and_the_event_that_is_very_close(
    sign_in: Callable[..., Watched], artefacts: Path, theme: str
) -> None:
    other = sign_in("prefecture-2", "/signaler")
    other.page.goto(f"{other.host}/signaler?{VIEW}")
    draw(other.page, PASSAGES)
    for _ in range(3):
        other.page.click(".ob-form-foot .is-primary")
    other.page.wait_for_selector(".ob-done h2")

    mine = sign_in("prefecture-1", "/signaler", bypass_csp=True)
    page = mine.page
    page.goto(f"{mine.host}/signaler?theme={theme}&{VIEW}")
    draw(page, PASSAGES)
    page.fill(".ob-way li:nth-child(4) .is-time", "14:58")
    page.fill(".ob-way li:nth-child(2) .is-halt", "5")
    page.fill(".ob-way li:nth-child(4) .is-halt", "10")
    page.keyboard.press("Tab")
    page.wait_for_selector(".ob-duplicate .is-primary")
    assert page.locator(".ob-axes input:checked").count() >= 2
    assert page.get_attribute(".ob-draw-follow", "aria-checked") == "true"
    assert page.locator(".ob-way li:nth-child(4) .ob-way-lock").is_visible()
    page.screenshot(path=artefacts / f"mockup-d-contribution-itineraire-{theme}.png")
    page.locator(".ob-duplicate").first.scroll_into_view_if_needed()
    page.screenshot(path=artefacts / f"mockup-d-contribution-itineraire-{theme}-bas.png")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:4]) for one in found] == [], json.dumps(found)[:2000]
    page.evaluate("localStorage.clear()")
    assert mine.errors == []
