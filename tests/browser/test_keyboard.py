"""Each main task by keyboard alone: Tab, arrows, Enter, Space, Escape and what a field takes; no script moves the focus.

The scenes of the wall are switched by arrow keys in `test_wall.py`, a march is drawn by keyboard in `test_contribution.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

LIST, MAP, TIMELINE, FILTERS = range(1, 5)  # the direct ways at the top of a page, in their order
OPTION, SLIDER = "#event-list [role=option]", "#timeline [role=slider]"


def is_at(page: Page, sign: str) -> bool:
    return bool(page.evaluate("(sign) => document.activeElement.matches(sign)", sign))


def tab_to(page: Page, sign: str, most: int = 40, key: str = "Tab") -> None:
    """Press Tab until what has the focus is of this kind; whoever passes it by or needs more than `most` fails."""
    for _ in range(most):
        page.keyboard.press(key)
        if is_at(page, sign):
            return
    pytest.fail(f"{sign} is not reached by {most} times {key}")


def go(page: Page, way: int) -> None:
    """Take a direct way: the first things that Tab meets on a fresh page."""
    for _ in range(way):
        page.keyboard.press("Tab")
    assert is_at(page, ".ob-skip")
    page.keyboard.press("Enter")


@pytest.fixture
def situation(open_page: Callable[..., Watched]) -> Watched:
    watched = open_page("/")
    watched.page.wait_for_selector(OPTION)
    watched.page.wait_for_selector(".ob-tl-bar", state="attached")
    watched.page.wait_for_selector(".ob-marker", state="attached")
    return watched


def choose(page: Page, words: str) -> None:
    """Walk down the list to the event of these words and open it; leave the focus on the title of its panel."""
    tab_to(page, OPTION)
    for _ in range(40):
        if words in page.evaluate("document.activeElement.textContent"):
            break
        page.keyboard.press("ArrowDown")
    assert words in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#detail h2:has-text('{words}')")


def test_an_event_is_found_by_its_words_and_opened(situation: Watched) -> None:
    page = situation.page
    go(page, FILTERS)
    tab_to(page, "#filter-search")
    page.keyboard.type("objet suspect")
    page.wait_for_function("() => document.querySelectorAll('#event-list [role=option]').length === 1")
    tab_to(page, OPTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail h2:has-text('Objet suspect')")
    assert is_at(page, OPTION)  # the focus stays where its user was
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('ev=')")
    situation.check()


def test_a_filter_is_opened_set_and_taken_away(situation: Watched) -> None:
    page = situation.page
    before = page.locator(OPTION).count()
    go(page, FILTERS)
    tab_to(page, "#filters summary")
    tab_to(page, "#filters summary")
    page.keyboard.press("Enter")
    tab_to(page, "#filters details[open] input[type=checkbox]")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.wait_for_function("() => location.search.includes('arr=')")
    assert is_at(page, "#filters summary")  # and not lost with the menu
    assert page.locator(OPTION).count() < before
    tab_to(page, ".ob-chips button, #chips button")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !location.search.includes('arr=')")
    assert page.locator(OPTION).count() == before
    situation.check()


def test_the_time_cursor_is_moved_and_let_go(situation: Watched) -> None:
    page = situation.page
    go(page, TIMELINE)
    tab_to(page, SLIDER)
    for key in ("ArrowLeft", "Shift+ArrowLeft", "PageUp"):
        page.keyboard.press(key)
    page.wait_for_function("() => document.getElementById('map-time').textContent.includes('Prévu')")
    assert "prévu" in (page.get_attribute(SLIDER, "aria-valuetext") or "")
    page.keyboard.press("Home")
    page.wait_for_function("() => ob.screen.isLive()")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.getElementById('map-time').textContent.includes('Rejoué')")
    page.keyboard.press("Escape")
    page.wait_for_function("() => ob.screen.isLive()")
    situation.check()


def test_the_timetable_of_a_march_is_reached_and_read(situation: Watched) -> None:
    page = situation.page
    go(page, LIST)
    choose(page, "Manifestation déclarée")
    assert page.locator("#detail li", has_text=":").count() >= 6
    tab_to(page, "#detail *", most=90)  # what the panel offers lies on the way of Tab
    situation.check()


def test_the_map_is_panned_and_its_marks_are_opened_by_severity(situation: Watched) -> None:
    page = situation.page
    go(page, MAP)
    if not is_at(page, "#map"):
        tab_to(page, "#map", most=3)
    before = page.evaluate("ob.map.present().getCenter().lat")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("(before) => ob.map.present().getCenter().lat > before", arg=before)
    page.wait_for_timeout(500)
    stops = []
    while not is_at(page, ".ob-marker, .ob-cluster") and len(stops) < 10:
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert stops[0] == "Tableau équivalent"
    assert len(stops) == 6  # five controls, then the marks: no road, zone or word of the map is a stop
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert first.startswith("Critique. ")
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail h2")
    situation.check()


def test_a_closure_is_contributed(open_page: Callable[..., Watched]) -> None:
    watched = open_page("/connexion?suite=/signaler")
    page = watched.page
    page.wait_for_selector("button[value=voirie-1]")
    tab_to(page, "button[value=voirie-1]", most=60)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=form-category]", state="attached")
    page.wait_for_selector(".ob-draw", state="attached")
    tab_to(page, "input[name=form-category]", most=90)
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        if is_at(page, "input[value=fermeture]"):
            break
    assert is_at(page, "input[value=fermeture]:checked")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".ob-draw:not([hidden])")
    if not is_at(page, "input[type=search]"):
        tab_to(page, "#form-panel input[type=search]", most=30)
    page.keyboard.type("gare st charles")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-ob-point]")
    for _ in range(3):
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(300)
    page.wait_for_selector(".ob-done h2")
    watched.check()


def open_held(open_page: Callable[..., Watched], held: list[Route]) -> Watched:
    """Open the Situation page while the scripts that hear the keys are held back in `held`; its map is drawn."""
    watched = open_page("/openapi.json")
    watched.page.route("**/assets/ob.js*", lambda route: held.append(route))  # noqa: PLW0108 - a built-in takes no mark of Playwright
    watched.page.goto(f"{watched.host}/", wait_until="commit")
    watched.page.wait_for_selector(".ob-marker", state="attached")
    watched.page.wait_for_function("() => ob.earlyKeys && document.getElementById('first-frame')")
    return watched


def let_go(page: Page, held: list[Route]) -> None:
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    held.pop().continue_()
    page.wait_for_selector(OPTION)
    page.wait_for_function("() => ob.timeline.present && ob.screen.isReady()")
    page.wait_for_timeout(200)


def test_keys_of_the_first_moment_are_kept_until_they_are_heard(open_page: Callable[..., Watched]) -> None:
    held: list[Route] = []
    watched = open_held(open_page, held)
    page = watched.page
    for key in ("j", "j", "t"):
        page.keyboard.press(key)
    let_go(page, held)
    page.wait_for_function("() => ob.screen.state.ev && ob.screen.state.vue === 'table'")
    assert page.evaluate("ob.screen.view().lists.ongoing[1].id === ob.screen.state.ev")
    page.keyboard.press("t")
    page.wait_for_function("() => ob.screen.state.vue !== 'table'")  # heard once: nothing keeps it any more
    watched.check()


def test_keys_pressed_long_before_they_are_heard_are_dropped(open_page: Callable[..., Watched]) -> None:
    held: list[Route] = []
    watched = open_held(open_page, held)
    page = watched.page
    page.keyboard.press("t")
    page.wait_for_timeout(5200)
    page.keyboard.press("j")
    let_go(page, held)
    page.wait_for_function("() => ob.screen.state.ev")
    assert page.evaluate("ob.screen.state.vue") != "table"
    watched.check()
