/* The six counters over the map; each is a door to the filter that shows what it counts, and says what half an hour changed. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var TREND_S = 1800, REST_MS = 3000;

  /** Returns the difference with what was counted before, when it is known and worth saying (two or more), else 0. */
  function trend(now, before, key) {
    if (!before || typeof before[key] !== "number") { return 0; }
    var delta = now[key] - before[key];
    return Math.abs(delta) >= 2 ? delta : 0;
  }

  /** Returns the newest sample that is at least half an hour old and was taken with these filters, null without one. */
  function sampleBefore(samples, filters, t) {
    return samples.filter(function (one) { return one.filters === filters && one.t <= t - TREND_S && one.t >= t - TREND_S - 300; }).pop() || null;
  }

  ob.counters = { trend: trend, sampleBefore: sampleBefore };
  if (typeof module === "object" && module.exports) { module.exports = ob.counters; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;
  var samples = [];

  function sev(severity, scale) {
    return function () { return dom.mark({ severity: severity, icon: "warn", family: "secu", state: "ongoing" }, scale); };
  }
  function line(state) { return function () { return dom.trafficSample(state); }; }

  var COUNTERS = [
    { key: "critical", draw: sev(4, 0.76), go: { grav: 4 } },
    { key: "major", draw: sev(3, 0.82), go: { grav: 3 } },
    { key: "moderate", draw: sev(2, 0.86), go: { grav: 2 } },
    { key: "closed", draw: line("closed"), go: { vue: "table" } },
    { key: "jam", draw: line("congested"), go: { vue: "table" } },
    { key: "march", draw: function () { return dom.icon("manifestation", "ob-counter-icon"); }, go: { cat: "manifestation" } }
  ];
  ob.counters.COUNTERS = COUNTERS;

  // What half an hour ago was: first from what the server tells of the past, asked once a page; later from this page's own
  // samples. It is worked out after the picture, once a minute and for each choice of filters.
  var before = null, isAsked = false;

  function filters() {
    var state = ob.screen.state;
    return JSON.stringify([state.du, state.au, state.arr, state.cat, state.org, state.grav, state.q, state.statut]);
  }

  function look() {
    var screen = ob.screen;
    if (!screen.isReady() || !screen.isLive() || screen.isPaused() || !document.getElementById("counters")) { return; }
    var view = screen.view(), key = filters(), last = samples[samples.length - 1];
    if (!isAsked) { isAsked = true; screen.pastFrom(view.t - TREND_S).then(look, isMissing); }
    if (!last || view.t - last.t >= 60 || last.filters !== key) { samples.push({ t: view.t, filters: key, counters: view.counters }); }
    while (samples.length && view.t - samples[0].t > TREND_S + 300) { samples.shift(); }
    if (before && before.filters === key && view.t - before.t < 60) { return; }
    var sample = sampleBefore(samples, key, view.t), found = sample ? sample.counters : screen.countersThen(view.t - TREND_S);
    if (!found && !before) { return; }
    before = found && { t: view.t, filters: key, counters: found };
    screen.refresh("sources"); // the labels alone
  }

  // Without the past, what half an hour changes is said once this page is half an hour old.
  function isMissing() { document.documentElement.dataset.past = "missing"; }

  var resting = 0;
  function lookSoon() {
    resting = setTimeout(function () { resting = 0; look(); }, REST_MS);
  }

  ob.mount("counters", function (box) {
    var stop = null, isGone = false;
    box.classList.add("ob-counters");
    ob.ready.then(function () {
      if (isGone) { return; }
      var cells = COUNTERS.map(function (counter) {
        var number = el("b"), label = el("span"), change = el("small");
        var cell = el("button", { type: "button", "class": "ob-counter", data: { counter: counter.key },
          on: { click: function () { ob.url.write(counter.go, { push: true }); } } },
        [counter.draw(), number, el("span", { "class": "ob-counter-label" }, [label, change])]);
        dom.setText(label, ob.t("count." + counter.key, { n: 2 })); // named before there is anything to count
        return { counter: counter, cell: cell, number: number, label: label, change: change };
      });
      box.replaceChildren.apply(box, cells.map(function (one) { return one.cell; }));
      stop = ob.screen.onView(function (view) {
        cells.forEach(function (one) { paint(one, view); });
        if (!resting) { lookSoon(); }
      });
    });
    return function () { isGone = true; clearTimeout(resting); resting = 0; if (stop) { stop(); } };
  });

  function paint(one, view) {
    var key = one.counter.key, n = view.counters[key], isSame = before && ob.screen.isLive() && before.filters === filters();
    var delta = isSame ? trend(view.counters, before.counters, key) : 0;
    dom.setText(one.number, ob.number(n));
    one.cell.classList.toggle("is-zero", n === 0);
    dom.setText(one.label, ob.t("count." + key, { n: n }));
    dom.setText(one.change, !ob.screen.isLive() && view.t > ob.screen.now() ? ob.t("count.planned")
      : delta ? ob.t("count.trend", { delta: (delta > 0 ? "+" : "−") + Math.abs(delta), min: 30 }) : "");
  }
})(typeof window === "undefined" ? globalThis : window);
