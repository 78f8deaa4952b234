/* Cameras beside a selected demonstration stay hidden until a member who may says why; the purpose serves for that selection only. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var FAMILY = "rass";

  /** Returns the id of the selected event when cameras are locked beside it, else null; an event not known yet locks too. */
  function lockedBy(selected, row, familyOf) {
    return selected && (!row || familyOf(row.cat) === FAMILY) ? selected : null;
  }

  ob.purpose = { lockedBy: lockedBy };
  if (typeof module === "object" && module.exports) { module.exports = ob.purpose; }
  if (typeof document === "undefined" || !root.L) { return; }

  var el = ob.dom.el, granted = null;

  function familyOf(category) {
    var found = ob.taxonomy.byCategory.get(category);
    return found ? found.family : null;
  }

  /** Returns `{ event, features }`: the event that locks the layer now or null, and what was shown for it, null while locked. */
  ob.purpose.now = function () {
    var selected = ob.screen.state.ev || null;
    var event = lockedBy(selected, selected && ob.screen.store.find(selected), familyOf);
    if (granted && granted.event !== selected) { granted = null; }
    return { event: event, features: granted && granted.event === event ? granted.features : null };
  };

  /** Draws the notice of the lock over the map, with a button for whoever may open it; `paint(isShown)`. */
  ob.purpose.notice = function (map) {
    var opens = el("button", { type: "button", "class": "ob-btn is-small", text: ob.t("cam.purpose.ask"), on: { click: ask } });
    var box = el("div", { "class": "ob-map-card ob-camera-lock", role: "status", hidden: true }, [ob.dom.icon("lock"),
      el("span", { text: ob.t("cam.locked") }), opens]);
    L.DomEvent.disableClickPropagation(box);
    map.getContainer().append(box);
    return { paint: function (isShown) { opens.hidden = !mayAsk(); box.hidden = !isShown; }, remove: function () { box.remove(); } };
  };

  // Asked each time: the map may stand before the frame around it does.
  function mayAsk() {
    var region = document.getElementById("map-region");
    return Boolean(region) && region.dataset.obPurpose === "yes";
  }

  function ask() {
    var event = ob.screen.state.ev;
    var entry = el("input", { id: "camera-purpose", type: "text", "class": "ob-entry", maxlength: "200", autocomplete: "off",
      "aria-describedby": "camera-purpose-help camera-purpose-error" });
    var error = el("p", { id: "camera-purpose-error", "class": "ob-error", role: "alert" });
    ob.dialog("camera-purpose", ob.t("cam.purpose.title"), [
      el("form", { "class": "ob-form", on: { submit: function (told) { told.preventDefault(); send(event, entry, error); } } }, [
        el("label", { "for": "camera-purpose", text: ob.t("cam.purpose.label") }), entry,
        el("p", { id: "camera-purpose-help", "class": "ob-help", text: ob.t("cam.purpose.help") }), error,
        el("button", { type: "submit", "class": "ob-btn is-primary", text: ob.t("cam.purpose.show") })])]);
    entry.focus();
  }

  function send(event, entry, error) {
    function fail(words) { error.textContent = words; entry.setAttribute("aria-invalid", "true"); entry.focus(); }
    fetch("/cameras/finalite", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ event: event, purpose: entry.value }) }).then(function (answer) {
      return answer.json().then(function (told) {
        if (answer.ok) {
          if (ob.screen.state.ev === event) { granted = { event: event, features: told }; }
          ob.closeDialog();
          ob.screen.refresh();
        } else { fail(typeof told.error === "string" ? ob.t(told.error) : ob.t("cam.purpose.failed", { why: "HTTP " + answer.status })); }
      });
    }).catch(function (reason) { fail(ob.t("cam.purpose.failed", { why: reason.message })); });
  }
})(typeof window === "undefined" ? globalThis : window);
