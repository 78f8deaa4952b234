/* The first picture: the map is drawn in the page's first frame, then the rest of the page comes, and Dash with it. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var LONGEST_MS = 1500; // without events for so long, Dash draws the page that says why

  var frame = document.getElementById("first-frame");
  if (!frame) { return; }
  frame.hidden = false; // the style sheet is here now: a browser lays out what it sees before, in letters of its own
  // Letters that are not here when the map writes its numbers are looked for all over the machine, and drawn again later.
  document.fonts.load("700 14px " + getComputedStyle(document.documentElement).getPropertyValue("--ob-font"));
  var isReleased = false;

  // They are fetched while the map is drawn, not before: to read them takes the processor that the map needs.
  function fetchAhead() {
    document.getElementById("afterwards").content.querySelectorAll("script[src]").forEach(function (script) {
      document.head.append(ob.dom.el("link", { rel: "preload", as: "script", href: script.getAttribute("src") }));
    });
  }

  // The scripts of a template have not run: their copies do, in their order, the last one (in the page itself) at the end.
  function release() {
    if (isReleased) { return; }
    isReleased = true;
    document.getElementById("react-entry-point").hidden = false;
    if (!document.getElementById("map")) { frame.remove(); }
    var held = document.getElementById("afterwards");
    var scripts = Array.from(held.content.querySelectorAll("script"));
    var last = scripts.pop();
    scripts.forEach(function (script, i) {
      var copy = document.importNode(script, true);
      copy.async = false;
      if (i === scripts.length - 1) { copy.addEventListener("load", function () { held.after(document.importNode(last, true)); }); }
      held.before(copy);
    });
  }

  var stop = function () {};
  setTimeout(release, LONGEST_MS);
  ob.ready.then(function () {
    if (isReleased) { return; }
    fetchAhead();
    ob.map.drawIn(frame.querySelector("[data-first=map]"), leave);
    stop = ob.screen.onView(function () { requestAnimationFrame(function () {
      requestAnimationFrame(function () {
        frame.classList.add("is-drawn");
        setTimeout(release, 0);
      });
    }); });
  });
  function leave() {
    stop();
    frame.remove();
  }
})(typeof window === "undefined" ? globalThis : window);
