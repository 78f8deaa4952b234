"""A paper as PDF/UA: tagged, with selectable text and numbered pages; nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from api.papers.paper import Paper
from api.reports.printing import print_document
from components.documents import draw_paper
from components.texts import words


def as_pdf(paper: Paper, *, is_demo: bool) -> bytes:
    """Return the paper as a tagged PDF, printed in this process: for programs, a server has its press."""
    return print_document(*to_print(paper, is_demo=is_demo))


def to_print(paper: Paper, *, is_demo: bool) -> tuple[str, Sequence[str]]:
    """Return the paper as a document and its styles, for a press; a demonstration's says so on every page."""
    return draw_paper(paper, is_demo=is_demo), [_style(paper.lang, is_demo=is_demo)]


def _style(lang: str, *, is_demo: bool) -> str:
    text = files("components.templates").joinpath("paper.css").read_text(encoding="utf-8")
    speak = words(lang)
    mark = speak("demo.watermark") if is_demo else ""
    return text.replace("{mark}", mark).replace("{page}", speak("paper.page")).replace("{of}", speak("paper.of"))
