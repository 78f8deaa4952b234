/* Cameras: positions and coverage on one canvas, in metres. No image exists anywhere in the product. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var FIELD_DEG = 65;
  var EARTH_M = 6371008.8;

  /** Returns the outline [[lat, lon], …] of a sector: from the camera, `azimuth` degrees clockwise from north. */
  function sector(position, range, azimuth, field) {
    var steps = Math.max(6, Math.ceil(field / 6)), points = [[position[1], position[0]]];
    for (var i = 0; i <= steps; i++) {
      var angle = (azimuth - field / 2 + field * i / steps) * Math.PI / 180;
      points.push(moved(position, range, angle));
    }
    return points;
  }

  function moved(position, distance, angle) {
    var k = 180 / Math.PI / EARTH_M;
    return [position[1] + distance * Math.cos(angle) * k,
      position[0] + distance * Math.sin(angle) * k / Math.cos(position[1] * Math.PI / 180)];
  }

  /** Returns what is drawn of a camera: `shape` circle or sector, `isNominal` (range declared, not verified), `isExpired`. */
  function coverage(properties, now) {
    var field = properties.fov || FIELD_DEG;
    var hasAim = typeof properties.azimuth === "number" && field < 360;
    return {
      shape: hasAim && properties.kind !== "dome" && properties.kind !== "ptz" ? "sector" : "circle",
      field: field,
      isNominal: properties.verified !== true,
      isExpired: Boolean(properties.until) && toSeconds(properties.until) < now
    };
  }

  // A date holds until the end of that day.
  function toSeconds(moment) { return typeof moment === "number" ? moment : Date.parse(moment) / 1000 + (moment.length === 10 ? 86400 : 0); }

  ob.cameras = { sector: sector, coverage: coverage };
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
    this.map.getPane("ob-cameras").dataset.drawn = wanted && this.features ? this.features.length : 0;
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
    var me = this, now = ob.screen.now(), showsIcons = shown.features.length <= MOST_ICONS;
    this.shapes.clearLayers();
    this.icons.clearLayers();
    this.features = shown;
    shown.features.forEach(function (feature) {
      var own = feature.properties, at = feature.geometry.coordinates, seen = coverage(own, now), style = me.style(seen);
      me.shapes.addLayer(seen.shape === "sector" ? L.polygon(sector(at, own.range || 50, own.azimuth, seen.field), style)
        : L.circle([at[1], at[0]], Object.assign({ radius: own.range || 50 }, style)));
      if (showsIcons) { me.icons.addLayer(me.icon(own, at, seen.isExpired)); }
      else { me.shapes.addLayer(L.circleMarker([at[1], at[0]], Object.assign({}, style, { radius: 2, fill: true, fillOpacity: 1 }))); }
    });
    this.map.getPane("ob-cameras").dataset.drawn = shown.features.length;
    this.zoom();
  };

  Cameras.prototype.icon = function (own, at, isExpired) {
    var icon = L.divIcon({ className: isExpired ? "ob-camera is-expired" : "ob-camera", iconSize: null, html: dom.icon(ICON[own.kind] || "camfixe") });
    return L.marker([at[1], at[0]], { icon: icon, pane: "ob-cameras", interactive: false, keyboard: false });
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
