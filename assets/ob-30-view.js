/* One function from the address and the events to what list, map, counters and wall show, so that they cannot disagree. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MARKS = /[\u0300-\u036f]/g;
  var TRAFFIC = ["unknown", "free", "slow", "congested", "closed"]; // the later one wins where sections differ

  /** Returns text in lower case without accents, with plain apostrophes and ligatures undone. */
  function fold(text) {
    return String(text || "").toLowerCase().normalize("NFD").replace(MARKS, "").replace(/œ/g, "oe").replace(/æ/g, "ae")
      .replace(/[’ʼ]/g, "'");
  }

  /** Tells whether a period shares a moment with [from, to]; the same rule as the store's. */
  function meets(period, from, to) {
    return period[0] <= to && (period[1] === null || period[1] > from || (period[0] === from && from === to));
  }

  /** Returns where an event stands at t: `cancelled`, `ongoing`, `planned` or `ended`. */
  function phaseAt(row, t) {
    if (row.st === "cancelled") { return "cancelled"; }
    var periods = row.pe, hasNext = false;
    for (var i = 0; i < periods.length; i++) {
      if (periods[i][0] > t) { hasNext = true; break; }
      if (periods[i][1] === null || t < periods[i][1]) { return "ongoing"; }
    }
    return hasNext ? "planned" : "ended";
  }

  /** Returns the period to speak of at t: the present one, else the next one, else the last one. */
  function periodAt(row, t) {
    var last = null;
    for (var i = 0; i < row.pe.length; i++) {
      last = row.pe[i];
      if (last[1] === null || last[1] > t) { return last; }
    }
    return last;
  }

  var PHASE_WORD = { ongoing: "en_cours", planned: "prevu", ended: "termine", cancelled: "termine" };

  /**
   * Returns the seconds during which nothing about an event changes, however t and the ends of the range move forward
   * meanwhile: those to the nearest edge of its periods ahead of one of them. Infinity when all lie behind.
   */
  function slackOf(row, rule) {
    var least = Infinity;
    for (var i = 0; i < row.pe.length; i++) {
      var start = row.pe[i][0], end = row.pe[i][1];
      least = Math.min(least, ahead(start, rule.t), ahead(start, rule.to));
      if (end !== null) { least = Math.min(least, ahead(end, rule.t), ahead(end, rule.from)); }
    }
    return least;
  }

  function ahead(edge, moment) { return edge > moment ? edge - moment : Infinity; }

  function compile(state, data, t) {
    var codes = new Set(state.arr.map(function (short) { return data.districtCode ? data.districtCode(short) : short; }));
    return {
      from: data.toEpoch(state.du), to: data.toEpoch(state.au), t: t,
      codes: codes, categories: new Set(state.cat), organisations: new Set(state.org),
      severity: state.grav, words: fold(state.q).split(/\s+/).filter(Boolean),
      phases: new Set(state.statut), familyOf: data.familyOf
    };
  }

  /** Returns the keys of the filters that an event does not pass, [] when it is shown. */
  function failures(row, rule, textOf) {
    var failed = [];
    if (rule.codes.size && !row.ds.some(function (code) { return rule.codes.has(code); })) { failed.push("arr"); }
    if (rule.categories.size && !rule.categories.has(row.cat) && !rule.categories.has(rule.familyOf(row.cat))) {
      failed.push("cat");
    }
    if (rule.organisations.size && !rule.organisations.has(row.org)) { failed.push("org"); }
    if (row.sev < rule.severity) { failed.push("grav"); }
    if (rule.words.length) {
      var text = textOf(row);
      if (!rule.words.every(function (word) { return text.indexOf(word) >= 0; })) { failed.push("q"); }
    }
    return failed;
  }

  function isInRange(row, rule) {
    for (var i = 0; i < row.pe.length; i++) {
      if (meets(row.pe[i], rule.from, rule.to)) { return true; }
    }
    return false;
  }

  function passesStatus(row, phase, phases) {
    return phases.has(PHASE_WORD[phase]) || (row.st === "to_confirm" && phases.has("a_confirmer"));
  }

  var PLACES = ["ongoing", "planned", "ended"];
  var FILTERS = ["arr", "cat", "org", "grav", "q"];
  var MOST_FOLLOWED = 500; // beyond as many changes, deriving everything costs no more
  var SEVERITY_FIRST = 1e11; // more than any moment in seconds

  // The number by which a list is ordered, least first; asked once for each row, not at each comparison.
  function rankOf(row, place, t) {
    var period = periodAt(row, t), start = period ? period[0] : 0, end = period && period[1] !== null ? period[1] : 0;
    return place === "planned" ? start : place === "ended" ? -end : -row.sev * SEVERITY_FIRST - start;
  }

  function order(a, b) { return a.rank - b.rank || a.row.no - b.row.no; }

  // What is known of an event that is in the range; null of one that is not.
  function entryOf(row, rule) {
    if (row.st === "draft" || !isInRange(row, rule)) { return null; }
    var phase = phaseAt(row, rule.t), place = phase === "cancelled" ? "ended" : phase;
    return { row: row, phase: phase, place: place, rank: rankOf(row, place, rule.t), failed: failures(row, rule, textOf),
      passes: passesStatus(row, phase, rule.phases), mark: null }; // `mark`: what the map made of it (ob-44-markers.js)
  }

  // Of rows ordered by severity.
  function groupsOf(rows) {
    var mid = firstBelow(rows, 3), low = firstBelow(rows, 2);
    return [{ key: "list.group.high", rows: rows.slice(0, mid) }, { key: "list.group.mid", rows: rows.slice(mid, low) },
      { key: "list.group.low", rows: rows.slice(low) }].filter(function (group) { return group.rows.length; });
  }

  function firstBelow(rows, severity) {
    var at = rows.findIndex(function (row) { return row.sev < severity; });
    return at < 0 ? rows.length : at;
  }

  /**
   * Returns what every part of the screen draws. `state` comes from ob.url.read; `data` holds `rows` (iterable), `roads`, `sources`,
   * `familyOf(category)`, `toEpoch(bound)` and `districtCode(short)`; `t` is the moment in epoch seconds.
   *
   * Answer: `phases` (get and has of an id: the phase of what is shown), `seen` ({row, phase} of what is shown), `shown`
   * (their rows), `passing` {ongoing, planned, ended} (entries in order that pass every filter
   * but that of the status), `lists` {ongoing, planned, ended} in order, `groups` of the ongoing ones, `counters`, `tabs` (numbers before
   * the status filter), `hidden` {n, filters}, `slack` (seconds during which time alone changes none of these).
   */
  function view(state, data, t) {
    var base = { state: state, rule: compile(state, data, t), entries: new Map(), newer: new Map(), slack: Infinity,
      ranked: { ongoing: [], planned: [], ended: [] }, hidden: { n: 0, by: {} } };
    data.rows.forEach(function (row) {
      base.slack = Math.min(base.slack, slackOf(row, base.rule));
      var entry = entryOf(row, base.rule);
      if (!entry) { return; }
      base.entries.set(row.id, entry);
      if (entry.failed.length) { hide(base.hidden, entry, 1); } else { base.ranked[entry.place].push(entry); }
    });
    PLACES.forEach(function (place) { base.ranked[place].sort(order); });
    return toView(base, data);
  }

  /**
   * Returns what `view(state, data, t)` would, from the view `known` and the ids of the events that were added, replaced or
   * removed since; `data.rows` is then a Map by id. Only these are judged and put in order anew, unless the address is
   * another or so much time went by that others may have changed. With no ids `shown` is the same object.
   */
  function follow(known, changed, state, data, t) {
    var base = known.base, rule = compile(state, data, t), before = base.rule;
    var moved = [t - before.t, rule.from - before.from, rule.to - before.to], spent = Math.max.apply(null, moved);
    if (base.state !== state || Math.min.apply(null, moved) < 0 || spent >= base.slack || spent > 0 && before.from === before.to
      || base.newer.size + changed.size > MOST_FOLLOWED) { return view(state, data, t); }
    var next = Object.assign({}, base, { rule: rule, slack: base.slack - spent });
    if (!changed.size) {
      return Object.assign({}, known, { t: t, from: rule.from, to: rule.to, slack: next.slack, base: next,
        counters: count(known.lists.ongoing, data, t) });
    }
    replace(next, changed, data.rows);
    return toView(next, data);
  }

  // What `known` holds stays as it is: the large map is shared, what is newer than it is copied.
  function replace(next, changed, rows) {
    next.newer = new Map(next.newer);
    next.hidden = { n: next.hidden.n, by: Object.assign({}, next.hidden.by) };
    next.ranked = Object.assign({}, next.ranked);
    PLACES.forEach(function (place) { next.ranked[place] = next.ranked[place].slice(); });
    changed.forEach(function (id) {
      var row = rows.get(id), old = entryIn(next, id), entry = row ? entryOf(row, next.rule) : null;
      if (row) { next.slack = Math.min(next.slack, slackOf(row, next.rule)); }
      next.newer.set(id, entry);
      if (old && old.failed.length) { hide(next.hidden, old, -1); } else if (old) { takeOut(next.ranked[old.place], old); }
      if (entry && entry.failed.length) { hide(next.hidden, entry, 1); } else if (entry) { putIn(next.ranked[entry.place], entry); }
    });
  }

  function entryIn(base, id) { return base.newer.has(id) ? base.newer.get(id) : base.entries.get(id); }

  function hide(hidden, entry, by) {
    if (!entry.passes) { return; }
    hidden.n += by;
    entry.failed.forEach(function (key) { hidden.by[key] = (hidden.by[key] || 0) + by; });
  }

  function placeOf(ranked, entry) {
    var low = 0, high = ranked.length;
    while (low < high) {
      var middle = low + high >> 1;
      if (order(ranked[middle], entry) < 0) { low = middle + 1; } else { high = middle; }
    }
    return low;
  }

  function putIn(ranked, entry) { ranked.splice(placeOf(ranked, entry), 0, entry); }

  function takeOut(ranked, entry) { ranked.splice(ranked.indexOf(entry, placeOf(ranked, entry)), 1); }

  function toView(base, data) {
    var lists = {}, tabs = {}, seen = [], rule = base.rule;
    PLACES.forEach(function (place) {
      var ranked = base.ranked[place], rows = lists[place] = [];
      tabs[place] = ranked.length;
      for (var i = 0; i < ranked.length; i++) {
        if (ranked[i].passes) {
          seen.push(ranked[i]);
          rows.push(ranked[i].row);
        }
      }
    });
    return {
      t: rule.t, from: rule.from, to: rule.to, slack: base.slack, base: base, seen: seen, passing: base.ranked,
      shown: lists.ongoing.concat(lists.planned, lists.ended), phases: new Phases(base), lists: lists, tabs: tabs,
      hidden: { n: base.hidden.n, filters: FILTERS.filter(function (key) { return base.hidden.by[key]; }) },
      groups: groupsOf(lists.ongoing), counters: count(lists.ongoing, data, rule.t)
    };
  }

  function Phases(base) { this.base = base; }

  Phases.prototype.has = function (id) { return this.get(id) !== undefined; };

  Phases.prototype.get = function (id) {
    var entry = entryIn(this.base, id);
    return entry && entry.passes && !entry.failed.length ? entry.phase : undefined;
  };

  /**
   * Returns the state of a road at t: unknown once neither it nor its source has spoken for five minutes or two and a half
   * cadences. Published states are kept thin (changes only), so that the source's last datum vouches for an old state.
   */
  function roadState(road, sources, t) {
    var source = sources.find(function (one) { return one.id === road.src; });
    if (!source) { return road.st; }
    var heard = Math.max(road.at || 0, source.at || 0);
    return t - heard > Math.max(300, 2.5 * (source.every || 0)) ? "unknown" : road.st;
  }

  /**
   * Returns per axis, or per road on none, {state, road}: an axis takes the worst state that its sections tell now, and is
   * unknown only when none of them tells another.
   */
  function roadStates(roads, sources, t) {
    var states = new Map();
    roads.forEach(function (road) {
      var id = road.ax || road.id, state = roadState(road, sources, t), known = states.get(id);
      if (!known || TRAFFIC.indexOf(state) > TRAFFIC.indexOf(known.state)) { states.set(id, { state: state, road: road }); }
    });
    return states;
  }

  /** Returns the counters of a moment alone: those of `view(state, data, t)`, without putting anything in order. */
  function counters(state, data, t) {
    var rule = compile(state, data, t), ongoing = [];
    data.rows.forEach(function (row) {
      var entry = entryOf(row, rule);
      if (entry && entry.place === "ongoing" && entry.passes && !entry.failed.length) { ongoing.push(row); }
    });
    return count(ongoing, data, t);
  }

  function count(ongoing, data, t) {
    var counters = { critical: 0, major: 0, moderate: 0, closed: 0, jam: 0, march: 0 };
    ongoing.forEach(function (row) {
      if (row.sev === 4) { counters.critical++; }
      if (row.sev === 3) { counters.major++; }
      if (row.sev === 2) { counters.moderate++; }
      if (row.rt && row.rt.length > 1 && data.familyOf(row.cat) === "rass") { counters.march++; }
    });
    roadStates(data.roads, data.sources || [], t).forEach(function (one) {
      if (one.state === "closed") { counters.closed++; }
      if (one.state === "congested") { counters.jam++; }
    });
    return counters;
  }

  /** Returns the folded text that a search reads; kept on the row until the row is replaced. */
  function textOf(row) {
    if (row.folded === undefined) { row.folded = fold([row.ti, row.pl, row.ef, "EV-" + row.no].filter(Boolean).join(" ")); }
    return row.folded;
  }

  view.TRAFFIC = TRAFFIC;
  view.phaseAt = phaseAt;
  view.follow = follow;
  view.counters = counters;
  view.roadState = roadState;
  view.roadStates = roadStates;
  view.periodAt = periodAt;
  view.meets = meets;
  view.fold = fold;
  ob.view = view;
  if (typeof module === "object" && module.exports) { module.exports = view; }
})(typeof window === "undefined" ? globalThis : window);
