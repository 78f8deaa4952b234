/* Buttons that act on an event: what is written beside them goes with the question, what it led to is told where it was asked. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var MOMENTS = ["ended", "at", "check_at"], UNDO_MS = 10000;

  function moment(text) {
    var read = ob.dates.parseMoment(text, ob.dates.dayIn(ob.screen.now(), ob.boot.timezone), false);
    return read && /^[+-]/.test(read) ? ob.localOf(ob.url.toEpoch(read, ob.screen.now(), ob.boot.timezone)) : read;
  }

  /** Returns the local time ("2026-11-21T14:00") of a moment in epoch seconds, on the city's clock. */
  ob.localOf = function (epoch) {
    var day = ob.dates.dayIn(epoch, ob.boot.timezone), two = function (n) { return (n < 10 ? "0" : "") + n; };
    return day.y + "-" + two(day.m) + "-" + two(day.d) + "T" + ob.clock.time(epoch);
  };

  function formOf(box) {
    var form = {};
    box.querySelectorAll("input[name]").forEach(function (input) {
      form[input.name] = MOMENTS.indexOf(input.name) >= 0 ? moment(input.value) : input.value;
    });
    return form;
  }

  /** Says in a toast what was done, with ten seconds to take it back where that can be. */
  ob.toldWithUndo = function (answer) {
    ob.toast(answer.said);
    var line = document.querySelector("#toast .ob-toast:last-child"), saved = answer.saved;
    if (!line || !saved || !saved.may_undo) { return; }
    var button = ob.dom.el("button", { type: "button", "class": "ob-btn is-small", text: ob.t("contribute.undo"), on: { click: function () {
      button.remove();
      ob.ask("undo", { event: saved.id, version: saved.version }).then(function (told) { ob.toast(told.said || told.failed); });
    } } });
    line.append(" ", button);
    setTimeout(function () { button.remove(); }, UNDO_MS);
  };

  function act(button) {
    var box = button.closest("[data-ob-event]"), said = box.querySelector("[data-ob-said]"), near = button.closest(".ob-acts-form") || box;
    button.disabled = true;
    ob.ask(button.dataset.obAct, { event: box.dataset.obEvent, version: Number(box.dataset.obVersion), form: formOf(near),
      part: button.dataset.obPart, point: Number(button.dataset.obAt) }).then(function (answer) {
      button.disabled = false;
      if (answer.signed_out || answer.failed) {
        var problems = (answer.problems || []).map(function (one) { return one.text; }).join(" ");
        ob.dom.setText(said, answer.signed_out || [answer.failed, problems].join(" "));
        return;
      }
      ob.dom.setText(said, "");
      if (answer.saved) { box.dataset.obVersion = answer.saved.version; }
      ob.toldWithUndo(answer);
      if (document.getElementById("event-body")) { window.dash_clientside.set_props("event-tick", { data: Date.now() }); }
    });
  }

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    var button = target && target.closest("[data-ob-act]");
    if (button) { act(button); }
    else if (target && target.closest("[data-ob-print]")) { window.print(); }
  });
})(typeof window === "undefined" ? globalThis : window);
