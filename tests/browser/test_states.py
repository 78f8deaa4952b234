"""Each state of the screen, forced: loading, empty, calm, stale, offline, unknown. A picture of each is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.house import Server
from tests.tables import written_out

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def before(browser: Browser, house: Server) -> Callable[..., Page]:
    """Return a function that opens the Situation with something done to its snapshot first."""
    contexts = []

    def open_(act: Callable[[Route], None], path: str = "/", **options: object) -> Page:
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, bypass_csp=True, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.route("**/api/snapshot*", act)
        page.route("**/api/stream*", lambda route: route.abort())
        page.goto(house.url + path)
        return page

    yield open_  # type: ignore[misc]
    for context in contexts:
        context.close()


def changed(change: Callable[[dict], None]) -> Callable[[Route], None]:
    def act(route: Route) -> None:
        answer = route.fetch()
        snapshot = answer.json()
        change(snapshot)
        route.fulfill(response=answer, body=json.dumps(snapshot))

    return act


def with_nothing_going_on(snapshot: dict) -> None:
    """Keep the events that are over and those that are announced."""
    events, now = written_out(snapshot["events"]), snapshot["time"]
    kept = [
        n
        for n, periods in enumerate(events["pe"])
        if not any(since <= now and (until is None or until >= now) for since, until in periods)
    ]
    snapshot["events"] = {key: [values[n] for n in kept] for key, values in events.items()}


def all_well(snapshot: dict) -> None:
    with_nothing_going_on(snapshot)
    for source in snapshot["sources"]:
        source.update(state="ok", at=snapshot["time"], ok=snapshot["time"], late=99999)


def one_late(snapshot: dict) -> None:
    all_well(snapshot)
    snapshot["sources"][0]["state"] = "late"


def traffic_dead(snapshot: dict) -> None:
    roads = {road["src"] for road in snapshot["roads"]}
    for source in snapshot["sources"]:
        if source["id"] in roads:
            source.update(state="failing", at=snapshot["time"] - 3600, ok=snapshot["time"] - 3600)
    for road in snapshot["roads"]:
        road["at"] = snapshot["time"] - 3600


def picture(page: Page, artefacts: Path, name: str) -> None:
    page.wait_for_timeout(400)
    page.screenshot(path=artefacts / f"state-{name}.png")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []


def test_loading_shows_a_skeleton_after_300_ms(before: Callable[..., Page], artefacts: Path) -> None:
    page = before(lambda route: None)
    page.wait_for_selector(".ob-row-skeleton")
    assert page.locator("[role=option]").count() == 0
    assert not page.locator(".ob-map-time-label").is_visible(), "an empty card tells nothing"
    assert not page.locator("#freshness").is_visible()
    picture(page, artefacts, "loading")


def test_empty_by_filter_says_which_filters_hide_how_many(before: Callable[..., Page], artefacts: Path) -> None:
    page = before(lambda route: route.continue_(), "/?cat=concert&arr=16&grav=4")
    page.wait_for_selector(".ob-list-empty:not([hidden]) button")
    told = page.locator(".ob-list-empty").inner_text()
    assert "Aucun événement avec ces filtres" in told
    assert re.search(r"\d+ événements sont masqués par : 16e, Concert, Critique\.", told)
    picture(page, artefacts, "empty-filter")
    page.locator(".ob-list-empty button").click()
    page.wait_for_selector("[role=option]")


def test_calm_is_said_only_when_every_source_speaks(before: Callable[..., Page], artefacts: Path) -> None:
    page = before(changed(all_well))
    page.wait_for_selector(".ob-list-empty:not([hidden])")
    told = page.locator(".ob-list-empty").inner_text()
    assert "Rien à signaler en ce moment" in told
    assert re.search(r"(\d+) sources sur \1 à jour", told)
    assert re.search(r"Dernier événement clos .+\d", told)
    assert re.search(r"Prochain : .+\d", told)
    picture(page, artefacts, "calm")


def test_calm_with_a_late_source_is_partial(before: Callable[..., Page], artefacts: Path) -> None:
    page = before(changed(one_late))
    page.wait_for_selector(".ob-list-empty:not([hidden])")
    told = page.locator(".ob-list-empty").inner_text()
    assert "Rien à signaler d’après" in told
    assert "en ce moment" not in told
    picture(page, artefacts, "calm-partial")


def test_dead_traffic_is_said_with_its_time_and_its_axes_are_unknown(
    before: Callable[..., Page], artefacts: Path
) -> None:
    page = before(changed(traffic_dead))
    page.wait_for_selector(".ob-stale")
    told = page.locator(".ob-stale").inner_text()
    assert re.fullmatch(r"Trafic : donnée de .+, il y a .+\. Les axes concernés sont dessinés « inconnu »\.", told), (
        told
    )
    assert page.evaluate("ob.screen.view().counters.jam") == 0
    picture(page, artefacts, "stale")


def test_cut_network_freezes_the_map_with_its_time_and_ages_go_on(before: Callable[..., Page], artefacts: Path) -> None:
    page = before(lambda route: route.continue_())  # the stream is cut
    page.wait_for_selector(".ob-offline", timeout=60_000)
    told = page.locator("#freshness .ob-fresh-age").inner_text()
    assert "Connexion perdue" in page.locator(".ob-offline").inner_text()
    page.wait_for_function(
        "(told) => document.querySelector('#freshness .ob-fresh-age').innerText !== told", arg=told, timeout=70_000
    )
    picture(page, artefacts, "offline")


def test_event_that_is_not_for_this_reader_says_so_without_a_title(open_page: Callable, artefacts: Path) -> None:
    page = open_page("/?ev=00000000-0000-7000-8000-000000000000", bypass_csp=True).page
    page.wait_for_selector("#detail:not([hidden]) h2")
    assert page.locator("#detail h2").inner_text() != ""
    picture(page, artefacts, "not-visible")


def test_failing_panel_says_so_and_is_asked_again_while_the_rest_works(open_page: Callable, artefacts: Path) -> None:
    page = open_page("/", bypass_csp=True).page
    page.wait_for_selector("[role=option]")
    page.click("[role=option] >> nth=2")
    page.wait_for_selector("#detail [data-ob-share]")
    page.route("**/_dash-update-component*", lambda route: route.fulfill(status=500, body="{}"))
    page.click("[role=option] >> nth=0")
    page.wait_for_selector("#detail .ob-failure")
    assert not page.locator("#detail-body").is_visible(), "what stood there is of another event"
    assert "n’a pas pu être lue" in page.locator("#detail").inner_text()
    page.click("[role=option] >> nth=1")
    assert page.locator("[role=option].is-selected").count() == 1
    assert page.locator(".ob-marker").count() > 5
    page.wait_for_selector("#detail .ob-failure")
    picture(page, artefacts, "panel-error")
    page.unroute("**/_dash-update-component*")
    page.click("#detail [data-ob-retry]")
    page.wait_for_selector("#detail-body [data-ob-share]")
    assert page.locator("#detail .ob-failure").count() == 0
