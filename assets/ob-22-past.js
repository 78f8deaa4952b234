/* The roads at another moment than now: states that were told, kept by changes; ahead, what events close; pure. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /** Holds an answer of /api/past (docs/architecture.md): moments decoded once, per road in order of time. */
  function Past(answer) {
    var columns = answer.roads;
    this.from = answer.from;
    this.to = answer.to;
    this.heard = answer.heard;
    this.roads = columns.id.map(function (id, i) {
      var moment = 0;
      return { id: id, src: columns.src[i], ax: columns.ax[i], na: columns.na[i], g: columns.g[i], end: columns.end[i],
        at: columns.at[i].map(function (step) { return moment += step; }),
        st: columns.st[i].map(function (index) { return answer.states[index]; }) };
    });
  }

  /** Returns the index of the last number that is not above t, -1 when all are. */
  function lastBefore(numbers, t) {
    var low = 0, high = numbers.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (numbers[middle] <= t) { low = middle + 1; } else { high = middle; }
    }
    return low - 1;
  }

  function isHeard(spans, t) {
    return (spans || []).some(function (span) { return span[0] <= t && t <= span[1]; });
  }

  /** Returns the state of a road of this past at t: unknown before it told one, and while its source was not heard. */
  Past.prototype.stateOf = function (road, t) {
    var index = lastBefore(road.at, t);
    if (index < 0 || road.end !== null && t >= road.end || !isHeard(this.heard[road.src], t)) { return "unknown"; }
    return road.st[index];
  };

  /**
   * Returns the steps [{from, to, state}] that an axis, or a road on none, went through in [from, to]: the worst state that
   * its sections told, by `order` (worst last).
   */
  Past.prototype.steps = function (id, from, to, order) {
    var me = this, roads = this.roads.filter(function (road) { return (road.ax || road.id) === id; }), edges = new Set([from, to]);
    function edge(t) { if (t > from && t < to) { edges.add(t); } }
    roads.forEach(function (road) {
      road.at.forEach(edge);
      if (road.end !== null) { edge(road.end); }
      (me.heard[road.src] || []).forEach(function (span) { edge(span[0]); edge(span[1]); });
    });
    return Array.from(edges).sort(function (a, b) { return a - b; }).reduce(function (steps, until, i, all) {
      if (!i) { return steps; }
      var since = all[i - 1], middle = (since + until) / 2, last = steps[steps.length - 1];
      var state = roads.reduce(function (worst, road) {
        var one = me.stateOf(road, middle);
        return order.indexOf(one) > order.indexOf(worst) ? one : worst;
      }, order[0]);
      if (last && last.state === state) { last.to = until; } else { steps.push({ from: since, to: until, state: state }); }
      return steps;
    }, []);
  };

  /** Returns the axes that events in force at t close: {axis: true}. `phaseAt` is that of ob.view. */
  function closedAt(rows, t, phaseAt) {
    var closed = {};
    rows.forEach(function (row) {
      if (!row.fx || row.st === "draft" || phaseAt(row, t) !== "ongoing") { return; }
      row.fx.forEach(function (effect) { if (effect[1] === "closed") { closed[effect[0]] = true; } });
    });
    return closed;
  }

  /** Returns the roads with their states at t, from a past (null: nothing is known yet, all are unknown). */
  function roadsThen(roads, past, t) {
    var told = new Map();
    if (past) { past.roads.forEach(function (road) { told.set(road.id, road); }); }
    var then = roads.map(function (road) {
      var known = told.get(road.id);
      told.delete(road.id);
      return Object.assign({}, road, { st: known ? past.stateOf(known, t) : "unknown", at: t });
    });
    told.forEach(function (road) {
      if (road.end !== null && t >= road.end) { return; }
      then.push({ id: road.id, ax: road.ax, na: road.na, src: road.src, g: road.g, sp: null, at: t, st: past.stateOf(road, t) });
    });
    return then;
  }

  /** Returns the roads as they are planned at t: closed where an event closes their axis, else unknown. */
  function roadsPlanned(roads, rows, t, phaseAt) {
    var closed = closedAt(rows, t, phaseAt), seen = new Set();
    var planned = roads.map(function (road) {
      if (road.ax) { seen.add(road.ax); }
      return Object.assign({}, road, { st: road.ax && closed[road.ax] ? "closed" : "unknown", at: t });
    });
    Object.keys(closed).forEach(function (axis) {
      if (!seen.has(axis)) { planned.push({ id: axis, ax: axis, na: null, src: "", g: null, sp: null, at: t, st: "closed" }); }
    });
    return planned;
  }

  ob.past = { Past: Past, lastBefore: lastBefore, roadsThen: roadsThen, roadsPlanned: roadsPlanned };
  if (typeof module === "object" && module.exports) { module.exports = ob.past; }
})(typeof window === "undefined" ? globalThis : window);
