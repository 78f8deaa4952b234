"""A day of a wall at speed: the page's clock is ours, and so is the stream, which tells of events that come, change and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

LOOK_MS = 360_000  # of scenes of a minute: each look meets the next one
LOOKS = 5  # in half an hour
CUT_MS, BACK_MS = 600_000, 120_000
SECRET = "Zébulon"  # short enough to be said in full by every panel

# Installed before the page's scripts: a stream that says nothing unless it is told to, and nothing at all while it is cut.
STREAM = """
window.__missed = 0;
window.EventSource = class {
  constructor() {
    this.told = {};
    window.__source = this;
    setTimeout(() => { const told = window.__isCut ? this.onerror : this.onopen; if (told) { told(); } }, 0);
  }
  addEventListener(kind, tell) { (this.told[kind] = this.told[kind] || []).push(tell); }
  close() { this.isClosed = true; }
  emit(kind, message) {
    if (this.isClosed || window.__isCut) { window.__missed += kind === 'delta'; return; }
    (this.told[kind] || []).forEach((tell) => tell({ data: JSON.stringify(message) }));
  }
};
"""
# A clock of ours: it goes at the pace of the real one, and `__play(ms)` takes it forward. Playwright's own waits a real moment after each of
# a day's three hundred thousand timers.
CLOCK = """
(() => {
  const RealDate = Date, every = window.setInterval.bind(window), timers = new Map(), channel = new MessageChannel();
  let now = RealDate.now(), ahead = 0, next = 1, isPlaying = false;
  window.Date = class extends RealDate {
    constructor(...parts) { if (parts.length) { super(...parts); } else { super(now); } }
    static now() { return now; }
  };
  function add(call, wait, again, told) {
    timers.set(next, { at: now + Math.max(1, +wait || 0), call, again, told });
    return next++;
  }
  window.setTimeout = (call, wait, ...told) => add(call, wait, 0, told);
  window.setInterval = (call, wait, ...told) => add(call, wait, Math.max(1, +wait || 0), told);
  window.clearTimeout = window.clearInterval = window.cancelAnimationFrame = (id) => { timers.delete(id); };
  window.requestAnimationFrame = (call) => add(() => call(now), 16, 0, []);
  function due(until) {
    let first = 0, at = Infinity;
    timers.forEach((timer, id) => { if (timer.at <= until && timer.at < at) { first = id; at = timer.at; } });
    return first;
  }
  function fire(id) {
    const timer = timers.get(id);
    now = Math.max(now, timer.at);
    if (timer.again) { timer.at = now + timer.again; } else { timers.delete(id); }
    timer.call(...timer.told);
  }
  every(() => {
    const until = RealDate.now() + ahead;
    for (let id; !isPlaying && (id = due(until));) { fire(id); }
    if (!isPlaying) { now = Math.max(now, until); }
  }, 5);
  window.__play = async (ms) => {
    isPlaying = true;
    const until = now + ms;
    let breath = now;
    for (let id; (id = due(until));) {
      fire(id);
      await null;
      await null;
      if (now - breath > 5000) { // what is no timer, such as an answer of the server, has its turn
        breath = now;
        await new Promise((go) => { channel.port1.onmessage = go; channel.port2.postMessage(0); });
      }
    }
    now = until;
    ahead = now - RealDate.now();
    isPlaying = false;
  };
})();
"""
# Pings every ten seconds; every minute one event comes, three change, an old one goes, roads change, sources speak. Of half an
# hour's events one is restricted.
DAY = """(secret) => {
  const store = ob.screen.store, live = ob.live, states = ['free', 'slow', 'congested', 'closed', 'unknown'];
  const seen = window.__day = { scenes: new Set(), n: 0 };
  const [hours, minutes] = ob.clock.time(live.now()).split(':').map(Number);
  live.clockOffset += ((220 - hours * 60 - minutes + 1440) % 1440) * 60; // it is 03:40: night, a reload and a day are ahead
  live.cover = () => {}; // a snapshot would bring the server's own time back
  const now = () => Math.floor(live.now());
  const models = [...store.rows.values()].filter((row) => row.ll).slice(0, 12).map((row) => ({ ...row }));
  const plain = ({ slot, folded, ...row }) => row;
  ob.wall.onScene((scene) => seen.scenes.add(scene.template));
  setInterval(() => window.__source.emit('ping', { ts: now() * 1000, seq: store.seq }), 10000);
  setInterval(() => {
    const t = now(), n = ++seen.n, model = models[n % models.length];
    const isCritical = n % 360 > 350; // ten minutes out of six hours
    const come = { ...plain(model), id: 'day-' + n, no: 100000 + n, v: 1, rt: null, sev: isCritical ? 4 : 1 + n % 3,
      ti: 'Essai ' + n, pe: [[t, t + 1500]], at: t, up: t, new: t };
    const known = [...store.rows.values()];
    const changed = known.filter((row, i) => (i + n) % Math.ceil(known.length / 3) === 0 || n === 1 && row.sev === 4)
      .map((row) => ({ ...plain(row), v: row.v + 1, at: t, sev: row.au === 'restricted' ? row.sev : Math.min(3, row.sev),
        pe: row.id.startsWith('day-') ? row.pe : [[t - 1800, t + 7200]],
        rt: row.rt && row.rt.map((point, i) => ({ ...point, t: t - 1200 + i * 900, o: i < 2 ? t - 1200 + i * 900 : null })) }));
    const isSecret = n % 30 === 7;
    if (isSecret) { Object.assign(come, { au: 'restricted', ti: secret, pl: secret, sev: 4 }); }
    const gone = known.filter((row) => row.id.startsWith('day-') && row.pe[0][1] < t - 600).map((row) => row.id);
    const roads = [...store.roads.values()].slice(0, 12).map((road, i) => ({ ...road, at: t, st: states[(i + n) % 5] }));
    window.__source.emit('delta', { ts: t * 1000, seq: store.seq + 1, mark: '', events: [come, ...changed], gone, roads });
    const sources = store.sources.map((source, i) => ({ ...source, at: t, ok: t, state: (i + n) % 20 ? 'ok' : 'failing' }));
    window.__source.emit('sources', { ts: t * 1000, sources });
  }, 60000);
}"""


# Where a restricted event shows, and whether there is one to show.
SHOWN = """(secret) => {
  const rows = [...ob.screen.store.rows.values()].filter((row) => row.ti === secret), found = [];
  if (document.body.innerText.includes(secret)) { found.push('text'); }
  if (ob.map.markers && ob.map.markers.singles.some((row) => row.ti === secret)) { found.push('map'); }
  if (rows.some((row) => ob.screen.view().phases.has(row.id))) { found.push('view'); }
  return { isThere: rows.length > 0, found, scene: document.documentElement.dataset.obTemplate };
}"""


@dataclass(frozen=True, kw_only=True)
class PlayedDay:
    """What a played day left: growth between the end of its first half-hour and its last one.

    `deltas` counts those that came and those that a cut network took; `cut` is what the wall said during and after the cut.
    `secrets` counts the looks while a restricted event was kept, `shown` where it was seen.
    """

    hours: float
    grown_mb: float
    grown_nodes: int
    grown_listeners: int
    deltas: int
    scenes: int
    nights: frozenset[str]
    sides: frozenset[str]
    smallest: tuple[object, ...]
    looked: frozenset[str]
    secrets: int
    shown: frozenset[str]
    cut: tuple[str, str]


def play_a_day(page: Page, *, hours: float, small: str) -> PlayedDay:
    """Load the wall anew under a clock of ours, at 03:40, and play half an hour, then `hours` more.

    `small` is the script that finds texts which are too small.
    """
    page.add_init_script(CLOCK + STREAM)
    page.reload()
    page.wait_for_function(
        "() => document.documentElement.dataset.obTemplate && ob.screen.isReady() && window.__source"
    )
    page.route("**/mur*", lambda route: route.abort())  # at 04:10 the page would begin anew: it is refused and goes on
    page.evaluate(DAY, SECRET)
    go(page, LOOKS * LOOK_MS)
    before, deltas = memory(page), told(page)
    nights, sides, looked, shown, smallest, secrets = set(), set(), set(), set(), [], 0
    cut = ("", "")
    for half_hour in range(round(2 * hours)):
        for _ in range(LOOKS):
            go(page, LOOK_MS)
            state = page.evaluate("({ ...document.documentElement.dataset })")
            nights.add(state["obNight"])
            sides.add(state["obSide"])
            smallest += page.evaluate(small)["found"]
            secret = page.evaluate(SHOWN, SECRET)
            looked.add(secret["scene"])
            shown.update(secret["found"])
            secrets += secret["isThere"]
        if half_hour == round(hours) - 1:
            cut = cut_network(page)
    after = memory(page)
    return PlayedDay(
        hours=hours,
        grown_mb=after["heap"] - before["heap"],
        grown_nodes=after["Nodes"] - before["Nodes"],
        grown_listeners=after["JSEventListeners"] - before["JSEventListeners"],
        deltas=told(page) - deltas,
        scenes=page.evaluate("window.__day.scenes.size"),
        nights=frozenset(nights),
        sides=frozenset(sides),
        smallest=tuple(smallest),
        looked=frozenset(looked),
        secrets=secrets,
        shown=frozenset(shown),
        cut=cut,
    )


def go(page: Page, ms: int) -> None:
    """Take the page's clock forward."""
    page.evaluate("(ms) => window.__play(ms)", ms)


def told(page: Page) -> int:
    """Return how many deltas the stream sent, those that a cut took included."""
    return int(page.evaluate("ob.live.stats.deltas + window.__missed"))


def cut_network(page: Page) -> tuple[str, str]:
    """Cut the network for ten minutes; return what the wall said at their end, and how it was two minutes later."""
    page.context.set_offline(True)
    page.evaluate("() => { window.__isCut = true; window.__source.onerror(); }")
    go(page, CUT_MS)
    said = " ".join(page.locator(".ob-wall-frozen").all_inner_texts())
    page.context.set_offline(False)
    page.evaluate("() => { window.__isCut = false; }")
    go(page, BACK_MS)
    return said, str(page.evaluate("document.documentElement.dataset.live"))


def memory(page: Page) -> dict[str, Any]:
    """Return what a page holds after a forced collection: `heap` in MB, Nodes, JSEventListeners."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return {
        "heap": metrics["JSHeapUsedSize"] / 1e6,
        "Nodes": int(metrics["Nodes"]),
        "JSEventListeners": int(metrics["JSEventListeners"]),
    }
