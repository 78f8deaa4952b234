import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

const freshness = script("ob-70-freshness.js");
const list = script("ob-60-list.js");
const layers = script("ob-41-layers.js");
const counters = script("ob-65-counters.js");
const keys = script("ob-85-keys.js");
const table = script("ob-54-table.js");
const cameras = { ...script("ob-48-cameras.js"), ...script("ob-48-camera-facts.js") };
const TODAY = "2026-11-14";
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

test("a camera's coverage is an area when it aims or is masked, a circle when it sees all round, nothing without a range", () => {
  const area = { type: "MultiPolygon", coordinates: [[[[5.38, 43.3], [5.381, 43.3], [5.381, 43.301], [5.38, 43.3]]]] };
  assert.equal(cameras.coverage({ kind: "fixed", coverage: area, range: 80, verified: true }, TODAY).shape, "area");
  assert.equal(cameras.coverage({ kind: "ptz", coverage: null, range: 80, verified: true }, TODAY).shape, "circle");
  assert.equal(cameras.coverage({ kind: "ptz", coverage: null, range: null }, TODAY).shape, "none", "no range is invented");
  assert.equal(cameras.coverage({ kind: "ptz", coverage: null, range: 80, service: "out_of_service" }, TODAY).shape, "none");
  assert.equal(cameras.coverage({ kind: "dome", verified: false }, TODAY).isNominal, true);
  assert.deepEqual(cameras.rings(area)[0][0][1], [43.3, 5.381], "Leaflet wants latitude first");
});

test("what a camera tells on demand: its directions, its masks, and when its authorisation ended", () => {
  const say = (key, params) => key + (params ? JSON.stringify(params) : "");
  const own = { kind: "fixed", purpose: "Trafic", until: "2026-01-01", range: 80, azimuth: 90, fov: 60, sectors: [[210, 40, 30]],
    masks: [[45, 20]], masked_areas: 1, detail: 62, level: "observe", occluded: true, verified: false };
  const told = new Map(cameras.facts(own, cameras.coverage(own, TODAY), say, String));
  assert.match(told.get("register.head.until"), /2026-01-01.*expired/);
  assert.equal(told.get("register.head.sectors").split(" ; ").length, 2);
  assert.match(told.get("register.head.sectors"), /camera.metres.*30/);
  assert.match(told.get("register.head.masks"), /"azimuth":"45".* ; camera.areas.one/);
  assert.match(told.get("register.head.detail"), /camera.level.observe/);
  assert.equal(told.has("register.head.assessment"), false, "what its owner does not say is left out");
});

test("cameras are locked beside a gathering, and beside an event that is not known yet", () => {
  const familyOf = (category) => (category === "manifestation" ? "rass" : "circ");
  assert.equal(purpose.lockedBy("1", { cat: "manifestation" }, familyOf), "1");
  assert.equal(purpose.lockedBy("1", null, familyOf), "1");
  assert.equal(purpose.lockedBy("1", { cat: "chantier" }, familyOf), null);
  assert.equal(purpose.lockedBy(null, null, familyOf), null);
});

test("the authorisation of a camera holds until the end of its last day", () => {
  assert.equal(cameras.coverage({ kind: "dome", until: TODAY }, TODAY).isExpired, false);
  assert.equal(cameras.coverage({ kind: "dome", until: "2026-11-13" }, TODAY).isExpired, true);
  assert.equal(cameras.coverage({ kind: "dome", until: null }, TODAY).isExpired, false);
});
