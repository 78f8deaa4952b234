/* The pictograms on the map, clusters where they crowd, leaders where they are pushed: drawn, under a button for each. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }
  var L = root.L, dom = ob.dom;
  var REST_MS = 150; // the cursor rests when nothing was painted for so long
  var PAD = 0.2; // share of the screen drawn around it, so that a drag shows no blank edge
  var FRESH_S = 120; // how long news is ringed
  var NAMED_MS = 150; // after a picture: to ask for a frame of their own would cost as much as the names
  var FEW = 20; // new marks of a change are named at once, those of a first picture or another place after it
  var NOTE_AT = 12.5; // pixels from the middle of a mark to that of its badge, along both axes

  function Markers(map) {
    this.map = map;
    this.drawn = new Map();
    this.element = dom.el("div", { "class": "leaflet-zoom-animated ob-markers" });
    this.brush = new ob.brush.Brush(this.element);
    this.buttons = dom.el("div");
    this.element.appendChild(this.buttons);
    map.getPane("ob-events").appendChild(this.element);
    var me = this;
    this.redraw = function () { me.draw(); };
    map.on("moveend viewreset resize", this.redraw);
    map.on("zoomanim", this.follow, this);
    L.DomEvent.on(this.element, "click", this.click, this);
    L.DomEvent.on(this.element, "dblclick", L.DomEvent.stop);
  }

  // During the zoom's animation the whole layer is scaled; it is drawn anew at its end.
  Markers.prototype.follow = function (event) {
    if (!this.corner) { return; }
    L.DomUtil.setTransform(this.element, this.map._latLngToNewLayerPoint(this.corner, event.zoom, event.center),
      this.map.getZoomScale(event.zoom, this.cornerZoom));
  };

  Markers.prototype.click = function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    L.DomEvent.stop(event);
    var drawn = this.drawn.get(button.dataset.key);
    if (drawn.members) { this.open(drawn); } else { ob.select(button.dataset.key); }
  };

  Markers.prototype.open = function (cluster) {
    var map = this.map, zoom = map.getZoom();
    var points = cluster.members.map(function (mark) { return map.unproject([mark.x, mark.y], zoom); });
    var fit = map.getBoundsZoom(L.latLngBounds(points), false, L.point(80, 80));
    map.setView(map.unproject([cluster.x, cluster.y], zoom), Math.max(zoom + 1, Math.min(18, fit)));
  };

  Markers.prototype.paint = function (view) {
    var ev = ob.screen.state.ev, isSame = this.view && this.view.shown === view.shown && this.ev === ev && !this.isOld; // only sources were heard of
    Object.assign(this, { view: view, ev: ev, isOld: false });
    if (!isSame) { this.put(); this.draw(); }
  };

  // While the cursor runs, frame after frame, only the picture follows it: the buttons lie aside, are put back and named
  // where it rests, and never leave while one of them has the focus.
  Markers.prototype.put = function () {
    var now = performance.now(), me = this;
    var isRunning = !ob.screen.isLive() && now - (this.paintedAt || 0) < REST_MS && !this.buttons.contains(document.activeElement);
    this.paintedAt = now;
    if (!isRunning) { return; }
    this.buttons.remove();
    clearTimeout(this.naming);
    this.naming = 0;
    clearTimeout(this.resting);
    this.resting = setTimeout(function () { me.resting = 0; me.element.appendChild(me.buttons); me.nameSoon(); }, REST_MS);
  };

  // Marks in sight, in pixels of the present zoom. Where nothing but events changed, those of before are still right: made
  // anew for each of ten thousand events, they take as long as the rest of a picture.
  Markers.prototype.marks = function (frame) {
    var stamp = this.stamp(frame), selected = ob.screen.state.ev, marks = [], me = this;
    this.view.seen.forEach(function (entry) {
      var mark = entry.mark;
      if (!mark || mark.stamp !== stamp || mark.isMoving || mark.isSelected !== (entry.row.id === selected)) { mark = entry.mark = me.markOf(entry, frame, stamp); }
      if (mark.isInSight) { marks.push(mark); }
    });
    return marks;
  };

  // One object as long as the frame and the kind of screen stay as they are.
  Markers.prototype.stamp = function (frame) {
    var key = [frame.world, frame.left, frame.top, frame.right, frame.bottom, ob.map.scale(), ob.screen.isWall()].join();
    if (!this.stamped || this.stamped.key !== key) {
      this.stamped = { key: key, unit: ob.map.scale(), isWall: ob.screen.isWall() };
    }
    return this.stamped;
  };

  Markers.prototype.markOf = function (entry, frame, stamp) {
    var store = ob.screen.store, row = entry.row, phase = entry.phase, isEstimated = false;
    var isMoving = Boolean(row.rt) && phase === "ongoing";
    if (isMoving) {
      var way = ob.passage.passage(row, this.view.t);
      if (way) { store.place(row, way.position); isEstimated = !way.isObserved; }
    }
    var x = store.x[row.slot] * frame.world, y = store.y[row.slot] * frame.world;
    // The wall shows what happens now and hinders: at four metres more would be noise.
    var isNoise = !row.ll || stamp.isWall && (row.sev < 2 || phase !== "ongoing");
    return { id: row.id, sev: row.sev, x: x, y: y, size: dom.SIZES[row.sev] * stamp.unit, row: row, phase: phase,
      isSelected: row.id === ob.screen.state.ev, isEstimated: isEstimated, isMoving: isMoving, stamp: stamp,
      isInSight: !isNoise && x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom };
  };

  Markers.prototype.frame = function () {
    var map = this.map, size = map.getSize(), zoom = map.getZoom();
    var corner = map.containerPointToLayerPoint([-size.x * PAD, -size.y * PAD]);
    L.DomUtil.setTransform(this.element, corner, 1);
    this.corner = map.layerPointToLatLng(corner);
    this.cornerZoom = zoom;
    var origin = corner.add(map.getPixelOrigin());
    var width = Math.ceil(size.x * (1 + 2 * PAD)), height = Math.ceil(size.y * (1 + 2 * PAD));
    return { left: origin.x, top: origin.y, right: origin.x + width, bottom: origin.y + height, width: width, height: height,
      world: 256 * Math.pow(2, zoom) };
  };

  Markers.prototype.draw = function () {
    if (!this.view) { return; }
    var frame = this.frame(), isOn = ob.layers.isOn(ob.screen.state, "evenements");
    var marks = isOn ? this.marks(frame) : [];
    var isWall = ob.screen.isWall();
    var groups = ob.clusters.cluster(marks, this.map.getZoom(), { cell: 60 * ob.map.scale(), many: isWall ? 60 : 160 });
    var singles = groups.singles.length <= 300 ? ob.clusters.spread(groups.singles) : bySeverity(groups.singles);
    this.singles = singles.map(function (mark) { return mark.row; });
    var next = new Map(), order = [], before = this.drawn, created = [], me = this;
    this.ringS = Infinity;
    groups.clusters.sort(function (a, b) { return b.sev - a.sev || b.n - a.n; });
    singles.concat(groups.clusters).forEach(function (one) {
      var kept = before.get(one.id) || me.create(one, created);
      before.delete(one.id);
      one.members ? me.drawCluster(kept, one) : me.drawMark(kept, one);
      me.place(kept, one, frame);
      next.set(one.id, kept);
      order.push(kept.button);
    });
    before.forEach(function (gone) { gone.button.remove(); });
    this.drawn = next;
    this.arrange(order);
    this.picture(frame);
    if (created.length <= FEW) { created.forEach(this.nameOne, this); }
    if (!this.resting) { this.nameSoon(); }
    this.element.dataset.drawn = singles.length;
    this.element.dataset.clusters = groups.clusters.length;
    if (this.onDrawn) { this.onDrawn(singles); }
    this.endRing();
  };

  // Nothing else may change when a ring has been there long enough.
  Markers.prototype.endRing = function () {
    var me = this;
    clearTimeout(this.ringing);
    if (this.ringS < Infinity) { this.ringing = setTimeout(function () { me.isOld = true; ob.screen.refresh("sources"); }, this.ringS * 1000 + 50); }
  };

  function bySeverity(marks) {
    return marks.slice().sort(function (a, b) { return b.sev - a.sev || (a.id < b.id ? -1 : 1); });
  }

  Markers.prototype.create = function (one, created) {
    var kept = { button: dom.el("button", { type: "button", data: { key: one.id } }), look: "" };
    this.buttons.appendChild(kept.button);
    created.push(kept);
    return kept;
  };

  Markers.prototype.drawMark = function (kept, mark) {
    var row = mark.row, view = this.view;
    var ringS = ob.screen.isLive() && row["new"] > ob.screen.store.newsFrom ? FRESH_S - (view.t - row["new"]) : 0, isNew = ringS > 0;
    if (isNew) { this.ringS = Math.min(this.ringS, ringS); }
    var look = [row.v, row.sev, row.cat, row.st, row.au, mark.phase, mark.isSelected, mark.isEstimated, isNew].join("|");
    var button = kept.button;
    if (kept.look !== look) {
      kept.look = look;
      button.className = "ob-marker" + (mark.isSelected ? " is-selected" : "") + (isNew ? " is-new" : "");
      button.setAttribute("aria-pressed", mark.isSelected ? "true" : "false");
      button.title = row.ti;
      kept.label = "";
    }
    kept.members = null;
    kept.mark = mark;
    this.raise(kept, mark.isSelected ? 9000 : row.sev * 1000 + Math.max(0, 900 - Math.floor((view.t - row.at) / 60)));
  };

  // What a mark is called is said once it is seen: the words of a first picture take as long as its drawing. Pictures that
  // follow do not put it off: news that never pause would leave the marks without names.
  Markers.prototype.nameSoon = function () {
    var me = this;
    if (this.naming) { return; }
    this.naming = setTimeout(function () { me.naming = 0; me.name(); }, NAMED_MS);
  };

  Markers.prototype.name = function () { this.drawn.forEach(this.nameOne, this); };

  Markers.prototype.nameOne = function (kept) {
    var view = this.view, row = kept.members ? null : kept.mark.row, said = row ? Math.floor(view.t / 60) + "|" + row.v : kept.look;
    if (kept.label === said) { return; }
    kept.label = said;
    kept.button.setAttribute("aria-label", row ? ob.describe(row, view)
      : ob.t("map.cluster", { n: kept.n, severity: ob.t("sev." + kept.sev) }));
  };

  Markers.prototype.raise = function (kept, height) {
    if (kept.height === height) { return; }
    kept.height = height;
    kept.button.style.zIndex = height;
  };

  Markers.prototype.drawCluster = function (kept, cluster) {
    var look = cluster.n + "|" + cluster.sev;
    kept.members = cluster.members;
    kept.x = cluster.x;
    kept.y = cluster.y;
    kept.n = cluster.n;
    kept.sev = cluster.sev;
    this.raise(kept, cluster.sev * 1000);
    if (kept.look === look) { return; }
    kept.look = look;
    kept.label = "";
    kept.button.className = "ob-cluster";
  };

  Markers.prototype.place = function (kept, one, frame) {
    var x = Math.round(one.x + (one.dx || 0) - frame.left), y = Math.round(one.y + (one.dy || 0) - frame.top);
    if (kept.atX !== x || kept.atY !== y) {
      kept.atX = x;
      kept.atY = y;
      kept.button.style.left = x + "px"; // not a transform: each would be painted apart
      kept.button.style.top = y + "px";
    }
    kept.fromX = Math.round(one.x - frame.left);
    kept.fromY = Math.round(one.y - frame.top);
  };

  // What stands above is drawn last: an event is over any cluster of less severe ones.
  Markers.prototype.picture = function (frame) {
    var brush = this.brush, scale = ob.map.scale(), line = ob.screen.isWall() ? 4 : 1.5;
    var all = Array.from(this.drawn.values()).sort(function (a, b) { return a.height - b.height; });
    var content = [frame.width, frame.height, window.devicePixelRatio].concat(all.map(function (kept) {
      return [kept.look, kept.atX, kept.atY, kept.fromX, kept.fromY].join();
    })).join(";");
    if (content === this.content) { return; } // what changed is inside clusters
    this.content = content;
    brush.begin(frame.width, frame.height);
    all.forEach(function (kept) {
      if (!kept.members && (kept.atX !== kept.fromX || kept.atY !== kept.fromY)) {
        brush.leader({ x: kept.fromX, y: kept.fromY }, { x: kept.atX, y: kept.atY }, line);
      }
    });
    all.forEach(function (kept) {
      if (kept.members) { brush.cluster(kept.sev, ob.number(kept.n), kept.atX, kept.atY, scale); return; }
      var mark = kept.mark, look = ob.lookOf(mark.row, mark.phase), away = NOTE_AT * scale;
      look.isEstimated = mark.isEstimated;
      brush.mark(look, kept.atX, kept.atY, mark.size);
      if (mark.row.st === "to_confirm") { brush.note("?", null, kept.atX + away, kept.atY - away); }
      if (mark.row.au === "restricted") { brush.note("", mark.row.em ? "hourglass" : "lock", kept.atX + away, kept.atY + away); }
      if (mark.row.cat === "fermeture_nuit") { brush.note("", "moon", kept.atX - away, kept.atY + away); }
    });
  };

  // Tab goes through the buttons by severity: their order in the document is that order.
  Markers.prototype.arrange = function (order) {
    var buttons = this.buttons, focused = buttons.contains(document.activeElement) ? document.activeElement : null;
    var follower = null;
    for (var i = order.length - 1; i >= 0; i--) {
      if (order[i].nextSibling !== follower) { buttons.insertBefore(order[i], follower); }
      follower = order[i];
    }
    if (focused && document.activeElement !== focused && focused.isConnected) { focused.focus({ preventScroll: true }); }
  };

  Markers.prototype.remove = function () {
    this.map.off("moveend viewreset resize", this.redraw);
    this.map.off("zoomanim", this.follow, this);
    clearTimeout(this.naming);
    clearTimeout(this.resting);
    clearTimeout(this.ringing);
    this.element.remove();
  };

  var hasSprite = false;
  dom.sprite.then(function () { hasSprite = true; });

  ob.map.onMap(function (map) {
    var markers = ob.map.markers = new Markers(map), selected = null;
    var stops = [ob.screen.onView(function (view) {
      markers.paint(view);
      if (ob.screen.state.ev !== selected) {
        selected = ob.screen.state.ev;
        ob.map.reveal(map, selected);
      }
    }), ob.map.onTheme(again)];
    // Pictograms and letters may come after the first picture.
    if (!hasSprite || document.fonts.status !== "loaded") { Promise.all([dom.sprite, document.fonts.ready]).then(again); }
    function again() {
      markers.brush.forget();
      markers.content = "";
      markers.draw();
    }
    return function () {
      stops.forEach(function (stop) { stop(); });
      markers.remove();
    };
  });
})(typeof window === "undefined" ? globalThis : window);
