/* The live connection: snapshot, then one stream for all tabs of the browser, and the way back after a cut. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var WATCHDOG_MS = 25000; // the server pings every 10 s: two missed and a half
  var SILENT_LEADER_MS = 40000;
  var OFFLINE_AFTER_MS = 5000;
  var FIRST_RETRY_MS = 1000, LAST_RETRY_MS = 15000;
  var LOCK = "ob-stream";
  var KEPT_DELTAS_MS = 60000; // a snapshot may be some seconds older than deltas already applied

  /** Returns the milliseconds to wait before try number `tries` (0 first), spread by `random` in [0, 1). */
  function retryDelay(tries, random) {
    return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * Math.pow(1.7, tries)) * (0.7 + 0.6 * random);
  }

  /**
   * Follows the server. `ports` are the browser's own doors, given so that tests may pass others: fetch, EventSource,
   * channel (or null), locks (or null), now() in ms, setTimeout, clearTimeout, setInterval, random.
   */
  function Stream(store, ports) {
    this.store = store;
    this.ports = ports;
    this.state = "late";
    this.storage = "ok"; // the database, as the server says: ok, away (not read), full or still (not written)
    this.storageSince = 0;
    this.pictureAt = 0; // server's time at which what is shown was last known to be so
    this.nextTryAt = 0;
    this.lastHeardAt = 0;
    this.lostAt = 0;
    this.clockOffset = null; // seconds: server clock minus ours
    this.listeners = [];
    this.tries = 0;
    this.lowPings = 0;
    this.isLeader = false;
    this.waiting = [];
    this.recent = [];
    this.range = null;
    this.source = null;
    this.stats = { snapshots: 0, deltas: 0, reconnects: 0 };
  }

  /** Calls `listener(kind, detail)`: kinds `snapshot`, `delta`, `sources`, `state`, `storage`. */
  Stream.prototype.on = function (listener) { this.listeners.push(listener); };

  Stream.prototype.tell = function (kind, detail) {
    this.listeners.forEach(function (listener) { listener(kind, detail); });
  };

  /** Returns the server's time in epoch seconds. */
  Stream.prototype.now = function () { return this.ports.now() / 1000 + (this.clockOffset || 0); };

  Stream.prototype.start = function () {
    var me = this;
    if (this.ports.channel) { this.ports.channel.onmessage = function (message) { me.fromLeader(message.data); }; }
    this.lastHeardAt = this.ports.now();
    this.ports.setInterval(function () { me.watch(); }, 1000);
    return this.takeSnapshot("first").then(function () { me.join(); });
  };

  /** Asks for a snapshot that covers [from, to] too; nothing to do when the present one does. */
  Stream.prototype.cover = function (from, to) {
    var hour = 3600, now = this.now();
    // The usual window goes without bounds: that answer is the one the page asked for ahead of its scripts.
    if (!this.store.isLoaded && !this.range && from >= now - 25 * hour && to <= now + 7 * 24 * hour + hour) { return; }
    if (this.store.isLoaded && from >= this.store.from - hour && to <= this.store.to + hour) { return; }
    var range = { from: Math.floor(from / hour) * hour, to: Math.ceil(to / hour) * hour };
    if (this.range && this.range.from <= range.from && this.range.to >= range.to) { return; }
    this.range = range;
    if (this.store.isLoaded) { this.takeSnapshot("range"); }
  };

  Stream.prototype.takeSnapshot = function (why) {
    var me = this, ports = this.ports;
    if (this.pending) { this.isAgain = this.isAgain || why === "range"; return this.pending; }
    this.stats.snapshots++;
    var query = this.range ? "?from=" + this.range.from + "&to=" + this.range.to : "";
    // The first one may be some seconds old: the stream brings the rest. Who missed something asks for one made now.
    var options = why === "first" ? undefined : { cache: "no-store" };
    this.pending = ports.fetch("/api/snapshot" + query, options).then(function (answer) {
      if (answer.status === 503) { me.setStorage("away", me.pictureAt || me.now()); }
      if (!answer.ok) { throw new Error("HTTP " + answer.status); }
      var sentAt = answer.headers && Date.parse(answer.headers.get("Date")) / 1000;
      return answer.json().then(function (snapshot) { return { snapshot: snapshot, sentAt: sentAt }; });
    }).then(function (answer) {
      var snapshot = answer.snapshot;
      me.pending = null;
      me.hear(Math.max(snapshot.time, answer.sentAt || 0));
      me.store.load(snapshot);
      me.pictureAt = snapshot.time;
      if (why === "first") { me.setStorage("ok", 0); } // the stream, which follows, knows better
      me.replay(why);
      me.tell("snapshot", why);
      if (me.isAgain) { me.isAgain = false; return me.takeSnapshot("range"); }
      return undefined;
    }).catch(function () {
      me.pending = null;
      me.lose();
      return new Promise(function (resolve) { me.wake = ports.setTimeout(resolve, me.backOff()); })
        .then(function () { return me.takeSnapshot(why); });
    });
    return this.pending;
  };

  // Deltas heard before or while the snapshot came are applied again where it is older than they are.
  Stream.prototype.replay = function (why) {
    var me = this, horizon = this.ports.now() - KEPT_DELTAS_MS;
    if (why === "reset") { this.recent = []; }
    this.recent.forEach(function (kept) { if (kept.at > horizon) { me.store.apply(kept.delta); } });
    this.waiting.splice(0).forEach(function (delta) { me.store.apply(delta); me.keep(delta); });
  };

  Stream.prototype.keep = function (delta) {
    var now = this.ports.now();
    while (this.recent.length && this.recent[0].at < now - KEPT_DELTAS_MS) { this.recent.shift(); }
    this.recent.push({ at: now, delta: delta });
  };

  Stream.prototype.backOff = function () {
    var delay = retryDelay(this.tries++, this.ports.random());
    this.nextTryAt = this.ports.now() + delay;
    return delay;
  };

  /** Becomes the one tab that holds the stream, at once or when the present one closes. */
  Stream.prototype.join = function (options) {
    var me = this, ports = this.ports;
    if (!ports.locks || !ports.channel) { this.lead(); return; }
    ports.locks.request(LOCK, options || {}, function () {
      me.lead();
      return new Promise(function () {}); // held until the tab closes or another takes it
    }).catch(function () { me.follow(); });
  };

  Stream.prototype.lead = function () {
    this.isLeader = true;
    this.open();
  };

  // Another tab took the lock because this one was silent (a frozen background tab).
  Stream.prototype.follow = function () {
    this.isLeader = false;
    this.ports.clearTimeout(this.timer);
    if (this.source) { this.source.close(); this.source = null; }
    this.join();
  };

  Stream.prototype.open = function () {
    var me = this, ports = this.ports;
    ports.clearTimeout(this.timer);
    if (this.source) { this.source.close(); }
    this.openedAt = ports.now();
    this.nextTryAt = 0;
    var source = this.source = new ports.EventSource("/api/stream?since=" + this.store.seq +
      (this.store.mark ? "&mark=" + this.store.mark : ""));
    source.onopen = function () {
      me.tries = 0;
      me.hear(null);
      me.relay("open", null);
    };
    ["delta", "sources", "ping", "resync", "storage"].forEach(function (kind) {
      source.addEventListener(kind, function (event) {
        if (me.source !== source) { return; }
        me.receive(kind, JSON.parse(event.data || "{}"));
      });
    });
    source.onerror = function () {
      if (me.source !== source) { return; }
      me.retry();
    };
  };

  // A refused EventSource stays closed for good: every error opens a fresh one.
  Stream.prototype.retry = function () {
    var me = this;
    if (this.source) { this.source.close(); this.source = null; }
    this.stats.reconnects++;
    this.lose();
    this.ports.clearTimeout(this.timer);
    this.timer = this.ports.setTimeout(function () { me.open(); }, this.backOff());
    this.relay("lost", { nextTryAt: this.nextTryAt });
  };

  /** Tries at once: the network is said to be back, or the tab is looked at again. */
  Stream.prototype.retryNow = function () {
    if (this.state === "live" || !this.isLeader) { return; }
    this.tries = 0;
    this.open();
  };

  Stream.prototype.receive = function (kind, message) {
    var before = this.store.seq;
    if (kind === "storage") { this.setStorage(message.state, message.since); } // first: it dates what is shown
    this.hear(message.ts ? message.ts / 1000 : null);
    if (kind === "delta") { this.take(message); }
    if (kind === "sources") { this.store.sources = message.sources; this.tell("sources", message); }
    if (kind === "ping") { this.checkNumber(message.seq); }
    if (kind === "resync") { this.resync(message); }
    this.relay(kind, message, before);
  };

  Stream.prototype.relay = function (kind, message, before) {
    if (this.isLeader && this.ports.channel) {
      this.ports.channel.postMessage({ kind: kind, message: message, before: before });
    }
  };

  Stream.prototype.fromLeader = function (relayed) {
    if (this.isLeader) { return; }
    if (relayed.kind === "lost") {
      this.lastHeardAt = this.ports.now();
      this.nextTryAt = relayed.message.nextTryAt;
      this.lose();
      return;
    }
    if (relayed.kind === "storage") { this.setStorage(relayed.message.state, relayed.message.since); }
    this.hear(relayed.message && relayed.message.ts ? relayed.message.ts / 1000 : null);
    if (relayed.kind === "delta") {
      if (this.store.isLoaded && relayed.before > this.store.seq) { this.takeSnapshot("gap"); return; }
      this.take(relayed.message);
    }
    if (relayed.kind === "sources") { this.store.sources = relayed.message.sources; this.tell("sources", relayed.message); }
    if (relayed.kind === "ping") { this.checkNumber(relayed.message.seq); }
    if (relayed.kind === "resync") { this.resync(relayed.message); }
  };

  Stream.prototype.take = function (delta) {
    if (this.pending) { this.waiting.push(delta); return; }
    var change = this.store.apply(delta);
    if (!change) { return; }
    this.keep(delta);
    this.stats.deltas++;
    change.cameras = Boolean(delta.cameras);
    change.conflicts = Boolean(delta.conflicts);
    this.tell("delta", change);
  };

  // Told that the database has another history, as after a restore: what was heard before is no longer true.
  Stream.prototype.resync = function (message) {
    if (message.anew) { this.recent = []; this.waiting = []; }
    this.takeSnapshot(message.anew ? "reset" : "resync");
  };

  // A ping ahead of us: a delta was missed. Two pings behind us: another database answers now.
  Stream.prototype.checkNumber = function (seq) {
    if (!this.store.isLoaded || this.pending) { return; }
    this.lowPings = seq < this.store.seq ? this.lowPings + 1 : 0;
    if (seq > this.store.seq) { this.takeSnapshot("ping"); }
    if (this.lowPings >= 2) {
      this.lowPings = 0;
      this.takeSnapshot("reset");
    }
  };

  Stream.prototype.hear = function (serverSeconds) {
    var now = this.ports.now();
    this.lastHeardAt = now;
    this.lostAt = 0;
    if (serverSeconds) {
      if (this.storage === "ok" && this.store.isLoaded) { this.pictureAt = Math.max(this.pictureAt, serverSeconds); }
      // Messages arrive late, never early, and snapshots are kept some seconds: the largest difference is the best.
      var offset = serverSeconds - now / 1000;
      this.clockOffset = this.clockOffset === null || offset > this.clockOffset || offset < this.clockOffset - 60
        ? offset : this.clockOffset;
    }
    this.setState("live");
  };

  Stream.prototype.lose = function () {
    if (!this.lostAt) { this.lostAt = this.lastHeardAt || this.ports.now(); this.lostSince = this.ports.now(); }
    this.setState(this.ports.now() - this.lostSince >= OFFLINE_AFTER_MS ? "offline" : "late");
  };

  Stream.prototype.setStorage = function (state, since) {
    this.storageSince = since;
    if (state !== "ok") { this.pictureAt = Math.min(this.pictureAt, since); }
    if (state === this.storage) { return; }
    this.storage = state;
    this.tell("storage", state);
  };

  Stream.prototype.setState = function (state) {
    if (state === this.state) { return; }
    this.state = state;
    this.tell("state", state);
  };

  /** Once a second: a silent connection is a lost one; a follower takes over from a silent leader. */
  Stream.prototype.watch = function () {
    var now = this.ports.now(), silence = now - this.lastHeardAt;
    if (this.state !== "live") { this.lose(); }
    if (this.isLeader && this.source && silence > WATCHDOG_MS && now - this.openedAt > WATCHDOG_MS) { this.retry(); }
    if (!this.isLeader && this.store.isLoaded && silence > SILENT_LEADER_MS && this.ports.isVisible()) {
      this.lastHeardAt = now;
      this.lose();
      this.join({ steal: true });
    }
  };

  ob.stream = { Stream: Stream, retryDelay: retryDelay };
  if (typeof module === "object" && module.exports) { module.exports = ob.stream; }
})(typeof window === "undefined" ? globalThis : window);
