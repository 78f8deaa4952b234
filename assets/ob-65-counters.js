/* The six counters over the map; each is a door to the filter that shows what it counts. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var TREND_S = 1800;

  /** Returns the difference with the sample of half an hour before, when it is worth saying (two or more), else 0. */
  function trend(samples, key, t) {
    var old = samples.filter(function (sample) { return t - sample.t >= TREND_S - 60 && t - sample.t <= TREND_S + 300; })[0];
    if (!old) { return 0; }
    var delta = samples[samples.length - 1].counters[key] - old.counters[key];
    return Math.abs(delta) >= 2 ? delta : 0;
  }

  ob.counters = { trend: trend };
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

  ob.live.on(function () {
    if (!ob.screen.isReady() || !ob.screen.isLive()) { return; }
    var view = ob.screen.view(), last = samples[samples.length - 1];
    if (!last || view.t - last.t >= 60) { samples.push({ t: view.t, counters: view.counters }); }
    else { last.counters = view.counters; }
    while (samples.length && view.t - samples[0].t > TREND_S + 300) { samples.shift(); }
  });

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
      stop = ob.screen.onView(function (view) { cells.forEach(function (one) { paint(one, view); }); });
    });
    return function () { isGone = true; if (stop) { stop(); } };
  });

  function paint(one, view) {
    var key = one.counter.key, n = view.counters[key], delta = samples.length && ob.screen.isLive() ? trend(samples, key, view.t) : 0;
    dom.setText(one.number, ob.number(n));
    one.cell.classList.toggle("is-zero", n === 0);
    dom.setText(one.label, ob.t("count." + key, { n: n }));
    dom.setText(one.change, !ob.screen.isLive() && view.t > ob.screen.now() ? ob.t("count.planned")
      : delta ? ob.t("count.trend", { delta: (delta > 0 ? "+" : "−") + Math.abs(delta), min: 30 }) : "");
  }
})(typeof window === "undefined" ? globalThis : window);
