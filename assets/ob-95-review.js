/* What changed since the last look: counted, listed field by field, marked as seen; events that somebody follows. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MOVED_S = 600; // a time that moves by less is no news
  var REST_MS = 2000;

  /** Returns what is kept of an event at a look: severity, status, period, place, signature of the route. */
  function keptOf(row, t) {
    var period = ob.view.periodAt(row, t) || [0, 0];
    return [row.sev, row.st, period[0], period[1], row.pl || "", routeOf(row)];
  }

  function routeOf(row) { return row.rt ? row.rt.map(function (point) { return point.l + "@" + point.p; }).join(";") : ""; }

  /** Returns a look at these rows: `at`, and per event not ended what it was. */
  function look(rows, t) {
    var known = {};
    rows.forEach(function (row) {
      var phase = ob.view.phaseAt(row, t);
      if (row.st !== "draft" && (phase === "ongoing" || phase === "planned")) { known[row.id] = keptOf(row, t); }
    });
    return { at: t, rows: known };
  }

  function hasMoved(before, after) {
    return (before === null) !== (after === null) || before !== null && Math.abs(before - after) > MOVED_S;
  }

  /** Returns the differences that count between an event at the last look and now: [{field, old, now}]. */
  function differences(kept, row, at) {
    var now = keptOf(row, at), found = [];
    if (kept[0] !== now[0]) { found.push({ field: "severity", old: kept[0], now: now[0] }); }
    if (kept[1] !== now[1]) { found.push({ field: "status", old: kept[1], now: now[1] }); }
    if (hasMoved(kept[2], now[2])) { found.push({ field: "start", old: kept[2], now: now[2] }); }
    if (hasMoved(kept[3], now[3])) { found.push({ field: "end", old: kept[3], now: now[3] }); }
    if (kept[4] !== now[4]) { found.push({ field: "place", old: kept[4], now: now[4] }); }
    if (kept[5] !== now[5]) { found.push({ field: "route", old: "", now: "" }); }
    return found;
  }

  /**
   * Returns what counts as a change since a look, most severe first: [{row, kind, differences}], `kind` created, closed,
   * cancelled or changed. A corrected text or a new picture is none.
   */
  function changes(before, rows, t) {
    var found = [];
    rows.forEach(function (row) {
      if (row.st === "draft") { return; }
      var kept = before.rows[row.id], phase = ob.view.phaseAt(row, t);
      if (!kept) {
        if (row["new"] > before.at && phase !== "ended") { found.push({ row: row, kind: "created", differences: [] }); }
        return;
      }
      if (phase === "cancelled" || phase === "ended") {
        found.push({ row: row, kind: phase === "ended" ? "closed" : "cancelled", differences: [] });
        return;
      }
      var moved = differences(kept, row, before.at);
      if (moved.length) { found.push({ row: row, kind: "changed", differences: moved }); }
    });
    return found.sort(function (a, b) { return b.row.sev - a.row.sev || b.row.at - a.row.at; });
  }

  ob.review = { look: look, changes: changes, differences: differences };
  if (typeof module === "object" && module.exports) { module.exports = ob.review; }
  if (typeof document === "undefined") { return; }

  var last = null, found = [], byId = new Map(), listeners = [], timer = 0;

  function stored(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return null; }
  }

  function store(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); }
    catch (error) { document.documentElement.dataset.kept = "no"; } // as long as the page is open
  }

  // Each account has a look of its own on this browser; without one, the browser has.
  function lookName() {
    var bell = document.getElementById("news-button"), account = bell && bell.dataset.obAccount;
    return account ? "ob-look:" + account : "ob-look";
  }

  function isLook(value) { return Boolean(value && typeof value.at === "number" && value.rows && typeof value.rows === "object"); }

  function count() {
    timer = 0;
    if (!ob.screen.isReady() || ob.screen.isWall()) { return; }
    var t = ob.live.now();
    if (!last) {
      var kept = stored(lookName());
      last = isLook(kept) ? kept : null;
    }
    if (!last) { ob.review.markSeen(); return; }
    found = changes(last, ob.screen.store.rows, t);
    byId = new Map(found.map(function (one) { return [one.row.id, one.kind]; }));
    listeners.forEach(function (listener) { listener(found, last.at); });
  }

  function soon() { if (!timer) { timer = setTimeout(count, REST_MS); } }

  /** Everything shown now counts as seen. */
  ob.review.markSeen = function () {
    last = look(ob.screen.store.rows, ob.live.now());
    store(lookName(), last);
    count();
    if (ob.screen.refresh) { ob.screen.refresh(); }
  };

  /** Returns the tag of a row until it is reviewed: `new`, `changed` or "". */
  ob.review.tagOf = function (row) {
    var kind = byId.get(row.id);
    return kind === "created" ? "new" : kind ? "changed" : "";
  };

  /** Calls `listener(changes, since)` now and after each count. */
  ob.review.onCount = function (listener) {
    listeners.push(listener);
    if (last) { listener(found, last.at); }
    return function () { listeners.splice(listeners.indexOf(listener), 1); };
  };

  ob.live.on(soon);
  ob.ready.then(soon);

  /* Events that somebody follows --------------------------------------------- */

  var followed = new Map(stored("ob-followed") || []);

  ob.review.isFollowed = function (id) { return followed.has(id); };

  ob.review.follow = function (id) {
    var row = ob.screen.store.rows.get(id);
    if (followed.has(id)) { followed.delete(id); } else { followed.set(id, row ? row.ti : ""); }
    store("ob-followed", Array.from(followed));
  };

  ob.live.on(function (kind, change) {
    if (kind !== "delta" || !followed.size || ob.screen.isWall()) { return; }
    change.updated.concat(change.gone).forEach(function (id) {
      if (!followed.has(id)) { return; }
      var row = ob.screen.store.rows.get(id);
      ob.toast(ob.t(row ? "follow.changed" : "follow.gone", { title: row ? row.ti : followed.get(id) }));
    });
  });
})(typeof window === "undefined" ? globalThis : window);
