import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

const freshness = script("ob-70-freshness.js");
const list = script("ob-60-list.js");
const layers = script("ob-41-layers.js");
const counters = script("ob-65-counters.js");
const keys = script("ob-85-keys.js");
const table = script("ob-54-table.js");
const cameras = script("ob-48-cameras.js");
const purpose = script("ob-47-purpose.js");
const url = script("ob-15-url.js");
const view = script("ob-30-view.js");

test("sources: paused ones are not counted, ages go on by themselves", () => {
  const source = (state, patch) => ({ state, at: NOON, ok: NOON, late: 60, ...patch });
  const all = [source("ok"), source("ok", { at: NOON - 90, ok: NOON - 61 }), source("late"), source("failing", { ok: null }), source("paused")];
  assert.deepEqual(freshness.summary(all, NOON), { ok: 1, all: 4, late: 2, failing: 1, newest: NOON });
  assert.equal(freshness.summary(all, NOON + 61).ok, 0);
  assert.deepEqual(freshness.summary([], NOON), { ok: 0, all: 0, late: 0, failing: 0, newest: null });
});

test("a tab that the status filter hides gives way to one it shows", () => {
  assert.equal(list.tabFor("ongoing", ["en_cours", "prevu"]), "ongoing");
  assert.equal(list.tabFor("ongoing", ["termine"]), "ended");
  assert.equal(list.tabFor("ended", ["a_confirmer"]), "ongoing");
});

test("layers: only what differs from the defaults is in the address", () => {
  const state = url.read("?couches=%2Bcameras");
  assert.equal(layers.isOn(state, "cameras"), true);
  assert.equal(layers.isOn(state, "trafic"), true);
  assert.equal(layers.toggled(state, "trafic", false), "-trafic,+cameras");
  assert.equal(layers.toggled(state, "cameras", false), "");
});

test("a trend is said from a difference of two, against half an hour ago and the same filters", () => {
  const old = { t: NOON - 1860, filters: "a", counters: { jam: 4 } }, other = { t: NOON - 1800, filters: "b", counters: { jam: 0 } };
  const found = counters.sampleBefore([old, other, { t: NOON - 60, filters: "a", counters: { jam: 6 } }], "a", NOON);
  assert.equal(found, old);
  assert.equal(counters.trend({ jam: 6 }, found.counters, "jam"), 2);
  assert.equal(counters.trend({ jam: 5 }, found.counters, "jam"), 0);
  assert.equal(counters.trend({ jam: 6 }, { jam: null }, "jam"), 0);
  assert.equal(counters.trend({ jam: 6 }, null, "jam"), 0);
  assert.equal(counters.sampleBefore([old], "a", NOON + 600), null);
});

test("counters of a moment alone are those of its view", () => {
  const rows = [event({ sev: 3 }), event({ sev: 4, pe: [[NOON - HOUR, NOON - 60]] }), event({ sev: 2, cat: "concert" })];
  for (const search of ["", "?cat=concert", "?statut=termine"]) {
    for (const t of [NOON, NOON - 1800]) {
      const state = url.read(search), data = { rows, roads: [], sources: [], familyOf: () => "vie", toEpoch: (bound) => url.toEpoch(bound, t, "Europe/Paris") };
      assert.deepEqual(view.counters(state, data, t), view(state, data, t).counters);
    }
  }
});
test("J and K stop at the ends", () => {
  assert.equal(keys.neighbour(["a", "b"], null, 1), "a");
  assert.equal(keys.neighbour(["a", "b"], "b", 1), "b");
  assert.equal(keys.neighbour(["a", "b"], "b", -1), "a");
  assert.equal(keys.neighbour([], "b", 1), null);
});

test("the table goes by severity, then distance to the centre, without a place last", () => {
  const far = event({ sev: 3, ll: [5.5, 43.3] }), close = event({ sev: 3, ll: [5.381, 43.3] }), nowhere = event({ sev: 3, ll: null });
  const worst = event({ sev: 4, ll: [6, 43.3] });
  assert.deepEqual(table.ordered([nowhere, far, close, worst], [5.38, 43.3]).map((row) => row.id), [worst.id, close.id, far.id, nowhere.id]);
});

test("a camera's coverage is a sector when it aims, a circle when it turns", () => {
  assert.equal(cameras.coverage({ kind: "fixed", azimuth: 0, verified: true }, NOON).shape, "sector");
  assert.equal(cameras.coverage({ kind: "ptz", azimuth: 90, verified: true }, NOON).shape, "circle");
  assert.equal(cameras.coverage({ kind: "dome", azimuth: null, verified: false }, NOON).isNominal, true);
  assert.equal(cameras.coverage({ kind: "dome", until: "2026-01-01" }, NOON).isExpired, true);
  const outline = cameras.sector([5.38, 43.3], 100, 90, 60);
  assert.deepEqual(outline[0], [43.3, 5.38]);
  assert.ok(outline.slice(1).every(([, longitude]) => longitude > 5.38)); // it looks east
});

test("cameras are locked beside a gathering, and beside an event that is not known yet", () => {
  const familyOf = (category) => (category === "manifestation" ? "rass" : "circ");
  assert.equal(purpose.lockedBy("1", { cat: "manifestation" }, familyOf), "1");
  assert.equal(purpose.lockedBy("1", null, familyOf), "1");
  assert.equal(purpose.lockedBy("1", { cat: "chantier" }, familyOf), null);
  assert.equal(purpose.lockedBy(null, null, familyOf), null);
});

test("the authorisation of a camera holds until the end of its last day", () => {
  const day = new Date(NOON * 1000).toISOString().slice(0, 10);
  const before = new Date((NOON - 86400) * 1000).toISOString().slice(0, 10);
  assert.equal(cameras.coverage({ kind: "dome", until: day }, NOON).isExpired, false);
  assert.equal(cameras.coverage({ kind: "dome", until: before }, NOON).isExpired, true);
});
