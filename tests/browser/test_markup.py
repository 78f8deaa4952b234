"""Markup in what a partner wrote arrives on the screen as letters: on map, list, wall and in the panel."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route

pytestmark = pytest.mark.browser

PLANTED = (
    '<img src=planted onerror="window.__fired = 1"><svg onload="window.__fired = 2"></svg>'
    "<script>window.__fired = 3</script><b class=planted>gras</b>"
)
FOUND = """() => ({
  fired: window.__fired || 0,
  elements: document.querySelectorAll('[src=planted], .planted, [onerror], [onload]').length,
  scripts: [...document.scripts].filter((one) => one.text.includes('__fired')).length,
  shown: document.body.innerText.includes('<img src=planted'),
})"""


SHORT = "<img src=planted>"  # the wall says the category instead of a long headline


@pytest.mark.parametrize(
    ("path", "sign", "text"), [("/", "#event-list [role=option]", PLANTED), ("/mur", "#wall-list *", SHORT)]
)
def test_markup_in_texts_is_shown_as_letters(open_page: Callable, path: str, sign: str, text: str) -> None:
    watched = open_page("/sources", bypass_csp=True)  # without the policy: the scripts themselves must be safe
    page = watched.page

    def plant(route: Route) -> None:
        answer = route.fetch()
        snapshot = answer.json()
        for key in ("ti", "pl", "ef"):
            snapshot["events"][key] = [text for _ in snapshot["events"]["id"]]
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        route.fulfill(status=200, headers=headers, body=json.dumps(snapshot))

    page.route("**/api/snapshot*", plant)
    page.goto(watched.host + path)
    page.wait_for_selector(sign, state="attached", timeout=30_000)
    page.wait_for_selector(".ob-marker, #wall-list *", state="attached")
    for marker in page.locator(".ob-marker").all()[:3]:
        marker.dispatch_event("mouseover")
        marker.dispatch_event("focus")
    page.wait_for_function("() => document.body.innerText.includes('<img src=planted')", timeout=15_000)
    assert page.evaluate(FOUND) == {"fired": 0, "elements": 0, "scripts": 0, "shown": True}
