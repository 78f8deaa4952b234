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

  /** Returns the first moment after t at which an event of these rows changes phase, or Infinity. */
  function nextBoundary(rows, t) {
    var soonest = Infinity;
    for (var i = 0; i < rows.length; i++) {
      for (var k = 0; k < rows[i].pe.length; k++) {
        var start = rows[i].pe[k][0], end = rows[i].pe[k][1];
        if (start > t) { if (start < soonest) { soonest = start; } break; }
        if (end !== null && end > t && end < soonest) { soonest = end; }
      }
    }
    return soonest;
  }

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

  var SEVERITY_FIRST = 1e11; // more than any moment in seconds

  // The number by which a list is ordered, least first; asked once for each row, not at each comparison.
  function rankOf(row, place, t) {
    var period = periodAt(row, t), start = period ? period[0] : 0, end = period && period[1] !== null ? period[1] : 0;
    return place === "planned" ? start : place === "ended" ? -end : -row.sev * SEVERITY_FIRST - start;
  }

  function inOrder(ranked) {
    return ranked.sort(function (a, b) { return a.rank - b.rank || a.row.no - b.row.no; })
      .map(function (one) { return one.row; });
  }

  function groupsOf(rows) {
    var groups = [{ key: "list.group.high", rows: [] }, { key: "list.group.mid", rows: [] }, { key: "list.group.low", rows: [] }];
    rows.forEach(function (row) { groups[row.sev >= 3 ? 0 : row.sev === 2 ? 1 : 2].rows.push(row); });
    return groups.filter(function (group) { return group.rows.length; });
  }

  /**
   * Returns what every part of the screen draws. `state` comes from ob.url.read; `data` holds `rows` (iterable), `roads`, `sources`,
   * `familyOf(category)`, `toEpoch(bound)` and `districtCode(short)`; `t` is the moment in epoch seconds.
   *
   * Answer: `phases` (id -> phase of what is shown), `shown` (rows), `lists` {ongoing, planned, ended} in order, `groups`
   * of the ongoing ones, `counters`, `tabs` (numbers before the status filter), `hidden` {n, filters}.
   */
  function view(state, data, t) {
    var rule = compile(state, data, t);
    var lists = { ongoing: [], planned: [], ended: [] }, tabs = { ongoing: 0, planned: 0, ended: 0 };
    var shown = [], phases = new Map(), hidden = { n: 0, filters: [] }, hiding = new Set();
    data.rows.forEach(function (row) {
      if (row.st === "draft" || !isInRange(row, rule)) { return; }
      var phase = phaseAt(row, t), place = phase === "cancelled" ? "ended" : phase;
      var failed = failures(row, rule, textOf), passes = passesStatus(row, phase, rule.phases);
      if (failed.length) {
        if (passes) { hidden.n++; failed.forEach(function (key) { hiding.add(key); }); }
        return;
      }
      tabs[place]++;
      if (!passes) { return; }
      shown.push(row);
      phases.set(row.id, phase);
      lists[place].push({ row: row, rank: rankOf(row, place, t) });
    });
    hidden.filters = Array.from(hiding);
    Object.keys(lists).forEach(function (phase) { lists[phase] = inOrder(lists[phase]); });
    return {
      t: t, from: rule.from, to: rule.to, shown: shown, phases: phases, lists: lists, tabs: tabs, hidden: hidden,
      groups: groupsOf(lists.ongoing), counters: count(lists.ongoing, data, t)
    };
  }

  /** Returns a view of the same events, lists included, whose counters know the roads and sources of `data` at t. */
  function recount(known, data, t) {
    return Object.assign({}, known, { counters: count(known.lists.ongoing, data, t) });
  }

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

  view.phaseAt = phaseAt;
  view.recount = recount;
  view.roadState = roadState;
  view.roadStates = roadStates;
  view.periodAt = periodAt;
  view.nextBoundary = nextBoundary;
  view.meets = meets;
  view.fold = fold;
  ob.view = view;
  if (typeof module === "object" && module.exports) { module.exports = view; }
})(typeof window === "undefined" ? globalThis : window);
