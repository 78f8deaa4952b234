/* Bringing a file of events: chosen, shown with what could not be used, then published. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var el = ob.dom.el;
  var MOST_BYTES = 1000000;

  /** Returns the form that brings a file: `done()` is called once something was published. */
  ob.drawImport = function () {
    var shown = el("div", { "class": "ob-brought", role: "status" }), kept = null;
    var category = el("select", { id: "import-category", "class": "ob-input" }, ob.taxonomy.categories.map(function (one) {
      return el("option", { value: one.id, text: ob.category(one.id).name, selected: one.id === "spectacle" });
    }));
    var file = el("input", { id: "import-file", type: "file", accept: ".csv,.json,.geojson,.ics", "class": "ob-input", on: { change: function () {
      shown.replaceChildren();
      kept = null;
      if (!file.files.length) { return; }
      if (file.files[0].size > MOST_BYTES) { ob.dom.setText(shown, ob.t("events.import_large")); return; }
      read(file.files[0]).then(function (data) { kept = { name: file.files[0].name, data: data }; ask(false); });
    } } });
    category.addEventListener("change", function () { if (kept) { ask(false); } });

    function ask(go) {
      ob.ask("import", { form: Object.assign({ category: category.value, go: go }, kept) }).then(function (answer) {
        if (answer.failed || answer.signed_out) { ob.dom.setText(shown, answer.failed || answer.signed_out); return; }
        if (go) { told(answer); } else { preview(answer); }
      });
    }

    function lines(title, rows) {
      return rows.length ? el("section", {}, [el("h3", { text: title }), el("ul", {}, rows.map(function (row) {
        return el("li", { text: row.where + ": " + row.why });
      }))]) : "";
    }

    function preview(answer) {
      var good = answer.rows.filter(function (row) { return !row.problems.length; }).length;
      shown.replaceChildren(el("table", { "class": "ob-eq-table" }, [el("caption", { text: ob.t("events.import_read", { n: answer.rows.length }) }),
        el("thead", {}, [el("tr", {}, [ob.t("table.name"), ob.t("table.times"), ob.t("table.place"), ob.t("events.import_problems")].map(function (text) { return el("th", { scope: "col", text: text }); }))]),
        el("tbody", {}, answer.rows.map(function (row) {
          return el("tr", {}, [row.title, row.when, row.place, row.problems.join(" ")].map(function (text) { return el("td", { text: text }); }));
        }))]), lines(ob.t("events.import_rejects", { n: answer.rejects.length }), answer.rejects),
      el("button", { type: "button", "class": "ob-btn is-primary", disabled: !good, on: { click: function (event) { event.currentTarget.disabled = true; ask(true); } } },
        [el("span", { text: ob.t("events.import_go", { n: good }) })]));
    }

    function told(answer) {
      shown.replaceChildren(el("p", { text: answer.said }), lines(ob.t("events.import_rejects", { n: answer.failed_rows.length + answer.rejects.length }),
        answer.failed_rows.concat(answer.rejects)));
      file.value = "";
      kept = null;
    }

    return el("details", { "class": "ob-folded" }, [el("summary", { text: ob.t("events.import") }), el("div", { "class": "ob-acts-form" }, [
      el("p", { "class": "ob-entry-note", text: ob.t("events.import_help") }),
      el("label", { "for": "import-file", text: ob.t("events.import_file") }), file,
      el("label", { "for": "import-category", text: ob.t("events.import_category") }), category, shown])]);
  };

  function read(file) {
    return new Promise(function (resolve, reject) {
      var reader = new FileReader();
      reader.onload = function () { resolve(String(reader.result).replace(/^[^,]*,/, "")); };
      reader.onerror = reject;
      reader.readAsDataURL(file);
    });
  }
})(typeof window === "undefined" ? globalThis : window);
