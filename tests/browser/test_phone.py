"""A telephone: nothing is lost at 320 px, targets are 44 px high, the sheet has three stops, the place stays in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

SMALL = """() => [...document.querySelectorAll('button, a[href], summary, select, [role=option]')]
    .filter((node) => node.checkVisibility({visibilityProperty: true}) && !node.closest('.ob-markers, .leaflet-control, .ob-skips, svg'))
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([node, box]) => box.width > 0 && box.bottom > 0 && box.top < innerHeight && (box.height < 43.5 || box.width < 24))
    .map(([node, box]) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 20)} ${box.width}x${box.height}`)"""
OUTSIDE = """() => [...document.querySelectorAll('.ob-top *, .ob-list-panel button, .ob-list-panel select, .ob-bottom *')]
    .filter((node) => node.checkVisibility() && !node.closest('.ob-sheet-chips, .ob-sr, .ob-nav'))
    .map((node) => [node.className.baseVal ?? node.className, node.getBoundingClientRect()])
    .filter(([name, box]) => box.width > 1 && (box.left < -1 || box.right > innerWidth + 1)).map(([name]) => name)"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640), (844, 390)])
def test_nothing_lies_outside_a_small_screen(open_page: Callable, width: int, height: int) -> None:
    watched = open_page("/", width=width, height=height)
    watched.page.wait_for_selector("[role=option]")
    assert watched.page.evaluate(OUTSIDE) == []
    assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    watched.check()


def test_targets_are_at_least_44_px_high(open_page: Callable) -> None:
    watched = open_page("/", width=390, height=844)
    watched.page.wait_for_selector("[role=option]")
    watched.page.wait_for_timeout(500)
    assert watched.page.evaluate(SMALL) == []


def test_sheet_has_three_stops_by_touch_and_by_key(open_page: Callable) -> None:
    page = open_page("/", width=390, height=844).page
    page.wait_for_selector("[role=option]")

    def height() -> float:
        page.wait_for_timeout(400)
        return float(page.locator("#list-panel").bounding_box()["height"])

    half = height()
    page.focus("#sheet-handle")
    page.keyboard.press("ArrowDown")
    assert height() == 96
    page.keyboard.press("ArrowUp")
    assert height() == half
    page.click("[data-ob-sheet=full]")
    full = height()
    assert full > half > 96
    assert page.get_attribute("[data-ob-sheet=full]", "aria-current") == "page"
    assert "entière" in page.get_attribute("#sheet-handle", "aria-label")


def test_event_is_a_page_and_closes_to_the_list(open_page: Callable) -> None:
    page = open_page("/", width=390, height=844).page
    page.click("[role=option] >> nth=0")
    page.wait_for_selector("#detail [data-ob-share]")
    box = page.locator("#detail").bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    page.click("[data-ob-close-detail]")
    page.wait_for_selector("#detail", state="hidden")


def test_around_me_moves_the_map_and_tells_the_address_nothing(open_page: Callable) -> None:
    place = {"latitude": 43.2965, "longitude": 5.3698}
    watched = open_page("/", width=390, height=844, geolocation=place, permissions=["geolocation"], bypass_csp=True)
    page = watched.page
    page.wait_for_selector("[role=option]")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url + str(request.post_data or "")))
    page.locator("#sheet-chips button").nth(1).click()
    page.wait_for_function("() => Math.abs(ob.map.present().getCenter().lat - 43.2965) < 1e-3")
    page.wait_for_timeout(800)
    assert "c=" not in page.url
    assert not any("43.29" in one for one in sent)


def test_half_a_sheet_leaves_the_map_its_room_and_folding_it_brings_counters_and_timeline(open_page: Callable) -> None:
    page = open_page("/", width=390, height=844).page
    page.wait_for_selector("[role=option]")
    assert page.locator("#map").bounding_box()["height"] > 600
    assert page.locator("#sheet-title").inner_text().endswith("événements en cours")
    assert "sources sur" in page.locator("#sheet-freshness").inner_text()
    page.keyboard.press("f")  # the timeline by its key: the sheet makes room
    page.wait_for_selector("#timeline", state="visible")
    assert page.locator("#counters").is_visible()
    page.click("#sheet-handle")
    page.click("#sheet-chips button >> nth=2")
    page.get_by_label("1er", exact=True).check()
    page.wait_for_function("() => location.search.includes('arr=1')")
    assert page.locator("#sheet-chips button").nth(2).inner_text() == "1er"


def test_event_page_leaves_the_demonstration_strip_and_its_place_in_sight(open_page: Callable) -> None:
    page = open_page("/", width=390, height=844).page
    page.click("[role=option] >> nth=1")
    page.wait_for_selector("#detail [data-ob-share]")
    page.wait_for_timeout(600)
    top = page.locator("#detail").bounding_box()["y"]
    strip, mark = page.locator(".ob-demo").bounding_box(), page.locator(".ob-marker.is-selected").bounding_box()
    assert strip["y"] + strip["height"] <= top
    assert mark["y"] + mark["height"] <= top
    assert mark["y"] >= strip["height"]
    assert page.locator("#detail .ob-actions").bounding_box()["y"] < 844 - 50
