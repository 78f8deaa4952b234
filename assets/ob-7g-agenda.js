/* The agenda page: days coloured and named by their worst open conflict, the chosen day's list, its week on paper. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  if (typeof document === "undefined") { return; }
  var dom = ob.dom, el = dom.el;
  var SETTLE_MS = 800;
  var MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  function Agenda(box) {
    this.box = box;
    this.days = el("div", { "class": "ob-agenda" });
    this.told = null; // what the server told last
    this.begins = new Map();
    this.readAt = null;
    this.failure = "";
    this.number = 0;
    this.timer = 0;
    box.replaceChildren(this.days);
  }

  function noon(day) { return Date.parse(day + "T12:00:00Z") / 1000; }
  function longDay(day) { return ob.clock.longDay(noon(day)); }
  function shortDay(day) { return ob.clock.day(noon(day)); }
  function today() { return ob.url.toLocal(ob.live.now(), ob.boot.timezone).slice(0, 10); }

  Agenda.prototype.asked = function () {
    return ob.agenda.asked(window.location.search, today(), function (text) {
      var at = ob.url.toEpoch(text.replace(/^ /, "+"), ob.live.now(), ob.boot.timezone);
      return at === null ? null : ob.url.toLocal(at, ob.boot.timezone).slice(0, 10);
    });
  };

  /** Asks again a little later: several reasons to ask in a row are one question. */
  Agenda.prototype.askSoon = function () {
    var me = this;
    clearTimeout(this.timer);
    this.timer = setTimeout(function () { me.ask(); }, SETTLE_MS);
  };

  Agenda.prototype.ask = function () {
    var me = this, asked = this.asked(), number = ++this.number, state = ob.url.state();
    var first = asked.isWeek ? asked.from : asked.day, last = asked.isWeek ? asked.to : asked.day;
    return Promise.all([read("/api/agenda" + ob.agenda.query(state, asked.from, asked.to)),
      read("/api/agenda/begins" + ob.agenda.query(state, first, last))]).then(function (answers) {
      if (number !== me.number) { return; }
      me.told = answers[0];
      me.begins = new Map(answers[1].days.map(function (day) { return [day.date, day]; }));
      me.isCut = answers[1].is_cut;
      me.readAt = ob.live.now();
      me.failure = "";
      me.paint();
    }).catch(function (error) {
      if (number !== me.number) { return; }
      var time = me.readAt === null ? "" : ob.clock.time(me.readAt);
      me.failure = ob.t(me.readAt === null ? "agenda.failed.first" : "agenda.failed", { why: error.message, time: time });
      me.paint();
    });
  };

  function read(address) {
    return fetch(address, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (!answer.ok) { throw new Error("HTTP " + answer.status); }
      return answer.json();
    });
  }

  /** Tells whether a change of events touches what is shown: a headline, a side that is not to be seen any more. */
  Agenda.prototype.shows = function (change) {
    var ids = new Set([].concat(change.added, change.updated, change.gone));
    return change.conflicts || Boolean(this.told) && this.told.conflicts.some(function (one) {
      return ids.has(one.a.id) || one.b && ids.has(one.b.id);
    });
  };

  Agenda.prototype.paint = function () {
    var asked = this.asked(), held = document.activeElement && this.box.contains(document.activeElement) ? document.activeElement : null;
    var key = held && held.dataset.key, caret = held && held.selectionStart;
    var failure = this.failure ? el("p", { "class": "ob-list-notice", role: "alert", text: this.failure }) : null;
    var body = this.told ? asked.isWeek ? [this.week(asked)] : [this.calendar(asked), this.chosen(asked), this.districts()] : [];
    var wrong = ob.screen.state.wrong.concat(asked.wrong);
    var ignored = wrong.length ? el("p", { "class": "ob-list-notice", role: "status", text: ob.texts.ignored(wrong, ob.t) }) : null;
    this.days.replaceChildren.apply(this.days, [this.head(asked), failure, ignored].concat(body).filter(Boolean));
    this.days.classList.toggle("is-week", asked.isWeek);
    var again = key && this.box.querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (again) {
      again.focus({ preventScroll: true });
      if (typeof caret === "number" && again.tagName === "TEXTAREA") { again.setSelectionRange(caret, caret); }
    }
    this.follow();
  };

  // The panel of an event leads to one conflict: it comes into sight once.
  Agenda.prototype.follow = function () {
    var name = window.location.hash.slice(1), found = /^conflit-[0-9a-f-]{36}$/.test(name) && this.followed !== name && document.getElementById(name);
    if (found) {
      this.followed = name;
      found.scrollIntoView({ block: "center" });
      found.focus({ preventScroll: true });
    }
  };

  function choice(label, isOn, patch, key) {
    return el("button", { type: "button", "aria-pressed": String(isOn), text: label, data: { key: key },
      on: { click: function () { ob.url.write(patch, { push: true }); } } });
  }

  function step(icon, key, patch) {
    return el("button", { type: "button", "class": "ob-btn is-small is-square", "aria-label": ob.t(key), title: ob.t(key), data: { key: key },
      on: { click: function () { ob.url.write(patch, { push: true }); } } }, [dom.icon(icon)]);
  }

  Agenda.prototype.head = function (asked) {
    function monthOf(by) {
      var span = ob.agenda.month(asked.isWeek ? asked.day : asked.from, by);
      return { du: span.from, au: span.to, jour: null, affichage: null };
    }
    function weekOf(by) { return { jour: ob.agenda.shifted(asked.day, by) }; }
    var title = ob.t(asked.isWeek ? "agenda.week_of" : "agenda.range", { from: longDay(asked.from), to: longDay(asked.to) });
    return el("div", { "class": "ob-agenda-head" }, [
      el("h2", { text: title }),
      el("div", { "class": "ob-segments ob-no-print", role: "group", "aria-label": ob.t("agenda.show") }, [
        choice(ob.t("agenda.month"), !asked.isWeek, { affichage: null }, "month"),
        choice(ob.t("agenda.week"), asked.isWeek, { affichage: "semaine", jour: asked.day }, "week")]),
      el("div", { "class": "ob-agenda-steps ob-no-print", role: "group", "aria-label": ob.t("agenda.period") }, [
        step("left", asked.isWeek ? "agenda.previous_week" : "agenda.previous", asked.isWeek ? weekOf(-7) : monthOf(-1)),
        el("button", { type: "button", "class": "ob-btn is-small", text: ob.t("agenda.ahead"), data: { key: "ahead" },
          on: { click: function () { ob.url.write({ du: null, au: null, jour: null, affichage: null }, { push: true }); } } }),
        step("right", asked.isWeek ? "agenda.next_week" : "agenda.next", asked.isWeek ? weekOf(7) : monthOf(1))]),
      asked.isWeek && el("button", { type: "button", "class": "ob-btn is-small ob-no-print", data: { obPrint: "", key: "print" } }, [dom.icon("table"), el("span", { text: ob.t("agenda.print") })]),
      this.box.dataset.obRules !== undefined && el("a", { "class": "ob-btn is-small is-quiet ob-no-print", href: "/agenda/regles", text: ob.t("agenda.rules"), data: { key: "rules" } }),
      el("p", { "class": "ob-muted", text: this.readAt === null ? "" : ob.t("agenda.read_at", { time: ob.clock.time(this.readAt) }) })]);
  };

  function colour(day) { return day.worst === null ? "is-clear" : "is-sev" + day.worst; }

  function words(day) {
    if (day.worst === null) { return ob.t("agenda.none"); }
    return ob.t("agenda.worst", { severity: ob.t("sev." + day.worst), open: ob.t("agenda.open", { n: day.open }) });
  }

  function state(day) {
    return el("span", { "class": "ob-day-state" }, [day.worst === null ? dom.icon("check") : dom.mark({ severity: day.worst, icon: "", family: "vie", state: "ongoing" }, 0.5),
      el("span", { text: words(day) })]);
  }

  Agenda.prototype.calendar = function (asked) {
    var me = this, list = el("ol", { "class": "ob-agenda-days", "aria-label": ob.t("agenda.days") }, this.told.days.map(function (day, number) {
      var isChosen = day.date === asked.day, isToday = day.date === me.told.today;
      var button = el("button", { type: "button", "class": "ob-day " + colour(day) + (day.date < me.told.today ? " is-past" : ""), "aria-pressed": String(isChosen),
        tabindex: isChosen ? 0 : -1, data: { key: day.date, day: day.date }, on: { click: function () { ob.url.write({ jour: day.date }); } } }, [
        el("span", { "class": "ob-day-date" }, [el("b", { text: shortDay(day.date) }), isToday && el("span", { "class": "ob-chip is-accent", text: ob.t("agenda.today") })]),
        state(day),
        day.settled > 0 && el("span", { "class": "ob-day-more", text: ob.t("agenda.settled", { n: day.settled }) }),
        el("span", { "class": "ob-day-more", text: ob.t("agenda.events", { n: day.events }) })]);
      return el("li", { "class": number === 0 ? "is-first-" + ob.agenda.weekday(day.date) : "" }, [button]);
    }));
    list.addEventListener("keydown", function (event) { me.move(event, list); });
    return list;
  };

  Agenda.prototype.move = function (event, list) {
    var buttons = Array.from(list.querySelectorAll(".ob-day")), number = buttons.indexOf(event.target);
    var next = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : MOVES[event.key] ? number + MOVES[event.key] : -1;
    if (number < 0 || next < 0 || next >= buttons.length || event.ctrlKey || event.metaKey || event.altKey) { return; }
    event.preventDefault();
    event.stopPropagation();
    buttons[next].focus();
    ob.url.write({ jour: buttons[next].dataset.day });
  };

  Agenda.prototype.conflicts = function (day, level) {
    var me = this, told = this.told.conflicts;
    if (!day || !day.conflicts.length) { return el("p", { "class": "ob-muted", text: ob.t("agenda.no_conflict") }); }
    return el("div", { "class": "ob-conflicts" }, day.conflicts.map(function (number) {
      return ob.conflicts.draw(told[number], level, function () { me.ask(); });
    }));
  };

  Agenda.prototype.begun = function (date) {
    var found = this.begins.get(date), rows = found ? found.events : [];
    return el("div", {}, [
      rows.length ? el("ul", { "class": "ob-begins" }, rows.map(function (row) {
        var category = ob.category(row.category), end = row.end === null ? ob.t("agenda.unknown_end") : hour(row.end, date);
        return el("li", { "class": row.restricted ? "ob-no-print" : "" }, [el("b", { text: ob.clock.time(Date.parse(row.start) / 1000) + " – " + end }), dom.icon(category.icon, "f-" + category.family),
          el("span", {}, [el("a", { href: "/evenements/" + row.id, lang: row.language, text: row.headline, data: { key: "begin" + row.id + row.start } }), " ",
            el("span", { "class": "ob-muted", text: [ob.t("sev." + row.severity), row.place, ob.districts(row.districts), ob.organisation(row.organisation)].filter(Boolean).join(" · ") })]),
          row.information_status === "exercise" && el("span", { "class": "ob-chip is-sev2", text: ob.t("tag.exercise") })]);
      })) : el("p", { "class": "ob-muted", text: ob.t("agenda.begins.none") }),
      this.isCut && el("p", { "class": "ob-muted", text: ob.t("agenda.begins.cut") })]);
  };

  function hour(text, date) {
    var at = Date.parse(text) / 1000;
    return ob.url.toLocal(at, ob.boot.timezone).slice(0, 10) === date ? ob.clock.time(at) : ob.clock.day(at) + " " + ob.clock.time(at);
  }

  function dayOf(told, date) { return told.days.find(function (day) { return day.date === date; }); }

  Agenda.prototype.chosen = function (asked) {
    return el("div", { "class": "ob-agenda-chosen" }, [
      el("section", { "class": "ob-card" }, [el("h2", { text: ob.t("agenda.conflicts_of", { day: longDay(asked.day) }) }), this.conflicts(dayOf(this.told, asked.day), 3)]),
      el("section", { "class": "ob-card" }, [el("h2", { text: ob.t("agenda.begins_on", { day: longDay(asked.day) }) }), this.begun(asked.day)])]);
  };

  Agenda.prototype.week = function () {
    var me = this;
    return el("div", { "class": "ob-agenda-week" }, [el("p", { "class": "ob-print-only", text: ob.t("agenda.print.note") })].concat(this.told.days.map(function (day) {
      return el("section", { "class": "ob-card ob-week-day " + colour(day) }, [
        el("header", {}, [el("h3", { text: longDay(day.date) }), state(day)]),
        me.conflicts(day, 4), el("h4", { text: ob.t("agenda.begins_on", { day: longDay(day.date) }) }), me.begun(day.date)]);
    })));
  };

  Agenda.prototype.districts = function () {
    var heads = ["agenda.district", "agenda.district.open", "agenda.district.worst"];
    var rows = this.told.districts.map(function (one) {
      var district = ob.boot.districts.find(function (known) { return known.code === one.code; }), name = district ? ob.districtLabel(district.short) : one.code;
      return el("tr", {}, [
        el("th", { scope: "row" }, [el("a", { href: "?arr=" + (district ? district.short : one.code), text: name, "aria-label": ob.t("agenda.district.filter", { district: name }),
          data: { obFilterDistrict: district ? district.short : one.code, key: "district" + one.code } })]),
        el("td", { "class": "ob-num", text: ob.number(one.open) }),
        el("td", {}, [one.worst === null ? el("span", { "class": "ob-muted", text: ob.t("agenda.none") })
          : el("span", { "class": "ob-chip is-sev" + one.worst, text: ob.t("sev." + one.worst) })])]);
    });
    return el("section", { "class": "ob-card ob-agenda-districts" }, [el("h2", { text: ob.t("agenda.districts") }),
      el("div", { "class": "ob-scroll-x", role: "region", tabindex: 0, "aria-label": ob.t("agenda.districts") }, [el("table", { "class": "ob-table" }, [
        el("thead", {}, [el("tr", {}, heads.map(function (key, number) { return el("th", { scope: "col", "class": number === 1 ? "ob-num" : "", text: ob.t(key) }); }))]),
        el("tbody", {}, rows)])])]);
  };

  var present = null;

  // What the stream tells is the reason to ask: nobody asks on a timer.
  ob.live.on(function (kind, change) {
    if (!present) { return; }
    var isBack = kind === "state" && change === "live" && present.failure;
    if (kind === "delta" && present.shows(change) || kind === "snapshot" || isBack) { present.askSoon(); }
  });

  ob.mount("agenda", function (box) {
    var agenda = new Agenda(box), stops = [], day = "";
    ob.ready.then(function () {
      if (!box.isConnected) { return; }
      agenda.ask();
      day = today();
      present = agenda;
      stops.push(ob.url.onChange(function () {
        var asked = agenda.asked(), told = agenda.told;
        if (told && told.from === asked.from && told.to === asked.to) { agenda.paint(); } // the choice is shown at once
        agenda.ask();
      }));
      stops.push(ob.screen.onTick(function () {
        if (today() !== day) { day = today(); agenda.ask(); }
      }));
    });
    return function () {
      present = null;
      clearTimeout(agenda.timer);
      agenda.number++;
      stops.forEach(function (stop) { stop(); });
    };
  });
})(typeof window === "undefined" ? globalThis : window);
