/* A telephone: the sheet's three stops, quick filters, the bar at the bottom. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STOPS = ["peek", "half", "full"];
  var HEIGHTS = { peek: 0.12, half: 0.46, full: 1 };

  /** Returns the stop above (`by` 1) or below (-1); after the last one, pressing starts again when `isRound`. */
  function nextStop(stop, by, isRound) {
    var at = STOPS.indexOf(stop) + by;
    if (isRound && at >= STOPS.length) { return STOPS[0]; }
    return STOPS[Math.max(0, Math.min(STOPS.length - 1, at))];
  }

  /** Returns the stop nearest to a height, given as a share of the room. */
  function nearestStop(share) {
    return STOPS.reduce(function (best, stop) {
      return Math.abs(HEIGHTS[stop] - share) < Math.abs(HEIGHTS[best] - share) ? stop : best;
    }, "half");
  }

  ob.phone = { nextStop: nextStop, nearestStop: nearestStop };
  if (typeof module === "object" && module.exports) { module.exports = ob.phone; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;

  function main() { return document.querySelector("main.ob-situation"); }
  function stopNow() { return main() && main().dataset.obStop || "half"; }

  function choose(stop) {
    var box = main(), handle = document.getElementById("sheet-handle");
    if (!box) { return; }
    box.dataset.obStop = stop;
    if (handle) { handle.setAttribute("aria-label", ob.t("sheet.handle", { stop: ob.t("sheet." + stop) })); }
    document.querySelectorAll("[data-ob-sheet]").forEach(function (button) {
      var isHere = (stop === "full") === (button.dataset.obSheet === "full");
      if (isHere) { button.setAttribute("aria-current", "page"); } else { button.removeAttribute("aria-current"); }
    });
  }

  ob.mount("sheet-handle", function (handle) {
    ob.ready.then(function () { choose(stopNow()); });
    var from = null;
    handle.addEventListener("keydown", function (event) {
      var by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) { return; }
      event.preventDefault();
      choose(nextStop(stopNow(), by, false));
    });
    handle.addEventListener("pointerdown", function (event) {
      from = event.clientY;
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointerup", function (event) {
      if (from === null) { return; }
      var moved = Math.abs(event.clientY - from), room = main().getBoundingClientRect();
      from = null;
      if (moved > 12) { handle.dataset.dragged = "yes"; choose(nearestStop((room.bottom - event.clientY) / room.height)); }
    });
    handle.addEventListener("click", function () {
      if (handle.dataset.dragged) { delete handle.dataset.dragged; return; }
      choose(nextStop(stopNow(), 1, true));
    });
  });

  ob.mount("sheet-title", function (box) {
    return ob.screen.onView(function (view) { dom.setText(box, ob.t("sheet.title", { n: view.lists.ongoing.length })); });
  });

  // At half height the map has the room of counters and timeline: who goes there unfolds it first.
  ob.phone.showTimeline = function () {
    var box = document.getElementById("timeline");
    if (box && !box.checkVisibility()) { choose("peek"); }
  };

  document.addEventListener("click", function (event) {
    if (event.target instanceof Element && event.target.closest('a[href="#timeline"]')) { ob.phone.showTimeline(); }
  });

  /* Quick filters -------------------------------------------------------------- */

  ob.mount("sheet-chips", function (box) {
    var stop = null, isGone = false;
    ob.ready.then(function () {
      if (isGone) { return; }
      var major = chip("sheet.major", function () { ob.url.write({ grav: ob.screen.state.grav >= 3 ? null : 3 }, { push: true }); });
      var around = chip("sheet.around", findMe);
      var where = chip("filter.districts", openDistricts);
      box.replaceChildren(major, around, where);
      stop = ob.screen.onView(function () {
        var chosen = ob.screen.state.arr;
        major.setAttribute("aria-pressed", String(ob.screen.state.grav >= 3));
        where.setAttribute("aria-pressed", String(chosen.length > 0));
        dom.setText(where, chosen.length ? chosen.map(ob.districtLabel).join(", ") : ob.t("filter.districts"));
      });
    });
    return function () { isGone = true; if (stop) { stop(); } };
  });

  function chip(key, act) { return el("button", { type: "button", "class": "ob-btn", text: ob.t(key), on: { click: act } }); }

  function openDistricts() {
    showFilters(true);
    var field = document.querySelector('[data-ob-filter="arr"]');
    if (field) { field.open = true; field.firstChild.focus(); }
  }

  function showFilters(isWanted) {
    var bar = document.getElementById("filters"), button = document.querySelector("[data-ob-phone-search]");
    if (!bar) { return; }
    bar.classList.toggle("is-shown", isWanted);
    if (isWanted) { bar.classList.add("is-open"); }
    button.setAttribute("aria-expanded", String(isWanted));
  }

  // Only on demand and only here: the map moves, the address does not say where, nothing is sent.
  function findMe() {
    if (!navigator.geolocation) { ob.toast(ob.t("sheet.around.refused")); return; }
    navigator.geolocation.getCurrentPosition(function (found) {
      var map = ob.map.present(), place = [found.coords.latitude, found.coords.longitude], box = ob.boot.bounds;
      if (!map) { return; }
      if (box && (place[1] < box[0] || place[0] < box[1] || place[1] > box[2] || place[0] > box[3])) {
        ob.toast(ob.t("sheet.around.outside"));
        return;
      }
      ob.map.moveQuietly(map, place, 15);
      choose("half");
    }, function () { ob.toast(ob.t("sheet.around.refused")); }, { maximumAge: 60000, timeout: 10000 });
  }

  /* The bar at the bottom -------------------------------------------------------- */

  function more() {
    var links = Array.from(document.querySelectorAll(".ob-top .ob-nav-tab, .ob-top .ob-account, .ob-top .ob-lang")).map(function (link) {
      var copy = link.cloneNode(true);
      copy.className = "ob-btn";
      if (link.dataset.obLang) { copy.textContent = link.getAttribute("aria-label"); }
      return copy;
    });
    var theme = el("button", { type: "button", "class": "ob-btn", text: ob.t("nav.theme"), on: { click: function () {
      document.getElementById("theme-button").click();
    } } });
    var keys = el("button", { type: "button", "class": "ob-btn", text: ob.t("keys.title"), data: { obAct: "shortcuts" } });
    ob.dialog("more", ob.t("nav.plus.title"), [el("div", { "class": "ob-more-links" }, links.concat(theme, keys))]);
  }

  document.addEventListener("click", function (event) {
    var hit = event.target instanceof Element && event.target.closest("[data-ob-sheet], [data-ob-more], [data-ob-phone-search]");
    if (!hit) { return; }
    if (hit.dataset.obMore !== undefined) { more(); return; }
    if (hit.dataset.obSheet) {
      if (!main()) { return; } // another page: its address is followed
      event.preventDefault();
      if (ob.screen.state.ev) { ob.select(null); }
      choose(hit.dataset.obSheet);
      return;
    }
    var isWanted = !document.getElementById("filters").classList.contains("is-shown");
    showFilters(isWanted);
    if (isWanted) { document.getElementById("filter-search").focus(); }
  });

  // Another page leads to the whole list by its address.
  ob.ready.then(function () { if (window.location.hash === "#liste") { choose("full"); } });
})(typeof window === "undefined" ? globalThis : window);
