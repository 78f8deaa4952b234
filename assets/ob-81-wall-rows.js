/* What a wall says of events in few words: the list of the worst ones, what comes next, the next 24 hours. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var DAY = 86400, STEP = 10800;
  var MOST = { compact: { list: 5, next: 0, day: 13 }, large: { list: 8, next: 2, day: 6 } };
  var JOINING = /^(?:de|du|des|d|la|le|les|l|en|et|à|au|aux|par|pour|sur|of|the|and|in|[–-])$/i;
  var SHORT = [[/^Boulevard\b/i, "Bd"], [/^Avenue\b/i, "Av."], [/^Autoroute\b/i, "Aut."], [/^Rond-point\b/i, "Rd-pt"]];

  /** Returns the rows worth a line on the wall: ongoing from moderate up, most severe first; the first `limit`, and all. */
  function wallRows(ongoing, limit) {
    var worthy = ongoing.filter(function (row) { return row.sev >= 2; });
    return { rows: worthy.slice(0, limit), worthy: worthy };
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

  /** Returns a name of a road or a source short enough: kinds of road shortened, joining words left out, then last words. */
  function brief(name, most) {
    var text = SHORT.reduce(function (said, pair) { return said.replace(pair[0], pair[1]); }, String(name || "").trim());
    if (text.length <= most) { return text; }
    var words = text.split(/[\s,]+/), full = words.filter(function (word) { return !JOINING.test(word); });
    if (full.join(" ").length <= most) { return full.join(" "); }
    while (words.length > 1 && (words.join(" ").length > most || JOINING.test(words[words.length - 1]))) { words.pop(); }
    return words.join(" ").slice(0, most);
  }

  /**
   * Returns what is worth a line in the day from `from` on, seen at t, in order of their start: half of them for what is
   * under way and half for what comes, most severe first. What neither begins nor ends in that day says nothing about it
   * unless it is major; of the less severe ones only what gathers people counts.
   */
  function dayRows(rows, from, t, most, familyOf, periodAt) {
    var to = from + DAY, isBegun = function (one) { return one.period[0] <= t; };
    var worthy = rows.map(function (row) { return { row: row, period: periodAt(row, t) }; }).filter(function (one) {
      var start = one.period && one.period[0], end = one.period && one.period[1], family = familyOf(one.row.cat);
      if (!one.period || start >= to || end !== null && end <= t) { return false; }
      var changes = start > t || end !== null && end < to;
      return one.row.sev >= 3 || changes && (one.row.sev >= 2 || family === "rass" || family === "fete");
    }).sort(function (a, b) { return b.row.sev - a.row.sev || a.period[0] - b.period[0]; });
    var begun = worthy.filter(isBegun), coming = worthy.filter(function (one) { return !isBegun(one); });
    var room = Math.max(Math.ceil(most / 2), most - coming.length), shown = begun.slice(0, room);
    return shown.concat(coming.slice(0, most - shown.length))
      .sort(function (a, b) { return a.period[0] - b.period[0] || b.row.sev - a.row.sev; });
  }

  ob.wallRows = { wallRows: wallRows, shortened: shortened, brief: brief, dayRows: dayRows };
  if (typeof module === "object" && module.exports) { module.exports = ob.wallRows; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el, html = document.documentElement;

  function most(what) { return MOST[html.dataset.obLayout === "large" ? "large" : "compact"][what]; }

  /**
   * Calls `draw(box, view)` for a panel when its scene, its size, its minute or an event changes, and never while it is not
   * shown; returns the mount's way out.
   */
  ob.wall.panel = function (id, draw) {
    ob.mount(id, function (box) {
      var stops = [], isGone = false, last = "";
      function paint(view) {
        if (!box.offsetParent) { last = ""; return; }
        var key = [view.shown.map(function (row) { return row.id + row.v; }).join(), Math.floor(view.t / 20), box.clientWidth,
          box.clientHeight, html.dataset.obTemplate, html.dataset.obLayout].join("|");
        if (key === last) { return; }
        last = key;
        draw(box, view);
      }
      ob.ready.then(function () {
        if (isGone) { return; }
        function again() { last = ""; if (ob.screen.isReady()) { paint(ob.screen.view()); } }
        stops.push(ob.screen.onView(paint), ob.wall.onResize(again), ob.wall.onScene(again));
        document.fonts.ready.then(function () { if (!isGone) { again(); } }); // rows of other letters had another height
      });
      return function () { isGone = true; stops.forEach(function (stop) { stop(); }); };
    });
  };

  /** Puts head and rows into a panel, as many as fit, and at its end what `rest(n)` says of the n left out. No scroll. */
  ob.wall.fit = function (box, head, rows, rest) {
    function fits(n) {
      var tail = rest && rest(rows.length - n);
      box.replaceChildren.apply(box, [head].concat(rows.slice(0, n), [tail]).filter(Boolean));
      return box.scrollHeight <= box.clientHeight + 1;
    }
    if (fits(rows.length)) { return rows.length; }
    // Each try lays the panel out: the first begins where the rows leave it.
    var edge = box.getBoundingClientRect().bottom;
    var inside = rows.filter(function (row) { return row.getBoundingClientRect().bottom <= edge + 1; }).length;
    for (var n = Math.min(inside, rows.length - 1); n > 0; n--) {
      if (fits(n)) { return n; }
    }
    fits(0);
    return 0;
  };

  ob.wall.title = function (key) { return el("h2", { "class": "ob-wall-title", text: ob.t(key) }); };

  /* List and what comes next --------------------------------------------------- */

  ob.wall.panel("wall-list", function (box, view) {
    var chosen = wallRows(view.lists.ongoing, most("list"));
    var rows = chosen.rows.map(function (row) { return line(row, view); });
    var head = ob.wall.title("wall.major");
    head.classList.toggle("ob-sr", html.dataset.obLayout !== "large");
    if (!rows.length) { rows.push(el("p", { "class": "ob-wall-more", text: calm() })); }
    ob.wall.fit(box, head, rows, function (left) {
      var unsaid = chosen.worthy.slice(rows.length - left);
      return unsaid.length ? more(unsaid) : null;
    });
  });

  // An empty list beside a silent source must not look calm.
  function calm() {
    var sum = ob.freshness.summary(ob.screen.store.sources, ob.live.now());
    return ob.t("wall.none") + (sum.ok < sum.all ? " (" + ob.t("fresh.sources", { ok: sum.ok, all: sum.all }) + ")" : "");
  }

  ob.wall.panel("wall-next", function (box, view) {
    var soon = view.lists.planned.filter(function (row) {
      var period = ob.view.periodAt(row, view.t);
      return row.sev >= 1 && period && period[0] - view.t < DAY;
    }).slice(0, most("next"));
    var rows = soon.map(function (row) { return nextLine(row, view); });
    if (!rows.length) { rows.push(el("p", { "class": "ob-wall-more", text: ob.t("wall.next.none") })); }
    ob.wall.fit(box, ob.wall.title("wall.next"), rows);
  });

  // Major ones that have no room are not called moderate.
  function more(unsaid) {
    var worst = Math.max.apply(null, unsaid.map(function (row) { return row.sev; }));
    return el("div", { "class": "ob-wall-row is-more" }, [
      el("span", { "class": "ob-wall-mark" }, [dom.mark({ severity: worst, icon: "warn", family: "secu", state: "ongoing" }, 1.5 * ob.wall.unit())]),
      el("p", { text: ob.t(worst > 2 ? "wall.others" : "wall.more", { n: unsaid.length }) })]);
  }

  function nameOf(row, length) {
    var category = ob.category(row.cat).name;
    return shortened(row.ti, length, shortened(category, length, brief(category, length)));
  }

  function lineOf(row, view, parts) {
    return el("div", { "class": "ob-wall-row s" + row.sev, data: { id: row.id } }, [
      el("span", { "class": "ob-wall-mark" }, [dom.mark(ob.lookOf(row, view.phases.get(row.id)), 1.62 * ob.wall.unit())]),
      el("div", {}, [el("h3", { text: nameOf(row, 20) }), el("p", {}, parts)])
    ]);
  }

  function line(row, view) {
    var period = ob.view.periodAt(row, view.t);
    var when = !period ? "" : period[1] === null ? ob.t("wall.since", { time: wallTime(period[0], view.t) })
      : ob.t("wall.until", { time: wallTime(period[1], view.t) });
    var place = shortened(row.pl || ob.districts(row.ds), 18, ob.districts(row.ds));
    if (row.info === "exercise") { place = ob.t("tag.exercise"); }
    return lineOf(row, view, [el("b", { text: place }), (place && when ? ", " : "") + when]);
  }

  function nextLine(row, view) {
    var place = shortened(row.pl || ob.districts(row.ds), 18, ob.districts(row.ds));
    if (row.info === "exercise") { place = ob.t("tag.exercise"); }
    return lineOf(row, view, [el("b", { text: wallTime(ob.view.periodAt(row, view.t)[0], view.t) }), place ? ", " + place : ""]);
  }

  // Within twelve hours the hour is enough; the day costs a line at this size.
  function wallTime(at, t) { return Math.abs(at - t) < DAY / 2 ? ob.clock.time(at) : ob.texts.near(at, t, ob.clock); }

  /* The next 24 hours ------------------------------------------------------------- */

  function dayName(row) { return row.info === "exercise" ? ob.t("tag.exercise") : nameOf(row, 17); }

  // The whole three hours of the city's clock, one hour behind us at least.
  function dayStart(t) {
    var parts = ob.clock.time(t - 3600).split(":").map(Number);
    return Math.floor((t - 3600 - (parts[0] % 3 * 60 + parts[1]) * 60) / 60) * 60;
  }

  ob.wall.panel("wall-day", function (box, view) {
    var from = dayStart(view.t), familyOf = function (id) { return ob.category(id).family; };
    function share(at) { return Math.max(0, Math.min(100, 100 * (at - from) / DAY)) + "%"; }
    var chosen = dayRows(view.lists.ongoing.concat(view.lists.planned), from, view.t, most("day"), familyOf, ob.view.periodAt);
    var hours = el("div", { "class": "ob-wall-hours" }), grid = el("div", { "class": "ob-wall-grid", "aria-hidden": "true" });
    for (var at = from; at <= from + DAY; at += STEP) {
      var hour = el("span", { text: ob.t("wall.hour", { h: String(parseInt(ob.clock.time(at), 10)) }) }), mark = el("i");
      hour.style.left = mark.style.left = share(at);
      hours.append(hour);
      grid.append(mark);
    }
    var now = el("i", { "class": "is-now" });
    now.style.left = share(view.t);
    grid.append(now);
    ob.wall.fit(box, el("div", { "class": "ob-wall-scale" }, [hours, grid]), chosen.map(function (one) {
      var row = one.row, isPlanned = one.period[0] > view.t, end = one.period[1];
      var bar = el("i", { "class": "ob-wall-bar s" + row.sev + " f-" + familyOf(row.cat) + (isPlanned ? " is-planned" : "") });
      bar.style.left = share(one.period[0]);
      bar.style.right = "calc(100% - " + share(end === null ? from + DAY : end) + ")";
      return el("div", { "class": "ob-wall-lane" }, [el("b", { text: dayName(row) }), el("span", { "class": "ob-wall-track" }, [bar,
        el("span", { "class": "ob-sr", text: ob.texts.rangeText(one.period, view.t, ob.clock, ob.t) })])]);
    }));
  });
})(typeof window === "undefined" ? globalThis : window);
