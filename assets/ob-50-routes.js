/* Routes of marches and races with their passage times, and the zones and lines of the events drawn one by one. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L, dom = ob.dom;
  var MOST_ZONES = 150;
  var LABEL_GAP_PX = 54;

  function latLngs(line) { return line.map(function (point) { return [point[1], point[0]]; }); }

  function familyColour(row) { return ob.map.token("--ob-fam-" + ob.category(row.cat).family); }

  /* Routes ------------------------------------------------------------- */

  function Routes(map) {
    this.map = map;
    this.renderer = L.svg({ pane: "ob-routes", padding: 0.3 });
    this.drawn = new Map();
  }

  Routes.prototype.paint = function (view) {
    var isOn = ob.layers.isOn(ob.screen.state, "corteges");
    var rows = !isOn ? [] : view.shown.filter(function (row) {
      return row.rt && row.rt.length > 1 && (view.phases.get(row.id) !== "cancelled")
        && (view.phases.get(row.id) === "ongoing" || row.id === ob.screen.state.ev);
    });
    var ground = [this.map.getZoom(), document.documentElement.dataset.bsTheme, ob.map.scale()].join("|"), before = this.drawn;
    this.drawn = new Map();
    rows.forEach(function (row) {
      var way = ob.passage.passage(row, view.t), phase = view.phases.get(row.id);
      if (!way) { return; }
      var key = [ground, row.v, row.ms, phase].concat(way.points.map(function (point) { return [point.isPassed, point.isObserved, point.at]; })).join("|");
      var kept = before.get(row.id);
      if (!kept || kept.key !== key) { kept = this.draw(row, way, phase, key); } else { before.delete(row.id); }
      this.drawn.set(row.id, kept);
      this.follow(kept, way);
    }, this);
    before.forEach(function (kept) { kept.group.remove(); });
    this.map.getPane("ob-routes").dataset.drawn = rows.length;
  };

  Routes.prototype.line = function (group, points, style) {
    var line = L.polyline(latLngs(points), Object.assign({ renderer: this.renderer, pane: "ob-routes",
      interactive: false, lineCap: "round", lineJoin: "round", smoothFactor: 0.5 }, style));
    group.addLayer(line);
    return line;
  };

  // Drawn once for as long as no point is passed: with the minutes only what lies behind the head grows.
  Routes.prototype.draw = function (row, way, phase, key) {
    var token = ob.map.token, unit = ob.map.scale(), colour = familyColour(row), group = L.layerGroup().addTo(this.map);
    var isPlanned = phase === "planned", kept = { key: key, group: group, done: null, share: 0 };
    if (row.ms === "forbidden") { this.forbidden(group, way, unit); return kept; }
    this.line(group, way.line, { color: token("--ob-surface"), weight: 11 * unit });
    this.line(group, way.line, { color: colour, weight: 6.5 * unit, dashArray: isPlanned ? 10 * unit + " " + 9 * unit : null });
    kept.done = this.line(group, [], { color: token("--ob-border-strong"), weight: 6.5 * unit });
    this.line(group, way.line, { color: token("--ob-surface"), weight: 2 * unit, dashArray: 2 * unit + " " + 9 * unit });
    this.labels(group, way, colour, unit);
    return kept;
  };

  Routes.prototype.follow = function (kept, way) {
    if (!kept.done || kept.share === way.share) { return; }
    kept.share = way.share;
    kept.done.setLatLngs(latLngs(way.share > 0 ? way.done : []));
  };

  // A march that may not take place: its way in thin dashes and a word, no head, no times.
  Routes.prototype.forbidden = function (group, way, unit) {
    this.line(group, way.line, { color: ob.map.token("--ob-text-3"), weight: 3 * unit, dashArray: 3 * unit + " " + 8 * unit });
    var first = way.points.find(function (point) { return point.p; });
    if (!first) { return; }
    var icon = L.divIcon({ className: "ob-pass is-first is-forbidden", iconSize: null, html: dom.el("span", { text: ob.t("route.forbidden") }) });
    group.addLayer(new ob.map.Label([first.p[1], first.p[0]], { icon: icon, pane: "ob-routes", interactive: false, keyboard: false }));
  };

  // First and last always; the others where there is room.
  Routes.prototype.labels = function (group, way, colour, unit) {
    var map = this.map, taken = [], points = way.points.filter(function (point) { return point.p && point.at !== null; });
    var order = [points[0], points[points.length - 1]].concat(points.slice(1, -1)).filter(Boolean);
    order.forEach(function (point, index) {
      var pixel = map.latLngToLayerPoint([point.p[1], point.p[0]]);
      var isClose = taken.some(function (other) { return other.distanceTo(pixel) < LABEL_GAP_PX * unit; });
      if (ob.screen.isWall() && point !== points[points.length - 1]) { return; }
      if (isClose && index > 1 || taken.length && index === 1 && point === points[0]) { return; }
      taken.push(pixel);
      group.addLayer(this.label(point, point === points[0], point === points[points.length - 1], colour));
    }, this);
  };

  Routes.prototype.label = function (point, isFirst, isLast, colour) {
    var time = ob.clock.time(point.at);
    var text = isFirst ? ob.t("route.start", { time: time }) : isLast ? ob.t("route.end", { time: time }) : time;
    if (ob.screen.isWall()) { text = time; }
    var note = dom.el("span", { text: text, title: point.l + ", " + ob.t(point.isObserved ? "ev.observed" : "ev.planned") });
    if (!point.isPassed) { note.style.borderColor = colour; }
    var icon = L.divIcon({ className: "ob-pass" + (isFirst ? " is-first" : "") + (point.isPassed ? " is-passed" : "")
      + (point.isObserved ? " is-observed" : ""), iconSize: null, html: note });
    return new ob.map.Label([point.p[1], point.p[0]], { icon: icon, pane: "ob-routes", interactive: false, keyboard: false });
  };

  /* Zones and lines ------------------------------------------------------ */

  function Zones(map) {
    this.map = map;
    this.drawn = new Map();
    this.renderer = L.svg({ pane: "ob-zones", padding: 0.3 });
  }

  Zones.prototype.paint = function (singles, view) {
    var me = this, next = new Map();
    var theme = document.documentElement.dataset.bsTheme;
    singles.filter(function (mark) {
      return mark.row.g && !mark.row.rt && mark.row.pr !== "city" && mark.row.pr !== "none" && mark.row.g.type !== "Point";
    }).slice(0, MOST_ZONES).forEach(function (mark) {
      var key = mark.row.v + mark.phase + theme + mark.isSelected, kept = me.drawn.get(mark.id);
      if (!kept || kept.key !== key) {
        if (kept) { kept.layer.remove(); }
        kept = { key: key, layer: me.create(mark).addTo(me.map) };
      }
      me.drawn.delete(mark.id);
      next.set(mark.id, kept);
    });
    this.drawn.forEach(function (kept) { kept.layer.remove(); });
    this.drawn = next;
    this.map.getPane("ob-zones").dataset.drawn = next.size;
  };

  Zones.prototype.create = function (mark) {
    var row = mark.row, token = ob.map.token, unit = ob.map.scale(), isLine = /LineString/.test(row.g.type);
    var colour = row.sev >= 2 ? token("--ob-sev" + row.sev + "-text") : familyColour(row);
    var style = { renderer: this.renderer, pane: "ob-zones", interactive: false, color: colour,
      weight: (isLine ? 4 : 2) * unit * (mark.isSelected ? 1.6 : 1), opacity: mark.phase === "ended" ? 0.4 : 0.9,
      dashArray: mark.phase === "planned" ? "7 5" : row.au === "restricted" ? "2 6" : null, fill: !isLine,
      fillColor: row.sev >= 2 ? token("--ob-sev" + row.sev) : colour, fillOpacity: mark.phase === "ongoing" ? 0.16 : 0.06 };
    return L.geoJSON({ type: "Feature", properties: {}, geometry: row.g }, { style: style, pane: "ob-zones",
      renderer: this.renderer, interactive: false,
      pointToLayer: function (feature, place) { return L.circleMarker(place, Object.assign({ radius: 3 }, style)); } });
  };

  ob.map.onMap(function (map) {
    var routes = ob.map.routes = new Routes(map), zones = ob.map.zones = new Zones(map);
    ob.map.markers.onDrawn = function (singles) { zones.paint(singles, ob.map.markers.view); };
    function again() { if (ob.screen.isReady()) { routes.paint(ob.screen.view()); } }
    map.on("zoomend", again);
    var stops = [ob.screen.onView(function (view) { routes.paint(view); }), ob.map.onTheme(again)];
    return function () { stops.forEach(function (stop) { stop(); }); };
  });
})(typeof window === "undefined" ? globalThis : window);
