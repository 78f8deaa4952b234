"""The analysis in a browser: what is clicked on one chart filters the others; clicked again, it does no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from store.road_days import DAYTIME

pytestmark = pytest.mark.browser
FIRST = ".ob-figure b"
PANELS = ("map", "days", "districts", "axes", "categories", "heat")
TOLD = """(names) => Object.fromEntries(names.map((name) =>
  [name, document.querySelector(`.ob-chart-card.is-${name}`).innerText]))"""
BAR = """(all) => { const box = all.map((one) => one.getBoundingClientRect()).find((one) => one.height > 5);
  return [box.x + box.width / 2, box.y + box.height / 2]; }"""


def opened(open_page: Callable) -> Page:
    page: Page = open_page("/analyse").page
    page.wait_for_selector(".js-plotly-plot .bars path")
    return page


def is_day() -> bool:
    """Tell whether a demonstration begun just now counts hindrance on axes: that of the evening and the night is not."""
    return datetime.now(ZoneInfo("Europe/Paris")).hour in DAYTIME


def told(page: Page) -> dict[str, str]:
    return dict(page.evaluate(TOLD, list(PANELS)))


def wait_for_other(page: Page, was: str) -> None:
    page.wait_for_function(
        "([selector, was]) => { const one = document.querySelector(selector); return one && one.textContent !== was; }",
        arg=[FIRST, was],
    )


def changed(page: Page, before: dict[str, str]) -> set[str]:
    page.wait_for_timeout(500)  # the charts are drawn once their card stands
    return {name for name, text in told(page).items() if text != before[name]}


def test_a_district_clicked_on_the_map_filters_every_chart_and_clicked_again_no_longer(open_page: Callable) -> None:
    page = opened(open_page)
    before, all_of_them = told(page), page.locator(FIRST).first.inner_text()
    district = page.locator(".ob-district[data-ob-filter-district='13']")
    district.locator("path").click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('arr') === '13'")
    wait_for_other(page, all_of_them)
    assert changed(page, before) >= {"map", "days", "categories", *(["axes"] if is_day() else [])}
    assert page.locator(".ob-district.is-chosen").count() == 1
    filtered = page.locator(FIRST).first.inner_text()
    page.locator(".ob-district.is-chosen path").click()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('arr')")
    wait_for_other(page, filtered)
    assert page.locator(".ob-district.is-chosen").count() == 0


def test_a_category_clicked_filters_the_map_the_days_and_the_table(open_page: Callable) -> None:
    page = opened(open_page)
    before, all_of_them = told(page), page.locator(FIRST).first.inner_text()
    page.locator("[data-ob-filter-category]").first.click()
    page.wait_for_function("() => new URLSearchParams(location.search).has('cat')")
    wait_for_other(page, all_of_them)
    assert changed(page, before) >= {"map", "days", "districts", "categories"}


def test_a_bar_of_a_day_clicked_filters_by_its_families(open_page: Callable) -> None:
    page = opened(open_page)
    before, all_of_them = told(page), page.locator(FIRST).first.inner_text()
    x, y = page.locator(".js-plotly-plot .bars path").evaluate_all(BAR)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)  # what is under the pointer is told before it can be clicked
    page.mouse.click(x, y)
    page.wait_for_function("() => new URLSearchParams(location.search).has('cat')")
    wait_for_other(page, all_of_them)
    assert changed(page, before) >= {"map", "days", "districts", "categories"}
    filtered = page.locator(FIRST).first.inner_text()
    page.go_back()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('cat')")
    wait_for_other(page, filtered)
