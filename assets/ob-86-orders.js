/* Buttons that order something of a source: what is written beside them goes with the order. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var given = 0;

  /** Returns the order of a button: its data and the fields of its form. */
  ob.orderOf = function (button) {
    var form = button.closest(".ob-order-form"), order = { told: "", reference: "" };
    if (form) { form.querySelectorAll("input[name]").forEach(function (input) { order[input.name] = input.value; }); }
    order.what = button.dataset.obOrder;
    order.source = button.dataset.obSource || "";
    order.field = button.dataset.obField || "";
    return order;
  };

  if (typeof document === "undefined") { return; }

  function give(button) {
    var order = ob.orderOf(button), form = button.closest(".ob-order-form");
    order.n = Date.now() + given++ / 1000;
    root.dash_clientside.set_props("sources-order", { data: order });
    if (form) { form.querySelectorAll("input[name]").forEach(function (input) { input.value = ""; }); }
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-ob-order]");
    if (button) { give(button); }
  });

  document.addEventListener("keydown", function (event) {
    var form = event.key === "Enter" && event.target.matches && event.target.matches(".ob-order-form input")
      && event.target.closest(".ob-order-form");
    if (form) { event.preventDefault(); give(form.querySelector("[data-ob-order]")); }
  });
})(typeof window === "undefined" ? globalThis : window);
