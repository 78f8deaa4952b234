/* The view in the address: what each key means, its default, and the only writer of the query string. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var DAY = 86400;
  var DEFAULTS = { du: "-24h", au: "+7j", statut: "en_cours,prevu", grav: "0", vue: "carte", tri: "gravite" };
  var SORTS = ["gravite", "debut", "maj", "nom"];
  var PHASES = ["en_cours", "prevu", "termine", "a_confirmer"];
  var RELATIVE = /^([+-])(\d{1,4})(h|j)$/;
  var ABSOLUTE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?$/;
  // Keys of other pages and of the frame: not ours to judge.
  var FOREIGN = ["cmp", "lang", "theme", "scene", "distance", "diagonale", "rotation", "jour", "affichage"];

  /** Returns the state of a query string; keys and values that mean nothing are ignored and listed in `wrong`. */
  function read(search) {
    var query = new URLSearchParams(search || "");
    var wrong = [];
    var state = {
      du: bound(query, "du", wrong), au: bound(query, "au", wrong), t: moment(query, "t", wrong),
      connu: moment(query, "connu", wrong),
      arr: list(query, "arr"), cat: list(query, "cat"), org: list(query, "org"),
      grav: severity(query, wrong), statut: phases(query, wrong),
      q: (query.get("q") || "").trim().slice(0, 200), ev: query.get("ev") || null,
      couches: layers(query, wrong), c: camera(query, wrong), vue: query.get("vue") === "table" ? "table" : "carte", tri: sort(query, wrong),
      wrong: wrong
    };
    if (query.has("vue") && ["carte", "table"].indexOf(query.get("vue")) < 0) { note(wrong, "vue", query.get("vue")); }
    query.forEach(function (value, key) {
      if (!Object.prototype.hasOwnProperty.call(state, key) && FOREIGN.indexOf(key) < 0 || key === "wrong") {
        note(wrong, key, value);
      }
    });
    return state;
  }

  function note(wrong, key, value) { wrong.push({ key: key.slice(0, 40), value: String(value).slice(0, 60) }); }

  function bound(query, key, wrong) {
    var value = (query.get(key) || "").replace(/^ /, "+"); // a bare + in a query string reads as a space
    if (!value) { return DEFAULTS[key]; }
    if (RELATIVE.test(value) || isMoment(value)) { return value; }
    note(wrong, key, value);
    return DEFAULTS[key];
  }

  function moment(query, key, wrong) {
    var value = query.get(key);
    if (!value || isMoment(value)) { return value || null; }
    note(wrong, key, value);
    return null;
  }

  function isMoment(value) {
    var parts = ABSOLUTE.exec(value);
    if (!parts) { return false; }
    var check = new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3], +(parts[4] || 0), +(parts[5] || 0)));
    return check.getUTCMonth() === +parts[2] - 1 && check.getUTCDate() === +parts[3] && check.getUTCHours() === +(parts[4] || 0)
      && check.getUTCMinutes() === +(parts[5] || 0);
  }

  function list(query, key) {
    return (query.get(key) || "").split(",").map(function (one) { return one.trim(); }).filter(Boolean).slice(0, 100);
  }

  function severity(query, wrong) {
    var value = query.get("grav");
    if (value === null || value === "") { return 0; }
    if (/^[0-4]$/.test(value)) { return +value; }
    note(wrong, "grav", value);
    return 0;
  }

  function sort(query, wrong) {
    var value = query.get("tri");
    if (!value || SORTS.indexOf(value) >= 0) { return value || DEFAULTS.tri; }
    note(wrong, "tri", value);
    return DEFAULTS.tri;
  }

  function phases(query, wrong) {
    var known = list(query, "statut").filter(function (one) {
      var isKnown = PHASES.indexOf(one) >= 0;
      if (!isKnown) { note(wrong, "statut", one); }
      return isKnown;
    });
    return known.length ? known : DEFAULTS.statut.split(",");
  }

  function layers(query, wrong) {
    var chosen = {};
    (query.get("couches") || "").split(",").filter(Boolean).forEach(function (one) {
      var parts = /^([ +-])([a-z]+)$/.exec(one);
      if (!parts) { note(wrong, "couches", one); return; }
      chosen[parts[2]] = parts[1] !== "-";
    });
    return chosen;
  }

  function camera(query, wrong) {
    var value = query.get("c");
    if (!value) { return null; }
    var numbers = value.split(",").map(Number);
    var isPlace = numbers.length === 3 && numbers.every(isFinite) && Math.abs(numbers[0]) <= 85 && Math.abs(numbers[1]) <= 180
      && numbers[2] >= 1 && numbers[2] <= 19;
    if (isPlace) { return { lat: numbers[0], lon: numbers[1], zoom: numbers[2] }; }
    note(wrong, "c", value);
    return null;
  }

  /** Returns epoch seconds of a bound: relative to `now`, or local to the city's time zone. */
  function toEpoch(value, now, timezone) {
    var relative = RELATIVE.exec(value);
    if (relative) {
      return now + (relative[1] === "-" ? -1 : 1) * +relative[2] * (relative[3] === "h" ? 3600 : DAY);
    }
    var parts = ABSOLUTE.exec(value);
    if (!parts) { return null; }
    var wall = Date.UTC(+parts[1], +parts[2] - 1, +parts[3], +(parts[4] || 0), +(parts[5] || 0)) / 1000;
    var guess = wall - offsetOf(wall, timezone);
    return wall - offsetOf(guess, timezone); // twice: the offset at the wall time is not the one at the moment
  }

  /** Returns the wall clock's minute of a moment as the address writes it: `2026-11-14T21:10`. */
  function toLocal(at, timezone) {
    return new Date((at + offsetOf(at, timezone)) * 1000).toISOString().slice(0, 16);
  }

  var formats = {};
  function offsetOf(at, timezone) {
    var format = formats[timezone] = formats[timezone] || new Intl.DateTimeFormat("en-GB", { timeZone: timezone,
      hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
    var parts = {};
    format.formatToParts(new Date(at * 1000)).forEach(function (part) { parts[part.type] = +part.value; });
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute) / 1000 - Math.floor(at / 60) * 60;
  }

  /** Returns a query string with a patch applied: null or a default removes the key; other keys stay as they are. */
  function patched(search, patch) {
    var query = new URLSearchParams(search || "");
    Object.keys(patch).forEach(function (key) {
      var value = patch[key];
      if (Array.isArray(value)) { value = value.join(","); }
      if (value === null || value === undefined || value === "" || String(value) === DEFAULTS[key]) { query.delete(key); }
      else { query.set(key, String(value)); }
    });
    // Commas, colons and plus signs are readable in a query; a plus must stay escaped or it reads as a space.
    var text = query.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
    return text ? "?" + text : "";
  }

  ob.url = { read: read, toEpoch: toEpoch, toLocal: toLocal, patched: patched, DEFAULTS: DEFAULTS, PHASES: PHASES, SORTS: SORTS };

  if (typeof window !== "undefined" && window.history) { listen(); }

  function listen() {
    var listeners = [], last = window.location.search, lastPath = window.location.pathname;
    function check() {
      if (window.location.search === last && window.location.pathname === lastPath) { return; }
      last = window.location.search;
      lastPath = window.location.pathname;
      var state = read(last);
      listeners.slice().forEach(function (listener) { listener(state); });
    }
    // dcc.Location writes to the history without an event: both writers are wrapped to hear it.
    ["pushState", "replaceState"].forEach(function (name) {
      var original = window.history[name];
      window.history[name] = function () {
        var result = original.apply(this, arguments);
        check();
        return result;
      };
    });
    window.addEventListener("popstate", check);
    ob.url.state = function () { return read(window.location.search); };
    /** Writes keys to the address: `push` adds a history entry (filters), otherwise the present one is replaced. */
    ob.url.write = function (patch, options) {
      var search = patched(window.location.search, patch);
      if (search === window.location.search) { return; }
      var address = window.location.pathname + search + window.location.hash;
      window.history[options && options.push ? "pushState" : "replaceState"](window.history.state, "", address);
    };
    /** Calls `listener(state)` on each change of the address, whoever made it; returns a function that stops it. */
    ob.url.onChange = function (listener) {
      listeners.push(listener);
      return function () { listeners.splice(listeners.indexOf(listener), 1); };
    };
  }

  if (typeof module === "object" && module.exports) { module.exports = ob.url; }
})(typeof window === "undefined" ? globalThis : window);
