import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

script("ob-30-view.js");
const review = script("ob-95-review.js");

const rowsOf = (...rows) => new Map(rows.map((row) => [row.id, row]));
const kinds = (found) => found.map((one) => [one.row.id, one.kind, one.differences.map((difference) => difference.field)]);

test("a new event, a closed one and a cancelled one are changes", () => {
  const stays = event(), ends = event(), falls = event();
  const before = review.look(rowsOf(stays, ends, falls), NOON);
  const born = event({ new: NOON + 60 });
  const now = rowsOf(stays, { ...ends, pe: [[NOON - HOUR, NOON + 60]] }, { ...falls, st: "cancelled" }, born);
  assert.deepEqual(kinds(review.changes(before, now, NOON + 120)).sort(), [[born.id, "created", []], [ends.id, "closed", []],
    [falls.id, "cancelled", []]].sort());
});

test("severity, status, place, route and a time that moves by more than ten minutes count, in both directions", () => {
  const row = event({ pl: "Vieux-Port", rt: [{ l: "a", p: [5, 43] }, { l: "b", p: [5.1, 43] }] });
  const before = review.look(rowsOf(row), NOON);
  const moved = (patch) => kinds(review.changes(before, rowsOf({ ...row, ...patch }), NOON))[0];
  assert.deepEqual(moved({ sev: 3 }), [row.id, "changed", ["severity"]]);
  assert.deepEqual(moved({ st: "to_confirm" }), [row.id, "changed", ["status"]]);
  assert.deepEqual(moved({ pl: "Castellane" }), [row.id, "changed", ["place"]]);
  assert.deepEqual(moved({ rt: row.rt.slice(0, 1) }), [row.id, "changed", ["route"]]);
  assert.deepEqual(moved({ pe: [[NOON - HOUR, NOON + HOUR + 601]] }), [row.id, "changed", ["end"]]);
  assert.deepEqual(moved({ pe: [[NOON - HOUR, null]] }), [row.id, "changed", ["end"]]);
});

test("a corrected text, a time that moves by ten minutes and an event that was long known are none", () => {
  const row = event();
  const before = review.look(rowsOf(row), NOON);
  const now = { ...row, ti: "Chantier, suite", ef: "Voie réduite", v: 2, at: NOON + 5, pe: [[NOON - HOUR, NOON + HOUR + 600]] };
  const late = event({ new: NOON - 5 * HOUR, pe: [[NOON - HOUR, NOON + HOUR]] });
  assert.deepEqual(kinds(review.changes(before, rowsOf(now, late), NOON)), []);
});

test("the most severe change comes first", () => {
  const before = review.look(rowsOf(), NOON);
  const minor = event({ new: NOON + 1, sev: 1 }), major = event({ new: NOON + 1, sev: 3 });
  assert.deepEqual(review.changes(before, rowsOf(minor, major), NOON + 2).map((one) => one.row.id), [major.id, minor.id]);
});

test("a look of another browser is what changed since as it was then, and the rest as it is", () => {
  const same = event(), raised = event({ sev: 3 }), moved = event({ pl: "Castellane" }), ends = event({ pe: [[NOON - HOUR, NOON + 60]] });
  const born = event({ new: NOON + 30 }), atOnce = event({ new: NOON });
  const told = { at: NOON, rows: [{ ...raised, sev: 1 }, { ...moved, pl: "Vieux-Port" }] };
  const now = rowsOf(same, raised, moved, ends, born, atOnce);
  const before = review.lookThen(told, now);
  assert.deepEqual(kinds(review.changes(before, now, NOON + 120)).sort(), [[raised.id, "changed", ["severity"]],
    [moved.id, "changed", ["place"]], [ends.id, "closed", []], [born.id, "created", []], [atOnce.id, "created", []]].sort());
  const [place] = review.changes(before, now, NOON + 120).filter((one) => one.row.id === moved.id);
  assert.deepEqual(place.differences, [{ field: "place", old: "Vieux-Port", now: "Castellane" }]);
});

test("trap: an event that was over at that look and goes on again since is no closed one", () => {
  const row = event({ pe: [[NOON - HOUR, NOON + HOUR]] });
  const told = { at: NOON, rows: [{ ...row, pe: [[NOON - 2 * HOUR, NOON - HOUR]] }] };
  assert.deepEqual(kinds(review.changes(review.lookThen(told, rowsOf(row)), rowsOf(row), NOON + 60)), []);
});
