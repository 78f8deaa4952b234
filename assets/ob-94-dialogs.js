/* Dialogs over the page, and what the keyboard can do: shortcuts, full screen, copying the link. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var present = null;

  /** Shows a dialog (title, content nodes, foot nodes or none); Escape and its button close it, the focus goes back. */
  ob.dialog = function (name, title, content, foot) {
    ob.closeDialog();
    var from = document.activeElement, heading = el("h2", { id: "dialog-title", text: title, tabindex: "-1" });
    var close = el("button", { type: "button", "class": "ob-btn is-quiet is-square is-small", "aria-label": ob.t("dialog.close"),
      title: ob.t("dialog.close"), on: { click: ob.closeDialog } }, [dom.icon("close")]);
    var box = present = el("dialog", { "class": "ob-dialog", "aria-labelledby": "dialog-title", data: { dialog: name } }, [
      el("div", { "class": "ob-dialog-head" }, [heading, close]),
      el("div", { "class": "ob-dialog-body" }, content),
      foot && el("div", { "class": "ob-dialog-foot" }, foot)
    ]);
    box.addEventListener("close", function () {
      if (present === box) { present = null; }
      box.remove();
      if (from && from.isConnected) { from.focus({ preventScroll: true }); }
    });
    box.addEventListener("click", function (event) { if (event.target === box) { box.close(); } }); // its backdrop
    document.body.append(box);
    box.showModal();
    heading.focus();
    return box;
  };

  ob.closeDialog = function () { if (present) { present.close(); } };

  /* Shortcuts ---------------------------------------------------------------- */

  var SHORTCUTS = [["keys.search", "/"], ["keys.list", "L"], ["keys.map", "C"], ["keys.timeline", "F"], ["keys.next", "J K"],
    ["keys.open", "keys.enter"], ["keys.live", "D"], ["keys.back", "←"], ["keys.forward", "→"], ["keys.layers", "S"],
    ["keys.report", "N"], ["keys.table", "T"], ["keys.link", "U"], ["keys.full", "P"], ["keys.close", "keys.escape"],
    ["keys.help", "?"]];

  function isOn() {
    try { return localStorage.getItem("ob-keys") !== "off"; } catch (error) { return true; }
  }

  ob.showShortcuts = function () {
    var lines = SHORTCUTS.map(function (one) {
      return el("div", {}, [el("dt", { text: ob.t(one[0]) }),
        el("dd", {}, [el("kbd", { "class": "ob-kbd", text: one[1].indexOf("keys.") === 0 ? ob.t(one[1]) : one[1] })])]);
    });
    var box = el("input", { type: "checkbox", on: { change: function () {
      try { if (box.checked) { localStorage.removeItem("ob-keys"); } else { localStorage.setItem("ob-keys", "off"); } }
      catch (error) { box.checked = true; }
    } } });
    box.checked = isOn();
    ob.dialog("shortcuts", ob.t("keys.title"), [el("dl", { "class": "ob-shortcuts" }, lines),
      el("label", { "class": "ob-choice" }, [box, el("span", { text: ob.t("keys.allow") })]),
      el("p", { "class": "ob-help", text: ob.t("keys.note") })]);
  };

  ob.toggleFullScreen = function () {
    if (document.fullscreenElement) { document.exitFullscreen(); return; }
    document.documentElement.requestFullscreen().catch(function () { ob.toast(ob.t("keys.full_refused")); });
  };

  function report() {
    var link = document.querySelector('a[href="/signaler"], [data-ob-report]');
    if (link) { link.click(); }
  }

  Object.assign(ob.keys.letters, { "?": ob.showShortcuts, p: ob.toggleFullScreen, n: report,
    u: function () { ob.filters.copyLink(false); } });

  document.addEventListener("click", function (event) {
    var hit = event.target instanceof Element && event.target.closest("[data-ob-act]");
    if (!hit) { return; }
    var act = { shortcuts: ob.showShortcuts, full: ob.toggleFullScreen, copy: function () { ob.filters.copyLink(false); },
      freeze: function () { ob.filters.copyLink(true); } }[hit.dataset.obAct];
    if (!act) { return; }
    ob.filters.closePopover(hit.closest("details"), false);
    act();
  });
})(typeof window === "undefined" ? globalThis : window);
