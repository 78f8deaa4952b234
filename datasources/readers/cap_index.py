"""The addresses of the messages that an Atom or RSS index lists."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord

_NOT_THE_MESSAGE = frozenset({"self", "edit", "hub", "replies", "via", "license"})
_MAX_URL = 2000


def address_of(entry: Element, base: str) -> str:
    """Return the absolute address of the message an entry points to.

    A link that says it is CAP comes first, then XML, then one that says nothing; pages for people are no message.
    Relative ones start from `base`, the address the index came from. Raises InvalidRecord when there is none.
    """
    best = min((found for child in entry if (found := _link(child)) is not None), default=None)
    if best is None:
        raise InvalidRecord("the entry holds no warning and links to none")
    try:
        address = urljoin(base, best[1])
        parts = urlsplit(address)
    except ValueError:
        raise InvalidRecord("the entry's link is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.netloc or len(address) > _MAX_URL:
        raise InvalidRecord("the entry's link is not a web address")
    return address.partition("#")[0]


def _link(element: Element) -> tuple[int, str] | None:
    name = local(element)
    if name not in ("link", "enclosure", "guid"):
        return None
    address = (element.get("href") or element.get("url") or text_of(element)).strip()
    media_type = (element.get("type") or "").lower()
    if not address or "html" in media_type or (element.get("rel") or "") in _NOT_THE_MESSAGE:
        return None
    if name == "guid":
        is_address = address.startswith(("http://", "https://")) and element.get("isPermaLink") != "false"
        return (4, address) if is_address else None
    if "cap" in media_type:
        return 0, address
    return (1 if "xml" in media_type else 3 if media_type else 2), address
