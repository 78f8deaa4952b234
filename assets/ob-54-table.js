/* The equivalent of the map in tables (vue=table, key T): the same events and axes, in words. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STEP = 200;

  /** Returns the rows of the table: by severity, then by distance to the centre [lon, lat]; those without a place last. */
  function ordered(rows, center) {
    var stretch = Math.cos(center[1] * Math.PI / 180);
    function distance(row) {
      return row.ll ? Math.hypot((row.ll[0] - center[0]) * stretch, row.ll[1] - center[1]) : Infinity;
    }
    return rows.map(function (row) { return [row, distance(row)]; })
      .sort(function (a, b) { return b[0].sev - a[0].sev || (a[1] === b[1] ? a[0].no - b[0].no : a[1] - b[1]); })
      .map(function (pair) { return pair[0]; });
  }

  ob.table = { ordered: ordered };
  if (typeof module === "object" && module.exports) { module.exports = ob.table; }
  if (typeof document === "undefined" || !root.L) { return; }

  var L = root.L, dom = ob.dom, el = dom.el;

  /** Shows the tables in place of the map, or the map again. */
  ob.toggleTable = function () { ob.url.write({ vue: ob.screen.state.vue === "table" ? null : "table" }, { push: true }); };

  ob.map.onMap(function (map) {
    if (ob.screen.isWall()) { return undefined; }
    var container = map.getContainer(), limit = STEP, signature = "";
    var box = el("div", { id: "map-table", "class": "ob-map-table", hidden: true, tabindex: "0", role: "region",
      "aria-label": ob.t("map.table") });
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    L.DomEvent.on(box, "keydown keypress", L.DomEvent.stopPropagation);
    box.addEventListener("keydown", function (event) { ob.keys.press(event); });
    container.appendChild(box);

    function paint(view) {
      var isOn = ob.screen.state.vue === "table";
      container.classList.toggle("has-table", isOn);
      box.hidden = !isOn;
      if (!isOn) { signature = ""; return; }
      if (ob.screen.isMoving && signature) { return; } // a table is read at rest
      var next = [limit, ob.screen.store.seq, ob.screen.knownAt, ob.screen.isLive(), Boolean(ob.screen.store.past), Math.floor(view.t / 60), ob.screen.state.ev, view.shown.length,
        window.location.search].join("|");
      if (next === signature) { return; }
      signature = next;
      draw(view);
    }

    function draw(view) {
      var center = map.getCenter(), rows = ordered(view.shown, [center.lng, center.lat]);
      var more = rows.length > limit ? el("button", { type: "button", "class": "ob-btn", text: ob.t("list.more", { n: rows.length - limit }),
        on: { click: function () { limit += STEP; paint(ob.screen.view()); } } }) : null;
      var head = table(ob.t("table.events", { n: rows.length }), ["table.category", "table.name", "table.place", "table.districts",
        "table.times", "table.severity", "table.status", "table.source", "table.age"],
      rows.slice(0, limit).map(function (row) { return eventLine(row, view); }));
      ob.roadsNow(view.t).catch(function () { return []; }).then(function (roads) {
        var top = box.scrollTop, hadFocus = box.contains(document.activeElement) && document.activeElement !== box
          ? document.activeElement.dataset.id : null;
        box.replaceChildren.apply(box, [head, more, table(ob.t("table.roads", { n: roads.length }),
          ["table.axis", "table.state", "table.since"], roads.map(roadLine))].filter(Boolean));
        box.scrollTop = top;
        var again = hadFocus && box.querySelector('button[data-id="' + CSS.escape(hadFocus) + '"]');
        if (again) { again.focus({ preventScroll: true }); }
      });
    }

    var stop = ob.screen.onView(paint);
    return function () { stop(); box.remove(); };
  });

  function table(caption, heads, lines) {
    return el("table", { "class": "ob-eq-table" }, [el("caption", { text: caption }),
      el("thead", {}, [el("tr", {}, heads.map(function (key) { return el("th", { scope: "col", text: ob.t(key) }); }))]),
      el("tbody", {}, lines)]);
  }

  function eventLine(row, view) {
    var phase = view.phases.get(row.id), look = ob.lookOf(row, phase);
    var word = { ongoing: "status.en_cours", planned: "status.prevu", ended: "status.termine", cancelled: "status.annule" }[phase];
    var status = [ob.t(word), row.st === "to_confirm" && ob.t("status.a_confirmer"), ob.embargoOf(row, view.t)].filter(Boolean).join(", ");
    var name = el("button", { type: "button", "class": "ob-eq-link", text: row.ti, data: { id: row.id },
      on: { click: function () { ob.select(row.id); } } });
    return el("tr", { "class": row.id === ob.screen.state.ev ? "is-selected" : null }, [
      el("td", {}, [el("span", { "class": "ob-cell-mark" }, [dom.mark(look, 0.62), ob.category(row.cat).name])]),
      el("td", {}, [name]), cell(row.pl), cell(ob.districts(row.ds)),
      cell(ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t)),
      cell(ob.t("sev." + row.sev)), cell(status), cell(ob.organisation(row.org)),
      cell(ob.age(Math.min(view.t, ob.screen.now()) - (row.up || row.at)))
    ]);
  }

  function roadLine(road) {
    return el("tr", {}, [el("td", {}, [el("button", { type: "button", "class": "ob-eq-link", text: road.name,
      on: { click: function () { ob.axis.open(road); } } })]),
      el("td", {}, [el("span", { "class": "ob-cell-mark" }, [dom.trafficSample(road.state), ob.trafficWord(road.state)])]),
      cell(road.road.at ? ob.texts.near(road.road.at, ob.screen.now(), ob.clock) : "")]);
  }

  function cell(text) { return el("td", { text: text || "" }); }
})(typeof window === "undefined" ? globalThis : window);
