/* What the map draws at one zoom: single pictograms, clusters, and pictograms pushed aside from one another. Pure. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var CELL = 60;
  var FEW = 6; // up to six in a circle as wide as a cell are drawn one by one
  var MANY = 160; // beyond that many in sight, every cell with two becomes a cluster: to look for circles would take too long
  var ALONE_FROM_ZOOM = 17;

  var COLUMN = Math.pow(2, 22); // more lines than the world has cells at the closest zoom

  // One number for a cell: thousands of joined texts take longer than all else.
  function keyOf(column, line) { return column * COLUMN + line; }

  /**
   * Groups pictograms. `marks` are {id, sev, x, y} in pixels of the present zoom. Criticals are never grouped.
   * Returns {singles: marks, clusters: [{id, n, sev, x, y, members}]}.
   */
  function cluster(marks, zoom, options) {
    var limits = Object.assign({ cell: CELL, few: FEW, many: MANY }, options);
    if (zoom >= ALONE_FROM_ZOOM && marks.length <= 400) { return { singles: marks.slice(), clusters: [] }; }
    var alone = function (mark) { return mark.sev >= 4 || Boolean(mark.isSelected); };
    var singles = marks.filter(alone), others = marks.filter(function (mark) { return !alone(mark); });
    var crowds = marks.length > limits.many ? inCells(others, limits.cell) : inCircles(others, limits.cell / 2, limits.few);
    var clusters = crowds.crowds.map(function (crowd) { return toCluster(crowd.members, crowd.key, zoom); });
    return { singles: singles.concat(crowds.singles), clusters: merge(clusters, limits.cell * 0.7) };
  }

  function inCells(marks, size) {
    var cells = new Map(), singles = [], crowds = [];
    marks.forEach(function (mark) {
      var key = keyOf(Math.floor(mark.x / size), Math.floor(mark.y / size)), cell = cells.get(key);
      if (cell) { cell.push(mark); } else { cells.set(key, [mark]); }
    });
    cells.forEach(function (members, key) {
      if (members.length > 1) { crowds.push({ key: key, members: members }); } else { singles.push(members[0]); }
    });
    return { singles: singles, crowds: crowds };
  }

  // The fullest circle around a mark first, until none holds more than `few`: where the edges of cells lie does not matter.
  function inCircles(marks, radius, few) {
    var crowds = [], left = marks.map(function (mark) {
      return { mark: mark, near: marks.filter(function (other) { return Math.hypot(other.x - mark.x, other.y - mark.y) <= radius; }) };
    });
    for (;;) {
      var fullest = left.reduce(function (best, one) {
        var more = best ? one.near.length - best.near.length : 1;
        return more > 0 || more === 0 && one.mark.id < best.mark.id ? one : best;
      }, null);
      if (!fullest || fullest.near.length <= few) { return { singles: left.map(function (one) { return one.mark; }), crowds: crowds }; }
      crowds.push({ key: fullest.mark.id, members: fullest.near });
      left = without(left, new Set(fullest.near));
    }
  }

  function without(left, taken) {
    return left.filter(function (one) { return !taken.has(one.mark); }).map(function (one) {
      return { mark: one.mark, near: one.near.filter(function (other) { return !taken.has(other); }) };
    });
  }

  function toCluster(members, key, zoom) {
    var x = 0, y = 0, severity = 0;
    members.forEach(function (mark) {
      x += mark.x;
      y += mark.y;
      severity = Math.max(severity, mark.sev);
    });
    return { id: "c" + zoom + ":" + key, n: members.length, sev: severity, x: x / members.length, y: y / members.length,
      members: members };
  }

  // Two clusters astride a cell's edge would overlap: the smaller joins the larger, neighbours found through a grid.
  function merge(clusters, distance) {
    var grid = new Map(), kept = [];
    clusters.slice().sort(function (a, b) { return b.n - a.n || (a.id < b.id ? -1 : 1); }).forEach(function (one) {
      var column = Math.floor(one.x / distance), line = Math.floor(one.y / distance), host = hostOf(one, column, line, grid, distance);
      if (!host) {
        kept.push(one);
        var key = keyOf(column, line), near = grid.get(key);
        if (near) { near.push(one); } else { grid.set(key, [one]); }
        return;
      }
      host.sev = Math.max(host.sev, one.sev);
      Array.prototype.push.apply(host.members, one.members);
      host.n += one.n; // it keeps its place: a bubble that jumps is not found again
    });
    return kept;
  }

  function hostOf(one, column, line, grid, distance) {
    for (var dx = -1; dx <= 1; dx++) {
      for (var dy = -1; dy <= 1; dy++) {
        var near = grid.get(keyOf(column + dx, line + dy));
        for (var i = 0; near && i < near.length; i++) {
          if (Math.hypot(near[i].x - one.x, near[i].y - one.y) < distance) { return near[i]; }
        }
      }
    }
    return null;
  }

  /**
   * Moves pictograms that hide one another by more than 40 %: the less severe goes along the nearest free direction.
   * `marks` are {id, sev, x, y, size}; the answer adds `dx`, `dy` (0 when it stays). Order of the answer: most severe first.
   */
  function spread(marks) {
    var placed = [], order = marks.slice().sort(function (a, b) {
      return (b.isSelected ? 9 : b.sev) - (a.isSelected ? 9 : a.sev) || (a.id < b.id ? -1 : 1);
    });
    order.forEach(function (mark) {
      var spot = isFree(mark, 0, 0, placed) ? [0, 0] : freeSpot(mark, placed);
      placed.push(Object.assign({}, mark, { dx: spot[0], dy: spot[1] }));
    });
    return placed;
  }

  function isFree(mark, dx, dy, placed) {
    for (var i = 0; i < placed.length; i++) {
      var other = placed[i];
      var reach = 0.6 * (mark.size + other.size) / 2;
      if (Math.abs(mark.x + dx - other.x - other.dx) < reach && Math.abs(mark.y + dy - other.y - other.dy) < reach) {
        return false;
      }
    }
    return true;
  }

  var DIRECTIONS = [0, 4, 2, 6, 1, 5, 3, 7];

  function freeSpot(mark, placed) {
    for (var ring = 1; ring <= 3; ring++) {
      var radius = mark.size * (0.6 + 0.45 * ring);
      for (var i = 0; i < DIRECTIONS.length; i++) {
        var angle = DIRECTIONS[i] * Math.PI / 4;
        var dx = Math.round(radius * Math.cos(angle)), dy = Math.round(radius * Math.sin(angle));
        if (isFree(mark, dx, dy, placed)) { return [dx, dy]; }
      }
    }
    return [0, 0];
  }

  ob.clusters = { cluster: cluster, spread: spread };
  if (typeof module === "object" && module.exports) { module.exports = ob.clusters; }
})(typeof window === "undefined" ? globalThis : window);
