"""One filter, four answers that agree: list, map, counters and the API; the address is the state."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.house import Server

pytestmark = pytest.mark.browser

SEEN = """() => {
  const view = ob.screen.view();
  return {
    shown: view.shown.map((row) => row.id).sort(),
    listed: [...view.lists.ongoing, ...view.lists.planned, ...view.lists.ended].map((row) => row.id).sort(),
    drawn: [...ob.map.markers.view.shown].map((row) => row.id).sort(),
    tabs: view.tabs,
    counters: view.counters,
    major: view.lists.ongoing.filter((row) => row.sev === 3).length,
    written: [...document.querySelectorAll('#counters b, #counters .ob-count-n')].map((node) => node.textContent.trim()),
  };
}"""


def settle(page) -> None:
    page.wait_for_selector(".ob-marker, .ob-empty", state="attached")
    page.wait_for_timeout(500)


def test_dates_and_district_agree_everywhere(open_page: Callable, house: Server) -> None:
    watched = open_page("/?du=-12h&au=%2B2j&arr=1,6")
    settle(watched.page)
    seen = watched.page.evaluate(SEEN)
    now = datetime.now(UTC)
    query = urllib.parse.urlencode(
        {
            "from": (now - timedelta(hours=12)).isoformat(),
            "to": (now + timedelta(days=2)).isoformat(),
            "district": "13201,13206",
            "status": "ongoing,planned",
            "limit": "10000",
        }
    )
    answer = house.json(f"/api/events?{query}")["features"]
    assert isinstance(answer, list)
    assert seen["shown"]
    assert seen["shown"] == seen["listed"] == seen["drawn"] == sorted(row["id"] for row in answer)
    assert seen["counters"]["major"] == seen["major"]
    watched.check()


def test_reload_gives_the_same_view_and_back_undoes(open_page: Callable) -> None:
    watched = open_page("/")
    page = watched.page
    settle(page)
    everything = page.evaluate(SEEN)["shown"]
    page.locator("#filters summary", has_text="Arrondissements").click()
    page.get_by_role("checkbox", name="1er", exact=False).first.check()
    page.keyboard.press("Escape")
    page.wait_for_function("() => location.search.includes('arr=')")
    settle(page)
    filtered = page.evaluate(SEEN)["shown"]
    assert 0 < len(filtered) < len(everything)
    page.reload()
    settle(page)
    assert page.evaluate(SEEN)["shown"] == filtered
    page.go_back()
    page.wait_for_function("() => !location.search.includes('arr=')")
    settle(page)
    assert page.evaluate(SEEN)["shown"] == everything
    watched.check()


@pytest.mark.parametrize(
    "address",
    ["/?arr=99", "/?grav=douze&du=jamais", "/?cat=rien&org=&c=a,b,c", "/?ev=00000000", "/?vue=autre&lang=xx&theme=?"],
)
def test_wrong_keys_harm_nothing(open_page: Callable, address: str) -> None:
    watched = open_page(address)
    watched.page.wait_for_selector("#event-list")
    watched.page.wait_for_timeout(800)
    assert watched.page.locator("h1").count() == 1
    watched.check()


def test_keyboard_alone_reaches_an_event(open_page: Callable) -> None:
    watched = open_page("/")
    settle(watched.page)
    watched.page.keyboard.press("l")
    watched.page.keyboard.press("ArrowDown")
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_function("() => location.search.includes('ev=')")
    watched.page.locator("aside h2").first.wait_for()
    watched.page.keyboard.press("Escape")
    watched.page.wait_for_function("() => !location.search.includes('ev=')")
    watched.page.keyboard.press("t")
    watched.page.locator("#map-table table").first.wait_for()
    watched.check()
