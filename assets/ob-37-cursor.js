/* The time cursor: moves the whole screen in the browser, writes itself to the address when it rests, asks for the past once. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }

  var WRITE_MS = 400, REST_MS = 160;
  var STALE_S = 60, AGAIN_MS = 30000, RETRY_MS = 5000;
  var screen = ob.screen, present = screen.store, live = ob.live;
  var written = null, writer = 0, rest = 0;
  var notBefore = 0, isAsking = false, isStale = false, known = null;

  function minute(t) { return Math.round(t / 60) * 60; }
  function local(t) { return ob.url.toLocal(t, ob.boot.timezone); }

  /** Puts the cursor at a moment (epoch seconds, to the minute), or back to live (null); the picture follows at the next frame. */
  screen.moveTo = function (t) {
    var next = t === null ? null : minute(t);
    if (next === screen.cursor) { return; }
    screen.cursor = next;
    screen.isMoving = next !== null;
    clearTimeout(rest);
    rest = setTimeout(settle, REST_MS);
    clearTimeout(writer);
    if (next === null) { write(); } else { writer = setTimeout(write, WRITE_MS); if (!present.past) { askPast(next); } }
    screen.refresh();
  };

  function settle() {
    screen.isMoving = false;
    if (screen.cursor !== null) { askPast(screen.cursor); } // never on the way: only where it rests
    screen.refresh();
  }

  function write() {
    written = screen.cursor === null ? null : local(screen.cursor);
    ob.url.write({ t: written });
  }

  /** Returns to the present moment and to what is known now. */
  ob.backToLive = function () {
    screen.moveTo(null);
    ob.url.write({ t: null, connu: null });
  };

  /* What happened: asked once when the cursor first leaves the present, again when what happened since is looked at ------ */

  function isKnown(t) {
    var past = present.past;
    return past && !isStale && t >= past.from && (t <= past.to || live.now() - past.to < STALE_S);
  }

  function fetchPast(t) {
    var from = Math.floor(t / 3600) * 3600;
    isStale = false;
    return fetch("/api/past?from=" + from).then(read).then(function (answer) {
      present.remember(answer);
      return present.past;
    });
  }

  /** Returns a promise of the past (ob.past.Past) from a moment until now; of what was known then, while that is shown. */
  screen.pastFrom = function (t) {
    if (screen.knownAt !== null) { return Promise.resolve(screen.store.past); }
    return isKnown(t) && live.now() - present.past.to < STALE_S ? Promise.resolve(present.past) : fetchPast(t);
  };

  function askPast(t) {
    if (screen.knownAt !== null || t > live.now() || isAsking || Date.now() < notBefore || isKnown(t)) { return; }
    isAsking = true;
    fetchPast(Math.min(t, live.now() - 24 * 3600)).then(function () {
      notBefore = Date.now() + (t < present.past.from ? RETRY_MS : AGAIN_MS);
      document.documentElement.dataset.past = "known";
    }).catch(function () {
      notBefore = Date.now() + RETRY_MS;
      document.documentElement.dataset.past = "missing"; // roads of then are said to be not measured, and asked again
    }).then(function () {
      isAsking = false;
      screen.refresh();
    });
  }

  function read(answer) {
    if (!answer.ok) { throw new Error("HTTP " + answer.status); }
    return answer.json();
  }

  /* What was known: another set of events, of a moment ------------------------------------------------------------------ */

  /** Where the question stands: "" (none or answered), `waiting`, `refused` or `failed`. */
  screen.question = "";

  /** Asks the server what was known at a moment, and shows that; null: what is known now. */
  screen.ask = function (t) { ob.url.write({ connu: t === null ? null : local(t) }, { push: true }); };

  function follow(moment) {
    if (moment === (known && known.moment)) { return; }
    known = moment ? { moment: moment } : null;
    screen.question = moment ? "waiting" : "";
    if (!moment) { show(present, null); return; }
    var mine = known, at = ob.url.toEpoch(moment, live.now(), ob.boot.timezone);
    fetch("/api/snapshot?known_at=" + at).then(function (answer) {
      if (answer.status === 401 || answer.status === 403) { return null; }
      return read(answer);
    }).then(function (snapshot) {
      if (mine !== known) { return; }
      screen.question = snapshot ? "" : "refused";
      if (snapshot) { show(storeOf(snapshot), at); } else { show(present, null); }
    }).catch(function () {
      if (mine !== known) { return; }
      screen.question = "failed";
      show(present, null);
    });
  }

  function storeOf(snapshot) {
    var then = new ob.store.Store();
    then.load(snapshot);
    then.remember(snapshot.past);
    // How the sources are doing is a question of now.
    Object.defineProperty(then, "sources", { get: function () { return present.sources; } });
    return then;
  }

  function show(store, at) {
    screen.store = store;
    screen.knownAt = at;
    screen.refresh();
  }

  screen.follow = function (state) {
    if (state.t !== written) {
      written = state.t;
      clearTimeout(writer);
      screen.cursor = state.t ? ob.url.toEpoch(state.t, live.now(), ob.boot.timezone) : null;
      if (screen.cursor !== null && present.isLoaded) { askPast(screen.cursor); }
    }
    follow(state.connu);
  };

  live.on(function (kind, change) {
    if (kind === "snapshot" && screen.cursor !== null) { askPast(screen.cursor); }
    if (kind === "delta" && change.gone.length) { isStale = true; } // what was withdrawn belongs to the past now
  });

  if (ob.boot) { screen.start(); }
})(typeof window === "undefined" ? globalThis : window);
