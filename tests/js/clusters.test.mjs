import assert from "node:assert/strict";
import { test } from "node:test";

import { script } from "./cast.mjs";

const { cluster, spread } = script("ob-42-clusters.js");

const mark = (id, x, y, sev = 1, more = {}) => ({ id, x, y, sev, size: 40, ...more });
const crowd = (n, x, y, sev = 1, name = "m") => Array.from({ length: n }, (_, i) => mark(name + i, x + i % 5, y + i % 3, sev));

test("up to six stay single, seven become one cluster with the worst severity", () => {
  assert.deepEqual(cluster(crowd(6, 10, 10), 13).clusters, []);
  const groups = cluster([...crowd(6, 10, 10), mark("z", 12, 12, 3)], 13);
  assert.deepEqual(groups.clusters.map((one) => [one.n, one.sev]), [[7, 3]]);
  assert.deepEqual(groups.singles, []);
});

test("seven within sixty pixels are a cluster wherever the edges of cells lie, seven along more are not", () => {
  assert.deepEqual(cluster([...crowd(4, 58, 10), ...crowd(3, 66, 10, 2, "n")], 13).clusters.map((one) => [one.n, one.sev]), [[7, 2]]);
  const row = Array.from({ length: 7 }, (_, i) => mark("r" + i, 2 + i * 12, 10));
  assert.equal(cluster(row, 13).singles.length, 7);
});

test("no circle of sixty pixels around a single holds more than six singles", () => {
  const marks = Array.from({ length: 150 }, (_, i) => mark("m" + i, i * 37 % 200, i * 53 % 160, i % 4));
  const groups = cluster(marks, 13);
  assert.ok(groups.clusters.length > 0);
  groups.singles.forEach((one) => {
    assert.ok(groups.singles.filter((other) => Math.hypot(other.x - one.x, other.y - one.y) <= 30).length <= 6);
  });
});

test("a critical event is never in a cluster, nor is the selected one", () => {
  const groups = cluster([...crowd(20, 10, 10), mark("danger", 11, 11, 4), mark("chosen", 11, 12, 0, { isSelected: true })], 13);
  assert.deepEqual(groups.singles.map((one) => one.id), ["danger", "chosen"]);
  assert.equal(groups.clusters[0].n, 20);
});

test("when there are many, every crowded cell is one cluster", () => {
  const many = [];
  for (let i = 0; i < 200; i++) { many.push(mark("a" + i, i * 100, 0), mark("b" + i, i * 100 + 2, 2)); }
  const groups = cluster(many, 13);
  assert.equal(groups.clusters.length, 200);
  assert.equal(groups.singles.length, 0);
});

test("clusters on both sides of a cell's edge are one", () => {
  const groups = cluster([...crowd(8, 58, 10), ...crowd(9, 66, 10, 2, "n")], 13);
  assert.deepEqual(groups.clusters.map((one) => [one.n, one.sev, one.members.length]), [[17, 2, 17]]);
});

test("nothing is lost or drawn twice", () => {
  const marks = Array.from({ length: 2000 }, (_, i) => mark("m" + i, i * 37 % 1200, i * 53 % 700, i % 5));
  const groups = cluster(marks, 12);
  const seen = [...groups.singles, ...groups.clusters.flatMap((one) => one.members)].map((one) => one.id);
  assert.equal(seen.length, 2000);
  assert.equal(new Set(seen).size, 2000);
});

test("close up, all are drawn one by one", () => {
  assert.equal(cluster(crowd(50, 10, 10), 17).singles.length, 50);
});

test("of two that hide one another the more severe stays", () => {
  const [first, second] = spread([mark("minor", 100, 100, 1), mark("major", 104, 102, 3)]);
  assert.deepEqual([first.id, first.dx, first.dy], ["major", 0, 0]);
  assert.equal(second.id, "minor");
  const gap = Math.max(Math.abs(second.x + second.dx - first.x), Math.abs(second.y + second.dy - first.y));
  assert.ok(gap >= 24, `they still overlap: ${gap}`);
});

test("those apart do not move", () => {
  assert.ok(spread([mark("a", 0, 0), mark("b", 60, 0)]).every((one) => one.dx === 0 && one.dy === 0));
});
