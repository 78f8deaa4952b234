/* Saved views: a name and a query string; private ones stay in the browser, shared ones come from the organisation or the city. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MOST = 100;
  // The moment, the selection and the reader's own language and theme are no part of a view.
  var PASSING = ["t", "ev", "lang", "theme"];

  /** Returns the query string of a view: without what passes. */
  function queryOf(search) {
    var query = new URLSearchParams(search || "");
    PASSING.forEach(function (key) { query.delete(key); });
    return query.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
  }

  /** Returns the views with one more, the same name replaced; null when there are too many. */
  function added(views, name, query) {
    var others = views.filter(function (one) { return one.name !== name; });
    return others.length >= MOST ? null : others.concat({ name: name, query: query });
  }

  /** Returns what a store held, without what is no view. */
  function readable(value) {
    return Array.isArray(value) ? value.filter(function (one) {
      return one && typeof one.name === "string" && one.name && typeof one.query === "string";
    }).slice(0, MOST) : [];
  }

  ob.views = { queryOf: queryOf, added: added, readable: readable };
  if (typeof module === "object" && module.exports) { module.exports = ob.views; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;

  function own() {
    try { return readable(JSON.parse(localStorage.getItem("ob-views"))); } catch (error) { return []; }
  }

  function keep(views) {
    try { localStorage.setItem("ob-views", JSON.stringify(views)); return true; } catch (error) { return false; }
  }

  function shared() {
    return fetch("/api/views", { headers: { Accept: "application/json" } }).then(function (answer) {
      return answer.ok ? answer.json() : { views: [], scopes: [] };
    }).catch(function () { return { views: [], scopes: [] }; });
  }

  ob.mount("saved-views", function (box) {
    var details = box.closest("details"), isGone = false, scopes = [];
    var lists = el("div", { "class": "ob-view-lists" });
    var name, scope, error;

    function build() {
      name = el("input", { type: "text", "class": "ob-entry", maxlength: "60", autocomplete: "off" });
      scope = el("select", { "class": "ob-entry" });
      error = el("p", { "class": "ob-error", role: "alert" });
      var form = el("form", { "class": "ob-view-form", on: { submit: function (event) { event.preventDefault(); save(); } } }, [
        el("label", { "class": "ob-entry-label" }, [el("span", { text: ob.t("view.saved.name") }), name]),
        el("label", { "class": "ob-entry-label" }, [el("span", { text: ob.t("view.saved.scope") }), scope]),
        error, el("button", { type: "submit", "class": "ob-btn is-primary is-small", text: ob.t("view.saved.save") })
      ]);
      box.replaceChildren(el("h3", { text: ob.t("view.saved.title") }), lists, form);
    }

    function fill() {
      shared().then(function (answer) {
        if (isGone) { return; }
        scopes = answer.scopes;
        scope.replaceChildren.apply(scope, ["private"].concat(scopes).map(function (one) {
          return el("option", { value: one, text: ob.t("view.saved." + one) });
        }));
        scope.parentNode.hidden = !scopes.length;
        var groups = [["private", own()]].concat(["organisation", "tenant"].map(function (kind) {
          return [kind, answer.views.filter(function (one) { return one.scope === kind; })];
        })).filter(function (group) { return group[1].length; });
        lists.replaceChildren.apply(lists, groups.length ? groups.map(part)
          : [el("p", { "class": "ob-help", text: ob.t("view.saved.none") })]);
      });
    }

    function part(group) {
      return el("section", {}, [el("h4", { text: ob.t("view.saved." + group[0]) }), el("ul", {}, group[1].map(function (view) {
        return el("li", {}, [el("a", { href: "/?" + view.query, text: view.name, on: { click: function (event) {
          if (window.location.pathname !== "/") { return; }
          event.preventDefault();
          window.history.pushState(window.history.state, "", "/?" + view.query);
          ob.filters.closePopover(details, true);
        } } }), (group[0] === "private" || view.mine) && el("button", { type: "button", "class": "ob-btn is-quiet is-square is-small",
          "aria-label": ob.t("view.saved.delete", { name: view.name }), title: ob.t("view.saved.delete", { name: view.name }),
          on: { click: function () { remove(group[0], view); } } }, [dom.icon("close")])]);
      }))]);
    }

    function remove(kind, view) {
      if (kind === "private") {
        keep(own().filter(function (one) { return one.name !== view.name; }));
        fill();
        return;
      }
      send({ what: "delete", id: view.id });
    }

    function say(text) { dom.setText(error, text); }

    function save() {
      var title = name.value.trim(), query = queryOf(window.location.search);
      say("");
      if (!title) { say(ob.t("view.saved.unnamed")); name.focus(); return; }
      if (scope.value && scope.value !== "private") { send({ what: "save", name: title, query: query, scope: scope.value }); return; }
      var views = added(own(), title, query);
      if (!views) { say(ob.t("view.saved.too_many")); return; }
      if (!keep(views)) { say(ob.t("view.saved.full")); return; }
      done(title);
    }

    function send(body) {
      fetch("/compte/vues", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
        .then(function (answer) { return answer.json().catch(function () { return {}; }).then(function (told) {
          if (answer.ok) { done(body.name || ""); } else { say(told.error ? ob.t(told.error) : "HTTP " + answer.status); }
        }); })
        .catch(function () { say(ob.t("view.saved.failed", { why: ob.t("offline", { time: ob.clock.time(ob.screen.now()), n: 0 }) })); });
    }

    function done(title) {
      name.value = "";
      if (title) { ob.toast(ob.t("view.saved.kept", { name: title })); }
      fill();
    }

    ob.ready.then(function () {
      if (isGone) { return; }
      build();
      details.addEventListener("toggle", function () { if (details.open) { fill(); } });
    });
    return function () { isGone = true; };
  });
})(typeof window === "undefined" ? globalThis : window);
