/* Buttons that decide whether two events are the same: the panel is drawn anew by the change that follows. */
(function (root) {
  "use strict";
  var given = 0;

  if (typeof document === "undefined") { return; }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-ob-link]");
    if (!button) { return; }
    given += 1;
    root.dash_clientside.set_props("link-order", { data: {
      action: button.dataset.obLink, event: button.dataset.obEvent, other: button.dataset.obOther, n: Date.now() + given / 1000
    } });
    var title = document.querySelector("[data-ob-detail-title]");
    if (title) { title.focus(); }  // the button goes with what it decided
  });
})(typeof window === "undefined" ? globalThis : window);
