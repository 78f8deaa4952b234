/* Boxes drawn on a picture by mouse, by finger and by keyboard; each box is [x, y, width, height], shares of the picture. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STEP = 0.01, LEAST = 0.004, MOST = 200;

  function inside(box) {
    var x = Math.min(Math.max(0, box[0]), 1 - LEAST), y = Math.min(Math.max(0, box[1]), 1 - LEAST);
    return [x, y, Math.min(Math.max(LEAST, box[2]), 1 - x), Math.min(Math.max(LEAST, box[3]), 1 - y)].map(function (part) { return Math.round(part * 1e5) / 1e5; });
  }

  /** Returns the box between two corners, whichever was first. */
  function between(a, b) {
    return inside([Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])]);
  }

  /** Returns a box after an arrow key: moved, or made larger and smaller with Shift; null for another key. */
  function pressed(box, key, isSizing) {
    var by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[key];
    if (!by) { return null; }
    if (isSizing) { return inside([box[0], box[1], box[2] + by[0], box[3] + by[1]]); }
    return inside([Math.min(Math.max(0, box[0] + by[0]), 1 - box[2]), Math.min(Math.max(0, box[1] + by[1]), 1 - box[3]), box[2], box[3]]);
  }

  /**
   * Lays boxes over `stage`, which holds the picture. `words` = {zone: "Zone {n}", help}; `changed(boxes)` after each change.
   * Returns {boxes, set, add, next, clear}.
   */
  function Zones(stage, words, changed) {
    this.stage = stage;
    this.words = words;
    this.changed = changed;
    this.boxes = [];
    this.layer = document.createElement("div");
    this.layer.className = "ob-zones";
    stage.appendChild(this.layer);
    this.layer.addEventListener("pointerdown", this.start.bind(this));
  }

  Zones.prototype.at = function (event) {
    var area = this.layer.getBoundingClientRect();
    return [Math.min(Math.max(0, (event.clientX - area.left) / area.width), 1), Math.min(Math.max(0, (event.clientY - area.top) / area.height), 1)];
  };

  // A drag on the picture draws a new box, one on a box moves it, one on its corner sizes it.
  Zones.prototype.start = function (event) {
    var me = this, from = this.at(event), node = event.target.closest("[data-zone]"), isCorner = event.target.hasAttribute("data-corner");
    var index = node ? Number(node.dataset.zone) : this.boxes.length, before = node ? this.boxes[index].slice() : null;
    if (event.button || (!node && this.boxes.length >= MOST)) { return; }
    event.preventDefault();
    if (this.layer.setPointerCapture) { this.layer.setPointerCapture(event.pointerId); }
    function move(next) {
      var to = me.at(next), dx = to[0] - from[0], dy = to[1] - from[1];
      if (!before && Math.abs(dx) < LEAST && Math.abs(dy) < LEAST) { return; }
      me.boxes[index] = !before ? between(from, to) : isCorner ? inside([before[0], before[1], before[2] + dx, before[3] + dy])
        : inside([Math.min(Math.max(0, before[0] + dx), 1 - before[2]), Math.min(Math.max(0, before[1] + dy), 1 - before[3]), before[2], before[3]]);
      me.draw();
    }
    function end() {
      me.layer.removeEventListener("pointermove", move);
      me.layer.removeEventListener("pointerup", end);
      me.layer.removeEventListener("pointercancel", end);
      me.tell();
      me.focus(Math.min(index, me.boxes.length - 1));
    }
    this.layer.addEventListener("pointermove", move);
    this.layer.addEventListener("pointerup", end);
    this.layer.addEventListener("pointercancel", end);
  };

  Zones.prototype.press = function (index, event) {
    if (event.key === "Delete" || event.key === "Backspace") {
      this.boxes.splice(index, 1);
      this.tell();
      this.focus(Math.min(index, this.boxes.length - 1));
    } else {
      var box = pressed(this.boxes[index], event.key, event.shiftKey);
      if (!box) { return; }
      this.boxes[index] = box;
      this.tell();
      this.focus(index);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  Zones.prototype.tell = function () { this.draw(); this.changed(this.boxes); };
  Zones.prototype.set = function (boxes) { this.boxes = boxes.map(inside); this.draw(); };
  Zones.prototype.clear = function () { this.boxes = []; this.tell(); };

  Zones.prototype.add = function () {
    if (this.boxes.length >= MOST) { return; }
    this.boxes.push([0.42, 0.42, 0.16, 0.16]);
    this.tell();
    this.focus(this.boxes.length - 1);
  };

  /** Puts the focus on the box after the one that has it. */
  Zones.prototype.next = function () {
    var here = document.activeElement && document.activeElement.dataset ? Number(document.activeElement.dataset.zone) : -1;
    this.focus(this.boxes.length ? ((isNaN(here) ? -1 : here) + 1) % this.boxes.length : -1);
  };

  Zones.prototype.focus = function (index) {
    var node = this.layer.children[index];
    if (node) { node.focus(); }
  };

  Zones.prototype.draw = function () {
    var me = this;
    this.layer.replaceChildren.apply(this.layer, this.boxes.map(function (box, index) {
      var node = document.createElement("div"), corner = document.createElement("span");
      node.className = "ob-zone";
      node.tabIndex = 0;
      node.dataset.zone = index;
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", me.words.zone.replace("{n}", index + 1) + ". " + me.words.help);
      ["left", "top", "width", "height"].forEach(function (name, part) { node.style[name] = box[part] * 100 + "%"; });
      corner.className = "ob-zone-corner";
      corner.setAttribute("data-corner", "");
      node.appendChild(corner);
      node.addEventListener("keydown", function (event) { me.press(index, event); });
      return node;
    }));
  };

  ob.zones = { inside: inside, between: between, pressed: pressed, Zones: Zones };
  if (typeof module === "object" && module.exports) { module.exports = ob.zones; }
})(typeof window === "undefined" ? globalThis : window);
