/* The contribution panel: form, steps, drawing and server joined; drafts kept; two posts on one event brought together. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var LOOK_MS = 250, SAVE_MS = 5000, UNDO_MS = 10000;
  var STEPS = ["what", "where", "pieces", "verify"];

  function Panel(box) {
    var path = /^\/evenements\/([0-9a-f-]{8,64})\/modifier$/.exec(window.location.pathname), me = this;
    this.box = box;
    this.owner = box.dataset.obForm;
    this.event = path ? path[1] : "";
    this.version = 0;
    this.step = 1;
    this.parts = {};
    this.others = [];
    this.told = null;
    this.form = ob.form.blank(now5());
    this.points = new ob.form.Points(function () { me.drew(); });
    this.follow = new ob.Follow(function (from, to) { return ob.ask("follow", { from: from, to: to }); }, function () { if (me.box.isConnected) { me.drew(); } });
    this.turn = new ob.Turn(this);
    this.saving = setInterval(function () { me.keep(); }, SAVE_MS);
    this.away = function () { me.keep(); }; // words just taken out must not come back with the page
    window.addEventListener("pagehide", this.away);
    this.press = function (event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); me.next(); }
    };
    document.addEventListener("keydown", this.press);
    ob.map.onMap(function (map) { if (me.box.isConnected) { me.onMap(map); } });
    this.readMoment = function (text) {
      var read = ob.dates.parseMoment(text, ob.dates.dayIn(ob.screen.now(), ob.boot.timezone), false);
      return read && /^[+-]/.test(read) ? ob.localOf(ob.url.toEpoch(read, ob.screen.now(), ob.boot.timezone)) : read;
    };
    this.showMoment = function (value) {
      return value ? value.slice(8, 10) + "/" + value.slice(5, 7) + "/" + value.slice(0, 4) + " " + value.slice(11, 16) : "";
    };
    this.begin();
  }

  function epochOf(local) { return ob.url.toEpoch(local, 0, ob.boot.timezone); }

  function now5() { return ob.localOf(Math.floor(ob.screen.now() / 300) * 300); }

  Panel.prototype.begin = function () {
    var kept = ob.form.load(window.localStorage, this.owner, Date.now() / 1000);
    if (this.event) { this.turn.open(); return; }
    if (kept) { this.resumed = true; this.take(kept.form, kept.step); } else { this.take(this.form, 1); }
  };

  /** Lets draw on the map where the step asks for it and the form is not to be read only. */
  Panel.prototype.letDraw = function () {
    if (this.onDrawing) { this.onDrawing.turn(this.step === 2 && !this.isDone && !this.turn.isClosed()); }
  };

  /** Shows a form: its points on the map, its step in the panel. */
  Panel.prototype.take = function (form, step) {
    this.form = Object.assign(ob.form.blank(now5()), form);
    this.step = step;
    this.points.set(ob.form.pointsOf(this.form));
    if (this.form.kind === "route") { this.follow.learn(this.points.list); }
    this.draw();
    if (this.onDrawing) { this.onDrawing.drawBar(); }
    this.look();
  };

  Panel.prototype.onMap = function (map) {
    var me = this;
    this.onDrawing = new ob.Drawing(map, this.points, {
      kind: function () { return me.form.kind; },
      setKind: function (kind) {
        me.form.kind = kind;
        if (kind === "point" && me.points.list.length > 1) { me.points.put(me.points.list.slice(-1)); }
        me.drew();
        me.draw();
      },
      done: function () { var field = me.box.querySelector("[name=start]"); if (field) { field.focus(); } },
      follows: function () { return me.form.follow; },
      setFollow: function (isOn) { me.form.follow = isOn; me.drew(); },
      colour: function () { return ob.map.token("--ob-fam-" + ob.category(me.form.category).family); },
      times: function () { return me.told && me.told.way ? me.told.way.times : []; }
    });
    this.letDraw();
    map.on("unload", function () { me.onDrawing.leave(); me.onDrawing = null; });
  };

  /** Calls `use` with the drawing, if the map is there. */
  Panel.prototype.drawing = function (use) {
    if (!this.onDrawing) { return; }
    use(this.onDrawing);
    var last = this.points.list[this.points.list.length - 1], map = this.onDrawing.map;
    if (last && !map.getBounds().pad(-0.15).contains([last.p[1], last.p[0]])) { map.panTo([last.p[1], last.p[0]], { animate: false }); }
  };

  Panel.prototype.drew = function () {
    if (this.form.kind === "route" && this.form.follow) { this.follow.amend(this.points, this.onDrawing); }
    this.form.points = this.points.list;
    this.form.geometry = this.points.list.length ? ob.form.geometryOf(this.form.kind, this.points.list) : null;
    if (this.onDrawing) { this.onDrawing.paint(); }
    if (this.parts.way) { this.parts.way.paint(this.told); }
    this.changed();
  };

  /** Something was written: the server is asked what it says of it, soon. */
  Panel.prototype.changed = function () {
    var me = this;
    this.isDirty = true;
    if (this.form.kind === "route") { this.form.check_at = ""; } // its end is that of its timetable
    else if (!this.form.end && !this.form.check_at && this.form.start) { this.form.check_at = ob.localOf(epochOf(this.form.start) + 3600); }
    clearTimeout(this.waiting);
    this.waiting = setTimeout(function () { me.look(); }, LOOK_MS);
  };

  Panel.prototype.choose = function (id) {
    var category = ob.taxonomy.byCategory.get(id);
    this.form = ob.form.withCategory(this.form, category);
    this.changed();
    this.draw();
    var chosen = this.box.querySelector('[name="form-category"]:checked');
    if (chosen) { chosen.focus(); }
    if (this.onDrawing) { this.onDrawing.drawBar(); }
  };

  Panel.prototype.look = function () {
    var me = this;
    if (!this.form.category) { return; }
    ob.ask("look", { form: this.form, event: this.event }).then(function (told) {
      if (!told || !me.box.isConnected) { return; }
      if (told.signed_out || told.failed) { me.fail(told); return; }
      me.told = told;
      me.tell();
    });
  };

  /** Shows what the server said, without touching what is being typed. */
  Panel.prototype.tell = function () {
    var told = this.told, me = this;
    if (!told) { return; }
    ["headline", "place"].forEach(function (name) {
      var input = me.box.querySelector('[name="' + name + '"]');
      if (input) { input.placeholder = name === "headline" ? told.title : told.place; }
    });
    if (this.parts.length && told.way) { dom.setText(this.parts.length, told.way.length); }
    if (this.parts.way) { this.parts.way.paint(told); }
    if (this.parts.straight) { dom.setText(this.parts.straight, this.form.follow ? this.follow.said(this.points.list) : ""); }
    if (this.parts.axes) { ob.drawAxes(this.parts.axes, told, function () { return me.form; }, function () { me.changed(); }); }
    var end = this.box.querySelector('[name="end"]');
    if (end) { end.placeholder = this.form.kind === "route" && told.way ? this.showMoment(told.way.end) : ""; }
    var check = this.box.querySelector('[name="check_at"]');
    if (check && document.activeElement !== check) { check.value = this.form.end ? "" : this.showMoment(this.form.check_at); check.disabled = Boolean(this.form.end); }
    ob.steps.duplicates(this, told);
    ob.steps.preview(this, told);
    this.advise(told.advice || {});
    if (this.wasAsked) { this.mark(told.problems); }
    if (this.onDrawing) { this.onDrawing.paint(); }
  };

  Panel.prototype.note = function (field, text) {
    var box = this.box.querySelector('[data-note="' + field + '"]');
    if (box) { box.replaceChildren(text ? el("p", { "class": "ob-entry-problem", text: text }) : ""); }
  };

  /** Writes under each field which words cannot be kept, why, and what to write instead. */
  Panel.prototype.advise = function (advice) {
    var me = this;
    this.box.querySelectorAll("[data-note]").forEach(function (box) {
      var name = box.dataset.note, said = advice[name] || null;
      if (name === "route") { Object.keys(advice).forEach(function (key) { if (key.indexOf("points.") === 0) { said = advice[key]; } }); }
      var input = me.box.querySelector('[name="' + name + '"]');
      if (input) { input.toggleAttribute("aria-invalid", Boolean(said)); }
      if (!said) { if (box.dataset.advised) { box.replaceChildren(); delete box.dataset.advised; } return; }
      box.dataset.advised = "yes";
      box.replaceChildren(el("p", { "class": "ob-entry-problem", role: "status" }, [dom.icon("warn"), el("span", { text: said.text })]),
        el("ul", { "class": "ob-advice" }, said.words.map(function (word) {
          return el("li", {}, [el("mark", { text: word.said }), " ", el("span", { text: word.why }), word.instead ? el("span", { "class": "ob-muted", text: " → " + word.instead }) : null]);
        })), said.suggestion && input ? el("button", { type: "button", "class": "ob-btn is-small", on: { click: function () {
          me.form[name] = said.suggestion;
          input.value = said.suggestion;
          me.changed();
        } } }, [el("span", { text: ob.t("form.take_suggestion", { text: said.suggestion }) })]) : "");
    });
    this.advised = Object.keys(advice);
  };

  /** Writes problems under their fields and their summary above; returns how many there are. */
  Panel.prototype.mark = function (problems) {
    var me = this;
    this.box.querySelectorAll("[data-note]").forEach(function (box) { if (!box.dataset.advised) { box.replaceChildren(); } });
    problems.forEach(function (one) {
      var box = me.box.querySelector('[data-note="' + one.field + '"]');
      if (box && !box.dataset.advised) { box.replaceChildren(el("p", { "class": "ob-entry-problem", text: one.text })); }
    });
    this.parts.summary.hidden = !problems.length;
    this.parts.summary.replaceChildren(el("b", { text: ob.t("contribute.fix", { n: problems.length }) }), el("ul", {}, problems.map(function (one) {
      return el("li", {}, [el("button", { type: "button", "class": "ob-link", text: one.text, on: { click: function () { me.go(ob.form.stepOf(one.field), one.field); } } })]);
    })));
    return problems.length;
  };

  Panel.prototype.keep = function () {
    if (this.event || !this.isDirty || this.isDone) { return; }
    this.isDirty = false;
    var isKept = ob.form.save(window.localStorage, this.owner, this.form, this.step, Date.now() / 1000);
    if (this.parts.draft) { dom.setText(this.parts.draft, isKept ? ob.t("contribute.saved", { time: ob.clock.time(ob.screen.now()) }) : ob.t("form.draft_lost")); }
  };

  Panel.prototype.go = function (step, field) {
    this.step = Math.max(1, Math.min(4, step));
    this.isDirty = true;
    this.keep();
    this.draw();
    this.tell();
    var target = field && this.box.querySelector('[name="' + field + '"], [name="form-' + field + '"]');
    (target || this.box.querySelector("h2")).focus();
  };

  Panel.prototype.next = function () {
    if (this.isDone || this.isBusy) { return; }
    if (this.step < 4) { this.go(this.step + 1); } else { this.publish(); }
  };

  Panel.prototype.publish = function () {
    var me = this;
    if (this.turn.isClosed()) { return; }
    this.wasAsked = true;
    this.isBusy = true;
    this.parts.next.disabled = true;
    ob.ask(this.event ? "change" : "publish", { form: this.form, event: this.event, version: this.version }).then(function (answer) {
      me.isBusy = false;
      me.parts.next.disabled = false;
      if (answer.saved) { me.done(answer); return; }
      if (answer.clash) { ob.resolveClash(me, answer.clash); }
      if (answer.problems) { me.mark(answer.problems); me.parts.summary.focus(); }
      me.fail(answer);
    });
  };

  Panel.prototype.fail = function (answer) {
    if (!this.parts.told) { this.draw(); }
    var back = window.location.pathname;
    this.parts.told.replaceChildren(el("p", { "class": "ob-entry-problem" }, [dom.icon("warn"), el("span", { text: answer && (answer.signed_out || answer.failed) || ob.t("form.no_answer") })]),
      answer && answer.signed_out ? el("a", { "class": "ob-btn is-primary", href: "/connexion?suite=" + back, text: ob.t("nav.connexion") }) : "");
    this.isDirty = true;
    this.keep();
  };

  /** What was published, with a way to it and ten seconds to take it back. */
  Panel.prototype.done = function (answer) {
    var me = this, saved = answer.saved;
    this.isDone = true;
    if (this.pieces) { this.pieces.leave(); this.pieces = null; }
    if (!this.event) { ob.form.drop(window.localStorage); }
    this.letDraw();
    var undo = el("button", { type: "button", "class": "ob-btn", on: { click: function () {
      undo.disabled = true;
      ob.ask("undo", { event: saved.id, version: saved.version }).then(function (told) {
        dom.setText(line, told.said || told.failed);
        if (told.saved && !me.event) { me.isDone = false; me.isDirty = true; me.take(me.form, 4); ob.toast(told.said); }
      });
    } } }, [dom.icon("refresh"), el("span", { text: ob.t("contribute.undo") })]);
    var line = el("p", { "class": "ob-done-text", role: "status", text: answer.said });
    setTimeout(function () { undo.hidden = true; }, UNDO_MS);
    this.box.replaceChildren(el("div", { "class": "ob-done" }, [dom.icon("checkcircle"), el("h2", { tabindex: -1, text: saved.number }), line,
      el("div", { "class": "ob-acts" }, [el("a", { "class": "ob-btn is-primary", href: "/?ev=" + saved.id, text: ob.t("form.see") }), undo,
        el("a", { "class": "ob-btn is-quiet", href: "/signaler", text: ob.t("form.another") })])]));
    this.box.querySelector("h2").focus();
  };

  Panel.prototype.draw = function () {
    var me = this, step = this.step, names = [ob.t("contribute.step1"), ob.t("contribute.step2"), ob.t("contribute.step3"), ob.t("contribute.step4")];
    this.parts = { summary: el("div", { "class": "ob-summary", hidden: true, tabindex: -1, role: "alert" }), told: el("div", { "class": "ob-form-told", role: "alert" }),
      draft: el("span", { "class": "ob-muted", text: this.resumed ? ob.t("form.resumed") : "" }),
      next: el("button", { type: "button", "class": "ob-btn is-primary", on: { click: function () { me.next(); } } },
        [el("span", { text: step < 4 ? ob.t("contribute.next", { step: names[step].toLowerCase() }) : this.event ? ob.t("form.save") : ob.t("contribute.publish") }), dom.icon("right")]) };
    this.parts.left = el("span", { "class": "ob-muted" });
    var body = ob.steps[STEPS[step - 1]](this), category = this.form.category;
    this.box.dataset.step = step;
    this.box.replaceChildren(
      el("header", { "class": "ob-form-head" }, [el("h2", { tabindex: -1, text: this.event ? ob.t("form.edit", { id: this.number || "" }) : ob.t("contribute.title") }),
        el("a", { "class": "ob-btn is-quiet is-square", href: this.event ? "/?ev=" + this.event : "/", "aria-label": ob.t("form.leave"), title: ob.t("form.leave") }, [dom.icon("close")])]),
      el("ol", { "class": "ob-form-steps" }, names.map(function (name, index) {
        return el("li", { "class": index + 1 < step ? "is-done" : index + 1 === step ? "is-here" : "" }, [el("button", { type: "button", "aria-current": index + 1 === step ? "step" : null,
          on: { click: function () { me.go(index + 1); } } }, [index + 1 < step ? dom.icon("check") : null, el("span", { text: index + 1 + ". " + name })])]);
      })),
      el("div", { "class": "ob-form-sum" }, [category ? dom.mark({ severity: this.form.severity || 1, icon: ob.category(category).icon, family: ob.category(category).family, state: "planned" }, 0.8) : null,
        category ? el("b", { text: ob.category(category).name }) : null, category ? el("span", { "class": "ob-chip is-sev" + this.form.severity, text: ob.t("sev." + this.form.severity) }) : null,
        el("span", { "class": "ob-grow" }), this.parts.draft]),
      el("div", { "class": "ob-form-body" }, [this.turn.box, this.parts.summary, el("fieldset", { "class": "ob-form-fields" }, body)]),
      el("footer", { "class": "ob-form-foot" }, [step > 1 ? el("button", { type: "button", "class": "ob-btn", on: { click: function () { me.go(step - 1); } } }, [dom.icon("left"), el("span", { text: ob.t("contribute.back") })]) : null,
        this.parts.told, el("span", { "class": "ob-grow" }), this.parts.left, step === 2 && this.form.severity === 1 ? el("button", { type: "button", "class": "ob-btn", data: { obPublish: "" }, on: { click: function () { if (!me.isDone && !me.isBusy) { me.publish(); } } } }, [el("span", { text: this.event ? ob.t("form.save") : ob.t("contribute.publish") })]) : null, el("kbd", { text: ob.t("form.ctrl_enter") }), this.parts.next]));
    if (this.parts.way) { this.parts.way.paint(this.told); }
    if (this.pieces) { this.pieces.turn(step === 3); }
    this.turn.paint();
    this.tell();
  };

  Panel.prototype.leave = function () {
    this.keep();
    clearInterval(this.saving);
    window.removeEventListener("pagehide", this.away);
    this.turn.leave();
    document.removeEventListener("keydown", this.press);
    if (this.event && !this.isDone) { ob.ask("leave", { event: this.event }); }
    if (this.onDrawing) { this.onDrawing.leave(); }
    if (this.pieces) { this.pieces.leave(); }
  };

  ob.mount("form-panel", function (box) {
    var panel = null;
    if (!box.hasAttribute("data-ob-form")) { return null; }
    ob.ready.then(function () { if (box.isConnected) { panel = new Panel(box); } });
    return function () { if (panel) { panel.leave(); } };
  });
})(typeof window === "undefined" ? globalThis : window);
