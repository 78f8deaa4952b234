import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script, snapshot } from "./cast.mjs";

const scale = script("ob-71-timescale.js");
const replay = script("ob-73-replay.js");
const url = script("ob-15-url.js");
const view = script("ob-30-view.js");
const past = script("ob-22-past.js");
const axis = script("ob-47-axis.js");
const { Store } = script("ob-20-store.js");

const PARIS = "Europe/Paris", DAY = 86400;
const FAMILY = { chantier: "chant", manifestation: "rass" };
const local = (at) => url.toLocal(at, PARIS);
const epoch = (text) => url.toEpoch(text, 0, PARIS);
const size = { width: 1500, height: 196 };
const bars = (rows, span) => scale.barsOf(rows, (category) => FAMILY[category], span, size);

function told(patch = {}) {
  return { from: NOON - DAY, to: NOON, states: ["free", "slow", "closed"],
    roads: { id: ["s:1"], src: ["s"], ax: ["a1"], na: ["Prado"], g: [null], end: [null], at: [[NOON - 2 * HOUR, HOUR]], st: [[0, 2]], ...patch },
    heard: { s: [[NOON - 2 * HOUR, NOON]] } };
}

test("the window holds now, stays while time passes a little, and moves to hold a cursor outside", () => {
  const span = scale.windowOf("8j", NOON, NOON);
  assert.deepEqual(span, { from: NOON - DAY, to: NOON + 7 * DAY });
  assert.deepEqual(scale.windowOf("8j", NOON + 1799, NOON + 1799), span);
  for (const t of [NOON - 3 * DAY, NOON + 20 * HOUR, NOON + 7 * DAY]) {
    const moved = scale.windowOf("24h", NOON, t);
    assert.ok(moved.from <= t && t <= moved.to && moved.to - moved.from === DAY);
  }
});

test("an axis goes through the worst state of its sections, unknown while nobody was heard", () => {
  const known = new past.Past({ ...told({ id: ["s:1", "s:2", "s:3"], src: ["s", "s", "s"], ax: ["a1", "a1", "b"], na: [null, null, null],
    g: [null, null, null], end: [null, null, null], at: [[NOON - 5 * HOUR, HOUR, HOUR], [NOON - 5 * HOUR], [NOON - 5 * HOUR]], st: [[0, 1, 0], [0], [2]] }),
  heard: { s: [[NOON - 5 * HOUR, NOON - 2 * HOUR], [NOON - HOUR, NOON]] } });
  const steps = known.steps("a1", NOON - 6 * HOUR, NOON, view.TRAFFIC);
  assert.deepEqual(steps.map((step) => [step.state, (step.from - NOON) / HOUR, (step.to - NOON) / HOUR]), [
    ["unknown", -6, -5], ["free", -5, -4], ["slow", -4, -3], ["free", -3, -2], ["unknown", -2, -1], ["free", -1, 0]]);
  assert.deepEqual(axis.totals(steps), [{ state: "free", seconds: 3 * HOUR }, { state: "slow", seconds: HOUR }, { state: "unknown", seconds: 2 * HOUR }]);
  assert.deepEqual(known.steps("nothing", NOON - HOUR, NOON, view.TRAFFIC).map((step) => step.state), ["unknown"]);
});

test("days and nights are those of the city, also when its clocks change", () => {
  const from = epoch("2026-10-24T12:00"), marks = scale.marksOf({ from, to: from + 3 * DAY }, local, epoch);
  const sunday = marks.days.find((day) => local(day.from).startsWith("2026-10-25"));
  assert.equal(sunday.to - sunday.from, 25 * HOUR);
  assert.ok(marks.nights.every(([dusk, dawn]) => local(dusk).endsWith("T19:00") && local(dawn).endsWith("T07:00")));
  assert.deepEqual([...new Set(marks.hours.map((one) => one.hour))], [12, 18, 6]);
  assert.ok(marks.hours.every((one) => +local(one.at).slice(11, 13) === one.hour));
});

test("a place on the axis and its moment are each other's", () => {
  const span = scale.windowOf("24h", NOON, NOON);
  for (const t of [span.from, NOON, NOON + 61 * 60]) { assert.equal(scale.momentAt(scale.xOf(t, span, 1500), span, 1500), t); }
});

test("bars: a line beyond thirty hours, eight pixels at least, one per period, severe ones above, cancelled ones not", () => {
  const span = scale.windowOf("8j", NOON, NOON);
  const short = event({ pe: [[NOON, NOON + 60]], sev: 3 }), long = event({ pe: [[NOON - 9 * DAY, null]] });
  const twice = event({ pe: [[NOON, NOON + HOUR], [NOON + DAY, NOON + DAY + HOUR]], cat: "manifestation" });
  const found = bars([short, long, twice, event({ st: "cancelled" }), event({ pe: [[NOON - 9 * DAY, NOON - 8 * DAY]] })], span);
  assert.deepEqual(found.map((bar) => bar.row.id), [long.id, twice.id, twice.id, short.id]);
  assert.ok(found[0].isLine && found[0].x === 0 && found[0].width === 1500 && found[0].height < 6);
  assert.equal(found[3].width, 8);
  assert.equal(found[3].lane, scale.FAMILIES.indexOf("chant"));
});

test("a bar is planned, ongoing or past beside the cursor", () => {
  const [bar] = bars([event({ pe: [[NOON, NOON + HOUR]] })], scale.windowOf("8j", NOON, NOON));
  assert.deepEqual([NOON - 1, NOON, NOON + HOUR].map((t) => scale.phaseOf(bar, t)), ["planned", "ongoing", "past"]);
});

test("keys step a quarter, an hour, a day, inside the range; Home is live, others mean nothing", () => {
  const range = scale.rangeOf(NOON, NOON);
  assert.equal(scale.stepped(NOON, "ArrowLeft", false, range), NOON - 900);
  assert.equal(scale.stepped(NOON, "ArrowRight", true, range), NOON + HOUR);
  assert.equal(scale.stepped(NOON, "PageUp", false, range), NOON + DAY);
  assert.equal(scale.stepped(NOON - DAY, "PageDown", false, range), NOON - DAY);
  assert.equal(scale.stepped(NOON, "Home", false, range), null);
  assert.equal(scale.stepped(NOON, "a", false, range), undefined);
});

test("replay stops at the end of the range", () => {
  const range = { from: NOON, to: NOON + HOUR };
  assert.deepEqual(replay.advanced(NOON, 2, 600, range), { t: NOON + 1200, isOver: false });
  assert.deepEqual(replay.advanced(NOON, 2, 3600, range), { t: NOON + HOUR, isOver: true });
});

test("a road of the past has the last state told before, and none while its source was silent", () => {
  const known = new past.Past(told()), road = known.roads[0];
  const at = (t) => known.stateOf(road, t);
  assert.deepEqual([-3 * HOUR, -2 * HOUR, -HOUR - 1, -HOUR, 0, 1].map((s) => at(NOON + s)),
    ["unknown", "free", "free", "closed", "closed", "unknown"]);
  assert.equal(new past.Past(told({ end: [NOON - HOUR] })).stateOf(new past.Past(told({ end: [NOON - HOUR] })).roads[0], NOON), "unknown");
});

test("roads then: every road of now, unknown where nothing was told; withdrawn ones until they were", () => {
  const now = [{ id: "s:1", ax: "a1", src: "s", st: "slow" }, { id: "s:2", ax: "a2", src: "s", st: "slow" }];
  const known = new past.Past(told({ id: ["s:3"], end: [NOON - HOUR / 2] }));
  const states = (t) => past.roadsThen(now, known, t).map((road) => [road.id, road.st]);
  assert.deepEqual(states(NOON - HOUR), [["s:1", "unknown"], ["s:2", "unknown"], ["s:3", "closed"]]);
  assert.deepEqual(states(NOON), [["s:1", "unknown"], ["s:2", "unknown"]]);
  assert.deepEqual(past.roadsThen(now, null, NOON).map((road) => road.st), ["unknown", "unknown"]);
  assert.equal(now[0].st, "slow"); // what is live stays as it is
});

test("roads planned: closed where an event in force closes the axis, and nothing is said of the others", () => {
  const works = event({ pe: [[NOON, NOON + HOUR]], fx: [["a1", "closed"], ["a2", "slow"], ["a9", "closed"]] });
  const off = event({ pe: [[NOON, NOON + HOUR]], st: "cancelled", fx: [["a2", "closed"]] });
  const roads = [{ id: "s:1", ax: "a1", st: "free" }, { id: "s:2", ax: "a2", st: "slow" }];
  const at = (t) => past.roadsPlanned(roads, [works, off], t, view.phaseAt).map((road) => [road.ax, road.st]);
  assert.deepEqual(at(NOON), [["a1", "closed"], ["a2", "unknown"], ["a9", "closed"]]);
  assert.deepEqual(at(NOON + HOUR), [["a1", "unknown"], ["a2", "unknown"]]);
});

test("withdrawn events belong to the past of a store, and leave it when they return", () => {
  const store = new Store(), gone = event({ ti: "Retiré" });
  store.load(snapshot([event()]));
  const kept = snapshot([gone]);
  store.remember({ ...told(), dict: kept.dict, events: kept.events });
  assert.deepEqual([...store.withdrawn.keys()], [gone.id]);
  assert.equal(store.find(gone.id).ti, "Retiré");
  assert.equal(new Set([...store.rows.values(), ...store.withdrawn.values()].map((row) => row.slot)).size, 2);
  store.apply({ seq: 11, events: [{ ...gone, v: 2 }] });
  assert.deepEqual([store.withdrawn.size, store.rows.has(gone.id)], [0, true]);
});
