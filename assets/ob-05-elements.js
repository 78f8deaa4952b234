/* Native elements that Dash's html lacks: icon, marker, input, choices; data and address. Python side: components/elements.py. */
(function () {
  "use strict";
  var React = window.React;
  if (!React) { return; }
  var h = React.createElement;
  var SPRITE = "/assets/icons.svg#";

  function wildcards(props, target) {
    Object.keys(props).forEach(function (key) {
      if (key.indexOf("data-") === 0 && key.indexOf("data-dash") !== 0 || key.indexOf("aria-") === 0) {
        target[key] = props[key];
      }
    });
    return target;
  }

  function Icon(props) {
    var named = props.label ? { role: "img", "aria-label": props.label } : { "aria-hidden": "true" };
    named.className = "ob-i" + (props.className ? " " + props.className : "");
    named.focusable = "false";
    return h("svg", wildcards(props, named), h("use", { href: SPRITE + props.name }));
  }

  function Marker(props) {
    var severity = Math.max(0, Math.min(4, props.severity || 0)), dom = window.ob.dom;
    var size = dom.SIZES[severity] * (props.scale || 1), glyph = dom.GLYPHS[severity];
    var top = (100 - glyph) / 2 + (severity === 3 ? 6 : 0);
    var shape = dom.SHAPES[severity];
    var outline = (severity > 1 ? 2 : 2.4) * 100 / dom.SIZES[severity];
    var parts = [
      h(shape[0], Object.assign({ key: "halo", className: "ob-mark-halo", strokeWidth: outline + 12 }, shape[1])),
      h(shape[0], Object.assign({
        key: "shape", className: "ob-mark-shape", strokeWidth: outline,
        strokeDasharray: props.state === "planned" ? outline * 2.6 + " " + outline * 1.5 : undefined
      }, shape[1]))
    ];
    if (severity === 4) {
      parts.push(h("g", { key: "ring", transform: "translate(50 50) scale(.84) translate(-50 -50)" },
        h(shape[0], Object.assign({ className: "ob-mark-ring", strokeWidth: outline * 0.8 }, shape[1]))));
    }
    parts.push(h("use", {
      key: "glyph", className: "ob-mark-glyph", href: SPRITE + props.icon,
      x: 50 - glyph / 2, y: top, width: glyph, height: glyph
    }));
    return h("svg", wildcards(props, {
      className: "ob-mark s" + severity + " f-" + props.family + " is-" + (props.state || "ongoing"),
      width: size, height: size, viewBox: "0 0 100 100", "aria-hidden": "true", focusable: "false"
    }), parts);
  }

  var WIDTH = 104, HEIGHT = 38;

  // A day that was not measured interrupts the line: it was not zero.
  function Spark(props) {
    var values = props.values || [];
    if (values.length < 2) { return null; }
    var top = Math.max.apply(null, values.concat([0])) || 1, isDrawing = false, last = null;
    var line = values.map(function (value, i) {
      if (value === null) { isDrawing = false; return ""; }
      var x = (3 + i * (WIDTH - 6) / (values.length - 1)).toFixed(1), y = (HEIGHT - 4 - value / top * (HEIGHT - 8)).toFixed(1);
      var step = (isDrawing ? "L" : "M") + x + " " + y;
      isDrawing = true;
      last = [x, y];
      return step;
    }).join("");
    return h("svg", {
      className: "ob-spark", viewBox: "0 0 " + WIDTH + " " + HEIGHT, width: WIDTH, height: HEIGHT,
      "aria-hidden": "true", focusable: "false"
    }, h("path", { d: line }), last && h("circle", { cx: last[0], cy: last[1], r: 3 }));
  }

  // Both ways of counting are drawn at once; the sheet of styles shows the one of data-mode, so that a choice needs no question.
  function DistrictMap(props) {
    var modes = Object.keys(props.legends);
    function classes(one) { return modes.map(function (mode) { return "of-" + mode + "-" + one.classes[mode]; }).join(" "); }
    var shapes = props.shapes.map(function (one) {
      var name = modes.map(function (mode) { return one.says[mode]; }).join(", ");
      return h("a", { key: one.short, href: "#", "data-ob-filter-district": one.short, "aria-label": name,
        className: "ob-district " + classes(one) + (one.chosen ? " is-chosen" : "") },
      h("title", null, name), h("path", { d: one.path }));
    });
    var numbers = props.shapes.map(function (one) {
      return h("text", { key: one.short, x: one.x, y: one.y, className: "ob-district-number " + classes(one) }, one.short);
    });
    var legends = modes.map(function (mode) {
      var lines = props.legends[mode].map(function (text, i, all) {
        return h("li", { key: i }, h("span", { className: "ob-seq is-" + (all.length - i), "aria-hidden": "true" }), h("span", null, text));
      });
      if (mode === "rate") {
        lines.push(h("li", { key: "hollow" }, h("span", { className: "ob-seq is-0", "aria-hidden": "true" }), h("span", null, props.hollow)));
      }
      return h("ol", { key: mode, className: "ob-map-legend-list of-" + mode }, lines);
    });
    return h("div", { id: props.id, className: "ob-district-map", "data-mode": modes[0] },
      h("svg", { viewBox: "-4 -4 " + (props.width + 8) + " " + (props.height + 8), role: "group", "aria-label": props.label },
        h("defs", null, h("pattern", { id: "ob-hollow", width: 6, height: 6, patternUnits: "userSpaceOnUse",
          patternTransform: "rotate(45)" }, h("path", { d: "M0 0V6", className: "ob-hollow-line" }))),
        shapes, h("g", { "aria-hidden": "true" }, numbers)),
      legends);
  }

  function Entry(props) {
    var attributes = wildcards(props, {
      id: props.id, type: props.kind, name: props.name, className: props.className,
      placeholder: props.placeholder, autoComplete: props.autoComplete
    });
    if (props.kind === "checkbox" || props.kind === "radio") {
      attributes.value = props.value;
      attributes.defaultChecked = Boolean(props.checked);
    } else {
      attributes.defaultValue = props.value;
      attributes.spellCheck = false;
    }
    return h("input", attributes);
  }

  function DayBars(props) {
    return h("div", { className: "ob-day-bars", role: "img", "aria-label": props.label },
      props.bars.map(function (bar, i) { return h("span", { key: i, className: "is-" + bar }); }));
  }

  function Choices(props) {
    function box(choice) {
      return h("label", { key: choice.value, className: "ob-choice" },
        h("input", { type: props.kind, name: "filter-" + props.field, value: choice.value, defaultChecked: false,
          "data-ob-key": props.field, "data-ob-text": choice.text || choice.label }),
        choice.severity && h("span", { className: "ob-choice-mark" },
          h(Marker, { severity: choice.severity, icon: "warn", family: "circ", scale: 0.55 })),
        choice.icon && h(Icon, { name: choice.icon, className: choice.family ? "f-" + choice.family : "" }),
        h(choice.members ? "b" : "span", null, choice.label));
    }
    function family(choice) {
      return h("fieldset", { key: choice.value, className: "ob-family" },
        h("legend", { className: "ob-sr" }, choice.label), box(choice),
        h("div", { className: "ob-choices is-members" }, choice.members.map(box)));
    }
    return h("div", { className: props.className },
      props.choices.map(function (choice) { return choice.members ? family(choice) : box(choice); }));
  }

  // Data that callbacks read and write: Dash keeps it, nothing is drawn.
  function Kept() { return null; }

  function Address(props) {
    React.useEffect(function () {
      function tell() { props.setProps({ pathname: window.location.pathname }); }
      tell();
      window.addEventListener("popstate", tell);
      return function () { window.removeEventListener("popstate", tell); };
    }, []);
    return null;
  }

  window.ob_elements = { Icon: Icon, Marker: Marker, Spark: Spark, DayBars: DayBars, Entry: Entry, Choices: Choices, Kept: Kept,
    Address: Address, DistrictMap: DistrictMap };
})();
