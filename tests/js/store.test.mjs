import assert from "node:assert/strict";
import { test } from "node:test";

import { event, script, snapshot } from "./cast.mjs";

const { Store, toSquare } = script("ob-20-store.js");

function loaded(events, patch) {
  const store = new Store();
  store.load(snapshot(events, patch));
  return store;
}

test("a columnar snapshot gives rows with plain values", () => {
  const row = event({ cat: "accident", ds: ["13201", "13206"], org: "prefecture" });
  const store = loaded([event(), row]);
  const kept = store.rows.get(row.id);
  assert.deepEqual([kept.cat, kept.org, kept.ds, kept.ti], ["accident", "prefecture", ["13201", "13206"], "Chantier"]);
  assert.equal(kept.no, row.no);
  assert.equal(store.seq, 10);
  assert.equal(store.isLoaded, true);
});

test("a snapshot gives every field of an event, as a delta does", () => {
  const told = event({ ms: "declared", em: 12, fx: [["axe", "closed"]], rt: [{ l: "a" }], st: "to_confirm", err: true, tb: 2 });
  const { slot, folded, ...kept } = loaded([event(), told]).rows.get(told.id);
  assert.deepEqual(kept, told);
});

test("what most rows say comes once, and the others beside it", () => {
  const some = [event(), event({ au: "partners", g: { type: "Polygon" } }), event({ err: true })];
  const short = snapshot(some);
  Object.assign(short.events, { au: { most: "public", rows: [1], other: ["partners"] }, err: { most: false, rows: [2], other: [true] },
    g: { most: null, rows: [1], other: [{ type: "Polygon" }] }, tb: { most: 1, rows: [], other: [] } });
  const store = new Store();
  store.load(short);
  some.forEach((told) => {
    const { slot, folded, ...kept } = store.rows.get(told.id);
    assert.deepEqual(kept, told);
  });
  short.events.au.rows = [7];
  assert.throws(() => store.load(short), /column au/);
});

test("positions are in the Mercator square", () => {
  assert.deepEqual(toSquare(0, 0), [0.5, 0.5]);
  const row = event({ ll: [5.38, 43.3] });
  const store = loaded([row]);
  const slot = store.rows.get(row.id).slot;
  assert.ok(Math.abs(store.x[slot] - 0.514944) < 1e-6 && Math.abs(store.y[slot] - 0.366307) < 1e-6);
});

test("a snapshot with a missing column is refused whole", () => {
  const broken = snapshot([event()]);
  broken.events.sev = [];
  const store = loaded([event(), event()]);
  assert.throws(() => store.load(broken), /column sev/);
  assert.equal(store.rows.size, 2);
});

test("a delta adds, replaces and removes; slots are used again", () => {
  const one = event(), two = event(), three = event();
  const store = loaded([one, two]);
  const freed = store.rows.get(two.id).slot;
  const change = store.apply({ seq: 11, events: [{ ...one, v: 2, ti: "Autre" }], gone: [two.id, "unknown"], roads: [{ id: "r", st: "closed" }] });
  assert.deepEqual(change, { added: [], updated: [one.id], gone: [two.id], roads: true });
  assert.equal(store.rows.get(one.id).ti, "Autre");
  assert.equal(store.roads.get("r").st, "closed");
  assert.deepEqual(store.apply({ seq: 12, events: [three] }).added, [three.id]);
  assert.equal(store.rows.get(three.id).slot, freed);
});

test("a road that its publisher takes back goes too", () => {
  const store = loaded([event()]);
  store.apply({ seq: 11, roads: [{ id: "voirie:r1", st: "closed" }] });
  const change = store.apply({ seq: 12, gone: ["voirie:r1"] });
  assert.equal(change.roads, true);
  assert.equal(store.roads.has("voirie:r1"), false);
});

test("numbers already seen are refused", () => {
  const store = loaded([event()]);
  assert.equal(store.apply({ seq: 10, events: [event()] }), null);
  assert.equal(store.rows.size, 1);
});

test("slots grow past their first room", () => {
  const store = loaded(Array.from({ length: 3000 }, () => event()));
  assert.equal(store.rows.size, 3000);
  assert.ok(store.x.length >= 3000 && store.x[2999] > 0.5);
});

test("what the first polls brought is no news", () => {
  const first = 1000000;
  assert.equal(loaded([event({ new: first + 50 }), event({ new: first }), event({ new: first + 900 })]).newsFrom, first + 120);
});
