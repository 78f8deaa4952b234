/* Pictures and clips of a contribution: sent to be checked, masked where somebody shows, kept by their number in the form. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var MOST = 12, ASK_MS = 1000;
  var CLIP = /^video\//;

  /** Returns how a piece stands, as its row says it: [key of the text, its parameters, look]. */
  function standing(piece) {
    if (piece.refused) { return [piece.said, null, "bad"]; }
    if (piece.found) { return ["media.found", { faces: piece.found.faces.length, more: piece.found.doubtful.length + piece.found.lettering.length }, "bad"]; }
    var kept = piece.kept;
    if (!kept) { return ["media.sending", null, "busy"]; }
    if (kept.state === "making") {
      return kept.is_lost ? ["media.lost", null, "bad"] : ["gate.checking", { done: Math.floor(kept.done || 0), all: Math.ceil(kept.seconds || 0) }, "busy"];
    }
    if (kept.state === "refused") { return [kept.kind === "clip" && !kept.masks ? "media.clip_refused" : "media.state.refused", null, "bad"]; }
    if (kept.state === "waiting") { return [kept.masks ? "media.masked" : "gate.ok", { n: kept.masks }, "good"]; }
    return ["media.state." + kept.state, null, kept.state === "published" ? "good" : "bad"];
  }

  /** Tells how many pieces still need a hand before the form can go on. */
  function open(pieces) {
    return pieces.filter(function (piece) { return !piece.kept || piece.kept.state === "making" && piece.kept.is_lost; }).length;
  }

  /** Returns the boxes to mask beside the faces: those a person left, as [x, y, w, h]. */
  function suggested(found) { return found.doubtful.concat(found.lettering); }

  ob.pieces = { standing: standing, open: open, suggested: suggested };
  if (typeof module === "object" && module.exports) { module.exports = ob.pieces; }
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;

  function read(answer) {
    return answer.json().then(function (told) {
      if (answer.ok || told.refused) { return told; }
      return { refused: "away", said: told.error && answer.status < 500 ? told.error.message : ob.t("media.refused.away") };
    });
  }

  /** Sends one file; the promise gives what the server answers, or a refusal in words. */
  function send(file, kind, act, zones) {
    var query = kind === "photo" ? "?acte=" + act + "&zones=" : "?zones=";
    return fetch("/pieces/envoi/" + kind + query + encodeURIComponent(JSON.stringify(zones || [])),
      { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } }).then(read).catch(function () {
      return { refused: "away", said: ob.t("media.refused.away") };
    });
  }

  /** The pieces of one panel; `box` is drawn again after each change, the form keeps their numbers. */
  function Pieces(panel) {
    var me = this;
    this.panel = panel;
    this.list = (panel.form.pieces || []).map(function (id) { return { kept: { id: id, state: "making", kind: "photo" } }; });
    this.list.forEach(function (piece) { me.follow(piece); });
    if (panel.event) { this.load(panel.event); }
  }

  Pieces.prototype.load = function (event) {
    var me = this;
    fetch("/api/events/" + event + "/media").then(read).then(function (told) {
      (told.media || []).forEach(function (kept) {
        var piece = { kept: kept, isJoined: true };
        me.list.push(piece);
        if (kept.state === "making") { me.follow(piece); }
      });
      me.changed();
    });
  };

  Pieces.prototype.take = function (files) {
    var me = this;
    Array.from(files).slice(0, MOST - this.list.length).forEach(function (file) {
      var piece = { file: file, name: file.name, kind: CLIP.test(file.type) ? "clip" : "photo" };
      me.list.push(piece);
      me.ask(piece, "regarder");
    });
    this.changed();
  };

  Pieces.prototype.ask = function (piece, act, zones) {
    var me = this;
    piece.refused = piece.found = piece.said = null;
    piece.isBusy = true;
    this.changed();
    return send(piece.file, piece.kind, act, zones).then(function (told) {
      piece.isBusy = false;
      piece.refused = told.refused;
      piece.said = told.said;
      piece.found = told.piece ? null : told.found;
      piece.kept = told.piece;
      if (piece.found && !piece.boxes) { piece.boxes = suggested(piece.found); }
      if (piece.kept && piece.kind === "clip") { me.follow(piece); }
      me.changed();
      if (piece.found) { me.show(piece); }
      me.say(piece);
    });
  };

  // The queue tells how far a clip is; one whose process ended is sent again from here: it goes on where it was.
  Pieces.prototype.follow = function (piece) {
    var me = this;
    clearTimeout(piece.timer);
    piece.timer = setTimeout(function () {
      if (me.list.indexOf(piece) < 0 || !me.panel.box.isConnected) { return; }
      fetch("/api/media/" + piece.kept.id + "/state").then(function (answer) { return answer.status === 404 ? null : answer.json(); }).then(function (kept) {
        if (!kept) { me.drop(piece); return; }
        piece.kept = kept;
        if (kept.is_lost && piece.file) { me.ask(piece, ""); return; }
        if (kept.state === "making") { me.follow(piece); } else { me.say(piece); }
        me.changed();
      }).catch(function () { me.follow(piece); });
    }, ASK_MS);
  };

  Pieces.prototype.drop = function (piece) {
    clearTimeout(piece.timer);
    this.list = this.list.filter(function (one) { return one !== piece; });
    if (this.view) { this.view.close(piece); }
    this.changed();
  };

  Pieces.prototype.remove = function (piece) {
    var me = this;
    if (!piece.kept) { this.drop(piece); return; }
    fetch("/pieces/" + piece.kept.id + "/retirer", { method: "POST" }).then(function (answer) {
      if (answer.ok) { me.drop(piece); } else { ob.toast(ob.t("media.not_done")); }
    }).catch(function () { ob.toast(ob.t("media.not_done")); });
  };

  Pieces.prototype.show = function (piece) {
    var me = this;
    if (!this.view) { this.view = new ob.PieceView(this); }
    this.view.show(piece);
    me.changed();
  };

  Pieces.prototype.changed = function () {
    this.panel.form.pieces = this.list.filter(function (piece) { return piece.kept && !piece.isJoined && piece.kept.state !== "refused"; })
      .map(function (piece) { return piece.kept.id; });
    this.panel.isDirty = true;
    this.draw();
  };

  Pieces.prototype.say = function (piece) {
    var told = standing(piece);
    if (this.live) { dom.setText(this.live, (piece.name || "") + " : " + (piece.refused ? told[0] : ob.t(told[0], told[1] || {}))); }
  };

  /** Returns the block of the step; it is filled again by `draw`. */
  Pieces.prototype.block = function () {
    var me = this, id = "pieces-files", takes = this.panel.box.dataset.obMedia;
    if (takes === "off") { return el("p", { "class": "ob-note-box" }, [dom.icon("image"), el("span", { text: ob.t("media.off") })]); }
    var input = el("input", { id: id, type: "file", multiple: true, accept: "image/jpeg,image/png,image/webp" + (takes === "clips" ? ",video/mp4,video/quicktime,video/webm" : ""),
      "aria-describedby": id + "-note", on: { change: function () { me.take(input.files); input.value = ""; } } });
    var drop = el("div", { "class": "ob-drop", on: {
      dragover: function (event) { event.preventDefault(); drop.classList.add("is-over"); },
      dragleave: function () { drop.classList.remove("is-over"); },
      drop: function (event) { event.preventDefault(); drop.classList.remove("is-over"); me.take(event.dataTransfer.files); } } },
    [dom.icon("image"), el("div", {}, [el("label", { "for": id }, [ob.t("media.drop") + " ", el("b", { "class": "ob-drop-choose", text: ob.t("media.choose") })]), input,
      el("p", { id: id + "-note", "class": "ob-entry-note", text: ob.t(takes === "clips" ? "media.limits" : "media.limits_photos") })])]);
    this.live = el("p", { "class": "ob-sr", role: "status" });
    this.rows = el("ul", { "class": "ob-piece-rows" });
    this.refusal = el("div", { "class": "ob-piece-refusal", hidden: true });
    this.box = el("div", { "class": "ob-pieces", data: { field: "pieces" } }, [el("h3", { text: ob.t("media.title") }), drop, this.rows, this.refusal, this.live]);
    this.draw();
    return this.box;
  };

  Pieces.prototype.draw = function () {
    var me = this;
    if (!this.rows) { return; }
    this.rows.replaceChildren.apply(this.rows, this.list.map(function (piece) { return me.row(piece); }));
    this.warn();
    this.tell();
    if (this.view) { this.view.update(); }
  };

  // What is to be done with the first photo that shows somebody.
  Pieces.prototype.warn = function () {
    var me = this, piece = this.list.find(function (one) { return one.found; });
    this.refusal.hidden = !piece;
    if (!piece) { this.refusal.replaceChildren(); return; }
    function button(key, look, act) { return el("button", { type: "button", "class": "ob-btn is-small " + look, disabled: Boolean(piece.isBusy), on: { click: act } }, [el("span", { text: ob.t(key) })]); }
    this.refusal.replaceChildren(el("h4", {}, [dom.icon("warno"), el("span", { text: ob.t("gate.refused") })]), el("p", { text: ob.t("gate.why") }),
      el("div", { "class": "ob-acts" }, [button("gate.blur", "is-primary", function () { me.ask(piece, "masquer", piece.boxes); }),
        button("gate.replace", "", function () { me.remove(piece); document.getElementById("pieces-files").click(); }),
        button("gate.remove", "is-quiet", function () { me.remove(piece); })]));
  };

  /** Says how many pieces need a hand; the next step waits for them. */
  Pieces.prototype.tell = function () {
    var parts = this.panel.parts, left = open(this.list);
    if (!parts.left || this.panel.step !== 3) { return; }
    dom.setText(parts.left, left ? ob.t("media.to_fix", { n: left }) : "");
    parts.next.disabled = left > 0;
  };

  /** The step of the pieces is shown, or left. */
  Pieces.prototype.turn = function (isHere) {
    if (isHere) { this.tell(); } else if (this.view && this.view.piece) { this.view.close(); }
  };

  Pieces.prototype.row = function (piece) {
    var me = this, told = standing(piece), kept = piece.kept || {}, isClip = (kept.kind || piece.kind) === "clip";
    var icons = { good: "checkcircle", bad: "xcircle", busy: "hourglass" };
    var address = isClip ? kept.poster : kept.address;
    var text = piece.refused ? told[0] : ob.t(told[0], told[1] || {});
    var name = piece.name || ob.t(isClip ? "media.a_clip" : "media.a_photo");
    var progress = kept.state === "making" && kept.seconds && !kept.is_lost
      ? el("progress", { max: kept.seconds, value: kept.done || 0, "aria-label": text }) : null;
    return el("li", { "class": "ob-piece-row is-" + told[2] }, [
      el("span", { "class": "ob-piece-thumb" }, [address ? el("img", { src: address, alt: "" }) : dom.icon(isClip ? "video" : "image")]),
      el("div", { "class": "ob-piece-told" }, [el("b", { text: name }), el("span", { text: text }), progress,
        el("div", { "class": "ob-acts" }, [
          piece.file && !isClip && (piece.found || kept.id) ? el("button", { type: "button", "class": "ob-btn is-small", on: { click: function () { me.show(piece); } } },
            [dom.icon("eye"), el("span", { text: ob.t("media.look") })]) : null,
          kept.is_lost && !piece.file ? el("span", { "class": "ob-entry-note", text: ob.t("media.choose_again") }) : null,
          el("button", { type: "button", "class": "ob-btn is-small is-quiet", "aria-label": ob.t("media.remove_named", { name: name }), on: { click: function () { me.remove(piece); } } },
            [el("span", { text: ob.t("gate.remove") })])])]),
      dom.icon(icons[told[2]])]);
  };

  Pieces.prototype.leave = function () {
    this.list.forEach(function (piece) { clearTimeout(piece.timer); });
    if (this.view) { this.view.close(); }
  };

  /** Returns what step 3 shows of the pieces of a panel. */
  ob.pieces.block = function (panel) {
    if (!panel.pieces) { panel.pieces = new Pieces(panel); }
    return panel.pieces.block();
  };

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target.closest("[data-ob-media-act]") : null;
    if (!target) { return; }
    target.disabled = true;
    fetch("/pieces/" + target.dataset.obMedia + "/" + target.dataset.obMediaAct, { method: "POST" }).then(function (answer) {
      if (answer.status === 401) { window.location.assign("/connexion?suite=" + window.location.pathname); return; }
      ob.toast(answer.ok ? ob.t("media.done." + target.dataset.obMediaAct) : ob.t("media.not_done"));
      if (answer.ok) { target.closest(".ob-piece-of").remove(); } else { target.disabled = false; }
    }).catch(function () { target.disabled = false; ob.toast(ob.t("media.not_done")); });
  });
})(typeof window === "undefined" ? globalThis : window);
