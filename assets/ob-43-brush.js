/* Pictograms, clusters and leaders on one canvas under their buttons: a crowd of them costs no element and no path of its own. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom;
  var REACH = 0.12; // share of its size that the halo of a mark reaches beyond it
  var CORNER = 0.45, BESIDE = 10; // a cluster's severity: this share of a mark's size, so many pixels beyond its corner

  /**
   * Draws into a canvas put into `layer`. How each look is painted is said by the style sheet (10-map.css): one sample of
   * it, which nobody sees, is asked for its colours, then kept as an image until `forget`.
   */
  function Brush(layer) {
    this.canvas = dom.el("canvas", { "class": "ob-markers-canvas", "aria-hidden": "true" });
    this.samples = dom.el("div", { "class": "ob-samples", "aria-hidden": "true" });
    layer.append(this.canvas, this.samples);
    this.pen = this.canvas.getContext("2d");
    this.forget();
  }

  /** Forgets all images: theme, kind of screen, fonts or sprite are others now. */
  Brush.prototype.forget = function () {
    this.stamps = new Map();
    this.box = null;
    this.badge = null;
  };

  /** Begins a picture of `width` x `height` pixels of the page, empty. */
  Brush.prototype.begin = function (width, height) {
    var ratio = window.devicePixelRatio || 1;
    if (ratio !== this.ratio) { this.ratio = ratio; this.stamps = new Map(); }
    this.canvas.width = Math.ceil(width * ratio); // which empties it
    this.canvas.height = Math.ceil(height * ratio);
    this.canvas.style.width = this.canvas.width / ratio + "px";
    this.canvas.style.height = this.canvas.height / ratio + "px";
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  };

  /** Draws a mark (see ob.dom.mark) of `size` pixels around x, y. */
  Brush.prototype.mark = function (look, x, y, size) {
    var stamp = this.stamp(look, size), half = size * (0.5 + REACH);
    this.pen.drawImage(stamp, x - half, y - half, stamp.width / this.ratio, stamp.height / this.ratio);
  };

  Brush.prototype.stamp = function (look, size) {
    var key = [look.severity, look.icon, look.family, look.state, look.isEstimated, size].join("|");
    var kept = this.stamps.get(key);
    if (kept) { return kept; }
    var stamp = document.createElement("canvas"), edge = Math.ceil(size * (1 + 2 * REACH) * this.ratio);
    stamp.width = stamp.height = edge;
    var pen = stamp.getContext("2d"), unit = size * this.ratio / 100;
    var drawing = this.sample(dom.drawMark(look)), style = getComputedStyle(drawing);
    if (style.filter !== "none") { pen.filter = style.filter; }
    pen.setTransform(unit, 0, 0, unit, 100 * REACH * unit, 100 * REACH * unit);
    Array.from(drawing.children).forEach(function (part) { paintPart(pen, part, parseFloat(style.opacity)); });
    this.stamps.set(key, stamp);
    return stamp;
  };

  Brush.prototype.sample = function (element) {
    this.samples.replaceChildren(element);
    return element;
  };

  function paintPart(pen, part, alpha) {
    pen.save();
    turn(pen, part);
    if (part.localName === "g") { Array.from(part.children).forEach(function (inner) { paintPart(pen, inner, alpha); }); }
    else if (part.localName === "use") { paintGlyph(pen, part, alpha); }
    else { paintShape(pen, pathOf(part), getComputedStyle(part), alpha); }
    pen.restore();
  }

  function turn(pen, part) {
    var found = part.transform.baseVal.consolidate(), matrix = found && found.matrix;
    if (matrix) { pen.transform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f); }
  }

  function paintShape(pen, path, style, alpha) {
    if (style.fill !== "none") {
      pen.globalAlpha = alpha * parseFloat(style.opacity);
      pen.fillStyle = style.fill;
      pen.fill(path);
    }
    if (style.stroke !== "none") {
      pen.globalAlpha = alpha * parseFloat(style.opacity) * parseFloat(style.strokeOpacity);
      pen.strokeStyle = style.stroke;
      pen.lineWidth = parseFloat(style.strokeWidth);
      pen.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/).map(parseFloat));
      pen.stroke(path);
    }
  }

  function pathOf(part) {
    function at(name) { return parseFloat(part.getAttribute(name)); }
    if (part.localName === "path") { return new Path2D(part.getAttribute("d")); }
    var path = new Path2D();
    if (part.localName === "circle") { path.arc(at("cx"), at("cy"), at("r"), 0, 2 * Math.PI); }
    else { path.roundRect(at("x"), at("y"), at("width"), at("height"), at("rx")); }
    return path;
  }

  function paintGlyph(pen, use, alpha) {
    var symbol = document.getElementById(use.getAttribute("href").slice(1));
    if (!symbol) { return; } // the sprite is on its way: all is drawn again when it is there
    var box = symbol.viewBox.baseVal, scale = parseFloat(use.getAttribute("width")) / box.width;
    pen.translate(parseFloat(use.getAttribute("x")), parseFloat(use.getAttribute("y")));
    pen.scale(scale, scale);
    pen.translate(-box.x, -box.y);
    pen.globalAlpha = alpha;
    pen.fillStyle = getComputedStyle(use).fill;
    fillPaths(pen, symbol);
  }

  function fillPaths(pen, parent) {
    Array.from(parent.children).forEach(function (part) {
      pen.save();
      turn(pen, part);
      if (part.localName === "g") { fillPaths(pen, part); } else { pen.fill(pathOf(part)); }
      pen.restore();
    });
  }

  /** Draws a cluster around x, y: its number in a box, the shape of its worst severity on the corner. */
  Brush.prototype.cluster = function (severity, text, x, y, scale) {
    var style = this.box = this.box || this.read("ob-cluster-look"), pen = this.pen, half = style.width / 2, line = style.border;
    function box(inset) {
      pen.beginPath();
      pen.roundRect(x - half + inset, y - half + inset, 2 * (half - inset), 2 * (half - inset), Math.max(0, style.radius - inset));
    }
    box(-style.outline);
    pen.fillStyle = style.casing;
    pen.fill();
    box(line / 2);
    pen.fillStyle = style.ground;
    pen.fill();
    pen.strokeStyle = style.edge;
    pen.lineWidth = line;
    pen.setLineDash([]);
    pen.stroke();
    this.write(text, x, y, style);
    var size = dom.SIZES[severity] * CORNER * scale, away = half - line + BESIDE - size / 2;
    this.mark({ severity: severity, icon: "", family: "circ", state: "ongoing" }, x + away, y - away, size);
  };

  /** Draws the round badge of a mark around x, y: a text, or a pictogram of the sprite named by `icon`. */
  Brush.prototype.note = function (text, icon, x, y) {
    var style = this.badge = this.badge || this.read("ob-badge-look"), pen = this.pen;
    [[style.width / 2 + style.outline, style.casing], [style.width / 2, style.ground]].forEach(function (ring) {
      pen.beginPath();
      pen.arc(x, y, ring[0], 0, 2 * Math.PI);
      pen.fillStyle = ring[1];
      pen.fill();
    });
    if (!icon) { this.write(text, x, y, style); return; }
    var symbol = document.getElementById("i-" + icon), size = style.size;
    if (!symbol) { return; }
    pen.save();
    pen.translate(x - size / 2, y - size / 2);
    pen.scale(size / symbol.viewBox.baseVal.width, size / symbol.viewBox.baseVal.height);
    pen.fillStyle = style.color;
    fillPaths(pen, symbol);
    pen.restore();
  };

  Brush.prototype.write = function (text, x, y, style) {
    var pen = this.pen;
    pen.font = style.font;
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = style.color;
    pen.fillText(text, x, y + style.capital / 2);
  };

  /** Draws the line from where an event is to where its mark was pushed, `width` pixels wide. */
  Brush.prototype.leader = function (from, to, width) {
    var pen = this.pen;
    pen.strokeStyle = pen.fillStyle = ob.map.token("--ob-marker-edge");
    pen.lineWidth = width;
    pen.setLineDash([]);
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    pen.beginPath();
    pen.arc(from.x, from.y, 1.7 * width, 0, 2 * Math.PI);
    pen.fill();
  };

  Brush.prototype.read = function (className) {
    var style = getComputedStyle(this.sample(dom.el("span", { "class": className })));
    var font = style.fontWeight + " " + style.fontSize + " " + style.fontFamily;
    this.pen.font = font;
    return { width: parseFloat(style.width), border: parseFloat(style.borderTopWidth) || 0, edge: style.borderTopColor,
      radius: parseFloat(style.borderTopLeftRadius) || 0, ground: style.backgroundColor, color: style.color, font: font,
      size: parseFloat(style.fontSize), outline: parseFloat(style.outlineWidth) || 0, casing: style.outlineColor,
      capital: this.pen.measureText("0").actualBoundingBoxAscent };
  };

  ob.brush = { Brush: Brush };
})(typeof window === "undefined" ? globalThis : window);
