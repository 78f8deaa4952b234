/* Playing the time: the cursor runs at a chosen speed, stops at the end of the timeline, waits while the tab is hidden. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var SPEEDS = [60, 600, 3600]; // seconds of the city for one of ours

  /** Returns {t, isOver} after `elapsed` seconds of play from t at a speed, inside a range. */
  function advanced(t, elapsed, speed, range) {
    var next = t + elapsed * speed;
    return next >= range.to ? { t: range.to, isOver: true } : { t: Math.max(range.from, next), isOver: false };
  }

  ob.replay = { SPEEDS: SPEEDS, advanced: advanced };
  if (typeof module === "object" && module.exports) { module.exports = ob.replay; }
  if (typeof document === "undefined") { return; }

  var speed = 600, at = 0, last = 0, frame = 0, shown = null, listeners = [];

  ob.replay.isPlaying = function () { return frame !== 0; };
  ob.replay.speed = function () { return speed; };
  ob.replay.setSpeed = function (next) { speed = SPEEDS.indexOf(next) < 0 ? speed : next; };
  ob.replay.onChange = function (listener) {
    listeners.push(listener);
    return function () { listeners.splice(listeners.indexOf(listener), 1); };
  };

  function tell() { listeners.slice().forEach(function (listener) { listener(frame !== 0); }); }

  /** Runs the cursor from where it is; from live it goes back to the beginning of the timeline first. */
  ob.replay.play = function () {
    if (frame || !ob.screen.isReady()) { return; }
    var range = ob.timescale.rangeOf(ob.screen.edge(), ob.screen.at());
    at = ob.screen.isLive() || ob.screen.at() >= range.to ? range.from : ob.screen.at();
    ob.screen.moveTo(at);
    shown = ob.screen.cursor;
    last = performance.now();
    frame = requestAnimationFrame(step);
    tell();
  };

  ob.replay.pause = function () {
    if (!frame) { return; }
    cancelAnimationFrame(frame);
    frame = 0;
    tell();
  };

  function step(now) {
    if (ob.screen.cursor !== shown) { frame = 0; tell(); return; } // somebody else moved it, or went back to live
    var elapsed = Math.min(1, (now - last) / 1000), next = advanced(at, elapsed, speed, ob.timescale.rangeOf(ob.screen.edge(), at));
    last = now;
    at = next.t;
    ob.screen.moveTo(at);
    shown = ob.screen.cursor;
    if (next.isOver) { frame = 0; tell(); return; }
    frame = requestAnimationFrame(step);
  }

  document.addEventListener("visibilitychange", function () { if (document.hidden) { ob.replay.pause(); } });
})(typeof window === "undefined" ? globalThis : window);
