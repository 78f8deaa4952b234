import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

script("ob-30-view.js");
const url = script("ob-15-url.js");
const list = script("ob-60-list.js");
const panels = script("ob-93-panels.js");
const views = script("ob-98-views.js");
const phone = script("ob-99-phone.js");
const police = script("ob-49-police.js");
const axis = script("ob-47-axis.js");
const reveal = script("ob-45-reveal.js");
const early = script("ob-11-early-keys.js");
const stale = script("ob-9b-stale.js");
const subscriptions = script("ob-9a-subscriptions.js");

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

test("a subscription is told of what became of an event in its districts and families, six times an hour", () => {
  const family = (category) => (category === "manifestation" ? "rass" : "chant");
  const row = event({ cat: "manifestation", sev: 3, ds: ["13201"] }), minor = { ...row, sev: 1 };
  assert.deepEqual(subscriptions.transitions(null, row, NOON), ["created", "major"]);
  assert.deepEqual(subscriptions.transitions(minor, row, NOON), ["major"]);
  assert.deepEqual(subscriptions.transitions(row, { ...row, v: 2 }, NOON), []);
  assert.deepEqual(subscriptions.transitions(row, { ...row, v: 2, st: "cancelled" }, NOON), ["closed"]);
  const wanted = { transitions: ["major"], districts: ["13201"], categories: ["rass"], channels: ["app"] };
  assert.equal(subscriptions.wants(wanted, ["major"], row, family), true);
  assert.equal(subscriptions.wants(wanted, ["created"], row, family), false);
  assert.equal(subscriptions.wants({ ...wanted, districts: ["13208"] }, ["major"], row, family), false);
  assert.equal(subscriptions.wants({ ...wanted, categories: ["chant"] }, ["major"], row, family), false);
  assert.equal(subscriptions.mayTell([1, 2, 3, 4, 5], 1000), true);
  assert.equal(subscriptions.mayTell([1, 2, 3, 4, 5, 6], 1000), false);
  assert.equal(subscriptions.mayTell([1, 2, 3, 4, 5, 6], 3600006), true);
});

test("an outage is told when it begins and when it is over, never for a source just met", () => {
  const before = new Map([["a", null], ["b", 100], ["c", 100]]);
  const now = [{ id: "a", out: 200 }, { id: "b", out: null }, { id: "c", out: 100 }, { id: "d", out: 300 }];
  assert.deepEqual(subscriptions.outages(before, now).map((one) => [one.source.id, one.isOver]), [["a", false], ["b", true]]);
  const all = { transitions: ["source-late"], sources: [] };
  assert.equal(subscriptions.wantsOutage(all, "a"), true);
  assert.equal(subscriptions.wantsOutage({ ...all, sources: ["b"] }, "a"), false);
  assert.equal(subscriptions.wantsOutage({ ...all, transitions: ["created"] }, "a"), false);
});

test("traffic is stale when none of its sources speaks any more, not while one is only late", () => {
  const roads = new Map([["r1", { src: "a" }], ["r2", { src: "b" }]]);
  const told = (a, b) => stale.staleTraffic(roads, [{ id: "a", state: a, at: 10 }, { id: "b", state: b, at: 20 }, { id: "c", state: "ok", at: 30 }],
    100, (source) => source.state);
  assert.deepEqual(told("stale", "failing"), { at: 20 });
  assert.equal(told("late", "failing"), null);
  assert.equal(told("ok", "stale"), null);
  assert.equal(stale.staleTraffic(new Map(), [], 100, (source) => source.state), null);
});

test("police counts are those of the last day only, and a hidden one keeps no tint", () => {
  const row = (area, start, value, suppressed = false) => ({ measure: "operations_police", area, start, value, suppressed });
  const told = police.lastDay([row("13201", "2026-11-12", 9), row("13201", "2026-11-13", 12), row("13202", "2026-11-13", null, true),
    row(null, "2026-11-13", 40), { measure: "other", area: "13203", start: "2026-11-14", value: 1, suppressed: false }]);
  assert.deepEqual([...told.areas], [["13201", { value: 12 }], ["13202", { value: null }]]);
  assert.equal(police.classOf(null, 12), 0);
  assert.equal(police.classOf(12, 12), 6);
  assert.equal(police.classOf(1, 12), 1);
});

test("an axis tells the events that close it wherever they stand", () => {
  const line = { type: "LineString", coordinates: [[5.37, 43.29], [5.39, 43.29]] };
  const far = event({ ll: [5.3, 43.2], fx: [["prado", "closed"]] }), other = event({ ll: [5.3, 43.2], fx: [["rabatau", "closed"]] });
  assert.deepEqual(axis.eventsOn(line, [far, other], "prado").map((row) => row.id), [far.id]);
});

test("time lost is that of the length at the speed told instead of the free one, and unknown without either", () => {
  assert.equal(Math.round(axis.lost(2500, 25, 50)), 180);
  assert.equal(axis.lost(2500, 60, 50), 0);
  for (const unknown of [axis.lost(2500, null, 50), axis.lost(2500, 0, 50), axis.lost(2500, 25, null), axis.lost(null, 25, 50)]) { assert.equal(unknown, null); }
  assert.equal(axis.meanSpeed([20, null, 60]), 30);
  assert.equal(axis.meanSpeed([null, 0]), null);
});

test("the events of an axis are those that stand within sixty metres of its line", () => {
  const line = { type: "LineString", coordinates: [[5.37, 43.29], [5.39, 43.29]] };
  const on = event({ ll: [5.38, 43.2904] }), off = event({ ll: [5.38, 43.2906] }), beyond = event({ ll: [5.392, 43.29] });
  assert.deepEqual(axis.eventsOn(line, [off, beyond, on]).map((row) => row.id), [on.id]);
});

test("a chosen event comes into what panels leave of the map, and stays where it is when it is well inside", () => {
  const map = { left: 344, top: 200, right: 1344, bottom: 800, width: 1000, height: 600 };
  const side = { left: 944, top: 200, right: 1344, bottom: 800, width: 400, height: 600 };
  const foot = { left: 0, top: 500, right: 2000, bottom: 800, width: 2000, height: 300 };
  assert.deepEqual(reveal.inSight(map, [side, { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 }]), { left: 0, top: 0, right: 600, bottom: 600 });
  assert.deepEqual(reveal.inSight(map, [foot]), { left: 0, top: 0, right: 1000, bottom: 300 });
  assert.deepEqual(reveal.inSight(map, [{ left: 0, top: 200, right: 344, bottom: 800, width: 344, height: 600 }]), { left: 0, top: 0, right: 1000, bottom: 600 });
  const seen = reveal.inSight(map, [side]);
  assert.equal(reveal.wayIn({ x: 350, y: 250 }, seen), null);
  assert.deepEqual(reveal.wayIn({ x: 700, y: 300 }, seen), { x: 400, y: 0 });
});

test("only keys that the page may answer are kept while it comes, and only as long as they are still meant", () => {
  const kept = ["j", "/", "?", "Escape", "ArrowLeft", "Tab", "Enter", "F5", "PageDown"].filter((key) => early.isOurs({ key }));
  assert.deepEqual(kept, ["j", "/", "?", "Escape", "ArrowLeft"]);
  for (const held of ["ctrlKey", "metaKey", "altKey", "repeat"]) { assert.equal(early.isOurs({ key: "j", [held]: true }), false); }
  assert.deepEqual(early.stillMeant([{ key: "a", at: 0 }, { key: "b", at: 1000 }], 5500), [{ key: "b", at: 1000 }]);
});
