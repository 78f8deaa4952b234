/* Texts, dates, ages and numbers in the reader's language, and what the page was started with. */
(function (root) {
  "use strict";
  var ob = root.ob = root.ob || {};
  var PLACE = /\{(\w+)\}/g;
  var THIN = "\u202f"; // narrow no-break space: French thousands

  /** Returns what the server put on the page (see docs/architecture.md), or null while there is no page. */
  function readBoot(documentLike) {
    var meta = documentLike && documentLike.querySelector('meta[name="ob-boot"]');
    return meta ? JSON.parse(meta.getAttribute("content")) : null;
  }

  /** Returns the text of a key with its places filled; `n` chooses the key's `.one` form (French: 0 and 1). */
  function fill(catalogue, lang, key, params) {
    var chosen = key;
    if (params && typeof params.n === "number" && isOne(lang, params.n) && catalogue[key + ".one"] !== undefined) {
      chosen = key + ".one";
    }
    var text = catalogue[chosen];
    if (text === undefined) { return key; }
    return text.replace(PLACE, function (all, name) {
      var value = params && params[name];
      if (value === undefined || value === null) { return all; }
      return typeof value === "number" ? formatNumber(lang, value) : String(value);
    });
  }

  function isOne(lang, n) { return lang === "fr" ? Math.abs(n) < 2 : n === 1; }

  var numberFormats = {}; // making one costs as much as writing a hundred numbers with it

  function formatNumber(lang, n) {
    if (n >= 0 && n < 1000 && n % 1 === 0) { return String(n); } // as the format does: its first use takes a browser 25 ms
    var format = numberFormats[lang] = numberFormats[lang] || new Intl.NumberFormat(lang);
    var text = format.format(n);
    return lang === "fr" ? text.replace(/[\u00a0\u202f]/g, THIN) : text;
  }

  /** Splits an age in seconds into a text key and its number: seconds, minutes, hours, then days. */
  function ageParts(seconds) {
    var s = Math.max(0, Math.floor(seconds));
    if (s < 60) { return { key: "age.s", n: s }; }
    if (s < 3600) { return { key: "age.min", n: Math.floor(s / 60) }; }
    if (s < 48 * 3600) { return { key: "age.h", n: Math.floor(s / 3600) }; }
    return { key: "age.d", n: Math.floor(s / 86400) };
  }

  /** Returns functions that write moments (epoch seconds) in a language and a city's time zone. */
  function makeClock(lang, timezone) {
    var locale = lang === "fr" ? "fr-FR" : "en-GB";
    // Made when first asked for: each takes some milliseconds, and the first picture needs two of them.
    function format(options) {
      var made = null;
      return function (at) {
        made = made || new Intl.DateTimeFormat(locale, Object.assign({ timeZone: timezone, hourCycle: "h23" }, options));
        return made.format(new Date(at * 1000));
      };
    }
    var time = format({ hour: "2-digit", minute: "2-digit" });
    var day = format({ weekday: "short", day: "numeric", month: "short" });
    var weekday = format({ weekday: "short" });
    var longDay = format({ weekday: "long", day: "numeric", month: "long" });
    var numbers = format({ year: "numeric", month: "2-digit", day: "2-digit" });
    // Chromium writes "Sat, 14 Nov" and "mar. 1 déc."; the copy deck has no comma, and French says 1er for the first.
    function tidied(write) {
      return function (at) {
        var text = write(at).replace(",", "");
        return lang === "fr" ? text.replace(/(^|\s)1(?=\s)/, "$11er") : text;
      };
    }
    var names = {};
    function dayKey(at) {
      var key = Math.floor(at / 900); // offsets change on quarters of an hour: days are cached by quarter
      if (names[key] === undefined) { names[key] = numbers(at); }
      return names[key];
    }
    return {
      time: time,
      day: tidied(day),
      weekday: tidied(weekday),
      longDay: tidied(longDay),
      isSameDay: function (a, b) { return dayKey(a) === dayKey(b); }
    };
  }

  /** Returns when an event is in force, in words: "14:00 – 17:30", "jusqu’à dim. 06:00", "dim. 08:00". */
  function rangeText(period, t, clock, say) {
    if (!period) { return ""; }
    var start = period[0], end = period[1];
    var isOngoing = start <= t && (end === null || t < end);
    if (isOngoing && end === null) { return say("time.since", { date: near(start, t, clock) }); }
    var isShort = end - start < 18 * 3600;
    if (isOngoing && isShort && (clock.isSameDay(start, t) || clock.isSameDay(end, t))) {
      return clock.time(start) + " – " + clock.time(end);
    }
    if (isOngoing) { return say("list.until", { date: near(end, t, clock) }); }
    if (end !== null && end <= t) { return say("time.ended", { date: near(end, t, clock) }); }
    return near(start, t, clock);
  }

  /** Returns a moment as short as its distance allows: time today, weekday within six days, else the date. */
  function near(at, t, clock) {
    if (clock.isSameDay(at, t)) { return clock.time(at); }
    if (Math.abs(at - t) < 6 * 86400) { return clock.weekday(at) + " " + clock.time(at); }
    return clock.day(at) + " " + clock.time(at);
  }

  /** Returns the words about keys of the address that mean nothing: `wrong` are {key, value}. */
  function ignored(wrong, say) {
    return say("list.wrong_keys", { what: wrong.map(function (one) { return one.key + "=" + one.value; }).join(", ") });
  }

  ob.texts = { ignored: ignored, readBoot: readBoot, fill: fill, ageParts: ageParts, makeClock: makeClock, rangeText: rangeText, near: near,
    formatNumber: formatNumber };

  if (typeof document !== "undefined") { start(); }

  function start() {
    var boot = ob.boot = readBoot(document);
    var lang = ob.lang = document.documentElement.lang === "en" ? "en" : "fr";
    var catalogue = {};
    ob.taxonomy = { families: [], categories: [], byCategory: new Map(), byFamily: new Map() };
    ob.t = function (key, params) { return fill(catalogue, lang, key, params); };
    ob.age = function (seconds) { var part = ageParts(seconds); return ob.t(part.key, { n: part.n }); };
    /** Returns how long something lasts, to the minute from one minute on. */
    ob.duration = function (seconds) {
      var minutes = Math.round(seconds / 60), hours = Math.floor(minutes / 60), left = minutes % 60;
      if (seconds < 60 || !hours) { return ob.age(minutes ? minutes * 60 : seconds); }
      return left ? ob.t("age.h_min", { h: hours, min: String(left).padStart(2, "0") }) : ob.t("age.h", { n: hours });
    };
    ob.number = function (n) { return formatNumber(lang, n); };
    ob.clock = makeClock(lang, boot ? boot.timezone : "Europe/Paris");
    /** Resolves once texts and taxonomy are here; retries while the server does not answer. */
    ob.ready = boot ? load(boot.texts, 0) : new Promise(function () {});

    function load(address, tries) {
      return fetch(address).then(function (answer) {
        if (!answer.ok) { throw new Error("HTTP " + answer.status); }
        return answer.json();
      }).then(function (texts) {
        setTaxonomy(texts._taxonomy);
        Object.assign(catalogue, texts);
      }).catch(function () {
        return new Promise(function (resolve) { setTimeout(resolve, Math.min(15000, 1000 * Math.pow(2, tries))); })
          .then(function () { return load(address, tries + 1); });
      });
    }

    function setTaxonomy(taxonomy) {
      ob.taxonomy.families = taxonomy.families;
      ob.taxonomy.categories = taxonomy.categories;
      taxonomy.families.forEach(function (family) { ob.taxonomy.byFamily.set(family.id, family); });
      taxonomy.categories.forEach(function (category) { ob.taxonomy.byCategory.set(category.id, category); });
    }

    /** Returns a category's name, family id and pictogram; an unknown one is shown as to be classified. */
    ob.category = function (id) {
      var category = ob.taxonomy.byCategory.get(id);
      if (!category) { return { name: ob.t("category.other"), family: "vie", icon: "question" }; }
      return { name: category[lang] || category.fr, family: category.family, icon: category.icon };
    };
    ob.organisation = function (id) {
      var found = boot && boot.organisations.find(function (organisation) { return organisation.id === id; });
      return found ? found.name : id;
    };
    /** Returns districts in short words ("1er, 6e"), by number of them when they are many. */
    ob.districts = function (codes) {
      if (!codes || !codes.length) { return ""; }
      if (codes.length > 4) { return ob.t("list.districts", { n: codes.length }); }
      return codes.map(function (code) {
        var district = boot.districts.find(function (one) { return one.code === code; });
        return district ? districtLabel(district.short) : code;
      }).join(", ");
    };
    var ordinals = null;
    function districtLabel(short) {
      if (!/^\d+$/.test(short)) { return short; }
      ordinals = ordinals || new Intl.PluralRules(lang, { type: "ordinal" });
      var ending = { one: "st", two: "nd", few: "rd", other: "th" }[ordinals.select(+short)];
      return short + ob.t("ordinal." + ending);
    }
    ob.districtLabel = districtLabel;
  }

  if (typeof module === "object" && module.exports) { module.exports = ob.texts; }
})(typeof window === "undefined" ? globalThis : window);
