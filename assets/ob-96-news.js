/* The bell, the bar above the list and the dialog in which changes are gone through; follow and share of the panel. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var MANY = 50;
  var STATUS = { "": "status.confirme", to_confirm: "status.a_confirmer", cancelled: "status.annule" };

  ob.mount("news-button", function (button) {
    var count = el("span", { "class": "ob-bell-count", hidden: true }), stop = null, isGone = false;
    button.append(count);
    button.addEventListener("click", show);
    ob.ready.then(function () {
      if (isGone) { return; }
      stop = ob.review.onCount(function (found) {
        count.hidden = !found.length;
        dom.setText(count, found.length > 99 ? "99+" : ob.number(found.length));
        button.setAttribute("aria-label", ob.t("news.count", { n: found.length }));
        button.title = ob.t("news.count", { n: found.length });
      });
    });
    return function () { isGone = true; count.remove(); if (stop) { stop(); } };
  });

  ob.mount("list-news", function (box) {
    var stop = null, isGone = false;
    ob.ready.then(function () {
      if (isGone) { return; }
      var text = el("span", { "class": "ob-grow" });
      var button = el("button", { type: "button", "class": "ob-link", text: ob.t("list.review"), on: { click: show } });
      box.replaceChildren(dom.icon("bell"), text, button);
      stop = ob.review.onCount(function (found, since) {
        box.hidden = !found.length || !ob.screen.isLive();
        dom.setText(text, ob.t("list.since", { n: found.length, time: near(since) }));
      });
    });
    return function () { isGone = true; if (stop) { stop(); } };
  });

  function near(at) { return ob.texts.near(at, ob.live.now(), ob.clock); }

  function show() {
    var found = [], since = 0;
    ob.review.onCount(function (now, at) { found = now; since = at; })();
    if (!found.length) {
      ob.dialog("news", ob.t("news.title", { time: near(since) }), [el("p", { "class": "ob-help", text: ob.t("news.none", { time: near(since) }) })],
        [subscribe()]);
      return;
    }
    var rows = found.slice(0, MANY);
    ob.dialog("news", ob.t("news.title", { time: near(since) }), [el("ul", { "class": "ob-changes" }, rows.map(line))], [
      el("button", { type: "button", "class": "ob-btn is-primary", data: { seen: "" },
        on: { click: function () { ob.review.markSeen(); ob.closeDialog(); } } }, [dom.icon("check"), ob.t("list.reviewed")]),
      el("button", { type: "button", "class": "ob-btn", text: ob.t("news.on_map"), on: { click: function () { choose(rows[0].row.id); } } }),
      subscribe(),
      el("span", { "class": "ob-muted ob-grow ob-num", text: ob.t("news.shown", { n: rows.length, all: found.length }) })
    ]);
  }

  function subscribe() {
    return el("button", { type: "button", "class": "ob-btn", text: ob.t("sub.open"), on: { click: function () { ob.subscriptions.open(); } } });
  }

  function choose(id) {
    ob.closeDialog();
    if (document.getElementById("event-list")) { ob.select(id); } else { window.location.assign("/?ev=" + encodeURIComponent(id)); }
  }

  function line(change) {
    var row = change.row, t = ob.live.now(), phase = ob.view.phaseAt(row, t), period = ob.view.periodAt(row, t);
    var what = change.kind === "created" ? [ob.t("news.created", { time: near(row["new"]) })]
      : change.kind === "closed" ? [ob.t("news.closed", { time: period && period[1] ? near(period[1]) : near(row.at) })]
        : change.kind === "cancelled" ? [ob.t("news.cancelled")] : between(change.differences.map(difference));
    return el("li", {}, [el("button", { type: "button", "class": "ob-change", on: { click: function () { choose(row.id); } } }, [
      el("span", { "aria-hidden": "true" }, [dom.mark(ob.lookOf(row, phase), 0.7)]),
      el("span", {}, [el("b", { text: row.ti }), row.pl ? ", " + row.pl : "", el("span", { "class": "ob-change-what" }, what)])
    ])]);
  }

  function between(parts) {
    return parts.reduce(function (all, part, i) { return all.concat(i ? ", " : [], part); }, []);
  }

  function difference(one) {
    var name = ob.t("news.field." + one.field);
    if (one.field === "route") { return [name]; }
    return [name + " ", el("del", {}, [spoken("news.old"), word(one.field, one.old)]), " ",
      el("ins", {}, [spoken("news.new"), word(one.field, one.now)])];
  }

  function spoken(key) { return el("span", { "class": "ob-sr", text: ob.t(key) + " " }); }

  function word(field, value) {
    if (field === "severity") { return ob.t("sev." + value); }
    if (field === "status") { return ob.t(STATUS[value] || "status.a_verifier"); }
    if (field === "place") { return value || "–"; }
    return value === null ? ob.t("news.open_end") : near(value);
  }

  /* Follow and share ----------------------------------------------------------- */

  function showFollowed() {
    document.querySelectorAll("[data-ob-follow]").forEach(function (button) {
      var isOn = ob.review.isFollowed(button.dataset.obFollow);
      if (button.getAttribute("aria-pressed") !== String(isOn)) { button.setAttribute("aria-pressed", String(isOn)); }
    });
  }

  ob.mount("detail-body", function (box) {
    var watch = new MutationObserver(showFollowed);
    watch.observe(box, { childList: true, subtree: true });
    return function () { watch.disconnect(); };
  });

  function share(id) {
    var address = window.location.origin + "/?ev=" + encodeURIComponent(id), title = document.title;
    if (navigator.share) { navigator.share({ title: title, url: address }).catch(function () { ob.filters.copyText(address, ob.t("share.copied")); }); }
    else { ob.filters.copyText(address, ob.t("share.copied")); }
  }

  document.addEventListener("click", function (event) {
    var hit = event.target instanceof Element && event.target.closest("[data-ob-follow], [data-ob-share]");
    if (!hit) { return; }
    if (hit.dataset.obShare) { share(hit.dataset.obShare); return; }
    ob.review.follow(hit.dataset.obFollow);
    showFollowed();
  });
})(typeof window === "undefined" ? globalThis : window);
