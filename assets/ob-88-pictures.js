/* Maps and charts as pictures: with title, sentence, time, and the mark of the demonstration burnt in. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var SCALE = 2, PAD = 20, STRIP = 26, HEAD = 70, FOOT = 46, LEAST = 600;

  function token(name) { return window.getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function image(address) {
    return new Promise(function (done, fail) {
      var picture = new Image();
      picture.onload = function () { done(picture); };
      picture.onerror = function () { fail(new Error("the drawing could not be read as a picture")); };
      picture.src = address;
    });
  }

  // A picture does not know the page's sheets of styles: each shape takes its colours along.
  var STYLES = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];
  function plain(drawing) {
    var copy = drawing.cloneNode(true), box = drawing.getBoundingClientRect();
    var from = drawing.querySelectorAll("*"), to = copy.querySelectorAll("*");
    from.forEach(function (one, i) {
      var style = window.getComputedStyle(one);
      to[i].setAttribute("style", STYLES.map(function (name) { return name + ":" + style.getPropertyValue(name); }).join(";"));
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  }

  /** Returns a promise of the drawing of an id as a picture: Plotly's own for its charts, the shapes themselves for a map. */
  function drawn(box) {
    var plot = box.querySelector(".js-plotly-plot") || (box.classList.contains("js-plotly-plot") ? box : null);
    if (!plot) { return image(plain(box.querySelector("svg"))); }
    return window.Plotly.toImage(plot, { format: "png", width: plot.clientWidth, height: plot.clientHeight, scale: SCALE }).then(image);
  }

  function compose(picture, panel, width, height) {
    var across = Math.max(width, LEAST), canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), family = window.getComputedStyle(document.body).fontFamily;
    canvas.width = (across + 2 * PAD) * SCALE;
    canvas.height = (height + HEAD + FOOT) * SCALE;
    pen.scale(SCALE, SCALE);
    pen.fillStyle = token("--ob-surface");
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, PAD + (across - width) / 2, HEAD, width, height);
    legend(pen, panel, height);
    pen.fillStyle = token("--ob-text");
    pen.font = "700 17px " + family;
    pen.fillText(panel.querySelector("h2").textContent, PAD, STRIP + 28);
    pen.font = "12px " + family;
    pen.fillStyle = token("--ob-text-2");
    pen.fillText(panel.querySelector("figcaption").textContent, PAD, height + HEAD + 18, across);
    pen.fillText(ob.t("analysis.png.foot", { time: new Date(ob.live.now() * 1000).toLocaleString(document.documentElement.lang,
      { timeZone: ob.boot.timezone, dateStyle: "medium", timeStyle: "short" }), lead: lead() }), PAD, height + HEAD + 36, across);
    if (ob.boot.demo) { mark(pen, across, height, family); }
    return canvas;
  }

  // Plotly draws its own legend; the classes of the map are a list beside it.
  function legend(pen, panel, height) {
    var rows = Array.from(panel.querySelectorAll(".ob-map-legend-list li")).filter(function (row) { return row.offsetParent; });
    rows.forEach(function (row, i) {
      var y = HEAD + height - (rows.length - i) * 18, swatch = row.querySelector(".ob-seq");
      pen.fillStyle = window.getComputedStyle(swatch).backgroundColor;
      pen.fillRect(PAD, y, 20, 12);
      pen.strokeStyle = token("--ob-border-strong");
      pen.strokeRect(PAD, y, 20, 12);
      pen.fillStyle = token("--ob-text-2");
      pen.font = "12px " + window.getComputedStyle(document.body).fontFamily;
      pen.fillText(row.textContent, PAD + 27, y + 11);
    });
  }

  function lead() {
    var told = document.querySelector("#analysis-head .ob-lead");
    return told ? told.textContent : "";
  }

  function mark(pen, width, height, family) {
    pen.save();
    pen.fillStyle = token("--ob-demo");
    pen.fillRect(0, 0, width + 2 * PAD, STRIP);
    pen.fillStyle = token("--ob-on-demo");
    pen.font = "700 13px " + family;
    pen.fillText(ob.t("demo.strip"), PAD, 18);
    pen.fillStyle = token("--ob-text");
    pen.globalAlpha = 0.08;
    pen.font = "700 " + Math.round(width / 9) + "px " + family;
    pen.textAlign = "center";
    pen.translate(PAD + width / 2, HEAD + height / 2);
    pen.rotate(-Math.PI / 9);
    pen.fillText(ob.t("demo.watermark"), 0, 0);
    pen.restore();
  }

  /** Saves what is drawn in the element of this id. */
  function save(id) {
    var box = document.getElementById(id), panel = box && box.closest("figure");
    if (!panel) { return Promise.resolve(); }
    return drawn(box).then(function (picture) {
      var shown = box.querySelector("svg") || box;
      var canvas = compose(picture, panel, shown.clientWidth || box.clientWidth, shown.clientHeight || box.clientHeight);
      saveCanvas(canvas, panel.querySelector("[data-ob-panel]").dataset.obPanel);
    });
  }

  function saveCanvas(canvas, name) {
    return new Promise(function (done) {
      canvas.toBlob(function (blob) { ob.exports.save(blob, name + ".png"); done(); }, "image/png");
    });
  }

  /** Returns a promise of what the server draws of the view on the screen, in the theme of the screen. */
  function fetched(name, query) {
    var theme = document.documentElement.dataset.bsTheme === "dark" ? "sombre" : "clair";
    return fetch("/api/reports/" + name + ".svg" + query + "&theme=" + theme).then(function (answer) {
      if (!answer.ok) { throw new Error("HTTP " + answer.status); }
      return answer.text();
    }).then(function (text) { return image("data:image/svg+xml;charset=utf-8," + encodeURIComponent(text)); });
  }

  function sorry() { ob.toast(ob.t("export.failed")); }

  /** Saves a panel that is rows of the page: the server draws it, the page puts its frame around it. */
  function saveDrawing(name, panel) {
    var query = ob.exports.query(window.location.search, { page: "analyse", lang: document.documentElement.lang, isCompared: true });
    return fetched(name, query).then(function (picture) {
      return saveCanvas(compose(picture, panel, picture.width, picture.height), name);
    }).catch(sorry);
  }

  /** Saves the map as it is in sight: the same area and filters, drawn by the server with its legend, time and sources. */
  function saveMap(map) {
    var query = ob.exports.query(window.location.search, { page: "situation", lang: document.documentElement.lang, hasMoment: true,
      isKnown: ob.screen.knownAt !== null });
    return fetched("map", query + "&bbox=" + map.getBounds().toBBoxString()).then(function (picture) {
      var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
      canvas.width = picture.width * SCALE;
      canvas.height = picture.height * SCALE;
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return saveCanvas(canvas, "map");
    }).catch(sorry);
  }

  document.addEventListener("click", function (event) {
    var hit = event.target instanceof Element && event.target.closest("[data-ob-picture]"), map = hit && ob.map.present();
    if (map) { saveMap(map); }
  });

  ob.pictures = { save: save, saveDrawing: saveDrawing, saveMap: saveMap };
})(typeof window === "undefined" ? globalThis : window);
