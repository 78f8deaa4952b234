"""10,000 events beside a bare Leaflet page with the same points, in the same run: ratios, not milliseconds."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import statistics
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.house import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.slow]

EVENTS = 10_000
FRAMES = """() => {
  window.__frames = [];
  let last = performance.now();
  const tick = (now) => { window.__frames.push(now - last); last = now; if (window.__frames) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""
STOP = """() => {
  const frames = window.__frames;
  window.__frames = null;
  return 1000 * frames.length / frames.reduce((sum, value) => sum + value, 0);
}"""
REDRAW = """
async (least) => {
  const start = performance.now();
  ob.url.write({ grav: least }, { push: true });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""
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
FIRST = """
() => new Promise((done) => {
  const look = () => document.querySelector('.ob-marker') ? done(performance.now()) : requestAnimationFrame(look);
  look();
})
"""


@pytest.fixture(scope="module")
def loaded(start_house: Callable[..., Server]) -> Server:
    return start_house(events=EVENTS)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the bare page without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


@pytest.fixture(scope="module")
def bare(loaded: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bare")
    for name in ("leaflet.js", "leaflet.css"):
        shutil.copy(ROOT / "node_modules" / "leaflet" / "dist" / name, folder / name)
    shutil.copy(Path(__file__).parent / "pages" / "bare.html", folder / "index.html")
    events = loaded.json("/api/snapshot")["events"]
    assert isinstance(events, dict)
    (folder / "points.json").write_text(json.dumps([point for point in events["ll"] if point]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def pan(page: Page) -> float:
    """Drag the map to and fro by hand; return the mean number of frames a second while it moves."""
    page.mouse.move(1000, 620)
    page.evaluate(FRAMES)
    for turn in range(4):
        page.mouse.down()
        for step in range(1, 25):
            page.mouse.move(1000 + (step if turn % 2 else -step) * 12, 620 + step * 3)
        page.mouse.up()
        page.mouse.move(1000, 620)
    return float(page.evaluate(STOP))


def open_bare(browser: object, address: str) -> tuple[Page, float]:
    page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()  # type: ignore[attr-defined]
    page.goto(address)
    page.wait_for_function("() => window.drawnAt")
    return page, float(page.evaluate("window.drawnAt"))


def test_opening_panning_filtering_and_bytes(
    browser, loaded: Server, bare: str, open_page: Callable, artefacts: Path
) -> None:
    ours, theirs = [], []
    for _ in range(3):
        page, drawn = open_bare(browser, bare)
        theirs.append(drawn)
        page.context.close()
        watched = open_page("/", server=loaded)
        ours.append(float(watched.page.evaluate(FIRST)))
    page, _ = open_bare(browser, bare + "?empty")
    empty_frames = pan(page)
    page.context.close()
    watched.page.wait_for_timeout(1500)
    watched.page.screenshot(path=artefacts / "operations-10000.png")
    assert watched.page.evaluate(CRITICALS) >= 1
    assert watched.page.evaluate(HIDDEN_CRITICALS) == 0, "a cluster hides a critical event"
    frames = pan(watched.page)
    watched.page.wait_for_timeout(1000)
    redraws = [float(watched.page.evaluate(REDRAW, least)) for least in ("3", None, "2", None, "3")]
    redraw = statistics.median(redraws)
    received = transferred(browser, loaded)
    report = {
        "first_ms": ours, "bare_ms": theirs, "frames": frames, "empty_frames": empty_frames, "filter_ms": redraws, "bytes": received,
    }  # fmt: skip
    (artefacts / "load.json").write_text(json.dumps(report, indent=1))
    # The goal is twice the bare page; milliseconds of a shared machine fail the build above three times their budget.
    assert statistics.median(ours) <= 3 * 2 * statistics.median(theirs), report
    assert frames >= empty_frames / 2, report
    assert redraw <= 3 * 150, report
    assert received <= 900_000, report


def transferred(browser: object, server: Server) -> int:
    """Return the bytes over the wire from a cold cache to five seconds after the first pictogram."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})  # type: ignore[attr-defined]
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
