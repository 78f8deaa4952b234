// How the pieces of a contribution stand, and what keeps the next step waiting.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";

const pieces = createRequire(import.meta.url)("../../assets/ob-7b-pieces.js");
const kept = (more) => ({ kept: { state: "waiting", kind: "photo", masks: 0, ...more } });

test("a row says refused, found, on its way, masked, published", () => {
  const found = { faces: [[0, 0, 1, 1]], doubtful: [], lettering: [[0, 0, 1, 1]] };
  assert.deepEqual(pieces.standing({ refused: "type", said: "Non." }), ["Non.", null, "bad"]);
  assert.deepEqual(pieces.standing({ found }), ["media.found", { faces: 1, more: 1 }, "bad"]);
  assert.equal(pieces.standing({})[2], "busy");
  assert.deepEqual(pieces.standing(kept({ state: "making", done: 38.4, seconds: 51.6 })), ["gate.checking", { done: 38, all: 52 }, "busy"]);
  assert.deepEqual(pieces.standing(kept({ masks: 3 })), ["media.masked", { n: 3 }, "good"]);
  assert.equal(pieces.standing(kept({ state: "hidden" }))[2], "bad");
});

test("what is refused, found or interrupted waits for a hand; a clip that is made does not", () => {
  const list = [{ refused: "type" }, { found: {} }, kept({ state: "making", is_lost: true }), kept({ state: "making" }), kept({})];
  assert.equal(pieces.open(list), 3);
});
