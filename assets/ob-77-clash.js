/* Two posts saved the same fields: both sides are shown, the writer chooses field by field, nothing is lost. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var el = ob.dom.el;
  var serial = 0;

  /** Asks, in the panel's body, which side of each field stands; then the panel holds the joined form, to be saved again. */
  ob.resolveClash = function (panel, clash) {
    var chosen = clash.fields.map(function () { return "mine"; }), group = "clash-" + serial++;
    function side(index, name, label, value) {
      var input = el("input", { type: "radio", name: group + "-" + index, value: name, on: { change: function () { chosen[index] = name; } } });
      input.checked = name === "mine";
      return el("label", { "class": "ob-radio" }, [input, el("span", {}, [el("b", { text: label }), " ", el("span", { text: value })])]);
    }
    var box = el("section", { "class": "ob-clash" }, [el("h3", { tabindex: -1, text: ob.t("clash.title") }), el("p", { text: ob.t("clash.text") })].concat(
      clash.fields.map(function (field, index) {
        return el("fieldset", { "class": "ob-radios" }, [el("legend", { text: field.label }), side(index, "mine", ob.t("clash.mine"), field.mine), side(index, "theirs", ob.t("clash.theirs"), field.theirs)]);
      })).concat([el("button", { type: "button", "class": "ob-btn is-primary", on: { click: function () {
        var form = Object.assign({}, clash.merged);
        clash.fields.forEach(function (field, index) {
          if (chosen[index] === "theirs") { field.keys.forEach(function (key) { form[key] = clash.theirs[key]; }); }
        });
        panel.version = clash.version;
        panel.take(form, 4);
        ob.toast(ob.t("clash.joined"));
      } } }, [el("span", { text: ob.t("clash.join") })])]));
    panel.box.querySelector(".ob-form-body").replaceChildren(box);
    box.querySelector("h3").focus();
  };
})(typeof window === "undefined" ? globalThis : window);
