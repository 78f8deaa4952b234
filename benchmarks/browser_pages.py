"""Three pages with the same points in one real browser: ours, the usual Dash way, Leaflet alone; what each is asked."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = Path("/usr/bin/chromium")
LEAFLET = ROOT / "node_modules" / "leaflet" / "dist"
BARE = ROOT / "tests" / "browser" / "pages" / "bare.html"
_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_SIZE = {"width": 1920, "height": 1080}
# From before the page's own scripts on: the frame after the one in which the sign of a drawn map was there.
_WATCH = """sign => { const look = () => {
  const isThere = sign === 'drawnAt' ? window.drawnAt : document.querySelector(sign);
  if (isThere) { requestAnimationFrame(() => { window.__opened = performance.now(); }); }
  else { requestAnimationFrame(look); }
}; requestAnimationFrame(look); }"""
_FRAMES = """() => { window.__frames = []; let last = performance.now(); const tick = (now) => {
  if (!window.__frames) { return; }
  window.__frames.push(now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""
_STOP = (
    "() => { const all = window.__frames; window.__frames = null; return all.reduce((a, b) => a + b, 0) / all.length; }"
)
_TWO_FRAMES = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
# [longitude, latitude, severity, facts]: what our page knows of each event on the map, which its list and filters use.
SHOWN = """ob.screen.view().shown.filter((row) => row.ll).map((row) => [...row.ll, row.sev, JSON.stringify({ id: row.id,
  number: row.no, version: row.v, source: row.src, organisation: row.org, category: row.cat, severity: row.sev,
  status: row.st, information_status: row.info, title: row.ti, place: row.pl, districts: row.ds, periods: row.pe,
  geometry_precision: row.pr, updated: row.up, changed: row.at, audience: row.au })])"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A page: `sign` is there once its map is drawn; `filter`, given a severity, returns the milliseconds until redrawn."""

    name: str
    sign: str
    filter: str


OURS = Kind("ours", ".ob-marker, .ob-cluster", """async (least) => { const began = performance.now();
  ob.url.write({ grav: String(least) }, { push: true }); TWO_FRAMES
  return performance.now() - began; }""".replace("TWO_FRAMES", _TWO_FRAMES))  # fmt: skip
# Markers come and go after the answer: the last of these changes, seen to be the last when five frames brought none.
USUAL = Kind("the usual Dash way", ".leaflet-marker-pane > *", """async (least) => { const began = performance.now();
  let last = 0, quiet = 0;
  const watch = new MutationObserver(() => { last = performance.now(); quiet = 0; });
  watch.observe(document.querySelector('.leaflet-marker-pane'), { childList: true });
  dash_clientside.set_props('severity', { value: least });
  while (quiet < 5) { await new Promise(requestAnimationFrame); if (last) { quiet++; } }
  watch.disconnect();
  return last - began + 17; }""")  # fmt: skip
ALONE = Kind("bare Leaflet", "drawnAt", """async (least) => { const began = performance.now();
  window.bareFilter(least); TWO_FRAMES
  return performance.now() - began; }""".replace("TWO_FRAMES", _TWO_FRAMES))  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser of its own."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


def open_page(browser: Browser, kind: Kind, address: str) -> tuple[Page, float]:
    """Open an address with a cold cache; return the page and the milliseconds from its start until its map is drawn."""
    context = browser.new_context(viewport=_SIZE)  # type: ignore[arg-type]
    context.add_init_script(f"({_WATCH})({json.dumps(kind.sign)})")
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => window.__opened", polling=50, timeout=60_000)
    return page, float(page.evaluate("window.__opened"))


def drag(page: Page) -> float:
    """Drag the map to and fro; return the mean milliseconds of a frame while it moves."""
    page.mouse.move(1000, 620)
    page.evaluate(_FRAMES)
    for turn in range(4):
        page.mouse.down()
        for step in range(1, 25):
            page.mouse.move(1000 + (step if turn % 2 else -step) * 12, 620 + step * 3)
        page.mouse.up()
        page.mouse.move(1000, 620)
    return float(page.evaluate(_STOP))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


@contextmanager
def bare_page(folder: str, shown: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Serve Leaflet alone with these points; give its address."""
    for name in ("leaflet.js", "leaflet.css"):
        shutil.copy(LEAFLET / name, Path(folder, name))
    shutil.copy(BARE, Path(folder, "index.html"))
    Path(folder, "points.json").write_text(json.dumps([row[:3] for row in shown]))
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@contextmanager
def usual_page(folder: str, shown: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Serve the usual Dash page over these events; give its address."""
    path = Path(folder, "usual.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE event (lon, lat, severity, facts)")
        connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", shown)
        connection.commit()
    command = [sys.executable, "-m", "benchmarks.usual_dash", str(path)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline().partition('=')[2])}/"
    finally:
        process.stdin.close()
        process.wait(timeout=10)


def main_thread_ms(session: Any) -> float:
    """Return the milliseconds of processor that a page's main thread has used (of a session from `watch_processor`)."""
    metrics: Sequence[Mapping[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return next(1000 * float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def watch_processor(page: Page) -> Any:
    """Return a session whose clock is the main thread's own: what other programs use of the machine is not in it."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    session.send("Performance.enable")
    return session
