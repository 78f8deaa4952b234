/* Traffic that nobody refreshes any more: said over the map with the time of the datum, while its axes turn unknown. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /** Returns {at} of the newest datum when no source of roads is up to date or late any more, else null. */
  function staleTraffic(roads, sources, now, stateOf) {
    var ids = new Set();
    roads.forEach(function (road) { ids.add(road.src); });
    var ours = sources.filter(function (source) { return ids.has(source.id) && source.state !== "paused"; });
    var isFine = ours.some(function (source) { return ["ok", "late"].indexOf(stateOf(source, now)) >= 0; });
    if (!ours.length || isFine) { return null; }
    return { at: Math.max.apply(null, ours.map(function (source) { return source.at || source.ok || 0; })) };
  }

  ob.stale = { staleTraffic: staleTraffic };
  if (typeof module === "object" && module.exports) { module.exports = ob.stale; }
  if (typeof document === "undefined") { return; }

  var banner = null;

  function paint() {
    var map = document.getElementById("map-region"), store = ob.screen.store;
    var found = map && store.isLoaded && ob.screen.isLive() && !ob.screen.isWall() && ob.layers.isOn(ob.screen.state, "trafic")
      ? staleTraffic(store.roads, store.sources, ob.live.now(), ob.freshness.stateOf) : null;
    if (!found) {
      if (banner) { banner.remove(); banner = null; }
      return;
    }
    if (!banner || !banner.isConnected) {
      banner = ob.dom.el("div", { "class": "ob-stale", role: "status" }, [ob.dom.icon("clockf"), ob.dom.el("span")]);
      map.append(banner);
    }
    ob.dom.setText(banner.lastChild, ob.t("stale.panel", { what: ob.t("map.legend.traffic"),
      time: found.at ? ob.texts.near(found.at, ob.live.now(), ob.clock) : ob.t("fresh.never"),
      age: found.at ? ob.age(ob.live.now() - found.at) : "–" }) + ". " + ob.t("stale.traffic"));
  }

  ob.ready.then(function () { ob.screen.onTick(paint); });
})(typeof window === "undefined" ? globalThis : window);
