import assert from "node:assert/strict";
import { test } from "node:test";

import { script } from "./cast.mjs";

const agenda = script("ob-7e-agenda-days.js");
const TODAY = "2026-11-14";
const local = (text) => ({ "+0h": TODAY, "+6j": "2026-11-20", "-90j": "2026-08-16" }[text] || (/^\d{4}/.test(text) ? text.slice(0, 10) : null));
const asked = (search) => agenda.asked(search, TODAY, local);

test("without anything in the address: thirty days, today chosen", () => {
  assert.deepEqual(asked(""), { from: TODAY, to: "2026-12-13", day: TODAY, isWeek: false, wrong: [] });
});

test("a span of the address, its first day chosen when today is outside", () => {
  assert.deepEqual(asked("?du=2026-12-01&au=2026-12-31"), { from: "2026-12-01", to: "2026-12-31", day: "2026-12-01", isWeek: false, wrong: [] });
  assert.equal(asked("?du=%2B0h&au=%2B6j").to, "2026-11-20");
});

test("a span is never longer than 62 days, never backwards, and what is no day is the usual one", () => {
  assert.equal(agenda.daysOf(asked("?du=-90j&au=2027-12-31").from, asked("?du=-90j&au=2027-12-31").to).length, 62);
  assert.equal(asked("?du=2026-12-31&au=2026-12-01").to, "2026-12-31");
  assert.equal(asked("?du=soon").from, TODAY);
});

test("a chosen day outside the usual span brings its month", () => {
  assert.deepEqual(asked("?jour=2027-02-03"), { from: "2027-02-01", to: "2027-02-28", day: "2027-02-03", isWeek: false, wrong: [] });
  assert.equal(asked("?jour=2026-02-31").day, TODAY);
  assert.equal(asked("?du=2026-12-01&au=2026-12-31&jour=2027-02-03").day, "2026-12-01");
});

test("what means nothing in the address is told", () => {
  const wrong = (search) => asked(search).wrong.map((one) => one.key + "=" + one.value);
  assert.deepEqual(wrong("?jour=2026-02-31&affichage=annee"), ["jour=2026-02-31", "affichage=annee"]);
  assert.deepEqual(wrong("?du=2026-12-01&au=2026-12-31&jour=2027-02-03"), ["jour=2027-02-03"]);
  assert.deepEqual(wrong("?affichage=semaine&jour=2027-02-03"), []);
});

test("the week of a day goes from Monday to Sunday", () => {
  assert.deepEqual(asked("?affichage=semaine&jour=2026-11-15"), { from: "2026-11-09", to: "2026-11-15", day: "2026-11-15", isWeek: true, wrong: [] });
  assert.equal(asked("?affichage=semaine").from, "2026-11-09");
});

test("months around a day", () => {
  assert.deepEqual(agenda.month("2026-12-31", 1), { from: "2027-01-01", to: "2027-01-31" });
  assert.deepEqual(agenda.month("2026-03-31", -1), { from: "2026-02-01", to: "2026-02-28" });
});

test("the filters of the page go under the names of the address for machines", () => {
  const state = { arr: ["1", "6"], cat: ["rass"], org: [], grav: 2, q: "port" };
  assert.equal(agenda.query(state, "2026-11-14", "2026-11-20"), "?from=2026-11-14&to=2026-11-20&district=1,6&category=rass&severity=2&q=port");
  assert.equal(agenda.query({ arr: [], cat: [], org: [], grav: 0, q: "" }, "a", "b"), "?from=a&to=b");
});
