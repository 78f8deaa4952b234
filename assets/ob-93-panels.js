/* Separators that make the list and the event's panel wider or narrower; widths are kept by the browser. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STEP = 16, LEAST = 280, MOST = 640;

  /** Returns a width in pixels that leaves both sides usable. */
  function within(width) { return Math.round(Math.max(LEAST, Math.min(MOST, width))); }

  /** Returns the width after a key on a separator; `sign` is 1 when the panel grows to the right, -1 to the left; null: not ours. */
  function afterKey(key, width, sign) {
    if (key === "ArrowRight") { return within(width + STEP * sign); }
    if (key === "ArrowLeft") { return within(width - STEP * sign); }
    if (key === "Home") { return LEAST; }
    if (key === "End") { return MOST; }
    return null;
  }

  ob.panels = { within: within, afterKey: afterKey };
  if (typeof module === "object" && module.exports) { module.exports = ob.panels; }
  if (typeof document === "undefined") { return; }

  function kept(name) {
    try { return Number(localStorage.getItem(name)) || 0; } catch (error) { return 0; }
  }

  function keep(name, width) {
    try { if (width) { localStorage.setItem(name, width); } else { localStorage.removeItem(name); } }
    catch (error) { document.documentElement.dataset.kept = "no"; }
  }

  function separate(bar, options) {
    var main = bar.parentNode;
    function panel() { return document.getElementById(options.panel); }
    function width() {
      var box = panel();
      return box && box.offsetWidth || within(0);
    }
    function show(wide) {
      if (wide) { main.style.setProperty(options.property, wide + "px"); } else { main.style.removeProperty(options.property); }
      tell();
    }
    function tell() { bar.setAttribute("aria-valuenow", width()); }
    function choose(wide) {
      show(wide);
      keep(options.name, wide);
      window.dispatchEvent(new Event("resize")); // Leaflet measures itself again
    }
    bar.setAttribute("aria-valuemin", LEAST);
    bar.setAttribute("aria-valuemax", MOST);
    show(kept(options.name) && within(kept(options.name)));
    bar.addEventListener("focus", tell);
    bar.addEventListener("keydown", function (event) {
      var next = afterKey(event.key, width(), options.sign);
      if (next === null) { return; }
      event.preventDefault();
      choose(next);
    });
    bar.addEventListener("dblclick", function () { choose(0); });
    bar.addEventListener("pointerdown", function (event) {
      var from = event.clientX, before = width();
      event.preventDefault();
      bar.focus();
      bar.setPointerCapture(event.pointerId);
      function move(now) { show(within(before + (now.clientX - from) * options.sign)); }
      function end(now) {
        bar.removeEventListener("pointermove", move);
        bar.removeEventListener("pointerup", end);
        bar.removeEventListener("pointercancel", end);
        if (now.clientX !== from) { choose(within(before + (now.clientX - from) * options.sign)); }
      }
      bar.addEventListener("pointermove", move);
      bar.addEventListener("pointerup", end);
      bar.addEventListener("pointercancel", end);
    });
  }

  ob.mount("list-separator", function (bar) {
    separate(bar, { panel: "list-panel", property: "--ob-list-width", name: "ob-list-width", sign: 1 });
  });
  ob.mount("detail-separator", function (bar) {
    separate(bar, { panel: "detail", property: "--ob-detail-width", name: "ob-detail-width", sign: -1 });
  });
})(typeof window === "undefined" ? globalThis : window);
