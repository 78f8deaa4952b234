"""A real browser that watches its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.house import Server

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "build" / "artefacts"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SPY = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push([event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample]));
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass
class Watched:
    """A page, with all that went wrong on it."""

    page: Page
    host: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    received: int = 0

    def check(self) -> None:
        """Assert: no console error, no policy violation, no request that left the machine."""
        assert self.errors == []
        assert self.page.evaluate("window.__violations") == []
        assert self.outside == []


@pytest.fixture
def open_page(browser: Browser, house: Server) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens an address in a fresh context and watches it."""
    contexts: list[BrowserContext] = []

    def open_(
        path: str = "/", server: Server | None = None, width: int = 1920, height: int = 1080, **options: object
    ) -> Watched:
        target = server or house
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_init_script(SPY)
        page = context.new_page()
        watched = Watched(page, target.url)
        page.on("console", lambda message: watched.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((target.url, "data:", "blob:")) else watched.outside.append(request.url)
            ),
        )
        page.goto(target.url + path)
        # Until Dash has drawn the page, the map stands in a frame that nobody can reach.
        page.wait_for_function("() => !document.getElementById('first-frame')")
        return watched

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(open_page: Callable[..., Watched]) -> Callable[..., Watched]:
    """Return a function that signs a post in and opens an address."""

    def sign_in_(post: str, path: str, **options: Any) -> Watched:
        watched = open_page(f"/connexion?suite={path}", **options)
        watched.page.click(f'button[value="{post}"]')
        watched.page.wait_for_url(f"**{path}*")
        return watched

    return sign_in_


@pytest.fixture(scope="session")
def artefacts() -> Path:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS
