/* What lies over the map: controls, layers, legend, events without a place. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L, dom = ob.dom, el = dom.el;

  /* Events without a place ----------------------------------------------- */

  ob.mount("city-strip", function (box) {
    box.classList.add("ob-city-strip");
    var last = "";
    return ob.screen.onView(function (view) {
      var rows = ob.layers.isOn(ob.screen.state, "evenements")
        ? view.lists.ongoing.filter(function (row) { return !row.ll; }) : [];
      var signature = rows.map(function (row) { return row.id + row.v; }).join() + ob.screen.state.ev;
      if (signature === last) { return; }
      last = signature;
      box.hidden = !rows.length;
      box.replaceChildren.apply(box, rows.slice(0, 4).map(function (row) { return stripButton(row, view); }));
    });
  });

  function stripButton(row, view) {
    return el("button", { type: "button", "class": "ob-strip s" + row.sev, title: ob.describe(row, view),
      "aria-pressed": row.id === ob.screen.state.ev ? "true" : "false", on: { click: function () { ob.select(row.id); } } }, [
      dom.mark(ob.lookOf(row, view.phases.get(row.id)), 0.62),
      el("b", {}, [el("span", { "class": "ob-sr", text: ob.t("sev." + row.sev) + ". " }), row.ti]),
      el("span", { text: ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t) })
    ]);
  }

  /* Controls -------------------------------------------------------------- */

  ob.map.onMap(function (map) {
    if (ob.screen.isWall()) { return undefined; }
    var panel = layerPanel();
    var table = button("table", "map.table", "T", function () { ob.toggleTable(); });
    var layers = button("layers", "map.layers", "S", function () { ob.toggleLayers(); });
    layers.setAttribute("aria-expanded", "false");
    layers.setAttribute("aria-controls", "map-layers");
    var controls = el("div", { "class": "ob-map-controls", role: "toolbar", "aria-label": ob.t("map.controls"),
      "aria-orientation": "vertical" }, [
      el("div", { "class": "ob-map-card" }, [table, layers]),
      el("div", { "class": "ob-map-card" }, [
        button("plus", "map.zoom_in", "+", function () { map.zoomIn(1); }),
        button("minus", "map.zoom_out", "−", function () { map.zoomOut(1); }),
        button("target", "map.recenter", "", function () { ob.map.recentre(map); ob.url.write({ c: null }); })
      ])
    ]);
    L.DomEvent.disableClickPropagation(controls);
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    var container = map.getContainer();
    container.insertBefore(panel, container.firstChild);
    container.insertBefore(controls, container.firstChild);
    ob.toggleLayers = function (wanted) {
      var opens = wanted === undefined ? panel.hidden : wanted;
      var hadFocus = panel.contains(document.activeElement);
      panel.hidden = !opens;
      layers.setAttribute("aria-expanded", String(opens));
      if (opens) { panel.querySelector("input").focus(); } else if (hadFocus) { layers.focus(); }
    };
    var stop = ob.screen.onView(function () {
      var isTable = ob.screen.state.vue === "table";
      table.setAttribute("aria-pressed", String(isTable));
      panel.paint();
    });
    return function () { stop(); controls.remove(); panel.remove(); };
  });

  function button(icon, key, shortcut, act) {
    var name = ob.t(key);
    return el("button", { type: "button", "class": "ob-control", "aria-label": name,
      title: shortcut ? name + " (" + shortcut + ")" : name, on: { click: act } }, [dom.icon(icon)]);
  }

  // Where the keyboard reads what the map shows to a pointer.
  var LINKS = { cameras: { to: "/cameras", text: "register.title" } };
  var NOTES = { cameras: "cam.note", police: "police.note", axes: "layer.all_axes.note" };

  // How old the newest datum of a layer is: of the sources that feed its roads, or of all.
  function ageOf(id) {
    if (id === "arrondissements") { return ""; }
    var store = ob.screen.store, feeding = new Set();
    if (id === "trafic") { store.roads.forEach(function (road) { feeding.add(road.src); }); }
    var newest = store.sources.reduce(function (at, source) {
      return id === "trafic" && !feeding.has(source.id) ? at : Math.max(at, source.at || 0);
    }, 0);
    return newest ? ob.t("layer.age", { age: ob.t("list.ago", { age: ob.age(ob.screen.now() - newest) }) }) : "";
  }

  function layerPanel() {
    var boxes = ob.layers.LAYERS.map(function (layer) {
      var input = el("input", { type: "checkbox", on: { change: function () { ob.layers.set(layer.id, input.checked); } } });
      var note = el("small", { text: NOTES[layer.id] ? ob.t(NOTES[layer.id]) : "" });
      return { id: layer.id, within: layer.within, input: input, note: note,
        line: el("label", { "class": "ob-layer" + (layer.within ? " is-within" : "") }, [input, el("span", {}, [ob.t(layer.text), note])]),
        more: LINKS[layer.id] ? el("a", { "class": "ob-layer-more", href: LINKS[layer.id].to, text: ob.t(LINKS[layer.id].text) }) : null };
    });
    var panel = el("div", { id: "map-layers", "class": "ob-map-card ob-map-layers", role: "group", "aria-label": ob.t("map.layers"),
      hidden: true }, [
      el("div", { "class": "ob-map-layers-head" }, [el("b", { text: ob.t("map.layers") }),
        el("button", { type: "button", "class": "ob-control", "aria-label": ob.t("map.layers.close"),
          on: { click: function () { ob.toggleLayers(false); } } }, [dom.icon("close")])])
    ].concat(boxes.flatMap(function (box) { return box.more ? [box.line, box.more] : [box.line]; })));
    panel.paint = function () {
      boxes.forEach(function (box) {
        box.input.checked = ob.layers.isOn(ob.screen.state, box.id);
        box.input.disabled = Boolean(box.within) && !ob.layers.isOn(ob.screen.state, box.within);
        if (!NOTES[box.id]) { dom.setText(box.note, ageOf(box.id)); }
      });
      var districts = ob.map.present() && ob.map.present().getPane("ob-districts");
      if (districts) { districts.hidden = !ob.layers.isOn(ob.screen.state, "arrondissements"); }
    };
    return panel;
  }

  /* Legend ------------------------------------------------------------------ */

  ob.mount("map-legend", function (box) {
    box.classList.add("ob-legend");
    var isGone = false, stop = null;
    ob.ready.then(function () {
      if (isGone) { return; }
      var isClosed = window.innerWidth < 768; // on a telephone it would cover the map
      try { isClosed = (localStorage.getItem("ob-legend") || (isClosed ? "closed" : "open")) === "closed"; }
      catch (error) { box.dataset.kept = "no"; }
      var ofCameras = cameraPart();
      var body = el("div", { id: "map-legend-body", "class": "ob-legend-body" }, [trafficPart(), severityPart(), ofCameras]);
      stop = ob.screen.onView(function () { ofCameras.hidden = !ob.layers.isOn(ob.screen.state, "cameras"); });
      var toggle = el("button", { type: "button", "class": "ob-legend-toggle", "aria-controls": "map-legend-body",
        on: { click: function () { choose(body.hidden); } } }, [el("span", { text: ob.t("map.legend") }), dom.icon("down")]);
      function show(isOpen) {
        body.hidden = !isOpen;
        toggle.setAttribute("aria-expanded", String(isOpen));
      }
      function choose(isOpen) {
        show(isOpen);
        try { localStorage.setItem("ob-legend", isOpen ? "open" : "closed"); } catch (error) { box.dataset.kept = "no"; }
      }
      box.replaceChildren(el("div", { "class": "ob-map-card" }, [toggle, body]));
      show(!isClosed);
    });
    return function () {
      isGone = true;
      if (stop) { stop(); }
    };
  });

  // Each state of a coverage by its outline, so that none needs its colour.
  function cameraPart() {
    return el("div", { "class": "ob-legend-cameras", hidden: true }, [el("p", { "class": "ob-legend-title", text: ob.t("camera.legend") })].concat(
      ["verified", "nominal", "masked", "expired"].map(function (state) {
        var sample = dom.svg("svg", { "class": "ob-camera-sample is-" + state, viewBox: "0 0 38 14", "aria-hidden": "true", focusable: "false" },
          [dom.svg("rect", { x: 2, y: 2, width: 34, height: 10, rx: 5 })]);
        return el("div", { "class": "ob-legend-line" }, [sample, ob.t("camera.legend." + state)]);
      })));
  }

  function trafficPart() {
    return el("div", {}, [el("p", { "class": "ob-legend-title", text: ob.t("map.legend.traffic") })].concat(
      ["free", "slow", "congested", "closed", "unknown"].map(function (state) {
        return el("div", { "class": "ob-legend-line" }, [dom.trafficSample(state), ob.trafficWord(state)]);
      })));
  }

  function severityPart() {
    return el("div", {}, [el("p", { "class": "ob-legend-title", text: ob.t("map.legend.severity") })].concat(
      [4, 3, 2, 1, 0].map(function (severity) {
        var mark = dom.mark({ severity: severity, icon: "dot", family: "circ", state: "ongoing" }, [0.62, 0.6, 0.52, 0.5, 0.46][severity]);
        return el("div", { "class": "ob-legend-line" }, [el("span", { "class": "ob-legend-mark" }, [mark]), ob.t("sev." + severity)]);
      })));
  }
})(typeof window === "undefined" ? globalThis : window);
