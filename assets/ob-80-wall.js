/* The frame of the wall: type sized by distance, clock, counters, age of the picture, what keeps a screen alive for years. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }

  var FROZEN_AFTER_S = 120, QUIET_S = 300;
  var RELOADS = "ob-wall-reloads"; // how many reloads in a row found no news: kept over them
  var dom = ob.dom, el = dom.el, html = document.documentElement, pure = ob.scenes;
  var startedAt = Date.now();
  var resized = [];

  ob.wall = {};

  /** Returns {type, layout}: the smallest useful type in px, `compact` or `large`. */
  ob.wall.measure = function () {
    var seen = pure.readScreen(window.location.search), width = window.innerWidth;
    var type = pure.smallestType(seen.distance, seen.diagonal, width);
    return { type: type, layout: pure.layoutFor(width, type) };
  };

  /** Returns what the sizes of drawings are given for: 1 where the type is 44 px. */
  ob.wall.unit = function () { return ob.wall.measure().type / 44; };

  /** Calls `tell()` when the screen has another size or is turned; returns a function that stops it. */
  ob.wall.onResize = function (tell) {
    resized.push(tell);
    return function () { resized.splice(resized.indexOf(tell), 1); };
  };

  function applySize() {
    var seen = ob.wall.measure(), scale = (seen.layout === "large" ? 2.2 : 1.75) * seen.type / 44;
    html.dataset.obLayout = seen.layout;
    html.dataset.obScale = scale.toFixed(2);
    document.querySelectorAll("[data-ob-screen=wall]").forEach(function (node) {
      node.style.setProperty("--ob-wall", seen.type + "px");
      node.style.setProperty("--ob-mk-scale", String(Math.round(100 * scale) / 100));
    });
    resized.slice().forEach(function (tell) { tell(); });
  }

  /* Clock ------------------------------------------------------------------ */

  ob.mount("wall-clock", function (box) {
    var stops = [], isGone = false;
    applySize();
    window.addEventListener("resize", applySize);
    ob.ready.then(function () {
      if (isGone) { return; }
      var time = el("span", { "class": "ob-wall-time" }), day = el("b"), scene = el("span");
      ob.wall.sceneName = scene;
      box.replaceChildren(time, el("span", { "class": "ob-wall-day" }, [day, scene]));
      function paint(now) {
        dom.setText(time, ob.clock.time(now));
        var text = ob.clock.longDay(now);
        dom.setText(day, text.charAt(0).toUpperCase() + text.slice(1));
        settle(now);
      }
      paint(ob.live.now());
      stops.push(ob.screen.onTick(paint));
    });
    return function () {
      isGone = true;
      window.removeEventListener("resize", applySize);
      ["--ob-wall", "--ob-mk-scale"].forEach(function (name) { html.style.removeProperty(name); });
      document.body.style.removeProperty("transform");
      ["obNight", "obSide", "obLayout", "obScale", "obTemplate"].forEach(function (name) { delete html.dataset[name]; });
      stops.forEach(function (stop) { stop(); });
    };
  });

  // Against burn-in: a shift every three minutes, sides swapped on the hour, dimmed at night.
  function settle(now) {
    var shift = pure.pixelShift((Date.now() - startedAt) / 60000), hour = parseInt(ob.clock.time(now), 10);
    var side = hour % 2 ? "left" : "right";
    document.body.style.transform = "translate(" + shift[0] + "px," + shift[1] + "px)";
    html.dataset.obNight = pure.isNight(hour) ? "yes" : "no";
    if (!html.dataset.obSide) { html.dataset.obSide = side; }
    if (html.dataset.obSide !== side) { ob.wall.fade(function () { html.dataset.obSide = side; }); }
    if (ob.clock.time(now) === "04:10" && Date.now() - startedAt > FROZEN_AFTER_S * 1000) { reload(); }
  }

  /** Changes what is shown while it cannot be seen. */
  ob.wall.fade = function (change) {
    var half = parseFloat(getComputedStyle(html).getPropertyValue("--ob-t-scene")) / 2 || 0;
    html.dataset.obFade = "yes";
    setTimeout(function () {
      change();
      delete html.dataset.obFade;
    }, half);
  };

  // A reload while the server is away would leave an error page on the wall for ever: it must answer first.
  var isReloading = false;
  function reload() {
    if (isReloading) { return; }
    isReloading = true;
    fetch(window.location.href, { cache: "no-store" }).then(function (answer) {
      if (answer.ok) { window.location.reload(); }
    }).catch(function () { html.dataset.obReload = "refused"; }).then(function () {
      setTimeout(function () { isReloading = false; }, 60000);
    });
  }

  /* A picture that stands still ------------------------------------------------ */

  function reloads() {
    try { return +sessionStorage.getItem(RELOADS) || 0; } catch (error) { return 0; }
  }
  function keepReloads(n) {
    try { sessionStorage.setItem(RELOADS, String(n)); } catch (error) { html.dataset.obKept = "no"; } // it waits as at first
  }

  var tryAt = 0;
  function watchdog(isFrozen) {
    var now = Date.now();
    if (!isFrozen) {
      tryAt = 0;
      if (now - startedAt > QUIET_S * 1000 && reloads()) { keepReloads(0); }
      return;
    }
    if (!tryAt) { tryAt = now + pure.reloadWait(reloads()) * 1000; }
    if (now < tryAt) { return; }
    keepReloads(reloads() + 1);
    tryAt = now + pure.reloadWait(reloads()) * 1000;
    reload();
  }

  /* Counters ----------------------------------------------------------------- */

  ob.mount("wall-counters", function (box) {
    var stops = [], isGone = false, cells = [];
    function draw() {
      cells = ob.counters.COUNTERS.slice(0, 5).map(function (counter, index) {
        var drawing = counter.draw();
        if (index < 3) {
          var side = [62, 63, 54][index] * ob.wall.unit();
          drawing.setAttribute("width", side);
          drawing.setAttribute("height", side);
        }
        var number = el("b"), label = el("span", { "class": "ob-sr" });
        return { key: counter.key, number: number, label: label, cell: el("span", { "class": "ob-wall-counter" }, [drawing, number, label]) };
      });
      box.replaceChildren.apply(box, cells.map(function (one) { return one.cell; }));
      if (ob.screen.isReady()) { paint(ob.screen.view()); }
    }
    function paint(view) {
      cells.forEach(function (one) {
        var n = view.counters[one.key];
        dom.setText(one.number, ob.number(n));
        dom.setText(one.label, " " + ob.t("count." + one.key, { n: n }));
        one.cell.classList.toggle("is-zero", n === 0);
      });
    }
    ob.ready.then(function () {
      if (isGone) { return; }
      draw();
      stops.push(ob.screen.onView(paint), ob.wall.onResize(draw));
    });
    return function () { isGone = true; stops.forEach(function (stop) { stop(); }); };
  });

  /* Foot --------------------------------------------------------------------------- */

  function two(n) { return (n < 10 ? "0" : "") + n; }

  ob.mount("wall-foot", function (box) {
    var stop = null, isGone = false, banner = null;
    ob.ready.then(function () {
      if (isGone) { return; }
      var age = el("span"), sources = el("span"), ageMark = el("span"), sourcesMark = el("span");
      box.replaceChildren(el("span", { "class": "ob-wall-state" }, [ageMark, age]),
        el("span", { "class": "ob-wall-state is-sources" }, [sourcesMark, sources]));
      var last = "";
      stop = ob.screen.onTick(function (now) {
        var live = ob.live, isFrozen = (Date.now() - live.lastHeardAt) / 1000 > FROZEN_AFTER_S;
        var heardAt = live.lastHeardAt / 1000 + (live.clockOffset || 0);
        watchdog(isFrozen);
        if (!ob.screen.store.isLoaded) {
          banner = warn(banner, live.storage === "away" ? ob.t("wall.away.first") : isFrozen ? ob.t("wall.unavailable") : "");
          return;
        }
        var sum = ob.freshness.summary(ob.screen.store.sources, now);
        var isStored = live.storage === "ok" || live.state !== "live", shownAt = isStored ? heardAt : live.pictureAt;
        var seconds = html.dataset.obLayout === "large" ? ":" + two(Math.floor(shownAt) % 60) : "";
        dom.setText(age, ob.t("wall.data", { time: ob.clock.time(shownAt) + seconds }));
        dom.setText(sources, ob.t("fresh.sources", { ok: sum.ok, all: sum.all }));
        banner = warn(banner, isFrozen ? ob.t("wall.frozen", { time: ob.clock.time(heardAt) })
          : isStored ? "" : ob.t("wall." + live.storage, { time: ob.clock.time(live.pictureAt) }));
        var isOld = isFrozen || !isStored, level = sum.failing ? "failing" : sum.late ? "late" : "ok";
        if (last === isOld + level) { return; }
        last = isOld + level;
        box.dataset.level = level;
        ageMark.replaceChildren(dom.icon(isOld ? "xcircle" : "checkcircle", isOld ? "is-failing" : "is-ok"));
        sourcesMark.replaceChildren(dom.icon({ failing: "xcircle", late: "clockf", ok: "checkcircle" }[level]));
      });
    });
    return function () { isGone = true; if (stop) { stop(); } if (banner) { banner.remove(); } };
  });

  function warn(banner, text) {
    if (!text) { if (banner) { banner.remove(); } return null; }
    var shown = banner || el("div", { "class": "ob-wall-frozen", role: "alert", data: { obScreen: "wall" } });
    if (!banner) {
      document.body.append(shown);
      shown.style.setProperty("--ob-wall", ob.wall.measure().type + "px");
    }
    dom.setText(shown, text);
    return shown;
  }
})(typeof window === "undefined" ? globalThis : window);
