/* Plays the scenes of the wall: one after the other with a fade, held by what is critical, switched by arrow keys. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined" || !root.L) { return; }

  var ANSWERED = "ob-wall-answered";
  var REFERENCE = [1160, 868]; // the map of a screen of 1920 x 1080, for which a scene says its zoom
  var dom = ob.dom, el = dom.el, html = document.documentElement, pure = ob.scenes;
  var listeners = [], present = null;

  /** Calls `tell(scene)` after each change of scene; returns a function that stops it. */
  ob.wall.onScene = function (tell) {
    listeners.push(tell);
    return function () { listeners.splice(listeners.indexOf(tell), 1); };
  };

  function show(scene) {
    present = scene;
    html.dataset.obTemplate = scene.template;
    ob.screen.showsRestricted = scene.restricted;
    ob.screen.show(pure.searchOf(scene, window.location.search));
    if (ob.wall.sceneName) { dom.setText(ob.wall.sceneName, scene.name); }
    aim();
    listeners.slice().forEach(function (tell) { tell(scene); });
  }

  // The same extent on every screen: the zoom of a scene is that of a wall of 1920 x 1080.
  function aim() {
    var map = ob.map && ob.map.present();
    if (!map || !present || !map.getContainer().clientWidth) { return; }
    map.invalidateSize({ animate: false, pan: false });
    var size = map.getSize(), more = Math.log2(Math.min(size.x / REFERENCE[0], size.y / REFERENCE[1]));
    var place = ob.screen.state.c, march = present.template === "march" && ob.screen.isReady()
      && ob.wallPanels.marchOf(ob.screen.view().lists.ongoing, function (id) { return ob.category(id).family; });
    var way = march && ob.passage.passage(march, ob.screen.view().t);
    if (way) {
      map.fitBounds(way.line.map(function (point) { return [point[1], point[0]]; }),
        { animate: false, padding: [size.x * 0.16, size.y * 0.16], maxZoom: 16 });
      return;
    }
    map.setView(place ? [place.lat, place.lon] : [ob.boot.center[1], ob.boot.center[0]], (place ? place.zoom : ob.boot.zoom) + more,
      { animate: false });
  }

  /* What is critical ---------------------------------------------------------- */

  function answered() {
    try { return new Set(JSON.parse(sessionStorage.getItem(ANSWERED) || "[]")); } catch (error) { return new Set(); }
  }

  function critical() {
    return ob.screen.isReady() ? ob.screen.view().lists.ongoing.filter(function (row) { return row.sev === 4; })
      .map(function (row) { return row.id; }) : [];
  }

  // Scenes choose what they show: a critical event that the present one leaves out is looked for in all there is.
  function isCritical(t) {
    var done = answered(), found = false;
    ob.screen.store.rows.forEach(function (row) {
      found = found || row.sev === 4 && row.st !== "draft" && (row.au !== "restricted" || ob.screen.showsRestricted)
        && !done.has(row.id) && ob.view.phaseAt(row, t) === "ongoing";
    });
    return found;
  }

  function answer() {
    try { sessionStorage.setItem(ANSWERED, JSON.stringify(critical())); } catch (error) { html.dataset.obKept = "no"; }
  }

  /* The foot: which scene, and until when --------------------------------------- */

  ob.mount("wall-scene", function (box) {
    var stops = [], isGone = false, play = null, isChanging = false, drawn = "";
    var words = el("span", { "class": "ob-wall-scene-text" }), dots = el("span", { "class": "ob-wall-dots", "aria-hidden": "true" });

    function go(next) {
      var isOther = next.index !== play.index;
      play = next;
      if (!isOther) { return; }
      isChanging = true;
      ob.wall.fade(function () {
        isChanging = false;
        show(play.list.scenes[play.index]);
        tell(Date.now());
      });
    }

    function tell(now) {
      var n = play.list.scenes.length, at = { i: play.index + 1, n: n, s: Math.max(0, Math.ceil((play.until - now) / 1000)) };
      box.hidden = n < 2;
      dom.setText(words, ob.t(play.isHeld ? "wall.scene.held" : play.list.rotates ? "wall.scene" : "wall.scene.fixed", at));
      var key = play.index + "|" + play.isHeld;
      if (key === drawn) { return; }
      drawn = key;
      dots.replaceChildren.apply(dots, play.list.scenes.map(function (_, index) { return el("i", { "class": index === play.index ? "is-on" : null }); })
        .concat(play.isHeld ? [dom.icon("pausecircle")] : []));
    }

    function onKey(event) {
      var by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!play || event.ctrlKey || event.altKey || event.metaKey) { return; }
      if (event.key === "Enter") { answer(); event.preventDefault(); }
      if (by) { event.preventDefault(); go(pure.at(play, play.index + by, Date.now())); }
    }

    ob.ready.then(function () {
      var holder = box.closest("[data-ob-scenes]");
      if (isGone || !holder) { return; }
      var scenes = JSON.parse(holder.dataset.obScenes);
      if (!scenes.length) { return; }
      play = pure.begin(pure.playlist(scenes, window.location.search), Date.now());
      box.replaceChildren(words, dots);
      show(play.list.scenes[play.index]);
      tell(Date.now());
      document.addEventListener("keydown", onKey);
      stops.push(function () { document.removeEventListener("keydown", onKey); });
      stops.push(ob.wall.onResize(aim));
      stops.push(ob.screen.onTick(function (t) {
        var now = Date.now();
        if (isChanging || !ob.screen.isReady()) { return; }
        if (play.list.rotates) { go(pure.step(play, now, isCritical(t))); }
        if (!isChanging) { tell(now); }
      }));
    });
    return function () {
      isGone = true;
      present = null;
      ob.screen.showsRestricted = false;
      stops.forEach(function (stop) { stop(); });
    };
  });

  ob.map.onMap(function (map) {
    if (!ob.screen.isWall()) { return undefined; }
    var observer = new ResizeObserver(aim);
    observer.observe(map.getContainer());
    return function () { observer.disconnect(); };
  });
})(typeof window === "undefined" ? globalThis : window);
