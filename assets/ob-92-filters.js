/* The filter bar and the address: fields write it, and show whatever it says, Back included. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var SEARCH_MS = 250;
  var LISTS = ["arr", "cat", "org"];

  /**
   * Returns the chosen categories after a box changed; `families` maps a family to its categories. A family stands for
   * all of them: unticking one opens it out, ticking the last one closes it.
   */
  function toggled(chosen, value, isOn, families) {
    var next = chosen.filter(function (one) { return one !== value; });
    if (families[value]) {
      next = next.filter(function (one) { return families[value].indexOf(one) < 0; });
      return isOn ? next.concat(value) : next;
    }
    var family = Object.keys(families).find(function (id) { return families[id].indexOf(value) >= 0; });
    if (!family) { return isOn ? next.concat(value) : next; }
    if (next.indexOf(family) >= 0) {
      next = next.filter(function (one) { return one !== family; }).concat(families[family]);
      return next.filter(function (one) { return one !== value; });
    }
    if (isOn) { next = next.concat(value); }
    var isWhole = families[family].every(function (one) { return next.indexOf(one) >= 0; });
    return isWhole ? toggled(next, family, true, families) : next;
  }

  ob.filters = Object.assign(ob.filters || {}, { toggled: toggled });
  if (typeof module === "object" && module.exports) { module.exports = ob.filters; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;

  ob.mount("filters", function (bar) {
    var filters = null, stop = null, isGone = false;
    var unclick = ob.filters.popovers(bar);
    ob.ready.then(function () {
      if (isGone) { return; }
      filters = new Filters(bar);
      stop = ob.url.onChange(function () { filters.show(); });
      filters.show();
    });
    return function () { isGone = true; unclick(); if (stop) { stop(); } };
  });

  function Filters(bar) {
    this.bar = bar;
    this.chips = document.getElementById("filter-chips");
    this.search = document.getElementById("filter-search");
    this.from = document.getElementById("filter-from");
    this.until = document.getElementById("filter-until");
    this.timer = 0;
    this.hasPushed = false;
    var me = this;
    bar.addEventListener("change", function (event) { me.change(event.target); });
    bar.addEventListener("click", function (event) { me.click(event); });
    this.search.addEventListener("focus", function () { me.hasPushed = false; });
    this.search.addEventListener("input", function () {
      clearTimeout(me.timer);
      me.timer = setTimeout(function () { me.writeSearch(); }, SEARCH_MS);
    });
    [this.from, this.until].forEach(function (entry) {
      entry.addEventListener("keydown", function (event) { if (event.key === "Enter") { me.applyDates(); } });
    });
  }

  Filters.prototype.boxes = function (key) { return Array.from(this.bar.querySelectorAll('[data-ob-key="' + key + '"]')); };

  Filters.prototype.families = function () {
    var families = {};
    this.bar.querySelectorAll(".ob-family").forEach(function (group) {
      var ids = Array.from(group.querySelectorAll('[data-ob-key="cat"]')).map(function (box) { return box.value; });
      families[ids[0]] = ids.slice(1);
    });
    return families;
  };

  Filters.prototype.change = function (box) {
    var key = box.dataset && box.dataset.obKey;
    if (!key) { return; }
    if (key === "grav") { this.write({ grav: box.value }); return; }
    var chosen = ob.url.state()[key];
    this.write(pair(key, toggled(chosen, box.value, box.checked, key === "cat" ? this.families() : {})));
  };

  function pair(key, value) { var patch = {}; patch[key] = value; return patch; }

  Filters.prototype.write = function (patch) { ob.url.write(patch, { push: true }); };

  // One entry of the history for one search, however many letters it took.
  Filters.prototype.writeSearch = function () {
    ob.url.write({ q: this.search.value.trim() }, { push: !this.hasPushed });
    this.hasPushed = true;
  };

  Filters.prototype.click = function (event) {
    var hit = event.target.closest("[data-ob-clear], [data-ob-from], [data-ob-apply-dates], [data-ob-fold], #copy-link");
    if (!hit) { return; }
    if (hit.id === "copy-link") { ob.filters.copyLink(); }
    else if (hit.dataset.obFold !== undefined) { this.fold(hit); }
    else if (hit.dataset.obApplyDates !== undefined) { this.applyDates(); }
    else if (hit.dataset.obClear !== undefined) { this.clear(hit.dataset.obClear); }
    else { this.preset(hit); }
  };

  Filters.prototype.fold = function (button) {
    var isOpen = this.bar.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(isOpen));
    window.dispatchEvent(new Event("resize"));
  };

  Filters.prototype.clear = function (key) {
    if (key === "*") { this.write({ du: null, au: null, arr: null, cat: null, org: null, grav: null, q: null }); }
    else if (key === "dates") { this.write({ du: null, au: null }); }
    else { this.write(pair(key, null)); }
    this.bar.querySelector("summary").focus();
  };

  Filters.prototype.today = function () { return ob.dates.dayIn(ob.live.now(), ob.boot.timezone); };

  Filters.prototype.preset = function (button) {
    var isDay = button.dataset.obFrom === "jour";
    var from = isDay ? ob.dates.parseMoment("today", this.today(), false) : button.dataset.obFrom;
    var until = isDay ? ob.dates.parseMoment("today", this.today(), true) : button.dataset.obUntil;
    this.say("");
    this.write({ du: this.bound(from), au: this.bound(until) });
    ob.filters.closePopover(button.closest("details"), true);
  };

  // The address drops what is the default of the Situation; on another page the same span is written otherwise.
  Filters.prototype.bound = function (value) {
    if (this.bar.dataset.page === "situation") { return value; }
    return { "-24h": "-1j", "+7j": "+168h" }[value] || value;
  };

  Filters.prototype.applyDates = function () {
    var from = ob.dates.parseMoment(this.from.value, this.today(), false);
    var until = ob.dates.parseMoment(this.until.value, this.today(), true);
    var wrong = from === null ? this.from : until === null ? this.until : null;
    if (wrong) { this.refuse(wrong, ob.t("filter.dates.unread", { value: wrong.value })); return; }
    var start = ob.url.toEpoch(from, ob.live.now(), ob.boot.timezone), end = ob.url.toEpoch(until, ob.live.now(), ob.boot.timezone);
    if (start && end && end < start) {
      this.refuse(this.until, ob.t("filter.dates.order", { from: this.from.value, until: this.until.value }));
      return;
    }
    this.say("");
    this.write({ du: this.bound(from), au: this.bound(until) });
    ob.filters.closePopover(this.from.closest("details"), true);
  };

  Filters.prototype.refuse = function (entry, text) {
    this.say(text);
    entry.setAttribute("aria-invalid", "true");
    entry.focus();
  };

  Filters.prototype.say = function (text) {
    dom.setText(this.bar.querySelector("[data-ob-date-error]"), text);
    [this.from, this.until].forEach(function (entry) { entry.removeAttribute("aria-invalid"); });
  };

  /** Shows what the address says. */
  Filters.prototype.show = function () {
    var state = ob.url.state(), me = this, active = [];
    LISTS.forEach(function (key) { me.showList(key, state[key], active); });
    this.boxes("grav").forEach(function (box) { box.checked = Number(box.value) === state.grav; });
    var severity = this.boxes("grav").find(function (box) { return box.checked; });
    this.showValue("grav", state.grav ? severity.dataset.obText : null, active);
    this.showDates(state, active);
    if (document.activeElement !== this.search) { this.search.value = state.q; }
    if (state.q) { active.push({ key: "q", field: ob.t("filter.search.short"), value: state.q }); }
    this.showChips(active);
  };

  Filters.prototype.showList = function (key, chosen, active) {
    var families = key === "cat" ? this.families() : {}, names = [];
    this.boxes(key).forEach(function (box) {
      var family = Object.keys(families).find(function (id) { return families[id].indexOf(box.value) >= 0; });
      var isNamed = chosen.indexOf(box.value) >= 0;
      box.checked = isNamed || chosen.indexOf(family) >= 0;
      box.indeterminate = Boolean(families[box.value]) && !box.checked
        && families[box.value].some(function (one) { return chosen.indexOf(one) >= 0; });
      if (isNamed) { names.push(box.dataset.obText); }
    });
    chosen.forEach(function (one) { if (names.length < chosen.length && !this.knows(key, one)) { names.push(one); } }, this);
    var text = !chosen.length ? null : names.length > 3 ? ob.t("filter.many", { n: names.length }) : names.join(", ");
    this.showValue(key, text, active);
  };

  Filters.prototype.knows = function (key, value) { return this.boxes(key).some(function (box) { return box.value === value; }); };

  Filters.prototype.showDates = function (state, active) {
    var query = new URLSearchParams(window.location.search);
    var isSet = query.has("du") || query.has("au");
    this.showValue("dates", isSet ? this.describe(state, query) : null, active);
    if (!this.from.closest("details").open) { this.from.value = query.get("du") || ""; this.until.value = query.get("au") || ""; }
  };

  Filters.prototype.describe = function (state, query) {
    var now = ob.live.now(), clock = ob.clock, preset = Array.from(this.bar.querySelectorAll("[data-ob-from]"))
      .find(function (one) { return one.dataset.obFrom === (query.get("du") || "") && one.dataset.obUntil === (query.get("au") || ""); });
    if (preset) { return preset.textContent; }
    function write(bound) { return ob.texts.near(ob.url.toEpoch(bound, now, ob.boot.timezone), now, clock); }
    return ob.t("filter.dates.range", { from: write(state.du), until: write(state.au) });
  };

  Filters.prototype.showValue = function (key, text, active) {
    var value = this.bar.querySelector('[data-ob-value="' + key + '"]');
    var field = value.closest("summary");
    dom.setText(value, text === null ? value.dataset.obDefault : text);
    field.classList.toggle("is-active", text !== null);
    if (text === null) { return; }
    var label = field.querySelector(".ob-field-label");
    active.push({ key: key, field: label ? label.textContent : ob.t("filter.dates"), value: text });
  };

  Filters.prototype.showChips = function (active) {
    var chips = active.map(function (one) {
      var text = ob.t("filter.chip", { field: one.field, value: one.value });
      return el("li", {}, [el("button", { type: "button", "class": "ob-filter-chip", data: { obClear: one.key },
        "aria-label": ob.t("filter.remove", { label: text }) }, [el("span", { text: text }), dom.icon("close")])]);
    });
    if (active.length) {
      chips.push(el("li", {}, [el("button", { type: "button", "class": "ob-btn is-small is-quiet", data: { obClear: "*" },
        text: ob.t("filter.clear") })]));
    }
    this.chips.replaceChildren.apply(this.chips, chips.length
      ? [el("ul", { "class": "ob-chip-list", "aria-label": ob.t("filter.active") }, chips)] : []);
    var fold = this.bar.querySelector("[data-ob-fold-label]");
    dom.setText(fold, active.length ? ob.t("filter.label.n", { n: active.length }) : ob.t("filter.label"));
  };

  // Outside the bar: the empty page's button, the districts of the analysis.
  document.addEventListener("click", function (event) {
    var hit = event.target instanceof Element && event.target.closest("main [data-ob-clear], [data-ob-filter-district]");
    if (!hit) { return; }
    event.preventDefault();
    var district = hit.dataset.obFilterDistrict;
    if (district) { ob.url.write({ arr: ob.url.state().arr.join() === district ? null : district }, { push: true }); } // again: no longer
    else { ob.url.write({ du: null, au: null, arr: null, cat: null, org: null, grav: null, q: null }, { push: true }); }
  });
})(typeof window === "undefined" ? globalThis : window);
