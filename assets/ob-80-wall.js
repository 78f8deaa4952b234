/* The wall display: type sized by distance, clock, counters, the five events that matter, age of the picture, day and night. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var FROZEN_AFTER_S = 120;
  var MOST_ROWS = 5;

  /** Returns the smallest useful type in px: 16 minutes of arc at `distance` m on a 16:9 screen of `diagonal` inches. */
  function smallestType(distance, diagonal, widthPx) {
    var pitch = diagonal * 25.4 * 16 / Math.hypot(16, 9) / widthPx;
    return Math.ceil(distance * 1000 * Math.tan(16 / 60 * Math.PI / 180) / pitch / 0.668);
  }

  /** Returns {distance, diagonal} of a query string; what makes no sense takes the default (4 m, 55 inches). */
  function readScreen(search) {
    var query = new URLSearchParams(search || "");
    function within(key, low, high, usual) {
      var value = parseFloat(query.get(key));
      return value >= low && value <= high ? value : usual;
    }
    return { distance: within("distance", 0.5, 30, 4), diagonal: within("diagonale", 10, 300, 55) };
  }

  /** Returns where the picture sits after some minutes: four pixels around, so that no edge burns in. */
  function pixelShift(minutes) {
    var steps = [[0, 0], [4, 0], [4, 4], [0, 4], [-4, 4], [-4, 0], [-4, -4], [0, -4], [4, -4]];
    return steps[Math.floor(minutes / 3) % steps.length];
  }

  /** Returns the rows for the wall: ongoing from moderate up, most severe first, and how many moderate ones stay unsaid. */
  function wallRows(ongoing, limit) {
    var worthy = ongoing.filter(function (row) { return row.sev >= 2; });
    return { rows: worthy.slice(0, limit), unsaid: worthy.slice(limit).length };
  }

  /**
   * Returns a text short enough for the wall: its first clause, else `instead`. Half a clause ("à hauteur de la") says
   * nothing, and an ellipsis cannot be opened from four metres.
   */
  function shortened(text, most, instead) {
    var whole = String(text || "").trim();
    if (whole.length <= most) { return whole; }
    var head = whole.split(/\s*[,(;:]\s*|\s+[–—→]\s+/)[0];
    return head.length <= most ? head : instead;
  }

  ob.wall = { smallestType: smallestType, readScreen: readScreen, pixelShift: pixelShift, wallRows: wallRows, shortened: shortened };
  if (typeof module === "object" && module.exports) { module.exports = ob.wall; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el, html = document.documentElement;
  var startedAt = Date.now();

  function size() {
    var seen = readScreen(window.location.search);
    return smallestType(seen.distance, seen.diagonal, window.innerWidth);
  }

  function unit() { return size() / 44; }

  function applySize() {
    var type = size();
    document.querySelectorAll("[data-ob-screen=wall]").forEach(function (node) {
      node.style.setProperty("--ob-wall", type + "px");
      node.style.setProperty("--ob-mk-scale", String(Math.round(1.75 * type / 44 * 100) / 100));
    });
  }

  /* Clock ------------------------------------------------------------------ */

  ob.mount("wall-clock", function (box) {
    var stops = [], isGone = false;
    applySize();
    window.addEventListener("resize", applySize);
    ob.ready.then(function () {
      if (isGone) { return; }
      var time = el("span", { "class": "ob-wall-time" }), day = el("b"), scene = el("span", { text: ob.t("wall.scene.situation") });
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
      html.style.removeProperty("--ob-wall");
      html.style.removeProperty("--ob-mk-scale");
      document.body.style.removeProperty("transform");
      delete html.dataset.obNight;
      delete html.dataset.obSide;
      stops.forEach(function (stop) { stop(); });
    };
  });

  // Against burn-in: a shift every three minutes, sides swapped every hour, dimmed at night.
  function settle(now) {
    var shift = pixelShift((Date.now() - startedAt) / 60000), hour = parseInt(ob.clock.time(now), 10);
    document.body.style.transform = "translate(" + shift[0] + "px," + shift[1] + "px)";
    html.dataset.obNight = hour >= 22 || hour < 6 ? "yes" : "no";
    html.dataset.obSide = Math.floor((Date.now() - startedAt) / 3600000) % 2 ? "left" : "right";
    if (ob.clock.time(now) === "04:10" && Date.now() - startedAt > 120000) { reload(); }
  }

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

  /* Counters ----------------------------------------------------------------- */

  ob.mount("wall-counters", function (box) {
    var stop = null, isGone = false;
    ob.ready.then(function () {
      if (isGone) { return; }
      var cells = ob.counters.COUNTERS.slice(0, 5).map(function (counter, index) {
        var drawing = counter.draw();
        if (index < 3) {
          var side = [62, 63, 54][index] * unit();
          drawing.setAttribute("width", side);
          drawing.setAttribute("height", side);
        }
        var number = el("b"), label = el("span", { "class": "ob-sr" });
        return { key: counter.key, number: number, label: label, cell: el("span", { "class": "ob-wall-counter" }, [drawing, number, label]) };
      });
      box.replaceChildren.apply(box, cells.map(function (one) { return one.cell; }));
      stop = ob.screen.onView(function (view) {
        cells.forEach(function (one) {
          var n = view.counters[one.key];
          dom.setText(one.number, ob.number(n));
          dom.setText(one.label, " " + ob.t("count." + one.key, { n: n }));
          one.cell.classList.toggle("is-zero", n === 0);
        });
      });
    });
    return function () { isGone = true; if (stop) { stop(); } };
  });

  /* List ------------------------------------------------------------------------ */

  ob.mount("wall-list", function (box) {
    var stop = null, isGone = false;
    ob.ready.then(function () {
      if (isGone) { return; }
      var last = "";
      function paint(view) {
        var signature = [view.lists.ongoing.map(function (row) { return row.id + row.v; }).join(), window.innerHeight,
          Math.floor(view.t / 60)].join("|");
        if (signature === last) { return; }
        last = signature;
        draw(box, view);
      }
      stop = ob.screen.onView(paint);
    });
    return function () { isGone = true; if (stop) { stop(); } };
  });

  // As many rows as fit, five at most: no scroll, no ellipsis.
  function draw(box, view) {
    for (var limit = MOST_ROWS; limit >= 1; limit--) {
      var chosen = wallRows(view.lists.ongoing, limit);
      var lines = chosen.rows.map(function (row) { return line(row, view); });
      if (chosen.unsaid) { lines.push(more(chosen.unsaid)); }
      if (!lines.length) { lines.push(el("p", { "class": "ob-wall-more", text: ob.t("wall.none") })); }
      box.replaceChildren.apply(box, lines);
      if (box.scrollHeight <= box.clientHeight + 1) { return; }
    }
  }

  function more(n) {
    return el("div", { "class": "ob-wall-row is-more" }, [
      el("span", { "class": "ob-wall-mark" }, [dom.mark({ severity: 2, icon: "warn", family: "secu", state: "ongoing" }, 1.5 * unit())]),
      el("p", { text: ob.t("wall.more", { n: n }) })]);
  }

  function line(row, view) {
    var mark = dom.mark(ob.lookOf(row, view.phases.get(row.id)), 1.62 * unit());
    var category = ob.category(row.cat).name, name = shortened(row.ti, 20, shortened(category, 20, category));
    var period = ob.view.periodAt(row, view.t);
    var when = !period ? "" : period[1] === null ? ob.t("wall.since", { time: wallTime(period[0], view.t) })
      : ob.t("wall.until", { time: wallTime(period[1], view.t) });
    var place = shortened(row.pl || ob.districts(row.ds), 18, ob.districts(row.ds));
    return el("div", { "class": "ob-wall-row s" + row.sev }, [
      el("span", { "class": "ob-wall-mark" }, [mark]),
      el("div", {}, [el("h2", { text: name }), el("p", {}, [el("b", { text: place }), (place && when ? ", " : "") + when])])
    ]);
  }

  // Within twelve hours the hour is enough; the day costs a line at this size.
  function wallTime(at, t) { return Math.abs(at - t) < 43200 ? ob.clock.time(at) : ob.texts.near(at, t, ob.clock); }

  /* Foot --------------------------------------------------------------------------- */

  ob.mount("wall-foot", function (box) {
    var stop = null, isGone = false, banner = null;
    ob.ready.then(function () {
      if (isGone) { return; }
      var age = el("span"), sources = el("span"), ageMark = el("span"), sourcesMark = el("span");
      box.replaceChildren(el("span", { "class": "ob-wall-state" }, [ageMark, age]),
        el("span", { "class": "ob-wall-state is-sources" }, [sourcesMark, sources]));
      var last = "";
      stop = ob.screen.onTick(function (now) {
        if (!ob.screen.store.isLoaded) {
          banner = warn(banner, ob.live.storage === "away" ? ob.t("wall.away.first") : "");
          return;
        }
        var sum = ob.freshness.summary(ob.screen.store.sources, now);
        var silence = (Date.now() - ob.live.lastHeardAt) / 1000, isFrozen = silence > FROZEN_AFTER_S;
        var isStored = ob.live.storage === "ok" || ob.live.state !== "live";
        var heardAt = ob.live.lastHeardAt / 1000 + (ob.live.clockOffset || 0);
        dom.setText(age, ob.t("wall.data", { time: ob.clock.time(isStored ? heardAt : ob.live.pictureAt) }));
        dom.setText(sources, ob.t("fresh.sources", { ok: sum.ok, all: sum.all }));
        banner = warn(banner, isFrozen ? ob.t("wall.frozen", { time: ob.clock.time(heardAt) })
          : isStored ? "" : ob.t("wall." + ob.live.storage, { time: ob.clock.time(ob.live.pictureAt) }));
        if (isFrozen && silence > 5 * FROZEN_AFTER_S) { reload(); }
        var level = (isFrozen || !isStored ? "frozen" : "ok") + (sum.failing ? "failing" : sum.late ? "late" : "ok");
        if (last === level) { return; }
        last = level;
        box.dataset.level = sum.failing ? "failing" : sum.late ? "late" : "ok";
        ageMark.replaceChildren(dom.icon(isFrozen || !isStored ? "xcircle" : "checkcircle", isFrozen || !isStored ? "is-failing" : "is-ok"));
        sourcesMark.replaceChildren(dom.icon(sum.failing ? "xcircle" : sum.late ? "clockf" : "checkcircle"));
      });
    });
    return function () { isGone = true; if (stop) { stop(); } if (banner) { banner.remove(); } };
  });

  function warn(banner, text) {
    if (!text) { if (banner) { banner.remove(); } return null; }
    var shown = banner || el("div", { "class": "ob-wall-frozen", role: "alert", data: { obScreen: "wall" } });
    if (!banner) {
      document.body.append(shown);
      applySize();
    }
    dom.setText(shown, text);
    return shown;
  }
})(typeof window === "undefined" ? globalThis : window);
