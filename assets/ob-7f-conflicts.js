/* One conflict: its rule, both sides, why, the measures one by one, what was decided, and what this reader may decide. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var PATH = "/agenda/conflits", SHOWN = 3;
  var drafts = new Map(); // reasons that somebody is writing, by conflict
  var opened = new Set(); // conflicts that somebody is deciding of

  function at(text) { return text === null ? null : Date.parse(text) / 1000; }

  /** Returns a moment with its day: "sam. 14 nov. 14:20". */
  function moment(text) { return ob.clock.day(at(text)) + " " + ob.clock.time(at(text)); }

  function when(window) {
    var start = at(window[0]), end = at(window[1]);
    if (end === null) { return ob.t("conflict.when.open", { start: moment(window[0]) }); }
    if (ob.clock.isSameDay(start, end)) {
      return ob.t("conflict.when.day", { day: ob.clock.day(start), start: ob.clock.time(start), end: ob.clock.time(end) });
    }
    return ob.t("conflict.when", { start: moment(window[0]), end: moment(window[1]) });
  }

  function why(one) {
    var shown = one.windows.slice(0, SHOWN).map(when).join(" ; "), rest = one.windows.length - SHOWN;
    var told = rest > 0 ? shown + ", " + ob.t("conflict.windows", { n: rest }) : shown;
    if (!one.b && !one.place) { return ob.t("conflict.why.bare", { when: told }); }
    if (one.distance_m === null) { return ob.t("conflict.why.rough", { when: told }); }
    if (one.distance_m < 1) { return ob.t("conflict.why.touch", { when: told }); }
    return ob.t("conflict.why.pair", { distance: ob.t("conflict.distance", { n: ob.number(Math.round(one.distance_m)) }), when: told });
  }

  /** Returns how a rule is called; one of the city's own by its name. */
  function ruleName(rule) {
    var key = "rule." + rule.replace(/-/g, "_"), told = ob.t(key);
    return told === key ? rule : told;
  }

  function side(one) {
    var category = ob.category(one.category);
    return el("a", { "class": "ob-conflict-side", href: "/evenements/" + one.id, data: { key: "side" + one.id } }, [
      dom.icon(category.icon, "f-" + category.family),
      el("span", { lang: one.language, text: one.headline }), el("span", { "class": "ob-muted", text: one.number })]);
  }

  function other(one) {
    if (one.b) { return side(one.b); }
    var told = one.place ? placeName(one.place) : ob.t("conflict.bare_side");
    return el("span", { "class": "ob-conflict-side" }, [dom.icon(one.place ? "pin" : "xcircle"), el("span", { text: told })]);
  }

  function placeName(place) {
    if (!place.title) { return ob.t("place_kind." + place.kind); }
    return place.kind === "transport_line" ? ob.t("place_kind.transport_line.of", { title: place.title }) : place.title;
  }

  function who(id, role) { return { organisation: ob.organisation(id), role: ob.t("role." + role) }; }

  function measures(one, act) {
    var present = one.measures.filter(function (measure) { return measure.present_at; }).length;
    return el("section", { "class": "ob-conflict-measures" }, [
      el("h4", { text: ob.t("conflict.measures", { present: present, required: one.measures.length }) }),
      el("ul", {}, one.measures.map(function (measure) {
        var isPresent = Boolean(measure.present_at), name = ob.t("measure." + measure.measure);
        var told = isPresent ? ob.t("conflict.measure.present", Object.assign(who(measure.by, measure.as), { time: moment(measure.present_at) }))
          : ob.t("conflict.measure.missing");
        var key = one.id + measure.measure, label = ob.t(isPresent ? "conflict.measure.untell" : "conflict.measure.tell");
        return el("li", { "class": isPresent ? "is-present" : "is-missing" }, [dom.icon(isPresent ? "checkcircle" : "warno"),
          el("span", {}, [el("b", { text: name }), " ", el("span", { "class": "ob-muted", text: told })]),
          one.may_decide && el("button", { type: "button", "class": "ob-btn is-small ob-no-print", text: label, "aria-label": name + ", " + label, data: { key: key },
            on: { click: function () { act({ what: "measure", measure: measure.measure, present: !isPresent }); } } })]);
      }))]);
  }

  function decision(one) {
    var told = one.decision;
    return [
      told && el("p", { "class": "ob-conflict-decision" }, [dom.icon("check"), el("span", { text: ob.t("conflict.decided", Object.assign(who(told.by, told.as),
        { state: ob.t("conflict.state." + told.state), time: moment(told.at) })) + (told.reason ? " " + ob.t("conflict.reason", { reason: told.reason }) : "") })]),
      one.reopened_at && one.state === "open" && el("p", { "class": "ob-note" }, [dom.icon("refresh"), el("span", { text: ob.t("conflict.reopened", { time: moment(one.reopened_at) }) })])
    ];
  }

  function form(one, act) {
    if (!one.may_decide || one.state === "obsolete") { return null; }
    var field = el("textarea", { "class": "ob-entry ob-conflict-reason", id: "reason-" + one.id, maxlength: 300, rows: 2, data: { key: "reason" + one.id },
      "aria-describedby": "reason-help-" + one.id, on: { input: function () { drafts.set(one.id, field.value); } } });
    field.value = drafts.get(one.id) || "";
    function button(what, isPrimary) {
      return el("button", { type: "button", "class": "ob-btn is-small" + (isPrimary ? " is-primary" : ""), text: ob.t("conflict." + what), data: { key: what + one.id },
        on: { click: function () { act({ what: what, reason: field.value }); } } });
    }
    var acts = one.state === "open" ? [button("accept"), button("mitigate", true)] : [button("reopen")];
    var isOpen = opened.has(one.id);
    return el("details", { "class": "ob-conflict-form ob-no-print", open: isOpen, on: { toggle: function (event) {
      opened[event.target.open ? "add" : "delete"](one.id);
    } } }, [el("summary", { "class": "ob-btn is-small", text: ob.t("conflict.decide"), "aria-label": ob.t("conflict.decide") + ", " + ruleName(one.rule) + ", " + one.a.headline, data: { key: "decide" + one.id } })].concat((one.state === "open" ? [
      el("label", { "for": "reason-" + one.id, text: ob.t("conflict.reason.label") }), field,
      el("p", { "class": "ob-help", id: "reason-help-" + one.id, text: ob.t("conflict.reason.help") })] : []).concat([
      el("div", { "class": "ob-acts" }, acts)])));
  }

  function send(one, said) {
    return fetch(PATH, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(Object.assign({ id: one.id }, said)) })
      .then(function (answer) { return answer.json(); })
      .catch(function () { return { error: "conflict.refused.failed" }; });
  }

  /** Returns a conflict as an article; `changed` is called once a decision was kept, with the heading's level `level`. */
  function draw(one, level, changed) {
    var error = el("p", { "class": "ob-error", role: "alert" });
    function act(said) {
      error.textContent = "";
      send(one, said).then(function (answer) {
        if (!answer.conflict) {
          error.textContent = ob.t(typeof answer.error === "string" ? answer.error : "conflict.refused.failed");
          return;
        }
        drafts.delete(one.id);
        if (said.what !== "measure") { opened.delete(one.id); }
        ob.toast(ob.t("conflict.done." + said.what));
        changed();
      });
    }
    return el("article", { "class": "ob-conflict is-sev" + one.severity + (one.restricted ? " ob-no-print" : ""), id: "conflit-" + one.id, tabindex: -1 }, [
      el("header", {}, [dom.mark({ severity: one.severity, icon: "", family: "vie", state: "ongoing" }, 0.6),
        el("h" + level, { text: ruleName(one.rule) }),
        el("span", { "class": "ob-chip is-sev" + one.severity, text: ob.t("sev." + one.severity) }),
        el("span", { "class": "ob-chip " + (one.state === "open" ? "is-accent" : "is-outline"), text: ob.t("conflict.state." + one.state) })]),
      el("p", { "class": "ob-conflict-sides" }, [side(one.a), el("span", { "aria-hidden": "true", text: "×" }), other(one)]),
      el("p", { text: why(one) }),
      el("p", { "class": "ob-muted" }, [[ob.districts(one.districts), ob.t("conflict.owner", { organisation: ob.organisation(one.owner) })].filter(Boolean).join(" · "),
        el("span", { "class": "ob-no-print", text: " · " }), el("a", { "class": "ob-no-print", href: "/?ev=" + one.a.id, text: ob.t("conflict.map"), data: { key: "map" + one.id } })])
    ].concat(one.measures.length ? [measures(one, act)] : [], decision(one), [error, form(one, act)]));
  }

  ob.conflicts = { draw: draw, ruleName: ruleName };
})(typeof window === "undefined" ? globalThis : window);
