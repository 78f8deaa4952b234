"""An event under embargo says until when to its own organisation, on map, list, table and panel; nobody else hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

TITLE = "Visite officielle, essai"
PUBLISH = """(title) => ob.ask('publish', { form: Object.assign(ob.form.blank(ob.localOf(ob.screen.now() - 600)), {
  category: 'ceremonie', severity: 3, kind: 'point', geometry: { type: 'Point', coordinates: [5.3755, 43.2965] },
  headline: title, check_at: ob.localOf(ob.screen.now() + 7200), audience: 'public', embargo_until: ob.localOf(ob.screen.now() + 3600),
}) })"""
BADGES = """(id) => {
  const markers = ob.map.markers, brush = markers.brush, note = brush.note, found = [];
  brush.note = function (text, icon, x, y) { found.push([icon || text, Math.round(x), Math.round(y)]); };
  markers.content = '';
  markers.picture(markers.frame());
  brush.note = note;
  markers.content = '';
  markers.picture(markers.frame());
  const at = markers.drawn.get(id);
  return found.filter((one) => Math.hypot(one[1] - at.atX, one[2] - at.atY) < 25).map((one) => one[0]);
}"""


def row(page: Page) -> str:
    return page.locator(f"[role=option]:has-text('{TITLE}')").inner_text()


def test_an_embargo_is_marked_for_its_own_organisation_and_unknown_to_others(
    sign_in: Callable[..., Watched], artefacts: Path
) -> None:
    other = sign_in("voirie-1", "/")
    mine = sign_in("prefecture-1", "/")
    page = mine.page
    page.wait_for_selector("[role=option]")  # before, nobody hears a question
    told = page.evaluate(PUBLISH, TITLE)
    assert told.get("saved"), told
    event_id, version = told["saved"]["id"], told["saved"]["version"]
    try:
        page.wait_for_selector(f"[role=option]:has-text('{TITLE}')")
        said = "Embargo jusqu’à " + page.evaluate(
            "ob.texts.near(ob.screen.store.rows.values().toArray().find((r) => r.em).em, ob.screen.now(), ob.clock)"
        )
        assert said in row(page)
        assert "Restreint" not in row(page)
        page.evaluate("(id) => ob.select(id)", event_id)
        page.wait_for_selector("#detail .is-held")
        # The panel names another day with its date, the list by its name alone.
        assert re.fullmatch(rf"Embargo jusqu’à .*{said[-5:]}", page.inner_text("#detail .is-held"))
        page.wait_for_function("(id) => ob.map.markers.drawn.has(id)", arg=event_id)
        assert said in (page.get_attribute(f'.ob-marker[data-key="{event_id}"]', "aria-label") or "")
        assert page.evaluate(BADGES, event_id) == ["hourglass"]
        page.screenshot(path=artefacts / "embargo.png")
        page.reload()
        page.wait_for_selector(f"[role=option]:has-text('{TITLE}')")
        assert said in row(page)  # from the snapshot too
        other.page.wait_for_timeout(500)
        assert not other.page.evaluate("(id) => ob.screen.store.rows.has(id)", event_id)
    finally:
        page.evaluate("([event, version]) => ob.ask('withdraw', { event, version })", [event_id, version])
    page.wait_for_function("(id) => !ob.map.markers.drawn.has(id)", arg=event_id)
    mine.check()
