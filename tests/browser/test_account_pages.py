"""The account, the administration and the journal in a real browser: silent, accessible, whole on a narrow screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
POST = "city-administration-1"
PAGES = {"compte": "/compte", "administration": "/administration", "journal": "/administration/journal"}


def sign_in(open_page: Callable, **options: object):
    watched = open_page("/connexion", **options)
    watched.page.click(f'button[value="{POST}"]')
    watched.page.wait_for_url("**/")
    watched.errors.clear()
    return watched


def check_accessible(page) -> None:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    told = [(item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found]
    assert told == [], json.dumps(found)[:3000]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("theme", ["clair", "sombre"])
@pytest.mark.parametrize("name", list(PAGES))
def test_account_page_is_silent_and_accessible(
    open_page: Callable, artefacts: Path, name: str, theme: str, lang: str
) -> None:
    watched = sign_in(open_page, bypass_csp=True)
    page = watched.page
    page.goto(f"{watched.host}{PAGES[name]}?theme={theme}&lang={lang}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.screenshot(path=artefacts / f"{name}-{theme}.png", full_page=True)
    check_accessible(page)
    assert page.get_attribute("html", "lang") == lang
    assert watched.errors == []
    assert watched.outside == []


def test_a_narrow_screen_loses_nothing_of_the_account_pages(open_page: Callable, artefacts: Path) -> None:
    watched = sign_in(open_page, width=390, height=844)
    for name, path in PAGES.items():
        watched.page.goto(watched.host + path)
        watched.page.screenshot(path=artefacts / f"{name}-390.png")
        assert watched.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        watched.check()


def test_a_key_is_made_by_keyboard_alone_and_shown_once(open_page: Callable) -> None:
    watched = sign_in(open_page)
    page = watched.page
    page.goto(f"{watched.host}/administration")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#keys summary')"):
            break
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#keys .is-primary')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".ob-secret")
    secret = page.inner_text(".ob-secret")
    assert secret.startswith("obs_")
    page.click(".ob-card a.is-primary")
    page.wait_for_selector("#keys")
    assert secret.split("_")[1] in page.inner_text("#keys")
    assert secret.split("_", 2)[2] not in page.content()
    watched.check()
