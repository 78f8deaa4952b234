/* Keys pressed while the page is still coming: kept in their order, and pressed again once the scripts that hear them are there. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var KEPT_MS = 5000, MOST = 12; // who pressed longer ago, or more, has gone on to something else
  var ALSO = ["Escape", "ArrowLeft", "ArrowRight"];

  /** Tells whether a key event is one that the page may answer (see ob-85-keys.js): no Tab, nothing that the browser does. */
  function isOurs(event) {
    return !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && (event.key.length === 1 || ALSO.indexOf(event.key) >= 0);
  }

  /** Returns those of the kept keys, each with its time `at` in ms, that are still meant at `now`. */
  function stillMeant(keys, now) {
    return keys.filter(function (one) { return now - one.at <= KEPT_MS; });
  }

  ob.earlyKeys = { isOurs: isOurs, stillMeant: stillMeant, MOST: MOST };
  if (typeof module === "object" && module.exports) { module.exports = ob.earlyKeys; }
  // Where the map comes first the rest of the page comes later; elsewhere everything comes at once.
  if (typeof document === "undefined" || !document.getElementById("first-frame")) { return; }

  var keys = [], since = performance.now();
  var timer = setInterval(look, 50);
  window.addEventListener("keydown", keep, true);

  function keep(event) {
    if (!isOurs(event)) { return; }
    event.stopImmediatePropagation(); // half of the page may hear it already
    event.preventDefault();
    if (keys.length < MOST) { keys.push({ key: event.key, shiftKey: event.shiftKey, at: performance.now() }); }
  }

  function isHeard() {
    return Boolean(ob.keys && ob.list && ob.list.present && ob.timeline && ob.timeline.present && ob.screen.isReady());
  }

  function look() {
    var now = performance.now(), isTime = isHeard();
    if (!isTime && now - since < 2 * KEPT_MS) { return; }
    clearInterval(timer);
    window.removeEventListener("keydown", keep, true);
    if (!isTime) { return; } // the page that says why is usable as it is
    stillMeant(keys, now).forEach(function (one) {
      (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown",
        { key: one.key, shiftKey: one.shiftKey, bubbles: true, cancelable: true }));
    });
  }
})(typeof window === "undefined" ? globalThis : window);
