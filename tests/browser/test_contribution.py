"""Two organisations, two browsers: a march is pooled by mouse and by keyboard alone, seen in a second, and by nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.house import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
MOST_ACTIONS = 30
WITHIN_S = 1.0


class Hands:
    """Does what a person does, and counts it: a click, or a text typed into a field."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.actions += 1

    def type(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)
        self.page.locator(selector).dispatch_event("change")
        self.actions += 1

    def point(self, x: float, y: float) -> None:
        box = self.page.locator("#map-region").bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        self.actions += 1


def until(page: Page, told: str, arg: object = None, wait_s: float = 10) -> None:
    """Wait until an expression holds: the page's policy lets Playwright evaluate, not make functions of texts."""
    last = time.monotonic() + wait_s
    while not page.evaluate(told, arg):
        assert time.monotonic() < last, told
        page.wait_for_timeout(20)


def ready(page: Page) -> None:
    page.wait_for_selector("input[name=form-category]", state="attached")
    page.wait_for_selector(".ob-draw", state="attached")


def draw_march(hands: Hands, audience: str | None = None, start: str = "demain 14h") -> str:
    """Go through the four steps by mouse; return the number of what was published."""
    page = hands.page
    hands.click(".ob-tiles label:has(input[value=manifestation])")
    hands.click(".is-cards label:has(input[value='3'])")
    hands.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-draw:not([hidden])")
    for x, y in ((0.32, 0.40), (0.35, 0.46), (0.37, 0.52), (0.39, 0.56), (0.41, 0.60)):
        hands.point(x, y)
    hands.type("[name=start]", start)
    until(page, "document.querySelectorAll('.ob-way li').length === 5")
    until(page, "document.querySelectorAll('.ob-way .is-time')[4].placeholder !== ''")
    hands.click(".ob-form-foot .is-primary")
    hands.click(".ob-form-foot .is-primary")
    if audience:
        hands.click(f"label:has(input[value={audience}])")
    hands.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-done h2")
    return page.inner_text(".ob-done h2")


def has_row(page: Page, number: str) -> bool:
    """Tell whether a browser's store, which map, list and counters are drawn from, holds an event."""
    return bool(
        page.evaluate("(n) => Array.from(ob.screen.store.rows.values()).some((row) => 'EV-' + row.no === n)", number)
    )


def test_a_march_by_mouse_in_thirty_actions_is_on_the_other_screen_within_a_second(
    sign_in: Callable[..., Watched], open_page: Callable[..., Watched], artefacts: Path
) -> None:
    other = sign_in("voirie-1", "/")
    other.page.wait_for_selector(".ob-marker", state="attached")
    mine = sign_in("prefecture-1", "/signaler")
    ready(mine.page)
    hands = Hands(mine.page)
    number = draw_march(hands)
    published = time.monotonic()
    until(
        other.page,
        "(n) => Array.from(ob.screen.store.rows.values()).some((row) => 'EV-' + row.no === n && row.rt.length === 5)",
        number,
    )
    assert time.monotonic() - published < WITHIN_S
    assert hands.actions <= MOST_ACTIONS
    mine.page.screenshot(path=artefacts / "signaler-publie.png")
    mine.check()
    other.check()


def test_what_is_restricted_reaches_nobody_else_in_any_answer(sign_in: Callable[..., Watched], house: Server) -> None:
    third = sign_in("voirie-1", "/")
    third.page.wait_for_selector(".ob-marker", state="attached")
    before = third.page.evaluate(
        "Promise.all(['/api/events','/api/snapshot'].map((p) => fetch(p).then((r) => r.headers.get('etag'))))"
    )
    mine = sign_in("prefecture-1", "/signaler")
    ready(mine.page)
    number = draw_march(Hands(mine.page), audience="restricted")
    event_id = mine.page.get_attribute(".ob-done a.is-primary", "href").split("ev=")[1]
    until(mine.page, "(n) => Array.from(ob.screen.store.rows.values()).some((row) => 'EV-' + row.no === n)", number)
    third.page.wait_for_timeout(1000)
    assert not has_row(third.page, number)
    ask = """async (paths) => Promise.all(paths.map(async (path) => {
        const answer = await fetch(path); return [path, answer.status, await answer.text(), answer.headers.get('etag')]; }))"""
    paths = [
        f"/api/events/{event_id}", f"/api/events/{event_id}/versions", "/api/events", "/api/snapshot",
        "/api/changes?since=0", "/api/events?category=manifestation&organisation=prefecture",
    ]  # fmt: skip
    answers = third.page.evaluate(ask, paths)
    for path, _status, text, _etag in answers:
        assert event_id not in text.replace(path, ""), path
        assert f'"{number}"' not in text
    missing = third.page.evaluate(ask, ["/api/events/0192f0c1-0000-7000-8000-000000000000"])[0]
    assert answers[0][1] == missing[1] == 404
    assert answers[0][2].replace(event_id, "") == missing[2].replace("0192f0c1-0000-7000-8000-000000000000", "")
    assert before is not None
    third.page.goto(f"{house.url}/?ev={event_id}")
    third.page.wait_for_selector("#detail h2")
    assert "Manifestation" not in third.page.inner_text("#detail h2")


def test_a_place_is_typed_and_the_words_of_the_gate_stand_under_the_field(sign_in: Callable[..., Watched]) -> None:
    watched = sign_in("voirie-1", "/signaler")
    page = watched.page
    ready(page)
    page.click(".ob-tiles label:has(input[value=chantier])")
    page.click(".ob-form-foot .is-primary")
    page.fill("input[type=search]", "gare st charles")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('[data-ob-point]').length === 1")
    page.click(".ob-form-foot .is-primary")
    page.fill("[name=description]", "Contact Mme Martin 06 12 34 56 78")
    page.wait_for_selector("[data-note=description] mark")
    assert page.locator("[data-note=description] mark").all_inner_texts() == ["Mme Martin", "06 12 34 56 78"]
    page.click("[data-note=description] button")
    page.wait_for_selector("[data-note=description] mark", state="detached")
    page.reload()
    ready_again = page.wait_for_selector("[name=description]")
    assert ready_again is not None
    assert "Martin" not in ready_again.input_value()
    page.evaluate("localStorage.clear()")
    watched.check()


@pytest.mark.parametrize("theme", ["clair", "sombre"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_step_is_accessible(sign_in: Callable[..., Watched], artefacts: Path, theme: str, lang: str) -> None:
    watched = sign_in("prefecture-1", "/signaler", bypass_csp=True)
    page = watched.page
    page.goto(f"{watched.host}/signaler?theme={theme}&lang={lang}")
    ready(page)
    page.add_script_tag(path=AXE)
    hands = Hands(page)
    hands.click(".ob-tiles label:has(input[value=manifestation])")
    for step in (1, 2, 3, 4):
        if step == 2:
            for x, y in ((0.32, 0.40), (0.35, 0.46), (0.37, 0.52)):
                hands.point(x, y)
        page.wait_for_timeout(700)
        assert page.locator(".ob-form-body .ob-note-box:has-text('organisations')").count() == (step == 4)
        page.screenshot(path=artefacts / f"signaler-{step}-{theme}-{lang}.png")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
        assert [(item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found] == [], json.dumps(
            found
        )[:2000]
        if step < 4:
            hands.click(".ob-form-foot .is-primary")
    page.evaluate("localStorage.clear()")
    assert watched.errors == []


def test_a_list_of_streets_is_drawn_along_the_axes_and_taken_back(
    sign_in: Callable[..., Watched], artefacts: Path
) -> None:
    watched = sign_in("prefecture-1", "/signaler", bypass_csp=True)
    page = watched.page
    ready(page)
    page.click(".ob-tiles label:has(input[value=manifestation])")
    page.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-draw:not([hidden])")
    page.locator(".ob-streets summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("bd longchamp, rue inconnue de tous, canebiere, r de rome, castellane")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.ob-way li').length >= 4")
    assert "« rue inconnue de tous »" in page.inner_text("#form-streets-told")
    labels = [one.input_value() for one in page.locator(".ob-way .is-label").all()]
    assert labels[-1] == "Castellane"
    assert "La Canebière / Rue de Rome" in labels
    until(page, "document.querySelectorAll('.ob-draw-point.is-shape').length > 0")
    shown = "(() => { const box = ob.map.present().getContainer().getBoundingClientRect(); return [...document.querySelectorAll('[data-ob-point]')].every((one) => { const at = one.getBoundingClientRect(); return at.left >= box.left && at.right <= box.right && at.top >= box.top && at.bottom <= box.bottom; }); })()"
    until(page, shown)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found] == []
    page.screenshot(path=artefacts / "signaler-liste-des-rues.png")
    page.locator(".ob-draw-bar button").nth(3).click()
    until(page, "document.querySelectorAll('.ob-way li').length === 0")
    page.evaluate("localStorage.clear()")
    assert watched.errors == []


def test_a_minor_event_is_published_from_the_second_step_and_a_graver_one_is_not(
    sign_in: Callable[..., Watched],
) -> None:
    watched = sign_in("voirie-1", "/signaler")
    page = watched.page
    ready(page)
    page.click(".ob-tiles label:has(input[value=chantier])")
    page.click(".is-cards label:has(input[value='2'])")
    page.click(".ob-form-foot .is-primary")
    page.wait_for_selector(".ob-draw:not([hidden])")
    assert page.locator("[data-ob-publish]").count() == 0
    page.click(".ob-form-steps li:nth-child(1) button")
    page.click(".is-cards label:has(input[value='1'])")
    page.click(".ob-form-foot .is-primary")
    Hands(page).point(0.4, 0.5)
    until(page, "document.querySelectorAll('[data-ob-point]').length === 1")
    page.click("[data-ob-publish]")
    page.wait_for_selector(".ob-done h2")
    watched.check()


def test_a_telephone_loses_nothing(sign_in: Callable[..., Watched], artefacts: Path) -> None:
    watched = sign_in("prefecture-1", "/signaler", width=390, height=844)
    page = watched.page
    ready(page)
    page.click(".ob-tiles label:has(input[value=eau])")
    for step in (1, 2, 3, 4):
        page.wait_for_timeout(500)
        page.screenshot(path=artefacts / f"signaler-mobile-{step}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
        if step == 2:
            Hands(page).point(0.5, 0.5)
        if step < 4:
            page.click(".ob-form-foot .is-primary")
    page.evaluate("localStorage.clear()")
    watched.check()


def test_a_visitor_of_the_demonstration_is_led_to_sign_in(open_page: Callable[..., Watched]) -> None:
    watched = open_page("/")
    watched.page.click("[data-ob-report]")
    watched.page.wait_for_url("**/connexion?suite=/signaler")
    watched.page.click('button[value="voirie-1"]')
    watched.page.wait_for_url("**/signaler")
    ready(watched.page)
