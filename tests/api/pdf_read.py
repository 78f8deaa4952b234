"""What a program reads in a PDF: its words by page, and whether they are tagged."""

from __future__ import annotations

import re
import zlib

import httpx
import pypdfium2
import pypdfium2.raw


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page, as somebody who selects it would copy it, in one line."""
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def text_of(answer: httpx.Response) -> str:
    """Return what an answer says, be it a text or a document."""
    is_paper = answer.headers["content-type"] == "application/pdf"
    return " ".join(pages_of(answer.content)) if is_paper else answer.text


def is_tagged(content: bytes) -> bool:
    """Tell whether the document has a structure for those who do not see it."""
    document = pypdfium2.PdfDocument(content)  # its handle is closed with it
    return bool(pypdfium2.raw.FPDFCatalog_IsTagged(document.raw))


def is_accessible(content: bytes) -> bool:
    """Tell whether the document says of itself that it keeps to PDF/UA-1."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    texts = [zlib.decompressobj().decompress(one) if one[:1] == b"x" else one for one in streams]
    return any(b"pdfuaid:part" in one for one in texts)
