/* Filter menus as popovers of native details elements, brief messages, copying the view's link. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var TOAST_MS = 6000;
  var MARGIN = 8;
  ob.filters = ob.filters || {};

  /** Closes an open menu; `withFocus` gives the focus back to the field it belongs to. */
  function close(details, withFocus) {
    if (!details || !details.open) { return; }
    details.open = false;
    if (withFocus) { details.querySelector("summary").focus(); }
  }

  // A menu near the right edge moves left until it fits.
  function place(details) {
    var menu = details.querySelector(".ob-menu");
    menu.style.marginLeft = "0px";
    if (!details.open || window.getComputedStyle(menu).position !== "absolute") { return; }
    var over = menu.getBoundingClientRect().right + MARGIN - document.documentElement.clientWidth;
    if (over > 0) { menu.style.marginLeft = -over + "px"; }
  }

  /** Makes the menus of a bar behave as popovers: one open at a time, Escape and a click outside close; returns what undoes it. */
  ob.filters.popovers = function (bar) {
    function open() { return Array.from(bar.querySelectorAll("details[open]")); }
    function onToggle(event) {
      if (!event.target.matches("details")) { return; }
      place(event.target);
      if (event.target.open) { open().forEach(function (one) { if (one !== event.target) { close(one); } }); }
    }
    function onKey(event) {
      if (event.key !== "Escape" || !open().length) { return; }
      event.preventDefault(); // this Escape is used: the panel of the event stays
      open().forEach(function (one) { close(one, one.contains(document.activeElement)); });
    }
    function onClick(event) {
      open().forEach(function (one) { if (!one.contains(event.target)) { close(one); } });
    }
    function onLeave(event) {
      var from = event.target.closest("details");
      if (from && event.relatedTarget && !from.contains(event.relatedTarget)) { close(from); }
    }
    bar.addEventListener("toggle", onToggle, true); // toggle does not bubble
    bar.addEventListener("focusout", onLeave);
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("pointerdown", onClick);
    return function () {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("pointerdown", onClick);
    };
  };

  ob.filters.closePopover = close;

  /** Says something in a line that leaves by itself, not while it is pointed at. */
  ob.toast = function (text) {
    var box = document.getElementById("toast");
    if (!box) { return; }
    var line = ob.dom.el("p", { "class": "ob-toast", text: text });
    while (box.children.length > 2) { box.firstChild.remove(); }
    box.append(line);
    window.setTimeout(function leave() {
      if (line.matches(":hover")) { window.setTimeout(leave, 1000); } else { line.remove(); }
    }, TOAST_MS);
  };

  /** Returns an address whose time stands still: the cursor at `now`, relative dates made absolute (epoch to local by `local`). */
  ob.filters.frozen = function (search, now, local) {
    var state = ob.url.read(search);
    function bound(value) { return local(ob.url.toEpoch(value, now, ob.boot ? ob.boot.timezone : "UTC")); }
    return ob.url.patched(search, { t: state.t || local(now), du: bound(state.du), au: bound(state.au) });
  };

  function local(at) {
    var parts = {};
    new Intl.DateTimeFormat("en-GB", { timeZone: ob.boot.timezone, hourCycle: "h23", year: "numeric", month: "2-digit",
      day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(new Date(at * 1000))
      .forEach(function (part) { parts[part.type] = part.value; });
    return parts.year + "-" + parts.month + "-" + parts.day + "T" + parts.hour + ":" + parts.minute;
  }

  /** Copies the address of the view, its time frozen on demand. */
  ob.filters.copyLink = function (isFrozen) {
    var here = window.location, now = ob.screen.now();
    if (isFrozen !== true) { ob.filters.copyText(here.href, ob.t("view.copied")); return; }
    ob.filters.copyText(here.origin + here.pathname + ob.filters.frozen(here.search, now, local),
      ob.t("view.copied_frozen", { time: ob.clock.time(ob.screen.at()) }));
  };

  /** Copies an address and says so; where the browser forbids it, the address is shown to be copied by hand. */
  ob.filters.copyText = function (address, done) {
    var copied = navigator.clipboard ? navigator.clipboard.writeText(address) : Promise.reject(new Error("no clipboard"));
    copied.then(function () { ob.toast(done); }, function () { ob.toast(ob.t("view.copy_by_hand", { address: address })); });
  };
})(typeof window === "undefined" ? globalThis : window);
