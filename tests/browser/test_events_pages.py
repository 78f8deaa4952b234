"""The table of all events and the page of one: accessible, acted on, the same for who may not see and for what does not exist."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Watched
from tests.browser.test_contribution import AXE, Hands, draw_march, ready, until

pytestmark = pytest.mark.browser
_SIGN_IN = "**{path}*"


def signed_in(open_page: Callable[..., Watched], post: str, path: str, **options: object) -> Watched:
    watched = open_page(f"/connexion?suite={path}", **options)
    watched.page.click(f'button[value="{post}"]')
    watched.page.wait_for_url(_SIGN_IN.format(path=path))
    return watched


def published(watched: Watched, **told: str) -> str:
    ready(watched.page)
    draw_march(Hands(watched.page), **told)
    href = watched.page.get_attribute(".ob-done a.is-primary", "href")
    assert href is not None
    return href.split("ev=")[1]


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_table_and_page_are_accessible_and_the_march_is_acted_on(
    open_page: Callable[..., Watched], artefacts: Path, theme: str
) -> None:
    watched = signed_in(open_page, "prefecture-1", "/signaler", bypass_csp=True)
    page, event_id = watched.page, published(watched)
    lang = "en" if theme == "sombre" else "fr"
    for path, sign, name in (
        (f"/evenements/{event_id}", ".ob-versions li", "evenement"), ("/evenements", ".ob-events tbody tr", "evenements"),
        (f"/evenements/{event_id}/modifier", ".ob-tiles", "modifier"),
    ):  # fmt: skip
        page.goto(f"{watched.host}{path}?theme={theme}&lang={lang}")
        page.wait_for_selector(sign, state="attached")
        page.wait_for_timeout(600)
        page.screenshot(path=artefacts / f"{name}-{theme}.png")
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
        told = [(item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found]
        assert told == [], json.dumps(found)[:2000]
    assert watched.errors == []


def test_an_event_is_passed_edited_and_closed_from_its_page(open_page: Callable[..., Watched]) -> None:
    watched = signed_in(open_page, "prefecture-1", "/signaler")
    page, event_id = watched.page, published(watched, start="maintenant")
    page.goto(f"{watched.host}/evenements/{event_id}")
    page.click("[data-ob-part=head][data-ob-at='0']")
    until(page, "document.querySelectorAll('.ob-versions > li').length === 2")
    page.goto(f"{watched.host}/evenements/{event_id}/modifier")
    page.wait_for_selector(".ob-tiles")
    page.click(".ob-form-steps li:nth-child(3) button")
    page.fill("[name=instruction]", "Passer par la rue Sainte")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(400)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".ob-done h2")
    page.goto(f"{watched.host}/evenements/{event_id}")
    page.wait_for_selector(".ob-versions > li:nth-child(3)")
    assert "Passer par la rue Sainte" in page.inner_text(".ob-versions > li:first-child")
    page.click("summary:has-text('Retirer')")
    page.click("[data-ob-act=withdraw]")
    until(page, "document.querySelectorAll('[data-ob-act=reopen]').length === 1")
    watched.check()


def test_two_posts_on_one_event_know_of_each_other_and_lose_nothing(open_page: Callable[..., Watched]) -> None:
    first = signed_in(open_page, "prefecture-1", "/signaler")
    event_id = published(first)
    second = signed_in(open_page, "city-supervision-1", f"/evenements/{event_id}/modifier")
    second.page.wait_for_selector(".ob-tiles")
    first.page.goto(f"{first.host}/evenements/{event_id}/modifier")
    first.page.wait_for_selector(".ob-note-box:not([hidden])")
    assert "city-supervision-1" in first.page.inner_text(".ob-note-box:not([hidden])")
    first.page.click(".ob-turn button:has-text('Modifier sans attendre')")
    for watched, said in ((second, "Éviter le port"), (first, "Passer par la gare")):
        watched.page.click(".ob-form-steps li:nth-child(3) button")
        watched.page.fill("[name=instruction]", said)
        watched.page.click(".ob-form-steps li:nth-child(4) button")
        watched.page.click(".ob-form-foot .is-primary")
        watched.page.wait_for_selector(".ob-done h2, .ob-clash")
    assert first.page.locator(".ob-clash fieldset").count() == 1
    assert "Éviter le port" in first.page.inner_text(".ob-clash")
    first.page.click(".ob-clash label:has-text('Éviter le port')")
    first.page.click(".ob-clash .is-primary")
    first.page.click(".ob-form-foot .is-primary")
    first.page.wait_for_selector(".ob-done h2")
    first.page.goto(f"{first.host}/evenements/{event_id}")
    first.page.wait_for_selector(".ob-versions > li")
    assert "Éviter le port" in first.page.inner_text(".ob-event-told")
    first.check()
    second.check()
