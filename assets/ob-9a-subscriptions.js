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

  /** Returns whether one more message may be shown at `now` (ms), given when the last ones were: six an hour. */
  function mayTell(shown, now) {
    return shown.filter(function (at) { return now - at < HOUR_MS; }).length < MOST_AN_HOUR;
  }

  ob.subscriptions = { transitions: transitions, wants: wants, mayTell: mayTell };
  if (typeof module === "object" && module.exports) { module.exports = ob.subscriptions; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;
  var kept = [], shown = [], grouped = 0, known = new Map();
  var TRANSITIONS = ["created", "major", "closed"];

  function ask() {
    return fetch("/api/subscriptions", { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : null; }).catch(function () { return null; })
      .then(function (answer) {
        kept = answer ? answer.subscriptions : [];
        return answer || { subscriptions: [], signed_in: false, post: false };
      });
  }

  function familyOf(category) { var found = ob.taxonomy.byCategory.get(category); return found ? found.family : ""; }

  ob.live.on(function (kind, change) {
    if (kind !== "delta" || !kept.length || ob.screen.isWall()) { return; }
    var t = ob.live.now();
    change.added.concat(change.updated).forEach(function (id) {
      var row = ob.screen.store.rows.get(id), made = row ? transitions(known.get(id) || null, row, t) : [];
      known.set(id, row);
      if (!row || !kept.some(function (one) { return one.channels.indexOf("app") >= 0 && wants(one, made, row, familyOf); })) { return; }
      tell(row);
    });
    change.gone.forEach(function (id) { known.delete(id); });
  });

  function tell(row) {
    var now = Date.now();
    shown = shown.filter(function (at) { return now - at < HOUR_MS; });
    if (!mayTell(shown, now)) { grouped++; return; }
    shown.push(now);
    var more = grouped ? " " + ob.t("sub.grouped", { n: grouped }) : "";
    grouped = 0;
    ob.toast(ob.t("sub.told", { severity: ob.t("sev." + row.sev), title: row.ti }) + more);
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
      channels: ticked("channels") };
  }

  function describe(one) {
    var what = one.transitions.map(function (name) { return ob.t("sub." + name); });
    var where = one.districts.length ? ob.districts(one.districts) : ob.t("sub.everywhere");
    var kinds = one.categories.map(function (id) {
      var family = ob.taxonomy.byFamily.get(id);
      return family ? family[ob.lang] : ob.category(id).name;
    });
    return [what.join(", "), where, kinds.join(", ")].filter(Boolean).join(" · ");
  }

  /** Draws the subscriptions of the account in a box: what is kept, a form for one more, the expected volume. */
  ob.subscriptions.draw = function (box) {
    ask().then(function (answer) {
      if (!answer.signed_in) {
        box.replaceChildren(el("p", { text: ob.t("sub.error.sign_in") }), el("a", { "class": "ob-btn is-primary",
          href: "/connexion?suite=" + encodeURIComponent(window.location.pathname), text: ob.t("nav.connexion") }));
        return;
      }
      var volume = el("p", { "class": "ob-sub-volume", role: "status" }), error = el("p", { "class": "ob-error", role: "alert" }), timer = 0;
      var districts = ob.boot.districts.map(function (one) { return { value: one.code, text: ob.districtLabel(one.short) }; });
      var families = ob.taxonomy.families.map(function (one) { return { value: one.id, text: one[ob.lang] }; });
      var channels = [{ value: "app", text: ob.t("sub.channel.app"), on: true }];
      if (answer.post) { channels.push({ value: "post", text: ob.t("sub.channel.post") }); }
      var form = el("form", { "class": "ob-sub-form" }, [
        boxes(ob.t("sub.when"), TRANSITIONS.map(function (name) { return { value: name, text: ob.t("sub." + name), on: name === "major" }; }), "transitions"),
        boxes(ob.t("sub.where"), districts, "districts"), boxes(ob.t("sub.about"), families, "categories"),
        boxes(ob.t("sub.by"), channels, "channels"), volume, error,
        el("button", { type: "submit", "class": "ob-btn is-primary", text: ob.t("sub.keep") })
      ]);
      function estimate() {
        clearTimeout(timer);
        timer = setTimeout(function () {
          send(read(form, "estimate")).then(function (told) {
            dom.setText(error, "");
            dom.setText(volume, ob.t("sub.volume", { n: told.per_day }));
          }).catch(function (failure) { dom.setText(volume, ""); dom.setText(error, failure.message); });
        }, 250);
      }
      form.addEventListener("change", estimate);
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        send(read(form, "keep")).then(function () { ob.subscriptions.draw(box); })
          .catch(function (failure) { dom.setText(error, failure.message); });
      });
      box.replaceChildren(el("ul", { "class": "ob-sub-list" }, answer.subscriptions.map(function (one) {
        var text = describe(one);
        return el("li", {}, [el("span", { "class": "ob-grow", text: text }), el("button", { type: "button",
          "class": "ob-btn is-quiet is-square is-small", "aria-label": ob.t("sub.end", { what: text }), title: ob.t("sub.end", { what: text }),
          on: { click: function () { send({ what: "delete", id: one.id }).then(function () { ob.subscriptions.draw(box); }); } } }, [dom.icon("close")])]);
      })), form);
      estimate();
    });
  };

  ob.mount("subscriptions", function (box) { ob.ready.then(function () { ob.subscriptions.draw(box); }); });
})(typeof window === "undefined" ? globalThis : window);
