"""10,000 events beside a bare Leaflet page with the same points, in the same run: ratios, not milliseconds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.browser_pages import ALONE, OURS, SHOWN, bare_page, drag, open_page
from tests.house import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.slow]

EVENTS = 10_000
# Between ring and pictogram of the octagon: its own red, unless a cluster lies over it.
HIDDEN_CRITICALS = """() => {
  const brush = ob.map.markers.brush, probe = brush.pen;
  probe.fillStyle = ob.map.token('--ob-sev4');
  const red = [1, 3, 5].map((at) => parseInt(probe.fillStyle.slice(at, at + 2), 16));
  return [...ob.map.markers.drawn.values()].filter((kept) => kept.mark && kept.mark.sev === 4).filter((kept) => {
    const seen = probe.getImageData(kept.atX * brush.ratio, (kept.atY - 0.32 * kept.mark.size) * brush.ratio, 1, 1).data;
    return red.some((part, at) => Math.abs(part - seen[at]) > 40);
  }).length;
}"""
CRITICALS = "[...ob.map.markers.drawn.values()].filter((kept) => kept.mark && kept.mark.sev === 4).length"


@pytest.fixture(scope="module")
def loaded(start_house: Callable[..., Server]) -> Server:
    return start_house(events=EVENTS)


def test_opening_panning_filtering_and_bytes(browser: Browser, loaded: Server, tmp_path: Path, artefacts: Path) -> None:
    page, _ = open_page(browser, OURS, loaded.url)
    shown = page.evaluate(SHOWN)
    page.context.close()
    assert len(shown) > EVENTS / 2
    with bare_page(str(tmp_path), shown) as bare:
        theirs, ours = zip(*(opened_in_turns(browser, bare, loaded.url) for _ in range(3)), strict=True)
        page, _ = open_page(browser, ALONE, bare + "?empty")
        empty_ms = drag(page)
        page.context.close()
    page, _ = open_page(browser, OURS, loaded.url)
    page.wait_for_timeout(1500)
    page.screenshot(path=artefacts / "operations-10000.png")
    assert page.evaluate(CRITICALS) >= 1
    assert page.evaluate(HIDDEN_CRITICALS) == 0, "a cluster hides a critical event"
    frame_ms = drag(page)
    page.wait_for_timeout(1000)
    redraws = [float(page.evaluate(OURS.filter, least)) for least in (3, 0, 2, 0, 3)]
    page.context.close()
    received = transferred(browser, loaded)
    report = {
        "first_ms": ours, "bare_ms": theirs, "frame_ms": frame_ms, "empty_ms": empty_ms, "filter_ms": redraws, "bytes": received,
    }  # fmt: skip
    (artefacts / "load.json").write_text(json.dumps(report, indent=1))
    # The goal is twice the bare page; milliseconds of a shared machine fail the build above three times their budget.
    assert statistics.median(ours) <= 3 * 2 * statistics.median(theirs), report
    assert frame_ms <= empty_ms * 2, report
    assert statistics.median(redraws) <= 3 * 150, report
    assert received <= 900_000, report


def opened_in_turns(browser: Browser, bare: str, address: str) -> tuple[float, float]:
    """Return the milliseconds until the bare page is drawn, and until ours is."""
    taken = []
    for kind, place in ((ALONE, bare), (OURS, address)):
        page, drawn = open_page(browser, kind, place)
        taken.append(drawn)
        page.context.close()
    return taken[0], taken[1]


def transferred(browser: Browser, server: Server) -> int:
    """Return the bytes over the wire from a cold cache to five seconds after the first pictogram."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    session = context.new_cdp_session(page)
    total = [0]
    session.on(
        "Network.loadingFinished", lambda event: total.__setitem__(0, total[0] + int(event["encodedDataLength"]))
    )
    session.send("Network.enable")
    page.goto(server.url)
    page.wait_for_selector(".ob-marker", state="attached")
    page.wait_for_timeout(3000)
    context.close()
    return total[0]
