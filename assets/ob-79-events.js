/* The Events page: the same rows as list and map in one table, proposals first, chosen ones closed together. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var el = ob.dom.el;
  var STEP = 200;

  function Events(box) {
    this.box = box;
    this.own = box.dataset.obOwn || "";
    this.chosen = new Set();
    this.limit = STEP;
    this.signature = "";
    this.told = el("div", { "class": "ob-events" });
    this.box.replaceChildren(this.own ? ob.drawImport() : "", this.told); // above the table, which is drawn anew with each change
  }

  /** Tells whether this reader may close a row: one of their own organisation's contributions, not over. */
  Events.prototype.may = function (row, phase) {
    return Boolean(this.own) && /-contributions$/.test(row.src) && (this.own === "*" || row.org === this.own)
      && phase === "ongoing" && row.st !== "draft";
  };

  Events.prototype.paint = function (view) {
    var next = [this.limit, ob.screen.store.seq, Math.floor(view.t / 60), view.shown.length, window.location.search, this.chosen.size].join("|");
    if (next === this.signature) { return; }
    this.signature = next;
    var me = this, drafts = Array.from(ob.screen.store.rows.values()).filter(function (row) { return row.st === "draft"; });
    var rows = view.shown.filter(function (row) { return row.st !== "draft"; }).sort(function (a, b) { return b.sev - a.sev || a.no - b.no; });
    var held = document.activeElement && this.box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    var more = rows.length > this.limit ? el("button", { type: "button", "class": "ob-btn", text: ob.t("list.more", { n: rows.length - this.limit }),
      on: { click: function () { me.limit += STEP; me.paint(ob.screen.view()); } } }) : "";
    this.told.replaceChildren(this.bar(), drafts.length ? this.table(ob.t("events.proposals", { n: drafts.length }), drafts, view, false) : "",
      this.table(ob.t("table.events", { n: rows.length }), rows.slice(0, this.limit), view, Boolean(this.own)), more);
    var again = held && this.box.querySelector('[data-key="' + CSS.escape(held) + '"]');
    if (again) { again.focus({ preventScroll: true }); }
  };

  Events.prototype.bar = function () {
    var me = this;
    if (!this.own) { return ""; }
    return el("div", { "class": "ob-acts" }, [el("button", { type: "button", "class": "ob-btn", disabled: !this.chosen.size, data: { key: "close" },
      on: { click: function () { me.close(); } } }, [ob.dom.icon("check"), el("span", { text: ob.t("events.close", { n: this.chosen.size }) })])]);
  };

  Events.prototype.table = function (caption, rows, view, canChoose) {
    var me = this, heads = ["table.category", "table.name", "table.place", "table.districts", "table.times", "table.severity", "table.status",
      "table.source", "table.age"].map(function (key) { return el("th", { scope: "col", text: ob.t(key) }); });
    if (canChoose) { heads.unshift(el("th", { scope: "col" }, [el("span", { "class": "ob-sr", text: ob.t("events.choose") })])); }
    return el("div", { "class": "ob-scroll-x", role: "region", tabindex: 0, "aria-label": caption }, [el("table", { "class": "ob-eq-table" }, [
      el("caption", { text: caption }), el("thead", {}, [el("tr", {}, heads)]),
      el("tbody", {}, rows.map(function (row) { return me.line(row, view, canChoose); }))])]);
  };

  Events.prototype.line = function (row, view, canChoose) {
    var phase = view.phases.get(row.id) || ob.view.phaseAt(row, view.t), me = this;
    var word = { ongoing: "status.en_cours", planned: "status.prevu", ended: "status.termine", cancelled: "status.annule" }[phase];
    var status = row.st === "draft" ? ob.t("events.proposal") : ob.t(word) + [row.st === "to_confirm" && ob.t("status.a_confirmer"), ob.embargoOf(row, view.t)].filter(Boolean).map(function (said) { return ", " + said; }).join("");
    var box = el("input", { type: "checkbox", "aria-label": ob.t("events.choose_one", { title: row.ti }), data: { key: row.id }, on: { change: function () {
      me.chosen[box.checked ? "add" : "delete"](row.id);
      me.paint(ob.screen.view());
    } } });
    box.checked = this.chosen.has(row.id);
    function cell(text) { return el("td", { text: text || "" }); }
    return el("tr", {}, [canChoose ? el("td", {}, this.may(row, phase) ? [box] : []) : null,
      el("td", {}, [el("span", { "class": "ob-cell-mark" }, [ob.dom.mark(ob.lookOf(row, phase), 0.62), ob.category(row.cat).name])]),
      el("td", {}, [el("a", { href: "/evenements/" + row.id, text: row.ti, data: { key: "a" + row.id } })]), cell(row.pl), cell(ob.districts(row.ds)),
      cell(ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t)), cell(ob.t("sev." + row.sev)), cell(status),
      cell(ob.organisation(row.org)), cell(ob.age(view.t - (row.up || row.at)))]);
  };

  // One after the other: each is checked on its own, and those that could not be closed stay chosen.
  Events.prototype.close = function () {
    var me = this, ids = Array.from(this.chosen), ended = ob.localOf(ob.screen.now()), failed = [];
    ids.reduce(function (before, id) {
      var row = ob.screen.store.rows.get(id);
      return before.then(function () {
        return row ? ob.ask("close", { event: id, version: row.v, form: { ended: ended } }) : null;
      }).then(function (answer) {
        if (answer && answer.saved) { me.chosen.delete(id); } else if (answer) { failed.push("EV-" + row.no + ": " + (answer.failed || answer.signed_out)); }
      });
    }, Promise.resolve()).then(function () {
      ob.toast(failed.length ? failed.join(" ") : ob.t("events.closed", { n: ids.length }));
      me.paint(ob.screen.view());
    });
  };

  ob.mount("events-table", function (box) {
    var stop = null;
    ob.ready.then(function () {
      if (!box.isConnected) { return; }
      var events = new Events(box);
      stop = ob.screen.onView(function (view) { events.paint(view); });
    });
    return function () { if (stop) { stop(); } };
  });
})(typeof window === "undefined" ? globalThis : window);
