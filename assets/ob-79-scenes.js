/* Scenes of a wall: which ones, in which order, when the next one comes; and how large its type must be. Pure. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var SHORTEST_S = 10, LONGEST_S = 600;
  var LARGE_WIDTH = 2500, LARGE_UNITS = 64; // a large layout needs pixels, and must hold that many of its letters in a line

  /** Returns the smallest useful type in px: 16 minutes of arc at `distance` m on a 16:9 screen of `diagonal` inches. */
  function smallestType(distance, diagonal, widthPx) {
    var pitch = diagonal * 25.4 * 16 / Math.hypot(16, 9) / widthPx;
    return Math.ceil(distance * 1000 * Math.tan(16 / 60 * Math.PI / 180) / pitch / 0.668);
  }

  /** Returns {distance, diagonal} of a query string; what makes no sense takes the default (4 m, 55 inches). */
  function readScreen(search) {
    var query = new URLSearchParams(search || "");
    return { distance: within(query.get("distance"), 0.5, 30, 4), diagonal: within(query.get("diagonale"), 10, 300, 55) };
  }

  function within(text, low, high, usual) {
    var value = parseFloat(text);
    return value >= low && value <= high ? value : usual;
  }

  /** Returns `large` or `compact`: what fits a screen of this width in letters of this size. */
  function layoutFor(widthPx, type) {
    return widthPx >= LARGE_WIDTH && widthPx / type >= LARGE_UNITS ? "large" : "compact";
  }

  /**
   * Returns {scenes, first, rotates} of an address: `scene=` names the `first` one, or several by commas, the only ones
   * then; `rotation=` is the seconds each of them stays instead of its own, 0: the first one stays. Unknown names are left out.
   */
  function playlist(scenes, search) {
    var query = new URLSearchParams(search || "");
    var asked = (query.get("scene") || "").split(",").map(function (id) {
      return scenes.findIndex(function (scene) { return scene.id === id.trim(); });
    }).filter(function (index) { return index >= 0; });
    var chosen = asked.length > 1 ? asked.map(function (index) { return scenes[index]; }) : scenes;
    var said = query.get("rotation"), all = parseFloat(said);
    var seconds = all > 0 ? Math.max(SHORTEST_S, Math.min(LONGEST_S, all)) : null;
    return {
      scenes: chosen.map(function (scene) { return seconds ? Object.assign({}, scene, { duration: seconds }) : scene; }),
      first: asked.length === 1 ? asked[0] : 0,
      rotates: all !== 0 && chosen.length > 1
    };
  }

  /** Returns where an order of scenes begins: `until` is in ms of the clock that `now` reads. */
  function begin(list, now) {
    return at({ list: list, isHeld: false }, list.first, now);
  }

  /** Returns where it stands at `index`, from `now` on. */
  function at(play, index, now) {
    var n = play.list.scenes.length, next = (index + n) % n;
    return { list: play.list, index: next, until: now + play.list.scenes[next].duration * 1000, isHeld: play.isHeld };
  }

  /**
   * Returns where it stands at `now`. While something critical is unanswered the scene that shows events comes and stays;
   * afterwards it stays its whole time.
   */
  function step(play, now, isCritical) {
    var scenes = play.list.scenes;
    if (isCritical) {
      var home = scenes[play.index].template === "situation" ? play.index
        : scenes.findIndex(function (scene) { return scene.template === "situation"; });
      return Object.assign(at(play, home < 0 ? play.index : home, now), { isHeld: true });
    }
    var free = Object.assign({}, play, { isHeld: false });
    return play.list.rotates && now >= play.until ? at(free, play.index + 1, now) : free;
  }

  /** Returns the query string that a scene shows: the address's own, with what the scene chooses in its place. */
  function searchOf(scene, search) {
    var query = new URLSearchParams(search || "");
    ["ev", "t", "du", "au", "vue"].forEach(function (key) { query.delete(key); });
    new URLSearchParams(scene.view).forEach(function (value, key) { query.set(key, value); });
    return "?" + query.toString();
  }

  /** Returns the seconds to wait before reload number `tries` (0 first) of a picture that stands still. */
  function reloadWait(tries) { return Math.min(900, 30 * Math.pow(2, tries)); }

  /** Returns where the picture sits after some minutes: four pixels around, so that no edge burns in. */
  function pixelShift(minutes) {
    var steps = [[0, 0], [4, 0], [4, 4], [0, 4], [-4, 4], [-4, 0], [-4, -4], [0, -4], [4, -4]];
    return steps[Math.floor(minutes / 3) % steps.length];
  }

  /** Tells whether an hour of the day (0-23) is dimmed. */
  function isNight(hour) { return hour >= 22 || hour < 6; }

  ob.scenes = { smallestType: smallestType, readScreen: readScreen, layoutFor: layoutFor, playlist: playlist, begin: begin, at: at,
    step: step, searchOf: searchOf, reloadWait: reloadWait, pixelShift: pixelShift, isNight: isNight };
  if (typeof module === "object" && module.exports) { module.exports = ob.scenes; }
})(typeof window === "undefined" ? globalThis : window);
