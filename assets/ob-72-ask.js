/* Questions of forms to the server, one at a time: an answer that comes while another question waits would be lost by Dash. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var GIVE_UP_MS = 15000;
  var queue = [], current = null, number = 0, timer = 0;

  /** Returns a promise of the answer to `{what, ...}`. Of several waiting questions of one kind that only look, the last is asked. */
  ob.ask = function (what, facts) {
    return new Promise(function (resolve) {
      if (what === "look") {
        queue = queue.filter(function (one) {
          if (one.asked.what === "look") { one.resolve(null); }
          return one.asked.what !== "look";
        });
      }
      queue.push({ asked: Object.assign({ what: what }, facts), resolve: resolve });
      next();
    });
  };

  function next() {
    if (current || !queue.length) { return; }
    current = queue.shift();
    current.asked.n = Date.now() + "-" + number++;
    window.dash_clientside.set_props("form-question", { data: current.asked });
    timer = setTimeout(function () { settle({ failed: ob.t("form.no_answer") }); }, GIVE_UP_MS);
  }

  function settle(answer) {
    var done = current;
    clearTimeout(timer);
    current = null;
    done.resolve(answer);
    next();
  }

  var clientside = window.dash_clientside = window.dash_clientside || {};
  clientside.ob = Object.assign(clientside.ob || {}, {
    /** Hands an answer to who asked. */
    formAnswered: function (answer) { if (answer && current && answer.n === current.asked.n) { settle(answer); } }
  });
})(typeof window === "undefined" ? globalThis : window);
