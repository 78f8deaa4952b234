"""What a person sees when a page cannot be given: the frame's bar, what happened, the way back; in their language."""

from __future__ import annotations

import html
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.types import Scope

from components.boot import LANGUAGES
from components.texts import words

LANGUAGE_COOKIE = "ob-lang"
STYLES = ("00-bootstrap-reboot.min.css", "02-tokens.css", "05-app.css", "06-forms.css")
_NO_PAGES = ("/api/", "/_dash-", "/assets/", "/city/", "/texts/", "/healthz", "/readyz", "/metrics")
_TEXTS = {
    401: "failure.sign_in", 403: "failure.denied", 404: "unknown", 429: "failure.busy", 500: "failure", 503: "failure.away",
}  # fmt: skip
_WAYS = {401: ("/connexion", "nav.connexion"), 403: ("/compte", "failure.denied.account")}
"""What to do about it, before the way back."""
_DOCUMENT = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<script src="/assets/ob-00-theme.js"></script>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – {name}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
{styles}
</head>
<body>
<div class="ob-root"><div class="ob-page"><div class="ob-screen is-scrolling">
{strip}<header class="ob-top"><a href="/" class="ob-brand"><img src="/assets/logo.svg" alt="" class="ob-brand-mark"><span class="ob-brand-text"><b>{name}</b></span></a></header>
<main id="main" class="ob-message-page"><h1>{title}</h1>{content}</main>
</div></div></div>
</body>
</html>"""


def asks_for_page(path: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a person's browser asks for a document here."""
    return "text/html" in headers.get("accept", "") and not path.startswith(_NO_PAGES) and not path.endswith(".json")


def language_in(scope: Scope) -> str:
    """Return the reader's language: the address's `lang=`, else the cookie, else French."""
    connection = HTTPConnection(scope)
    asked = (connection.query_params.get("lang"), connection.cookies.get(LANGUAGE_COOKIE))
    return next((lang for lang in asked if lang in LANGUAGES), LANGUAGES[0])


def draw_failure(status: int, lang: str, *, reference: str = "", seconds: int = 0) -> bytes:
    """Return the document for a status: `reference` leads to the log, `seconds` is how long to wait."""
    speak = words(lang)
    key = _TEXTS.get(status, "failure" if status >= 500 else "failure.refused")
    text = html.escape(speak(f"{key}.text", reference=reference, seconds=seconds))
    ways = [*([_WAYS[status]] if status in _WAYS else []), ("/", "unknown.home")]
    links = "".join(f'<a href="{href}" class="ob-btn">{html.escape(speak(name))}</a>' for href, name in ways)
    return draw_document(lang, title=speak(f"{key}.title"), content=f"<p>{text}</p>{links}")


def draw_document(lang: str, *, title: str, content: str, is_demo: bool = False) -> bytes:
    """Return a document that needs no script: `title` is text, `content` ready HTML whose values are escaped already."""
    speak = words(lang)
    label, told = html.escape(speak("demo.label")), html.escape(speak("demo.strip"))
    strip = f'<section class="ob-demo" aria-label="{label}"><span class="ob-demo-text">{told}</span></section>\n'
    return _DOCUMENT.format(
        lang=speak.lang,
        name=html.escape(speak("app.name")),
        title=html.escape(title),
        content=content,
        strip=strip if is_demo else "",
        styles="\n".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in STYLES),
    ).encode()
