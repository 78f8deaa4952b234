/* Theme, language and kind of screen before the first paint. First script of the page; running it twice changes nothing. */
(function () {
  "use strict";
  var root = document.documentElement;
  var YEAR = 31536000;
  var query = new URLSearchParams(window.location.search);

  function cookie(name) {
    var found = document.cookie.split("; ").find(function (part) { return part.indexOf(name + "=") === 0; });
    return found ? found.slice(name.length + 1) : "";
  }

  function keep(name, value) {
    if (cookie(name) !== value) { document.cookie = name + "=" + value + "; path=/; max-age=" + YEAR + "; SameSite=Lax"; }
  }

  var THEMES = { clair: "light", sombre: "dark", auto: "" };
  var asked = query.get("theme");
  if (asked && Object.prototype.hasOwnProperty.call(THEMES, asked)) { keep("ob-theme-choice", asked); }

  var isWall = window.location.pathname.replace(/\/$/, "") === "/mur";
  // To read a cookie the page waits for another process: the document says what was chosen, where the server wrote it.
  var known = root.dataset.themeChoice;
  var choice = asked && THEMES[asked] !== undefined ? asked : known !== undefined ? known : cookie("ob-theme-choice");
  var dark = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches;
  var theme = isWall && asked !== "clair" ? "dark" : THEMES[choice] || (dark ? "dark" : "light");
  root.setAttribute("data-bs-theme", theme);

  // Dash asks for its layout at an address of its own: the language reaches the server by a cookie.
  var lang = query.get("lang");
  if (lang === "fr" || lang === "en") { keep("ob-lang", lang); }
  if (known === undefined) { root.lang = lang === "en" || (lang !== "fr" && cookie("ob-lang") === "en") ? "en" : "fr"; }

  // On paper dark grounds would cost a page of ink: the theme comes back with the screen.
  if (window.matchMedia && !root.dataset.obPaper) {
    root.dataset.obPaper = "no";
    window.matchMedia("print").addEventListener("change", function (paper) {
      if (paper.matches) {
        root.dataset.obPaper = root.getAttribute("data-bs-theme");
        root.setAttribute("data-bs-theme", "light");
      } else {
        root.setAttribute("data-bs-theme", root.dataset.obPaper);
        root.dataset.obPaper = "no";
      }
    });
  }

  if (isWall) { root.setAttribute("data-ob-screen", "wall"); }
})();
