"""The agenda in a browser: days by keyboard, a conflict decided, told to other screens, by district, a week on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser
DAY, CONFLICT = ".ob-agenda .ob-day", ".ob-agenda .ob-conflict"


def opened(open_page: Callable, path: str = "/agenda"):
    watched = open_page(path)
    watched.page.wait_for_selector(CONFLICT)
    return watched


def test_thirty_days_each_named_by_its_worst_conflict_and_walked_by_keys(open_page: Callable) -> None:
    watched = opened(open_page)
    page = watched.page
    days = page.locator(DAY)
    assert days.count() == 30
    for text in days.all_inner_texts():
        assert "conflit" in text, "a colour is never alone"
    page.locator(f'{DAY}[aria-pressed="true"]').focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.activeElement.dataset.day === new URLSearchParams(location.search).get('jour')"
    )
    chosen = page.evaluate("() => document.activeElement.dataset.day")
    assert chosen == days.nth(1).get_attribute("data-day")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("(day) => document.activeElement.dataset.day > day", arg=chosen)
    assert page.locator(f'{DAY}[tabindex="0"]').count() == 1
    page.reload()
    page.wait_for_selector(DAY)
    assert page.locator(f'{DAY}[aria-pressed="true"]').get_attribute("data-day") == days.nth(8).get_attribute(
        "data-day"
    )
    watched.check()


def test_a_district_and_a_month_are_in_the_address(open_page: Callable) -> None:
    watched = opened(open_page)
    page = watched.page
    row = page.locator(".ob-agenda-districts tbody tr").filter(has=page.locator(".ob-chip")).first
    row.locator("a").click()
    page.wait_for_function("() => /[?&]arr=/.test(location.search)")
    page.wait_for_function("() => document.querySelectorAll('.ob-agenda-districts tbody .ob-chip').length >= 1")
    page.get_by_role("button", name="Mois suivant").click()
    page.wait_for_function("() => /du=\\d{4}-\\d{2}-01/.test(location.search)")
    page.wait_for_function("() => document.querySelector('.ob-agenda .ob-day b').textContent.includes('1')")
    page.go_back()
    page.wait_for_function("() => !/du=/.test(location.search) && document.querySelectorAll('.ob-day').length === 30")
    watched.check()


def test_what_the_address_asks_for_and_means_nothing_is_told(open_page: Callable) -> None:
    watched = opened(open_page, "/agenda?jour=2026-02-31&statu=prevu")
    told = watched.page.locator(".ob-agenda .ob-list-notice").inner_text()
    assert "jour=2026-02-31" in told
    assert "statu=prevu" in told
    watched.check()


def test_a_manager_decides_and_another_screen_hears_of_it(sign_in: Callable, open_page: Callable) -> None:
    other = opened(open_page).page
    watched = sign_in("city-manager-1", "/agenda")
    page = watched.page
    page.wait_for_selector(CONFLICT)
    one = page.locator(CONFLICT).first
    name = one.get_attribute("id")
    page.locator(f"#{name} .ob-conflict-form summary").click()
    page.locator(f"#{name}").get_by_role("button", name="Accepter").click()
    page.wait_for_function(
        "(id) => document.querySelector(`#${id} .ob-error`).textContent.includes('pourquoi')", arg=name
    )
    page.locator(f"#{name} textarea").fill("Appeler Jeanne Martin au 06 12 34 56 78")
    page.locator(f"#{name}").get_by_role("button", name="Accepter").click()
    page.wait_for_function(
        "(id) => document.querySelector(`#${id} .ob-error`).textContent.includes('personne')", arg=name
    )
    page.locator(f"#{name} textarea").fill("Service prévenu")
    page.locator(f"#{name}").get_by_role("button", name="Accepter").click()
    page.wait_for_function("(id) => document.getElementById(id).textContent.includes('Accepté')", arg=name)
    other.wait_for_function("(id) => document.getElementById(id).textContent.includes('Service prévenu')", arg=name)
    assert other.locator(f"#{name} .ob-conflict-form").count() == 0
    page.locator(f"#{name} .ob-conflict-form summary").click()
    page.locator(f"#{name}").get_by_role("button", name="Rouvrir").click()
    page.wait_for_function("(id) => document.getElementById(id).textContent.includes('Rouvert')", arg=name)


def test_the_panel_of_an_event_leads_to_its_conflict(open_page: Callable) -> None:
    page = opened(open_page).page
    event_id = page.locator(f"{CONFLICT} .ob-conflict-side").first.get_attribute("href").rpartition("/")[2]
    name = page.locator(CONFLICT).first.get_attribute("id")
    panel = open_page(f"/?ev={event_id}").page
    link = panel.locator(f'.ob-event-conflicts a[href$="#{name}"]')
    link.wait_for()
    link.click()
    panel.wait_for_function("(id) => document.activeElement && document.activeElement.id === id", arg=name)


def test_a_week_on_paper_holds_its_seven_days_and_no_button(open_page: Callable) -> None:
    watched = opened(open_page, "/agenda?affichage=semaine")
    page = watched.page
    assert page.locator(".ob-week-day").count() == 7
    page.emulate_media(media="print")
    assert page.locator(".ob-agenda :is(button, textarea):visible").count() == 0
    assert page.locator(".ob-demo").is_visible()
    assert page.pdf(format="A4", prefer_css_page_size=True)[:5] == b"%PDF-"
    watched.check()


def test_an_agenda_that_cannot_be_read_says_so_and_comes_back(open_page: Callable) -> None:
    page = opened(open_page).page
    page.route("**/api/agenda*", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_role("button", name="Mois suivant").click()
    page.wait_for_selector(".ob-agenda [role=alert]:has-text('HTTP 503')")
    page.unroute("**/api/agenda*")
    page.get_by_role("button", name="30 jours à venir").last.click()
    page.wait_for_selector(".ob-agenda .ob-list-notice[role=alert]", state="detached")
    page.wait_for_selector(".ob-agenda .ob-conflict")
