/* The time of the map: live, replayed or planned; and the question of what was known then, for those who may ask it. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;

  /** Returns the key of what the label says: frozen, live, replay or planned. */
  function stateOf(view) {
    if (!ob.screen.isLive()) { return view.t <= ob.screen.edge() ? "map.replay" : "map.planned"; }
    if (ob.screen.isPaused()) { return "map.paused"; }
    return ob.live.storage !== "ok" || ob.live.state === "offline" ? "map.frozen" : "map.live";
  }

  // On a telephone the map has no room for a date that is today's.
  var phone = root.matchMedia("(max-width: 767.98px)");
  function wordOf(key) { return key === "map.live" && phone.matches ? key + ".short" : key; }

  function moment(at) { return { date: ob.clock.day(at), time: ob.clock.time(at) }; }

  ob.mount("map-time", function (box) {
    box.classList.add("ob-map-time");
    var mayAsk = box.dataset.obKnown === "yes";
    var icon = el("span", { "class": "ob-map-time-icon" }), text = el("span");
    var back = el("button", { type: "button", "class": "ob-btn ob-map-back", hidden: true, on: { click: ob.backToLive } });
    var ask = el("button", { type: "button", "class": "ob-btn ob-map-ask", hidden: true, on: { click: function () {
      ob.screen.ask(ob.screen.knownAt === null ? ob.screen.at() : null);
    } } });
    var label = el("div", { "class": "ob-map-card ob-map-time-label" }, [icon, text]);
    var known = el("div", { "class": "ob-map-card ob-map-known", role: "status", hidden: true });
    box.replaceChildren(label, back, ask, known);
    var last = "";
    return ob.screen.onView(function (view) {
      var key = stateOf(view), at = key === "map.frozen" ? ob.live.pictureAt : view.t;
      dom.setText(text, ob.t(wordOf(key), moment(at)));
      label.classList.toggle("is-cursor", !ob.screen.isLive() || ob.screen.isPaused());
      back.hidden = ob.screen.isLive();
      paintKnown(view);
      if (last === key) { return; }
      last = key;
      icon.replaceChildren(dom.icon(key === "map.live" ? "live" : "clock"));
      back.replaceChildren(dom.icon("live"), ob.t("map.back"));
    });

    function paintKnown(view) {
      var asked = ob.screen.knownAt, question = ob.screen.question;
      ask.hidden = !mayAsk || asked === null && (ob.screen.isLive() || view.t > ob.screen.now());
      dom.setText(ask, ob.t(asked === null ? "known.ask" : "known.leave"));
      known.hidden = asked === null && !question;
      if (known.hidden) { return; }
      known.dataset.question = question;
      dom.setText(known, asked !== null && !question ? ob.t("known.at", moment(asked)) : ob.t("known." + question));
    }
  });
})(typeof window === "undefined" ? globalThis : window);
