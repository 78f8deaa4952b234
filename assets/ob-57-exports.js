/* The menu "Export": its addresses are those of the view on the screen, with the keys of /api/exports; what takes a while. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STATUSES = { en_cours: "ongoing", prevu: "planned", termine: "ended", a_confirmer: "to_confirm" };
  var PATHS = { csv: "exports/events.csv", geojson: "exports/events.geojson", ics: "exports/events.ics", atom: "exports/events.atom",
    cifs: "exports/cifs.xml", datex2: "exports/datex2.xml", cap: "exports/warnings.atom", situation: "reports/situation.pdf", analysis: "reports/analysis.pdf" };
  var ANALYSED = { du: "-28j", au: "+0h" };

  /**
   * Returns the query of an export for a view: relative dates stay relative. The analysis has its own usual dates and
   * looks at every status. `hasMoment`: what it gives can show the moment of the cursor; `isKnown`: the screen
   * shows what was known, not only its address asks for it.
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
    if (isAnalysis && given.get("cmp") === "annee" && options.isCompared) { told.set("compare", "year"); }
    if (options.isKnown && state.connu) { told.set("known_at", state.connu); }
    if (options.hasMoment && state.t) { told.set("moment", state.t); }
    if (options.lang && options.lang !== "fr") { told.set("lang", options.lang); }
    if (options.isRestricted) { told.set("restreints", "1"); }
    return "?" + told.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
  }

  /** Returns the name that an answer gives to its file, else `otherwise`. */
  function nameOf(disposition, otherwise) {
    var found = /filename="([^"]+)"/.exec(disposition || "");
    return found ? found[1] : otherwise;
  }

  ob.exports = { query: query, nameOf: nameOf };
  if (typeof module === "object" && module.exports) { module.exports = ob.exports; }
  if (typeof document === "undefined") { return; }

  /** Saves what an address gives, and says how it goes: a report takes the server a few seconds. */
  function take(address, name) {
    ob.toast(ob.t("export.preparing"));
    return fetch(address, { headers: { Accept: "application/pdf" } }).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status === 429 || answer.status === 503 ? "export.busy" : "export.failed"); }
      return answer.blob().then(function (blob) { save(blob, nameOf(answer.headers.get("Content-Disposition"), name)); });
    }).catch(function (error) { ob.toast(ob.t(error.message === "export.busy" ? error.message : "export.failed")); });
  }

  /** Gives the browser a file to save. */
  function save(blob, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
  }
  ob.exports.save = save;

  ob.mount("exports", function (menu) {
    var bar = menu.closest("[data-page]"), box = menu.querySelector("input[type=checkbox]");

    function address(key, isRestricted) {
      return "/api/" + PATHS[key] + query(window.location.search, {
        page: bar.dataset.page, lang: document.documentElement.lang, isRestricted: isRestricted, isCompared: key === "analysis", hasMoment: key === "situation",
        isKnown: key === "situation" && ob.screen.knownAt !== null });
    }

    function write() {
      menu.querySelectorAll("[data-ob-export]").forEach(function (link) {
        link.setAttribute("href", address(link.dataset.obExport, Boolean(box && box.checked)));
      });
      var again = menu.querySelector("[data-ob-recurring]"), view = window.location.search.slice(1);
      if (again) { again.setAttribute("href", "/compte" + (view ? "?vue=" + encodeURIComponent(view) : "") + "#rapports"); }
    }

    function onReport(event) {
      var link = event.target.closest("[data-ob-made]");
      if (!link) { return; }
      event.preventDefault();
      if (link.getAttribute("aria-busy") === "true") { return; }
      link.setAttribute("aria-busy", "true");
      take(link.getAttribute("href"), link.dataset.obExport + ".pdf").then(function () { link.removeAttribute("aria-busy"); });
    }

    // A subscription stays with whoever gets its address: it never asks for restricted events.
    function onClick(event) {
      var hit = event.target.closest("[data-ob-export-address]");
      if (hit) { ob.filters.copyText(window.location.origin + address(hit.dataset.obExportAddress, false), ob.t("view.copied")); }
    }

    menu.addEventListener("click", onClick);
    menu.addEventListener("click", onReport);
    menu.addEventListener("change", write);
    menu.addEventListener("toggle", write);
    write();
    return ob.url.onChange(write);
  });
})(typeof window === "undefined" ? globalThis : window);
