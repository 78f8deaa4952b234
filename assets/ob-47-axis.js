/* An axis on demand: its state in words, since when, the time it costs, its last six hours, the events that lie on it. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var NEAR_M = 60, METRES = 111320, HOURS = 6;

  function linesOf(geometry) { return geometry.type === "MultiLineString" ? geometry.coordinates : [geometry.coordinates]; }

  /** Returns the distance in metres from a position to a segment, in the plane: good for a city. */
  function toSegment(at, a, b) {
    var stretch = Math.cos(at[1] * Math.PI / 180) * METRES;
    var ax = (a[0] - at[0]) * stretch, ay = (a[1] - at[1]) * METRES, bx = (b[0] - at[0]) * stretch, by = (b[1] - at[1]) * METRES;
    var dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    var share = length ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length)) : 0;
    return Math.hypot(ax + share * dx, ay + share * dy);
  }

  /** Returns the rows that tell an effect on an axis or whose pictogram stands within 60 m of its line, most severe first. */
  function eventsOn(geometry, rows, id) {
    return rows.filter(function (row) {
      return isTold(row, id) || row.ll && linesOf(geometry).some(function (line) {
        for (var i = 1; i < line.length; i++) { if (toSegment(row.ll, line[i - 1], line[i]) <= NEAR_M) { return true; } }
        return false;
      });
    }).sort(function (a, b) { return b.sev - a.sev || a.no - b.no; });
  }

  function isTold(row, id) {
    return Boolean(row.fx) && row.fx.some(function (effect) { return effect[0] === id; });
  }

  /** Returns the seconds lost over a length (metres) at a speed instead of the free one (km/h); null when one is not known. */
  function lost(length, speed, free) {
    if (!(length > 0 && speed > 0 && free > 0)) { return null; }
    return Math.max(0, length * 3.6 * (1 / speed - 1 / free));
  }

  /** Returns the mean speed in km/h over sections taken as equally long: that of the time they cost; null without any. */
  function meanSpeed(speeds) {
    var known = speeds.filter(function (speed) { return speed > 0; });
    return known.length ? known.length / known.reduce(function (sum, speed) { return sum + 1 / speed; }, 0) : null;
  }

  /** Returns seconds per state of steps as ob.past.Past.steps gives them, longest first, the unknown ones last. */
  function totals(steps) {
    var sums = {};
    steps.forEach(function (step) { sums[step.state] = (sums[step.state] || 0) + step.to - step.from; });
    return Object.keys(sums).map(function (state) { return { state: state, seconds: sums[state] }; }).sort(function (a, b) {
      return (a.state === "unknown") - (b.state === "unknown") || b.seconds - a.seconds;
    });
  }

  ob.axis = { eventsOn: eventsOn, toSegment: toSegment, lost: lost, meanSpeed: meanSpeed, totals: totals };
  if (typeof module === "object" && module.exports) { module.exports = ob.axis; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;

  /** Opens what is known of an axis or road at the moment shown; `road` is one of ob.roadsNow. */
  ob.axis.open = function (road) {
    var view = ob.screen.view(), past = el("div", { "class": "ob-axis-past", text: ob.t("axis.history.waiting") });
    ob.dialog("axis", road.name, [
      el("div", { "class": "ob-cell-mark" }, [dom.trafficSample(road.state), ob.trafficWord(road.state)]),
      el("dl", { "class": "ob-axis-facts" }, facts(road, view.t).map(function (line) {
        return el("div", {}, [el("dt", { text: ob.t(line[0]) }), el("dd", { text: line[1] })]);
      })),
      el("h3", { text: ob.t("axis.history") }), past
    ].concat(events(road, view)));
    var until = Math.min(view.t, ob.screen.edge()), from = until - HOURS * 3600;
    ob.screen.pastFrom(from).then(function (known) {
      past.replaceChildren.apply(past, drawPast(known.steps(road.id, from, Math.min(until, known.to), ob.view.TRAFFIC), from, until));
    }).catch(function () { dom.setText(past, ob.t("axis.history.missing")); });
  };

  function facts(road, t) {
    var told = road.road, source = ob.screen.store.sources.find(function (one) { return one.id === told.src; });
    var lines = [];
    if (told.at) { lines.push(["axis.since", ob.texts.near(told.at, t, ob.clock)]); }
    if (ob.screen.isLive() && typeof told.sp === "number") { lines.push(["axis.speed", ob.t("axis.speed.value", { n: Math.round(told.sp) })]); }
    lines.push(["axis.lost", lostText(road)]);
    if (source) {
      lines.push(["axis.source", source.ti]);
      if (source.at) { lines.push(["axis.age", ob.t("list.ago", { age: ob.age(t - source.at) })]); }
    }
    return lines;
  }

  function lostText(road) {
    if (!ob.screen.isLive()) { return ob.t("axis.lost.then"); }
    if (road.state === "closed") { return ob.t("axis.lost.closed"); }
    var speed = road.state === "unknown" ? null : meanSpeed(ob.screen.roads(ob.screen.at()).roads.filter(function (one) {
      return (one.ax || one.id) === road.id;
    }).map(function (one) { return one.sp; }));
    if (speed === null) { return ob.t("axis.lost.unmeasured"); }
    var seconds = lost(road.length, speed, road.free), told = { n: Math.round(speed), free: road.free, km: ob.number(Math.round(road.length / 100) / 10) };
    if (seconds === null) { return ob.t("axis.lost.no_free"); }
    return seconds < 30 ? ob.t("axis.lost.none", told) : ob.t("axis.lost.value", Object.assign(told, { time: ob.duration(seconds) }));
  }

  function drawPast(steps, from, until) {
    var sums = totals(steps);
    if (!sums.length || sums.length === 1 && sums[0].state === "unknown") { return [ob.t("axis.history.never")]; }
    var drawing = dom.svg("svg", { "class": "ob-axis-drawing", viewBox: "0 0 720 40", preserveAspectRatio: "none", "aria-hidden": "true",
      focusable: "false" });
    steps.forEach(function (step) {
      var left = (step.from - from) / 30, width = (step.to - step.from) / 30, height = [3, 10, 20, 30, 38][ob.view.TRAFFIC.indexOf(step.state)];
      drawing.append(dom.svg("rect", { "class": "ob-axis-step is-" + step.state, x: left, y: 40 - height, width: width, height: height }));
      if (step.state === "closed") { drawing.append(dom.svg("path", { "class": "ob-axis-bar", d: "M" + left + " 21H" + (left + width) })); }
    });
    var hours = [];
    for (var i = 0; i <= HOURS; i += 2) { hours.push(el("span", { text: ob.clock.time(until - (HOURS - i) * 3600) })); }
    return [el("figure", {}, [drawing, el("div", { "class": "ob-axis-hours", "aria-hidden": "true" }, hours),
      el("figcaption", {}, sums.map(function (sum) {
        return el("span", { "class": "ob-cell-mark" }, [dom.trafficSample(sum.state),
          ob.t("axis.history.part", { state: sum.state === "unknown" ? ob.t("traffic.unmeasured") : ob.trafficWord(sum.state), time: ob.duration(sum.seconds) })]);
      }))])];
  }

  function events(road, view) {
    var found = eventsOn(road.geometry, view.shown, road.id);
    return [el("h3", { text: ob.t("axis.events", { n: found.length }) }),
      el("ul", { "class": "ob-changes is-flat" }, found.slice(0, 20).map(function (row) {
        return el("li", {}, [el("button", { type: "button", "class": "ob-change", on: { click: function () {
          ob.closeDialog();
          ob.select(row.id);
        } } }, [el("span", { "aria-hidden": "true" }, [dom.mark(ob.lookOf(row, view.phases.get(row.id)), 0.6)]),
          el("span", {}, [el("b", { text: row.ti }), " ", ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t)])])]);
      }))];
  }
})(typeof window === "undefined" ? globalThis : window);
