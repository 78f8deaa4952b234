import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

const scenes = script("ob-79-scenes.js");
const rows = script("ob-81-wall-rows.js");
const panels = script("ob-82-wall-panels.js");
const view = script("ob-30-view.js");

const CAST = ["situation", "march", "traffic"].map((template, i) =>
  ({ id: template, template, name: template, duration: 30 + i, view: "", restricted: false }));

test("wall type is 16 minutes of arc at the reading distance", () => {
  assert.equal(scenes.smallestType(4, 55, 1920), 44);
  assert.equal(scenes.smallestType(4, 55, 3840), 88);
  assert.equal(scenes.smallestType(4, 98, 3840), 50);
});

test("a wall address that makes no sense takes the usual screen", () => {
  assert.deepEqual(scenes.readScreen("?distance=6&diagonale=75"), { distance: 6, diagonal: 75 });
  assert.deepEqual(scenes.readScreen("?distance=-1&diagonale=abc"), { distance: 4, diagonal: 55 });
});

test("the large layout needs pixels and small enough letters", () => {
  assert.equal(scenes.layoutFor(1920, 44), "compact");
  assert.equal(scenes.layoutFor(3840, 88), "compact");
  assert.equal(scenes.layoutFor(3840, 50), "large");
});

test("the picture moves by four pixels at most and comes back", () => {
  const seen = Array.from({ length: 20 }, (_, i) => scenes.pixelShift(i * 3));
  assert.ok(seen.every(([x, y]) => Math.abs(x) <= 4 && Math.abs(y) <= 4));
  assert.deepEqual(seen[0], seen[9]);
  assert.deepEqual(scenes.pixelShift(2.9), scenes.pixelShift(0));
});

test("a wall is dimmed from 22 to 6", () => {
  assert.deepEqual([21, 22, 0, 5, 6].map(scenes.isNight), [false, true, true, true, false]);
});

test("an address chooses the first scene, the only scenes, their time, or none but one", () => {
  const ids = (list) => list.scenes.map((scene) => scene.id).join();
  const all = scenes.playlist(CAST, "?scene=march");
  assert.deepEqual([ids(all), all.first, all.rotates], ["situation,march,traffic", 1, true]);
  assert.equal(ids(scenes.playlist(CAST, "?scene=traffic,march,nowhere")), "traffic,march");
  assert.equal(scenes.playlist(CAST, "?rotation=0").rotates, false);
  assert.deepEqual(scenes.playlist(CAST, "?rotation=45").scenes.map((scene) => scene.duration), [45, 45, 45]);
  assert.equal(scenes.playlist(CAST, "?scene=nowhere&rotation=abc").first, 0);
});

test("scenes take turns, each for its time", () => {
  let play = scenes.begin(scenes.playlist(CAST, ""), 0);
  assert.equal(scenes.step(play, 29999, false).index, 0);
  play = scenes.step(play, 30000, false);
  assert.deepEqual([play.index, play.until], [1, 61000]);
  play = scenes.step(scenes.step(play, 61000, false), 93000, false);
  assert.equal(play.index, 0);
});

test("what is critical brings the scene with events, holds it, and leaves it its whole time afterwards", () => {
  let play = scenes.begin(scenes.playlist(CAST, "?scene=traffic"), 0);
  play = scenes.step(play, 1000, true);
  assert.deepEqual([play.index, play.isHeld], [0, true]);
  play = scenes.step(play, 500000, true);
  assert.equal(play.index, 0);
  play = scenes.step(play, 501000, false);
  assert.deepEqual([play.index, play.isHeld], [0, false]);
  assert.equal(scenes.step(play, 530000, false).index, 1);
});

test("a scene shows its own view whatever the address says, and always the present", () => {
  const search = new URLSearchParams(scenes.searchOf({ view: "arr=1,6" }, "?arr=2&ev=x&t=2026-01-01&distance=4"));
  assert.deepEqual([search.get("arr"), search.get("ev"), search.get("t"), search.get("distance")], ["1,6", null, null, "4"]);
});

test("reloads of a picture that stands still come less and less often", () => {
  assert.deepEqual([0, 1, 2, 20].map(scenes.reloadWait), [30, 60, 120, 900]);
});

test("the wall lists from moderate up, and knows which have no line", () => {
  const chosen = rows.wallRows([4, 3, 2, 2, 1].map((sev) => event({ sev })), 2);
  assert.deepEqual([chosen.rows.map((row) => row.sev), chosen.worthy.map((row) => row.sev)], [[4, 3], [4, 3, 2, 2]]);
});

test("wall names are cut at a sense, never with an ellipsis", () => {
  assert.equal(rows.shortened("Gare Saint-Charles, parvis", 18), "Gare Saint-Charles");
  assert.equal(rows.shortened("Vieux-Port → Castellane", 18), "Vieux-Port");
  assert.equal(rows.shortened("à hauteur de la rue Ferrari", 18, "5e"), "5e");
  assert.equal(rows.shortened(null, 18, "5e"), "");
});

test("names of roads and sources end with a word that says something", () => {
  assert.equal(rows.brief("Boulevard Rabatau", 18), "Bd Rabatau");
  assert.equal(rows.brief("Rue de la République", 18), "Rue République");
  assert.equal(rows.brief("Parkings en ouvrage, places libres", 14), "Parkings");
  assert.ok(rows.brief("Trafic, capteurs de la métropole d’Aix", 20).length <= 20);
});

test("the next 24 hours keep room for what comes, whatever is under way", () => {
  const begun = [4, 3, 3, 2, 2].map((sev) => event({ sev, pe: [[NOON - HOUR, NOON + HOUR]] }));
  const coming = [event({ sev: 2, pe: [[NOON + 3 * HOUR, NOON + 5 * HOUR]] }), event({ sev: 1, cat: "rassemblement", pe: [[NOON + HOUR, null]] })];
  const idle = event({ sev: 2, pe: [[NOON - 90 * HOUR, NOON + 90 * HOUR]] }), later = event({ sev: 3, pe: [[NOON + 30 * HOUR, null]] });
  const family = (id) => (id === "rassemblement" ? "rass" : "chant");
  const day = rows.dayRows([...begun, ...coming, idle, later], NOON - HOUR, NOON, 4, family, view.periodAt ?? view.view.periodAt);
  assert.deepEqual(day.map((one) => one.row.sev), [4, 3, 1, 2]);
});

test("disturbed roads come worst first; those nobody tells of are counted, not called free", () => {
  const road = (name, state, sp) => ({ name, state, road: { sp } });
  const found = panels.disturbed([road("a", "slow", 9), road("b", "free"), road("c", "closed"), road("d", "congested", 20), road("e", "congested", 7), road("f", "unknown")]);
  assert.deepEqual(found.rows.map((one) => one.name), ["c", "e", "d", "a"]);
  assert.equal(found.unknown, 1);
});

test("the march is the gathering under way, not a race", () => {
  const race = event({ cat: "course", rt: [{}, {}] }), march = event({ cat: "manifestation", rt: [{}, {}] });
  const family = (id) => (id === "manifestation" ? "rass" : "fete");
  assert.equal(panels.marchOf([event(), race, march], family).id, march.id);
  assert.equal(panels.marchOf([event()], family), null);
});
