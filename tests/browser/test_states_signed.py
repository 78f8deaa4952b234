"""States of somebody who signed in: a session that ended, an event that another post edits, two that disagree, a right that lacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.test_contribution import Hands, draw_march, ready
from tests.house import Server

pytestmark = pytest.mark.browser

NEXT = ".ob-form-foot .is-primary"
ID_OF = "(n) => Array.from(ob.screen.store.rows.values()).find((row) => 'EV-' + row.no === n).id"


def through(page: Page, severity: str) -> None:
    """Set the severity of the event in the panel and go to its end, which publishes."""
    page.click(f".is-cards label:has(input[value='{severity}'])")
    for _ in range(4):
        page.click(NEXT)
        page.wait_for_timeout(400)  # the next step is drawn once the server has looked at this one


def test_session_that_ended_keeps_the_draft(sign_in: Callable[..., Watched], artefacts: Path) -> None:
    page = sign_in("voirie-1", "/signaler").page
    ready(page)
    page.click(".ob-tiles label:has(input[value=chantier])")
    page.wait_for_function("() => document.documentElement.dataset.live === 'live'")
    page.wait_for_timeout(1000)  # the page has asked all it asks of itself
    page.context.clear_cookies()
    through(page, "1")
    page.wait_for_selector(".ob-entry-problem")
    assert "Le brouillon est gardé" in page.locator(".ob-entry-problem").inner_text()
    page.screenshot(path=artefacts / "state-session-expired.png")
    page.click("#form-panel a[href*='/connexion?suite=/signaler']")
    page.click('button[value="voirie-1"]')
    page.wait_for_selector("#form-panel .ob-form-foot")  # at the step where it was left
    assert page.evaluate("() => Object.values(localStorage).some((kept) => kept.includes('chantier'))")


def test_event_that_another_post_edits_says_so_and_two_versions_are_settled_field_by_field(
    sign_in: Callable[..., Watched], house: Server, artefacts: Path
) -> None:
    first = sign_in("prefecture-1", "/signaler").page
    ready(first)
    number = draw_march(Hands(first))
    identity = first.evaluate(ID_OF, number)
    path = f"/evenements/{identity}/modifier"
    first.goto(house.url + path)
    ready(first)
    second = sign_in("prefecture-2", path).page
    ready(second)
    second.wait_for_selector(".ob-note-box:not([hidden])")
    assert "En cours de modification par" in second.locator(".ob-note-box").first.inner_text()
    assert second.locator(".ob-form-fields:disabled").count() == 1, (
        "what another post edits is read, until one says otherwise"
    )
    second.screenshot(path=artefacts / "state-locked.png")
    second.click(".ob-turn button:has-text('Modifier sans attendre')")
    through(first, "2")
    first.wait_for_selector(".ob-done h2")
    through(second, "1")
    second.wait_for_selector(".ob-clash")
    told = second.locator(".ob-clash").inner_text()
    assert "Modéré" in told
    assert "Mineur" in told
    second.screenshot(path=artefacts / "state-conflict.png")
    second.click(".ob-clash .is-primary")
    second.click(NEXT)
    second.wait_for_selector(".ob-done h2")


@pytest.mark.parametrize("path", ["/signaler", "/administration"])
def test_right_that_lacks_is_said_with_whom_to_ask(
    sign_in: Callable[..., Watched], house: Server, artefacts: Path, path: str
) -> None:
    page = sign_in("city-reader-1", "/").page
    page.goto(house.url + path)
    page.wait_for_selector("main")
    page.wait_for_timeout(800)
    told = page.locator("body").inner_text()
    page.screenshot(path=artefacts / f"state-forbidden{path.replace('/', '-')}.png")
    assert "403" not in told
    assert "rôle" in told or "droit" in told


def test_each_account_has_a_last_look_of_its_own(sign_in: Callable[..., Watched]) -> None:
    page = sign_in("voirie-1", "/").page
    page.wait_for_function("() => localStorage.getItem('ob-look:voirie-1')")
    assert page.evaluate("() => Object.keys(localStorage).filter((name) => name.startsWith('ob-look'))") == [
        "ob-look:voirie-1"
    ]


def test_keys_a_brief_note_and_subscriptions_are_told_as_the_gallery_has_them(
    sign_in: Callable[..., Watched], artefacts: Path
) -> None:
    page = sign_in("city-supervision-1", "/").page
    page.wait_for_selector("[role=option]")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Raccourcis clavier")
    keys.wait_for()
    assert keys.locator("kbd").count() > 12
    page.screenshot(path=artefacts / "state-keys.png")
    page.keyboard.press("Escape")
    page.click("#copy-link")
    page.get_by_text("Lien copié.").wait_for()
    page.screenshot(path=artefacts / "state-note.png")
    page.click(".ob-bell")
    page.screenshot(path=artefacts / "state-news.png")
    page.get_by_role("button", name="Abonnements").click()
    page.get_by_text("Prévenir quand…").wait_for()
    page.wait_for_timeout(600)
    page.screenshot(path=artefacts / "state-subscriptions.png")
