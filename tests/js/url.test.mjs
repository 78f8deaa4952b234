import assert from "node:assert/strict";
import { test } from "node:test";

import { script } from "./cast.mjs";

const url = script("ob-15-url.js");
const PARIS = "Europe/Paris";

test("an empty address is the default view", () => {
  const state = url.read("");
  assert.deepEqual({ ...state }, { du: "-24h", au: "+7j", t: null, connu: null, arr: [], cat: [], org: [], grav: 0,
    statut: ["en_cours", "prevu"], q: "", ev: null, couches: {}, c: null, vue: "carte", tri: "gravite", wrong: [] });
});

test("every key is read", () => {
  const state = url.read("?du=2026-11-13T14:30&au=%2B3j&arr=1,6&cat=rass,chantier&org=prefecture&grav=3"
    + "&statut=termine,a_confirmer&q=vieux+port&ev=abc&couches=%2Bcameras,-trafic&c=43.29500,5.38000,13.25&vue=table");
  assert.deepEqual(state.arr, ["1", "6"]);
  assert.deepEqual(state.cat, ["rass", "chantier"]);
  assert.deepEqual(state.statut, ["termine", "a_confirmer"]);
  assert.deepEqual(state.couches, { cameras: true, trafic: false });
  assert.deepEqual(state.c, { lat: 43.295, lon: 5.38, zoom: 13.25 });
  assert.deepEqual([state.du, state.au, state.grav, state.q, state.ev, state.vue],
    ["2026-11-13T14:30", "+3j", 3, "vieux port", "abc", "table"]);
  assert.deepEqual(state.wrong, []);
});

test("a bare plus sign, which a query string reads as a space, still means after", () => {
  assert.equal(url.read("?au=+3j").au, "+3j");
  assert.deepEqual(url.read("?couches=+cameras").couches, { cameras: true });
});

test("wrong keys and values are ignored and named", () => {
  const state = url.read("?du=hier&grav=9&statut=en_cours,bof&c=1,2&t=2026-02-30&foo=bar&vue=liste&wrong=1&theme=sombre");
  assert.equal(state.du, "-24h");
  assert.equal(state.grav, 0);
  assert.deepEqual(state.statut, ["en_cours"]);
  assert.equal(state.c, null);
  assert.equal(state.t, null);
  assert.deepEqual(state.wrong.map((one) => one.key).sort(), ["c", "du", "foo", "grav", "statut", "t", "vue", "wrong"]);
});

test("a relative bound moves with now; an absolute one is local, winter and summer", () => {
  assert.equal(url.toEpoch("-24h", 1000000, PARIS), 1000000 - 86400);
  assert.equal(url.toEpoch("+7j", 1000000, PARIS), 1000000 + 7 * 86400);
  assert.equal(url.toEpoch("2026-11-14T14:32", 0, PARIS), Date.UTC(2026, 10, 14, 13, 32) / 1000);
  assert.equal(url.toEpoch("2026-07-14", 0, PARIS), Date.UTC(2026, 6, 13, 22, 0) / 1000);
  assert.equal(url.toEpoch("2026-10-25T03:30", 0, PARIS), Date.UTC(2026, 9, 25, 2, 30) / 1000); // the morning clocks go back
});

test("writing removes defaults, keeps what is not ours and reads back", () => {
  assert.equal(url.patched("?grav=3&lang=en", { grav: 0 }), "?lang=en");
  assert.equal(url.patched("", { du: "-24h", au: "+7j", vue: null }), "");
  const search = url.patched("", { au: "+3j", arr: ["1", "6"], du: "2026-11-13T14:30" });
  assert.equal(search, "?au=%2B3j&arr=1,6&du=2026-11-13T14:30");
  assert.equal(url.read(search).au, "+3j");
});

test("a moment is written as the city's clock and read back, winter and summer", () => {
  for (const at of [Date.UTC(2026, 10, 14, 13, 32), Date.UTC(2026, 6, 14, 22, 5), Date.UTC(2026, 9, 25, 2, 30)].map((ms) => ms / 1000)) {
    assert.equal(url.toEpoch(url.toLocal(at, PARIS), 0, PARIS), at);
  }
  assert.equal(url.toLocal(Date.UTC(2026, 10, 14, 20, 10) / 1000, PARIS), "2026-11-14T21:10");
  assert.equal(url.read("?connu=2026-11-14T21:10").connu, "2026-11-14T21:10");
  assert.equal(url.read("?connu=hier").connu, null);
});
