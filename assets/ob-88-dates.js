/* Dates as people type them: "hier", "13/11 14h30", "-24h". Pure; the address's grammar is that of ob-15-url.js. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var RELATIVE = /^([+-])\s*(\d{1,4})\s*(h|j|d)$/i;
  var TIME = /^(\d{1,2})\s*(?:[h:])\s*(\d{2})?$/i;
  var DAY_MONTH = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?$/;
  var ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
  // Both languages are understood whatever the screen's: a value may have been copied from a colleague.
  var WORDS = { maintenant: "now", now: "now", "aujourd'hui": 0, aujourdhui: 0, today: 0, hier: -1, yesterday: -1,
    demain: 1, tomorrow: 1 };

  /**
   * Returns what to write to the address for a text ("" when it is empty: the default), null when it cannot be read.
   * `today` is {y, m, d} of the city's present day; `isEnd` makes a day without a time run to its last minute.
   */
  function parseMoment(text, today, isEnd) {
    var value = String(text || "").trim().toLowerCase().replace(/\u2019/g, "'").replace(/\u2212/g, "-").replace(/\s+/g, " ");
    if (!value) { return ""; }
    var relative = RELATIVE.exec(value);
    if (relative) { return relative[1] + Number(relative[2]) + (relative[3] === "h" ? "h" : "j"); }
    if (WORDS[value] === "now") { return "+0h"; }
    var parts = value.replace("t", ISO.test(value.split("t")[0]) ? " " : "t").replace(/ (?:à|at) /, " ").split(" ");
    if (parts.length > 2) { return null; }
    var clock = TIME.exec(parts[parts.length - 1]);
    if (parts.length === 1 && clock) { return join(today, clock, isEnd); }
    if (parts.length === 2 && !clock) { return null; }
    var day = readDay(parts[0], today);
    return day && join(day, clock, isEnd);
  }

  function readDay(text, today) {
    if (typeof WORDS[text] === "number") { return shift(today, WORDS[text]); }
    var iso = ISO.exec(text), short = DAY_MONTH.exec(text);
    if (iso) { return checked(+iso[1], +iso[2], +iso[3]); }
    if (!short) { return null; }
    if (short[3]) { return checked(+short[3], +short[2], +short[1]); }
    return nearest(+short[2], +short[1], today);
  }

  // Without a year the nearest such day is meant: in January, 28/12 is last month.
  function nearest(month, day, today) {
    var now = Date.UTC(today.y, today.m - 1, today.d), best = null;
    [today.y - 1, today.y, today.y + 1].forEach(function (year) {
      var found = checked(year, month, day);
      var distance = found && Math.abs(Date.UTC(found.y, found.m - 1, found.d) - now);
      if (found && (!best || distance < best.distance)) { best = { day: found, distance: distance }; }
    });
    return best && best.day;
  }

  function shift(day, by) {
    var moved = new Date(Date.UTC(day.y, day.m - 1, day.d + by));
    return { y: moved.getUTCFullYear(), m: moved.getUTCMonth() + 1, d: moved.getUTCDate() };
  }

  function checked(y, m, d) {
    var date = new Date(Date.UTC(y, m - 1, d));
    return date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? { y: y, m: m, d: d } : null;
  }

  function join(day, clock, isEnd) {
    var hour = clock ? +clock[1] : isEnd ? 23 : 0, minute = clock ? +(clock[2] || 0) : isEnd ? 59 : 0;
    if (hour > 23 || minute > 59) { return null; }
    return day.y + "-" + two(day.m) + "-" + two(day.d) + "T" + two(hour) + ":" + two(minute);
  }

  function two(n) { return (n < 10 ? "0" : "") + n; }

  /** Returns {y, m, d} of a moment (epoch seconds) in a time zone. */
  function dayIn(at, timezone) {
    var parts = {};
    new Intl.DateTimeFormat("en-GB", { timeZone: timezone, year: "numeric", month: "numeric", day: "numeric" })
      .formatToParts(new Date(at * 1000)).forEach(function (part) { parts[part.type] = +part.value; });
    return { y: parts.year, m: parts.month, d: parts.day };
  }

  ob.dates = { parseMoment: parseMoment, dayIn: dayIn };
  if (typeof module === "object" && module.exports) { module.exports = ob.dates; }
})(typeof window === "undefined" ? globalThis : window);
