/* Joins the page's own controls to Dash: title, theme, language, ages, what the server pages must be told. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var SOURCES_EVERY_MS = 5000;
  var YEAR = 31536000;

  var clientside = window.dash_clientside = window.dash_clientside || {};
  clientside.ob = Object.assign(clientside.ob || {}, {
    /** Writes the document's title. */
    showTitle: function (title) { if (title) { document.title = title; } ob.entitle(); }
  });

  function set(id, props) {
    if (document.getElementById("ob-root") && window.dash_clientside.set_props) { window.dash_clientside.set_props(id, props); }
  }

  function theme() { return document.documentElement.getAttribute("data-bs-theme") === "dark" ? "dark" : "light"; }

  function askAnalysis() {
    if (document.getElementById("analysis-body")) {
      set("view-search", { data: { search: window.location.search, theme: theme() } });
    }
  }

  function switchTheme() {
    var next = theme() === "dark" ? "light" : "dark";
    document.documentElement.setAttribute("data-bs-theme", next);
    document.cookie = "ob-theme-choice=" + (next === "dark" ? "sombre" : "clair") + "; path=/; max-age=" + YEAR + "; SameSite=Lax";
    if (ob.url && new URLSearchParams(window.location.search).has("theme")) { ob.url.write({ theme: null }); }
    askAnalysis();
  }

  // The language changes the whole page; everything else in the address stays.
  function switchLanguage(link, event) {
    event.preventDefault();
    var query = new URLSearchParams(window.location.search);
    query.set("lang", link.dataset.obLang);
    window.location.search = query.toString();
  }

  function swap(button) {
    var box = document.getElementById(button.dataset.obSwap);
    if (!box) { return; }
    var isTable = box.classList.toggle("is-table");
    button.setAttribute("aria-pressed", String(isTable));
    window.dispatchEvent(new Event("resize"));
  }

  function show(button) {
    var main = button.closest("main");
    main.dataset.obView = button.dataset.obShow;
    main.querySelectorAll("[data-ob-show]").forEach(function (one) {
      one.setAttribute("aria-pressed", String(one === button));
    });
    window.dispatchEvent(new Event("resize")); // Leaflet measures itself again
  }

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    var hit = target && target.closest("#theme-button, [data-ob-lang], [data-ob-swap], [data-ob-show], [data-ob-close-detail], [data-ob-select], .ob-skip");
    if (!hit) { return; }
    if (hit.id === "theme-button") { switchTheme(); }
    else if (hit.dataset.obLang) { switchLanguage(hit, event); }
    else if (hit.dataset.obSwap) { swap(hit); }
    else if (hit.dataset.obShow) { show(hit); }
    else if (hit.classList.contains("ob-skip")) { skip(hit, event); }
    else if (hit.dataset.obCloseDetail !== undefined) { closeDetail(); }
    else if (ob.select) { event.preventDefault(); ob.select(hit.dataset.obSelect); }
  });

  function skip(link, event) {
    var target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target) { return; }
    event.preventDefault(); // a fragment would stay in the address
    var panel = target.closest("[data-ob-view]");
    if (panel && target.id === "event-list") { panel.dataset.obView = "list"; }
    target.focus();
  }

  function closeDetail() {
    var id = ob.screen && ob.screen.state.ev;
    if (ob.select) { ob.select(null); }
    var row = id && document.querySelector('[role="option"][data-id="' + window.CSS.escape(id) + '"]');
    if (row) { row.focus(); }
  }

  // Ages written by the server go on by themselves.
  function tickAges() {
    if (document.hidden || !ob.live || !ob.age) { return; }
    var now = ob.live.now();
    document.querySelectorAll("[data-ob-age]").forEach(function (node) {
      var text = ob.age(now - Number(node.dataset.obAge));
      if (text && node.textContent !== text) { node.textContent = text; }
    });
  }

  var lastSources = 0, waiting = 0;

  // Polls come in bursts: the page asks at most once in five seconds, and the last poll is never missed.
  function askSources() {
    if (!document.getElementById("sources-body") || waiting) { return; }
    var wait = Math.max(0, lastSources + SOURCES_EVERY_MS - Date.now());
    waiting = window.setTimeout(function () {
      waiting = 0;
      lastSources = Date.now();
      if (ob.isOrdering && ob.isOrdering()) { askSources(); return; }
      set("sources-tick", { data: lastSources });
    }, wait);
  }

  if (ob.mount) { ob.mount("analysis-body", askAnalysis); }
  if (ob.url && ob.url.onChange) { ob.url.onChange(askAnalysis); }
  if (ob.live && ob.live.on) {
    ob.live.on(function (kind, change) {
      if (kind === "sources" && !document.hidden) { askSources(); }
      if (kind === "storage" && change === "ok") { askAnalysis(); askSources(); }
    });
  }
  if (ob.ready) { ob.ready.then(function () { window.setInterval(tickAges, 1000); }); }
})(typeof window === "undefined" ? globalThis : window);
