import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

script("ob-30-view.js");
const url = script("ob-15-url.js");
const list = script("ob-60-list.js");
const panels = script("ob-93-panels.js");
const views = script("ob-98-views.js");
const phone = script("ob-99-phone.js");

test("arrows move a separator by 16 px towards the arrow, within what leaves both sides usable", () => {
  assert.equal(panels.afterKey("ArrowRight", 404, 1), 420);
  assert.equal(panels.afterKey("ArrowLeft", 404, 1), 388);
  assert.equal(panels.afterKey("ArrowRight", 404, -1), 388); // a panel at the right grows to the left
  assert.equal(panels.afterKey("ArrowLeft", 284, 1), 280);
  assert.equal(panels.afterKey("ArrowRight", 640, 1), 640);
  assert.equal(panels.afterKey("Home", 404, 1), 280);
  assert.equal(panels.afterKey("x", 404, 1), null);
});

test("a saved view keeps filters and place, not the moment, the selection or the reader's language", () => {
  assert.equal(views.queryOf("?arr=1,6&grav=3&t=2026-11-14T14:32&ev=abc&lang=en&theme=sombre&c=43.3,5.4,13"), "arr=1,6&grav=3&c=43.3,5.4,13");
});

test("a view of the same name is replaced, and what a browser kept wrongly is not read", () => {
  const first = views.added([], "Centre", "arr=1");
  assert.deepEqual(views.added(first, "Centre", "arr=2"), [{ name: "Centre", query: "arr=2" }]);
  assert.deepEqual(views.readable([{ name: "a", query: "b" }, { name: "" }, null, 3]), [{ name: "a", query: "b" }]);
  assert.deepEqual(views.readable("x"), []);
  assert.equal(views.added(Array.from({ length: 100 }, (_, i) => ({ name: "v" + i, query: "" })), "one more", ""), null);
});

test("the order of the list is in the address, and an unknown one is told", () => {
  assert.equal(url.read("").tri, "gravite");
  assert.equal(url.read("?tri=debut").tri, "debut");
  assert.deepEqual(url.read("?tri=hasard").wrong, [{ key: "tri", value: "hasard" }]);
  assert.equal(url.patched("?tri=debut", { tri: "gravite" }), "");
});

test("a list is ordered by start, by last update or by name", () => {
  const a = event({ ti: "Écoulement", pe: [[NOON + HOUR, null]], up: NOON - 5 }), b = event({ ti: "Zèbre", pe: [[NOON - HOUR, null]], up: NOON - 50 });
  const c = event({ ti: "abri", pe: [[NOON, null]], up: NOON - 1 });
  const order = (sort) => list.sorted([a, b, c], sort, NOON).map((row) => row.id);
  assert.deepEqual(order("debut"), [b.id, c.id, a.id]);
  assert.deepEqual(order("maj"), [c.id, a.id, b.id]);
  assert.deepEqual(order("nom"), [c.id, a.id, b.id]);
});

test("the sheet of a telephone has three stops, and a drag ends at the nearest", () => {
  assert.equal(phone.nextStop("peek", 1, false), "half");
  assert.equal(phone.nextStop("full", 1, false), "full");
  assert.equal(phone.nextStop("full", 1, true), "peek");
  assert.equal(phone.nextStop("peek", -1, false), "peek");
  assert.deepEqual([0.1, 0.4, 0.9].map(phone.nearestStop), ["peek", "half", "full"]);
});
