import assert from "node:assert/strict";
import { test } from "node:test";

import { HOUR, NOON, event, script } from "./cast.mjs";

const view = script("ob-30-view.js");
const url = script("ob-15-url.js");

const FAMILIES = { chantier: "chant", fermeture: "chant", manifestation: "rass", accident: "circ", course: "fete" };

function see(rows, search = "", more = {}) {
  const state = url.read(search);
  const data = { rows, roads: [], sources: [], familyOf: (category) => FAMILIES[category], districtCode: (short) => "132" + short.padStart(2, "0"),
    toEpoch: (bound) => url.toEpoch(bound, NOON, "Europe/Paris"), ...more };
  return view(state, data, NOON);
}

const ids = (rows) => rows.map((row) => row.id);

test("an event is ongoing, planned, ended or cancelled by its periods", () => {
  const at = (pe, st = "") => view.phaseAt(event({ pe, st }), NOON);
  assert.equal(at([[NOON - 10, NOON + 10]]), "ongoing");
  assert.equal(at([[NOON, null]]), "ongoing");
  assert.equal(at([[NOON - 10, NOON]]), "ended"); // the end is excluded
  assert.equal(at([[NOON + 1, null]]), "planned");
  assert.equal(at([[NOON - 99, NOON - 50], [NOON + 50, NOON + 99]]), "planned"); // between two nights of works
  assert.equal(at([[NOON - 10, NOON + 10]], "cancelled"), "cancelled");
});

test("in force during the range means that some period meets it", () => {
  const from = NOON - 24 * HOUR, to = NOON + 7 * 24 * HOUR;
  const inside = event({ pe: [[to, to + HOUR]] }), touching = event({ pe: [[from - HOUR, from]] }), after = event({ pe: [[to + 1, null]] });
  const between = event({ pe: [[from - 9 * HOUR, from - 8 * HOUR], [to + HOUR, to + 2 * HOUR]] });
  assert.deepEqual(ids(see([inside, touching, after, between], "?statut=en_cours,prevu,termine").shown), [inside.id]);
});

test("the default status hides ended ones but counts them in the tabs", () => {
  const ended = event({ pe: [[NOON - 5 * HOUR, NOON - HOUR]] }), ongoing = event(), planned = event({ pe: [[NOON + HOUR, null]] });
  const seen = see([ended, ongoing, planned]);
  assert.deepEqual(ids(seen.shown), [ongoing.id, planned.id]);
  assert.deepEqual(seen.tabs, { ongoing: 1, planned: 1, ended: 1 });
  assert.deepEqual(ids(see([ended, ongoing], "?statut=termine").lists.ended), [ended.id]);
});

test("to be confirmed is a status of its own, whatever the phase", () => {
  const doubtful = event({ st: "to_confirm" }), sure = event();
  assert.deepEqual(ids(see([doubtful, sure]).shown), [doubtful.id, sure.id]);
  assert.deepEqual(ids(see([doubtful, sure], "?statut=a_confirmer").shown), [doubtful.id]);
});

test("drafts are never shown", () => {
  assert.deepEqual(see([event({ st: "draft" })], "?statut=en_cours,prevu,termine,a_confirmer").shown, []);
});

test("district, category or family, organisation and severity", () => {
  const march = event({ cat: "manifestation", ds: ["13201", "13206"], org: "prefecture", sev: 3 });
  const works = event({ cat: "fermeture", ds: ["13208"], sev: 2 });
  const both = [march, works];
  assert.deepEqual(ids(see(both, "?arr=6").shown), [march.id]);
  assert.deepEqual(ids(see(both, "?cat=chant").shown), [works.id]);
  assert.deepEqual(ids(see(both, "?cat=manifestation,fermeture").shown), [march.id, works.id]);
  assert.deepEqual(ids(see(both, "?org=prefecture").shown), [march.id]);
  assert.deepEqual(ids(see(both, "?grav=3").shown), [march.id]);
});

test("search ignores case and accents, wants every word, and finds the number", () => {
  const leak = event({ ti: "Fuite d’eau, chaussée affaissée", pl: "Bd Chave", no: 1192 });
  const other = event({ ti: "Œuvre sur la façade", pl: "Noailles" });
  assert.deepEqual(ids(see([leak, other], "?q=CHAUSSEE chave").shown), [leak.id]);
  assert.deepEqual(ids(see([leak, other], "?q=d'eau").shown), [leak.id]);
  assert.deepEqual(ids(see([leak, other], "?q=oeuvre façade").shown), [other.id]);
  assert.deepEqual(ids(see([leak, other], "?q=EV-1192").shown), [leak.id]);
  assert.deepEqual(ids(see([leak, other], "?q=chave noailles").shown), []);
});

test("what filters hide is counted, with the filters that hide it", () => {
  const hidden = see([event({ sev: 1 }), event({ sev: 1, ds: ["13208"] }), event({ sev: 4 }),
    event({ sev: 1, pe: [[NOON - 5 * HOUR, NOON - HOUR]] })], "?grav=2&arr=1").hidden;
  assert.deepEqual(hidden, { n: 2, filters: ["arr", "grav"] });
});

test("ongoing ones go by severity then latest start, planned ones by start", () => {
  const minor = event({ sev: 1 }), early = event({ sev: 3, pe: [[NOON - 5 * HOUR, NOON + HOUR]] }), late = event({ sev: 3 });
  const critical = event({ sev: 4, pe: [[NOON - 9 * HOUR, null]] });
  const tomorrow = event({ sev: 4, pe: [[NOON + 24 * HOUR, null]] }), soon = event({ sev: 0, pe: [[NOON + HOUR, null]] });
  const seen = see([minor, early, late, critical, tomorrow, soon]);
  assert.deepEqual(ids(seen.lists.ongoing), ids([critical, late, early, minor]));
  assert.deepEqual(ids(seen.lists.planned), ids([soon, tomorrow]));
  assert.deepEqual(seen.groups.map((group) => [group.key, group.rows.length]), [["list.group.high", 3], ["list.group.low", 1]]);
});

test("counters count what is ongoing and shown, and distinct axes", () => {
  const route = [{ m: 0 }, { m: 100 }];
  const rows = [event({ sev: 4 }), event({ sev: 3, cat: "manifestation", rt: route }), event({ sev: 3 }), event({ sev: 2, cat: "course", rt: route }),
    event({ sev: 4, pe: [[NOON + HOUR, null]] })];
  const roads = [{ id: "a", ax: "l2", st: "closed", src: "t", at: NOON }, { id: "b", ax: "l2", st: "closed", src: "t", at: NOON },
    { id: "c", ax: null, st: "congested", src: "t", at: NOON }, { id: "d", ax: "x", st: "free", src: "t", at: NOON }];
  assert.deepEqual(see(rows, "", { roads }).counters, { critical: 1, major: 2, moderate: 1, closed: 1, jam: 1, march: 1 });
  assert.equal(see(rows, "?grav=4", { roads }).counters.major, 0);
});

test("a road whose source has been silent too long is unknown", () => {
  const road = { id: "a", st: "closed", src: "t", at: NOON - 5000 };
  const source = (at, every) => [{ id: "t", at, every }];
  assert.equal(view.roadState(road, source(NOON - 100, 60), NOON), "closed"); // states are kept thin: the source vouches
  assert.equal(view.roadState(road, source(NOON - 301, 60), NOON), "unknown");
  assert.equal(view.roadState(road, source(NOON - 400, 600), NOON), "closed");
  assert.equal(view.roadState(road, [], NOON), "closed");
});

test("how long nothing changes by time alone is known, whichever of now and the range's ends comes first to an edge", () => {
  const DAY = 24 * HOUR, slack = (...all) => see(all.map((pe) => event({ pe: [pe] })), "?du=-24h&au=%2B7d").slack;
  assert.equal(slack([NOON - 10, NOON + 500], [NOON + 300, null]), 300);
  assert.equal(slack([NOON - 2 * DAY, NOON - DAY + 200], [NOON - 90, null]), 200); // leaves the range
  assert.equal(slack([NOON + 7 * DAY + 100, null], [NOON - 90, null]), 100); // enters it
  assert.equal(slack([NOON - 90, null]), Infinity);
});

test("ten thousand events are filtered well within the budget", () => {
  const rows = Array.from({ length: 10000 }, (_, i) => event({ sev: i % 5, ds: ["132" + String(1 + i % 16).padStart(2, "0")],
    ti: "Événement " + i, pe: [[NOON + (i % 200 - 100) * 600, NOON + (i % 200 - 90) * 600]] }));
  see(rows, "?q=evenement");
  const start = performance.now();
  const seen = see(rows, "?arr=1,6,8&grav=1&q=evenement");
  const spent = performance.now() - start;
  assert.ok(seen.shown.length > 100);
  assert.ok(spent < 450, `filtering took ${spent.toFixed(1)} ms`); // budget 150 ms with the drawing; three times before failing
});

test("an axis takes the worst state of its sections; unknown never hides another", () => {
  const road = (id, st, ax = "a50") => ({ id, st, ax, src: "s", at: NOON });
  const states = (...roads) => Object.fromEntries([...view.roadStates(roads, [], NOON)].map(([id, one]) => [id, one.state]));
  assert.deepEqual(states(road("1", "free"), road("2", "unknown")), { a50: "free" });
  assert.deepEqual(states(road("1", "unknown"), road("2", "free")), { a50: "free" });
  assert.deepEqual(states(road("1", "slow"), road("2", "closed"), road("3", "congested")), { a50: "closed" });
  assert.deepEqual(states(road("1", "unknown"), road("2", "slow", null)), { a50: "unknown", 2: "slow" });
});

test("an axis with a closed and a congested section counts once, as closed", () => {
  const roads = [{ id: "1", st: "congested", ax: "a50" }, { id: "2", st: "closed", ax: "a50" }, { id: "3", st: "congested", ax: null }];
  const { counters } = see([], "", { roads });
  assert.deepEqual([counters.closed, counters.jam], [1, 1]);
});

test("news of sources alone keep the lists as they are and count the roads anew", () => {
  const road = { id: "r1", ax: "a1", st: "closed", at: NOON - 3600, src: "roads" };
  const fresh = [{ id: "roads", at: NOON - 60, every: 60 }], old = [{ id: "roads", at: NOON - 3600, every: 60 }];
  const row = event({ sev: 4 }), state = url.read(""), more = { rows: new Map([[row.id, row]]), roads: [road], familyOf: () => "vie",
    toEpoch: (bound) => url.toEpoch(bound, NOON, "Europe/Paris") };
  const before = view(state, { ...more, sources: fresh }, NOON);
  const after = view.follow(before, new Set(), state, { ...more, sources: old }, NOON);
  assert.equal(before.counters.closed, 1);
  assert.equal(after.counters.closed, 0);
  assert.equal(after.counters.critical, 1);
  assert.equal(after.shown, before.shown);
  assert.equal(after.lists, before.lists);
});
