"""Two posts at one event in two browsers: who comes second reads, lets the first know, and is told when it is free."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Watched
from tests.browser.test_contribution import AXE, Hands, draw_march, ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FREE_WITHIN_MS = 100_000  # a turn of which nothing is heard ends after sixty seconds
SAID_WITHIN_MS = 30_000  # a panel speaks every twenty seconds


TURN = ".ob-turn p:has-text('{}')"


def both_at_one(sign_in: Callable[..., Watched], **options: object) -> tuple[Watched, Watched, str]:
    """Return a post that edits a march of its own, another that opens it afterwards, and the path of both."""
    first = sign_in("prefecture-1", "/signaler")
    ready(first.page)
    draw_march(Hands(first.page))
    path = f"/evenements/{event_of(first)}/modifier"
    first.page.goto(first.host + path)
    ready(first.page)
    second = sign_in("prefecture-2", path, **options)
    ready(second.page)
    second.page.wait_for_selector(TURN.format("En cours de modification par "))
    return first, second, path


def event_of(watched: Watched) -> str:
    return str(watched.page.get_attribute(".ob-done a.is-primary", "href")).split("ev=")[1]


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_what_another_post_edits_is_read_step_by_step_and_nothing_of_it_is_written(
    sign_in: Callable[..., Watched], artefacts: Path, theme: str
) -> None:
    first, second, path = both_at_one(sign_in, bypass_csp=True)
    page = second.page
    page.goto(f"{second.host}{path}?theme={theme}&lang=fr")
    ready(page)
    page.wait_for_selector(TURN.format("(prefecture-1) depuis "))
    for step in (1, 2, 3, 4):
        page.click(f".ob-form-steps li:nth-child({step}) button")
        assert page.locator(".ob-form-fields:disabled").count() == 1
        assert page.locator(".ob-form-fields :is(input, textarea):enabled").count() == 0
        assert page.locator(".ob-draw:not([hidden])").count() == 0
    assert page.locator(".ob-form-foot > .is-primary").is_disabled()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)
    assert page.locator(".ob-done").count() == 0
    page.screenshot(path=artefacts / f"turn-locked-{theme}.png")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [one["id"] for one in found] == [], json.dumps(found)[:2000]
    first.check()
    assert second.errors == []


def test_who_meets_a_lock_lets_the_holder_know_by_keyboard_and_is_told_when_it_is_free(
    sign_in: Callable[..., Watched], artefacts: Path
) -> None:
    first, second, _path = both_at_one(sign_in)
    page = second.page
    page.focus(".ob-turn button:has-text('Prévenir')")
    page.keyboard.press("Enter")
    page.wait_for_selector(TURN.format("Ce poste sait que vous attendez"))
    assert page.evaluate("document.activeElement.matches('.ob-turn p')"), "the focus is lost with the button"
    waits = TURN.format("(prefecture-2) attend pour modifier cet événement")
    first.page.wait_for_selector(waits, timeout=SAID_WITHIN_MS)
    assert first.page.locator(".ob-form-fields:enabled").count() == 1
    first.page.screenshot(path=artefacts / "turn-waited-for.png")
    first.page.click(".ob-form-steps li:nth-child(3) button")
    first.page.fill("[name=instruction]", "Éviter le port")
    for _ in range(2):
        first.page.click(".ob-form-foot > .is-primary")
    first.page.wait_for_selector(".ob-done h2")
    page.wait_for_selector("#toast :has-text('est libre : vous pouvez le modifier')", timeout=SAID_WITHIN_MS)
    page.wait_for_selector(".ob-turn", state="hidden")
    page.click(".ob-form-steps li:nth-child(3) button")
    assert page.input_value("[name=instruction]") == "Éviter le port", "what the first one saved is not what is edited"
    assert page.locator(".ob-form-fields:enabled").count() == 1
    first.check()
    second.check()


def test_a_panel_where_nothing_is_done_gives_way_and_keeps_what_was_typed(sign_in: Callable[..., Watched]) -> None:
    first = sign_in("voirie-1", "/signaler")
    page = first.page
    ready(page)
    page.click(".ob-tiles label:has(input[value=chantier])")
    page.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-draw:not([hidden])")
    Hands(page).point(0.4, 0.5)
    for _ in range(3):
        page.click(".ob-form-foot > .is-primary")
    page.wait_for_selector(".ob-done h2")
    path = f"/evenements/{event_of(first)}/modifier"
    page.goto(first.host + path)
    ready(page)
    page.click(".ob-form-steps li:nth-child(3) button")
    page.fill("[name=instruction]", "Passer à droite")
    page.evaluate("() => { const real = Date.now.bind(Date); Date.now = () => real() + 600000; }")
    page.wait_for_selector(".ob-turn p:has-text('Rien n’a été fait ici depuis 10 minutes')", timeout=SAID_WITHIN_MS)
    assert page.locator(".ob-form-fields:disabled").count() == 1
    other = sign_in("city-supervision-1", path)
    ready(other.page)
    assert other.page.locator(".ob-turn:not([hidden])").count() == 0, "nobody holds it any more"
    other.page.goto(f"{other.host}/")
    page.click(".ob-turn button:has-text('Continuer')")
    page.wait_for_selector(".ob-turn", state="hidden", timeout=FREE_WITHIN_MS)
    assert page.input_value("[name=instruction]") == "Passer à droite"
    assert page.locator(".ob-form-fields:enabled").count() == 1
    first.check()
