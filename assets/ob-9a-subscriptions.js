/* Subscriptions: what an account is told of, how much that would be, and the brief messages of the application itself. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MOST_AN_HOUR = 6, HOUR_MS = 3600000;

  /** Returns what a changed event did, seen from the browser: created, major, closed. `before` is what was known of it, or null. */
  function transitions(before, row, t) {
    var found = [];
    if (!before) { found.push("created"); }
    if (row.sev >= 3 && (!before || before.sev < 3)) { found.push("major"); }
    var isOver = ob.view.phaseAt(row, t) === "cancelled" || ob.view.phaseAt(row, t) === "ended";
    if (before && isOver && ob.view.phaseAt(before, t) !== "cancelled" && (before.v !== row.v)) { found.push("closed"); }
    return found;
  }

  /** Tells whether a subscription wants an event that made these transitions. */
  function wants(subscription, made, row, familyOf) {
    function has(list, value) { return !list.length || list.indexOf(value) >= 0; }
    return made.some(function (one) { return subscription.transitions.indexOf(one) >= 0; })
      && (!subscription.districts.length || row.ds.some(function (code) { return subscription.districts.indexOf(code) >= 0; }))
      && (has(subscription.categories, row.cat) || has(subscription.categories, familyOf(row.cat)));
  }

  /** Returns the sources whose outage began or ended between two messages: [{source, isOver}]; `before` maps ids to outages. */
  function outages(before, sources) {
    return sources.filter(function (source) { return before.has(source.id) && Boolean(before.get(source.id)) !== Boolean(source.out); })
      .map(function (source) { return { source: source, isOver: !source.out }; });
  }

  /** Tells whether a subscription wants the outages of a source. */
  function wantsOutage(subscription, id) {
    return subscription.transitions.indexOf("source-late") >= 0
      && (!subscription.sources.length || subscription.sources.indexOf(id) >= 0);
  }

  /** Returns whether one more message may be shown at `now` (ms), given when the last ones were: six an hour. */
  function mayTell(shown, now) {
    return shown.filter(function (at) { return now - at < HOUR_MS; }).length < MOST_AN_HOUR;
  }

  ob.subscriptions = { transitions: transitions, wants: wants, outages: outages, wantsOutage: wantsOutage, mayTell: mayTell };
  if (typeof module === "object" && module.exports) { module.exports = ob.subscriptions; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;
  var kept = [], grouped = 0, known = new Map(), out = new Map();
  var TRANSITIONS = ["created", "major", "closed", "source-late"], SHOWN = "ob-told";

  function ask() {
    return fetch("/api/subscriptions", { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : null; }).catch(function () { return null; })
      .then(function (answer) {
        kept = answer ? answer.subscriptions : [];
        return answer || { subscriptions: [], signed_in: false, post: false };
      });
  }

  function familyOf(category) { var found = ob.taxonomy.byCategory.get(category); return found ? found.family : ""; }

  ob.live.on(function (kind) {
    if (kind !== "sources" && kind !== "snapshot") { return; }
    var sources = ob.screen.store.sources, found = outages(out, sources);
    sources.forEach(function (source) { out.set(source.id, source.out); });
    if (ob.screen.isWall()) { return; }
    found.filter(function (one) { return kept.some(function (asked) { return inApp(asked) && wantsOutage(asked, one.source.id); }); })
      .forEach(function (one) { tell(outageText(one)); });
  });

  function inApp(subscription) { return subscription.channels.indexOf("app") >= 0; }

  function outageText(one) {
    var source = one.source, t = ob.live.now();
    if (one.isOver) { return ob.t("sub.told.source_back", { source: source.ti, time: ob.clock.time(t) }); }
    return ob.t("sub.told.source", { source: source.ti, state: ob.t("fresh." + source.state), time: ob.texts.near(source.out, t, ob.clock) });
  }

  ob.live.on(function (kind, change) {
    if (kind !== "delta" || !kept.length || ob.screen.isWall()) { return; }
    var t = ob.live.now();
    change.added.concat(change.updated).forEach(function (id) {
      var row = ob.screen.store.rows.get(id), made = row ? transitions(known.get(id) || null, row, t) : [];
      known.set(id, row);
      if (!row || !kept.some(function (one) { return inApp(one) && wants(one, made, row, familyOf); })) { return; }
      tell(ob.t("sub.told", { severity: ob.t("sev." + row.sev), title: row.ti }));
    });
    change.gone.forEach(function (id) { known.delete(id); });
  });

  // Counted per browser: neither a second tab nor a new page makes them more.
  function tell(text) {
    var now = Date.now(), shown = readShown().filter(function (at) { return now - at < HOUR_MS; });
    if (!mayTell(shown, now)) { grouped++; return; }
    keepShown(shown.concat(now));
    var more = grouped ? " " + ob.t("sub.grouped", { n: grouped }) : "";
    grouped = 0;
    ob.toast(text + more);
  }

  function readShown() {
    try { return JSON.parse(window.localStorage.getItem(SHOWN)) || []; } catch (error) { return readShown.own || []; }
  }

  function keepShown(shown) {
    readShown.own = shown; // for a browser that keeps nothing
    try { window.localStorage.setItem(SHOWN, JSON.stringify(shown)); } catch (error) { readShown.own = shown; }
  }

  function remember() { ob.screen.store.rows.forEach(function (row, id) { known.set(id, row); }); }

  ob.ready.then(function () {
    if (document.querySelector('.ob-account[href="/compte"]')) { ask().then(remember); }
  });

  /* The form --------------------------------------------------------------------- */

  function send(body) {
    return fetch("/compte/abonnements", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
      .then(function (answer) { return answer.json().catch(function () { return {}; }).then(function (told) {
        if (!answer.ok) { throw new Error(told.error ? ob.t(told.error) : "HTTP " + answer.status); }
        return told;
      }); });
  }

  function boxes(legend, values, name) {
    return el("fieldset", { "class": "ob-sub-part" }, [el("legend", { text: legend }), el("div", { "class": "ob-sub-choices" },
      values.map(function (one) {
        return el("label", { "class": "ob-choice" }, [el("input", { type: "checkbox", name: name, value: one.value, checked: one.on }),
          el("span", { text: one.text })]);
      }))]);
  }

  function read(form, what) {
    function ticked(name) {
      return Array.from(form.querySelectorAll('input[name="' + name + '"]:checked')).map(function (box) { return box.value; });
    }
    return { what: what, transitions: ticked("transitions"), districts: ticked("districts"), categories: ticked("categories"),
      sources: ticked("sources"), channels: ticked("channels") };
  }

  function describe(one) {
    var what = one.transitions.map(function (name) { return ob.t("sub." + name); });
    var isOfEvents = one.transitions.some(function (name) { return name !== "source-late"; });
    var where = !isOfEvents ? "" : one.districts.length ? ob.districts(one.districts) : ob.t("sub.everywhere");
    var kinds = one.categories.map(function (id) {
      var family = ob.taxonomy.byFamily.get(id);
      return family ? family[ob.lang] : ob.category(id).name;
    });
    var by = one.channels.map(function (name) { return ob.t("sub.channel." + name); });
    return [what.join(", "), where, kinds.join(", "), one.sources.map(sourceName).join(", "), by.join(", ")].filter(Boolean).join(" · ");
  }

  function sourceName(id) {
    var found = ob.screen.store.sources.find(function (source) { return source.id === id; });
    return found ? found.ti : id;
  }

  /** Opens the subscriptions in a dialog; `asked` {transition, source} is ticked in the form for one more. */
  ob.subscriptions.open = function (asked) {
    var box = el("div", { "class": "ob-subscriptions" });
    ob.dialog("subscriptions", ob.t("sub.title"), [box]);
    ob.subscriptions.draw(box, asked);
  };

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-ob-subscribe]");
    if (button) { ob.subscriptions.open({ transition: button.dataset.obSubscribe, source: button.dataset.obSource }); }
  });

  /** Draws the subscriptions of the account in a box: what is kept, a form for one more, the feed, what was sent. */
  ob.subscriptions.draw = function (box, asked) {
    ask().then(function (answer) {
      if (!answer.signed_in) {
        box.replaceChildren(el("p", { text: ob.t("sub.error.sign_in") }), el("a", { "class": "ob-btn is-primary",
          href: "/connexion?suite=" + encodeURIComponent(window.location.pathname), text: ob.t("nav.connexion") }));
        return;
      }
      box.replaceChildren(list(answer, box), form(answer, box, asked || { transition: "major" }), feedOf(answer, box), sentOf(answer));
    });
  };

  function list(answer, box) {
    return el("ul", { "class": "ob-sub-list" }, answer.subscriptions.map(function (one) {
      var text = describe(one), end = ob.t("sub.end", { what: text });
      return el("li", {}, [el("span", { "class": "ob-grow", text: text }), el("button", { type: "button",
        "class": "ob-btn is-quiet is-square is-small", "aria-label": end, title: end,
        on: { click: function () { send({ what: "delete", id: one.id }).then(function () { ob.subscriptions.draw(box); }); } } }, [dom.icon("close")])]);
    }));
  }

  function form(answer, box, asked) {
    var volume = el("p", { "class": "ob-sub-volume", role: "status" }), error = el("p", { "class": "ob-error", role: "alert" }), timer = 0;
    var districts = ob.boot.districts.map(function (one) { return { value: one.code, text: ob.districtLabel(one.short) }; });
    var families = ob.taxonomy.families.map(function (one) { return { value: one.id, text: one[ob.lang] }; });
    var sources = boxes(ob.t("sub.which"), ob.screen.store.sources.map(function (one) { return { value: one.id, text: one.ti, on: one.id === asked.source }; }), "sources");
    var channels = ["app", "atom"].concat(answer.post ? ["post"] : []).map(function (name) {
      return { value: name, text: ob.t("sub.channel." + name), on: name === "app" };
    });
    var made = el("form", { "class": "ob-sub-form" }, [
      boxes(ob.t("sub.when"), TRANSITIONS.map(function (name) { return { value: name, text: ob.t("sub." + name), on: name === asked.transition }; }), "transitions"),
      sources, boxes(ob.t("sub.where"), districts, "districts"), boxes(ob.t("sub.about"), families, "categories"),
      boxes(ob.t("sub.by"), channels, "channels"), volume, error,
      el("button", { type: "submit", "class": "ob-btn is-primary", text: ob.t("sub.keep") })
    ]);
    function estimate() {
      sources.hidden = !made.querySelector('input[value="source-late"]').checked;
      clearTimeout(timer);
      timer = setTimeout(function () {
        send(read(made, "estimate")).then(function (told) {
          dom.setText(error, "");
          dom.setText(volume, ob.t("sub.volume", { n: ob.number(told.per_day) }));
        }).catch(function (failure) { dom.setText(volume, ""); dom.setText(error, failure.message); });
      }, 250);
    }
    made.addEventListener("change", estimate);
    made.addEventListener("submit", function (event) {
      event.preventDefault();
      send(read(made, "keep")).then(function () { ob.subscriptions.draw(box); })
        .catch(function (failure) { dom.setText(error, failure.message); });
    });
    estimate();
    return made;
  }

  function moment(at) { return ob.texts.near(at, ob.live.now(), ob.clock); }

  /* The address of the feed is told once, when it is made. */
  function feedOf(answer, box) {
    var feed = answer.feed, place = el("div", { "class": "ob-sub-address", role: "status" });
    var known = !feed ? ob.t("sub.feed.none")
      : feed.read ? ob.t("sub.feed.read", { date: moment(feed.since), read: moment(feed.read) }) : ob.t("sub.feed.since", { date: moment(feed.since) });
    function make() {
      send({ what: "feed" }).then(function (told) {
        var address = window.location.origin + told.address;
        place.replaceChildren(el("p", { text: ob.t("sub.feed.once") }), el("output", { "class": "ob-sub-once", text: address }),
          button("sub.feed.copy", function () { ob.filters.copyText(address, ob.t("sub.feed.copied")); }));
      });
    }
    return el("section", { "class": "ob-sub-part" }, [el("h3", { text: ob.t("sub.feed") }), el("p", { text: known }),
      el("p", { "class": "ob-help", text: ob.t("sub.feed.note") }), place, el("div", { "class": "ob-sub-choices" }, [
        button(feed ? "sub.feed.renew" : "sub.feed.make", make),
        feed ? button("sub.feed.end", function () { send({ what: "feed-end" }).then(function () { ob.subscriptions.draw(box); }); }) : ""
      ])]);
  }

  function button(key, act) { return el("button", { type: "button", "class": "ob-btn is-small", text: ob.t(key), on: { click: act } }); }

  function sentOf(answer) {
    if (!answer.post) { return ""; }
    return el("section", { "class": "ob-sub-part" }, [el("h3", { text: ob.t("sub.sent") }), answer.sent.length
      ? el("ul", { "class": "ob-sub-list" }, answer.sent.map(function (one) {
        return el("li", { text: moment(one.at) + " · " + ob.t("sub.sent." + one.outcome, { n: one.events }) });
      })) : el("p", { text: ob.t("sub.sent.none") })]);
  }
})(typeof window === "undefined" ? globalThis : window);
