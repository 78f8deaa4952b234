import assert from "node:assert/strict";
import { test } from "node:test";

import { NOON, event, script } from "./cast.mjs";

const { passage, timed, delayOf, along } = script("ob-43-passage.js");
const MIN = 60;

const point = (m, minutes, observed, p) => ({ l: "x", k: "pass", m, t: NOON + minutes * MIN,
  o: observed === null ? null : NOON + observed * MIN, p });
const LINE = [[5.38, 43.30], [5.38, 43.29], [5.38, 43.28]];
const route = (observed) => [point(0, 0, observed[0], LINE[0]), point(1000, 20, observed[1], LINE[1]), point(2000, 40, observed[2], LINE[2])];
const march = (observed, g = { type: "LineString", coordinates: LINE }) => event({ cat: "manifestation", rt: route(observed), g });

test("unobserved passages inherit the delay of the last one observed", () => {
  const points = timed(route([7, null, null]));
  assert.deepEqual(points.map((one) => (one.at - NOON) / MIN), [7, 27, 47]);
  assert.deepEqual(points.map((one) => one.isObserved), [true, false, false]);
  assert.equal(delayOf(route([7, null, null])), 420);
  assert.equal(delayOf(route([null, null, null])), null);
});

test("before the start the head waits at the first point", () => {
  const way = passage(march([null, null, null]), NOON - MIN);
  assert.deepEqual([way.position, way.share, way.points[0].isPassed], [LINE[0], 0, false]);
});

test("between two passages the head is on the line, in proportion of time", () => {
  const way = passage(march([null, null, null]), NOON + 10 * MIN);
  assert.equal(way.share, 0.25);
  assert.ok(Math.abs(way.position[1] - 43.295) < 1e-6 && way.position[0] === 5.38);
  assert.deepEqual(way.points.map((one) => one.isPassed), [true, false, false]);
  assert.equal(way.isObserved, false);
  assert.deepEqual(way.done, [LINE[0], way.position]);
});

test("a fresh observation places the head, an old one only estimates it", () => {
  assert.equal(passage(march([0, 20, null]), NOON + 21 * MIN).isObserved, true);
  assert.equal(passage(march([0, 20, null]), NOON + 30 * MIN).isObserved, false);
});

test("after the last passage the head stays at the end", () => {
  const way = passage(march([0, 22, 45]), NOON + 90 * MIN);
  assert.deepEqual([way.share, way.position, way.points.every((one) => one.isPassed)], [1, LINE[2], true]);
});

test("without a line the checkpoints are the line; without times the head waits", () => {
  assert.ok(Math.abs(passage(march([null, null, null], null), NOON + 30 * MIN).position[1] - 43.285) < 1e-6);
  const untimed = event({ rt: [{ l: "a", m: 0, t: null, o: null, p: LINE[0] }, { l: "b", m: 9, t: null, o: null, p: LINE[1] }] });
  assert.equal(passage(untimed, NOON).share, 0);
});

test("an event without a route has no passage", () => {
  assert.equal(passage(event(), NOON), null);
  assert.equal(passage(event({ rt: [point(0, 0, null, LINE[0])] }), NOON), null);
});

test("a share of a line is measured in metres, not in vertices", () => {
  const uneven = [[5.38, 43.300], [5.38, 43.299], [5.38, 43.290]];
  assert.ok(Math.abs(along(uneven, 0.5).position[1] - 43.295) < 1e-5);
});
