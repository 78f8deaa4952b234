/* Following the streets: between two passages the way takes the city's axes where they lead; pure but for the question it is given. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /** `ask(from, to)` returns a promise of {course, straight, told}; `learnt()` is called when an answer came. */
  function Follow(ask, learnt) {
    this.ask = ask;
    this.learnt = learnt;
    this.known = new Map();
    this.waiting = new Set();
  }

  function isPassage(point) { return point.pass !== false; }
  function keyOf(from, to) { return from.p.join() + "|" + to.p.join(); }

  /** Calls `use(from, to, key)` for each passage and the next one. */
  function pairs(list, use) {
    list.filter(isPassage).forEach(function (to, index, passages) {
      if (index) { use(passages[index - 1], to, keyOf(passages[index - 1], to)); }
    });
  }

  /** Remembers the course that a kept way takes between its passages: it stays until one of them moves. */
  Follow.prototype.learn = function (list) {
    var from = null, course = [], me = this;
    list.forEach(function (point) {
      if (!isPassage(point)) { course.push(point.p); return; }
      if (from) { me.known.set(keyOf(from, point), { course: course, straight: false, told: "" }); }
      from = point;
      course = [];
    });
  };

  /** Returns the passages with the course between them that is known, and asks for those that are not. */
  Follow.prototype.weave = function (list) {
    var me = this, woven = list.filter(isPassage).slice(0, 1);
    pairs(list, function (from, to, key) {
      var way = me.known.get(key);
      if (way) { way.course.forEach(function (pair) { woven.push({ p: pair, pass: false }); }); }
      else if (!me.waiting.has(key)) {
        me.waiting.add(key);
        me.ask(from.p, to.p).then(function (answer) {
          me.waiting.delete(key);
          if (answer && answer.course) { me.known.set(key, answer); me.learnt(); }
        });
      }
      woven.push(to);
    });
    return woven;
  };

  /** Returns where the way is a straight line because no axis leads there: [{from, to, told}], numbers of passages. */
  Follow.prototype.straight = function (list) {
    var me = this, number = 0, found = [];
    pairs(list, function (from, to, key) {
      var way = me.known.get(key);
      number++;
      if (way && way.straight) { found.push({ from: number, to: number + 1, told: way.told }); }
    });
    return found;
  };

  /** Returns the same in words. */
  Follow.prototype.said = function (list) {
    return this.straight(list).map(function (one) { return ob.t("form.straight_n", one); }).join(" ");
  };

  /** Weaves the list of a drawing; what is selected in it (it may not be there) stays selected. */
  Follow.prototype.amend = function (points, drawing) {
    var number = drawing ? drawing.numberOf(drawing.selected) : 0;
    points.amend(this.weave(points.list));
    if (drawing) { drawing.select(number); }
  };

  ob.Follow = Follow;
  if (typeof module === "object" && module.exports) { module.exports = { Follow: Follow }; }
})(typeof window === "undefined" ? globalThis : window);
