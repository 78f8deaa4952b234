/* A view that follows another is the view derived from everything, whatever happened in between. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

const view = script("ob-30-view.js");
const url = script("ob-15-url.js");

const FAMILIES = { chantier: "chant", manifestation: "rass", accident: "circ" };
const SEARCHES = ["", "?grav=2", "?arr=1&statut=en_cours,termine", "?cat=chant,manifestation&q=pont", "?statut=a_confirmer,prevu",
  "?du=2026-11-14T12:00&au=2026-11-14T12:00", "?du=-24h&au=%2B24h&org=ville"];

// Numbers in [0, 1) that are the same at each run: a failure can be looked at again.
function chances(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function dataOf(rows, t) {
  return { rows, roads: [], sources: [], familyOf: (category) => FAMILIES[category], districtCode: (short) => "132" + short.padStart(2, "0"),
    toEpoch: (bound) => url.toEpoch(bound, t, "Europe/Paris") };
}

function madeUp(chance, id, t) {
  const one = (...all) => all[Math.floor(chance() * all.length)];
  // Edges are close to now and to the ends of the range, so that moments pass them.
  const start = t + one(-24 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 0, 0) + Math.floor((chance() - 0.5) * 900);
  const periods = [[start, one(null, start, start + 60, start + 600, start + 30 * HOUR)]];
  if (periods[0][1] !== null && chance() < 0.3) { periods.push([periods[0][1] + 120, periods[0][1] + 400]); }
  return event({ id, no: Number(id.slice(1)), sev: Math.floor(chance() * 5), st: one("", "", "", "cancelled", "to_confirm", "draft"), cat: one(...Object.keys(FAMILIES)),
    org: one("ville", "prefecture"), ds: one(["13201"], ["13208"], []), ti: one("Pont fermé", "Fuite"), pe: periods,
    rt: one(null, null, [{ m: 0 }, { m: 100 }]) });
}

function said(seen, ids) {
  const { base, phases, ...rest } = seen;
  return { ...rest, phases: ids.map((id) => [id, phases.has(id), phases.get(id)]) };
}

function compare(search, seed) {
  const chance = chances(seed), rows = new Map(), state = url.read(search);
  let t = NOON, known = view(state, dataOf(rows, t), t), next = 0, derived = 0;
  for (let step = 0; step < 60; step++) {
    const changed = new Set();
    for (let n = Math.floor(chance() * 6); n > 0; n--) {
      const old = [...rows.keys()], id = chance() < 0.5 || !old.length ? "e" + ++next : old[Math.floor(chance() * old.length)];
      if (chance() < 0.2) { rows.delete(id); } else { rows.set(id, madeUp(chance, id, t)); }
      changed.add(id);
    }
    t += chance() < 0.5 ? 0 : Math.floor(chance() * 40);
    let walked = false;
    const watched = dataOf(new Proxy(rows, { get: (map, key) => {
      if (key === "forEach") { walked = true; }
      return typeof map[key] === "function" ? map[key].bind(map) : map[key];
    } }), t);
    known = view.follow(known, changed, state, watched, t);
    derived += walked ? 1 : 0;
    const whole = view(state, dataOf(rows, t), t);
    const ids = [...rows.keys(), ...changed];
    const { slack, ...mine } = said(known, ids), { slack: most, ...all } = said(whole, ids);
    assert.deepEqual(mine, all, `${search}, seed ${seed}, step ${step}`);
    assert.ok(slack <= most, "says that nothing changes for longer than is true");
  }
  return derived;
}

test("after any sequence of deltas and moments the view that follows is the one derived from everything", () => {
  let derived = 0, steps = 0;
  for (const search of SEARCHES) {
    for (let seed = 1; seed <= 12; seed++) { derived += compare(search, seed); steps += 60; }
  }
  assert.ok(derived < steps * 0.7, `${derived} of ${steps} views were derived from everything: nothing was followed`);
});

test("another address or an earlier moment derives everything anew", () => {
  const row = event({ sev: 1, pe: [[NOON - 10, null]] }), rows = new Map([[row.id, row]]), all = url.read("");
  const known = view(all, dataOf(rows, NOON), NOON);
  assert.deepEqual(view.follow(known, new Set(), url.read("?grav=3"), dataOf(rows, NOON), NOON).shown, []);
  assert.deepEqual(view.follow(known, new Set(), all, dataOf(rows, NOON - 20), NOON - 20).lists.ongoing, []);
});

test("following five events among ten thousand takes a small part of deriving them all", () => {
  const rows = new Map(), chance = chances(7), state = url.read("");
  for (let i = 1; i <= 10000; i++) {
    rows.set("e" + i, event({ id: "e" + i, no: i, sev: i % 5, pe: [[NOON - Math.floor(chance() * 80000), NOON + 1000 + Math.floor(chance() * 80000)]] }));
  }
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const whole = [], part = [];
  let known = view(state, dataOf(rows, NOON), NOON);
  for (let turn = 1; turn <= 25; turn++) {
    const changed = new Set();
    for (let i = 1; i <= 5; i++) {
      const id = "e" + (turn * 5 + i);
      rows.set(id, { ...rows.get(id), v: turn + 1 });
      changed.add(id);
    }
    let start = performance.now();
    known = view.follow(known, changed, state, dataOf(rows, NOON + turn), NOON + turn);
    part.push(performance.now() - start);
    start = performance.now();
    view(state, dataOf(rows, NOON + turn), NOON + turn);
    whole.push(performance.now() - start);
  }
  assert.equal(known.shown.length, 10000);
  const spent = [median(part), median(whole)];
  assert.ok(spent[0] < spent[1] * 0.6, `following took ${spent[0].toFixed(2)} ms, deriving ${spent[1].toFixed(2)} ms`);
});
