"""Every screen while the database is away: it says so, keeps its picture with its time, and goes on by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.house import Server
from tests.postgres import ABSENT, PostgresServer, programs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PAGES = {"operations": "/", "wall": "/mur", "sources": "/sources", "analysis": "/analyse"}
BANNER = {"wall": ".ob-wall-frozen"}
SAID = {"wall": r"BASE HORS D’ATTEINTE – ÉTAT DE \d\d:\d\d"}
USUAL = r"Base de données hors d’atteinte depuis \d\d:\d\d\. L’image reste celle de cette heure"
FILLED = {
    "operations": "() => document.querySelectorAll('.ob-marker').length >= 30",
    "wall": "() => document.querySelectorAll('.ob-wall-row').length >= 1",
    "sources": "() => document.querySelectorAll('#sources-body tbody tr').length >= 11",
    "analysis": "() => document.querySelectorAll('#analysis-body .ob-card').length >= 3",
}
BACK_S = 60


@pytest.fixture
def postgres_alone() -> Iterator[PostgresServer]:
    found = programs()
    if found is None:
        pytest.skip(ABSENT)
    server = PostgresServer(found)
    try:
        server.make()
        yield server
    finally:
        server.remove()


def banner(page: Page, name: str) -> str:
    selector = BANNER.get(name, ".ob-offline")
    return page.locator(selector).first.text_content(timeout=20_000) or ""


def covers(page: Page, selector: str) -> float:
    """Return the share of the screen that an element takes."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["height"] / 1080


def check_away(name: str, page: Page, artefacts: Path) -> None:
    assert re.search(SAID.get(name, USUAL), banner(page, name)), name
    page.wait_for_timeout(500)
    page.screenshot(path=artefacts / f"database-away-{name}.png")
    assert page.evaluate(FILLED[name]), f"{name}: the picture stays"
    assert covers(page, BANNER.get(name, ".ob-offline")) < 0.12, name
    if name == "operations":
        assert re.search(r"^État de .* \d\d:\d\d$", page.locator("#map-time span").last.text_content() or "")
    if name != "wall":
        assert page.locator(".ob-demo").is_visible()


def test_every_screen_says_that_the_database_is_away_and_goes_on_by_itself(
    start_house: Callable[..., Server], open_page: Callable, postgres_alone: PostgresServer, artefacts: Path
) -> None:
    settings = {"OBSERVATORY_DATABASE_URL": postgres_alone.new(), "OBSERVATORY_SECRET_KEY": "k" * 32}
    server = start_house(**settings)
    watched: dict[str, Watched] = {name: open_page(path, server=server) for name, path in PAGES.items()}
    for name, one in watched.items():
        one.page.wait_for_function(FILLED[name], timeout=60_000)
        one.page.wait_for_function("() => document.documentElement.dataset.live === 'live'")
        one.page.evaluate("window.__same = true")
    kept = watched["operations"].page.evaluate("ob.screen.store.rows.size")
    postgres_alone.stop()
    try:
        for name, one in watched.items():
            check_away(name, one.page, artefacts)
        late = open_page("/analyse", server=server)
        late.page.locator("#analysis-body [role=alert]", has_text="hors d’atteinte").wait_for(timeout=60_000)
    finally:
        postgres_alone.start()
    for name, one in watched.items():
        one.page.locator(BANNER.get(name, ".ob-offline")).wait_for(state="detached", timeout=BACK_S * 1000)
        assert one.page.evaluate("window.__same"), "no page was loaded again"
        one.page.wait_for_function(FILLED[name], timeout=30_000)
    late.page.wait_for_function(FILLED["analysis"], timeout=30_000)
    assert watched["operations"].page.evaluate("ob.screen.store.rows.size") >= kept
    before = watched["operations"].page.evaluate("ob.screen.store.seq")
    server.partners.act("prefecture-manifestations", "bump")
    watched["operations"].page.wait_for_function(
        "before => ob.screen.store.seq > before", arg=before, timeout=BACK_S * 1000
    )
