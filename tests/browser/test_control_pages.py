"""The control and every rubric of transparency in a real browser, with a report that has differences: silent, accessible, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.transparency.pages import RUBRICS
from events.city_file import read_city
from store.control_reports import keep, reviews
from store.database import connect
from store.schema import migrate
from tests.browser.conftest import ROOT, Watched
from tests.browser.test_account_pages import check_accessible, tab_to
from tests.controlled import made_report
from tests.house import Partners, Server

pytestmark = pytest.mark.browser

POST = "city-supervision-1"
LOOKS = [("clair", "fr"), ("sombre", "en")]


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a demonstration of its own whose report of the month flags a district served late: its strip is on every page."""
    partners = Partners(tmp_path_factory.mktemp("control"))
    server = Server(partners.folder, partners)
    city, now = read_city(ROOT / "cities" / "marseille")[0], datetime.now(UTC)
    database = connect(server.settings_url())
    migrate(database)
    assert keep(database, made_report(city, now), now, f"{now:%Y-%m}") is not None
    database.close()
    try:
        partners.start()
        server.start()
        yield server
    finally:
        server.stop()
        partners.stop()


def signed_in(open_page: Callable[..., Watched], server: Server, **options: object) -> Watched:
    watched = open_page("/connexion", server=server, **options)
    watched.page.click(f'button[value="{POST}"]')
    watched.page.wait_for_url("**/")
    watched.errors.clear()
    return watched


@pytest.mark.parametrize(("theme", "lang"), LOOKS)
def test_every_rubric_is_silent_and_accessible_with_a_report_published(
    open_page: Callable[..., Watched], artefacts: Path, controlled: Server, theme: str, lang: str
) -> None:
    watched = open_page(f"/transparence?theme={theme}&lang={lang}", server=controlled, bypass_csp=True)
    page = watched.page
    for rubric in RUBRICS:
        page.goto(f"{controlled.url}/transparence/{rubric}?theme={theme}&lang={lang}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        check_accessible(page)
        page.screenshot(path=artefacts / f"transparence-{rubric}-{theme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), rubric
    page.goto(f"{controlled.url}/transparence/equite?theme={theme}&lang={lang}")
    assert page.locator(".ob-dots").count() == 5
    assert page.locator(".ob-dot.is-out[width='12']").count() >= 1, (
        "the district served late is marked by its shape too"
    )
    assert (watched.errors, watched.outside) == ([], [])


@pytest.mark.parametrize(("theme", "lang"), LOOKS)
def test_the_page_of_the_control_is_silent_and_accessible_with_every_panel_measured(
    open_page: Callable[..., Watched], artefacts: Path, controlled: Server, theme: str, lang: str
) -> None:
    watched = signed_in(open_page, controlled, bypass_csp=True)
    page = watched.page
    page.goto(f"{controlled.url}/controle?theme={theme}&lang={lang}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    check_accessible(page)
    page.screenshot(path=artefacts / f"controle-{theme}.png", full_page=True)
    panels = page.locator("[aria-labelledby^='panel-']")
    least = "Plus petit" if lang == "fr" else "Least "
    without = [one for one in panels.all_inner_texts() if least not in one]
    names = [one.split("\n")[0] for one in without]
    assert len(names) == 4, json.dumps(names)  # three open no review; cameras are a whole count
    for name in ("concentration", "voices"):
        panel = page.locator(f"[aria-labelledby='panel-{name}']")
        panel.screenshot(path=artefacts / f"controle-{name}-{theme}.png")
        assert panel.locator("tbody tr").count() >= 1, name
    assert (watched.errors, watched.outside) == ([], [])


def test_the_strip_leads_to_the_difference_which_is_taken_over_and_answered_by_keyboard_alone(
    open_page: Callable[..., Watched], controlled: Server
) -> None:
    watched = signed_in(open_page, controlled)
    page = watched.page
    page.wait_for_selector(".ob-control-strip")
    tab_to(page, ".ob-control-strip a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/controle*")
    waiting = page.locator(".ob-review").count()
    assert waiting >= 1
    tab_to(page, ".ob-review button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ob-told[role=status]")
    assert POST in page.locator(".ob-review").first.inner_text()
    tab_to(page, ".ob-review summary")
    page.keyboard.press("Enter")
    tab_to(page, ".ob-review textarea", 5)
    page.keyboard.type("Deux capteurs en panne en octobre")
    tab_to(page, ".ob-review .is-primary", 5)
    page.keyboard.press("Enter")
    page.wait_for_selector(".ob-answers li:has-text('Deux capteurs en panne')")
    assert page.locator(".ob-review").count() == waiting - 1
    watched.check()
    database = connect(controlled.settings_url())
    (answered,) = reviews(database, is_open=False)
    database.close()
    assert (answered.owner_id, answered.decided_by, answered.decision) == (POST, POST, "explained")


def test_a_telephone_loses_nothing_of_control_and_transparency(
    open_page: Callable[..., Watched], artefacts: Path, controlled: Server
) -> None:
    watched = signed_in(open_page, controlled, width=390, height=844)
    for name in ("controle", *(f"transparence/{one}" for one in RUBRICS)):
        watched.page.goto(f"{controlled.url}/{name}")
        watched.page.screenshot(path=artefacts / f"{name.replace('/', '-')}-390.png", full_page=True)
        assert watched.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        watched.check()
