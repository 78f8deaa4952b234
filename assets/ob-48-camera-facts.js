/* One camera of the register on demand: what it is for, by which authorisation, what it covers and what it never shows. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};

  /** Returns the facts of a camera as [key of the text, value or null]; `say` gives the words, `number` writes numbers. */
  function facts(own, seen, say, number) {
    function metres(n) { return say("camera.metres", { n: number(n) }); }
    function direction(one) {
      var told = say("camera.direction", { azimuth: number(one[0]), opening: number(one[1]) });
      return typeof one[2] === "number" ? told + ", " + metres(one[2]) : told;
    }
    var aims = (typeof own.azimuth === "number" && typeof own.fov === "number" ? [[own.azimuth, own.fov]] : []).concat(own.sectors || []);
    return [
      ["register.head.kind", say("camera.kind." + own.kind)],
      ["register.head.purpose", own.purpose],
      ["register.head.reference", own.legal],
      ["register.head.until", own.until && own.until + " (" + say("register.state." + (seen.isExpired ? "expired" : "in_force")) + ")"],
      ["register.head.assessment", own.assessment],
      ["register.head.service", own.service && say("register.service." + own.service)],
      ["register.head.coverage", say(seen.isNominal ? "register.nominal" : "register.verified") + (own.verified_on ? " (" + own.verified_on + ")" : "")],
      ["register.head.range", typeof own.range === "number" ? metres(own.range) : null],
      ["register.head.sectors", aims.length ? aims.map(direction).join(" ; ") : null],
      ["register.head.masks", (own.masks || []).map(direction).concat(own.masked_areas
        ? [say(own.masked_areas === 1 ? "camera.areas.one" : "camera.areas", { n: own.masked_areas })] : []).join(" ; ")],
      ["register.head.detail", typeof own.detail === "number" ? say("camera.detail", { n: number(own.detail) })
        + (own.level ? " (" + say("camera.level." + own.level) + ")" : "") : null],
      ["register.head.occluded", typeof own.occluded === "boolean" ? say(own.occluded ? "camera.occluded" : "camera.clear") : null]
    ].filter(function (line) { return line[1]; });
  }

  ob.cameras = ob.cameras || {};
  ob.cameras.facts = facts;
  if (typeof module === "object" && module.exports) { module.exports = ob.cameras; }
  if (typeof document === "undefined") { return; }

  /** Opens the facts of a camera; `seen` as `ob.cameras.coverage` gives it. */
  ob.cameras.open = function (own, seen) {
    var el = ob.dom.el;
    ob.dialog("camera", own.label || own.id, [
      el("p", { "class": "ob-help", text: ob.organisation(own.organisation) + (own.districts.length ? " · " + ob.districts(own.districts) : "") }),
      el("dl", { "class": "ob-axis-facts" }, facts(own, seen, ob.t, ob.number).map(function (line) {
        return el("div", {}, [el("dt", { text: ob.t(line[0]) }), el("dd", { text: line[1] })]);
      })),
      el("p", { "class": "ob-help", text: ob.t("cam.note") })
    ], [el("a", { "class": "ob-btn is-small", href: "/cameras", text: ob.t("register.title") })]);
  };
})(typeof window === "undefined" ? globalThis : window);
