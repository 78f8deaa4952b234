import assert from "node:assert/strict";
import { test } from "node:test";

import { script } from "./cast.mjs";

script("ob-15-url.js");
const exports = script("ob-57-exports.js");

function asked(search, options = {}) { return Object.fromEntries(new URLSearchParams(exports.query(search, options))); }

test("the usual view asks for its own window and phases", () => {
  assert.deepEqual(asked(""), { from: "-24h", to: "+7j", status: "ongoing,planned" });
});

test("every filter of the view is a key of the export", () => {
  const view = "?du=2026-11-13T14:30&au=%2B3j&arr=1,6&cat=rass,chantier&org=prefecture&grav=3&statut=termine,a_confirmer&q=vieux+port&ev=a&c=43.3,5.4,13";
  assert.deepEqual(asked(view, { lang: "en", isRestricted: true }), {
    from: "2026-11-13T14:30", to: "+3j", district: "1,6", category: "rass,chantier", organisation: "prefecture", severity: "3",
    status: "ended,to_confirm", q: "vieux port", lang: "en", restreints: "1" });
});

test("a report shows the moment of the cursor and what was known, a file of events does not", () => {
  const view = "?t=2026-11-13T14:30&connu=2026-11-13T12:00";
  assert.deepEqual(asked(view, { hasMoment: true, isKnown: true }), { from: "-24h", to: "+7j", status: "ongoing,planned", known_at: "2026-11-13T12:00", moment: "2026-11-13T14:30" });
  assert.equal(asked(view, { hasMoment: true, isKnown: false }).known_at, undefined, "refused to who looks: the screen is live");
  assert.deepEqual(asked(view), { from: "-24h", to: "+7j", status: "ongoing,planned" });
});

test("a plus is written so that no server reads a space", () => { assert.match(exports.query("", {}), /to=%2B7j/); });

test("the analysis has its own dates and every status", () => {
  assert.deepEqual(asked("?arr=2", { page: "analyse", lang: "fr" }), { from: "-28j", to: "+0h", district: "2" });
});

test("a file has the name that the answer gives it", () => {
  assert.equal(exports.nameOf('attachment; filename="marseille-20261114-1432-situation.pdf"', "x.pdf"), "marseille-20261114-1432-situation.pdf");
  assert.equal(exports.nameOf(null, "x.pdf"), "x.pdf");
});
