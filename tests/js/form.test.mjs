// The form of a contribution in the browser: usual values, points that remember, drafts that survive and age.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";

const form = createRequire(import.meta.url)("../../assets/ob-71-form.js");

function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

test("a category brings its usual severity and a route where it moves, and takes back no choice", () => {
  const blank = form.blank("2026-11-21T14:00");
  const march = form.withCategory(blank, { id: "manifestation", default_severity: 2 });
  assert.deepEqual([march.kind, march.severity, blank.category], ["route", 2, ""]);
  const chosen = form.withCategory({ ...march, severity: 3 }, { id: "eau", default_severity: 1 });
  assert.deepEqual([chosen.kind, chosen.severity], ["point", 3]);
  assert.equal(form.withCategory({ ...march, points: [{ p: [5, 43] }] }, { id: "eau", default_severity: 1 }).kind, "route");
});

test("points draw a point, a closed zone, and for a route nothing that the server would have to believe", () => {
  const points = [{ p: [1, 2] }, { p: [3, 4] }, { p: [5, 6] }];
  assert.deepEqual(form.geometryOf("point", points), { type: "Point", coordinates: [5, 6] });
  assert.deepEqual(form.geometryOf("zone", points).coordinates[0].at(-1), [1, 2]);
  assert.equal(form.geometryOf("zone", points.slice(0, 2)), null);
  assert.equal(form.geometryOf("route", points), null);
  assert.deepEqual(form.pointsOf({ points: [], geometry: form.geometryOf("zone", points) }).map((one) => one.p), [[1, 2], [3, 4], [5, 6]]);
});

test("points are added, moved, removed and swapped, each taken back in turn; a new form forgets", () => {
  let changes = 0;
  const points = new form.Points(() => { changes += 1; });
  points.add({ p: [1, 1] });
  points.add({ p: [2, 2] });
  points.add({ p: [3, 3] }, 0);
  points.change(1, { label: "x" });
  points.swap(0, 1);
  points.swap(0, -1);
  points.remove(2);
  assert.deepEqual(points.list.map((one) => one.p[0]), [3, 1]);
  points.undo();
  points.undo();
  assert.deepEqual(points.list.map((one) => one.p[0]), [1, 3, 2]);
  assert.equal(points.list[1].label, "x");
  assert.equal(changes, 8);
  points.set([{ p: [9, 9] }]);
  points.undo();
  assert.deepEqual(points.list.map((one) => one.p[0]), [9]);
});

test("a draft survives, is too old after two days, and a browser that keeps nothing breaks nothing", () => {
  const box = storage();
  assert.equal(form.save(box, "post-1", { headline: "x" }, 2, 1000), true);
  assert.deepEqual(form.load(box, "post-1", 1000 + 47 * 3600).form, { headline: "x" });
  assert.equal(form.load(box, "post-1", 1000 + 49 * 3600), null);
  form.drop(box);
  assert.equal(form.load(box, "post-1", 1000), null);
  const closed = { getItem() { throw new Error("no"); }, setItem() { throw new Error("no"); }, removeItem() { throw new Error("no"); } };
  assert.equal(form.save(closed, "post-1", {}, 1, 0), false);
  assert.equal(form.load(closed, "post-1", 0), null);
  form.drop(closed);
});

test("what one account wrote is never shown to another on the same desk", () => {
  const box = storage();
  form.save(box, "prefecture-1", { headline: "x" }, 2, 1000);
  assert.equal(form.load(box, "voirie-1", 1001), null);
  assert.equal(form.load(box, "prefecture-1", 1002), null);
});

test("each field is asked in one step", () => {
  assert.deepEqual(["category", "start", "route", "description", "audience"].map(form.stepOf), [1, 2, 2, 3, 4]);
});
