/* The wall's panels beside the events: traffic by axis, the passages of a march, the sources. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var RANK = ["closed", "congested", "slow"];
  var STATES = { ok: "checkcircle", failing: "xcircle", never: "question", paused: "pausecircle" };

  /** Returns {rows, unknown}: the disturbed roads, worst first, and how many roads nobody tells of. */
  function disturbed(roads) {
    return {
      rows: roads.filter(function (road) { return RANK.indexOf(road.state) >= 0; }).sort(function (a, b) {
        return RANK.indexOf(a.state) - RANK.indexOf(b.state) || (a.road.sp || 0) - (b.road.sp || 0) || (a.name < b.name ? -1 : 1);
      }),
      unknown: roads.filter(function (road) { return road.state === "unknown"; }).length
    };
  }

  /** Returns the march to speak of: under way, most severe first; null when there is none. */
  function marchOf(ongoing, familyOf) {
    var moving = ongoing.filter(function (row) { return row.rt && row.rt.length > 1; });
    return moving.find(function (row) { return familyOf(row.cat) === "rass"; }) || moving[0] || null;
  }

  ob.wallPanels = { disturbed: disturbed, marchOf: marchOf };
  if (typeof module === "object" && module.exports) { module.exports = ob.wallPanels; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el, html = document.documentElement;

  function note(text) { return el("p", { "class": "ob-wall-more", text: text }); }
  function isLarge() { return html.dataset.obLayout === "large"; }

  /* Traffic ------------------------------------------------------------------ */

  ob.wall.panel("wall-traffic", function (box, view) {
    ob.roadsNow(view.t).then(function (roads) {
      if (!box.isConnected) { return; }
      var found = disturbed(roads), rows = found.rows.map(roadLine);
      if (!rows.length) { rows.push(note(ob.t("wall.traffic.none"))); }
      ob.wall.fit(box, ob.wall.title("wall.traffic"), rows, function (left) {
        if (left) { return note(ob.t("wall.traffic.more", { n: left })); }
        return found.unknown ? note(ob.t("wall.traffic.unknown", { n: found.unknown })) : null;
      });
    }).catch(function () { box.replaceChildren(ob.wall.title("wall.traffic"), note(ob.t("wall.unavailable"))); });
  });

  function roadLine(road) {
    var speed = road.state !== "closed" && typeof road.road.sp === "number" ? Math.round(road.road.sp) : null;
    return el("div", { "class": "ob-wall-road" }, [el("span", { text: ob.wallRows.brief(road.name, isLarge() ? 19 : 18) }),
      dom.trafficSample(road.state), el("b", { text: speed === null ? ob.trafficWord(road.state) : ob.t("wall.speed", { n: speed }) }),
      speed === null ? null : el("span", { "class": "ob-sr", text: ob.trafficWord(road.state) })]);
  }

  /* March ----------------------------------------------------------------------- */

  ob.wall.panel("wall-march", function (box, view) {
    var head = ob.wall.title("wall.march"), row = marchOf(view.lists.ongoing, function (id) { return ob.category(id).family; });
    var way = row && ob.passage.passage(row, view.t);
    if (!way) { ob.wall.fit(box, head, [note(ob.t("wall.march.none"))]); return; }
    var points = way.points.filter(function (point) { return point.at !== null; });
    var passed = points.filter(function (point) { return point.isPassed; }).length;
    var delay = ob.passage.delayOf(row.rt), rows = points.map(function (point, index) { return passage(point, index === passed - 1); });
    if (delay !== null && delay >= 60) { rows.push(note(ob.t("wall.march.late", { age: ob.age(delay) }))); }
    // Where room is short, what is behind the head goes first.
    for (var n = rows.length; n > 0 && ob.wall.fit(box, head, rows) < n; n--) { rows.shift(); }
  });

  function passage(point, isHead) {
    var dot = el("i", { "class": "ob-wall-dot" + (isHead ? " is-head" : point.isPassed ? " is-passed" : "") });
    return el("div", { "class": "ob-wall-passage" + (point.isPassed && !isHead ? " is-passed" : "") }, [dot,
      el("b", { text: ob.clock.time(point.at) }),
      el("span", {}, [ob.wallRows.brief(point.l, 16), isHead ? el("b", { text: " (" + ob.t("wall.head") + ")" }) : null])]);
  }

  /* Sources --------------------------------------------------------------------- */

  var ORDER = ["failing", "never", "late", "ok"];

  function stateOf(source, now) {
    var state = ob.freshness.stateOf(source, now);
    return state === "ok" || state === "failing" || state === "never" ? state : "late";
  }

  ob.wall.panel("wall-sources", function (box) {
    var now = ob.live.now(), isWhole = html.dataset.obTemplate === "sources";
    var known = ob.screen.store.sources.filter(function (source) { return source.state !== "paused"; })
      .map(function (source) { return { source: source, state: stateOf(source, now) }; });
    known.sort(function (a, b) { return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.source.ti < b.source.ti ? -1 : 1); });
    var good = known.filter(function (one) { return one.state === "ok"; }).length;
    var rows = known.filter(function (one) { return isWhole || one.state !== "ok"; }).map(function (one) { return sourceLine(one, now, isWhole); });
    var total = line("ok", ob.t("fresh.ok"), ob.number(good));
    box.classList.toggle("is-whole", isWhole);
    ob.wall.fit(box, ob.wall.title("wall.sources"), isWhole ? rows : [total].concat(rows), function (left) {
      return left ? note(ob.t("wall.sources.more", { n: left })) : null;
    });
  });

  function sourceLine(one, now, isWhole) {
    var heard = one.source.at || one.source.ok, name = ob.wallRows.brief(one.source.ti, 28);
    var text = one.state === "ok" ? name : ob.t("wall.source." + one.state, { name: ob.wallRows.brief(one.source.ti, isWhole ? 18 : 14) });
    return line(one.state, text, heard ? ob.age(now - heard) : "–");
  }

  function line(state, text, value) {
    return el("div", { "class": "ob-wall-source is-" + state }, [dom.icon(STATES[state] || "clockf"), el("span", { text: text }), el("b", { text: value })]);
  }
})(typeof window === "undefined" ? globalThis : window);
