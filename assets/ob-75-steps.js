/* The four steps of the contribution panel, drawn from the form: fields, tiles, way, advice, what is to be published. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var serial = 0;
  var steps = ob.steps = {};

  /** Returns a labelled field bound to `form()[name]`; its problem and its advice appear under it. */
  steps.field = function (panel, name, label, options) {
    var id = "form-" + name + "-" + serial++, more = options || {};
    var input = el(more.lines ? "textarea" : "input", Object.assign({ id: id, "class": "ob-input", name: name, autocomplete: "off",
      "aria-describedby": id + "-note", maxlength: more.most || 280, rows: more.lines, type: more.lines ? null : "text",
      placeholder: more.placeholder }, more.attributes));
    input.value = more.show ? more.show(panel.form[name]) : panel.form[name] || "";
    input.addEventListener(more.read ? "change" : "input", function () {
      var value = more.read ? more.read(input.value) : input.value.replace(/\s+/g, " "); // one line: it is read out, printed, sent
      input.toggleAttribute("aria-invalid", value === null);
      if (value === null) { panel.note(name, ob.t("form.moment")); return; }
      panel.note(name, "");
      panel.form[name] = value;
      if (more.read && more.show) { input.value = more.show(value); }
      panel.changed();
    });
    return el("div", { "class": "ob-entry-block", data: { field: name } }, [el("label", { "for": id, text: label }), input,
      el("div", { id: id + "-note", "class": "ob-entry-told", data: { note: name } }), more.help ? el("p", { "class": "ob-entry-note", text: more.help }) : null]);
  };

  /** Returns a group of radio buttons bound to `form()[name]`. */
  steps.radios = function (panel, name, legend, choices, className) {
    return el("fieldset", { "class": className || "ob-radios", data: { field: name } }, [el("legend", { text: legend })].concat(choices.map(function (choice) {
      var input = el("input", { type: "radio", name: "form-" + name, value: String(choice.value), on: { change: function () {
        panel.form[name] = choice.value;
        panel.changed();
        if (choice.then) { choice.then(); }
      } } });
      input.checked = panel.form[name] === choice.value;
      return el("label", { "class": "ob-radio" }, [input].concat(choice.face));
    })).concat([el("div", { "class": "ob-entry-told", data: { note: name } })]));
  };

  /* 1. What ------------------------------------------------------------------- */

  steps.what = function (panel) {
    var family = function (category) { return ob.taxonomy.byCategory.get(category) || { family: "vie", icon: "question" }; };
    function tile(id) {
      var category = ob.category(id);
      return { value: id, face: [el("span", { "class": "ob-tile-icon f-" + family(id).family }, [dom.icon(category.icon, "f-" + category.family)]),
        el("span", { text: category.name })], then: function () { panel.choose(id); } };
    }
    var shown = ob.form.TILES.slice();
    if (panel.form.category && shown.indexOf(panel.form.category) < 0) { shown[shown.length - 1] = panel.form.category; }
    var severities = [1, 2, 3, 4].map(function (n) {
      var look = { severity: n, icon: panel.form.category ? ob.category(panel.form.category).icon : "warn", family: panel.form.category ? ob.category(panel.form.category).family : "circ", state: "ongoing" };
      return { value: n, face: [el("span", { "class": "ob-radio-mark" }, [dom.mark(look, 0.9)]), el("b", { text: ob.t("sev." + n) }),
        el("span", { text: ob.t("sev." + n + ".help") })] };
    });
    return [steps.radios(panel, "category", ob.t("contribute.q1"), shown.map(tile), "ob-tiles"), search(panel),
      panel.form.category ? steps.radios(panel, "severity", ob.t("contribute.q2"), severities, "ob-radios is-cards") : null,
      steps.field(panel, "headline", ob.t("form.field.headline"), { help: ob.t("form.title_help") })];
  };

  // Every category by its name: the tiles hold the most used ones only.
  function search(panel) {
    var id = "form-search-" + serial++, list = el("ul", { "class": "ob-found" });
    var input = el("input", { id: id, type: "search", "class": "ob-input", autocomplete: "off", on: { input: function () {
      var asked = plain(input.value);
      var found = asked.length < 2 ? [] : ob.taxonomy.categories.filter(function (one) { return plain(ob.category(one.id).name).indexOf(asked) >= 0; });
      list.replaceChildren.apply(list, found.slice(0, 8).map(function (one) {
        return el("li", {}, [el("button", { type: "button", "class": "ob-btn is-wide", on: { click: function () { panel.choose(one.id); } } },
          [dom.icon(one.icon), el("span", { text: ob.category(one.id).name })])]);
      }));
    } } });
    return el("div", { "class": "ob-entry-block" }, [el("label", { "for": id, text: ob.t("form.other_category") }), input, list]);
  }

  function plain(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim(); }

  /* 2. Where and when ---------------------------------------------------------- */

  steps.where = function (panel) {
    var isRoute = panel.form.kind === "route", moment = { read: panel.readMoment, show: panel.showMoment };
    var start = steps.field(panel, "start", isRoute ? ob.t("contribute.start") : ob.t("form.field.start"), moment);
    var end = steps.field(panel, "end", isRoute ? ob.t("contribute.end") : ob.t("form.field.end"), Object.assign({ help: isRoute ? ob.t("form.end_computed") : ob.t("form.end_help") }, moment));
    var check = steps.field(panel, "check_at", ob.t("form.field.check_at"), moment);
    var pace = steps.field(panel, "pace", ob.t("contribute.pace"), { read: function (text) {
      var value = parseFloat(text.replace(",", "."));
      return value >= 0.5 && value <= 12 ? value : null;
    }, show: function (value) { return ob.number(value) + " km/h"; } });
    var size = el("select", { id: "form-size-" + serial, "class": "ob-input", on: { change: function (event) { panel.form.size_class = event.target.value; panel.changed(); } } },
      ["", "1", "2", "3", "4", "5"].map(function (n) { return el("option", { value: n, text: n ? ob.t("form.size." + n) : ob.t("form.size.none"), selected: String(panel.form.size_class || "") === n }); }));
    var sized = el("div", { "class": "ob-entry-block" }, [el("label", { "for": "form-size-" + serial++, text: ob.t("form.field.size_class") }), size]);
    var status = declared(panel);
    panel.parts.length = el("output", { "class": "ob-length" });
    panel.parts.axes = el("fieldset", { "class": "ob-axes", hidden: true });
    panel.parts.straight = el("p", { "class": "ob-entry-note", role: "status" });
    panel.parts.duplicates = el("div", { "class": "ob-near", role: "status" });
    var way = el("div", { "class": "ob-way-box", data: { field: "route" } });
    panel.parts.way = isRoute ? new ob.Way(way, panel.points) : null;
    return [el("h3", { text: isRoute ? ob.t("contribute.route") : ob.t("form.place_title") }), find(panel), isRoute ? ob.streetList(panel) : null,
      el("div", { "class": "ob-entry-told", data: { note: "geometry" } }),
      el("div", { "class": "ob-fieldrow" }, isRoute ? [start, pace, el("div", { "class": "ob-entry-block" }, [el("span", { "class": "ob-label", text: ob.t("contribute.length") }), panel.parts.length])] : [start, end]),
      isRoute ? way : check, isRoute ? el("div", { "class": "ob-entry-told", data: { note: "route" } }) : null,
      isRoute ? panel.parts.straight : null, isRoute ? el("p", { "class": "ob-entry-note", text: ob.t("contribute.computed") }) : null,
      isRoute ? el("div", { "class": "ob-fieldrow" }, [end, sized]) : null, status, panel.parts.axes,
      steps.field(panel, "place", ob.t("form.field.place"), {}), panel.parts.duplicates];
  };

  // Where a march or a gathering stands, and which of its ends somebody saw; nothing for other events.
  function declared(panel) {
    var category = ob.taxonomy.byCategory.get(panel.form.category), id = "form-status-" + serial++;
    if (!category || category.family !== "rass") { return null; }
    function told(name) {
      var box = el("input", { type: "checkbox", name: name, on: { change: function () { panel.form[name] = box.checked; panel.changed(); } } });
      box.checked = panel.form[name] === true;
      return el("label", { "class": "ob-radio" }, [box, el("span", { text: ob.t("form.field." + name) })]);
    }
    var status = el("select", { id: id, name: "march_status", "class": "ob-input", "aria-describedby": id + "-help", on: { change: function (event) {
      panel.form.march_status = event.target.value;
      panel.changed();
    } } }, [""].concat(ob.form.STATUSES).map(function (one) {
      return el("option", { value: one, text: ob.t(one ? "march." + one : "form.march_status.none"), selected: (panel.form.march_status || "") === one });
    }));
    return el("div", { "class": "ob-entry-block", data: { field: "march_status" } }, [el("div", { "class": "ob-fieldrow" }, [
      el("div", { "class": "ob-entry-block" }, [el("label", { "for": id, text: ob.t("form.field.march_status") }), status]),
      el("div", { "class": "ob-ends" }, [told("is_start_verified"), told("is_end_verified")])]),
    el("div", { "class": "ob-entry-told", data: { note: "march_status" } }), el("p", { id: id + "-help", "class": "ob-entry-note", text: ob.t("form.march_status.help") })]);
  }

  // A place by its name: accents and abbreviations are understood; what is chosen becomes the next point.
  function find(panel) {
    var id = "form-find-" + serial++, list = el("ul", { "class": "ob-found" }), timer = 0, places = [], told = el("p", { "class": "ob-entry-note", role: "status" });
    function take(place) {
      panel.drawing(function (drawing) { drawing.add(place.p, place.name); });
      input.value = "";
      list.replaceChildren();
      input.focus();
    }
    function show(answer) {
      var text = input.value.trim();
      places = answer && answer.places || [];
      list.replaceChildren.apply(list, places.map(function (place) {
        return el("li", {}, [el("button", { type: "button", "class": "ob-btn is-wide", on: { click: function () { take(place); } } },
          [dom.icon("pin"), el("span", { text: place.name }), el("span", { "class": "ob-post-id", text: place.kind })])]);
      }).concat(answer && answer.online && text.length > 2 ? [el("li", {}, [el("button", { type: "button", "class": "ob-btn is-wide is-quiet", on: { click: function () {
        ob.ask("find", { text: text, online: true }).then(show);
      } } }, [dom.icon("search"), el("span", { text: ob.t("form.find_online", { text: text }) })])])] : []));
      dom.setText(told, answer && (answer.told || answer.failed) || "");
    }
    var input = el("input", { id: id, type: "search", "class": "ob-input", autocomplete: "off", "aria-describedby": id + "-help", on: {
      input: function () {
        clearTimeout(timer);
        places = [];
        timer = setTimeout(function () { ob.ask("find", { text: input.value }).then(show); }, 180);
      },
      keydown: function (event) {
        if (event.key !== "Enter" || event.ctrlKey) { return; }
        event.preventDefault();
        if (places.length) { take(places[0]); return; }
        clearTimeout(timer);
        ob.ask("find", { text: input.value }).then(function (answer) { show(answer); if (places.length) { take(places[0]); } });
      }
    } });
    return el("div", { "class": "ob-entry-block" }, [el("label", { "for": id, text: ob.t("form.find") }), input, list, told,
      el("p", { id: id + "-help", "class": "ob-entry-note", text: ob.t("form.find_help") })]);
  }

  /** Draws the events that are very close, each with what to do. */
  steps.duplicates = function (panel, told) {
    var box = panel.parts.duplicates, found = (told && told.duplicates || []).filter(function (one) { return panel.others.indexOf(one.id) < 0; });
    if (!box || box.dataset.drawn === JSON.stringify(found)) { return; }
    box.dataset.drawn = JSON.stringify(found);
    box.replaceChildren.apply(box, found.map(function (one) {
      return el("section", { "class": "ob-duplicate" }, [el("h4", {}, [dom.icon("warno"), el("span", { text: ob.t("dup.title") })]),
        el("p", { text: one.number + " " + one.text }), el("p", { "class": "ob-muted", text: one.why }),
        el("div", { "class": "ob-acts" }, [
          el("a", { "class": "ob-btn is-small", href: "/?ev=" + one.id, target: "_blank", rel: "noopener" }, [dom.icon("eye"), el("span", { text: ob.t("dup.compare") })]),
          one.is_ours ? el("a", { "class": "ob-btn is-small is-primary", href: "/evenements/" + one.id + "/modifier" }, [el("span", { text: ob.t("dup.merge", { id: one.number }) })]) : null,
          el("button", { type: "button", "class": "ob-btn is-small is-quiet", on: { click: function () { panel.others.push(one.id); steps.duplicates(panel, told); } } }, [el("span", { text: ob.t("dup.other") })])])]);
    }));
  };

  /* 3. Attachments and words; 4. verify ------------------------------------------ */

  steps.pieces = function (panel) {
    return [ob.pieces.block(panel),
      steps.field(panel, "description", ob.t("form.field.description"), { lines: 4 }),
      steps.field(panel, "instruction", ob.t("form.field.instruction"), { lines: 3 }),
      el("p", { "class": "ob-note-box" }, [dom.icon("info"), el("span", { text: ob.t("gate.rule") })])];
  };

  steps.verify = function (panel) {
    panel.parts.preview = el("dl", { "class": "ob-preview" });
    panel.parts.reach = el("div", { "class": "ob-note-box", role: "status", hidden: true });
    var choices = ["public", "partners", "restricted"].map(function (level) {
      return { value: level, face: [el("span", { text: ob.t("form.audience." + level) })], then: function () { panel.draw(); } };
    });
    var named = panel.form.audience !== "restricted" ? null : el("fieldset", { "class": "ob-radios" }, [el("legend", { text: ob.t("form.organisations") })].concat(
      ob.boot.organisations.map(function (one) {
        var box = el("input", { type: "checkbox", value: one.id, on: { change: function () {
          panel.form.organisations = panel.form.organisations.filter(function (id) { return id !== one.id; }).concat(box.checked ? [one.id] : []);
          panel.changed();
        } } });
        box.checked = panel.form.organisations.indexOf(one.id) >= 0;
        return el("label", { "class": "ob-radio" }, [box, el("span", { text: one.name })]);
      })));
    var confirmed = el("input", { type: "checkbox", on: { change: function (event) { panel.form.is_confirmed = event.target.checked; panel.changed(); } } });
    confirmed.checked = panel.form.is_confirmed;
    return [el("h3", { text: ob.t("form.check") }), panel.parts.preview, steps.radios(panel, "audience", ob.t("form.field.audience"), choices), named,
      steps.field(panel, "embargo_until", ob.t("form.field.embargo_until"), { read: panel.readMoment, show: panel.showMoment, help: ob.t("form.embargo_help") }), panel.parts.reach,
      el("label", { "class": "ob-radio" }, [confirmed, el("span", { text: ob.t("form.confirmed") })])];
  };

  /** Draws what is going to be published, as others will read it. */
  steps.preview = function (panel, told) {
    var box = panel.parts.preview, rows = [];
    if (!box || !told || !told.preview) { return; }
    told.preview.forEach(function (row) { rows.push(el("dt", { text: row.name }), el("dd", { text: row.value })); });
    box.replaceChildren.apply(box, rows);
    panel.parts.reach.hidden = false;
    panel.parts.reach.replaceChildren(dom.icon("eye"), el("div", {}, told.reach.map(function (one) { return el("p", { text: one }); })));
  };
})(typeof window === "undefined" ? globalThis : window);
