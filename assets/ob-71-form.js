/* The form of a contribution as the browser holds it: blank, checked, its draft kept between visits. Pure but for the storage it is given. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var KEY = "ob-draft";
  var KEPT_FOR_S = 48 * 3600;
  var MOST_UNDO = 100;

  /** The categories offered as tiles: those that posts of a city tell most. */
  var TILES = ["accident", "obstacle", "chantier", "fermeture", "rassemblement", "manifestation", "incendie", "eau",
    "electricite", "bus", "match", "concert"];
  var MOVING = ["manifestation", "course", "ceremonie"];
  var STATUSES = ["declared", "modified", "forbidden", "confirmed", "under_way", "dispersed", "cancelled"];
  var DECLARED = ["manifestation", "rassemblement"];

  /** Returns an empty form whose event begins at `start` ("2026-11-21T14:00" on the city's clock). */
  function blank(start) {
    return { category: "", severity: null, headline: "", place: "", description: "", instruction: "", kind: "point",
      geometry: null, points: [], pace: 2.5, size_class: "", start: start, end: "", check_at: "", embargo_until: "", axes_off: [],
      audience: "partners", organisations: [], is_confirmed: true, march_status: "", is_start_verified: false, is_end_verified: false, pieces: [], follow: true };
  }

  /** Returns the form with a category: its usual severity, and a route where its kind moves, unless chosen already. */
  function withCategory(form, category) {
    var changed = Object.assign({}, form, { category: category.id });
    if (form.severity === null) { changed.severity = Math.max(1, category.default_severity); }
    changed.march_status = category.family !== "rass" ? "" : form.march_status || (DECLARED.indexOf(category.id) >= 0 ? "declared" : "");
    if (!form.points.length) { changed.kind = MOVING.indexOf(category.id) >= 0 ? "route" : "point"; }
    return changed;
  }

  /** Returns the geometry that points draw: a point, a line, or a zone of three points and more; null for less. */
  function geometryOf(kind, points) {
    var pairs = points.map(function (one) { return one.p; });
    if (kind === "point") { return pairs.length ? { type: "Point", coordinates: pairs[pairs.length - 1] } : null; }
    if (kind === "zone") { return pairs.length > 2 ? { type: "Polygon", coordinates: [pairs.concat([pairs[0]])] } : null; }
    return null; // a route is drawn by its points, on the server too
  }

  /** Returns the points that draw a kept geometry. */
  function pointsOf(form) {
    var geometry = form.geometry;
    if (form.points && form.points.length) { return form.points; }
    if (!geometry) { return []; }
    if (geometry.type === "Point") { return [{ p: geometry.coordinates }]; }
    if (geometry.type === "Polygon") { return geometry.coordinates[0].slice(0, -1).map(function (pair) { return { p: pair }; }); }
    return [];
  }

  /** Returns which step (1 to 4) a field is asked in. */
  function stepOf(field) {
    if (["category", "severity", "headline"].indexOf(field) >= 0) { return 1; }
    if (["description", "instruction", "pieces"].indexOf(field) >= 0) { return 3; }
    return ["audience", "organisations", "embargo_until"].indexOf(field) >= 0 ? 4 : 2;
  }

  /** A list of points that remembers what was done to it; `changed()` is called after each change. */
  function Points(changed) { this.list = []; this.past = []; this.changed = changed; }

  Points.prototype.set = function (list) { this.list = list; this.past = []; };

  Points.prototype.put = function (list) {
    this.past.push(this.list);
    if (this.past.length > MOST_UNDO) { this.past.shift(); }
    this.list = list;
    this.changed();
  };

  /** Replaces the list by one that says the same more fully: nothing to undo. */
  Points.prototype.amend = function (list) { this.list = list; };

  Points.prototype.add = function (point, after) {
    var list = this.list.slice();
    list.splice(after === undefined ? list.length : after + 1, 0, point);
    this.put(list);
  };

  Points.prototype.change = function (index, patch) {
    this.put(this.list.map(function (one, at) { return at === index ? Object.assign({}, one, patch) : one; }));
  };

  Points.prototype.remove = function (index) {
    this.put(this.list.filter(function (one, at) { return at !== index; }));
  };

  Points.prototype.swap = function (index, other) {
    if (other < 0 || other >= this.list.length) { return; }
    var list = this.list.slice();
    list[index] = this.list[other];
    list[other] = this.list[index];
    this.put(list);
  };

  Points.prototype.undo = function () {
    if (!this.past.length) { return; }
    this.list = this.past.pop();
    this.changed();
  };

  /** Keeps what an account wrote until it is published; returns whether the browser took it (it may keep nothing). */
  function save(storage, owner, form, step, now) {
    try { storage.setItem(KEY, JSON.stringify({ owner: owner, form: form, step: step, at: now })); return true; } catch (error) { return false; }
  }

  /**
   * Returns {form, step, at} of the last visit of this account, null when there is none or it is too old to be of use. What
   * another account left on a shared desk is dropped unread.
   */
  function load(storage, owner, now) {
    try {
      var kept = JSON.parse(storage.getItem(KEY));
      if (kept && kept.owner !== owner) { drop(storage); return null; }
      return kept && kept.form && now - kept.at < KEPT_FOR_S ? kept : null;
    } catch (error) { return null; }
  }

  function drop(storage) { try { storage.removeItem(KEY); } catch (error) { return; } }

  ob.form = { TILES: TILES, STATUSES: STATUSES, blank: blank, withCategory: withCategory, geometryOf: geometryOf, pointsOf: pointsOf, stepOf: stepOf,
    Points: Points, save: save, load: load, drop: drop };
  if (typeof module === "object" && module.exports) { module.exports = ob.form; }
})(typeof window === "undefined" ? globalThis : window);
