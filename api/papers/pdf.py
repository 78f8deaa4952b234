"""A paper as PDF/UA: tagged, with selectable text and numbered pages; nothing is fetched from anywhere."""

from __future__ import annotations

import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

from api.papers.paper import Paper
from components.documents import draw_paper
from components.texts import words

_ASSETS = Path(__file__).resolve().parents[2] / "assets"


def as_pdf(paper: Paper, *, is_demo: bool) -> bytes:
    """Return the paper as a tagged PDF; a demonstration's says so on every page."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)  # they tell of every rule of a screen that paper has not
    fonts, opener = FontConfiguration(), _assets()
    sheets = [
        CSS(string=text, font_config=fonts, url_fetcher=opener, base_url=_ASSETS.as_uri() + "/")
        for text in ((_ASSETS / "02-tokens.css").read_text(encoding="utf-8"), _style(paper.lang, is_demo=is_demo))
    ]
    page = HTML(string=draw_paper(paper, is_demo=is_demo), url_fetcher=opener)
    made: bytes = page.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")
    return made


def _style(lang: str, *, is_demo: bool) -> str:
    text = files("components.templates").joinpath("paper.css").read_text(encoding="utf-8")
    speak = words(lang)
    mark = speak("demo.watermark") if is_demo else ""
    return text.replace("{mark}", mark).replace("{page}", speak("paper.page")).replace("{of}", speak("paper.of"))


def _assets() -> Any:
    """Return what opens a file of the product's own assets, and nothing else: a paper asks no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc] # the library has no types
        def fetch(self, url: str, headers: object = None) -> Any:
            del headers
            path = Path(url.removeprefix("file://")).resolve()
            if not url.startswith("file://") or not path.is_relative_to(_ASSETS):
                raise ValueError("a paper holds nothing from elsewhere")
            return URLFetcherResponse(url, path.read_bytes())

    return Assets()
