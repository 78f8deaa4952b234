"""A folder of dated files as web servers list it: which of them is the newest."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin

from datasources.contract import Document, Source
from events.errors import DocumentUnreadable

_LINK = re.compile(rb"""<a\s[^>]{0,200}?href\s*=\s*["']([^"']{1,300})["']""", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE = re.compile(r"(\d{8})[_T-]?(\d{4,6})")
_READ_BYTES = 4 * 2**20


def is_web_page(document: Document) -> bool:
    """Tell whether a web page came."""
    with document.open() as stream:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html"))


def newest_url(document: Document, source: Source, suffix: str) -> str:
    """Return the address of the file with the latest date in its name; raise DocumentUnreadable when there is none.

    Only plain names are followed, so that a listing leads nowhere but into its own folder.
    """
    with document.open() as stream:
        body = stream.read(_READ_BYTES)
    names = {unquote(link.decode("latin-1")).removeprefix("./") for link in _LINK.findall(body)}
    dated = [
        (found[1] + found[2].ljust(6, "0"), name)
        for name in names
        if _NAME.fullmatch(name) and name.lower().endswith(suffix) and (found := _DATE.search(name))
    ]
    if not dated:
        raise DocumentUnreadable(
            source.id, "a web page without a dated file came instead of a feed; check the address; what was kept stays"
        )
    return urljoin(document.url, max(dated)[1])
