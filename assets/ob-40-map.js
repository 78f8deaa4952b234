/* The map of the page: its panes, base map without tiles, place in the address; other modules add their layers. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L;
  var dom = ob.dom;

  var PANES = { base: "--ob-z-map", districts: "--ob-z-map-district", traffic: "--ob-z-map-traffic",
    zones: "--ob-z-map-traffic", routes: "--ob-z-map-route", cameras: "--ob-z-map-camera", events: "--ob-z-map-event",
    selected: "--ob-z-map-selected" };
  var OWN = { base: 210 }; // Leaflet's tiles are at 200: the base map lies over them, its fill then transparent

  var painters = [];
  var drawing = new Set(); // those of them that have drawn on the current map
  var current = null;
  var files = {};
  ob.map = {};

  /** Returns the value of a design token, read once per theme. */
  var tokens = {};
  ob.map.token = function (name) {
    if (tokens[name] === undefined) {
      tokens[name] = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    }
    return tokens[name];
  };

  /** Returns how much larger markers and lines are on this screen (a wall is read from far). */
  ob.map.scale = function () { return parseFloat(ob.map.token("--ob-mk-scale")) || 1; };

  var themed = [];
  /** Calls `repaint()` when the theme or kind of screen changes. */
  ob.map.onTheme = function (repaint) {
    themed.push(repaint);
    return function () { themed.splice(themed.indexOf(repaint), 1); };
  };
  function retheme() {
    tokens = {};
    themed.slice().forEach(function (repaint) { repaint(); });
  }
  ["(forced-colors: active)", "(prefers-contrast: more)"].forEach(function (asked) { root.matchMedia(asked).addEventListener("change", retheme); });
  new MutationObserver(retheme).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "data-ob-screen", "data-ob-scale"] });

  /**
   * Calls `draw(map)` for the page's map, now or when there is one; what it returns, if a function, is called when the map
   * leaves.
   */
  ob.map.onMap = function (draw) {
    painters.push(draw);
    dom.whole(function () { if (current && !drawing.has(draw)) { addPainter(current, draw); } });
  };
  ob.map.present = function () { return current; };

  /** Returns a promise of one of the city's files (districts, axes, land, communes, landmarks), fetched once. */
  ob.map.cityFile = function (name) {
    var address = ob.boot && ob.boot.city && ob.boot.city[name];
    if (!address) { return Promise.resolve(null); }
    files[name] = files[name] || fetch(address).then(function (answer) {
      if (!answer.ok) { throw new Error("HTTP " + answer.status + " for " + address); }
      return answer.json();
    }).catch(function (error) {
      delete files[name];
      throw error;
    });
    return files[name];
  };

  function addPainter(map, draw) {
    drawing.add(draw);
    var leave = draw(map);
    if (typeof leave === "function") { map.on("unload", leave); }
  }

  var OPTIONS = { zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 10, maxZoom: 18 };
  var board = null; // the map's element, which moves from the page's first frame to the place that Dash draws

  function makeBoard(home) {
    board = dom.el("div", { id: "map", "class": "ob-leaflet" });
    home.appendChild(board);
    start(L.map(board, Object.assign({ center: [ob.boot.center[1], ob.boot.center[0]], zoom: ob.boot.zoom }, OPTIONS)));
  }

  var moved = null;

  /** Draws the map in a place that will leave; the next `map-slot` takes it over as it is, and `then()` is called. */
  ob.map.drawIn = function (place, then) {
    moved = then;
    makeBoard(place);
  };

  ob.mount("map-slot", function (slot) {
    if (board) { requestAnimationFrame(function () { takeOver(slot); }); }
    else { ob.ready.then(function () { if (slot.isConnected && !board) { makeBoard(slot); } }); }
    return function () {
      if (!board || !slot.contains(board)) { return; }
      board = null;
      current.remove();
    };
  });

  // Dash draws a page in several steps: the map moves when the last is done, before anything of them is seen.
  function takeOver(slot) {
    slot.appendChild(board);
    if (moved) { moved(); }
    moved = null;
    current.invalidateSize({ animate: false, pan: false });
  }

  function start(map) {
    current = map;
    map.on("unload", function () {
      drawing.clear();
      if (current === map) { current = null; }
    });
    var container = map.getContainer();
    container.setAttribute("role", "group");
    container.setAttribute("aria-label", ob.t("map.title"));
    Object.keys(PANES).forEach(function (name) {
      var pane = map.createPane("ob-" + name);
      pane.style.zIndex = OWN[name] || ob.map.token(PANES[name]) || "400";
      pane.classList.add("ob-pane-" + name);
    });
    map.on("layeradd", keepOffTab);
    keepPlace(map);
    afterPicture(map, function () {
      drawBase(map);
      credit(map);
    });
    painters.forEach(function (draw) { addPainter(map, draw); });
    watchSize(map, container);
  }

  var LONGEST_MS = 1000;

  // A line that listens to the focus for its tooltip is a stop of Tab without a name: roads and zones are in the tables.
  function keepOffTab(event) {
    var path = event.layer instanceof L.Path && event.layer.getElement();
    if (path) { path.setAttribute("tabindex", "-1"); }
  }

  var DRAWN_AROUND = 0.1; // share of the map's size that every layer draws beyond its edges, and more

  // Panels and rows open and close beside the map; Leaflet hears of window sizes only. While what is drawn reaches to the
  // edges, the map is told its size and no more: the base map alone takes longer to draw than all events.
  function watchSize(map, container) {
    var drawn = map.getSize();
    map.on("moveend", function () { drawn = map.getSize(); });
    var observer = new ResizeObserver(function () {
      var width = container.clientWidth, height = container.clientHeight;
      var isCovered = width > 0 && width <= drawn.x * (1 + DRAWN_AROUND) && height <= drawn.y * (1 + DRAWN_AROUND);
      if (isCovered) { map._sizeChanged = true; map._lastCenter = null; return; }
      map.invalidateSize({ animate: false, pan: false });
    });
    observer.observe(container);
    map.on("unload", function () { observer.disconnect(); });
  }

  var quiet = false; // the map stands where the reader does: the address does not say where, until it is recentred

  /** Moves the map without a trace in the address. */
  ob.map.moveQuietly = function (map, place, zoom) {
    quiet = true;
    map.setView(place, zoom, { animate: false });
  };

  function keepPlace(map) {
    var timer = 0, hasMoved = false;
    function toChosen(state) {
      var place = state.c;
      if (!place) { return; }
      var center = map.getCenter();
      if (Math.abs(center.lat - place.lat) < 2e-5 && Math.abs(center.lng - place.lon) < 2e-5
        && Math.abs(map.getZoom() - place.zoom) < 0.01) { return; }
      map.setView([place.lat, place.lon], place.zoom, { animate: false });
    }
    if (ob.screen.state.c) { toChosen(ob.screen.state); } else { ob.map.recentre(map); }
    map.on("dragstart zoomstart", function () { hasMoved = true; });
    map.on("moveend", function () {
      if (!hasMoved || quiet || ob.screen.isWall()) { return; }
      clearTimeout(timer);
      timer = setTimeout(function () {
        var center = map.getCenter();
        ob.url.write({ c: [center.lat.toFixed(5), center.lng.toFixed(5), +map.getZoom().toFixed(2)] });
      }, 400);
    });
    var stop = ob.url.onChange(toChosen);
    map.on("unload", function () { stop(); clearTimeout(timer); });
  }

  /** Shows the city's own extent. */
  ob.map.recentre = function (map) {
    quiet = false;
    map.setView([ob.boot.center[1], ob.boot.center[0]], ob.boot.zoom, { animate: false });
  };

  // What happens in the city comes first; its ground and its names follow, at the latest when events are long in coming.
  function afterPicture(map, draw) {
    var stop = ob.screen.onView(function () { requestAnimationFrame(function () { setTimeout(once, 0); }); });
    var timer = setTimeout(once, LONGEST_MS);
    var isDone = false;
    function once() {
      if (isDone) { return; }
      isDone = true;
      stop();
      clearTimeout(timer);
      if (current === map) { draw(); }
    }
  }

  function drawBase(map) {
    var token = ob.map.token;
    var shapes = L.canvas({ pane: "ob-base", padding: 0.5 });
    var borders = L.svg({ pane: "ob-districts", padding: 0.5 }); // a canvas more costs the browser a while in every frame
    var hasTiles = Boolean(ob.boot.tiles);
    var styles = {
      land: function () { return { fill: !hasTiles, fillColor: token("--ob-map-land"), fillOpacity: 1, stroke: !hasTiles,
        color: token("--ob-map-road-edge"), weight: 1 }; },
      communes: function () { return { fill: false, color: token("--ob-map-road-edge"), weight: 0.8 }; },
      roadEdge: function () { return { color: token("--ob-map-road-edge"), weight: 5 * ob.map.scale() }; },
      road: function () { return { color: token("--ob-map-road"), weight: 3.4 * ob.map.scale() }; },
      districts: function () { return { fill: false, color: token("--ob-map-district"), weight: ob.map.scale(),
        dashArray: "5 3", opacity: 0.75 }; }
    };
    var drawn = [];
    if (hasTiles) {
      L.tileLayer(ob.boot.tiles.url, { maxZoom: ob.boot.tiles.max_zoom, attribution: "" }).addTo(map);
    }
    function add(name, style, renderer) {
      return ob.map.cityFile(name).then(function (collection) {
        if (!collection || current !== map) { return; }
        var layer = L.geoJSON(collection, { style: styles[style], interactive: false, renderer: renderer,
          pane: renderer.options.pane });
        layer.addTo(map);
        drawn.push([layer, style]);
      });
    }
    add("land", "land", shapes).then(function () { return hasTiles ? null : add("communes", "communes", shapes); })
      .then(function () { return hasTiles ? null : add("axes", "roadEdge", shapes); })
      .then(function () { return hasTiles ? null : add("axes", "road", shapes); })
      .then(function () { return add("districts", "districts", borders); })
      .then(function () { ob.map.nameDistricts(map); ob.map.namePlaces(map); })
      .catch(function () {
        container(map).dataset.base = "missing"; // without its base map the screen stays usable: events and list go on
      });
    var stop = ob.map.onTheme(function () {
      drawn.forEach(function (pair) { pair[0].setStyle(styles[pair[1]]()); });
    });
    map.on("unload", stop);
  }

  // Texts of publishers are written as text: Leaflet's own control would read them as markup.
  function credit(map) {
    if (ob.screen.isWall()) { return; }
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 90 }).addTo(map);
    var box = dom.el("div", { "class": "ob-credit" });
    map.getContainer().appendChild(box);
    Promise.all(["districts", "axes", "land"].map(ob.map.cityFile)).then(function (collections) {
      var texts = collections.map(function (one) { return one && one.metadata && one.metadata.attribution; });
      texts.unshift(ob.boot.tiles ? ob.boot.tiles.attribution : ob.t("map.schematic"));
      box.textContent = Array.from(new Set(texts.filter(Boolean))).join(" · ");
    }).catch(function () { box.textContent = ob.t("map.schematic"); });
  }

  function container(map) { return map.getContainer(); }
})(typeof window === "undefined" ? globalThis : window);
