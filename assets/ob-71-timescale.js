/* Where moments and events stand on the timeline: window, days, hours, nights, bars in lanes, steps of the cursor; pure. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var HOUR = 3600, DAY = 86400, MINUTE = 60;
  // Emergency, gatherings, transport, traffic, hazards, works, culture, city life.
  var FAMILIES = ["secu", "rass", "tc", "circ", "risq", "chant", "fete", "vie"];
  // Hours before and after now, and how far the window moves at a time, so that bars are not placed anew each second.
  var PRESETS = { "24h": [12, 12, 300], "3j": [24, 48, 900], "8j": [24, 168, 1800] };
  var NIGHT = [19, 7];
  var LONG_S = 30 * HOUR, MEDIUM_S = 12 * HOUR, LEAST_PX = 8;
  var MOST = 1500; // bars: beyond, the least severe cannot be told apart and stay in list and table
  var HEAD = 50; // pixels of days and hours above the lanes, when there is room for all eight
  var STEPS = { ArrowLeft: -15 * MINUTE, ArrowRight: 15 * MINUTE, PageUp: DAY, PageDown: -DAY };

  /** Returns {from, to} in epoch seconds: the preset's around now, moved as far as needed to hold t. */
  function windowOf(preset, now, t) {
    var hours = PRESETS[preset] || PRESETS["8j"], step = hours[2];
    var from = Math.floor((now - hours[0] * HOUR) / step) * step, length = (hours[0] + hours[1]) * HOUR;
    if (t < from) { from = Math.floor(t / step) * step - Math.round(length / 8 / step) * step; }
    if (t > from + length) { from = Math.ceil(t / step) * step - Math.round(length * 7 / 8 / step) * step; }
    return { from: from, to: from + length };
  }

  /** Returns the whole range the cursor may go through: from 24 hours before to 7 days after now, t included. */
  function rangeOf(now, t) { return { from: Math.min(now - DAY, t), to: Math.max(now + 7 * DAY, t) }; }

  /**
   * Returns what is written and shaded: `days` [{from, to}] of the city, `hours` [{at, hour}], `nights` [[from, to]].
   * `local` gives a moment's wall clock (2026-11-14T21:10), `epoch` the moment of one.
   */
  function marksOf(span, local, epoch) {
    var days = [], hours = [], nights = [], step = span.to - span.from > 4 * DAY ? 12 : span.to - span.from > DAY ? 6 : 3;
    var day = local(span.from - DAY).slice(0, 10), from = epoch(day + "T00:00");
    while (from < span.to) {
      var next = local(from + 26 * HOUR).slice(0, 10), to = epoch(next + "T00:00");
      if (to > span.from) { days.push({ from: from, to: to }); }
      for (var hour = step; hour < 24; hour += step) {
        var at = epoch(day + "T" + (hour < 10 ? "0" : "") + hour + ":00");
        if (at >= span.from && at <= span.to) { hours.push({ at: at, hour: hour }); }
      }
      nights.push([epoch(day + "T" + NIGHT[0] + ":00"), epoch(next + "T0" + NIGHT[1] + ":00")]);
      day = next;
      from = to;
    }
    return { days: days, hours: hours, nights: nights.filter(function (night) { return night[1] > span.from && night[0] < span.to; }) };
  }

  /** Returns where a moment is, in pixels of a width. */
  function xOf(t, span, width) { return (t - span.from) / (span.to - span.from) * width; }

  /** Returns the moment at a place in pixels, to the minute. */
  function momentAt(x, span, width) {
    return Math.round((span.from + x / width * (span.to - span.from)) / MINUTE) * MINUTE;
  }

  /** Returns the height of a lane for a timeline of this height. */
  function laneOf(height) { return Math.max(7, (height - HEAD) / FAMILIES.length); }

  /**
   * Returns the bars of events, each period one: {row, family, lane, from, to (null: open), x, y, width, height, isLine}. Periods
   * longer than 30 hours are a line at the lane's foot; no bar is narrower than 8 pixels. The most severe comes last.
   */
  function barsOf(rows, familyOf, span, size) {
    var lane = laneOf(size.height), scale = Math.min(1, lane / 18), least = leastShown(rows, span);
    var bars = [], rest = []; // of a crowd only those that are drawn become bars
    rows.forEach(function (row) {
      if (row.st === "cancelled" || row.sev < least) { return; }
      var family = familyOf(row.cat), index = FAMILIES.indexOf(family);
      if (index < 0) { return; }
      row.pe.forEach(function (period) {
        if (!touches(period, span)) { return; }
        (row.sev === least ? rest : bars).push({ row: row, family: family, lane: index, from: period[0], to: period[1] });
      });
    });
    if (bars.length + rest.length > MOST) { rest.sort(function (a, b) { return a.from - b.from; }); }
    bars = bars.concat(rest.slice(0, Math.max(0, MOST - bars.length)));
    bars.forEach(function (bar) { place(bar, bar.to === null ? Infinity : bar.to, span, size, lane, scale); });
    return bars.sort(function (a, b) { return b.isLine - a.isLine || a.row.sev - b.row.sev || a.from - b.from; });
  }

  function touches(period, span) { return period[0] <= span.to && (period[1] === null || period[1] >= span.from); }

  // The least severity of which some are drawn: with those above it there are bars enough.
  function leastShown(rows, span) {
    var counts = [0, 0, 0, 0, 0];
    rows.forEach(function (row) {
      if (row.st === "cancelled") { return; }
      row.pe.forEach(function (period) { if (touches(period, span)) { counts[row.sev] += 1; } });
    });
    var least = 4, sum = counts[4];
    while (least > 0 && sum < MOST) { least -= 1; sum += counts[least]; }
    return least;
  }

  function place(bar, end, span, size, lane, scale) {
    var length = end - bar.from, left = Math.max(0, xOf(bar.from, span, size.width));
    var right = Math.min(size.width, xOf(Math.min(end, span.to), span, size.width)), top = HEAD + bar.lane * lane;
    bar.isLine = length > LONG_S;
    bar.x = Math.min(left, size.width - LEAST_PX);
    bar.width = Math.max(LEAST_PX, right - left);
    bar.height = (bar.isLine ? 5 : length > MEDIUM_S ? 9 : 11) * scale;
    bar.y = top + (bar.isLine ? 10 : length > MEDIUM_S ? 1 : 0) * scale;
    return bar;
  }

  /** Returns where a bar stands at t: `past`, `ongoing` or `planned`. */
  function phaseOf(bar, t) { return bar.from > t ? "planned" : bar.to !== null && bar.to <= t ? "past" : "ongoing"; }

  /** Returns the cursor's next moment for a key (null: back to live, undefined: the key means nothing here). */
  function stepped(t, key, isShift, range) {
    if (key === "Home") { return null; }
    var step = STEPS[key];
    if (!step) { return undefined; }
    if (isShift && Math.abs(step) < HOUR) { step = step < 0 ? -HOUR : HOUR; }
    return Math.max(range.from, Math.min(range.to, t + step));
  }

  ob.timescale = { FAMILIES: FAMILIES, PRESETS: PRESETS, HEAD: HEAD, windowOf: windowOf, rangeOf: rangeOf, marksOf: marksOf, xOf: xOf,
    momentAt: momentAt, laneOf: laneOf, barsOf: barsOf, phaseOf: phaseOf, stepped: stepped };
  if (typeof module === "object" && module.exports) { module.exports = ob.timescale; }
})(typeof window === "undefined" ? globalThis : window);
