/* Whose turn it is to edit an event: who meets another post reads, lets it know, or edits at once; who is idle gives way. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var SAY_MS = 20000, IDLE_MS = 600000;

  /** The turn of one panel; without an event it is always the panel's own. */
  ob.Turn = function (panel) {
    var me = this;
    this.panel = panel;
    this.locked = null; // who edits, in words
    this.waiting = null; // who else waits, in words
    this.box = el("div", { "class": "ob-note-box ob-turn", hidden: true });
    this.act = function () { me.actedAt = Date.now(); };
    this.act();
  };

  /** Shows the event as it is kept now, and from then on says every 20 s that the panel is open. */
  ob.Turn.prototype.open = function () {
    var me = this, panel = this.panel;
    ob.ask("open", { event: panel.event }).then(function (answer) {
      if (!answer || !answer.form) { panel.fail(answer); return; }
      panel.version = answer.version;
      panel.number = answer.number;
      panel.take(answer.form, panel.step);
      if (!me.timer && panel.box.isConnected) { me.begin(); }
      me.hear(answer);
    });
  };

  ob.Turn.prototype.begin = function () {
    var me = this;
    ["keydown", "pointerdown"].forEach(function (kind) { document.addEventListener(kind, me.act); });
    this.timer = setInterval(function () { me.tick(); }, SAY_MS);
  };

  ob.Turn.prototype.leave = function () {
    var me = this;
    clearInterval(this.timer);
    ["keydown", "pointerdown"].forEach(function (kind) { document.removeEventListener(kind, me.act); });
  };

  ob.Turn.prototype.tick = function () {
    if (this.panel.isDone || this.isIdle) { return; }
    if (this.locked || Date.now() - this.actedAt < IDLE_MS) { this.say(); return; }
    this.isIdle = true;
    ob.ask("leave", { event: this.panel.event });
    this.paint();
  };

  ob.Turn.prototype.say = function () {
    var me = this;
    ob.ask("editing", { event: this.panel.event, waits: Boolean(this.waits) }).then(function (answer) {
      if (answer && "locked" in answer && me.panel.box.isConnected && !me.panel.isDone) { me.hear(answer); }
    });
  };

  ob.Turn.prototype.hear = function (answer) {
    var isFree = Boolean(this.locked) && !answer.locked, isAsked = Boolean(answer.waiting) && !answer.locked && !this.waiting;
    this.locked = answer.locked;
    this.waiting = answer.waiting;
    if (isAsked) { ob.toast(answer.waiting); }
    if (isFree) {
      ob.toast(ob.t("form.lock.free", { id: this.panel.number }));
      this.act();
      if (!this.isOurs) { this.open(); }
    }
    if (!answer.locked) { this.isOurs = true; this.waits = false; }
    this.paint();
  };

  /** Tells whether the form is to be read only. */
  ob.Turn.prototype.isClosed = function () { return Boolean(this.isIdle || this.locked && !this.isOurs); };

  ob.Turn.prototype.sentence = function () {
    if (this.isIdle) { return ob.t("form.lock.idle", { n: IDLE_MS / 60000 }); }
    if (!this.locked) { return this.waiting || ""; }
    return [this.locked, this.isOurs ? ob.t("form.lock.joined") : this.waits ? ob.t("form.lock.told") : "", this.waits && this.waiting || ""].filter(Boolean).join(" ");
  };

  ob.Turn.prototype.ways = function () {
    var me = this;
    function way(key, look, act, help) {
      return el("button", { type: "button", "class": "ob-btn is-small" + look, text: ob.t(key), title: help ? ob.t(help) : null, on: { click: function () {
        act();
        me.paint();
        me.box.firstElementChild.nextElementSibling.focus();
      } } });
    }
    if (this.isIdle) { return [way("form.lock.resume", " is-primary", function () { me.isIdle = false; me.say(); })]; }
    if (!this.locked || this.isOurs) { return []; }
    return [this.waits ? null : way("form.lock.tell", " is-primary", function () { me.waits = true; me.say(); }, "form.lock.tell_help"),
      way("form.lock.anyway", "", function () { me.isOurs = true; })];
  };

  /** Shows the turn; what has not changed stays, and with it the focus. */
  ob.Turn.prototype.paint = function () {
    var text = this.sentence(), state = [text, this.isClosed()].join("|"), panel = this.panel, isClosed = this.isClosed();
    if (state !== this.painted) {
      this.painted = state;
      this.box.hidden = !text;
      this.box.replaceChildren(dom.icon(this.locked ? "lock" : "hourglass"), el("p", { role: "status", tabindex: -1, text: text }), el("div", { "class": "ob-acts" }, this.ways()));
    }
    panel.box.querySelectorAll(".ob-form-fields").forEach(function (fields) { fields.disabled = isClosed; });
    panel.box.querySelectorAll('[data-step="4"] .ob-form-foot > .is-primary, [data-ob-publish]').forEach(function (button) { button.disabled = isClosed; });
    panel.letDraw();
  };
})(typeof window === "undefined" ? globalThis : window);
