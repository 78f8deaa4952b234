/* What changed since the last look: counted, listed field by field, marked as seen; events that somebody follows. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MOVED_S = 600; // a time that moves by less is no news
  var REST_MS = 2000, RETURN_MS = 5000;

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

  /**
   * Returns the look that an account had in another browser, from `told` (`/api/look`): what changed since as it was then,
   * and the rest as it is now. What was first recorded in the very second of that look may be news: rather twice than not.
   */
  function lookThen(told, rows) {
    var then = new Map();
    rows.forEach(function (row) { if (row["new"] < told.at) { then.set(row.id, row); } });
    told.rows.forEach(function (row) { then.set(row.id, row); });
    var found = look(then, told.at);
    return { at: told.at - 1, told: told.at, rows: found.rows };
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

  ob.review = { look: look, lookThen: lookThen, changes: changes, differences: differences };
  if (typeof module === "object" && module.exports) { module.exports = ob.review; }
  if (typeof document === "undefined") { return; }

  var last = null, found = [], byId = new Map(), listeners = [], timer = 0, askedAt = 0, isMet = false;

  function stored(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return null; }
  }

  function store(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); }
    catch (error) { document.documentElement.dataset.kept = "no"; } // as long as the page is open
  }

  function account() {
    var bell = document.getElementById("news-button");
    return bell && bell.dataset.obAccount || "";
  }

  // Each account has a look of its own on this browser; without one, the browser has.
  function lookName() { return account() ? "ob-look:" + account() : "ob-look"; }

  /** Asks when this account last looked, in whatever browser, and takes that look if it is later than the one kept here. */
  function meetAccount() {
    askedAt = Date.now();
    var answer = account() ? fetch("/api/look").then(function (told) { return told.ok ? told.json() : null; }, function () { return null; }) : Promise.resolve(null);
    answer.then(function (told) {
      if (told && told.at !== null && !(last && (last.told || last.at) >= told.at)) {
        last = lookThen(told, ob.live.store.rows);
        store(lookName(), last);
      }
      isMet = true;
      count();
    });
  }

  // Another browser of the account may have looked meanwhile: asked when somebody comes back to this one.
  function returned() { if (isMet && !document.hidden && account() && Date.now() - askedAt > RETURN_MS) { meetAccount(); } }

  /** Tells the server what this account has seen; resolves to whether that was kept. */
  function tellAccount() {
    var told = last;
    return fetch("/compte/vu", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ seq: ob.live.store.seq }) })
      .then(function (answer) { return answer.ok ? answer.json() : null; }, function () { return null; })
      .then(function (answer) {
        if (answer && told === last) { last.told = answer.at; store(lookName(), last); }
        return Boolean(answer);
      });
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
    if (!isMet) { if (!askedAt) { meetAccount(); } return; }
    if (!last) { mark(); return; }
    found = changes(last, ob.live.store.rows, t);
    byId = new Map(found.map(function (one) { return [one.row.id, one.kind]; }));
    listeners.forEach(function (listener) { listener(found, last.at); });
  }

  function soon() { if (!timer) { timer = setTimeout(count, REST_MS); } }

  function mark() {
    last = look(ob.live.store.rows, ob.live.now());
    store(lookName(), last);
    var kept = account() ? tellAccount() : Promise.resolve(true);
    count();
    if (ob.screen.refresh) { ob.screen.refresh(); }
    return kept;
  }

  /** Everything shown now counts as seen, in every browser of the account. */
  ob.review.markSeen = function () { mark().then(function (isKept) { if (!isKept) { ob.toast(ob.t("news.kept_here")); } }); };

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
  document.addEventListener("visibilitychange", returned);
  window.addEventListener("focus", returned);

  /* Events that somebody follows --------------------------------------------- */

  var followed = new Map(stored("ob-followed") || []);

  ob.review.isFollowed = function (id) { return followed.has(id); };

  ob.review.follow = function (id) {
    var row = ob.live.store.rows.get(id);
    if (followed.has(id)) { followed.delete(id); } else { followed.set(id, row ? row.ti : ""); }
    store("ob-followed", Array.from(followed));
  };

  ob.live.on(function (kind, change) {
    if (kind !== "delta" || !followed.size || ob.screen.isWall()) { return; }
    change.updated.concat(change.gone).forEach(function (id) {
      if (!followed.has(id)) { return; }
      var row = ob.live.store.rows.get(id);
      ob.toast(ob.t(row ? "follow.changed" : "follow.gone", { title: row ? row.ti : followed.get(id) }));
    });
  });
})(typeof window === "undefined" ? globalThis : window);
