/* Drawing on the map: points, a way, a zone, by mouse, by finger or by keyboard alone (ui: section 18). */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L, dom = ob.dom;
  var STEP_M = 5, LONG_STEP_M = 50, METRES_PER_DEGREE = 111320;

  /**
   * A drawing on the page's map. `points` is a list of ob.form.Points; `hooks`: kind() point, route or zone, setKind(kind),
   * done(), colour(), times() by passage.
   */
  function Drawing(map, points, hooks) {
    this.map = map;
    this.points = points;
    this.hooks = hooks;
    this.selected = -1;
    this.isOn = false;
    this.group = L.layerGroup().addTo(map);
    this.renderer = L.svg({ pane: "ob-routes", padding: 0.3 });
    this.bar = dom.el("div", { "class": "ob-draw-bar", role: "toolbar", "aria-label": ob.t("draw.label") });
    this.hint = dom.el("p", { "class": "ob-draw-hint", role: "status" });
    this.cross = dom.el("span", { "class": "ob-draw-cross", "aria-hidden": "true", hidden: true });
    this.box = dom.el("div", { "class": "ob-draw" }, [this.bar, this.hint]);
    this.streets = dom.el("button", { type: "button", role: "switch", "class": "ob-btn ob-draw-follow", on: { click: function () {
      hooks.setFollow(!hooks.follows());
    } } }, [dom.el("span", { "class": "ob-switch", "aria-hidden": "true" }), dom.el("span", { text: ob.t("draw.follow") })]);
    map.getContainer().parentElement.append(this.box, this.streets, this.cross);
    L.DomEvent.disableClickPropagation(this.box);
    L.DomEvent.disableClickPropagation(this.streets);
    this.click = this.click.bind(this);
    this.press = this.press.bind(this);
    map.on("click", this.click);
    map.getContainer().addEventListener("keydown", this.press, true);
    this.drawBar();
  }

  Drawing.prototype.leave = function () {
    this.map.off("click", this.click);
    this.map.getContainer().removeEventListener("keydown", this.press, true);
    this.group.remove();
    this.box.remove();
    this.streets.remove();
    this.cross.remove();
    this.map.doubleClickZoom.enable();
  };

  /** Shows or hides the tools; what is drawn stays. */
  Drawing.prototype.turn = function (isOn) {
    this.isOn = isOn;
    this.box.hidden = !isOn;
    if (isOn && this.map.getSize().x === 0) { // on a telephone the map is not there in the other steps
      this.map.invalidateSize({ animate: false, pan: false });
      if (!this.points.list.length) { ob.map.recentre(this.map); }
    }
    this.map.getContainer().classList.toggle("is-drawing", isOn);
    this.map.doubleClickZoom[isOn ? "disable" : "enable"]();
    this.paint();
  };

  Drawing.prototype.drawBar = function () {
    var me = this;
    function button(icon, text, act, pressed) {
      return dom.el("button", { type: "button", "class": "ob-btn", "aria-pressed": pressed, on: { click: act } },
        [dom.icon(icon), dom.el("span", { text: text })]);
    }
    function kind(icon, name, text) {
      return button(icon, text, function () { me.hooks.setKind(name); me.drawBar(); me.paint(); }, String(me.hooks.kind() === name));
    }
    this.bar.replaceChildren(kind("pin", "point", ob.t("contribute.point")), kind("share", "route", ob.t("contribute.route")),
      kind("target", "zone", ob.t("contribute.zone")),
      button("refresh", ob.t("draw.undo"), function () { me.points.undo(); }),
      button("close", ob.t("draw.clear"), function () { if (me.points.list.length) { me.points.put([]); } }));
  };

  Drawing.prototype.click = function (event) {
    if (!this.isOn) { return; }
    this.add([event.latlng.lng, event.latlng.lat]);
  };

  /** Adds a point (longitude, latitude); a drawing of one point moves it. */
  Drawing.prototype.add = function (pair, label) {
    var at = [+pair[0].toFixed(6), +pair[1].toFixed(6)], point = { p: at, pass: true };
    if (label) { point.label = label; }
    if (this.hooks.kind() === "point") { this.selected = 0; this.points.put([point]); return; }
    this.selected = this.points.list.length;
    this.points.add(point);
  };

  Drawing.prototype.paint = function () {
    var me = this, kind = this.hooks.kind(), list = this.points.list;
    var held = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.obPoint : undefined;
    this.group.clearLayers();
    this.streets.hidden = !this.isOn || kind !== "route";
    this.streets.setAttribute("aria-checked", String(this.hooks.follows()));
    var line = list.map(function (one) { return [one.p[1], one.p[0]]; });
    if (kind !== "point" && line.length > 1) {
      var closed = kind === "zone" && line.length > 2, colour = this.hooks.colour();
      var style = { renderer: this.renderer, pane: "ob-routes", interactive: false, lineJoin: "round" };
      if (closed) { this.group.addLayer(L.polygon(line, Object.assign({ color: colour, weight: 3, fillOpacity: 0.12 }, style))); }
      else {
        this.group.addLayer(L.polyline(line, Object.assign({ color: ob.map.token("--ob-surface"), weight: 10 }, style)));
        this.group.addLayer(L.polyline(line, Object.assign({ color: colour, weight: 6 }, style)));
        this.group.addLayer(L.polyline(line, Object.assign({ color: ob.map.token("--ob-surface"), weight: 2, dashArray: "2 9" }, style)));
      }
    }
    var number = 0;
    list.forEach(function (one, index) {
      if (one.pass !== false) { number++; }
      me.group.addLayer(me.marker(one, index, one.pass === false ? 0 : number, kind));
    });
    if (held !== undefined) { this.focus(Math.min(this.selected, list.length - 1)); }
    this.tell();
  };

  Drawing.prototype.marker = function (point, index, number, kind) {
    var me = this, isCourse = kind === "route" && !number && this.hooks.follows(); // it follows its passages: nobody moves it
    var time = kind === "route" && number ? this.hooks.times()[number - 1] : "";
    var face = dom.el("span", { "class": "ob-draw-face", text: kind === "route" && number ? String(number) : "" });
    var note = time ? dom.el("span", { "class": "ob-draw-time", text: time }) : null;
    var icon = L.divIcon({ className: "ob-draw-point" + (index === this.selected ? " is-selected" : "") + (number ? "" : " is-shape"),
      iconSize: [28, 28], html: dom.el("span", {}, [face, " ", note]) });
    var marker = L.marker([point.p[1], point.p[0]], { icon: icon, pane: "ob-selected", draggable: this.isOn && !isCourse, keyboard: false, bubblingMouseEvents: false });
    marker.on("add", function () {
      var element = marker.getElement();
      if (isCourse) { element.setAttribute("aria-hidden", "true"); return; }
      element.tabIndex = me.isOn ? 0 : -1;
      element.setAttribute("role", "button");
      element.dataset.obPoint = index;
      var shown = [face.textContent, time].filter(Boolean).join(" "); // what is read on the map is said first, as it stands there
      element.setAttribute("aria-label", [shown, ob.t("draw.point", { n: number || index + 1 }), point.label].filter(Boolean).join(", "));
      element.addEventListener("focus", function () { if (me.selected !== index) { me.selected = index; me.paint(); } });
    });
    marker.on("click", function () { me.focus(index); });
    marker.on("dragend", function () {
      var at = marker.getLatLng();
      me.points.change(index, { p: [+at.lng.toFixed(6), +at.lat.toFixed(6)] });
    });
    return marker;
  };

  Drawing.prototype.focus = function (index) {
    var element = this.map.getContainer().querySelector('[data-ob-point="' + index + '"]');
    if (element) { element.focus({ preventScroll: true }); }
  };

  /** Keeps the passage selected that was the `number`th, when the course between passages was drawn anew. */
  Drawing.prototype.select = function (number) {
    var passed = 0, last = -1;
    this.points.list.some(function (one, index) {
      if (one.pass === false) { return false; }
      last = index;
      return ++passed >= number;
    });
    this.selected = number > 0 ? last : -1;
  };

  /** Returns how a point is counted: points that only give the way its course are passed over. */
  Drawing.prototype.numberOf = function (index) {
    return this.points.list.slice(0, index + 1).filter(function (one) { return one.pass !== false; }).length;
  };

  Drawing.prototype.tell = function () {
    var n = this.points.list.length, isPoint = this.hooks.kind() === "point";
    if (this.selected >= n) { this.selected = n - 1; }
    dom.setText(this.hint, this.selected >= 0 && n ? ob.t("draw.selected", { n: this.numberOf(this.selected) })
      : isPoint ? ob.t("draw.hint_point") : ob.t("draw.hint"));
  };

  // Letters and arrows belong to the drawing only while the map or one of its points has the focus.
  Drawing.prototype.press = function (event) {
    if (!this.isOn || event.altKey) { return; }
    var target = event.target, index = target.dataset && target.dataset.obPoint !== undefined ? +target.dataset.obPoint : -1;
    var act = (event.ctrlKey || event.metaKey) ? (event.key.toLowerCase() === "z" ? this.points.undo.bind(this.points) : null)
      : this.action(event, index);
    if (!act) { return; }
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  Drawing.prototype.action = function (event, index) {
    var me = this, map = this.map, move = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (event.key === "a" || event.key === "A") {
      return function () { var at = map.getCenter(); me.cross.hidden = false; me.add([at.lng, at.lat]); };
    }
    if (event.key === "Enter") { return function () { me.cross.hidden = true; me.hooks.done(); }; }
    if (event.key === "Escape") { return function () { me.cross.hidden = true; me.hooks.done(); }; }
    if (index < 0) { if (move) { this.cross.hidden = false; } return null; }
    if (move) {
      var length = event.shiftKey ? LONG_STEP_M : STEP_M, point = this.points.list[index].p;
      return function () {
        var across = METRES_PER_DEGREE * Math.cos(point[1] * Math.PI / 180);
        me.points.change(index, { p: [+(point[0] + move[0] * length / across).toFixed(6), +(point[1] + move[1] * length / METRES_PER_DEGREE).toFixed(6)] });
      };
    }
    if (event.key === "Delete" || event.key === "Backspace") { return function () { me.points.remove(index); }; }
    if (event.key === "Insert") {
      var here = this.points.list[index].p, after = this.points.list[index + 1];
      return function () {
        var p = after ? [(here[0] + after.p[0]) / 2, (here[1] + after.p[1]) / 2] : [here[0] + 0.0003, here[1]];
        me.selected = index + 1;
        me.points.add({ p: [+p[0].toFixed(6), +p[1].toFixed(6)], pass: true }, index);
        me.focus(me.selected);
      };
    }
    return null;
  };

  ob.Drawing = Drawing;
})(typeof window === "undefined" ? globalThis : window);
