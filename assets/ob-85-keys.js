/* The keyboard: single letters act only when no field has the focus, and can be turned off (ui: section 18). */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /** Returns the id after (`step` 1) or before (-1) the selected one in the order of the list; the first when none is. */
  function neighbour(ids, selected, step) {
    if (!ids.length) { return null; }
    var at = ids.indexOf(selected);
    if (at < 0) { return step > 0 ? ids[0] : ids[ids.length - 1]; }
    return ids[Math.max(0, Math.min(ids.length - 1, at + step))];
  }

  ob.keys = { neighbour: neighbour };
  if (typeof module === "object" && module.exports) { module.exports = ob.keys; }
  if (typeof document === "undefined") { return; }

  function isOff() {
    try { return localStorage.getItem("ob-keys") === "off"; } catch (error) { return false; }
  }

  function step(by) {
    return function () {
      var list = ob.list.present;
      if (!list || !ob.screen.isReady()) { return; }
      var ids = ob.screen.view().lists[list.current || "ongoing"].map(function (row) { return row.id; });
      var next = neighbour(ids, ob.screen.state.ev, by);
      if (next) { ob.select(next); }
    };
  }

  function focusList() {
    var list = ob.list.present;
    var option = list && (list.listbox.querySelector(".is-selected") || list.listbox.querySelector("[role=option]"));
    if (option) { list.focus(option); }
  }

  function focusMap() { var map = ob.map.present(); if (map) { map.getContainer().focus(); } }

  function focusTimeline() { if (ob.timeline.present) { ob.phone.showTimeline(); ob.timeline.present.handle.focus(); } }

  // What has arrows of its own keeps them: the map pans, lists and menus walk.
  var OWN_ARROWS = ".leaflet-container, [role=listbox], [role=slider], [role=separator], [role=menu], [role=radiogroup], select";

  function moveCursor(event) {
    var focused = document.activeElement;
    if (!ob.timeline.present || !ob.screen.isReady() || focused && focused.closest(OWN_ARROWS)) { return; }
    ob.timeline.present.step(event);
  }

  function focusSearch(event) {
    var field = document.getElementById("filter-search");
    if (field) { event.preventDefault(); field.focus(); }
  }

  function report() {
    var link = document.querySelector("[data-ob-report]");
    if (link) { link.click(); }
  }

  function openDetail() {
    var detail = document.getElementById("detail");
    var title = detail && detail.querySelector("h2, h3");
    if (!ob.screen.state.ev || !title) { return; }
    title.tabIndex = -1;
    title.focus();
  }

  // The topmost first: layers, tables, the event's panel, then the time cursor.
  function close() {
    var panel = document.getElementById("map-layers");
    if (panel && !panel.hidden) { ob.toggleLayers(false); }
    else if (ob.screen.state.ev) { ob.select(null); }
    else if (ob.screen.state.vue === "table") { ob.toggleTable(); }
    else if (!ob.screen.isLive()) { ob.backToLive(); }
  }

  var LETTERS = {
    j: step(1), k: step(-1), l: focusList, c: focusMap, f: focusTimeline, t: function () { if (ob.map.present()) { ob.toggleTable(); } },
    s: function () { if (ob.toggleLayers && ob.map.present()) { ob.toggleLayers(); } }, d: function () { ob.backToLive(); },
    "/": focusSearch, n: report
  };

  /** What each letter does; other scripts add theirs. */
  ob.keys.letters = LETTERS;

  /** Acts on a key event, unless a field has the focus, a modifier is held or someone else used it. */
  ob.keys.press = function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || ob.isTyping()) { return; }
    if (ob.screen.isWall() || !document.getElementById("event-list")) { return; }
    if (event.key === "Escape") { close(); return; }
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") { moveCursor(event); return; }
    if (event.key === "Enter" && document.activeElement === document.body) { openDetail(); return; }
    var act = event.key.length === 1 && !isOff() ? LETTERS[event.key.toLowerCase()] : null;
    if (act) { act(event); }
  };

  document.addEventListener("keydown", ob.keys.press);
})(typeof window === "undefined" ? globalThis : window);
