/* Joins address, events and time: computes the view once per change and tells those who draw it; holds the selection. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }

  var TICK_MS = 20000; // ages of rows, heads of marches
  var store = new ob.store.Store();
  var painters = [], tickers = [];
  var timer = 0, frame = 0, lastView = null, lastRoads = null;
  var changed = null; // ids of the events that are others than in lastView; null: any may be
  var isStarted = false, isSeen = false; // whether lastView is of now
  var asked = null; // the address that decided lastView: another selection or place on the map asks the same of the events

  var live = ob.live = new ob.stream.Stream(store, {
    fetch: window.fetch.bind(window), EventSource: window.EventSource,
    channel: window.BroadcastChannel ? new BroadcastChannel("ob-live") : null,
    locks: navigator.locks || null,
    now: Date.now, random: Math.random,
    setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
    setInterval: window.setInterval.bind(window),
    isVisible: function () { return !document.hidden; }
  });

  // `cursor` is the moment of the time cursor in epoch seconds, null when live; `knownAt` that at which `store` was known, null
  // for the present one. `isMoving` while the cursor moves: what nobody can read at that speed waits until it rests.
  var screen = ob.screen = { store: store, state: ob.url.state(), cursor: null, knownAt: null, isMoving: false };

  var held = null; // {at, rows, roads, sources} while somebody holds the display still

  screen.isPaused = function () { return held !== null; };

  /** Holds what is shown still, or lets it follow again; what arrives meanwhile is kept. */
  screen.pause = function (wanted) {
    if (wanted === screen.isPaused()) { return; }
    held = wanted ? { at: screen.now(), rows: new Map(store.rows), roads: Array.from(store.roads.values()), sources: store.sources } : null;
    document.documentElement.dataset.paused = wanted ? "yes" : "no";
    screen.refresh();
  };

  /** Returns the server's present moment in epoch seconds; frozen at the loss of the connection or by hand. */
  screen.now = function () {
    if (held) { return held.at; }
    return live.state === "offline" && live.lostAt ? live.lostAt / 1000 + (live.clockOffset || 0) : live.now();
  };

  /** Returns the moment the screen shows: the cursor's, else that of what was known, else now. */
  screen.at = function () {
    return screen.cursor !== null ? screen.cursor : screen.knownAt !== null ? screen.knownAt : screen.now();
  };

  screen.isLive = function () { return screen.cursor === null && screen.knownAt === null; };

  /** Returns the moment up to which things happened, as far as the screen knows; later ones are planned. */
  screen.edge = function () { return screen.knownAt !== null ? screen.knownAt : screen.now(); };

  // What was withdrawn since belongs to the past alone: ahead of now nobody expects it.
  function rows() {
    var kept = screen.store, present = held && kept === store ? held.rows : kept.rows;
    if (screen.isLive() || screen.at() > screen.edge() || !kept.withdrawn.size) { return present; }
    return Array.from(present.values()).concat(Array.from(kept.withdrawn.values()));
  }

  /** Returns the roads with their states at t and the sources that vouch for them (none: the states are those of t). */
  screen.roads = function (t) {
    if (lastRoads && lastRoads.t === t) { return lastRoads; }
    var roads = held ? held.roads : Array.from(screen.store.roads.values());
    if (screen.isLive()) { return { t: t, roads: roads, sources: held ? held.sources : store.sources }; }
    var then = t > screen.edge() ? ob.past.roadsPlanned(roads, rows(), t, ob.view.phaseAt)
      : ob.past.roadsThen(roads, screen.store.past, t);
    return lastRoads = { t: t, roads: then, sources: [] };
  };

  function familyOf(category) {
    var found = ob.taxonomy.byCategory.get(category);
    return found ? found.family : "vie";
  }

  function districtCode(short) {
    var district = ob.boot.districts.find(function (one) { return one.short === short || String(one.number) === short; });
    return district ? district.code : short;
  }

  /** Returns the view of the present moment (see ob.view), computed at most once per change. */
  screen.view = function () {
    if (lastView && isSeen) { return lastView; }
    var t = screen.at(), isFollowed = lastView && changed && screen.isLive();
    asked = asked || screen.state;
    lastView = isFollowed ? ob.view.follow(lastView, changed, asked, known(t), t) : ob.view(asked, known(t), t);
    changed = new Set();
    isSeen = true;
    return lastView;
  };

  /**
   * Returns what the counters were at a past moment with the filters of now, null when that is not known: of events known by
   * then, at the severity they have now. `closed` and `jam` are null while no road had a state, the others before any event.
   */
  screen.countersThen = function (t) {
    var past = store.past;
    if (!past || t < past.from || t > past.to) { return null; }
    var then = Array.from(store.rows.values()).concat(Array.from(store.withdrawn.values())).filter(function (row) { return row["new"] <= t; });
    var roads = ob.past.roadsThen(Array.from(store.roads.values()), past, t);
    var found = ob.view.counters(screen.state, { rows: openOnly(then), roads: roads, sources: [], familyOf: familyOf, districtCode: districtCode,
      toEpoch: function (bound) { return ob.url.toEpoch(bound, t, ob.boot.timezone); } }, t);
    if (!then.length) { ["critical", "major", "moderate", "march"].forEach(function (key) { found[key] = null; }); }
    if (roads.every(function (road) { return road.st === "unknown"; })) { found.closed = found.jam = null; }
    return found;
  };

  // A wall hangs where anybody may look: restricted events only in the scene of a display that may show them.
  screen.showsRestricted = false;
  function openOnly(rows) {
    if (!screen.isWall() || screen.showsRestricted) { return rows; }
    var isOpen = function (row) { return row !== undefined && row.au !== "restricted"; };
    return {
      forEach: function (tell) { rows.forEach(function (row) { if (isOpen(row)) { tell(row); } }); },
      get: function (id) { return isOpen(rows.get(id)) ? rows.get(id) : undefined; }
    };
  }

  function known(t) {
    var traffic = screen.roads(t);
    return {
      rows: openOnly(rows()), roads: traffic.roads, sources: traffic.sources, familyOf: familyOf, districtCode: districtCode,
      toEpoch: function (bound) { return ob.url.toEpoch(bound, screen.now(), ob.boot.timezone); }
    };
  }

  /**
   * Calls `paint(view)` after each change, once per frame; and at once when there is something to show. While the cursor moves
   * it is called once in `pace` frames: text that nobody can read at that speed costs the map its frames.
   */
  screen.onView = function (paint, pace) {
    var painter = { paint: paint, pace: pace || 1, waited: 0 };
    painters.push(painter);
    ob.dom.whole(function () { if (isReady() && painters.indexOf(painter) >= 0) { paint(screen.view()); } });
    return function () { painters.splice(painters.indexOf(painter), 1); };
  };

  /** Calls `tick(now)` every second. */
  screen.onTick = function (tick) {
    tickers.push(tick);
    return function () { tickers.splice(tickers.indexOf(tick), 1); };
  };

  function isReady() { return isStarted && store.isLoaded; }
  screen.isReady = isReady;

  /**
   * Something changed: everything is drawn again at the next frame. `why` and `change` are as the stream tells them: a delta
   * changed the events it names, news of sources and a selection none, anything else may have changed all.
   */
  screen.refresh = function (why, change) {
    isSeen = false;
    lastRoads = null;
    if (why === "delta" && changed) {
      [].concat(change.added, change.updated, change.gone).forEach(function (id) { changed.add(id); });
    } else if (why !== "sources" && why !== "selection") { changed = null; }
    if (frame || !isReady()) { return; }
    if (!lastView) { paintAll(); return; } // the first picture need not wait for the next frame to be made
    frame = window.requestAnimationFrame(paintAll);
  };

  function paintAll() {
    frame = 0;
    var view = screen.view();
    painters.slice().forEach(function (painter) {
      if (screen.isMoving && ++painter.waited < painter.pace) { return; }
      painter.waited = 0;
      painter.paint(view);
    });
    schedule(view);
  }

  function schedule(view) {
    clearTimeout(timer);
    var wait = screen.isLive() ? view.slack * 1000 : Infinity;
    timer = setTimeout(screen.refresh, Math.max(1000, Math.min(TICK_MS, wait)));
  }

  function coverRange() {
    var now = live.now();
    var from = ob.url.toEpoch(screen.state.du, now, ob.boot.timezone), to = ob.url.toEpoch(screen.state.au, now, ob.boot.timezone);
    var at = screen.cursor !== null ? screen.cursor : now;
    live.cover(Math.min(from, at, now - 86400), Math.max(to, at, now + 7 * 86400));
  }

  // The screen shows a selection first: the address and the panel of Dash, each slower than the picture, come after it.
  var afterPicture = [];
  function later(tell) {
    if (afterPicture.push(tell) > 1) { return; }
    window.requestAnimationFrame(function () {
      setTimeout(function () { afterPicture.splice(0).forEach(function (one) { one(); }); }, 0);
    });
  }

  var unwritten = false; // a selection that the address does not tell yet

  /** Selects an event anywhere, or nothing: list and map at the next frame, then the address and the panel of Dash. */
  ob.select = function (id) {
    if ((id || null) === (screen.state.ev || null)) { sendSelection(id || null); return; } // asked again
    follow(Object.assign({}, screen.state, { ev: id || null }));
    if (unwritten) { return; }
    unwritten = true;
    later(function () {
      unwritten = false;
      ob.url.write({ ev: screen.state.ev });
    });
  };

  function sendSelection(id) {
    var row = id && screen.store.find(id);
    var api = window.dash_clientside;
    if (!api || !api.set_props || !document.getElementById("event-list")) { return; }
    api.set_props("selected-event", { data: id ? { id: id, v: row ? row.v : null } : null });
  }

  ob.mount("event-list", function () {
    if (screen.state.ev) { sendSelection(screen.state.ev); }
  });

  var hasNews = false; // of sources: drawn with the ages of the next second, in the one frame that these take

  live.on(function (kind, change) {
    var selected = screen.state.ev;
    if (kind === "delta" && selected && (change.conflicts || change.updated.indexOf(selected) >= 0 || change.gone.indexOf(selected) >= 0)) {
      sendSelection(selected);
    }
    if (kind === "state") { document.documentElement.dataset.live = change; }
    if (kind === "storage") {
      document.documentElement.dataset.storage = change;
      if (change === "ok" && selected) { sendSelection(selected); }
    }
    if (kind === "sources") { hasNews = true; } else if (!held) { screen.refresh(kind, change); }
  });

  // The wall is a page of its own: known from the address, so that nothing has to wait for it to be drawn.
  function markWall() {
    if (/\/mur\/?$/.test(window.location.pathname)) { document.documentElement.dataset.obScreen = "wall"; }
    else { delete document.documentElement.dataset.obScreen; }
  }
  markWall();
  screen.isWall = function () { return document.documentElement.dataset.obScreen === "wall"; };

  ob.url.onChange(function (state) {
    markWall();
    follow(unwritten ? Object.assign(state, { ev: screen.state.ev }) : state);
  });

  /** Shows another view than the address says, as a scene of the wall does; `search` is a query string. */
  screen.show = function (search) { follow(ob.url.read(search)); };

  function follow(state) {
    var before = screen.state;
    screen.state = state;
    screen.follow(state);
    if (state.ev !== before.ev) { later(function () { sendSelection(screen.state.ev); }); }
    if (isStarted) { coverRange(); }
    var isSame = asksSame(before, state);
    if (!isSame) { asked = state; }
    screen.refresh(isSame ? "selection" : undefined);
  }

  function asksSame(before, state) {
    return Object.keys(state).every(function (key) {
      return key === "ev" || key === "c" || JSON.stringify(state[key]) === JSON.stringify(before[key]);
    });
  }

  /** Takes the moments of the address over; ob-37-cursor.js knows how. */
  screen.follow = function () {};

  setInterval(function () {
    var now = live.now();
    if (hasNews && !held) { screen.refresh("sources"); }
    hasNews = false;
    tickers.slice().forEach(function (tick) { tick(now); });
  }, 1000);

  window.addEventListener("online", function () { live.retryNow(); });
  window.addEventListener("offline", function () { live.lose(); });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) { return; }
    live.retryNow();
    screen.refresh();
  });

  document.documentElement.dataset.live = live.state;
  // Once every script is here: the cursor of the address asks for a range of its own.
  screen.start = function () {
    screen.follow(screen.state);
    coverRange();
    live.start();
    ob.ready.then(function () {
      isStarted = true;
      screen.refresh();
    });
  };
})(typeof window === "undefined" ? globalThis : window);
