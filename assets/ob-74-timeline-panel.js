/* What stands around the timeline: play, speed, presets, names of the lanes, its height, its table. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var LEAST = 96, MOST = 420, STEP = 16;
  var PRESET_KEY = "ob-timeline-span", HEIGHT_KEY = "ob-timeline-height";
  var short = matchMedia("(max-width: 1199.98px)");

  function read(key) { try { return localStorage.getItem(key); } catch (error) { return null; } }
  function keep(key, value) {
    try {
      if (value === null) { localStorage.removeItem(key); } else { localStorage.setItem(key, value); }
    } catch (error) { document.documentElement.dataset.kept = "no"; } // a browser that keeps nothing still shows it
  }

  /** Returns the chosen span of the timeline, kept per browser. */
  ob.timeline.preset = function () {
    var chosen = read(PRESET_KEY);
    return ob.timescale.PRESETS[chosen] ? chosen : "8j";
  };
  /** Tells whether the screen has room for a day only. */
  ob.timeline.isShort = function () { return short.matches; };

  function button(icon, text, act, more) {
    return el("button", Object.assign({ type: "button", "class": "ob-btn ob-tl-btn", title: ob.t(text), "aria-label": ob.t(text),
      on: { click: act } }, more), [dom.icon(icon)]);
  }

  function controls(timeline) {
    var play = button("play", "tl.play", function () { if (ob.replay.isPlaying()) { ob.replay.pause(); } else { ob.replay.play(); } });
    var back = button("skip", "map.back", function () { ob.backToLive(); });
    var speeds = el("select", { "class": "ob-tl-speed", "aria-label": ob.t("tl.speed"),
      on: { change: function () { ob.replay.setSpeed(+speeds.value); } } }, ob.replay.SPEEDS.map(function (speed) {
      return el("option", { value: speed, selected: speed === ob.replay.speed(), text: ob.t("tl.speed." + speed) });
    }));
    var begin = button("rewind", "tl.begin", function () {
      ob.screen.moveTo(ob.timescale.rangeOf(ob.screen.edge(), ob.screen.at()).from);
    });
    var stop = ob.replay.onChange(function (isPlaying) {
      var text = ob.t(isPlaying ? "tl.pause" : "tl.play");
      play.replaceChildren(dom.icon(isPlaying ? "pause" : "play"));
      play.title = text;
      play.setAttribute("aria-label", text);
    });
    return { stop: stop, box: el("div", { "class": "ob-tl-controls" }, [begin, play, back, speeds, presets(timeline)]) };
  }

  function presets(timeline) {
    var group = el("div", { "class": "ob-tl-presets", role: "group", "aria-label": ob.t("tl.presets") },
      Object.keys(ob.timescale.PRESETS).map(function (preset) {
        return el("button", { type: "button", data: { span: preset }, "aria-pressed": String(preset === timeline.preset),
          text: ob.t("tl.preset." + preset), on: { click: function () { choose(preset); } } });
      }));
    function choose(preset) {
      timeline.preset = preset;
      keep(PRESET_KEY, preset);
      Array.from(group.children).forEach(function (one) { one.setAttribute("aria-pressed", String(one.dataset.span === preset)); });
      ob.screen.refresh();
    }
    return group;
  }

  function laneNames() {
    return el("ul", { "class": "ob-tl-names" }, ob.timescale.FAMILIES.map(function (id) {
      var family = ob.taxonomy.byFamily.get(id);
      return el("li", {}, [dom.icon(family.icon, "f-" + id), family[ob.lang] || family.fr]);
    }));
  }

  /* Height: a separator, by pointer, arrows, double click ---------------------------------------------------------------- */

  function separator(region) {
    var bar = el("div", { "class": "ob-tl-resize", role: "separator", tabindex: "0", "aria-orientation": "horizontal",
      "aria-label": ob.t("tl.resize"), "aria-valuemin": LEAST, "aria-valuemax": MOST });
    var from = null;
    function set(height) {
      var most = Math.min(MOST, Math.round(window.innerHeight * 0.6));
      var next = height === null ? null : Math.max(LEAST, Math.min(most, Math.round(height)));
      region.style.height = next === null ? "" : next + "px";
      keep(HEIGHT_KEY, next);
      say();
    }
    function say() { bar.setAttribute("aria-valuenow", Math.round(region.getBoundingClientRect().height)); }
    bar.addEventListener("pointerdown", function (event) {
      from = { y: event.clientY, height: region.offsetHeight };
      bar.setPointerCapture(event.pointerId);
    });
    bar.addEventListener("pointermove", function (event) { if (from) { set(from.height + from.y - event.clientY); } });
    bar.addEventListener("pointerup", function () { from = null; });
    bar.addEventListener("pointercancel", function () { from = null; });
    bar.addEventListener("dblclick", function () { set(null); });
    bar.addEventListener("keydown", function (event) {
      var by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
      if (!by) { return; }
      event.preventDefault();
      set(region.offsetHeight + by);
    });
    var kept = parseInt(read(HEIGHT_KEY), 10);
    if (kept >= LEAST && kept <= MOST) { region.style.height = kept + "px"; }
    return { bar: bar, say: say };
  }

  /* Table -------------------------------------------------------------------------------------------------------------- */

  function drawTable(timeline, box) {
    var head = el("tr", {}, ["tl.col.start", "tl.col.end", "tl.col.name"].map(function (key) { return el("th", { scope: "col", text: ob.t(key) }); }));
    function moment(at) { return at === null ? "–" : ob.clock.day(at) + " " + ob.clock.time(at); }
    var lines = timeline.order.map(function (bar) {
      return el("tr", {}, [el("td", { text: moment(bar.from) }), el("td", { text: moment(bar.to) }), el("td", {}, [
        el("button", { type: "button", "class": "ob-tl-pick", text: bar.row.ti, on: { click: function () { ob.select(bar.row.id); } } })])]);
    });
    box.replaceChildren(el("table", {}, [el("caption", { text: ob.t("tl.table", { n: lines.length }) }), el("thead", {}, [head]),
      el("tbody", {}, lines)]));
  }

  ob.mount("timeline", function (region) {
    var stops = [], isGone = false;
    ob.ready.then(function () {
      if (isGone) { return; }
      var axis = el("div", { "class": "ob-tl-axis" }), box = el("div", { "class": "ob-tl-table", tabindex: "0", hidden: true,
        role: "region", "aria-label": ob.t("tl.table.label") });
      var timeline = ob.timeline.present = new ob.timeline.Timeline(axis), edge = separator(region), panel = controls(timeline);
      var side = el("div", { "class": "ob-tl-side" }, [panel.box, laneNames()]);
      region.replaceChildren(edge.bar, side, el("div", { "class": "ob-tl-body" }, [axis, box]));
      ob.timeline.toggleTable = function () {
        box.hidden = !box.hidden;
        axis.hidden = !box.hidden;
        if (box.hidden) { timeline.handle.focus(); return; }
        drawTable(timeline, box);
        box.focus();
      };
      box.addEventListener("keydown", function (event) {
        if (event.key.toLowerCase() === "t" && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); ob.timeline.toggleTable(); }
      });
      var observer = new ResizeObserver(function () {
        timeline.measured = null;
        edge.say();
        if (ob.screen.isReady()) { timeline.paint(ob.screen.view()); }
      });
      observer.observe(axis);
      stops = [panel.stop, function () { observer.disconnect(); }, ob.screen.onView(function (view) { timeline.paint(view); })];
    });
    return function () {
      isGone = true;
      ob.replay.pause();
      ob.timeline.present = null;
      stops.forEach(function (stop) { stop(); });
    };
  });
})(typeof window === "undefined" ? globalThis : window);
