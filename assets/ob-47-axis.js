/* An axis on demand: its state in words, since when, who says so, and the events that lie on it. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var NEAR_M = 60, METRES = 111320;

  function linesOf(geometry) { return geometry.type === "MultiLineString" ? geometry.coordinates : [geometry.coordinates]; }

  /** Returns the distance in metres from a position to a segment, in the plane: good for a city. */
  function toSegment(at, a, b) {
    var stretch = Math.cos(at[1] * Math.PI / 180) * METRES;
    var ax = (a[0] - at[0]) * stretch, ay = (a[1] - at[1]) * METRES, bx = (b[0] - at[0]) * stretch, by = (b[1] - at[1]) * METRES;
    var dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    var share = length ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length)) : 0;
    return Math.hypot(ax + share * dx, ay + share * dy);
  }

  /** Returns the rows whose pictogram stands within 60 m of a line, most severe first. */
  function eventsOn(geometry, rows) {
    return rows.filter(function (row) {
      return row.ll && linesOf(geometry).some(function (line) {
        for (var i = 1; i < line.length; i++) { if (toSegment(row.ll, line[i - 1], line[i]) <= NEAR_M) { return true; } }
        return false;
      });
    }).sort(function (a, b) { return b.sev - a.sev || a.no - b.no; });
  }

  ob.axis = { eventsOn: eventsOn, toSegment: toSegment };
  if (typeof module === "object" && module.exports) { module.exports = ob.axis; }
  if (typeof document === "undefined") { return; }

  /** Opens what is known of an axis or road now; `road` is one of ob.roadsNow. */
  ob.axis.open = function (road) {
    var dom = ob.dom, el = dom.el, view = ob.screen.view(), source = ob.screen.store.sources.find(function (one) { return one.id === road.road.src; });
    var lines = [["axis.state", ob.trafficWord(road.state)]];
    if (road.road.at) { lines.push(["axis.since", ob.texts.near(road.road.at, view.t, ob.clock)]); }
    if (typeof road.road.sp === "number") { lines.push(["axis.speed", ob.t("axis.speed.value", { n: Math.round(road.road.sp) })]); }
    if (source) {
      lines.push(["axis.source", source.ti]);
      if (source.at) { lines.push(["axis.age", ob.t("list.ago", { age: ob.age(view.t - source.at) })]); }
    }
    var events = eventsOn(road.geometry, view.shown);
    ob.dialog("axis", road.name, [
      el("div", { "class": "ob-cell-mark" }, [dom.trafficSample(road.state), ob.trafficWord(road.state)]),
      el("dl", { "class": "ob-axis-facts" }, lines.map(function (line) {
        return el("div", {}, [el("dt", { text: ob.t(line[0]) }), el("dd", { text: line[1] })]);
      })),
      el("h3", { text: ob.t("axis.events", { n: events.length }) }),
      el("ul", { "class": "ob-changes is-flat" }, events.slice(0, 20).map(function (row) {
        return el("li", {}, [el("button", { type: "button", "class": "ob-change", on: { click: function () {
          ob.closeDialog();
          ob.select(row.id);
        } } }, [el("span", { "aria-hidden": "true" }, [dom.mark(ob.lookOf(row, view.phases.get(row.id)), 0.6)]),
          el("span", {}, [el("b", { text: row.ti }), " ", ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t)])])]);
      }))
    ]);
  };
})(typeof window === "undefined" ? globalThis : window);
