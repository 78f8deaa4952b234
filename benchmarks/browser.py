"""A real browser: open, filter and pan beside Leaflet alone and the usual Dash way; a change on its way to the map."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.browser_pages import (
    ALONE,
    CHROMIUM,
    LEAFLET,
    OURS,
    SHOWN,
    USUAL,
    Kind,
    bare_page,
    chromium,
    drag,
    main_thread_ms,
    open_page,
    usual_page,
    watch_processor,
)  # fmt: skip
from benchmarks.rows import Row, percentile
from benchmarks.streams import change, served

FILTER_MS = 150.0
TASK_MS = 25.0
PACE_MS = 1500  # of a change and of a rest: the news of its source, drawn with the ages of the next second, are in the same one
LARGE = 10_000
REPETITIONS = 5  # each page is opened anew, in turns: one slow start of a browser must not decide
LCP_MS, REDRAW_MS = 2500.0, 100.0  # what the design asks with as many events in the range
DESIGNED = 1000
_PAINTED = """new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.__painted = entry.startTime; }))
  .observe({ type: 'largest-contentful-paint', buffered: true });"""
_SELECT = """async () => { const rows = ob.screen.view().shown.filter((row) => row.ll), began = performance.now();
  ob.select(rows[Math.floor(Math.random() * rows.length)].id);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - began; }"""
# Each number of change with the milliseconds since 1970 at which the frame after the one that drew it began.
_DRAWN = """() => { window.__drawn = []; let known = ob.screen.store.seq;
  const look = () => {
    const number = ob.screen.store.seq;
    if (number > known) { requestAnimationFrame((now) => { window.__drawn.push([number, performance.timeOrigin + now]); }); }
    known = number;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look); }"""


def measure(quick: bool) -> Sequence[Row]:
    """Return the rows of every number of events, then those of a change."""
    missing = [str(path) for path in (CHROMIUM, LEAFLET) if not path.exists()]
    if missing:
        return [Row(what="a real browser", ours=None, unit="ms", note=f"{missing[0]} is not installed (make tools)")]
    rows: list[Row] = []
    with chromium() as browser:
        for count in (200,) if quick else (1000, LARGE):
            with served("ours", str(count)) as (process, port):
                address = f"http://127.0.0.1:{port}/"
                rows += _beside(browser, address, count, repetitions=1 if quick else REPETITIONS)
                rows += _changes(browser, address, process, count, changes=3 if quick else 20)
    return rows


def _beside(browser: Browser, address: str, count: int, repetitions: int) -> list[Row]:
    page, _ = open_page(browser, OURS, address)
    shown = page.evaluate(SHOWN)
    page.context.close()
    with TemporaryDirectory() as folder, bare_page(folder, shown) as bare, usual_page(folder, shown) as usual:
        taken = _in_turns(browser, ((OURS, address), (USUAL, usual), (ALONE, bare)), repetitions)
        empty = _drag_empty(browser, bare, repetitions)
    designed = _designed(browser, address, taken, repetitions) if count == DESIGNED else []
    what, is_large = f"{count:,} events, {len(shown):,} of them on the map", count == LARGE
    return [
        *designed,
        *_compared(f"{what}: open, until drawn", taken, "open", repetitions,
                   {USUAL.name: 0.6 if is_large else None, ALONE.name: 1.8 if is_large else None}),
        *_compared(f"{what}: filter by severity, until drawn", taken, "filter", repetitions, {},
                   most=FILTER_MS if is_large else None),
        Row(what=f"{what}: a frame while the map is dragged", ours=taken[OURS.name]["drag"], floor=empty, unit="ms",
            beside="bare Leaflet, empty", most_ratio=2.0, repetitions=repetitions,
            note=f"with the points: {USUAL.name} {taken[USUAL.name]['drag']:.1f} ms, {ALONE.name} "
            f"{taken[ALONE.name]['drag']:.1f} ms"),
    ]  # fmt: skip


def _designed(browser: Browser, address: str, taken: dict[str, dict[str, float]], repetitions: int) -> list[Row]:
    painted, selected = [], []
    for _ in range(repetitions):
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        context.add_init_script(_PAINTED)
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(OURS.sign, state="attached")
        page.wait_for_timeout(3000)
        painted.append(float(page.evaluate("window.__painted")))
        for _ in range(5):
            selected.append(float(page.evaluate(_SELECT)))
            page.wait_for_timeout(400)
        context.close()
    what, said = f"{DESIGNED:,} events", {"unit": "ms", "repetitions": repetitions}
    return [
        Row(what=f"{what}: largest contentful paint, cold", ours=median(painted), most=LCP_MS, **said),
        Row(what=f"{what}: redraw after a filter", ours=taken[OURS.name]["filter"], most=REDRAW_MS, **said),
        Row(what=f"{what}: redraw after a selection", ours=median(selected), most=REDRAW_MS, **said),
    ]


def _in_turns(browser: Browser, pages: Sequence[tuple[Kind, str]], repetitions: int) -> dict[str, dict[str, float]]:
    taken: dict[str, dict[str, list[float]]] = {kind.name: {} for kind, _ in pages}
    for _ in range(repetitions):
        for kind, address in pages:
            page, opened = open_page(browser, kind, address)
            page.wait_for_timeout(2000)
            found = taken[kind.name]
            found.setdefault("drag", []).append(drag(page))
            page.wait_for_timeout(500)
            for least in (3, 0, 2):
                found.setdefault("filter", []).append(float(page.evaluate(kind.filter, least)))
                page.wait_for_timeout(300)
            found.setdefault("open", []).append(opened)
            page.context.close()
    return {name: {what: median(values) for what, values in found.items()} for name, found in taken.items()}


def _drag_empty(browser: Browser, address: str, repetitions: int) -> float:
    page, _ = open_page(browser, ALONE, address + "?empty")
    values = [drag(page) for _ in range(repetitions)]
    page.context.close()
    return median(values)


def _compared(
    what: str, taken: dict[str, dict[str, float]], figure: str, repetitions: int, ratios: dict[str, float | None],
    most: float | None = None,
) -> list[Row]:  # fmt: skip
    return [
        Row(what=what, ours=taken[OURS.name][figure], unit="ms", beside=other.name, floor=taken[other.name][figure],
            most_ratio=ratios.get(other.name), most=most, repetitions=repetitions)
        for other in (USUAL, ALONE)
    ]  # fmt: skip


def _changes(
    browser: Browser, address: str, process: subprocess.Popen[str], count: int, changes: int
) -> list[Row]:  # fmt: skip
    page, _ = open_page(browser, OURS, address)
    page.wait_for_function("() => document.documentElement.dataset.live === 'live'")
    page.wait_for_timeout(3000)
    page.evaluate(_DRAWN)
    delays = [_until_drawn(page, process) for _ in range(changes)]
    busy = _busy_ms(page, process, changes)
    page.context.close()
    said: dict[str, Any] = {"unit": "ms", "repetitions": changes}
    what = f"{count:,} events, five of them changed"
    return [
        Row(what=f"{what}: stored to a real browser's map, p50", ours=percentile(delays, 0.5), **said),
        Row(what=f"{what}: stored to a real browser's map, p99", ours=percentile(delays, 0.99), **said),
        Row(what=f"{what}: the page's main thread", ours=busy, most=TASK_MS, **said,
            note="processor time of the thread, less what it uses in as long without a change"),
    ]  # fmt: skip


def _until_drawn(page: Page, process: subprocess.Popen[str]) -> float:
    to_epoch_ns = time.time_ns() - time.monotonic_ns()
    stored, last = change(process)
    found = page.wait_for_function(
        "last => (window.__drawn.find((one) => one[0] >= last) || [])[1]", arg=last, timeout=20_000
    )
    page.wait_for_timeout(200)
    return float(found.json_value()) - (stored + to_epoch_ns) / 1e6


def _busy_ms(page: Page, process: subprocess.Popen[str], changes: int) -> float:
    """Return the milliseconds of main thread that a change costs: a while with one beside a while without."""
    session = watch_processor(page)
    page.wait_for_timeout(PACE_MS)
    marks = [main_thread_ms(session)]
    for turn in range(2 * changes):
        if turn % 2:
            change(process)
        page.wait_for_timeout(PACE_MS)
        marks.append(main_thread_ms(session))
    spent = [after - before for before, after in pairwise(marks)]
    return median(spent[1::2]) - median(spent[0::2])
