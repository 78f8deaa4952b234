/* The events of the browser: a snapshot decoded once, deltas applied in the time of what changed. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /** Returns x, y in [0, 1] of a position in the Web Mercator square. */
  function toSquare(lon, lat) {
    var sine = Math.sin(Math.max(-85.05, Math.min(85.05, lat)) * Math.PI / 180);
    return [lon / 360 + 0.5, 0.5 - 0.25 * Math.log((1 + sine) / (1 - sine)) / Math.PI];
  }

  /** Holds rows by id, and per row a slot in typed arrays that clustering reads: x, y in the Mercator square. */
  function Store() {
    this.seq = 0;
    this.mark = ""; // of the change with this number: after a restore the number comes again, the mark does not
    this.from = 0;
    this.to = 0;
    this.isLoaded = false;
    this.newsFrom = 0;
    this.rows = new Map();
    this.roads = new Map();
    this.withdrawn = new Map(); // of the past: in force then, not kept since
    this.past = null;
    this.sources = [];
    this.x = new Float64Array(1024);
    this.y = new Float64Array(1024);
    this.free = [];
    this.used = 0;
  }

  var FIRST_FILL_S = 120; // what the very first polls bring was there before us: it is no news

  function firstRecord(moments) {
    return moments.reduce(function (first, at) { return Math.min(first, at); }, Infinity);
  }

  var COLUMNS = ["id", "no", "v", "src", "org", "cat", "sev", "st", "info", "ti", "pl", "ef", "ds", "pe", "ll", "g", "rt",
    "pr", "up", "at", "new", "au", "err", "fx", "tb", "ms", "em"];

  // Written out: ten thousand rows filled by name, key after key, take five times as long.
  function rowAt(columns, dict, i, number) {
    return { id: columns.id[i], no: number, v: columns.v[i], src: dict.src[columns.src[i]], org: dict.org[columns.org[i]],
      cat: dict.cat[columns.cat[i]], sev: columns.sev[i], st: columns.st[i], info: columns.info[i], ti: columns.ti[i],
      pl: columns.pl[i], ef: columns.ef[i], ds: namesOf(columns.ds[i], dict.ds), pe: columns.pe[i], ll: columns.ll[i],
      g: columns.g[i], rt: columns.rt[i], pr: columns.pr[i], up: columns.up[i], at: columns.at[i], "new": columns["new"][i],
      au: columns.au[i], err: columns.err[i], fx: columns.fx[i], tb: columns.tb[i],
      ms: columns.ms[i], em: columns.em[i], slot: -1, folded: undefined };
  }

  // A column in which most rows say the same comes as that and the others (docs/architecture.md).
  function whole(name, column, count) {
    var values = column;
    if (column && Array.isArray(column.rows)) {
      values = new Array(count).fill(column.most);
      column.rows.forEach(function (at, i) { values[at] = column.other[i]; });
    }
    if (!Array.isArray(values) || values.length !== count) {
      throw new TypeError("snapshot: column " + name + " has not the length of id");
    }
    return values;
  }

  function columnsOf(events) {
    var columns = {};
    COLUMNS.forEach(function (name) { columns[name] = whole(name, events[name], events.id.length); });
    return columns;
  }

  function namesOf(indexes, names) {
    return indexes ? indexes.map(function (index) { return names[index]; }) : [];
  }

  /** Replaces everything by a snapshot (docs/architecture.md). Raises TypeError when it is not one. */
  Store.prototype.load = function (snapshot) {
    var columns = columnsOf(snapshot.events), dict = snapshot.dict, count = columns.id.length;
    this.rows = new Map();
    this.withdrawn = new Map();
    this.past = null;
    this.free = [];
    this.used = 0;
    for (var i = 0, number = 0; i < count; i++) {
      number += columns.no[i];
      this.put(rowAt(columns, dict, i, number));
    }
    this.newsFrom = firstRecord(columns["new"]) + FIRST_FILL_S;
    this.roads = new Map(snapshot.roads.map(function (road) { return [road.id, road]; }));
    this.sources = snapshot.sources;
    this.seq = snapshot.seq;
    this.mark = snapshot.mark || "";
    this.from = snapshot.from;
    this.to = snapshot.to;
    this.isLoaded = true;
  };

  /** Keeps one event; the row object is the one given. */
  Store.prototype.put = function (row) {
    var known = this.rows.get(row.id) || this.withdrawn.get(row.id);
    this.withdrawn.delete(row.id);
    this.seat(row, known);
    this.rows.set(row.id, row);
  };

  Store.prototype.seat = function (row, known) {
    var slot = known ? known.slot : this.free.length ? this.free.pop() : this.used++;
    if (slot >= this.x.length) { this.grow(); }
    row.slot = slot;
    row.ds = row.ds || [];
    row.pe = row.pe || [];
    if (row.ll) { this.place(row, row.ll); }
  };

  /** Takes what replaying needs (docs/architecture.md, /api/past): states of the roads, events withdrawn since. */
  Store.prototype.remember = function (answer) {
    this.past = new ob.past.Past(answer);
    var columns = answer.events ? columnsOf(answer.events) : { id: [] };
    for (var i = 0, number = 0; i < columns.id.length; i++) {
      number += columns.no[i];
      var row = rowAt(columns, answer.dict, i, number);
      if (this.rows.has(row.id)) { continue; }
      this.seat(row, this.withdrawn.get(row.id));
      this.withdrawn.set(row.id, row);
    }
  };

  /** Returns an event by its id, one withdrawn since included. */
  Store.prototype.find = function (id) { return this.rows.get(id) || this.withdrawn.get(id); };

  /** Puts the pictogram of a row at [lon, lat]. */
  Store.prototype.place = function (row, position) {
    var square = toSquare(position[0], position[1]);
    this.x[row.slot] = square[0];
    this.y[row.slot] = square[1];
  };

  Store.prototype.drop = function (id) {
    var row = this.rows.get(id);
    if (!row) { return false; }
    this.rows.delete(id);
    this.free.push(row.slot);
    return true;
  };

  Store.prototype.grow = function () {
    ["x", "y"].forEach(function (name) {
      var wider = new Float64Array(this[name].length * 2);
      wider.set(this[name]);
      this[name] = wider;
    }, this);
  };

  /**
   * Applies a delta. Numbers already seen are refused (null). Returns what changed: ids new to this browser, ids that
   * were known, ids gone, whether roads changed.
   */
  Store.prototype.apply = function (delta) {
    if (delta.seq <= this.seq) { return null; }
    var change = { added: [], updated: [], gone: [], roads: false };
    (delta.events || []).forEach(function (row) {
      change[this.rows.has(row.id) ? "updated" : "added"].push(row.id);
      this.put(row);
    }, this);
    (delta.gone || []).forEach(function (id) {
      if (this.drop(id)) { change.gone.push(id); }
      if (this.roads.delete(id)) { change.roads = true; }
    }, this);
    (delta.roads || []).forEach(function (road) {
      this.roads.set(road.id, road);
      change.roads = true;
    }, this);
    this.seq = delta.seq;
    this.mark = delta.mark || "";
    return change;
  };

  ob.store = { Store: Store, toSquare: toSquare };
  if (typeof module === "object" && module.exports) { module.exports = ob.store; }
})(typeof window === "undefined" ? globalThis : window);
