// Boxes on a picture: inside it whatever is done, moved and sized by keys.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";

const zones = createRequire(import.meta.url)("../../assets/ob-7a-zones.js");

test("a box drawn from any corner to any other is the same box", () => {
  const box = [0.2, 0.3, 0.4, 0.5];
  for (const [from, to] of [[[0.2, 0.3], [0.6, 0.8]], [[0.6, 0.8], [0.2, 0.3]], [[0.6, 0.3], [0.2, 0.8]]]) {
    assert.deepEqual(zones.between(from, to), box);
  }
});

test("a box stays in the picture and never shrinks to nothing", () => {
  assert.deepEqual(zones.inside([-1, 0.9, 5, 5]), [0, 0.9, 1, 0.1]);
  assert.ok(zones.inside([0.5, 0.5, 0, -1]).slice(2).every((side) => side > 0));
  assert.deepEqual(zones.pressed([0.9, 0, 0.1, 0.1], "ArrowRight", false), [0.9, 0, 0.1, 0.1]);
});

test("arrows move, with Shift they size, other keys are left alone", () => {
  assert.deepEqual(zones.pressed([0.5, 0.5, 0.1, 0.1], "ArrowLeft", false), [0.49, 0.5, 0.1, 0.1]);
  assert.deepEqual(zones.pressed([0.5, 0.5, 0.1, 0.1], "ArrowDown", true), [0.5, 0.5, 0.1, 0.11]);
  assert.equal(zones.pressed([0.5, 0.5, 0.1, 0.1], "Enter", false), null);
});
