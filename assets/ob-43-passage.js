/* Where the head of a march is at a moment, from its checkpoints; pure. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var FRESH_S = 180; // an observed passage places the head for three minutes; after that it is an estimate
  var RADIUS_M = 6371008.8;

  /** Returns metres between two [lon, lat]. */
  function metres(a, b) {
    var k = Math.PI / 180, half = Math.cos((a[1] + b[1]) / 2 * k);
    return RADIUS_M * Math.hypot((b[0] - a[0]) * k * half, (b[1] - a[1]) * k);
  }

  /** Returns the checkpoints with `at`: observed where it is, else planned plus the delay of the last one observed. */
  function timed(checkpoints) {
    var delay = 0;
    return checkpoints.map(function (point) {
      var isObserved = typeof point.o === "number";
      if (isObserved && typeof point.t === "number") { delay = point.o - point.t; }
      var at = isObserved ? point.o : typeof point.t === "number" ? point.t + delay : null;
      return Object.assign({}, point, { at: at, isObserved: isObserved });
    });
  }

  /** Returns the seconds by which the last observed passage was late (negative: early), null when none was observed. */
  function delayOf(checkpoints) {
    var delay = null;
    checkpoints.forEach(function (point) {
      if (typeof point.o === "number" && typeof point.t === "number") { delay = point.o - point.t; }
    });
    return delay;
  }

  /** Returns the position [lon, lat] at a share in [0, 1] of the length of a line, and the index of its last vertex passed. */
  function along(line, share) {
    var lengths = [], total = 0;
    for (var i = 1; i < line.length; i++) {
      lengths.push(metres(line[i - 1], line[i]));
      total += lengths[i - 1];
    }
    var left = Math.max(0, Math.min(1, share)) * total;
    for (var k = 0; k < lengths.length; k++) {
      if (left <= lengths[k] || k === lengths.length - 1) {
        var part = lengths[k] ? Math.min(1, left / lengths[k]) : 0;
        return { position: [line[k][0] + part * (line[k + 1][0] - line[k][0]), line[k][1] + part * (line[k + 1][1] - line[k][1])],
          index: k };
      }
      left -= lengths[k];
    }
    return { position: line[0], index: 0 };
  }

  /** Returns the share in [0, 1] of the way done by a head at t, and whether it rests on a recent observation. */
  function progress(points, t) {
    var known = points.filter(function (point) { return point.at !== null; });
    var end = points[points.length - 1].m || 1;
    if (!known.length || t < known[0].at) { return { share: 0, isObserved: false, passed: 0 }; }
    var next = known.findIndex(function (point) { return point.at > t; });
    if (next < 0) {
      var last = known[known.length - 1];
      return { share: last.m / end, isObserved: last.isObserved, passed: known.length };
    }
    var from = known[next - 1], to = known[next];
    var part = to.at > from.at ? (t - from.at) / (to.at - from.at) : 1;
    return { share: (from.m + part * (to.m - from.m)) / end, isObserved: from.isObserved && t - from.at <= FRESH_S, passed: next };
  }

  function lineOf(row, points) {
    var geometry = row.g;
    if (geometry && geometry.type === "LineString") { return geometry.coordinates; }
    if (geometry && geometry.type === "MultiLineString") { return [].concat.apply([], geometry.coordinates); }
    return points.map(function (point) { return point.p; }).filter(Boolean);
  }

  /**
   * Returns {line, done, position, isObserved, share, points} of an event with a route at t, or null without one: `done` is
   * the part of the line already passed, `points` the checkpoints with `at` and `isPassed`.
   */
  function passage(row, t) {
    if (!row.rt || row.rt.length < 2) { return null; }
    var points = timed(row.rt), line = lineOf(row, points);
    if (line.length < 2) { return null; }
    var way = progress(points, t), head = along(line, way.share);
    var timedOnes = 0;
    points.forEach(function (point) { point.isPassed = point.at !== null && timedOnes++ < way.passed; });
    return { line: line, done: line.slice(0, head.index + 1).concat([head.position]), position: head.position,
      isObserved: way.isObserved, share: way.share, points: points };
  }

  ob.passage = { passage: passage, timed: timed, along: along, progress: progress, delayOf: delayOf, metres: metres };
  if (typeof module === "object" && module.exports) { module.exports = ob.passage; }
})(typeof window === "undefined" ? globalThis : window);
