import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { HOUR, NOON, script } from "./cast.mjs";

const texts = script("ob-10-texts.js");
const copy = JSON.parse(readFileSync(new URL("../../components/copy.json", import.meta.url)));
const ASSETS = new URL("../../assets/", import.meta.url);

test("places are filled, numbers written as the language does", () => {
  const catalogue = { a: "{n} objets, {who}" };
  assert.equal(texts.fill(catalogue, "fr", "a", { n: 1900, who: "ville" }), "1\u202f900 objets, ville");
  assert.equal(texts.fill(catalogue, "en", "a", { n: 1900, who: "city" }), "1,900 objets, city");
  assert.equal(texts.fill(catalogue, "fr", "a", {}), "{n} objets, {who}");
});

test("zero is singular in French, plural in English", () => {
  const catalogue = { a: "{n} axes", "a.one": "{n} axe" };
  assert.deepEqual([0, 1, 2].map((n) => texts.fill(catalogue, "fr", "a", { n })), ["0 axe", "1 axe", "2 axes"]);
  assert.deepEqual([0, 1, 2].map((n) => texts.fill(catalogue, "en", "a", { n })), ["0 axes", "1 axe", "2 axes"]);
});

test("ages", () => {
  const short = (s) => { const part = texts.ageParts(s); return part.key + part.n; };
  assert.deepEqual([-5, 59, 60, 3599, 3600, 48 * HOUR - 1, 48 * HOUR].map(short),
    ["age.s0", "age.s59", "age.min1", "age.min59", "age.h1", "age.h47", "age.d2"]);
});

test("times are those of the city", () => {
  const clock = texts.makeClock("fr", "Europe/Paris");
  assert.equal(clock.time(NOON), "13:00");
  assert.equal(clock.day(NOON), "sam. 14 nov.");
  const first = Date.UTC(2026, 11, 1, 12) / 1000, english = texts.makeClock("en", "Europe/Paris");
  assert.deepEqual([clock.day(first), clock.longDay(first), english.day(first)], ["mar. 1er déc.", "mardi 1er décembre", "Tue 1 Dec"]);
  assert.equal(clock.day(first + 10 * 86400), "ven. 11 déc.");
  assert.equal(texts.makeClock("en", "Europe/Paris").day(NOON), "Sat 14 Nov");
  assert.equal(clock.isSameDay(NOON, NOON + 11 * HOUR), false); // 23:00 UTC is midnight in Paris
});

test("when an event is in force, in words", () => {
  const clock = texts.makeClock("fr", "Europe/Paris");
  const say = (key, params) => texts.fill(Object.fromEntries(Object.entries(copy).map(([k, v]) => [k, v.fr])), "fr", key, params);
  const words = (start, end) => texts.rangeText([NOON + start * HOUR, end === null ? null : NOON + end * HOUR], NOON, clock, say);
  assert.equal(words(-1, 2), "12:00 – 15:00");
  assert.equal(words(-1, 12), "12:00 – 01:00");
  assert.equal(words(-30, 30), "jusqu’à dim. 19:00");
  assert.equal(words(-1, null), "depuis 12:00");
  assert.equal(words(3, 5), "16:00");
  assert.equal(words(24 * 9, null), "lun. 23 nov. 13:00");
});

test("every text a script names is in the catalogue, in both languages", () => {
  const missing = [];
  for (const name of readdirSync(ASSETS).filter((file) => /^ob-.*\.js$/.test(file))) {
    const source = readFileSync(new URL(name, ASSETS), "utf8");
    for (const [, key] of source.matchAll(/\bob\.t\("([a-z0-9_.]+)"[,)]/gi)) {
      if (!copy[key] || !copy[key].fr || !copy[key].en) { missing.push(name + ": " + key); }
    }
  }
  assert.deepEqual(missing, []);
});
