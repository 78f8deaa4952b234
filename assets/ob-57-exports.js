/* The menu "Export": its addresses are those of the view on the screen, with the keys of /api/exports. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STATUSES = { en_cours: "ongoing", prevu: "planned", termine: "ended", a_confirmer: "to_confirm" };
  var NAMES = { csv: "events.csv", geojson: "events.geojson", ics: "events.ics", atom: "events.atom", cifs: "cifs.xml",
    datex2: "datex2.xml", cap: "warnings.atom" };
  var ANALYSED = { du: "-28j", au: "+0h" };

  /**
   * Returns the query of an export for a view: relative dates stay relative. The analysis has its own usual dates and
   * looks at every status.
   */
  function query(search, options) {
    var state = ob.url.read(search), given = new URLSearchParams(search || ""), told = new URLSearchParams();
    var isAnalysis = options.page === "analyse";
    told.set("from", isAnalysis && !given.has("du") ? ANALYSED.du : state.du);
    told.set("to", isAnalysis && !given.has("au") ? ANALYSED.au : state.au);
    [["arr", "district"], ["cat", "category"], ["org", "organisation"]].forEach(function (pair) {
      if (state[pair[0]].length) { told.set(pair[1], state[pair[0]].join(",")); }
    });
    if (state.grav) { told.set("severity", String(state.grav)); }
    if (!isAnalysis) { told.set("status", state.statut.map(function (one) { return STATUSES[one]; }).join(",")); }
    if (state.q) { told.set("q", state.q); }
    if (options.lang && options.lang !== "fr") { told.set("lang", options.lang); }
    if (options.isRestricted) { told.set("restreints", "1"); }
    return "?" + told.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
  }

  ob.exports = { query: query };
  if (typeof module === "object" && module.exports) { module.exports = ob.exports; }
  if (typeof document === "undefined") { return; }

  ob.mount("exports", function (menu) {
    var bar = menu.closest("[data-page]"), box = menu.querySelector("input[type=checkbox]");

    function address(key, isRestricted) {
      return "/api/exports/" + NAMES[key] + query(window.location.search, {
        page: bar.dataset.page, lang: document.documentElement.lang, isRestricted: isRestricted });
    }

    function write() {
      menu.querySelectorAll("[data-ob-export]").forEach(function (link) {
        link.setAttribute("href", address(link.dataset.obExport, Boolean(box && box.checked)));
      });
    }

    // A subscription stays with whoever gets its address: it never asks for restricted events.
    function onClick(event) {
      var hit = event.target.closest("[data-ob-export-address]");
      if (hit) { ob.filters.copyText(window.location.origin + address(hit.dataset.obExportAddress, false), ob.t("view.copied")); }
    }

    menu.addEventListener("click", onClick);
    menu.addEventListener("change", write);
    menu.addEventListener("toggle", write);
    write();
    return ob.url.onChange(write);
  });
})(typeof window === "undefined" ? globalThis : window);
