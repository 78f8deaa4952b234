"""What section 17 of the design asks beyond rules that axe knows: landmarks, titles, one stop of Tab a list, the live region, zoom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

OPTION = "#event-list [role=option]"
LANDMARKS = """() => [...document.querySelectorAll('header, nav, main, footer, section[aria-label], [role=region], aside')]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.tagName.toLowerCase(), one.getAttribute('aria-label') || ''])"""
CLIPPED = """() => [...document.querySelectorAll('.ob-nav-tab, .ob-field, .ob-counter, .ob-list-tab, .ob-row-head b, .ob-btn, .ob-control')]
  .filter((one) => one.checkVisibility() && !one.closest('[hidden]'))
  .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 1 && box.left < innerWidth
    && (box.right > innerWidth + 1 || box.left < -1) && !one.closest('.ob-filters, .ob-counters, .ob-nav'); })
  .map((one) => one.textContent.trim() || one.getAttribute('aria-label'))"""
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"
# As an announcement of the stream: `n` events that begin now.
MINUTE_LATER = "() => { const now = Date.now; Date.now = () => now() + 61000; }"
TELL = """(n) => {
  const store = ob.screen.store, model = [...store.rows.values()].find((row) => row.ll), t = Math.floor(ob.live.now());
  const { slot, folded, ...plain } = model;
  const come = Array.from({ length: n }, (_, i) => ({ ...plain, id: 'told-' + t + '-' + i + '-' + Math.random(), no: 900000 + i, v: 1, rt: null,
    sev: i ? 1 : 3, st: '', pe: [[t - 60, t + 3600]], at: t, up: t, new: t }));
  come.forEach((row) => store.put(row));
  ob.live.tell('delta', { added: come.map((row) => row.id), updated: [], gone: [] });
}"""


def opened(open_page: Callable[..., Watched], path: str = "/", **options: object) -> Page:
    page = open_page(path, **options).page
    page.wait_for_selector(OPTION, state="attached")
    page.wait_for_selector(".ob-marker", state="attached")
    return page


def test_the_page_has_its_landmarks_by_name_one_title_and_says_how_much_goes_on(
    open_page: Callable[..., Watched],
) -> None:
    page = opened(open_page)
    found = page.evaluate(LANDMARKS)
    for tag, name in [
        ("header", ""), ("nav", "Accès directs"), ("nav", "Navigation principale"), ("section", "Filtres"), ("main", ""),
        ("section", "Liste des événements"), ("div", "Carte"), ("section", "Frise temporelle"), ("footer", ""),
    ]:  # fmt: skip
        assert [tag, name] in found
    named = [one for one in found if one[1]]
    assert len(named) == len({tuple(one) for one in named})  # two of one kind would be told apart by nothing
    assert page.locator("h1").count() == 1
    n = page.evaluate("ob.screen.view().tabs.ongoing")
    assert page.title() == f"Situation, {n} événements en cours – Observatoire de l’espace public"
    for link in page.locator(".ob-skip").all():
        assert page.locator(link.get_attribute("href") or "none").count() == 1


def test_list_is_one_stop_of_tab_and_walks_by_arrows(open_page: Callable[..., Watched]) -> None:
    page = opened(open_page)
    assert page.locator(f"{OPTION}[tabindex='0']").count() == 1
    page.keyboard.press("l")
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("Home", 0)):
        page.keyboard.press(key)
        assert page.evaluate(f"[...document.querySelectorAll('{OPTION}')].indexOf(document.activeElement)") == at
        assert page.locator(f"{OPTION}[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.getAttribute('aria-selected') === 'true'")
    name = page.evaluate("document.activeElement.textContent")
    assert name.startswith("Critique. Objet suspect")
    mark = page.locator(".ob-marker[aria-label]").first.get_attribute("aria-label") or ""
    assert mark.split(".")[:2] == name.split(".")[:2]  # the map says the same of it


def test_table_is_the_first_control_of_the_map_and_holds_all_that_the_map_shows(
    open_page: Callable[..., Watched],
) -> None:
    page = opened(open_page)
    assert page.locator(".ob-control").first.get_attribute("aria-label") == "Tableau équivalent"
    page.keyboard.press("t")
    page.locator("#map-table table").first.wait_for()
    shown = page.evaluate("ob.screen.view().shown.length")
    assert page.locator("#map-table table").nth(0).locator("tbody tr").count() == shown
    assert page.locator("#map-table table").nth(1).locator("tbody tr").count() == page.evaluate(
        "ob.map.roads ? ob.map.roads.lines.size : 0"
    )
    assert page.is_visible("#timeline")
    assert "vue=table" in page.url


def test_news_are_said_once_a_minute_and_never_to_somebody_who_types(open_page: Callable[..., Watched]) -> None:
    page = opened(open_page)
    region = page.locator("#live-region")
    assert region.get_attribute("aria-live") == "polite" or region.get_attribute("role") == "status"
    page.evaluate("() => ob.live.source.close()")
    page.wait_for_timeout(1500)  # what the partners of the demonstration told until now is said
    if before := region.text_content():
        page.evaluate(MINUTE_LATER)
    page.evaluate(TELL, 2)
    page.wait_for_function(
        "(said) => document.getElementById('live-region').textContent !== said", arg=before, timeout=5000
    )
    said = region.text_content()
    assert said is not None
    assert "2 nouveaux événements" in said
    assert "1 majeur" in said
    page.evaluate(TELL, 3)
    page.wait_for_timeout(2500)
    assert region.text_content() == said
    page.locator("#filter-search").click()
    page.evaluate(MINUTE_LATER)
    page.wait_for_timeout(2500)
    assert region.text_content() == said
    page.keyboard.press("Tab")
    page.wait_for_function(
        "(said) => document.getElementById('live-region').textContent !== said", arg=said, timeout=5000
    )


@pytest.mark.parametrize(("width", "height"), [(960, 540), (320, 640)])
def test_at_twice_the_size_and_at_320_px_with_wide_letters_nothing_is_lost(
    open_page: Callable[..., Watched], width: int, height: int
) -> None:
    page = opened(open_page, width=width, height=height, device_scale_factor=2, bypass_csp=True)
    page.add_style_tag(content=SPACING)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CLIPPED) == []
