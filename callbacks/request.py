"""What a request says of its reader: language and address."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from components.boot import LANGUAGES

LANGUAGE_COOKIE = "ob-lang"
THEMES = ("light", "dark")


def language_of(request: Request) -> str:
    """Return the reader's language: the address's `lang=`, else the cookie, else French."""
    asked = (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    return next((lang for lang in asked if lang in LANGUAGES), LANGUAGES[0])


def page_address(request: Request) -> str:
    """Return the path of the page that asked, "" when the browser does not tell it.

    Dash asks for its layout at an address of its own: the page is in the Referer, which browsers send in full to
    the same origin. Without it the page is drawn one question later.
    """
    referer = urlsplit(request.headers.get("Referer", ""))
    return referer.path if referer.netloc == request.host else ""
