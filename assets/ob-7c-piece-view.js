/* A photo beside what it becomes: faces found, suggestions, zones drawn by hand, before and after under one slider. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var LONGEST = 1600;

  /** The view over the map; `pieces` are those of the panel. The file itself stays in the browser. */
  function View(pieces) {
    this.pieces = pieces;
    this.piece = null;
    this.box = el("section", { "class": "ob-piece-view", "aria-label": ob.t("media.view"), hidden: true });
    this.press = this.key.bind(this);
    this.box.addEventListener("keydown", this.press);
  }

  View.prototype.key = function (event) {
    if (event.key === "Escape") { this.close(); event.stopPropagation(); return; }
    var isTyped = event.target.matches("input:not([type=range]), textarea");
    if (!isTyped && (event.key === "n" || event.key === "N") && this.zones) { this.zones.next(); event.preventDefault(); event.stopPropagation(); }
  };

  View.prototype.show = function (piece) {
    var me = this, home = document.getElementById("main");
    if (!this.box.isConnected && home) { home.appendChild(this.box); }
    this.piece = piece;
    this.box.hidden = false;
    createImageBitmap(piece.file).then(function (bitmap) {
      if (me.piece === piece) { me.draw(bitmap); }
    }).catch(function () { me.close(); });
  };

  View.prototype.close = function (piece) {
    if (piece && piece !== this.piece) { return; }
    this.piece = this.zones = null;
    this.box.hidden = true;
    this.box.replaceChildren();
    var field = document.getElementById("pieces-files");
    if (field) { field.focus(); }
  };

  function canvasOf(bitmap) {
    var share = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    var canvas = el("canvas", { width: Math.round(bitmap.width * share), height: Math.round(bitmap.height * share), "class": "ob-piece-canvas" });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  View.prototype.draw = function (bitmap) {
    var me = this, piece = this.piece;
    this.before = canvasOf(bitmap);
    this.after = canvasOf(bitmap);
    this.clean = canvasOf(bitmap);
    this.after.classList.add("is-after");
    this.before.setAttribute("role", "img");
    this.before.setAttribute("aria-label", ob.t("media.alt.before", { name: piece.name }));
    this.after.setAttribute("aria-hidden", "true");
    this.bar = el("span", { "class": "ob-piece-bar", "aria-hidden": "true" }, [dom.icon("left"), dom.icon("right")]);
    this.slider = el("input", { type: "range", min: 0, max: 100, value: 52, "class": "ob-piece-slider", "aria-label": ob.t("media.slider"), on: { input: function () { me.slide(); } } });
    this.stage = el("div", { "class": "ob-piece-canvases" }, [this.before, this.after, el("span", { "class": "ob-piece-word", text: ob.t("gate.before") }),
      el("span", { "class": "ob-piece-word is-after", text: ob.t("gate.after") }), this.bar]);
    this.stage.style.setProperty("--ob-shape", bitmap.width / bitmap.height);
    this.labels = el("div", { "class": "ob-piece-labels", "aria-hidden": "true" });
    this.stage.appendChild(this.labels);
    this.zones = new ob.zones.Zones(this.stage, { zone: ob.t("media.zone.named", { n: "{n}" }), help: ob.t("media.zone.help") }, function (boxes) { piece.boxes = boxes.slice(); me.paint(); });
    this.zones.set(piece.boxes || []);
    this.head = el("div", { "class": "ob-piece-head" });
    this.foot = el("div", { "class": "ob-piece-foot" });
    this.box.replaceChildren(this.head, this.stage, this.slider, this.foot);
    this.paint();
    this.slide();
    this.update();
    this.box.querySelector("h3").focus();
  };

  View.prototype.slide = function () {
    this.stage.style.setProperty("--ob-slide", this.slider.value + "%");
  };

  /** Fills, on the right of the slider, every face and every zone as the server will. */
  View.prototype.paint = function () {
    var canvas = this.after, pen = canvas.getContext("2d"), piece = this.piece, faces = piece.found ? piece.found.faces : piece.faces || [];
    piece.faces = faces;
    pen.drawImage(this.clean, 0, 0);
    pen.fillStyle = getComputedStyle(this.box).getPropertyValue("--ob-mask").trim();
    faces.concat(piece.boxes || []).forEach(function (box) {
      pen.fillRect(Math.floor(box[0] * canvas.width), Math.floor(box[1] * canvas.height), Math.ceil(box[2] * canvas.width), Math.ceil(box[3] * canvas.height));
    });
    this.labels.replaceChildren.apply(this.labels, faces.map(function (box, index) {
      var node = el("span", { "class": "ob-piece-face" }, [el("b", { text: ob.t("media.face", { n: index + 1 }) })]);
      ["left", "top", "width", "height"].forEach(function (name, part) { node.style[name] = box[part] * 100 + "%"; });
      return node;
    }));
  };

  View.prototype.update = function () {
    var me = this, piece = this.piece;
    if (!piece || !this.head) { return; }
    var told = ob.pieces.standing(piece), isFound = Boolean(piece.found);
    var text = piece.refused ? told[0] : isFound ? ob.t("media.refused_state") : ob.t(told[0], told[1] || {});
    this.head.replaceChildren(el("h3", { tabindex: -1, text: piece.name }), el("span", { "class": "ob-chip is-piece-" + told[2] }, [dom.icon(told[2] === "good" ? "checkcircle" : told[2] === "busy" ? "hourglass" : "xcircle"), el("span", { text: text })]),
      el("span", { "class": "ob-grow" }), el("span", { "class": "ob-piece-note", text: isFound ? ob.t("media.found", { faces: piece.found.faces.length, more: piece.found.doubtful.length + piece.found.lettering.length }) : "" }),
      this.button("close", "media.close", function () { me.close(); }));
    this.foot.replaceChildren.apply(this.foot, [
      this.button("plus", "media.zone.add", function () { me.zones.add(); }),
      this.button("refresh", "media.zone.reset", function () { piece.boxes = piece.found ? ob.pieces.suggested(piece.found) : []; me.zones.set(piece.boxes); me.paint(); }),
      this.button("right", "media.zone.next", function () { me.zones.next(); }, "N"), el("span", { "class": "ob-grow" }),
      isFound || piece.kept ? this.button("check", "gate.blur", function () { me.send(); }, null, "is-primary") : null].filter(Boolean));
    Array.from(this.foot.querySelectorAll("button")).forEach(function (button) { button.disabled = Boolean(piece.isBusy); });
  };

  View.prototype.button = function (icon, key, act, hint, look) {
    return el("button", { type: "button", "class": "ob-btn is-small " + (look || ""), on: { click: act } },
      [dom.icon(icon), el("span", { text: ob.t(key) }), hint ? el("kbd", { text: hint }) : null]);
  };

  /** Sends the file again with its zones; what was kept of it before is taken back. */
  View.prototype.send = function () {
    var me = this, piece = this.piece, before = piece.kept;
    if (piece.isBusy) { return; }
    this.pieces.ask(piece, "masquer", piece.boxes || []).then(function () {
      if (!piece.kept) { return; }
      if (before && before.id !== piece.kept.id) { fetch("/pieces/" + before.id + "/retirer", { method: "POST" }); }
      me.update();
    });
  };

  ob.PieceView = View;
})(typeof window === "undefined" ? globalThis : window);
