"""What a partner publishes reaches a real map; a killed server is caught up with, without reload."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.house import Server

pytestmark = pytest.mark.browser

FIRST_SCREEN = """() => ({
  pictograms: document.querySelectorAll('.ob-marker').length,
  roads: document.querySelectorAll('.ob-road-line').length,
  coloured: [...document.querySelectorAll('.ob-road-line')].filter((path) => path.dataset.state).length,
  cameras: ob.map.cameras ? ob.map.cameras.shapes.getLayers().length : 0,
  districts: document.querySelectorAll('.ob-district-name').length,
  passes: document.querySelectorAll('.ob-pass').length,
})"""


def test_first_screen_shows_the_city(open_page: Callable) -> None:
    watched = open_page("/?couches=%2Bcameras")
    watched.page.wait_for_selector(".ob-marker", state="attached", timeout=60_000)
    watched.page.wait_for_function("() => document.querySelectorAll('.ob-road-line').length >= 50")
    watched.page.wait_for_timeout(1500)
    seen = watched.page.evaluate(FIRST_SCREEN)
    assert seen["pictograms"] >= 30
    assert seen["coloured"] >= 50
    assert seen["cameras"] >= 50
    assert seen["districts"] == 16
    assert seen["passes"] >= 2
    watched.check()


def test_march_shows_its_timetable(open_page: Callable) -> None:
    watched = open_page("/")
    row = watched.page.locator("[role=option]", has_text="Manifestation déclarée").first
    row.click()
    detail = watched.page.locator("aside")
    detail.get_by_role("heading", name="Passage du cortège").wait_for()
    assert detail.locator("li", has_text=":").count() >= 6
    assert "ev=" in watched.page.url
    watched.check()


def test_change_of_a_partner_reaches_the_map(open_page: Callable, house: Server) -> None:
    watched = open_page("/")
    watched.page.wait_for_selector(".ob-marker", state="attached")
    watched.page.wait_for_function("() => document.documentElement.dataset.live === 'live'")
    before = watched.page.evaluate(
        "[...ob.screen.store.rows.values()].reduce((most, row) => Math.max(most, row.at), 0)"
    )
    house.partners.act("prefecture-manifestations", "bump")
    watched.page.wait_for_function(
        "before => [...ob.screen.store.rows.values()].some((row) => row.at > before && row.src === 'prefecture-manifestations')",
        arg=before,
        timeout=40_000,
    )
    house.partners.act("prefecture-manifestations", "reset")
    watched.check()


def test_killed_server_is_caught_up_with_without_reload(
    start_house: Callable[..., Server], open_page: Callable
) -> None:
    server = start_house()
    watched = open_page("/", server=server)
    page = watched.page
    page.wait_for_function("() => document.documentElement.dataset.live === 'live'")
    page.evaluate("window.__same = true")
    known = page.evaluate("ob.screen.store.rows.size")
    server.kill()
    page.wait_for_function("() => document.documentElement.dataset.live === 'offline'", timeout=40_000)
    assert page.evaluate("ob.screen.store.rows.size") == known
    server.partners.act("prefecture-manifestations", "bump")
    before = page.evaluate("[...ob.screen.store.rows.values()].reduce((most, row) => Math.max(most, row.at), 0)")
    server.start()
    page.wait_for_function("() => document.documentElement.dataset.live === 'live'", timeout=40_000)
    page.wait_for_function(
        "before => [...ob.screen.store.rows.values()].some((row) => row.at > before)", arg=before, timeout=40_000
    )
    assert page.evaluate("window.__same")


def test_source_that_dies_keeps_its_events_and_shows_its_age(
    start_house: Callable[..., Server], open_page: Callable
) -> None:
    server = start_house()
    watched = open_page("/sources", server=server)
    server.partners.act("transport-perturbations", "fail")
    watched.page.locator("tr", has_text="En échec").filter(has_text="Transports").wait_for(timeout=90_000)
    events = server.json("/api/events?limit=1000")["features"]
    assert isinstance(events, list)
    assert [row for row in events if row["properties"]["source"] == "transport-perturbations"]


def test_unreachable_address_gives_no_blank_page(start_house: Callable[..., Server], open_page: Callable) -> None:
    watched = open_page("/nulle-part")
    watched.page.get_by_role("link", name="Situation").first.wait_for()
    assert watched.page.locator("main").inner_text().strip()


def streamed(server: Server, path: str) -> str:
    """Return what a stream brings, from every change there was to those of a partner that changes now."""
    received = bytearray()
    with urllib.request.urlopen(server.url + path, timeout=4) as stream:
        server.partners.act("prefecture-manifestations", "bump")
        until = time.monotonic() + 20
        with suppress(TimeoutError):  # nothing more for four seconds
            while time.monotonic() < until:
                received += stream.read1(65536)
    return received.decode()


def test_canaries_appear_nowhere(start_house: Callable[..., Server], open_page: Callable, tmp_path: Path) -> None:
    planted = [
        "06 45 12 78 90",
        "AB-123-CD",
        "camille.roustan@exemple.org",
        "269054958815780",
        "FR7630006000011234567890189",
        "@zineb_du_13",
    ]
    file = tmp_path / "canaries.json"
    file.write_text(json.dumps(planted))
    server = start_house(canaries=file)
    time.sleep(3)
    watched = open_page("/", server=server)
    watched.page.wait_for_selector(".ob-marker", state="attached")
    places = {
        "page": watched.page.content(),
        "snapshot": watched.page.evaluate("fetch('/api/snapshot').then((answer) => answer.text())"),
        "events": watched.page.evaluate("fetch('/api/events?limit=10000').then((answer) => answer.text())"),
        "sources": watched.page.evaluate("fetch('/api/sources').then((answer) => answer.text())"),
        "cameras": watched.page.evaluate("fetch('/api/cameras').then((answer) => answer.text())"),
        "changes": watched.page.evaluate("fetch('/api/changes?since=0').then((answer) => answer.text())"),
        "stream": streamed(server, "/api/stream?since=0"),
    }
    assert "event: " in places["stream"]
    for path in ("/sources", "/analyse", "/mur"):
        watched.page.goto(server.url + path)
        watched.page.wait_for_load_state("networkidle" if path != "/mur" else "load")
        watched.page.locator("main").wait_for()
        places[path] = watched.page.content()
    files = [path for path in server.folder.iterdir() if path.is_file()]
    contents = {path.name: path.read_bytes() for path in files}
    assert any(name.startswith("city.sqlite") for name in contents)
    for canary in planted:
        assert [name for name, text in places.items() if canary in text] == []
        assert [name for name, content in contents.items() if canary.encode() in content] == []
