/* The words of the map: names of districts and places. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L, dom = ob.dom;

  /** A marker that is words: placed without a transform, since each of those is a layer that the browser composes in every frame. */
  ob.map.Label = L.Marker.extend({
    _setPos: function (place) {
      this._icon._leaflet_pos = place;
      this._icon.style.left = place.x + "px";
      this._icon.style.top = place.y + "px";
    }
  });

  /** Writes the names of the districts. */
  ob.map.nameDistricts = function (map) {
    ob.map.cityFile("districts").then(function (collection) {
      collection.features.forEach(function (feature) {
        var own = feature.properties;
        if (typeof own.label_lon !== "number") { return; }
        label(map, [own.label_lat, own.label_lon], "ob-district-name", String(own.number || own.short_name));
      });
    });
  };

  function label(map, position, className, text) {
    var parts = /^(\d+)$/.exec(text) ? [text, dom.el("sup", { text: ob.districtLabel(text).slice(text.length) })] : [text];
    var icon = L.divIcon({ className: className, iconSize: null, html: dom.el("span", {}, parts) });
    return new ob.map.Label(position, { icon: icon, pane: "ob-districts", interactive: false, keyboard: false }).addTo(map);
  }

  /** Writes the names of places, as many as the zoom has room for. */
  ob.map.namePlaces = function (map) {
    ob.map.cityFile("landmarks").then(function (collection) {
      if (!collection || ob.boot.tiles) { return; }
      var names = collection.features.filter(function (feature) { return feature.geometry.type === "Point"; })
        .map(function (feature) {
          var at = feature.geometry.coordinates, rank = feature.properties.rank || 2;
          return { marker: label(map, [at[1], at[0]], "ob-place-name r" + rank, feature.properties.name), from: 11.5 + rank };
        });
      function show() {
        var zoom = map.getZoom() - Math.log2(ob.map.scale());
        names.forEach(function (name) { name.marker.getElement().hidden = zoom < name.from; });
        if (ob.screen.isWall()) { keepApart(map, names); }
      }
      map.on("zoomend", show);
      show();
      map.on("unload", ob.map.onTheme(show));
    }).catch(function () { map.getContainer().dataset.places = "missing"; });
  };

  // In letters for four metres names meet: districts first, then the places that leave every other one readable.
  function keepApart(map, names) {
    var taken = boxes(map.getPane("ob-districts").querySelectorAll(".ob-district-name > span"));
    names.forEach(function (name) {
      var element = name.marker.getElement(), own = boxes([element.firstChild])[0];
      if (element.hidden || !own.width) { return; }
      element.hidden = taken.some(function (other) {
        return own.left < other.right && own.right > other.left && own.top < other.bottom && own.bottom > other.top;
      });
      if (!element.hidden) { taken.push(own); }
    });
  }

  function boxes(elements) { return Array.from(elements, function (one) { return one.getBoundingClientRect(); }); }
})(typeof window === "undefined" ? globalThis : window);
