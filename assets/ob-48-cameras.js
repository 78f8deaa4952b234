/* Cameras: positions and coverage on one canvas, in metres. No image exists anywhere in the product. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /**
   * Returns what is drawn of a camera: `shape` area (its sectors, without what its masks hide), circle, or none without a range;
   * `isNominal` (declared, not verified in the field), `isExpired` on `today` (2026-11-14, on the city's calendar).
   */
  function coverage(properties, today) {
    return {
      shape: properties.coverage ? "area" : properties.range > 0 && !isOff(properties) ? "circle" : "none",
      isNominal: properties.verified !== true,
      isExpired: Boolean(properties.until) && properties.until < today // it holds until the end of that day
    };
  }

  function isOff(properties) { return properties.service === "planned" || properties.service === "out_of_service"; }

  /** Returns the rings of a MultiPolygon as Leaflet wants them: [[lat, lon], …]. */
  function rings(geometry) {
    return geometry.coordinates.map(function (part) {
      return part.map(function (ring) { return ring.map(function (pair) { return [pair[1], pair[0]]; }); });
    });
  }

  ob.cameras = Object.assign(ob.cameras || {}, { coverage: coverage, rings: rings });
  if (typeof module === "object" && module.exports) { module.exports = ob.cameras; }
  if (typeof document === "undefined" || !root.L) { return; }

  var L = root.L, dom = ob.dom;
  var ICON = { fixed: "camfixe", dome: "camdome", ptz: "camptz", anpr: "camfixe", mobile: "camfixe" };
  var ICONS_FROM_ZOOM = 14, MOST_ICONS = 400;
  var collection = null, pending = null;

  function load(isFresh) {
    if (isFresh) { pending = null; }
    pending = pending || fetch("/api/cameras").then(function (answer) {
      if (!answer.ok) { throw new Error("HTTP " + answer.status); }
      return answer.json();
    }).then(function (got) { collection = got; ob.cameras.known = got.features; });
    return pending.catch(function () { pending = null; });
  }

  function Cameras(map) {
    this.map = map;
    this.renderer = L.canvas({ pane: "ob-cameras", padding: 0.3 });
    this.shapes = L.layerGroup();
    this.icons = L.layerGroup();
    this.features = null;
    this.isOn = false;
    this.notice = ob.purpose.notice(map);
  }

  Cameras.prototype.paint = function () {
    var isChosen = ob.layers.isOn(ob.screen.state, "cameras"), lock = ob.purpose.now(), me = this;
    var wanted = isChosen && (!lock.event || Boolean(lock.features)), source = lock.features || collection;
    this.notice.paint(isChosen && !wanted);
    this.map.getPane("ob-cameras").dataset.drawn = wanted && this.features ? this.features.features.length : 0;
    if (wanted === this.isOn && (!wanted || this.features === source && source)) { return; }
    this.isOn = wanted;
    if (!wanted) { this.shapes.remove(); this.icons.remove(); return; }
    (lock.features ? Promise.resolve() : load(false)).then(function () {
      var now = ob.purpose.now(), shown = now.features || collection;
      if (!me.isOn || !shown || now.event && !now.features) { return; } // another event was chosen meanwhile
      me.draw(shown);
      me.shapes.addTo(me.map);
      me.icons.addTo(me.map);
    });
  };

  Cameras.prototype.style = function (seen) {
    var color = ob.map.token(seen.isExpired ? "--ob-sev4" : "--ob-camera");
    if (seen.isExpired) { // an outline of its own, so that it is told without its colour too
      return { renderer: this.renderer, pane: "ob-cameras", interactive: false, color: color, opacity: 1, weight: 2.4,
        fill: false, dashArray: seen.isNominal ? "9 4 2 4" : null };
    }
    return { renderer: this.renderer, pane: "ob-cameras", interactive: false, color: color, opacity: 0.65, weight: 1.2,
      fill: true, fillColor: color, fillOpacity: 0.12, dashArray: seen.isNominal ? "4 3" : null };
  };

  Cameras.prototype.draw = function (shown) {
    var me = this, today = ob.url.toLocal(ob.screen.now(), ob.boot.timezone).slice(0, 10);
    var showsIcons = shown.features.length <= MOST_ICONS;
    this.shapes.clearLayers();
    this.icons.clearLayers();
    this.features = shown;
    shown.features.forEach(function (feature) {
      var own = feature.properties, at = feature.geometry.coordinates, seen = coverage(own, today), style = me.style(seen);
      if (seen.shape === "area") { me.shapes.addLayer(L.polygon(rings(own.coverage), style)); }
      if (seen.shape === "circle") { me.shapes.addLayer(L.circle([at[1], at[0]], Object.assign({ radius: own.range }, style))); }
      if (own.masked) { // cut out of the reach, inside a dotted edge
        me.shapes.addLayer(L.polygon(rings(own.masked), Object.assign({}, style, { fill: false, dashArray: "1 4", weight: 1.6, opacity: 1 })));
      }
      if (showsIcons) { me.icons.addLayer(me.icon(own, at, seen)); }
      else { me.shapes.addLayer(L.circleMarker([at[1], at[0]], Object.assign({}, style, { radius: 2, fill: true, fillOpacity: 1 }))); }
    });
    this.map.getPane("ob-cameras").dataset.drawn = shown.features.length;
    this.zoom();
  };

  // Not a stop of Tab: the register lists every camera.
  Cameras.prototype.icon = function (own, at, seen) {
    var icon = L.divIcon({ className: "ob-camera" + (seen.isExpired ? " is-expired" : "") + (isOff(own) ? " is-off" : ""), iconSize: null,
      html: dom.icon(ICON[own.kind] || "camfixe") });
    return L.marker([at[1], at[0]], { icon: icon, pane: "ob-cameras", interactive: !ob.screen.isWall(), keyboard: false })
      .on("click", function () { ob.cameras.open(own, seen); });
  };

  // From far away sixty pictograms of cameras would hide the map: dots, then pictograms.
  Cameras.prototype.zoom = function () {
    this.map.getPane("ob-cameras").classList.toggle("is-far", this.map.getZoom() < ICONS_FROM_ZOOM);
  };

  ob.map.onMap(function (map) {
    var cameras = ob.map.cameras = new Cameras(map);
    map.on("zoomend", cameras.zoom, cameras);
    var stops = [ob.screen.onView(function () { cameras.paint(); }),
      ob.map.onTheme(function () { if (cameras.isOn && cameras.features) { cameras.draw(cameras.features); } })];
    return function () { stops.forEach(function (stop) { stop(); }); cameras.notice.remove(); };
  });

  ob.live.on(function (kind, change) {
    var isChanged = kind === "delta" && change.cameras || kind === "snapshot" && collection;
    if (isChanged && pending) { load(true).then(ob.screen.refresh); }
  });
})(typeof window === "undefined" ? globalThis : window);
