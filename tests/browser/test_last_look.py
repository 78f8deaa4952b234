"""One account in two browsers: what it has seen in the one is seen in the other, and news are told there field by field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.test_contribution import Hands, draw_march, ready, until
from tests.browser.test_states_signed import ID_OF, through

pytestmark = pytest.mark.browser

LOOKED = "fetch('/api/look').then((answer) => answer.json()).then((told) => told.at)"
OF = "ob.review.tagOf(ob.screen.store.rows.get(id))"


def tag_of(page: Page, event_id: str, tag: str) -> None:
    until(page, f"(asked) => {{ const id = asked[0]; return {OF} === asked[1]; }}", [event_id, tag], wait_s=30)


def told_of(page: Page, event_id: str) -> tuple[str, str]:
    """Open the review and return the last words of what an event was and is."""
    page.click("#news-button")
    title = page.evaluate("(id) => ob.screen.store.rows.get(id).ti", event_id)
    told = page.locator("dialog li", has_text=title).first
    struck, new = (told.locator(mark).inner_text().split()[-1].lower() for mark in ("del", "ins"))
    return struck, new


def test_another_browser_of_an_account_knows_what_it_has_seen_and_tells_the_rest(
    sign_in: Callable[..., Watched], artefacts: Path
) -> None:
    writer = sign_in("prefecture-1", "/signaler").page
    ready(writer)
    number = draw_march(Hands(writer))
    event_id = writer.evaluate(ID_OF, number)
    first = sign_in("voirie-1", "/")
    first.page.wait_for_function("() => localStorage.getItem('ob-look:voirie-1')")
    until(first.page, f"{LOOKED}.then((at) => at !== null)")
    until(first.page, "(id) => ob.screen.store.rows.has(id)", event_id)
    first.page.evaluate(
        "ob.review.markSeen()"
    )  # the account may have looked in another test, before the march was there
    tag_of(first.page, event_id, "")
    writer.goto(f"{first.host}/evenements/{event_id}/modifier")
    ready(writer)
    through(writer, "2")
    writer.wait_for_selector(".ob-done h2")
    second = sign_in("voirie-1", "/")
    second.page.wait_for_selector("#list-news:not([hidden])")
    tag_of(second.page, event_id, "changed")
    assert told_of(second.page, event_id) == ("majeur", "modéré")
    second.page.screenshot(path=artefacts / "news-other-browser.png")
    before = first.page.evaluate(LOOKED)
    second.page.click("dialog [data-seen]")
    until(second.page, f"(before) => {LOOKED}.then((at) => at > before)", before)
    tag_of(second.page, event_id, "")
    tag_of(first.page, event_id, "changed")
    first.page.wait_for_timeout(5000)  # an answer of a moment ago is not asked for again
    first.page.evaluate("window.dispatchEvent(new Event('focus'))")
    tag_of(first.page, event_id, "")
    first.page.wait_for_selector("#list-news", state="hidden")
    first.check()
    second.check()


def test_what_cannot_be_kept_on_the_server_is_seen_here_and_said(sign_in: Callable[..., Watched]) -> None:
    page = sign_in("voirie-1", "/").page
    page.wait_for_function("() => localStorage.getItem('ob-look:voirie-1')")
    page.route("**/compte/vu", lambda route: route.abort())
    page.evaluate("ob.review.markSeen()")
    page.wait_for_selector("#toast :has-text('Marqué vu sur cet appareil seulement')")
