"""Roads on the map: every axis in its colour, a road of its own drawn thin, both in the table too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

LINES = """() => Object.fromEntries([...ob.map.roads.lines].map(([id, line]) =>
  [id, {state: line.state, width: line.line.options.weight, tip: line.line.getTooltip().getContent()().textContent}]))"""
TELL = """(road) => { ob.screen.store.roads.set(road.id, road); ob.screen.refresh(); }"""


def test_every_axis_is_coloured_and_a_road_of_its_own_is_thin(open_page: Callable) -> None:
    watched = open_page("/")
    page = watched.page
    page.wait_for_function("() => ob.map.roads && ob.map.roads.lines.size >= 59")
    lines = page.evaluate(LINES)
    assert sum(line["state"] != "unknown" for line in lines.values()) >= 50
    known = next(road for road in page.evaluate("() => [...ob.screen.store.roads.values()]") if road["st"] == "free")
    road = {**known, "id": "far:1", "ax": None, "na": "A50 est-ouest", "g": {"type": "LineString",
            "coordinates": [[5.50, 43.27], [5.52, 43.28]]}}  # fmt: skip
    bent = {
        **road,
        "id": "far:2",
        "g": {"type": "LineString", "coordinates": [[5.50, 43.2], [5.51, 43.2], [5.52, 43.3]]},
    }
    for told in (road, bent):
        page.evaluate(TELL, told)
    page.wait_for_function("() => ob.map.roads.lines.has('far:2')")
    lines = page.evaluate(LINES)
    assert lines["far:1"]["width"] < lines["far:2"]["width"]
    assert lines["far:1"]["tip"] == "A50 est-ouest, Fluide (tracé droit : seules ses deux extrémités sont connues)"
    assert lines["far:2"]["tip"] == "A50 est-ouest, Fluide"
    page.keyboard.press("t")  # the table of equals, by keyboard
    page.locator(".ob-eq-table td", has_text="A50 est-ouest").first.wait_for(state="attached")
    watched.check()
