/* Elements built without markup strings, and containers that Dash draws when it pleases. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var SVG = "http://www.w3.org/2000/svg";
  var SPRITE = "#i-"; // the sprite is taken into the page once: a pictogram first needed offline must still be drawn

  /** Returns an element: `options` are attributes, besides `class`, `text`, `on` {event: listener} and `data` {name: value}. */
  function el(tag, options, children) { return fill(document.createElement(tag), options, children); }

  /** The same for an element of SVG. */
  function svg(tag, options, children) { return fill(document.createElementNS(SVG, tag), options, children); }

  function fill(node, options, children) {
    Object.keys(options || {}).forEach(function (key) {
      var value = options[key];
      if (value === null || value === undefined || value === false) { return; }
      if (key === "class") { node.setAttribute("class", value); }
      else if (key === "text") { node.textContent = value; }
      else if (key === "on") { Object.keys(value).forEach(function (event) { node.addEventListener(event, value[event]); }); }
      else if (key === "data") { Object.keys(value).forEach(function (name) { node.dataset[name] = value[name]; }); }
      else { node.setAttribute(key, value === true ? "" : value); }
    });
    (children || []).forEach(function (child) {
      if (child !== null && child !== undefined && child !== false) { node.append(child); }
    });
    return node;
  }

  /** Returns a decorative pictogram of the sprite. */
  function icon(name, className) {
    return svg("svg", { "class": "ob-i" + (className ? " " + className : ""), "aria-hidden": "true", focusable: "false" },
      [svg("use", { href: SPRITE + name })]);
  }

  /** Writes text only when it changes, so that an unchanged line costs no layout. */
  function setText(node, text) { if (node.textContent !== text) { node.textContent = text; } }

  // Shape says severity, in a box of 100 x 100: circle, rounded square, diamond, triangle, octagon.
  var SHAPES = [
    ["circle", { cx: 50, cy: 50, r: 45 }],
    ["rect", { x: 6, y: 6, width: 88, height: 88, rx: 20 }],
    ["rect", { x: 17, y: 17, width: 66, height: 66, rx: 10, transform: "rotate(45 50 50)" }],
    ["path", { d: "M50 8Q54 8 56 12L95 82Q98 90 90 91H10Q2 90 5 82L44 12Q46 8 50 8Z" }],
    ["path", { d: "M33 7H67L93 33V67L67 93H33L7 67V33Z" }]
  ];
  var SIZES = [26, 28, 36, 42, 46];
  var GLYPHS = [58, 58, 48, 46, 56];
  var templates = new Map();

  /**
   * Returns the drawing of a marker: `severity` 0-4, `icon` of the category ("" for a bare shape), `family`, `state` ongoing, planned or ended.
   * It is cloned from one drawing per look: a crowd of markers costs a clone each.
   */
  function mark(look, scale) {
    var key = look.severity + look.icon + look.family + look.state;
    if (!templates.has(key)) { templates.set(key, drawMark(look)); }
    var drawing = templates.get(key).cloneNode(true);
    var size = SIZES[look.severity] * (scale || 1);
    drawing.setAttribute("width", size);
    drawing.setAttribute("height", size);
    return drawing;
  }

  /** The same, drawn anew, in the box of its style sheet. */
  function drawMark(look) {
    var severity = look.severity, glyph = GLYPHS[severity];
    var outline = (severity > 1 ? 2 : 2.4) * 100 / SIZES[severity];
    function shape(className, width, more) {
      return svg(SHAPES[severity][0], Object.assign({ "class": className, "stroke-width": width }, SHAPES[severity][1], more));
    }
    var dash = look.state === "planned" ? { "stroke-dasharray": outline * 2.6 + " " + outline * 1.5 } : {};
    return svg("svg", { "class": "ob-mark s" + severity + " f-" + look.family + " is-" + look.state
      + (look.isEstimated ? " is-estimated" : ""), viewBox: "0 0 100 100", "aria-hidden": "true", focusable: "false" }, [
      shape("ob-mark-halo", outline + 500 / SIZES[severity]),
      shape("ob-mark-shape", outline, dash),
      severity === 4 && svg("g", { transform: "translate(50 50) scale(.84) translate(-50 -50)" },
        [shape("ob-mark-ring", outline * 0.8)]),
      look.icon && svg("use", { "class": "ob-mark-glyph", href: SPRITE + look.icon, x: 50 - glyph / 2,
        y: 50 - glyph / 2 + (severity === 3 ? 6 : 0), width: glyph, height: glyph })
    ]);
  }

  /** Returns a sample of a traffic line for legends and counters: state free, slow, congested, closed or unknown. */
  function trafficSample(state) {
    var lines = [svg("path", { "class": "ob-tr-line is-" + state, d: "M1 5H37" })];
    if (state === "closed") { lines.push(svg("path", { "class": "ob-tr-line is-closed-2", d: "M1 5H37" })); }
    return svg("svg", { "class": "ob-tr-sample", viewBox: "0 0 38 10", "aria-hidden": "true", focusable: "false" }, lines);
  }

  ob.dom = { el: el, svg: svg, icon: icon, mark: mark, drawMark: drawMark, setText: setText, trafficSample: trafficSample,
    SHAPES: SHAPES, SIZES: SIZES, GLYPHS: GLYPHS };

  if (typeof document === "undefined") { return; }

  /** A promise, kept when the pictograms are in the page. */
  ob.dom.sprite = new Promise(function (keep) { takeSprite(0, keep); });

  // Names get a prefix in the page: "map" and "list" are ids of its own.
  function takeSprite(tries, keep) {
    fetch("/assets/icons.svg").then(function (answer) {
      if (!answer.ok) { throw new Error("HTTP " + answer.status); }
      return answer.text();
    }).then(function (text) {
      var sheet = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
      var home = svg("svg", { "class": "ob-sprite", "aria-hidden": "true", focusable: "false", width: 0, height: 0 });
      Array.from(sheet.querySelectorAll("symbol")).forEach(function (symbol) {
        var own = document.importNode(symbol, true);
        own.id = "i-" + symbol.id;
        home.appendChild(own);
      });
      document.body.prepend(home);
      keep();
    }).catch(function () { setTimeout(function () { takeSprite(tries + 1, keep); }, Math.min(15000, 1000 * Math.pow(2, tries))); });
  }

  /** Calls `act()` now, or once the script that is being read is read to its end: its own parts may not be there yet. */
  ob.dom.whole = function (act) {
    if (document.currentScript) { queueMicrotask(act); } else { act(); }
  };

  var mounts = [];

  /**
   * Calls `draw(element)` each time a container of this id appears, now or later (Dash draws after load and on each
   * change of page); what `draw` returns, if a function, is called when that container leaves.
   */
  ob.mount = function (id, draw) {
    var mount = { id: id, draw: draw, element: null, leave: null };
    mounts.push(mount);
    check(mount);
  };

  function check(mount) {
    var element = document.getElementById(mount.id);
    if (element === mount.element) { return; }
    if (mount.leave) { mount.leave(); }
    mount.element = element;
    mount.leave = null;
    if (!element) { return; }
    var leave = mount.draw(element);
    mount.leave = typeof leave === "function" ? leave : null;
  }

  var isQueued = false;
  new MutationObserver(function () {
    if (isQueued) { return; }
    isQueued = true;
    queueMicrotask(function () {
      isQueued = false;
      mounts.forEach(check);
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})(typeof window === "undefined" ? globalThis : window);
