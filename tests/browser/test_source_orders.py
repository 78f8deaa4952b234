"""Orders on the page of a source, in a real browser: given, told, kept while the page draws itself again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

SOURCE = "/sources/ville-agenda"


def test_a_pause_holds_until_the_resume_and_a_note_is_kept(open_page: Callable) -> None:
    watched = open_page(SOURCE)
    page = watched.page
    page.get_by_role("button", name="Mettre en pause").click()
    page.locator(".ob-source-panel .ob-state.is-paused").wait_for()
    assert "un visiteur de la démonstration" in page.locator(".ob-source-panel").inner_text()
    note = page.get_by_label("Note, sans nom de personne")
    note.fill("Prestataire prévenu")
    page.wait_for_timeout(12_000)  # polls come meanwhile, and each would draw the page anew
    assert note.input_value() == "Prestataire prévenu"
    note.press("Enter")
    page.locator(".ob-source-note").wait_for()
    page.get_by_role("button", name="Reprendre").click()
    page.locator(".ob-source-panel .ob-state.is-paused").wait_for(state="detached")
    watched.check()


def test_a_note_that_names_a_person_is_refused_and_says_why(open_page: Callable) -> None:
    watched = open_page(SOURCE)
    page = watched.page
    page.get_by_label("Note, sans nom de personne").fill("Appeler Mme Roustan au 06 45 12 78 90")
    page.get_by_role("button", name="Noter").click()
    page.get_by_text("Note refusée").wait_for()
    assert "Roustan" not in page.locator(".ob-source-panel").inner_text()
    watched.check()


def test_who_signs_in_is_told_of_an_outage_of_this_source(open_page: Callable) -> None:
    watched = open_page(SOURCE)
    page = watched.page
    page.get_by_role("button", name="M’avertir d’une panne").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link").click()  # a visitor is asked to sign in first, and comes back here
    page.locator('button[value="voirie-manager"]').or_(page.locator("form button[value]").first).first.click()
    page.wait_for_url(f"**{SOURCE}")
    page.locator(".ob-source-panel").get_by_role("button", name="M’avertir d’une panne").click()
    dialog.locator('input[value="source-late"]').wait_for()
    assert dialog.locator('input[name="transitions"]:checked').evaluate_all(
        "boxes => boxes.map((one) => one.value)"
    ) == ["source-late"]
    assert dialog.locator('input[name="sources"]:checked').evaluate_all("boxes => boxes.map((one) => one.value)") == [
        "ville-agenda"
    ]
    dialog.locator('button[type="submit"]').click()
    dialog.locator(".ob-sub-list li").first.wait_for()
    assert "Agenda" in dialog.locator(".ob-sub-list li").first.inner_text()
    watched.check()
