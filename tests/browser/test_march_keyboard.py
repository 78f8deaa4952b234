"""A march written by keyboard alone: what has the focus got there by Tab and arrows, never by a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.test_contribution import ready, until

pytestmark = pytest.mark.browser


class Keys:
    """Does everything by keyboard: what has the focus got there by Tab and arrows."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def tab_to(self, selector: str, key: str = "Tab", most: int = 150) -> None:
        for _ in range(most):
            if self.page.evaluate(
                "(s) => Boolean(document.activeElement && document.activeElement.matches(s))", selector
            ):
                return
            self.press(key)
        pytest.fail(f"{selector} is not reached by {key}")


def draw_by_keyboard(keys: Keys) -> None:
    """Put five points on the map with A and arrows, move the third, and end where the start is written."""
    page = keys.page
    keys.tab_to("#map", "Shift+Tab")
    for _ in range(5):
        keys.press("a")
        keys.press("ArrowDown")
        page.wait_for_timeout(350)
    until(page, "document.querySelectorAll('[data-ob-point]').length === 5")
    keys.tab_to("[data-ob-point]")
    keys.press("Tab", 2)
    third = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert third.startswith("3"), third
    before = page.evaluate("document.activeElement.getBoundingClientRect().x")
    keys.press("Shift+ArrowRight")
    until(page, "(x) => document.activeElement.getBoundingClientRect().x > x + 2", before)
    keys.press("Enter")
    assert page.evaluate("document.activeElement.name") == "start"


def write_by_keyboard(keys: Keys) -> None:
    """Write the start, and at the third passage a fixed time, a halt and a tolerance: what follows moves."""
    page, computed = keys.page, "document.querySelectorAll('.ob-way .is-time')[{}].placeholder"
    keys.press("Control+a")
    keys.type("demain 10h")
    keys.press("Tab")
    until(page, f"{computed.format(0)} === '10:00'")
    before = page.evaluate(computed.format(4))
    row = ".ob-way li:nth-child(3)"
    for field, text in ((".is-time", "11h30"), (".is-halt", "10")):
        keys.tab_to(f"{row} {field}")
        keys.type(text)
    keys.tab_to(f"{row} [aria-controls]")
    keys.press("Enter")
    keys.tab_to(f"{row} .is-tolerance")
    keys.type("5")
    keys.press("Tab")
    until(page, f"(was) => {computed.format(4)} > was", before)
    assert page.locator(f"{row} .ob-way-lock").is_visible()
    keys.tab_to("select[name=march_status]")
    keys.press("ArrowDown", 2)
    while page.evaluate("document.activeElement.value") != "confirmed":
        keys.press("ArrowDown")
        assert keys.pressed < 800


def test_a_march_by_keyboard_alone_with_a_fixed_time_a_halt_and_a_tolerance(sign_in: Callable[..., Watched]) -> None:
    watched = sign_in("prefecture-1", "/signaler")
    page, keys = watched.page, Keys(watched.page)
    ready(page)
    keys.tab_to("input[name=form-category]")
    keys.press("Space")
    while page.evaluate("document.querySelector('[name=form-category]:checked').value") != "manifestation":
        keys.press("ArrowRight")
        assert keys.pressed < 200
    keys.tab_to("[name=headline]")
    keys.type("Cortège au clavier")
    keys.press("Control+Enter")
    page.wait_for_selector(".ob-draw:not([hidden])")
    draw_by_keyboard(keys)
    write_by_keyboard(keys)
    for _ in range(3):
        keys.press("Control+Enter")
        page.wait_for_timeout(400)
    page.wait_for_selector(".ob-done h2")
    keys.tab_to(".ob-done a.is-primary")
    keys.press("Enter")
    page.wait_for_selector(".ob-steps li >> nth=4")
    told = page.inner_text("#detail")
    assert "Cortège au clavier" in told
    assert "arrêt 10 min, ± 5 min" in told
    assert "Confirmée" in page.inner_text(".ob-detail-chips")
    watched.check()
