"""What marks on the map say besides where: an axis its past, news its age, a restricted event its audience."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

WIDTHS = """() => { const lines = [...ob.map.roads.lines.values()];
  return {n: lines.length, free: Math.max(...lines.filter((one) => one.state === 'free').map((one) => one.line.options.weight))}; }"""
CHANGE = """([index, patch]) => { const row = ob.screen.view().lists.ongoing.filter((one) => one.ll)[index], store = ob.screen.store;
  store.newsFrom = 0;
  store.rows.set(row.id, Object.assign({}, row, patch, {v: row.v + 1, slot: row.slot}));
  ob.screen.refresh('delta', {added: [], updated: [row.id], gone: []});
  return row.id; }"""


@pytest.fixture
def page(open_page: Callable) -> Page:
    page: Page = open_page("/").page
    page.wait_for_function("() => ob.map.roads && ob.map.roads.lines.size >= 50")
    page.wait_for_selector(".ob-marker", state="attached")
    page.wait_for_selector("[role=option]")  # the map is drawn before the scripts that hear the keys are there
    return page


def test_axis_tells_the_time_it_costs_and_its_last_six_hours(page: Page) -> None:
    page.keyboard.press("t")
    page.locator("#map-region .ob-eq-link", has_text="Rocade L2 Est").click()
    page.wait_for_selector("dialog .ob-axis-drawing")
    told = page.locator("dialog").inner_text()
    assert "Temps perdu" in told
    assert "au lieu de 80 sur 4,4" in told
    drawn = page.evaluate(
        "() => [...document.querySelectorAll('.ob-axis-step')].reduce((sum, one) => sum + +one.getAttribute('width'), 0)"
    )
    assert 715 <= drawn <= 720, "the steps cover six hours"
    assert "Non mesuré" in page.locator(".ob-axis-past figcaption").inner_text()


def test_all_axes_are_drawn_as_wide_as_the_others_on_demand(page: Page) -> None:
    before = page.evaluate(WIDTHS)
    page.keyboard.press("s")
    page.get_by_label("Tous les axes").check()
    page.wait_for_function(
        "() => location.search.includes('couches=%2Baxes') || location.search.includes('couches=+axes')"
    )
    after = page.evaluate(WIDTHS)
    assert (before["free"], after["free"]) == (2.5, 4)
    assert after["n"] >= before["n"]
    page.locator(".ob-layer input").nth(1).uncheck()
    assert page.get_by_label("Tous les axes").is_disabled()


def test_marks_are_named_while_news_never_pause(page: Page) -> None:
    page.evaluate("() => { window.news = setInterval(() => ob.map.markers.draw(), 40);"
                  "for (const kept of ob.map.markers.drawn.values()) { kept.label = ''; kept.button.removeAttribute('aria-label'); } }")  # fmt: skip
    try:
        page.wait_for_function(
            "() => document.querySelectorAll('.ob-marker:not([aria-label]), .ob-cluster:not([aria-label])').length === 0",
            timeout=3000,
        )
    finally:
        page.evaluate("() => clearInterval(window.news)")


def test_restricted_event_has_a_lock_and_a_word_beside_its_colour(page: Page) -> None:
    page.evaluate("() => { const brush = ob.map.markers.brush, note = brush.note.bind(brush); window.notes = [];"
                  "brush.note = (text, icon, x, y) => { window.notes.push(icon); note(text, icon, x, y); }; }")  # fmt: skip
    changed = page.evaluate(CHANGE, [0, {"au": "restricted"}])
    page.wait_for_function("() => window.notes.includes('lock')")
    row = page.locator("[role=option]", has=page.locator(".is-restricted")).first
    assert "Restreint" in row.inner_text()
    page.wait_for_function(
        f"() => document.querySelector('[data-key=\"{changed}\"]').ariaLabel?.includes('Diffusion restreinte')"
    )


def test_news_is_ringed_for_two_minutes_and_no_longer_when_nothing_else_changes(page: Page) -> None:
    now = page.evaluate("ob.live.now()")
    changed = page.evaluate(CHANGE, [1, {"new": now - 116}])
    mark = page.locator(f'.ob-marker.is-new[data-key="{changed}"]')
    mark.wait_for(state="attached")
    mark.wait_for(state="detached", timeout=8000)


def test_trend_under_a_counter_is_there_from_the_start_and_follows_the_filters(open_page: Callable) -> None:
    """Half an hour ago nobody told the axes that are congested now: what changed since is said without waiting."""
    page = open_page("/mur").page

    def told(route: Route) -> None:
        answer = route.fetch()
        past = answer.json()
        past["from"] -= 7200
        roads = past["roads"]
        roads["at"] = [[past["to"] - 7200] for _ in roads["id"]]
        roads["st"] = [[past["states"].index("free")] for _ in roads["id"]]
        past["heard"] = {source: [[past["to"] - 7200, past["to"]]] for source in set(roads["src"])}
        route.fulfill(response=answer, body=json.dumps(past))

    page.route("**/api/past*", told)
    page.goto(page.url.split("/mur")[0] + "/")
    jams = page.locator("[data-counter=jam]")
    jams.locator("small", has_text="/ 30 min").wait_for(timeout=15_000)
    shown = int(jams.locator("b").inner_text())
    assert jams.locator("small").inner_text() == f"+{shown} / 30 min"
    assert page.locator("[data-counter=critical] small").inner_text() == "", (
        "no event was known then: nothing is claimed"
    )
