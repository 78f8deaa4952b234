"""Reports and pictures from the page: by keyboard, in both themes, accessible; reports that come again on the page of the account."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.api.pdf_read import is_tagged, pages_of
from tests.browser.test_account_pages import check_accessible, sign_in, tab_to

pytestmark = pytest.mark.browser
SLOW_MS = 90_000
# The colours of a picture at its top left corner (the strip of the demonstration) and at its foot.
PIXELS = """async (bytes) => {
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  pen.drawImage(bitmap, 0, 0);
  const at = (x, y) => '#' + [...pen.getImageData(x, y, 1, 1).data.slice(0, 3)].map((one) => one.toString(16).padStart(2, '0')).join('');
  return [at(3, 3), at(3, bitmap.height - 3)];
}"""
TOKENS = """() => ['--ob-demo', '--ob-surface'].map((name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim().toLowerCase())"""


def saved(page, selector: str, path: Path) -> bytes:
    """Press what a selector says and return the file that the browser is given."""
    with page.expect_download(timeout=SLOW_MS) as download:
        page.locator(selector).press("Enter")
    assert download.value.suggested_filename.endswith(path.suffix)
    download.value.save_as(path)
    return path.read_bytes()


def check_picture(page, content: bytes, least: tuple[int, int]) -> None:
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert (width >= least[0], height >= least[1]) == (True, True), (width, height)
    strip, surface = page.evaluate(TOKENS)
    assert page.evaluate(PIXELS, list(content)) == [strip, surface]


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_a_report_and_the_map_leave_by_keyboard_from_the_menu(open_page: Callable, artefacts: Path, theme: str) -> None:
    watched = open_page(f"/?theme={theme}&arr=1,2,6", bypass_csp=True)
    page = watched.page
    page.wait_for_selector(".ob-marker", state="attached")
    page.locator("#exports > summary").press("Enter")
    page.screenshot(path=artefacts / f"exports-{theme}.png")
    check_accessible(page)
    check_picture(page, saved(page, "[data-ob-picture=map]", artefacts / f"map-{theme}.png"), (1300, 900))
    if theme == "clair":
        content = saved(page, "[data-ob-export=situation]", artefacts / "situation.pdf")
        assert "il sera enregistré" in page.locator("#toast").inner_text()
        pages = pages_of(content)
        assert is_tagged(content)
        assert "1er, 2e, 6e" in pages[0]
        assert all("Démonstration : données fictives" in one for one in pages)
    watched.check()


def test_the_report_and_the_map_are_of_the_moment_of_the_cursor(open_page: Callable, artefacts: Path) -> None:
    watched = open_page("/")
    page = watched.page
    page.wait_for_selector(".ob-marker", state="attached")
    page.evaluate("() => ob.screen.moveTo(ob.screen.now() + 30 * 3600)")
    page.wait_for_function("() => /[?&]t=/.test(location.search)")
    moment = page.evaluate("() => ob.url.state().t")
    page.locator("#exports > summary").press("Enter")
    with page.expect_request("**/api/reports/map.svg*") as asked:
        saved(page, "[data-ob-picture=map]", artefacts / "map-planned.png")
    assert f"moment={moment}" in unquote(asked.value.url)
    assert "situation prévue au" in asked.value.response().text()
    pages = pages_of(saved(page, "[data-ob-export=situation]", artefacts / "situation-planned.pdf"))
    assert "Prévu : situation au" in pages[0]
    watched.check()


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_each_chart_of_the_analysis_becomes_a_picture(open_page: Callable, artefacts: Path, theme: str) -> None:
    watched = open_page(f"/analyse?theme={theme}", bypass_csp=True)
    page = watched.page
    page.wait_for_selector("[data-ob-drawing]", timeout=SLOW_MS)
    check_accessible(page)
    tools = page.locator(".ob-chart-card [data-ob-image], .ob-chart-card [data-ob-drawing]")
    names = [one.get_attribute("data-ob-drawing") or one.get_attribute("data-ob-image") for one in tools.all()]
    assert len(names) == 5, "the map, days, hours, categories and axes"
    for name in names:
        selector = f'[data-ob-drawing="{name}"], [data-ob-image="{name}"]'
        # The axes list what was hindered by day: begun in the evening, a demonstration has none, and says so in a line.
        least = 200 if name == "axes" else 300
        check_picture(page, saved(page, selector, artefacts / f"chart-{name}-{theme}.png"), (1200, least))
    watched.check()


def test_a_press_that_is_busy_says_what_still_works(open_page: Callable) -> None:
    watched = open_page("/")
    page = watched.page
    page.wait_for_selector(".ob-marker", state="attached")
    page.route("**/api/reports/*", lambda route: route.fulfill(status=503, body="{}"))
    page.locator("#exports > summary").press("Enter")
    page.locator("[data-ob-export=situation]").press("Enter")
    page.wait_for_function(
        "() => document.getElementById('toast').innerText.includes('les autres exports restent disponibles')"
    )


@pytest.mark.parametrize(("theme", "lang"), [("clair", "fr"), ("sombre", "en")])
def test_a_report_that_comes_again_is_asked_for_by_keyboard_paused_and_deleted(
    open_page: Callable, artefacts: Path, theme: str, lang: str
) -> None:
    watched = sign_in(open_page, bypass_csp=True)
    page = watched.page
    page.goto(f"{watched.host}/?grav=3&theme={theme}&lang={lang}")
    page.wait_for_selector(".ob-marker", state="attached")
    page.locator("#exports > summary").press("Enter")
    page.locator("[data-ob-recurring]").press("Enter")
    page.wait_for_url("**/compte?vue=*")
    assert page.input_value("#recurring-view") == "given"
    tab_to(page, "#recurring-name")
    page.keyboard.type(f"Graves {theme}")
    tab_to(page, "#rapports .is-primary")
    page.keyboard.press("Enter")
    row = page.locator("#rapports tbody tr", has_text=f"Graves {theme}")
    row.wait_for()
    page.screenshot(path=artefacts / f"recurring-{theme}.png", full_page=True)
    check_accessible(page)
    for what in ("pause", "resume"):
        page.locator(f"#rapports tr:has-text('Graves {theme}') form:has(input[value={what}]) button").press("Enter")
        page.wait_for_selector("[role=status]")
    page.locator(f"#rapports tr:has-text('Graves {theme}') form:has(input[value=delete]) button").press("Enter")
    page.wait_for_function(f"() => !document.body.innerText.includes('Graves {theme}')")
    assert watched.errors == []
    assert watched.outside == []
