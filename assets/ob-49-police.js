/* Police operations: counts of the last published day by district, never a place; small numbers are hidden by the server. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MEASURE = "operations_police";

  /** Returns, per area, its count of the last day that any area has: {value} or {value: null} when it is hidden. */
  function lastDay(tallies) {
    var ours = tallies.filter(function (one) { return one.measure === MEASURE && one.area; });
    var last = ours.reduce(function (latest, one) { return one.start > latest ? one.start : latest; }, "");
    return { start: last, areas: new Map(ours.filter(function (one) { return one.start === last; }).map(function (one) {
      return [one.area, { value: one.suppressed ? null : one.value }];
    })) };
  }

  /** Returns the class 1 to 6 of a count; 0 for a hidden one, which keeps no tint. */
  function classOf(value, most) { return value === null || !most ? 0 : Math.max(1, Math.min(6, Math.ceil(value / most * 6))); }

  ob.police = { lastDay: lastDay, classOf: classOf };
  if (typeof module === "object" && module.exports) { module.exports = ob.police; }
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L;

  ob.map.onMap(function (map) {
    var layer = null, isAsked = false, isGone = false;

    function remove() {
      if (layer) { layer.remove(); }
      layer = null;
    }

    function draw(counts, least, collection) {
      var most = 0, parts = [];
      counts.areas.forEach(function (one) { most = Math.max(most, one.value || 0); });
      collection.features.forEach(function (feature) {
        var one = counts.areas.get(feature.properties.code);
        if (!one) { return; }
        var step = classOf(one.value, most);
        var shape = L.geoJSON(feature, { pane: "ob-districts", interactive: false, style: {
          stroke: false, fill: step > 0, fillOpacity: 0.5, fillColor: step ? ob.map.token("--ob-seq-" + step) : undefined } });
        var label = L.marker([feature.properties.label_lat, feature.properties.label_lon], { pane: "ob-districts", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "ob-police-count", iconSize: null,
            html: ob.dom.el("span", { text: one.value === null ? "< " + ob.number(least) : ob.number(one.value) }) }) });
        parts.push(shape, label);
      });
      layer = L.layerGroup(parts).addTo(map);
    }

    function paint() {
      var isOn = ob.layers.isOn(ob.screen.state, "police");
      if (!isOn) { remove(); isAsked = false; return; }
      if (isAsked) { return; }
      isAsked = true;
      Promise.all([fetch("/api/tallies").then(function (answer) {
        if (!answer.ok) { throw new Error("HTTP " + answer.status); }
        return answer.json();
      }), ob.map.cityFile("districts")]).then(function (found) {
        if (isGone || !ob.layers.isOn(ob.screen.state, "police")) { return; }
        draw(lastDay(found[0].tallies), found[0].hidden_below, found[1]);
      }).catch(function () {
        isAsked = false;
        ob.toast(ob.t("error.panel", { what: ob.t("layer.police") }));
        ob.layers.set("police", false);
      });
    }

    var stops = [ob.screen.onView(paint), ob.map.onTheme(function () { remove(); isAsked = false; paint(); })];
    return function () { isGone = true; remove(); stops.forEach(function (stop) { stop(); }); };
  });
})(typeof window === "undefined" ? globalThis : window);
