/* Beside the list's title: its order, and the display that somebody holds still. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;

  /** Says in the title of the window how much goes on now: the first that a tab of the browser and a screen reader tell. */
  ob.entitle = function () {
    if (!ob.screen.isReady() || ob.screen.isMoving || !document.getElementById("list-tools")) { return; }
    var title = ob.t("title.situation", { n: ob.screen.view().tabs.ongoing, name: ob.t("app.name") });
    if (document.title !== title) { document.title = title; }
  };

  ob.mount("list-tools", function (box) {
    var stop = null, isGone = false;
    ob.ready.then(function () {
      if (isGone) { return; }
      var choice = el("select", { "class": "ob-sort-choice", "aria-label": ob.t("sort.label"),
        on: { change: function () { ob.url.write({ tri: choice.value }, { push: true }); } } },
      ob.url.SORTS.map(function (sort) { return el("option", { value: sort, text: ob.t("sort." + sort) }); }));
      var pause = el("button", { type: "button", "class": "ob-btn is-quiet is-square is-small", id: "pause",
        on: { click: function () { ob.screen.pause(!ob.screen.isPaused()); } } }, [dom.icon("pausecircle")]);
      box.replaceChildren(el("label", { "class": "ob-sort" }, [dom.icon("sortd"), choice]), pause);
      stop = ob.screen.onView(function () { paint(); ob.entitle(); });
      paint();
      function paint() {
        if (choice.value !== ob.screen.state.tri) { choice.value = ob.screen.state.tri; }
        var isPaused = ob.screen.isPaused(), name = ob.t(isPaused ? "pause.off" : "pause.on");
        if (pause.title === name) { return; }
        pause.title = name;
        pause.setAttribute("aria-label", name);
        pause.replaceChildren(dom.icon(isPaused ? "live" : "pausecircle"));
        pause.classList.toggle("is-primary", isPaused);
      }
    });
    return function () { isGone = true; if (stop) { stop(); } };
  });
})(typeof window === "undefined" ? globalThis : window);
