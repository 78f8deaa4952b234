"""The document that a browser gets first: what it shows before Dash has drawn, and the order in which the rest comes."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Request

WITH_CHARTS, WITH_MAP = "/analyse", "/"
"""The pages that need Plotly, and that whose map comes before everything else."""

_DOCUMENT = """<!DOCTYPE html>
<html lang="{lang}" data-theme-choice="{choice}">
<head>
<meta charset="utf-8">
<script>{theme}</script>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="ob-boot" content="{boot}">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
{css}
{ahead}
</head>
<body>
{first_frame}{app_entry}
<footer>
{scripts}
</footer>
</body>
</html>"""

# What scripts will ask for as soon as they run: the browser asks while it still loads them.
_AHEAD = '<link rel="preload" as="fetch" crossorigin="anonymous" href="{path}">'
# Where the map comes first, everything of Dash waits in this template (assets/ob-49-first.js).
_AFTERWARDS = '<template id="afterwards">\n{scripts}\n</template>'
_ENTRY = '<div id="react-entry-point"'
_THEMES, _CHOICE = ("clair", "sombre", "auto"), "ob-theme-choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a document holds: `boot` is JSON, `ahead` are addresses, the others are text or tags as they are written.

    `first_frame` is the page as it stands until Dash has drawn it, "" where Dash draws at once.
    """

    lang: str
    title: str
    boot: str
    theme_script: str
    styles: str
    ahead: Sequence[str]
    first_frame: str
    app_entry: str
    first_scripts: str
    scripts: str
    renderer: str


def write_document(asked: Request, facts: Facts) -> str:
    """Return the document as HTML."""
    afterwards, app_entry = f"{facts.scripts}\n{facts.renderer}", facts.app_entry
    if facts.first_frame:
        afterwards = _AFTERWARDS.format(scripts=afterwards)
        app_entry = app_entry.replace(_ENTRY, f"{_ENTRY} hidden")
    return _DOCUMENT.format(
        lang=facts.lang,
        choice=theme_choice(asked),
        theme=facts.theme_script,
        boot=html.escape(facts.boot),
        title=html.escape(facts.title),
        css=facts.styles,
        ahead="\n".join(_AHEAD.format(path=path) for path in facts.ahead),
        first_frame=facts.first_frame,
        app_entry=app_entry,
        scripts=f"{facts.first_scripts}\n{afterwards}",
    )


def theme_choice(asked: Request) -> str:
    """Return the theme that a reader chose, by address or before: "clair", "sombre", "auto", "" when none."""
    return next((one for one in (asked.args.get("theme"), asked.cookies.get(_CHOICE)) if one in _THEMES), "")


def asked_ahead(asked: Request) -> list[str]:
    """Return the addresses that the scripts of a page ask for as soon as they run, beside its texts."""
    # A language in the address reaches the layout by a cookie, which the first script sets: that layout waits for it.
    ahead = ["/_dash-dependencies"] if "lang" in asked.args else ["/_dash-layout", "/_dash-dependencies"]
    if asked.path == WITH_MAP:  # Dash comes after the map there
        ahead = []
    # A window of its own is asked by the scripts, which know the city's clock.
    if asked.path in ("/", "/mur") and {"du", "au", "t"}.isdisjoint(asked.args):
        ahead.insert(0, "/api/snapshot")
    return ahead
