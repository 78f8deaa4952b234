/* The timeline: events in lanes by family from yesterday to next week, now, and the cursor that is dragged along it. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el, svg = dom.svg, scale = ob.timescale;
  var CROWD = 1000, RESTS_MS = 700, CROWD_MS = 10000;
  var PACE = 8; // one bar that changes its look costs the drawing of all: while the cursor moves, in every eighth frame
  var NEAR_PX = 5; // as close to now as this the cursor is live
  var PHASE = { past: "termine", ongoing: "en_cours", planned: "prevu" };

  function local(t) { return ob.url.toLocal(t, ob.boot.timezone); }
  function epoch(text) { return ob.url.toEpoch(text, 0, ob.boot.timezone); }
  function familyOf(category) { return ob.category(category).family; }

  function Timeline(axis) {
    this.axis = axis;
    this.preset = ob.timeline.preset();
    this.bars = [];
    this.ground = svg("g", { "aria-hidden": "true" });
    this.lanes = svg("g", { role: "group", "aria-label": ob.t("tl.events"), "class": "ob-tl-bars" });
    this.ring = svg("g", { "aria-hidden": "true", "class": "ob-tl-rings" });
    this.picture = svg("svg", { "class": "ob-tl-svg" }, [this.ground, this.lanes, this.ring]);
    this.now = el("div", { "class": "ob-tl-now", "aria-hidden": "true" });
    this.label = el("b", { "class": "ob-tl-label", "aria-hidden": "true" });
    this.handle = el("div", { "class": "ob-tl-handle", role: "slider", tabindex: "0", "aria-valuenow": "0", "aria-label": ob.t("tl.cursor") });
    this.cursor = el("div", { "class": "ob-tl-cursor" }, [this.label, this.handle]);
    this.tip = el("div", { "class": "ob-tl-tip", "aria-hidden": "true", hidden: true });
    axis.replaceChildren(this.picture, this.now, this.cursor, this.tip);
    this.listen();
  }

  /* Drawing ---------------------------------------------------------------------------------------------------------- */

  Timeline.prototype.paint = function (view) {
    var size = this.size = this.measured || this.measure(), now = ob.screen.edge();
    if (!size.width) { return; }
    var span = this.dragged || scale.windowOf(this.presetNow(size), now, view.t);
    var ground = [span.from, span.to, size.width, size.height].join("|");
    if (ground !== this.groundKey) { this.groundKey = ground; this.span = span; this.drawGround(); this.rows = null; }
    this.takeEvents(view);
    this.drawPhases(view.t);
    this.drawRing();
    this.placeLines(view.t, now);
  };

  // Which events pass depends on filters and data, not on the cursor: most frames of a drag change no bar. A crowd of bars
  // waits: until a filter rests, or some seconds for what arrives.
  Timeline.prototype.takeEvents = function (view) {
    if (this.rows && this.rows.length > CROWD && ob.screen.isLive() && !this.isDue) { this.wait(); return; }
    this.isDue = false;
    this.state = ob.screen.state;
    var sum = sumOf(view.passing);
    if (this.rows && this.sum === sum) { return; }
    this.sum = sum;
    this.rows = rowsOf(view.passing);
    this.drawBars();
  };

  Timeline.prototype.wait = function () {
    var me = this, isFiltered = this.state !== ob.screen.state;
    if (this.later && (!isFiltered || this.isFilterAwaited)) { return; }
    clearTimeout(this.later);
    this.isFilterAwaited = isFiltered;
    this.later = setTimeout(function () {
      me.later = 0;
      me.isDue = true;
      if (me.axis.isConnected) { me.paint(ob.screen.view()); }
    }, isFiltered ? RESTS_MS : CROWD_MS);
  };

  function sumOf(passing) {
    var sum = 0;
    Object.keys(passing).forEach(function (place) {
      passing[place].forEach(function (entry) { sum = (sum + (entry.row.no + 1) * (2654435761 + entry.row.v)) % 9007199254740881; });
    });
    return sum;
  }

  function rowsOf(passing) {
    return [].concat(passing.ongoing, passing.planned, passing.ended).map(function (entry) { return entry.row; });
  }

  Timeline.prototype.measure = function () {
    this.measured = { width: this.axis.clientWidth, height: this.axis.clientHeight };
    return this.measured;
  };

  Timeline.prototype.presetNow = function () { return ob.timeline.isShort() ? "24h" : this.preset; };

  Timeline.prototype.x = function (t) { return scale.xOf(t, this.span, this.size.width); };

  Timeline.prototype.drawGround = function () {
    var me = this, size = this.size, marks = scale.marksOf(this.span, local, epoch), parts = [];
    marks.nights.forEach(function (night) {
      var left = Math.max(0, me.x(night[0]));
      parts.push(svg("rect", { "class": "ob-tl-night", x: left, y: 28, width: Math.max(0, me.x(night[1]) - left), height: size.height }));
    });
    marks.days.forEach(function (day) {
      var left = me.x(day.from), text = ob.clock.day(day.from + 43200);
      parts.push(svg("path", { "class": "ob-tl-edge", d: "M" + left.toFixed(1) + " 0V" + size.height }));
      if (Math.min(size.width, me.x(day.to)) - Math.max(0, left) > 92) {
        parts.push(svg("text", { "class": "ob-tl-day", x: Math.max(0, left) + 8, y: 18, text: text }));
      }
    });
    marks.hours.forEach(function (hour) {
      parts.push(svg("text", { "class": "ob-tl-hour", x: me.x(hour.at), y: 41, text: ob.t("tl.hour", { n: hour.hour }) }));
    });
    var lane = scale.laneOf(size.height);
    scale.FAMILIES.forEach(function (family, i) {
      var y = Math.round(scale.HEAD + i * lane + lane * 0.86) + 0.5;
      parts.push(svg("path", { "class": "ob-tl-edge", d: "M0 " + y + "H" + size.width }));
    });
    this.picture.setAttribute("viewBox", "0 0 " + size.width + " " + size.height);
    this.ground.replaceChildren.apply(this.ground, parts);
  };

  // A bar that was there stays the element it is: among hundreds a few change, and each new one is styled and painted.
  Timeline.prototype.drawBars = function () {
    var focused = this.lanes.contains(document.activeElement) ? document.activeElement : null;
    var before = this.byKey || new Map(), next = this.byKey = new Map();
    this.bars = scale.barsOf(this.rows, familyOf, this.span, this.size);
    this.bars.forEach(function (bar) {
      var key = [bar.row.id, bar.from, bar.to].join("|"), kept = before.get(key);
      before.delete(key);
      bar.node = kept ? kept.node : svg("rect", { role: "option", tabindex: "-1", "aria-selected": "false", data: { id: bar.row.id } });
      bar.look = kept && kept.row === bar.row && kept.isLine === bar.isLine ? kept.look : "";
      putBox(bar, kept);
      next.set(key, bar);
    });
    before.forEach(function (gone) { gone.node.remove(); });
    arrange(this.lanes, this.bars);
    this.lanes.setAttribute("role", this.bars.length ? "listbox" : "group"); // a list without options is none
    this.order = this.bars.slice().sort(function (a, b) { return a.from - b.from || a.lane - b.lane; });
    if (this.order.length && !this.lanes.querySelector("[tabindex='0']")) { this.order[0].node.setAttribute("tabindex", "0"); }
    var again = focused && !focused.isConnected && this.bars.find(function (bar) { return bar.row.id === focused.dataset.id; });
    if (again) { again.node.focus({ preventScroll: true }); }
    this.ringKey = null;
    this.waited = PACE;
  };

  function putBox(bar, kept) {
    ["x", "y", "width", "height"].forEach(function (side) {
      if (!kept || kept[side] !== bar[side]) { bar.node.setAttribute(side, bar[side]); }
    });
    if (!kept || kept.isLine !== bar.isLine) { bar.node.setAttribute("rx", bar.isLine ? 2 : 3); }
  }

  function arrange(parent, bars) {
    var at = parent.firstChild;
    bars.forEach(function (bar) {
      if (bar.node === at) { at = at.nextSibling; } else { parent.insertBefore(bar.node, at); }
    });
  }

  Timeline.prototype.drawPhases = function (t) {
    if (ob.screen.isMoving && ++this.waited < PACE) { return; }
    this.waited = 0;
    this.bars.forEach(function (bar) {
      var phase = scale.phaseOf(bar, t);
      if (bar.look === phase) { return; }
      bar.look = phase;
      bar.node.setAttribute("class", "ob-tl-bar f-" + bar.family + " s" + bar.row.sev + " is-" + phase + (bar.isLine ? " is-line" : ""));
      bar.node.setAttribute("aria-label", nameOf(bar));
    });
  };

  function nameOf(bar) {
    return ob.t("sev." + bar.row.sev) + ". " + bar.row.ti + ". " + ob.t("status." + PHASE[bar.look]) + ", " + spanText(bar) + ".";
  }

  function spanText(bar) {
    var start = ob.clock.day(bar.from) + " " + ob.clock.time(bar.from);
    if (bar.to === null) { return ob.t("tl.from", { start: start }); }
    var end = ob.clock.isSameDay(bar.from, bar.to) ? ob.clock.time(bar.to) : ob.clock.day(bar.to) + " " + ob.clock.time(bar.to);
    return ob.t("tl.span", { start: start, end: end });
  }

  Timeline.prototype.drawRing = function () {
    var id = ob.screen.state.ev;
    if (this.ringKey === id) { return; }
    this.ringKey = id;
    var chosen = this.bars.filter(function (bar) { return bar.row.id === id; });
    this.ring.replaceChildren.apply(this.ring, chosen.map(function (bar) {
      return svg("rect", { "class": "ob-tl-ring", x: bar.x - 3, y: bar.y - 3, width: bar.width + 6, height: bar.height + 6, rx: 5 });
    }));
    this.bars.forEach(function (bar) {
      var is = String(bar.row.id === id);
      if (bar.node.getAttribute("aria-selected") !== is) { bar.node.setAttribute("aria-selected", is); }
    });
  };

  Timeline.prototype.placeLines = function (t, now) {
    var width = this.size.width, x = this.x(t), isLive = ob.screen.isLive(), nowX = this.x(now);
    this.now.style.transform = "translateX(" + nowX.toFixed(1) + "px)";
    this.now.hidden = isLive || nowX < 0 || nowX > width;
    this.cursor.style.transform = "translateX(" + x.toFixed(1) + "px)";
    var half = 58, shift = Math.max(0, half - x) - Math.max(0, half - (width - x)); // the label stays inside
    this.label.style.transform = "translateX(calc(-50% + " + shift.toFixed(1) + "px))";
    var time = ob.clock.time(t);
    dom.setText(this.label, isLive ? ob.t("tl.live", { time: time }) : ob.clock.isSameDay(t, now) ? time : ob.clock.day(t) + " " + time);
    this.tell(t, isLive);
  };

  Timeline.prototype.tell = function (t, isLive) {
    var handle = this.handle, minute = Math.floor(t / 60), range = scale.rangeOf(ob.screen.edge(), t);
    if (this.told === minute + String(isLive)) { return; }
    this.told = minute + String(isLive);
    handle.setAttribute("aria-valuemin", Math.floor(range.from / 60));
    handle.setAttribute("aria-valuemax", Math.ceil(range.to / 60));
    handle.setAttribute("aria-valuenow", minute);
    var word = isLive ? "tl.word.live" : t <= ob.screen.edge() ? "tl.word.past" : "tl.word.planned";
    handle.setAttribute("aria-valuetext", ob.t("tl.moment", { date: ob.clock.longDay(t), time: ob.clock.time(t), word: ob.t(word) }));
  };

  /* Pointer and keyboard --------------------------------------------------------------------------------------------- */

  Timeline.prototype.listen = function () {
    var me = this, axis = this.axis;
    axis.addEventListener("pointerdown", function (event) { me.press(event); });
    axis.addEventListener("pointermove", function (event) { me.drag(event); me.hover(event.target); });
    axis.addEventListener("pointerup", function (event) { me.release(event); });
    axis.addEventListener("pointercancel", function () { me.pressed = null; me.dragged = null; });
    axis.addEventListener("pointerleave", function () { me.hover(null); });
    axis.addEventListener("focusin", function (event) { me.hover(event.target); });
    axis.addEventListener("focusout", function () { me.hover(null); });
    axis.addEventListener("keydown", function (event) { me.key(event); });
  };

  Timeline.prototype.press = function (event) {
    if (event.button !== 0 || !this.span) { return; }
    this.pressed = { x: event.clientX, bar: event.target.dataset.id || null, left: this.axis.getBoundingClientRect().left };
    this.dragged = this.span; // the window stays while the cursor is held
    this.axis.setPointerCapture(event.pointerId);
    if (!this.pressed.bar) { event.preventDefault(); this.handle.focus({ preventScroll: true }); }
  };

  Timeline.prototype.drag = function (event) {
    if (!this.pressed || Math.abs(event.clientX - this.pressed.x) < 3 && !this.pressed.hasMoved) { return; }
    this.pressed.hasMoved = true;
    this.moveToX(event.clientX - this.pressed.left);
  };

  Timeline.prototype.release = function (event) {
    var pressed = this.pressed;
    this.pressed = null;
    this.dragged = null;
    if (!pressed || pressed.hasMoved) { return; }
    if (pressed.bar) { ob.select(pressed.bar); } else { this.moveToX(event.clientX - pressed.left); }
  };

  Timeline.prototype.moveToX = function (x) {
    var width = this.size.width, inside = Math.max(0, Math.min(width, x)), now = ob.screen.now();
    var isNow = ob.screen.knownAt === null && Math.abs(this.x(now) - inside) < NEAR_PX;
    ob.screen.moveTo(isNow ? null : scale.momentAt(inside, this.span, width));
  };

  /** Moves the cursor by a key of section 18; tells whether the key meant something. */
  Timeline.prototype.step = function (event) {
    var t = ob.screen.at(), next = scale.stepped(t, event.key, event.shiftKey, scale.rangeOf(ob.screen.edge(), t));
    if (next === undefined) { return false; }
    event.preventDefault();
    if (next === null) { ob.backToLive(); } else { ob.screen.moveTo(next); }
    return true;
  };

  Timeline.prototype.key = function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key.toLowerCase() === "t") { event.preventDefault(); ob.timeline.toggleTable(); return; }
    if (event.target === this.handle) { this.step(event); return; }
    var at = this.order.findIndex(function (bar) { return bar.node === event.target; });
    if (at < 0) { return; }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); ob.select(this.order[at].row.id); return; }
    var to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: this.order.length - 1 }[event.key];
    if (to === undefined) { return; }
    event.preventDefault();
    if (!this.order[to]) { return; }
    this.order[at].node.setAttribute("tabindex", "-1");
    this.order[to].node.setAttribute("tabindex", "0");
    this.order[to].node.focus();
  };

  Timeline.prototype.hover = function (target) {
    var bar = target && target.dataset && target.dataset.id && !(this.pressed && this.pressed.hasMoved)
      ? this.bars.find(function (one) { return one.node === target; }) : null;
    this.tip.hidden = !bar;
    if (!bar) { return; }
    dom.setText(this.tip, bar.row.ti + " · " + spanText(bar));
    this.tip.style.left = Math.max(0, Math.min(bar.x, this.size.width - this.tip.offsetWidth - 4)) + "px";
    this.tip.style.top = Math.max(0, bar.y - 30) + "px";
  };

  ob.timeline = { Timeline: Timeline, present: null, spanText: spanText };
})(typeof window === "undefined" ? globalThis : window);
