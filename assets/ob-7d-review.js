/* The page of pieces to review: zones are drawn on a photo and posted with its form. Without a script the rest of the page works. */
(function (root) {
  "use strict";
  var ob = root.ob;
  if (typeof document === "undefined") { return; }

  function tool(text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "ob-btn is-small";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function begin() {
    document.querySelectorAll("form[data-ob-zones]").forEach(function (form) {
      var stage = document.querySelector('[data-ob-stage="' + form.dataset.obZones + '"]'), field = form.elements.zones;
      var send = form.querySelector("button[type=submit]");
      var publish = form.parentNode.querySelector('form[action$="/publier"] button');
      var zones = new ob.zones.Zones(stage, { zone: form.dataset.zone, help: form.dataset.help }, function (boxes) {
        field.value = JSON.stringify(boxes);
        send.disabled = !boxes.length;
        if (publish) { publish.disabled = boxes.length > 0; } // what is drawn and not masked would be published in clear
      });
      form.querySelector("[data-ob-zone-tools]").append(tool(form.dataset.add, function () { zones.add(); }),
        tool(form.dataset.next, function () { zones.next(); }), tool(form.dataset.none, function () { zones.clear(); }));
      form.hidden = false;
    });
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); } else { begin(); }
})(typeof window === "undefined" ? globalThis : window);
