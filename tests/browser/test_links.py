"""Links in a real browser: proposed, confirmed by who may, followed by another screen, separated again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.house import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def rows(page: Any) -> int:
    """Return how many events the map, the list and the counters of a screen have at the place of the pair."""
    told = "Array.from(ob.screen.store.rows.values()).filter((it) => /échangeur Florian/.test(it.ti + it.pl)).length"
    return int(page.evaluate(told))


def wait_for_rows(page: Any, number: int) -> None:
    last = time.monotonic() + 10
    while rows(page) != number:
        assert time.monotonic() < last, f"{rows(page)} rows, {number} expected"
        page.wait_for_timeout(50)


def check_axe(page: Any) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def select(page: Any, headline: str) -> None:
    page.get_by_role("option", name=headline).first.click()
    page.locator("[data-ob-links]").wait_for()


def check_visitor(page: Any) -> None:
    """Assert that a visitor is told of both sources, as the address for machines tells it, and decides nothing."""
    seen = page.locator("[data-ob-links]")
    assert "2 sources racontent cet événement" in seen.inner_text()
    assert seen.get_by_role("button").count() == 0  # a visitor decides nothing
    answered = page.evaluate("fetch('/api/events?limit=1000').then((it) => it.json())")
    told = [one["properties"]["told_by"] for one in answered["features"] if one["properties"]["told_by"]]
    assert [sorted(one["source"] for one in told[0])] == [["direction-routes-evenements", "police-evenements"]]


def test_a_pair_is_confirmed_followed_by_other_screens_and_separated(
    start_house: Callable[..., Server], open_page: Callable[..., Any]
) -> None:
    house = start_house()
    other = open_page("/", server=house)
    mine = open_page("/connexion?suite=/", server=house)
    mine.page.click('button[value="city-supervision-1"]')
    page = mine.page
    page.get_by_role("option", name="Véhicule immobilisé").first.wait_for()
    other.page.get_by_role("option", name="Véhicule immobilisé").first.wait_for()
    select(page, "Véhicule immobilisé")
    block = page.locator("[data-ob-links]")
    block.get_by_text("Peut-être le même événement").wait_for()
    assert "même catégorie" in block.inner_text()
    assert "Branche sur la chaussée" not in block.inner_text()  # near, and another thing
    check_axe(page)
    assert rows(other.page) == 2
    confirm = block.get_by_role("button", name="C’est le même")
    confirm.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Les deux événements sont affichés comme un seul").wait_for()
    wait_for_rows(other.page, 1)
    joined = other.page.get_by_role("option", name="2 sources")
    joined.first.wait_for()
    select(other.page, "2 sources")
    check_visitor(other.page)
    select(page, "2 sources")
    check_axe(page)
    page.locator("[data-ob-links]").get_by_role("button", name="Dissocier").click()
    page.get_by_text("Les événements sont dissociés").wait_for()
    wait_for_rows(other.page, 2)
    mine.check()
    other.check()
