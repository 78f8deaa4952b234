/* The rows of a way in the contribution panel: passages, their times (computed or fixed), halts, order; the axes it closes. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom;

  /** Returns a time of day as people type it ("14h", "14:05", "9"), written "14:05"; "" for nothing, null when it is none. */
  ob.readTime = function (text) {
    var value = String(text).trim().toLowerCase();
    if (!value) { return ""; }
    var found = /^(\d{1,2})(?:\s*[h:]\s*(\d{2})?)?$/.exec(value);
    if (!found || +found[1] > 23 || +(found[2] || 0) > 59) { return null; }
    return ("0" + found[1]).slice(-2) + ":" + (found[2] || "00");
  };

  // "5", "5 min", "± 5 min"; nothing is 0, what is no length of time null.
  function readMinutes(text) {
    var found = /^\s*±?\s*(\d{0,3})\s*(min)?\s*$/.exec(text);
    return found ? parseInt(found[1], 10) || 0 : null;
  }

  /** A table of passages in `box`, over the points of a drawing. */
  function Way(box, points) {
    this.box = box;
    this.points = points;
    this.rows = [];
    this.list = dom.el("ol", { "class": "ob-way" });
    box.append(dom.el("div", { "class": "ob-way-head", "aria-hidden": "true" }, [dom.el("span"), dom.el("span", { text: ob.t("form.passage") }),
      dom.el("span", { text: ob.t("form.time") }), dom.el("span", { text: ob.t("contribute.stop") }), dom.el("span")]), this.list);
  }

  /** Draws the rows again when their number changed, else only what they hold: a field that is typed in stays. */
  Way.prototype.paint = function (told) {
    var me = this, passing = this.points.list.filter(function (one) { return one.pass !== false; });
    if (passing.length !== this.rows.length) {
      this.rows = passing.map(function (point, number) { return me.row(number, passing.length); });
      this.list.replaceChildren.apply(this.list, this.rows.map(function (row) { return row.element; }));
    }
    passing.forEach(function (point, number) { me.fill(me.rows[number], point, number, told); });
  };

  /** Returns where the passage of a number (from 0) is in the list: points that only give the way its course are passed over. */
  Way.prototype.at = function (number) {
    var left = number;
    return this.points.list.findIndex(function (one) { return one.pass !== false && left-- === 0; });
  };

  Way.prototype.row = function (number, count) {
    var me = this, points = this.points, place = { n: number + 1 };
    function field(className, label, key, read) {
      return dom.el("input", { type: "text", "class": "ob-input " + className, "aria-label": label, autocomplete: "off", maxlength: 120,
        on: { change: function (event) {
          var value = read(event.target.value), patch = {};
          event.target.toggleAttribute("aria-invalid", value === null);
          if (value === null) { return; }
          patch[key] = value;
          points.change(me.at(number), patch);
        } } });
    }
    function button(icon, label, act, isOff) {
      return dom.el("button", { type: "button", "class": "ob-btn is-quiet is-square is-small", "aria-label": label, title: label, disabled: isOff,
        on: { click: act } }, [dom.icon(icon)]);
    }
    var label = field("is-label", ob.t("form.passage_n", place), "label", function (text) { return text.trim(); });
    var time = field("is-time", ob.t("form.time_n", place), "time", ob.readTime);
    var halt = field("is-halt", ob.t("form.halt_n", place), "halt", readMinutes);
    var lock = dom.el("span", { "class": "ob-way-lock", hidden: true }, [dom.icon("lock")]);
    var tolerance = field("is-tolerance", ob.t("form.tolerance_n", place), "tolerance", readMinutes);
    var more = dom.el("div", { "class": "ob-way-more", id: "way-more-" + number, hidden: true }, [
      dom.el("span", { "aria-hidden": "true", text: ob.t("form.tolerance") }), tolerance,
      dom.el("button", { type: "button", "class": "ob-btn is-small", "aria-label": ob.t("form.remove_n", place), on: { click: function () { points.remove(me.at(number)); } } },
        [dom.icon("close"), dom.el("span", { text: ob.t("form.remove") })])]);
    var open = button("dots", ob.t("form.more_n", place), function () { unfold(more.hidden); }, false);
    function unfold(isOpen) { more.hidden = !isOpen; open.setAttribute("aria-expanded", String(isOpen)); }
    open.setAttribute("aria-controls", more.id);
    open.setAttribute("aria-expanded", "false");
    var element = dom.el("li", {}, [dom.el("span", { "class": "ob-way-number", text: String(number + 1), "aria-hidden": "true" }), label,
      dom.el("span", { "class": "ob-way-time" }, [time, lock]), halt, dom.el("span", { "class": "ob-way-acts" }, [
        button("up", ob.t("form.up_n", place), function () { points.swap(me.at(number), me.at(number - 1)); }, number === 0),
        button("down", ob.t("form.down_n", place), function () { points.swap(me.at(number), me.at(number + 1)); }, number === count - 1),
        open]), more]);
    return { element: element, label: label, time: time, halt: halt, tolerance: tolerance, lock: lock, unfold: unfold };
  };

  Way.prototype.fill = function (row, point, number, told) {
    var way = told && told.way, isFixed = Boolean(point.time) && number > 0;
    function show(input, value) { if (document.activeElement !== input && input.value !== value) { input.value = value; } }
    show(row.label, point.label || "");
    row.label.placeholder = way && way.labels[number] || "";
    show(row.time, number === 0 ? "" : point.time || "");
    row.time.readOnly = number === 0;
    row.time.placeholder = way && way.times[number] || "";
    row.time.classList.toggle("is-fixed", isFixed);
    row.lock.hidden = !isFixed;
    show(row.halt, point.halt ? point.halt + " min" : "");
    row.halt.placeholder = "–";
    if (point.tolerance) { row.unfold(true); }
    show(row.tolerance, point.tolerance ? point.tolerance + " min" : "");
    row.tolerance.placeholder = "± –";
  };

  /** Draws the axes along the way as boxes to tick: a ticked one is told as closed. */
  ob.drawAxes = function (box, told, form, changed) {
    var axes = told && told.way && told.way.axes || [], signature = JSON.stringify(axes);
    if (box.dataset.drawn === signature) { return; }
    box.dataset.drawn = signature;
    box.hidden = !axes.length;
    box.replaceChildren(dom.el("legend", { text: ob.t("contribute.axes") }), dom.el("p", { "class": "ob-entry-note", text: ob.t("form.axes_help") }), dom.el("div", { "class": "ob-chips-row" }, axes.map(function (axis) {
      return dom.el("label", { "class": "ob-axis" }, [dom.el("input", { type: "checkbox", value: axis.id, checked: axis.on, on: { change: function (event) {
        form().axes_off = form().axes_off.filter(function (id) { return id !== axis.id; }).concat(event.target.checked ? [] : [axis.id]);
        changed();
      } } }), dom.el("span", { text: axis.text })]);
    })));
  };

  ob.Way = Way;
})(typeof window === "undefined" ? globalThis : window);
