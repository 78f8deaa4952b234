/* How old the picture is: the block of the top bar, the banner of a lost connection, what a screen reader is told. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var SILENT_S = 60;
  var ANNOUNCE_MS = 60000;

  /** Returns the state of a source at `now`, never better than the server's: ages go on while the network is cut. */
  function stateOf(source, now) {
    var heard = Math.max(source.at || 0, source.ok || 0);
    return source.state === "ok" && source.late && heard && now - heard > source.late ? "late" : source.state;
  }

  /** Returns {ok, all, late, failing, newest}: numbers of active sources, time of the newest successful cycle or null. */
  function summary(sources, now) {
    var sum = { ok: 0, all: 0, late: 0, failing: 0, newest: null };
    sources.forEach(function (source) {
      if (source.state === "paused") { return; }
      var state = stateOf(source, now);
      sum.all++;
      if (state === "ok") { sum.ok++; } else if (state === "failing") { sum.failing++; } else { sum.late++; }
      if (source.ok && source.ok > (sum.newest || 0)) { sum.newest = source.ok; }
    });
    return sum;
  }

  /** Returns what to say of new events: {n, majors}, from rows. */
  function newsOf(rows) {
    return { n: rows.length, majors: rows.filter(function (row) { return row.sev >= 3; }).length };
  }

  ob.freshness = { summary: summary, stateOf: stateOf, newsOf: newsOf };
  if (typeof module === "object" && module.exports) { module.exports = ob.freshness; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;

  ob.mount("freshness", block);
  ob.mount("sheet-freshness", block); // on a telephone it stands at the head of the list

  function block(box) {
    var stop = null, isGone = false;
    box.classList.add("ob-fresh");
    ob.ready.then(function () {
      if (isGone) { return; }
      var mark = el("span", { "class": "ob-fresh-mark" }), time = el("b"), age = el("span", { "class": "ob-fresh-age" });
      var sources = el("b"), sourcesMark = el("span", { "class": "ob-fresh-mark" });
      box.replaceChildren(mark, time, age, el("span", { "class": "ob-fresh-bar" }),
        el("span", { "class": "ob-fresh-sources" }, [sourcesMark, sources]));
      var last = "";
      function paint(now) {
        if (!ob.screen.store.isLoaded) { return; }
        var sum = summary(ob.screen.store.sources, now), level = levelOf(sum);
        var newest = sum.newest || ob.screen.store.from;
        dom.setText(time, sum.newest ? ob.clock.time(newest) : "–");
        dom.setText(age, sum.newest ? ob.t("list.ago", { age: ob.age(now - newest) }) : "");
        dom.setText(sources, ob.t("fresh.sources", { ok: sum.ok, all: sum.all }));
        if (last === level) { return; }
        last = level;
        box.dataset.level = level;
        mark.replaceChildren(dom.icon(ob.live.state === "live" ? "checkcircle" : "wifioff"));
        sourcesMark.replaceChildren(dom.icon({ ok: "checkcircle", late: "clockf", failing: "xcircle", silent: "xcircle" }[level]));
      }
      stop = ob.screen.onTick(paint);
      paint(ob.live.now());
    });
    return function () { isGone = true; if (stop) { stop(); } };
  }

  function levelOf(sum) {
    var silence = ob.live.state === "live" ? 0 : (Date.now() - ob.live.lastHeardAt) / 1000;
    if (silence > SILENT_S) { return "silent"; }
    return sum.failing ? "failing" : sum.late ? "late" : "ok";
  }

  /* Lost connection, database away or full ------------------------------------ */

  var banner = null;

  function warning() {
    var live = ob.live, isLoaded = ob.screen.store.isLoaded;
    if (live.storage === "away" && !isLoaded) { return ob.t("storage.away.first"); }
    if (!isLoaded) { return ""; }
    if (live.storage !== "ok" && live.state === "live") { return ob.t("storage." + live.storage, { time: ob.clock.time(live.pictureAt) }); }
    if (live.state !== "offline") { return ""; }
    var seconds = Math.max(0, Math.ceil((live.nextTryAt - Date.now()) / 1000));
    return ob.t("offline", { time: ob.clock.time(ob.screen.now()), n: seconds });
  }

  function showWarning() {
    var text = ob.screen.isWall() ? "" : warning();
    document.documentElement.dataset.banner = text ? "yes" : "no";
    if (!text) {
      if (banner) { banner.remove(); banner = null; }
      return;
    }
    if (!banner) { banner = el("div", { "class": "ob-offline", role: "alert" }, [dom.icon("wifioff"), el("span")]); }
    place(banner);
    var icon = ob.live.state === "offline" ? "wifioff" : "xcircle";
    if (banner.dataset.icon !== icon) { banner.dataset.icon = icon; banner.firstChild.replaceWith(dom.icon(icon)); }
    dom.setText(banner.lastChild, text);
  }

  // Over the map, which fills its screen; above the content of a page that scrolls, and staying there.
  function place(node) {
    var map = document.getElementById("map-region"), main = document.getElementById("main");
    node.classList.toggle("is-sticky", !map);
    if (map && node.parentNode !== map) { map.append(node); }
    if (!map && main && main.previousSibling !== node) { main.before(node); }
  }

  ob.ready.then(function () { ob.screen.onTick(showWarning); });

  /* Screen readers ---------------------------------------------------------- */

  var fresh = [], spokenAt = 0;

  ob.live.on(function (kind, change) {
    if (kind !== "delta") { return; }
    change.added.forEach(function (id) { fresh.push(id); });
  });

  ob.screen.onTick(function () {
    var region = document.getElementById("live-region");
    if (!region || !fresh.length || !ob.screen.isReady() || Date.now() - spokenAt < ANNOUNCE_MS || isTyping()) { return; }
    var view = ob.screen.view();
    var rows = fresh.splice(0).filter(function (id) { return view.phases.has(id); })
      .map(function (id) { return ob.screen.store.rows.get(id); });
    var news = newsOf(rows);
    if (!news.n) { return; }
    spokenAt = Date.now();
    region.textContent = news.majors ? ob.t("live.news", { n: news.n, m: news.majors }) : ob.t("live.news.minor", { n: news.n });
  });

  function isTyping() {
    var active = document.activeElement;
    if (!active || active.tagName === "INPUT" && /^(checkbox|radio|button)$/.test(active.type)) { return false; }
    return /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName) || active.isContentEditable;
  }
  ob.isTyping = isTyping;
})(typeof window === "undefined" ? globalThis : window);
