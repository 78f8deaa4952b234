/* An event that is chosen elsewhere is brought into sight: out from the edge of the map, or from under a panel. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var INNER = 0.35; // half of the inner 70 %
  var OVER_PX = 20; // a panel that starts farther inside than this lies over the map

  /**
   * Returns what panels leave of a map, in its own pixels: {left, top, right, bottom}. `map` and `panels` are rectangles of
   * the page; one that comes from below takes the foot, one from the right the side.
   */
  function inSight(map, panels) {
    var seen = { left: 0, top: 0, right: map.width, bottom: map.height };
    panels.forEach(function (panel) {
      var left = panel.left - map.left, top = panel.top - map.top;
      if (!panel.width || !panel.height || left >= seen.right || top >= seen.bottom || panel.right <= map.left || panel.bottom <= map.top) { return; }
      if (top > OVER_PX) { seen.bottom = Math.min(seen.bottom, top); } else if (left > OVER_PX) { seen.right = Math.min(seen.right, left); }
    });
    return seen;
  }

  /** Returns by how much {x, y} a map is panned so that a point comes to the middle of what is seen; null when it is well inside. */
  function wayIn(point, seen) {
    var x = (seen.left + seen.right) / 2, y = (seen.top + seen.bottom) / 2;
    var isInside = Math.abs(point.x - x) < (seen.right - seen.left) * INNER && Math.abs(point.y - y) < (seen.bottom - seen.top) * INNER;
    return isInside ? null : { x: point.x - x, y: point.y - y };
  }

  ob.reveal = { inSight: inSight, wayIn: wayIn };
  if (typeof module === "object" && module.exports) { module.exports = ob.reveal; }
  if (typeof document === "undefined" || !root.L) { return; }

  /** Brings an event into sight by its id; never zooms. */
  ob.map.reveal = function (map, id) {
    var store = ob.screen.store, row = id && store.find(id);
    if (!row || !row.ll) { return; }
    var world = 256 * Math.pow(2, map.getZoom()), place = map.unproject([store.x[row.slot] * world, store.y[row.slot] * world], map.getZoom());
    var panels = ["detail", "list-panel"].map(function (name) { return document.getElementById(name); }).filter(Boolean);
    var seen = inSight(map.getContainer().getBoundingClientRect(), panels.map(function (panel) { return panel.getBoundingClientRect(); }));
    var way = wayIn(map.latLngToContainerPoint(place), seen);
    if (way) { map.panBy([way.x, way.y], { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches }); }
  };

  // The panel of an event opens once the server has answered: then it may lie over what was in sight.
  ob.mount("detail", function (panel) {
    var watch = new MutationObserver(function () {
      var map = ob.map.present();
      if (!panel.hidden && map) { ob.map.reveal(map, ob.screen.state.ev); }
    });
    watch.observe(panel, { attributes: true, attributeFilter: ["hidden"] });
    return function () { watch.disconnect(); };
  });
})(typeof window === "undefined" ? globalThis : window);
