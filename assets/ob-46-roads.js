/* Practicability of the axes: one line per axis or road, restyled when its state changes; never by colour alone. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L, dom = ob.dom;
  var ORDER = ["free", "unknown", "slow", "congested", "closed"];
  var WORD = { free: "f", slow: "r", congested: "s", closed: "x", unknown: "i" };
  var TOKEN = { free: "free", slow: "slow", congested: "jam", closed: "closed", unknown: "unknown" };
  var HIDDEN = { opacity: 0, weight: 0 };
  var ALL_PX = 4; // free axes in the mode that shows all of them; else the exceptions stand out

  /** Returns the word for a traffic state; away from the present an unknown one was not measured, or is not planned. */
  ob.trafficWord = function (state) {
    if (state !== "unknown" || ob.screen.isLive()) { return ob.t("traffic." + WORD[state]); }
    return ob.t(ob.screen.at() > ob.screen.edge() ? "traffic.unplanned" : "traffic.unmeasured");
  };

  /**
   * Returns per axis or road id {id, name, state, road, geometry, isEnds, length (m), free (km/h, null unless the city tells it)};
   * a road on no axis is drawn where it is itself. With `isAll`, also axes that nobody measures.
   */
  function roadsNow(axes, t, isAll) {
    var traffic = ob.screen.roads(t), lines = new Map();
    ob.view.roadStates(traffic.roads, traffic.sources, t).forEach(function (one, id) {
      var road = one.road, axis = axes.get(road.ax), geometry = axis ? axis.geometry : road.g;
      if (!geometry) { return; }
      lines.set(id, lineOf(id, one.state, road, geometry, axis));
    });
    if (isAll) {
      axes.forEach(function (axis, id) {
        if (!lines.has(id)) { lines.set(id, lineOf(id, "unknown", { id: id, ax: id, src: "", at: null, sp: null }, axis.geometry, axis)); }
      });
    }
    return lines;
  }

  function lineOf(id, state, road, geometry, axis) {
    return { id: id, state: state, road: road, geometry: geometry, isEnds: !axis && isEnds(geometry),
      name: axis ? axis.properties.name : road.na || id, length: axis ? axis.properties.length_m : null,
      free: axis ? axis.properties.free_flow_kmh || null : null };
  }

  /** Tells whether only both ends are known: the road between them runs otherwise than the line. */
  function isEnds(geometry) { return geometry.type === "LineString" && geometry.coordinates.length === 2; }

  function toLatLngs(geometry) {
    var lines = geometry.type === "LineString" ? [geometry.coordinates]
      : geometry.type === "MultiLineString" ? geometry.coordinates : [];
    return lines.map(function (line) { return line.map(function (point) { return [point[1], point[0]]; }); });
  }

  function showsAll() { return ob.layers.isOn(ob.screen.state, "axes"); }

  function styles(state, isThin, isAll) {
    var token = ob.map.token, unit = ob.map.scale() * (isThin ? 0.6 : 1), name = TOKEN[state];
    var width = parseFloat(token("--ob-tr-" + name + "-w")) * unit;
    if (state === "free" && isAll) { width = ALL_PX * unit; }
    var dash = token("--ob-tr-" + name + "-dash");
    var scaled = dash === "none" ? null : dash.split(/\s+/).map(function (part) { return parseFloat(part) * unit; }).join(" ");
    var line = { color: token("--ob-tr-" + name), weight: width, opacity: 1, dashArray: scaled, lineCap: "butt" };
    var casing = HIDDEN, second = HIDDEN;
    if (state === "free") { line.opacity = 0.9; }
    if (state === "unknown") { line.lineCap = "round"; line.dashArray = 0.1 * unit + " " + 6 * unit; line.weight = 2.8 * unit; }
    if (state === "slow" || state === "congested") {
      casing = { color: token("--ob-tr-casing"), weight: width + 2.6 * unit, opacity: 1, dashArray: null, lineCap: "butt" };
    }
    if (state === "closed") {
      casing = { color: token("--ob-tr-closed"), weight: width + unit, opacity: 1, dashArray: null, lineCap: "butt" };
      line.dashArray = null;
      second = { color: token("--ob-tr-closed-2"), weight: width - 2 * unit, opacity: 1, dashArray: scaled, lineCap: "butt" };
    }
    return { casing: casing, line: line, second: second };
  }

  function Roads(map, axes) {
    this.map = map;
    this.axes = axes;
    this.lines = new Map();
    this.renderer = L.svg({ pane: "ob-traffic", padding: 0.3 });
  }

  Roads.prototype.create = function (road) {
    var me = this, latLngs = toLatLngs(road.geometry), kept = { state: "", geometry: road.geometry, isEnds: road.isEnds };
    ["casing", "line", "second"].forEach(function (part) {
      kept[part] = L.polyline(latLngs, { renderer: me.renderer, pane: "ob-traffic", interactive: part === "line",
        className: "ob-road ob-road-" + part, bubblingMouseEvents: true, smoothFactor: 1 });
    });
    kept.line.on("click", function () { ob.axis.open(kept.road); });
    kept.line.bindTooltip(function () {
      var words = kept.name + ", " + ob.trafficWord(kept.state);
      return dom.el("span", { text: kept.isEnds ? ob.t("traffic.ends", { road: words }) : words });
    }, { sticky: true, className: "ob-tip" });
    return kept;
  };

  Roads.prototype.style = function (kept, state) {
    var look = styles(state, kept.isEnds, this.isAll);
    ["casing", "line", "second"].forEach(function (part) {
      kept[part].setStyle(look[part]);
      var path = kept[part].getElement();
      if (path) { path.dataset.state = state; }
    });
  };

  Roads.prototype.paint = function (view) {
    var me = this, isOn = ob.layers.isOn(ob.screen.state, "trafic"), isAll = showsAll();
    var roads = isOn ? roadsNow(this.axes, view.t, isAll) : new Map(), changed = new Set();
    if (isAll !== this.isAll) { this.isAll = isAll; this.restyle(); }
    roads.forEach(function (road, id) {
      var kept = me.lines.get(id);
      if (kept && kept.geometry !== road.geometry) { me.forget(id); kept = null; }
      if (!kept) {
        kept = me.create(road);
        me.lines.set(id, kept);
        [kept.casing, kept.line, kept.second].forEach(function (layer) { layer.addTo(me.map); });
      }
      kept.name = road.name;
      kept.road = road;
      if (kept.state !== road.state) { kept.state = road.state; me.style(kept, road.state); changed.add(kept); }
    });
    this.lines.forEach(function (kept, id) { if (!roads.has(id)) { me.forget(id); } });
    if (changed.size) { this.order(changed); }
    this.map.getPane("ob-traffic").dataset.drawn = this.lines.size;
  };

  /** Puts changed roads in the order of drawing: most are free, the lowest, so that few others have to move with them. */
  Roads.prototype.order = function (changed) {
    var lines = this.lines, lowest = ORDER.length;
    changed.forEach(function (kept) {
      if (kept.state === ORDER[0]) { ["second", "line", "casing"].forEach(function (part) { kept[part].bringToBack(); }); }
      else { lowest = Math.min(lowest, ORDER.indexOf(kept.state)); }
    });
    ORDER.slice(lowest).forEach(function (state, above) {
      (above ? lines : changed).forEach(function (kept) {
        if (kept.state === state) { kept.casing.bringToFront(); kept.line.bringToFront(); kept.second.bringToFront(); }
      });
    });
  };

  Roads.prototype.forget = function (id) {
    var kept = this.lines.get(id);
    [kept.casing, kept.line, kept.second].forEach(function (layer) { layer.remove(); });
    this.lines.delete(id);
  };

  Roads.prototype.restyle = function () {
    var me = this;
    this.lines.forEach(function (kept) { me.style(kept, kept.state); });
  };

  /** Returns the axes and roads of now for the table: {id, name, state, road}, worst first. */
  ob.roadsNow = function (t) {
    return ob.map.cityFile("axes").then(function (collection) {
      return Array.from(roadsNow(byId(collection), t, showsAll()).values()).sort(function (a, b) {
        return ORDER.indexOf(b.state) - ORDER.indexOf(a.state) || a.name.localeCompare(b.name, ob.lang);
      });
    });
  };

  function byId(collection) {
    return new Map((collection ? collection.features : []).map(function (feature) { return [feature.properties.id, feature]; }));
  }

  ob.map.onMap(function (map) {
    var stops = [], isGone = false;
    ob.map.cityFile("axes").catch(function () { return null; }).then(function (collection) {
      if (isGone) { return; }
      var roads = ob.map.roads = new Roads(map, byId(collection));
      stops.push(ob.screen.onView(function (view) { roads.paint(view); }));
      stops.push(ob.map.onTheme(function () { roads.restyle(); }));
    });
    return function () { isGone = true; stops.forEach(function (stop) { stop(); }); };
  });
})(typeof window === "undefined" ? globalThis : window);
