"""The account, the administration and the journal in a real browser: silent, accessible, whole on a narrow screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
POST = "city-administration-1"
PAGES = {
    "compte": "/compte",
    "administration": "/administration",
    "journal": "/administration/journal",
    "cameras": "/cameras",
    "controle": "/controle",
    "regles": "/agenda/regles",
}


def sign_in(open_page: Callable, **options: object):
    watched = open_page("/connexion", **options)
    watched.page.click(f'button[value="{POST}"]')
    watched.page.wait_for_url("**/")
    watched.errors.clear()
    return watched


def check_accessible(page) -> None:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    told = [(item["id"], [node["target"] for node in item["nodes"]][:5]) for item in found]
    assert told == [], json.dumps(found)[:3000]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("theme", ["clair", "sombre"])
@pytest.mark.parametrize("name", list(PAGES))
def test_account_page_is_silent_and_accessible(
    open_page: Callable, artefacts: Path, name: str, theme: str, lang: str
) -> None:
    watched = sign_in(open_page, bypass_csp=True)
    page = watched.page
    answer = page.goto(f"{watched.host}{PAGES[name]}?theme={theme}&lang={lang}")
    assert answer.status == 200
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.screenshot(path=artefacts / f"{name}-{theme}.png", full_page=True)
    check_accessible(page)
    assert page.get_attribute("html", "lang") == lang
    assert watched.errors == []
    assert watched.outside == []


def test_a_narrow_screen_loses_nothing_of_the_account_pages(open_page: Callable, artefacts: Path) -> None:
    watched = sign_in(open_page, width=390, height=844)
    for name, path in PAGES.items():
        watched.page.goto(watched.host + path)
        watched.page.screenshot(path=artefacts / f"{name}-390.png")
        assert watched.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        watched.check()


def tab_to(page, selector: str, most: int = 250) -> None:
    """Press Tab until the focus is on what a selector says."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_key_is_made_by_keyboard_alone_and_shown_once(open_page: Callable) -> None:
    watched = sign_in(open_page)
    page = watched.page
    page.goto(f"{watched.host}/administration")
    tab_to(page, "#keys summary")
    page.keyboard.press("Enter")
    tab_to(page, "#keys .is-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ob-secret")
    secret = page.inner_text(".ob-secret")
    assert secret.startswith("obs_")
    page.click(".ob-card a.is-primary")
    page.wait_for_selector("#keys")
    assert secret.split("_")[1] in page.inner_text("#keys")
    assert secret.split("_", 2)[2] not in page.content()
    watched.check()


# The main act of each section: which form, what is typed in which field, and whether a secret is told once.
ACTS = {
    "organisations": ("organisme", {"#org-id": "clavier-organisme", "#org-name": "Service du clavier"}, False),
    "accounts": ("compte", {"#account-id": "clavier-poste-1"}, True),
    "displays": ("ecran", {"#display-name": "Mur du clavier"}, True),
}


@pytest.mark.parametrize("section", list(ACTS))
def test_the_main_act_of_a_section_is_done_and_undone_by_keyboard_alone(open_page: Callable, section: str) -> None:
    form, typed, has_secret = ACTS[section]
    watched = sign_in(open_page)
    page = watched.page
    page.goto(f"{watched.host}/administration")
    tab_to(page, f"#{section} details:has(form[action='/administration/{form}']) > summary")
    page.keyboard.press("Enter")
    for field, text in typed.items():
        tab_to(page, field, 20)
        page.keyboard.type(text)
    tab_to(page, f"form[action='/administration/{form}'] .is-primary", 20)
    page.keyboard.press("Enter")
    if has_secret:
        page.wait_for_selector(".ob-secret")
        assert len(page.inner_text(".ob-secret")) >= 15
        tab_to(page, ".ob-card a.is-primary")
        page.keyboard.press("Enter")
    page.wait_for_selector(f"#{section}")
    name = list(typed.values())[-1]
    row = page.locator(f"#{section} tr", has_text=name)
    assert row.count() == 1
    # The last act of its row takes it back: closed, retired or revoked, by Tab and Enter too.
    key = row.locator("th").inner_text()
    path = {"organisations": "organisme/retirer", "accounts": "compte/fermer", "displays": "revoquer"}[section]
    tab_to(page, f"form[action='/administration/{path}'] button[value='{key}']")
    before = row.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ob-told[role=status]")
    assert page.locator(f"#{section} tr", has_text=name).inner_text() != before
    watched.check()
