"""Every page, both themes and languages: drawn, silent, accessible; a picture of each is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from api.transparency.pages import RUBRICS

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "operations": ("/", ".ob-marker"),
    "sources": ("/sources", "main table tbody tr"),
    "analyse": ("/analyse", ".js-plotly-plot .bars path"),
    "mur": ("/mur", "#wall-list :is(li, article, div)"),
    "transparence": ("/transparence", "main h1"),
    "connexion": ("/connexion", "form"),
    "agenda": ("/agenda", ".ob-agenda .ob-conflict"),
    "evenements": ("/evenements", "main table tbody tr"),
}


def check_accessible(page: Page) -> None:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    told = [(page.url, item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found]
    assert told == [], json.dumps(found)[:3000]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("theme", ["clair", "sombre"])
@pytest.mark.parametrize("name", list(PAGES))
def test_page_is_silent_and_accessible(open_page: Callable, artefacts: Path, name: str, theme: str, lang: str) -> None:
    path, sign = PAGES[name]
    watched = open_page(f"{path}?theme={theme}&lang={lang}", bypass_csp=True)
    page = watched.page
    page.wait_for_selector(sign, state="attached")
    page.wait_for_timeout(1200)
    page.screenshot(path=artefacts / f"{name}-{theme}-{lang}.png")
    check_accessible(page)
    assert watched.errors == []
    assert watched.outside == []


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_every_page_for_visitors_that_needs_no_script_is_accessible(open_page: Callable, theme: str, lang: str) -> None:
    watched = open_page(f"/cameras?theme={theme}&lang={lang}", bypass_csp=True)
    page = watched.page
    check_accessible(page)
    for rubric in RUBRICS:
        page.goto(f"{watched.host}/transparence/{rubric}?theme={theme}&lang={lang}")
        assert page.get_attribute("html", "lang") == lang
        check_accessible(page)
    assert watched.errors == []


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_the_page_of_one_source_is_accessible(open_page: Callable, theme: str, lang: str) -> None:
    watched = open_page(f"/sources/meteo-vigilance?theme={theme}&lang={lang}", bypass_csp=True)
    watched.page.wait_for_selector(".ob-source-panel h2")
    check_accessible(watched.page)
    assert watched.errors == []


@pytest.mark.parametrize("name", list(PAGES))
def test_page_keeps_the_policy(open_page: Callable, name: str) -> None:
    path, sign = PAGES[name]
    watched = open_page(path)
    watched.page.wait_for_selector(sign, state="attached")
    watched.page.wait_for_timeout(1000)
    watched.check()


def test_english_page_says_so(open_page: Callable, artefacts: Path) -> None:
    watched = open_page("/?lang=en")
    watched.page.wait_for_selector(".ob-marker", state="attached")
    assert watched.page.get_attribute("html", "lang") == "en"
    assert watched.page.get_by_role("link", name="Analysis").count() == 1
    watched.page.screenshot(path=artefacts / "operations-en.png")
    watched.check()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1024, 768), (390, 844), (320, 640)])
def test_narrow_screens_lose_nothing(open_page: Callable, artefacts: Path, width: int, height: int) -> None:
    watched = open_page("/", width=width, height=height)
    watched.page.wait_for_selector("[role=option], .ob-marker", state="attached")
    watched.page.wait_for_timeout(800)
    watched.page.screenshot(path=artefacts / f"operations-{width}.png")
    assert watched.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    watched.check()


@pytest.mark.parametrize("width", [1920, 1600, 1366, 1200, 1024, 960, 900, 768])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_tab_of_the_bar_is_in_sight(open_page: Callable, width: int, lang: str) -> None:
    page = open_page(f"/?lang={lang}", width=width, height=768).page
    page.wait_for_selector("[role=option], .ob-marker", state="attached")
    page.wait_for_function("() => document.querySelector('#freshness b').textContent")
    boxes = page.locator(".ob-nav-tab").evaluate_all(
        "(all) => all.map((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().right])"
    )
    nav = page.locator(".ob-nav").bounding_box()
    assert nav is not None
    assert len(boxes) == 6
    assert [box for box in boxes if box[0] < nav["x"] - 1 or box[1] > nav["x"] + nav["width"] + 1] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
