/* A way typed at once, as a list of streets: the server knows where they meet, what it does not know is told by its name. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var el = ob.dom.el;
  var MOST = 4000;

  /** Returns the list, folded away, over the drawing of a panel: what is found of it replaces the way, and can be undone. */
  ob.streetList = function (panel) {
    var told = el("p", { id: "form-streets-told", "class": "ob-entry-note", role: "status" });
    var text = el("textarea", { id: "form-streets", "class": "ob-input", rows: 4, maxlength: MOST, autocomplete: "off", "aria-describedby": "form-streets-help form-streets-told" });
    var act = el("button", { type: "button", "class": "ob-btn", data: { obStreets: "" }, on: { click: function () {
      act.disabled = true;
      ob.ask("streets", { text: text.value }).then(function (answer) {
        act.disabled = false;
        if (answer.places && answer.places.length) { take(panel, answer.places); }
        ob.dom.setText(told, answer.told || answer.failed || "");
      });
    } } }, [ob.dom.icon("share"), el("span", { text: ob.t("form.streets_draw") })]);
    return el("details", { "class": "ob-streets" }, [el("summary", { text: ob.t("form.streets") }), el("div", { "class": "ob-entry-block" }, [
      el("label", { "for": "form-streets", text: ob.t("form.streets_label") }), text,
      el("p", { id: "form-streets-help", "class": "ob-entry-note", text: ob.t("form.streets_help") }), el("div", {}, [act]), told])]);
  };

  function take(panel, places) {
    panel.form.follow = true;
    panel.points.put(places.map(function (place) { return { p: place.p, pass: true, label: place.name }; }));
    if (!panel.onDrawing) { return; }
    panel.onDrawing.map.fitBounds(places.map(function (place) { return [place.p[1], place.p[0]]; }), { padding: [80, 80], animate: false, maxZoom: 17 });
  }
})(typeof window === "undefined" ? globalThis : window);
