/* Which layers of the map are on: defaults, changed by the key `couches` of the address. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var LAYERS = [
    { id: "evenements", text: "layer.events", isDefault: true },
    { id: "trafic", text: "layer.traffic", isDefault: true },
    { id: "axes", text: "layer.all_axes", isDefault: false, within: "trafic" },
    { id: "corteges", text: "layer.routes", isDefault: true },
    { id: "arrondissements", text: "layer.districts", isDefault: true },
    { id: "police", text: "layer.police", isDefault: false },
    { id: "cameras", text: "layer.cameras", isDefault: false }
  ];

  function find(id) { return LAYERS.find(function (layer) { return layer.id === id; }); }

  /** Tells whether a layer is on in a state of the address. */
  function isOn(state, id) {
    var chosen = state.couches[id];
    return chosen === undefined ? find(id).isDefault : chosen;
  }

  /** Returns the value of `couches` after a layer is turned on or off: only what differs from the defaults. */
  function toggled(state, id, on) {
    var next = Object.assign({}, state.couches);
    next[id] = on;
    return LAYERS.filter(function (layer) { return next[layer.id] !== undefined && next[layer.id] !== layer.isDefault; })
      .map(function (layer) { return (next[layer.id] ? "+" : "-") + layer.id; }).join(",");
  }

  ob.layers = { LAYERS: LAYERS, isOn: isOn, toggled: toggled };
  /** Turns a layer on or off, in the address. */
  ob.layers.set = function (id, on) { ob.url.write({ couches: toggled(ob.screen.state, id, on) }); };
  if (typeof module === "object" && module.exports) { module.exports = ob.layers; }
})(typeof window === "undefined" ? globalThis : window);
