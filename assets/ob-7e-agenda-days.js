/* What an address asks of the agenda, and days as it names them: pure. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var DAY = 86400000, USUAL = 30, MOST = 62;
  var FILTERS = [["arr", "district"], ["cat", "category"], ["org", "organisation"]];

  /** Returns the day so many days after another, as `2026-11-14`. */
  function shifted(day, by) { return new Date(Date.parse(day + "T00:00:00Z") + by * DAY).toISOString().slice(0, 10); }

  function between(first, last) { return Math.round((Date.parse(last) - Date.parse(first)) / DAY); }

  /** Returns the days of a span, both ends included. */
  function daysOf(first, last) {
    var days = [];
    for (var by = 0; by <= between(first, last); by++) { days.push(shifted(first, by)); }
    return days;
  }

  /** Returns how many days after Monday a day is. */
  function weekday(day) { return (new Date(day + "T00:00:00Z").getUTCDay() + 6) % 7; }

  function isDay(text) { return /^\d{4}-\d{2}-\d{2}$/.test(text || "") && !isNaN(Date.parse(text)) && shifted(text, 0) === text; }

  /** Returns the first and the last day of the month that is so many months after that of a day. */
  function month(day, by) {
    var year = +day.slice(0, 4), number = +day.slice(5, 7) - 1 + by;
    return { from: new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10), to: new Date(Date.UTC(year, number + 1, 0)).toISOString().slice(0, 10) };
  }

  /**
   * Returns what a query string asks for: days `from` to `to`, the chosen day, whether its week is shown. `local` gives the
   * day of a moment of the address, or null. A chosen day outside the usual span brings its month; at most 62 days. `wrong`
   * lists what means nothing: no day, one outside the span that the address asks for, another display.
   */
  function asked(search, today, local) {
    var query = new URLSearchParams(search || ""), chosen = isDay(query.get("jour")) ? query.get("jour") : null;
    var isWeek = query.get("affichage") === "semaine";
    var from = query.has("du") ? local(query.get("du")) || today : today;
    var to = query.has("au") ? local(query.get("au")) || shifted(from, USUAL - 1) : shifted(from, USUAL - 1);
    if (to < from) { to = from; }
    if (between(from, to) >= MOST) { to = shifted(from, MOST - 1); }
    if (chosen && !isWeek && (chosen < from || chosen > to)) {
      if (query.has("du") || query.has("au")) { chosen = null; }
      else { from = month(chosen, 0).from; to = month(chosen, 0).to; }
    }
    var day = chosen || (today >= from && today <= to ? today : from);
    if (isWeek) {
      from = shifted(day, -weekday(day));
      to = shifted(from, 6);
    }
    var wrong = [["jour", chosen === null], ["affichage", !isWeek]].filter(function (pair) { return query.get(pair[0]) && pair[1]; })
      .map(function (pair) { return { key: pair[0], value: query.get(pair[0]).slice(0, 60) }; });
    return { from: from, to: to, day: day, isWeek: isWeek, wrong: wrong };
  }

  /** Returns the query of the addresses of the agenda: the filters of the page, under their names there. */
  function query(state, from, to) {
    var told = new URLSearchParams({ from: from, to: to });
    FILTERS.forEach(function (pair) { if (state[pair[0]].length) { told.set(pair[1], state[pair[0]].join(",")); } });
    if (state.grav) { told.set("severity", String(state.grav)); }
    if (state.q) { told.set("q", state.q); }
    return "?" + told.toString().replace(/%2C/g, ",");
  }

  ob.agenda = { shifted: shifted, daysOf: daysOf, weekday: weekday, month: month, asked: asked, query: query };
  if (typeof module === "object" && module.exports) { module.exports = ob.agenda; }
})(typeof window === "undefined" ? globalThis : window);
