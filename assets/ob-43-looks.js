/* How an event is named in words and which look its pictogram has; the same on map, list, table and timeline. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }

  /** What a marker and its row in the list are called: severity, name, place, when, how old. */
  ob.describe = function (row, view) {
    var phase = view.phases.get(row.id) || ob.view.phaseAt(row, view.t);
    var where = [row.pl, ob.districts(row.ds)].filter(Boolean).join(", ");
    var word = { ongoing: "status.en_cours", planned: "status.prevu", ended: "status.termine", cancelled: "status.annule" };
    return [ob.t("sev." + row.sev), row.ti, where, row.ms ? ob.t("march." + row.ms) : "", [ob.t(word[phase]),
      ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t)].filter(Boolean).join(", "),
    row.st === "to_confirm" ? ob.t("status.a_confirmer") : "", ob.embargoOf(row, view.t) || (row.au === "restricted" ? ob.t("a11y.restricted") : ""),
    row.info === "exercise" ? ob.t("tag.exercise") : "",
    ob.t("a11y.updated", { age: ob.age(Math.min(view.t, ob.screen.now()) - row.at) })].filter(Boolean).join(". ") + ".";
  };

  /** Returns until when an event is under embargo at `t`, in words; "" for one that is not, or not told to this reader. */
  ob.embargoOf = function (row, t) {
    return row.em && row.em > t ? ob.t("ev.embargo", { time: ob.texts.near(row.em, t, ob.clock) }) : "";
  };

  /** Returns the look of an event (see ob.dom.mark). */
  ob.lookOf = function (row, phase) {
    var category = ob.category(row.cat);
    return { severity: row.sev, icon: category.icon, family: category.family,
      state: phase === "cancelled" ? "ended" : phase || "ongoing" };
  };
})(typeof window === "undefined" ? globalThis : window);
