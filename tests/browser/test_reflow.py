"""The pages at every width of the layout table: nothing is wider than the window, no field lies beyond its edge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 768, 1024, 1200, 1280, 1365, 1366, 1440, 1599, 1600, 1920)
FILTERED = "/?cat=concert,rass,chantier&arr=1,2,6&org=prefecture&grav=2"
BEYOND = """() => {
  const out = [...document.querySelectorAll('.ob-top > *, .ob-filter-row > *, .ob-filter-fields > *, .ob-counters > *')]
    .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 1 && box.right > innerWidth + 1; })
    .map((one) => one.className || one.id);
  const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ['page: ' + document.documentElement.scrollWidth] : [];
  const bar = document.querySelector('.ob-top').offsetHeight, most = innerWidth >= 768 && innerWidth < 960 ? 104 : 62; // two lines
  return out.concat(wide, bar > most ? ['bar: ' + bar] : []);
}"""


@pytest.mark.parametrize("path", ["/", "/?lang=en", FILTERED])
def test_bars_and_counters_fit_at_every_width(open_page: Callable, path: str) -> None:
    page = open_page(path).page
    page.wait_for_selector("[role=option]", state="attached")
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(80)
        found[width] = page.evaluate(BEYOND)
    assert {width: beyond for width, beyond in found.items() if beyond} == {}


@pytest.mark.parametrize("path", ["/agenda", "/analyse", "/evenements", "/sources", "/transparence", "/connexion"])
def test_other_pages_do_not_scroll_sideways(open_page: Callable, path: str) -> None:
    page = open_page(path).page
    page.wait_for_selector("main h1", state="attached")
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(60)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            wide.append(width)
    assert wide == []
