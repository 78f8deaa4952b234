"""What an operator adjusts and reads beside the map: widths, order, views, news, shortcuts, the display held still."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(open_page: Callable) -> Page:
    watched = open_page("/", bypass_csp=True)  # what a test waits for is a function made of text
    watched.page.wait_for_selector("[role=option]")
    watched.page.wait_for_selector("#list-tools select")
    page: Page = watched.page
    return page


def width_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).bounding_box()["width"])  # type: ignore[index]


def test_separator_moves_by_keys_and_its_width_outlives_a_reload(page: Page) -> None:
    before = width_of(page, "#list-panel")
    page.focus("#list-separator")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert width_of(page, "#list-panel") == before + 32
    assert page.get_attribute("#list-separator", "aria-valuenow") == str(int(before + 32))
    page.reload()
    page.wait_for_selector("[role=option]")
    assert width_of(page, "#list-panel") == before + 32
    page.dblclick("#list-separator")
    assert width_of(page, "#list-panel") == before


def test_list_takes_another_order_and_the_address_says_so(page: Page) -> None:
    page.select_option("#list-tools select", "nom")
    page.wait_for_function("() => location.search.includes('tri=nom')")
    page.wait_for_timeout(300)
    names = page.locator("[role=option] .ob-row-head > b").all_inner_texts()[:10]
    folded = page.evaluate("(names) => names.map((name) => ob.view.fold(name))", names)
    assert folded == sorted(folded)
    assert page.locator("[role=listbox] [role=group]").count() == 1


def test_question_mark_opens_the_shortcuts_and_escape_gives_the_focus_back(page: Page) -> None:
    page.focus("#list-separator")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[data-dialog=shortcuts]")
    assert page.locator("dialog dt").count() >= 15
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.id") == "list-separator"


def test_letters_can_be_turned_off(page: Page) -> None:
    page.evaluate("ob.showShortcuts()")
    page.locator("dialog input[type=checkbox]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_timeout(200)
    assert page.locator("dialog").count() == 0


def test_private_view_is_saved_opened_and_deleted(page: Page) -> None:
    page.evaluate("ob.url.write({grav: '3'}, {push: true})")
    page.click("[data-ob-tool=views] summary")
    page.wait_for_selector("#saved-views form")
    page.locator("#saved-views input").fill("Majeurs")
    page.locator("#saved-views form button").click()
    page.wait_for_selector("#saved-views li a")
    page.evaluate("ob.url.write({grav: null}, {push: true})")
    page.locator("#saved-views li a", has_text="Majeurs").click()
    page.wait_for_function("() => location.search === '?grav=3'")
    page.click("[data-ob-tool=views] summary")
    page.locator("#saved-views li button").click()
    page.wait_for_selector("#saved-views li", state="detached")


def test_news_since_the_last_look_name_the_field_and_both_values(page: Page) -> None:
    page.wait_for_function("() => localStorage.getItem('ob-look')")
    page.evaluate(
        """() => {
            const look = JSON.parse(localStorage.getItem('ob-look'));
            const ids = Object.keys(look.rows).filter((id) => ob.screen.store.rows.get(id).sev === 3);
            look.rows[ids[0]][0] = 1;
            delete look.rows[ids[1]];
            look.at -= 86400;
            localStorage.setItem('ob-look', JSON.stringify(look));
        }"""
    )
    page.reload()
    page.wait_for_selector("#list-news:not([hidden])")
    page.click("#news-button")
    page.wait_for_selector("dialog[data-dialog=news] li")
    assert any("mineur" in told.lower() for told in page.locator("dialog del").all_inner_texts())
    assert any("majeur" in told.lower() for told in page.locator("dialog ins").all_inner_texts())
    page.click("dialog [data-seen]")
    page.wait_for_selector("#list-news", state="hidden")
    assert page.locator(".ob-bell-count:not([hidden])").count() == 0


def test_display_held_still_does_not_move_and_goes_on_where_the_stream_is(page: Page) -> None:
    page.click("#pause")
    page.wait_for_function("() => document.getElementById('map-time').innerText.includes('figé')")
    before = page.evaluate("ob.screen.view().shown.length")
    told = page.evaluate(
        """() => {
            const any = ob.screen.store.rows.values().next().value;
            const row = Object.assign({}, any, {id: 'held-1', no: 999999, pe: [[0, null]], slot: -1});
            ob.screen.store.put(row);
            ob.screen.refresh();
            return ob.screen.view().shown.length;
        }"""
    )
    assert told == before
    page.click("#pause")
    assert page.evaluate("ob.screen.view().shown.length") == before + 1
