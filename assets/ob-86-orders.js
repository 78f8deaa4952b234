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

  /** Tells whether somebody is writing an order: the page must not draw itself anew over it. */
  ob.isOrdering = function () {
    return Array.prototype.some.call(document.querySelectorAll(".ob-order-form input[name]"), function (input) {
      return input.value !== "" || input === document.activeElement;
    });
  };

  // The page draws itself anew with each poll: what is half written is put back.
  var drafts = {}, lastKey = "";

  function keyOf(input) {
    var button = input.closest(".ob-order-form").querySelector("[data-ob-order]");
    return [button.dataset.obSource, button.dataset.obOrder, button.dataset.obField || "", input.name].join(" ");
  }

  document.addEventListener("input", function (event) {
    if (!event.target.matches(".ob-order-form input[name]")) { return; }
    lastKey = keyOf(event.target);
    drafts[lastKey] = event.target.value;
  });

  function putBack() {
    document.querySelectorAll(".ob-order-form input[name]").forEach(function (input) {
      var key = keyOf(input);
      if (!drafts[key] || input.value) { return; }
      input.value = drafts[key];
      if (key === lastKey && document.activeElement === document.body) { input.focus(); }
    });
  }

  if (ob.mount) { ob.mount("sources-body", function () {
    new MutationObserver(putBack).observe(document.getElementById("sources-body"), { childList: true, subtree: true });
  }); }

  function give(button) {
    var order = ob.orderOf(button), form = button.closest(".ob-order-form");
    order.n = Date.now() + given++ / 1000;
    root.dash_clientside.set_props("sources-order", { data: order });
    if (form) { form.querySelectorAll("input[name]").forEach(function (input) {
      delete drafts[keyOf(input)];
      input.value = "";
    }); }
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
