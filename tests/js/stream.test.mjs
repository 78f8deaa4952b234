import assert from "node:assert/strict";
import { test } from "node:test";

import { event, script, snapshot } from "./cast.mjs";

const { Store } = script("ob-20-store.js");
const { Stream, retryDelay } = script("ob-25-stream.js");

/* A browser that obeys: its clock and timers move when told, its network answers what it is given. */
function browser(answers) {
  const world = { clock: 1000000, timers: [], sources: [], asked: [], answers };
  world.ports = {
    fetch: (address) => {
      world.asked.push(address);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer.status) { return Promise.resolve({ ok: false, status: answer.status }); }
      return answer instanceof Error ? Promise.reject(answer)
        : Promise.resolve({ ok: true, json: () => Promise.resolve(structuredClone(answer)) });
    },
    EventSource: class {
      constructor(address) { this.address = address; this.on = {}; this.isClosed = false; world.sources.push(this); }
      addEventListener(kind, listener) { this.on[kind] = listener; }
      close() { this.isClosed = true; }
      send(kind, message) { this.on[kind]({ data: JSON.stringify(message) }); }
    },
    channel: null, locks: null, random: () => 0.5, now: () => world.clock, isVisible: () => true,
    setTimeout: (act, wait) => { world.timers.push({ act, at: world.clock + wait }); return world.timers.length - 1; },
    clearTimeout: (index) => { if (world.timers[index]) { world.timers[index].act = null; } },
    setInterval: (act) => { world.everySecond = act; }
  };
  world.last = () => world.sources[world.sources.length - 1];
  world.pass = async (seconds) => {
    for (let i = 0; i < seconds; i++) {
      world.clock += 1000;
      world.timers.forEach((timer) => { if (timer.act && timer.at <= world.clock) { const act = timer.act; timer.act = null; act(); } });
      world.everySecond();
      await settle();
    }
  };
  return world;
}

async function settle() { for (let i = 0; i < 12; i++) { await Promise.resolve(); } }

async function started(answers, ports = {}) {
  const world = browser(answers);
  Object.assign(world.ports, ports);
  const store = new Store(), stream = new Stream(store, world.ports);
  world.told = [];
  stream.on((kind, detail) => world.told.push([kind, detail]));
  const start = stream.start();
  await settle();
  return { world, store, stream, start };
}

test("a snapshot, then one stream from its number", async () => {
  const { world, store, stream } = await started([snapshot([event()])]);
  assert.deepEqual(world.asked, ["/api/snapshot"]);
  assert.equal(world.last().address, "/api/stream?since=10");
  world.last().onopen();
  world.last().send("delta", { seq: 11, ts: world.clock, events: [event()], gone: [], roads: [] });
  assert.equal(store.rows.size, 2);
  assert.equal(stream.state, "live");
});

test("a cut is followed by ever longer tries from the last number, then live again", async () => {
  const { world, stream } = await started([snapshot([event()])]);
  world.last().onopen();
  world.last().send("delta", { seq: 12, ts: world.clock, events: [event()] });
  for (let i = 0; i < 5; i++) {
    world.last().onerror();
    await world.pass(20);
  }
  assert.equal(stream.state, "offline");
  assert.equal(world.sources.length, 6);
  assert.ok(world.sources.slice(0, 5).every((source) => source.isClosed));
  assert.equal(world.last().address, "/api/stream?since=12");
  world.last().onopen();
  assert.equal(stream.state, "live");
});

test("silence of 25 s is a cut", async () => {
  const { world, stream } = await started([snapshot([event()])]);
  world.last().onopen();
  await world.pass(24);
  assert.equal(world.sources.length, 1);
  await world.pass(4);
  assert.equal(world.sources.length, 2);
  assert.notEqual(stream.state, "live");
});

test("a ping ahead of us asks for a snapshot; one equal to us does not", async () => {
  const { world } = await started([snapshot([event()]), snapshot([event(), event()], { seq: 15 })]);
  world.last().send("ping", { seq: 10, ts: world.clock });
  await settle();
  assert.equal(world.asked.length, 1);
  world.last().send("ping", { seq: 15, ts: world.clock });
  await settle();
  assert.equal(world.asked.length, 2);
});

test("two pings behind us mean another database: everything is taken anew", async () => {
  const fresh = snapshot([event()], { seq: 3 });
  const { world, store } = await started([snapshot([event(), event()]), fresh]);
  world.last().send("ping", { seq: 3, ts: world.clock });
  await settle();
  assert.equal(world.asked.length, 1);
  world.last().send("ping", { seq: 3, ts: world.clock });
  await settle();
  assert.deepEqual([store.seq, store.rows.size], [3, 1]);
});

test("a snapshot older than the deltas already seen does not undo them", async () => {
  const row = event();
  const { world, store } = await started([snapshot([row]), snapshot([row])]);
  const added = event();
  world.last().send("delta", { seq: 11, ts: world.clock, events: [added] });
  world.last().send("resync", {});
  await settle();
  assert.equal(store.seq, 11);
  assert.ok(store.rows.has(added.id));
});

test("a database of another history makes everything be taken anew, whatever was heard before", async () => {
  const kept = event();
  const { world, store } = await started([snapshot([event()], { mark: "aa" }), snapshot([kept], { seq: 3, mark: "cc" })]);
  world.last().send("delta", { seq: 11, ts: world.clock, mark: "bb", events: [event()] });
  world.last().onerror();
  await world.pass(2);
  assert.equal(world.last().address, "/api/stream?since=11&mark=bb");
  world.last().send("resync", { anew: true });
  await settle();
  assert.deepEqual([store.seq, store.mark, [...store.rows.keys()]], [3, "cc", [kept.id]]);
});

test("a database that is away is said, dates what is shown, and is over when the server says so", async () => {
  const { world, stream } = await started([snapshot([event()], { time: 900 })]);
  world.last().onopen();
  world.last().send("storage", { ts: world.clock, state: "ok", since: 900 });
  world.last().send("ping", { seq: 10, ts: world.clock });
  assert.deepEqual([stream.storage, stream.pictureAt], ["ok", 1000]);
  world.clock += 30000;
  world.last().send("storage", { ts: world.clock, state: "away", since: 1028 });
  world.last().send("ping", { seq: 10, ts: world.clock });
  assert.deepEqual([stream.storage, stream.storageSince, stream.pictureAt, stream.state], ["away", 1028, 1000, "live"]);
  world.last().send("storage", { ts: world.clock, state: "ok", since: 1030 });
  world.last().send("ping", { seq: 10, ts: world.clock });
  assert.deepEqual([stream.storage, stream.pictureAt], ["ok", 1030]);
  assert.deepEqual(world.told.filter(([kind]) => kind === "storage").map(([, state]) => state), ["away", "ok"]);
});

test("a page opened while the database is away says so, and fills by itself", async () => {
  const refused = Object.assign(new Error("503"), { status: 503 });
  const { world, store, stream } = await started([refused, snapshot([event()])]);
  assert.deepEqual([store.isLoaded, stream.storage], [false, "away"]);
  await world.pass(3);
  assert.deepEqual([store.isLoaded, stream.storage], [true, "ok"]);
});

test("a server that does not answer is asked again, and nothing is thrown", async () => {
  const { world, store } = await started([new Error("refused"), new Error("refused"), snapshot([event()])]);
  assert.equal(store.isLoaded, false);
  await world.pass(10);
  assert.equal(store.isLoaded, true);
  assert.equal(world.asked.length, 3);
});

test("a wider range is asked for once", async () => {
  const { world, stream } = await started([snapshot([event()])]);
  const { from, to } = stream.store;
  stream.cover(from, to);
  stream.cover(from - 90000, to);
  await settle();
  stream.cover(from - 90000, to);
  await settle();
  assert.equal(world.asked.length, 2);
  assert.match(world.asked[1], /^\/api\/snapshot\?from=\d+&to=\d+$/);
});

test("a follower takes deltas from the leading tab, and a snapshot when it missed one", async () => {
  const channel = { sent: [], postMessage(message) { this.sent.push(message); } };
  const locks = { request: () => new Promise(() => {}) }; // another tab holds it
  const { world, store, stream } = await started([snapshot([event()])], { channel, locks });
  assert.equal(world.sources.length, 0);
  channel.onmessage({ data: { kind: "delta", before: 10, message: { seq: 11, ts: world.clock, events: [event()] } } });
  assert.equal(store.rows.size, 2);
  channel.onmessage({ data: { kind: "delta", before: 14, message: { seq: 15, ts: world.clock, events: [event()] } } });
  await settle();
  assert.equal(world.asked.length, 2);
  channel.onmessage({ data: { kind: "lost", message: { nextTryAt: world.clock + 900 } } });
  assert.equal(stream.state, "late");
});

test("a follower of a silent leader takes its place", async () => {
  const asked = [];
  const locks = { request: (name, options, hold) => { asked.push(options); if (options.steal) { hold(); } return new Promise(() => {}); } };
  const { world } = await started([snapshot([event()])], { channel: { postMessage() {} }, locks });
  await world.pass(42);
  assert.deepEqual(asked, [{}, { steal: true }]);
  assert.equal(world.sources.length, 1);
});

test("waits grow from one second to fifteen, spread by a third", () => {
  assert.equal(retryDelay(0, 0.5), 1000);
  assert.equal(retryDelay(30, 0.5), 15000);
  assert.ok(retryDelay(2, 0) >= 0.7 * 2890 - 1 && retryDelay(2, 0.999) < 1.3 * 2890);
});
