"""Cameras beside a selected demonstration: hidden, opened by keyboard with a typed purpose, hidden again for the next one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.test_account_pages import check_accessible

pytestmark = pytest.mark.browser

DRAWN = "document.querySelector('.ob-pane-cameras').dataset.drawn"


def test_cameras_beside_a_demonstration_wait_for_a_purpose(open_page: Callable) -> None:
    watched = open_page("/connexion", bypass_csp=True)
    page = watched.page
    page.click('button[value="city-supervision-1"]')
    page.wait_for_url("**/")
    found = page.evaluate("fetch('/api/events?limit=300&category=manifestation').then((answer) => answer.json())")
    first, second = [one["id"] for one in found["features"]][:2]
    page.goto(f"{watched.host}/?ev={first}&couches=%2Bcameras")
    page.wait_for_selector(".ob-camera-lock button:visible")
    assert page.evaluate(DRAWN) == "0"
    page.focus(".ob-camera-lock button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#camera-purpose")
    check_accessible(page)
    page.keyboard.type("Vérifier le passage des secours")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ob-camera-lock", state="hidden")
    page.wait_for_function(f"() => Number({DRAWN}) > 0")
    page.evaluate("(id) => window.ob.select(id)", second)
    page.wait_for_selector(".ob-camera-lock button:visible")
    page.wait_for_function(f"() => {DRAWN} === '0'")
    page.evaluate("window.ob.select(null)")
    page.wait_for_function(f"() => Number({DRAWN}) > 0")
    assert watched.outside == []
