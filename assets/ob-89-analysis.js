/* The analysis in the browser: charts and rows that filter, the order of the districts, the map's way of counting, files. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /**
   * Returns rows in the order of one column: `rows` hold a value or null. Rows without one (too few events for a rate)
   * take no place: they stay last, in the order of the city.
   */
  function ordered(rows, isRising) {
    var told = rows.filter(function (row) { return row.value !== null; });
    var rest = rows.filter(function (row) { return row.value === null; });
    told.sort(function (one, other) {
      return (isRising ? 1 : -1) * (one.value - other.value) || one.place - other.place;
    });
    return told.concat(rest.sort(function (one, other) { return one.place - other.place; }));
  }

  /** Returns what `cat=` holds after a click on these kinds: the same again takes the filter away. */
  function toggled(current, kinds) {
    var wanted = kinds.slice().sort().join(","), held = current.slice().sort().join(",");
    return wanted === held ? null : kinds.join(",");
  }

  ob.analysis = { ordered: ordered, toggled: toggled };
  if (typeof module === "object" && module.exports) { module.exports = ob.analysis; }
  if (typeof document === "undefined") { return; }

  var orders = { district: true };

  function sort(button) {
    var name = button.dataset.obSort, table = button.closest("table"), body = table.tBodies[0], head = button.closest("th");
    var isRising = head.getAttribute("aria-sort") === "none" ? Boolean(orders[name]) : head.getAttribute("aria-sort") === "descending";
    table.querySelectorAll("[aria-sort]").forEach(function (one) { one.setAttribute("aria-sort", "none"); });
    head.setAttribute("aria-sort", isRising ? "ascending" : "descending");
    var rows = Array.from(body.rows).map(function (row) {
      var value = row.getAttribute("data-ob-order-" + name);
      return { row: row, value: value === "" ? null : Number(value), place: Number(row.getAttribute("data-ob-order-district")) };
    });
    ordered(rows, isRising).forEach(function (one) { body.append(one.row); });
  }

  function press(button) {
    button.parentElement.querySelectorAll("button").forEach(function (one) {
      one.setAttribute("aria-pressed", String(one === button));
    });
  }

  function count(button) {
    var map = button.closest(".ob-as-chart").querySelector(".ob-district-map");
    map.dataset.mode = button.dataset.obMapMode;
    press(button);
  }

  function compare(button) {
    press(button);
    ob.url.write({ cmp: button.dataset.obCompare === "annee" ? "annee" : null }, { push: true });
  }

  function filterKinds(kinds) {
    ob.url.write({ cat: toggled(ob.url.read(window.location.search).cat, kinds) }, { push: true });
  }

  function fileAddress(link) {
    var query = ob.exports.query(window.location.search, { page: "analyse", lang: document.documentElement.lang });
    var isYear = new URLSearchParams(window.location.search).get("cmp") === "annee";
    link.setAttribute("href", "/api/analysis/" + link.dataset.obPanel + ".csv" + query + (isYear ? "&compare=year" : ""));
  }

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    var hit = target && target.closest("[data-ob-sort], [data-ob-map-mode], [data-ob-compare], [data-ob-filter-category], [data-ob-panel], [data-ob-image], [data-ob-drawing]");
    if (!hit || !hit.closest(".ob-analysis, .ob-analysis-lead")) { return; }
    if (hit.dataset.obSort) { sort(hit); }
    else if (hit.dataset.obMapMode) { count(hit); }
    else if (hit.dataset.obCompare) { compare(hit); }
    else if (hit.dataset.obPanel) { fileAddress(hit); }
    else if (hit.dataset.obDrawing) { ob.pictures.saveDrawing(hit.dataset.obDrawing, hit.closest("figure")); }
    else if (hit.dataset.obImage) { ob.pictures.save(hit.dataset.obImage); }
    else { event.preventDefault(); filterKinds([hit.dataset.obFilterCategory]); }
  });

  var clientside = window.dash_clientside = window.dash_clientside || {};
  clientside.ob = Object.assign(clientside.ob || {}, {
    /** Filters by the families of the bar that was clicked. */
    filterByBar: function (click) {
      var kinds = click && click.points && click.points[0] && click.points[0].customdata;
      if (typeof kinds === "string" && kinds) { filterKinds(kinds.split(",")); }
      return window.dash_clientside.no_update;
    }
  });
})(typeof window === "undefined" ? globalThis : window);
