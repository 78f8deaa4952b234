/* The list of events: tabs, groups by severity, rows that are options, and what to say when there is nothing. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var STEP = 60; // rows drawn at first and at each "show more": five screens of them
  var SIGHT = 12, PACE = 4; // while the time cursor moves: rows in sight, in every fourth frame
  var FIRST = 30; // rows of the first frame after a filter; the others follow when the browser rests

  /** Returns which tab to show: the wanted one if the status filter lets it through, else the first that it does. */
  function tabFor(wanted, statuses) {
    var word = { ongoing: "en_cours", planned: "prevu", ended: "termine" };
    if (statuses.indexOf(word[wanted]) >= 0) { return wanted; }
    return ["ongoing", "planned", "ended"].find(function (tab) { return statuses.indexOf(word[tab]) >= 0; }) || "ongoing";
  }

  /** Returns rows in another order than that of severity: debut (first start), maj (last update first) or nom. */
  function sorted(rows, sort, t) {
    function start(row) { var period = ob.view.periodAt(row, t); return period ? period[0] : Infinity; }
    var keys = { debut: start, maj: function (row) { return -(row.up || row.at); }, nom: function (row) { return ob.view.fold(row.ti); } };
    return rows.map(function (row) { return [keys[sort](row), row]; }).sort(function (a, b) {
      return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1].no - b[1].no;
    }).map(function (pair) { return pair[1]; });
  }

  ob.list = { tabFor: tabFor, sorted: sorted };
  if (typeof module === "object" && module.exports) { module.exports = ob.list; }
  if (typeof document === "undefined") { return; }

  var dom = ob.dom, el = dom.el;
  var TABS = [["ongoing", "list.ongoing", "en_cours"], ["planned", "list.planned", "prevu"], ["ended", "list.ended", "termine"]];
  var FILTER_TEXT = { arr: "filter.districts", cat: "filter.categories", org: "filter.orgs", grav: "filter.severity", q: "filter.q" };
  var PHASE_TEXT = { ongoing: "status.en_cours", planned: "status.prevu", ended: "status.termine", cancelled: "status.annule" };
  var wanted = "ongoing";

  function List(box) {
    this.box = box;
    this.limit = STEP;
    this.search = null;
    this.rows = new Map();
    this.tabs = el("div", { "class": "ob-list-tabs", role: "group", "aria-label": ob.t("list.tabs") }, TABS.map(this.tab, this));
    this.notice = el("div", { "class": "ob-list-notice", role: "status", hidden: true });
    this.listbox = el("div", { "class": "ob-rows", role: "listbox", "aria-label": ob.t("list.title"), tabindex: "-1" });
    this.empty = el("div", { "class": "ob-list-empty", hidden: true });
    this.more = el("button", { type: "button", "class": "ob-btn ob-more", hidden: true });
    var me = this;
    this.more.addEventListener("click", function () { me.limit += STEP; me.paint(ob.screen.view()); });
    this.listbox.addEventListener("click", function (event) { me.pick(event.target.closest("[role=option]")); });
    this.listbox.addEventListener("keydown", function (event) { me.press(event); });
    box.replaceChildren(this.tabs, this.notice, el("div", { "class": "ob-list-scroll" }, [this.listbox, this.empty, this.more]));
  }

  List.prototype.tab = function (tab) {
    return el("button", { type: "button", "class": "ob-list-tab", data: { tab: tab[0] }, on: { click: function () {
      wanted = tab[0];
      var statuses = ob.screen.state.statut;
      if (statuses.indexOf(tab[2]) < 0) { ob.url.write({ statut: statuses.concat(tab[2]) }, { push: true }); }
      ob.screen.refresh();
    } } }, [ob.t(tab[1]), el("em")]);
  };

  List.prototype.pick = function (option) { if (option) { ob.select(option.dataset.id); } };

  List.prototype.press = function (event) {
    var options = this.options(), at = options.indexOf(document.activeElement);
    var target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") { this.pick(options[at]); event.preventDefault(); return; }
    if (target === undefined || !options[target]) { return; }
    event.preventDefault();
    this.focus(options[target]);
  };

  List.prototype.options = function () { return Array.from(this.listbox.querySelectorAll("[role=option]")); };

  List.prototype.focus = function (option) {
    this.options().forEach(function (one) { one.tabIndex = one === option ? 0 : -1; });
    option.focus();
  };

  List.prototype.paint = function (view) {
    var tab = this.current = tabFor(wanted, ob.screen.state.statut), rows = view.lists[tab];
    Array.from(this.tabs.children).forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.tab === tab));
      dom.setText(button.querySelector("em"), ob.number(view.tabs[button.dataset.tab]));
    });
    this.drawRows(this.groups(view, tab, rows), view, this.limitNow(tab));
    this.more.hidden = rows.length <= this.limit;
    dom.setText(this.more, ob.t("list.more", { n: Math.max(0, rows.length - this.limit) }));
    this.drawEmpty(view, tab, rows.length === 0);
    this.drawNotice();
    this.followSelection();
  };

  List.prototype.limitNow = function (tab) {
    if (ob.screen.isMoving) { return SIGHT; }
    var search = tab + window.location.search.replace(/[?&](ev|c|t)=[^&]*/g, ""), me = this;
    if (search === this.search) { return this.limit; }
    this.search = search;
    this.limit = STEP;
    clearTimeout(this.rest);
    this.rest = setTimeout(function () { if (me.box.isConnected) { me.paint(ob.screen.view()); } }, 120);
    return FIRST;
  };

  List.prototype.groups = function (view, tab, rows) {
    if (ob.screen.state.tri !== "gravite") {
      return [{ title: ob.t("sort." + ob.screen.state.tri), rows: sorted(rows, ob.screen.state.tri, view.t), n: rows.length }];
    }
    if (tab === "ongoing") {
      return view.groups.map(function (group) { return { title: ob.t(group.key), rows: group.rows, n: group.rows.length }; });
    }
    var groups = [], last = null;
    rows.slice(0, this.limit).forEach(function (row) {
      var period = ob.view.periodAt(row, view.t), at = period ? (tab === "ended" && period[1] ? period[1] : period[0]) : row.at;
      var title = ob.clock.day(at);
      if (!last || last.title !== title) { groups.push(last = { title: title, rows: [] }); }
      last.rows.push(row);
    });
    return groups;
  };

  List.prototype.drawRows = function (groups, view, limit) {
    var left = limit, next = new Map(), me = this, before = this.rows, children = [];
    groups.forEach(function (group) {
      if (left <= 0) { return; }
      var rows = group.rows.slice(0, left).map(function (row) {
        var kept = before.get(row.id) || { option: el("div", { role: "option", "class": "ob-row", data: { id: row.id }, tabindex: "-1" }) };
        me.drawRow(kept, row, view);
        next.set(row.id, kept);
        return kept.option;
      });
      left -= rows.length;
      children.push(me.groupBox(group, rows));
    });
    this.rows = next;
    arrange(this.listbox, children);
    this.listbox.hidden = children.length === 0;
    if (!this.listbox.querySelector('[tabindex="0"]')) {
      var first = this.listbox.querySelector("[role=option]");
      if (first) { first.tabIndex = 0; }
    }
  };

  // Group boxes are kept by title, so that a row which stays in its group keeps focus and scroll.
  List.prototype.groupBox = function (group, rows) {
    this.boxes = this.boxes || new Map();
    var box = this.boxes.get(group.title);
    if (!box) {
      var head = el("div", { "class": "ob-group-head", "aria-hidden": "true" }, [el("span", { text: group.title }), el("span")]);
      box = el("div", { role: "group", "aria-label": group.title }, [head]);
      this.boxes.set(group.title, box);
    }
    dom.setText(box.firstChild.lastChild, ob.number(group.n || rows.length));
    arrange(box, [box.firstChild].concat(rows));
    return box;
  };

  function arrange(parent, children) {
    var wantedOnes = new Set(children), focused = parent.contains(document.activeElement) ? document.activeElement : null;
    Array.from(parent.childNodes).forEach(function (child) { if (!wantedOnes.has(child)) { child.remove(); } });
    children.forEach(function (child, index) {
      if (parent.childNodes[index] !== child) { parent.insertBefore(child, parent.childNodes[index] || null); }
    });
    if (focused && focused.isConnected && document.activeElement !== focused) { focused.focus({ preventScroll: true }); }
  }

  List.prototype.drawRow = function (kept, row, view) {
    var phase = view.phases.get(row.id), isSelected = row.id === ob.screen.state.ev;
    var news = ob.screen.isLive() ? ob.review.tagOf(row) : "", embargo = ob.embargoOf(row, view.t);
    var age = ob.t("list.ago", { age: ob.age(Math.min(view.t, ob.screen.now()) - (row.up || row.at)) });
    var look = [row.v, row.st, row.ms, row.au, row.err, row.tb, row.ti, phase, isSelected, news, ob.clock.isSameDay(view.t, row.at), embargo].join("|");
    if (kept.look === look) { dom.setText(kept.age, age); return; }
    kept.look = look;
    kept.age = el("span", { text: age });
    var option = kept.option, mark = markIn(kept, row, phase);
    option.className = "ob-row" + (isSelected ? " is-selected" : "") + " is-" + phase;
    option.setAttribute("aria-selected", String(isSelected));
    option.title = row.ti;
    while (option.lastChild !== mark) { option.lastChild.remove(); }
    option.append(
      el("span", { "class": "ob-row-head" }, [spoken(ob.t("sev." + row.sev) + ". "), el("b", { text: row.ti })].concat(tags(row, news, phase, embargo))),
      el("span", { "class": "ob-row-line" }, [el("span", {}, [spoken(". "), [row.pl, ob.districts(row.ds)].filter(Boolean).join(" · ")]),
        el("b", {}, [spoken(". " + ob.t(PHASE_TEXT[phase]) + ", "), ob.texts.rangeText(ob.view.periodAt(row, view.t), view.t, ob.clock, ob.t)])]),
      el("span", { "class": "ob-row-line is-quiet" }, [el("span", {}, [spoken(". "),
        row.sev > 0 && el("span", { "aria-hidden": "true", text: ob.t("sev." + row.sev) + " · " }),
        [ob.organisation(row.org), row.st === "to_confirm" ? ob.t("list.to_confirm") : "",
          row.tb > 1 ? ob.t("list.told_by", { n: row.tb }) : "",
          row.err ? ob.t("list.previous_version") : ""].filter(Boolean).join(" · "), spoken(". ")]), kept.age])
    );
  };

  // A pictogram is a picture of its own to the browser: while it looks the same it stays, and what is around it is cheap.
  function markIn(kept, row, phase) {
    var look = ob.lookOf(row, phase), key = JSON.stringify([look, row.st]);
    if (kept.markKey === key) { return kept.option.firstChild; }
    kept.markKey = key;
    var mark = el("span", { "class": "ob-row-mark", "aria-hidden": "true" }, [dom.mark(look, 0.9), row.st === "to_confirm"
      && el("span", { "class": "ob-marker-doubt", text: "?" })]);
    kept.option.replaceChildren(mark);
    return mark;
  }

  // What the eye sees from shape and place, said in words: the row's name is its content, in the order of reading.
  function spoken(text) { return el("span", { "class": "ob-sr", text: text }); }

  function tags(row, news, phase, embargo) {
    return [
      row.au === "restricted" && el("span", { "class": "ob-news is-restricted" }, [dom.icon(embargo ? "hourglass" : "lock"), embargo || ob.t("tag.restricted")]),
      row.info === "exercise" && el("span", { "class": "ob-news is-exercise", text: ob.t("tag.exercise") }),
      row.ms && row.ms !== "cancelled" && el("span", { "class": "ob-news is-outlined is-march-" + row.ms, text: ob.t("march." + row.ms) }),
      phase === "cancelled" && el("span", { "class": "ob-news is-outlined", text: ob.t("status.annule") }),
      news === "new" && el("span", { "class": "ob-news", text: ob.t("list.new") }),
      news === "changed" && el("span", { "class": "ob-news is-outlined", text: ob.t("list.changed") })
    ].filter(Boolean);
  }

  List.prototype.drawEmpty = function (view, tab, isEmpty) {
    this.empty.hidden = !isEmpty;
    if (!isEmpty) { return; }
    var sources = ob.freshness.summary(ob.screen.store.sources, ob.screen.now());
    var signature = [tab, view.hidden.n, hiddenBy(view), sources.ok, sources.all, lastText(view), nextText(view)].join("|");
    if (this.empty.dataset.signature === signature) { return; }
    this.empty.dataset.signature = signature;
    if (view.hidden.n && tab === "ongoing") {
      this.empty.replaceChildren(dom.icon("funnel"), el("h3", { text: ob.t("empty.filter") }),
        el("p", { text: ob.t("empty.filter.why", { n: view.hidden.n, filters: hiddenBy(view) }) }),
        el("button", { type: "button", "class": "ob-btn", on: { click: clearFilters } }, [dom.icon("close"), ob.t("empty.filter.clear")]));
      return;
    }
    var isPartial = sources.ok < sources.all || ob.live.state === "offline";
    var text = tab !== "ongoing" ? ob.t("empty." + tab) : isPartial
      ? ob.t("empty.calm_partial", { ok: sources.ok, all: sources.all }) : ob.t("empty.calm");
    this.empty.replaceChildren(dom.icon(isPartial ? "clockf" : "checkcircle", isPartial ? "is-late" : "is-ok"), el("h3", { text: text }),
      el("p", { text: isPartial || tab !== "ongoing" ? "" : [lastText(view), ob.t("empty.calm.sources", { ok: sources.ok, all: sources.all })].join(" ").trim() }),
      el("p", { text: nextText(view) }));
  };

  // What the bar shows as chosen; a filter of which it shows nothing yet is named.
  function hiddenBy(view) {
    return view.hidden.filters.map(function (key) {
      var shown = document.querySelector('.ob-filters .is-active > [data-ob-value="' + key + '"]');
      return key === "q" ? ob.t("filter.chip", { field: ob.t("filter.search.short"), value: ob.url.state().q })
        : shown ? shown.textContent : ob.t(FILTER_TEXT[key]);
    }).join(", ");
  }

  // The last one that ended, as far as the range shows the ended ones too.
  function lastText(view) {
    var last = view.passing.ended[0], period = last && ob.view.periodAt(last.row, view.t);
    return period && period[1] !== null && last.phase === "ended" ? ob.t("empty.calm.last", { time: ob.texts.near(period[1], view.t, ob.clock) }) : "";
  }

  function nextText(view) {
    var next = view.lists.planned[0];
    return next ? ob.t("empty.next", { what: next.ti, when: ob.texts.rangeText(ob.view.periodAt(next, view.t), view.t, ob.clock, ob.t) }) : "";
  }

  function clearFilters() { ob.url.write({ arr: null, cat: null, org: null, grav: null, q: null }, { push: true }); }

  List.prototype.drawNotice = function () {
    var wrong = ob.screen.state.wrong;
    this.notice.hidden = !wrong.length;
    if (wrong.length) {
      dom.setText(this.notice, ob.texts.ignored(wrong, ob.t));
    }
  };

  List.prototype.followSelection = function () {
    var id = ob.screen.state.ev;
    if (id === this.followed) { return; }
    this.followed = id;
    var kept = id && this.rows.get(id);
    if (kept) { kept.option.scrollIntoView({ block: "nearest" }); }
  };

  ob.mount("event-list", function (box) {
    var stop = null, isGone = false;
    var waiting = setTimeout(function () {
      box.replaceChildren.apply(box, [1, 2, 3, 4, 5].map(function () { return el("div", { "class": "ob-row-skeleton", "aria-hidden": "true" }); }));
    }, 300);
    ob.ready.then(function () {
      if (isGone) { return; }
      var list = null;
      stop = ob.screen.onView(function (view) {
        clearTimeout(waiting);
        list = ob.list.present = list || new List(box);
        list.paint(view);
      }, PACE);
    });
    return function () { isGone = true; clearTimeout(waiting); if (stop) { stop(); } };
  });
})(typeof window === "undefined" ? globalThis : window);
