"""Cameras in a real browser: outlines that need no colour, facts on demand, the register by keyboard, a task answered by its owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.test_account_pages import check_accessible

pytestmark = pytest.mark.browser

LAYER = "couches=%2Bcameras,-evenements&c=43.30130,5.38480,17"
SHAPES = """() => window.ob.map.cameras.shapes.getLayers().map((one) =>
  ({ dash: one.options.dashArray, fill: one.options.fill, weight: one.options.weight }))"""
MASKED = """() => window.ob.map.cameras.icons.getLayers()[window.ob.map.cameras.features.features.findIndex(
  (one) => one.properties.masked_areas > 0)].getElement().click()"""


@pytest.mark.parametrize(("theme", "lang"), [("clair", "fr"), ("sombre", "en")])
def test_outlines_tell_what_they_are_without_colour_and_a_camera_tells_itself(
    open_page: Callable, artefacts: Path, theme: str, lang: str
) -> None:
    watched = open_page(f"/?{LAYER}&theme={theme}&lang={lang}", bypass_csp=True)
    page = watched.page
    page.wait_for_function("() => Number(document.querySelector('.ob-pane-cameras').dataset.drawn) > 0")
    features = page.evaluate("fetch('/api/cameras').then((answer) => answer.json()).then((told) => told.features)")
    shapes = page.evaluate(SHAPES)
    told = [one["properties"] for one in features]
    today = page.evaluate("window.ob.url.toLocal(window.ob.screen.now(), window.ob.boot.timezone).slice(0, 10)")
    expired = [one for one in told if one["until"] and one["until"] < today]
    assert (
        len(expired)
        == sum(not one["fill"] and one["weight"] == 2.4 for one in shapes)
        == page.locator(".ob-camera.is-expired").count()
        > 0
    )
    assert sum(one["masked"] is not None for one in told) == sum(one["dash"] == "1 4" for one in shapes) > 0
    drawn = [one for one in shapes if one["dash"] != "1 4" and one["weight"] == 1.2]
    nominal = sum(not one["verified"] for one in told if one not in expired)
    assert sum(one["dash"] == "4 3" for one in drawn) == nominal > 0
    legend = page.locator(".ob-legend-cameras")
    assert legend.locator(".ob-legend-line").count() == 4
    page.screenshot(path=artefacts / f"cameras-carte-{theme}.png")
    page.evaluate(MASKED)
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    assert dialog.locator("dl > div").count() >= 9
    assert "°" in dialog.inner_text()
    page.screenshot(path=artefacts / f"camera-{theme}.png")
    check_accessible(page)
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.evaluate("window.ob.layers.set('cameras', false)")
    legend.wait_for(state="hidden")
    assert (watched.errors, watched.outside) == ([], [])


def test_the_keyboard_reaches_the_register_from_the_layers(open_page: Callable) -> None:
    page = open_page("/?couches=%2Bcameras").page
    page.wait_for_selector(".ob-map-controls button")
    page.keyboard.press("s")
    page.wait_for_selector("#map-layers:not([hidden])")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/cameras":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/cameras")
    assert page.locator("main table tbody tr").count() > 60


@pytest.mark.parametrize(("theme", "lang"), [("clair", "fr"), ("sombre", "en")])
def test_the_public_page_of_cameras_is_accessible_and_lists_those_open_to_all(
    open_page: Callable, artefacts: Path, theme: str, lang: str
) -> None:
    watched = open_page(f"/transparence/cameras?theme={theme}&lang={lang}", bypass_csp=True)
    for _ in range(30):
        if watched.page.locator("main table tbody tr").count():
            break
        watched.page.wait_for_timeout(2000)
        watched.page.reload()
    rows = watched.page.locator("main table tbody tr").count()
    assert 0 < rows < 60, "some are for partners"
    watched.page.screenshot(path=artefacts / f"transparence-cameras-{theme}.png")
    check_accessible(watched.page)
    assert (watched.errors, watched.outside) == ([], [])


def test_an_owner_answers_a_task_by_keyboard(open_page: Callable, artefacts: Path) -> None:
    watched = open_page("/connexion", bypass_csp=True)
    page = watched.page
    page.click('button[value="videoprotection-1"]')
    page.wait_for_url("**/")
    for _ in range(60):  # the register is looked at each minute
        page.goto(f"{watched.host}/cameras")
        if page.locator("#taches summary").count():
            break
        page.wait_for_timeout(2000)
    waiting = page.locator("#taches summary").count()
    assert waiting >= 1
    page.focus("#taches summary")
    page.keyboard.press("Enter")
    check_accessible(page)
    page.screenshot(path=artefacts / "cameras-tache.png")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Dossier de renouvellement déposé")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cameras?fait=reponse#taches")
    assert page.locator("#taches summary").count() == waiting - 1
    assert "Renouvellement demandé" in page.inner_text("#taches")
    assert page.locator("[role=status]").count() == 1
