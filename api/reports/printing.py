"""The process that prints: reads one document from its input, writes the PDF to its output, opens our own assets and nothing else.

It is a program of its own, so that a document that takes long, or much memory, holds up nobody and can be ended.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).resolve().parents[2] / "assets"
TOKENS = ASSETS / "02-tokens.css"
MEMORY = 1536 * 2**20  # of addresses
SECONDS = 60  # of the processor
POLITE = 5  # beside a server that answers


def print_document(html: str, sheets: Sequence[str]) -> bytes:
    """Return a document as PDF/UA: tagged, with selectable text; `sheets` are styles beside the colours of the product.

    Nothing is fetched: an address in it that is not one of our assets is left out.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)  # they tell of every rule of a screen that paper has not
    fonts, opener = FontConfiguration(), _opener()
    texts = (TOKENS.read_text(encoding="utf-8"), *sheets)
    styles = [CSS(string=text, font_config=fonts, url_fetcher=opener, base_url=ASSETS.as_uri() + "/") for text in texts]
    made: bytes = HTML(string=html, url_fetcher=opener).write_pdf(
        stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1"
    )
    return made


def main() -> int:
    """Print what the input holds: JSON with `html` and `sheets`."""
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        hard = resource.getrlimit(what)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))
    os.nice(POLITE)
    asked = json.load(sys.stdin)
    made = print_document(asked["html"], asked["sheets"])
    sys.stdout.buffer.write(made)
    return 0


def _opener() -> Any:
    """Return what opens a file of the product's own assets, and nothing else: a paper asks no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc] # the library has no types
        def fetch(self, url: str, headers: object = None) -> Any:
            del headers
            path = Path(url.removeprefix("file://")).resolve()
            if not url.startswith("file://") or not path.is_relative_to(ASSETS):
                raise ValueError("a paper holds nothing from elsewhere")
            return URLFetcherResponse(url, path.read_bytes())

    return Assets()


if __name__ == "__main__":
    sys.exit(main())
