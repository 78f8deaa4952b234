/* The panel of an event that the server does not answer for in time: said in the panel, with a way to ask again; the rest goes on. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var PATIENCE_MS = 10000;
  var QUESTIONS = "/_dash-update-component", ABOUT = "detail-body.children";
  var panel = null, card = null, timer = 0, latest = 0;

  function settle() {
    clearTimeout(timer);
    if (card) { card.remove(); card = null; }
    if (panel) { panel.classList.remove("has-failed"); }
  }

  function fail(key) {
    settle();
    if (!panel || !ob.screen.state.ev) { return; }
    panel.hidden = false;
    panel.classList.add("has-failed"); // what stood there is of another event, or older
    card = el("div", { "class": "ob-block ob-failure", role: "alert" }, [dom.icon("xcircle"), el("h2", { text: ob.t("error.detail") }),
      el("p", {}, [ob.t(key, { n: PATIENCE_MS / 1000 }), " ", ob.t("error.rest")]),
      el("div", { "class": "ob-failure-acts" }, [
        el("button", { type: "button", "class": "ob-btn is-primary", data: { obRetry: "" } }, [dom.icon("refresh"), ob.t("error.retry")]),
        el("button", { type: "button", "class": "ob-btn", text: ob.t("ev.close_panel"), on: { click: function () { settle(); ob.select(null); } } })]),
      el("p", { "class": "ob-muted", text: ob.clock.time(ob.live.now()) })]);
    panel.append(card);
  }

  // Dash tells nobody that a question of its own went unanswered: it is seen where it is asked.
  var plain = root.fetch;
  root.fetch = function (address, options) {
    var answer = plain.apply(root, arguments);
    var isOurs = options && typeof options.body === "string" && String(address).indexOf(QUESTIONS) >= 0 && options.body.indexOf(ABOUT) >= 0;
    if (isOurs) { watch(answer); }
    return answer;
  };

  function watch(answer) {
    var mine = ++latest;
    clearTimeout(timer);
    timer = setTimeout(function () { fail("error.late"); }, PATIENCE_MS);
    answer.then(function (told) { return told.ok || told.status === 204; }, function () { return false; }).then(function (isGood) {
      if (mine !== latest) { return; }
      if (isGood) { settle(); } else { fail("error.unanswered"); }
    });
  }

  ob.mount("detail", function (box) {
    panel = box;
    return function () { settle(); panel = null; };
  });

  document.addEventListener("click", function (event) {
    var hit = event.target instanceof Element && event.target.closest("[data-ob-retry], [data-ob-copy]");
    if (!hit) { return; }
    if (hit.dataset.obCopy) { ob.filters.copyText(hit.dataset.obCopy, ob.t("error.copied")); } else { ob.select(ob.screen.state.ev); }
  });
})(typeof window === "undefined" ? globalThis : window);
