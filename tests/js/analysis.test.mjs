import assert from "node:assert/strict";
import { test } from "node:test";

import { script } from "./cast.mjs";

const analysis = script("ob-89-analysis.js");

const rows = [
  { place: 0, value: 5 }, { place: 1, value: null }, { place: 2, value: 9 }, { place: 3, value: 5 }, { place: 4, value: null }
];

test("rows without a value take no place: they stay last, in the order of the city", () => {
  for (const isRising of [true, false]) {
    assert.deepEqual(analysis.ordered(rows, isRising).slice(-2).map((row) => row.place), [1, 4]);
  }
});

test("equal values keep the order of the city", () => {
  assert.deepEqual(analysis.ordered(rows, false).map((row) => row.place), [2, 0, 3, 1, 4]);
  assert.deepEqual(analysis.ordered(rows, true).map((row) => row.place), [0, 3, 2, 1, 4]);
});

test("a click on what is chosen takes the filter away", () => {
  assert.equal(analysis.toggled([], ["circ", "tc"]), "circ,tc");
  assert.equal(analysis.toggled(["tc", "circ"], ["circ", "tc"]), null);
  assert.equal(analysis.toggled(["circ"], ["circ", "tc"]), "circ,tc");
});
