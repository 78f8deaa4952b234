"""One entry of an RSS or Atom feed, in plain words: what may be read is cut out of the document, feedparser reads that.

lxml goes first: it refuses a DOCTYPE, finds the encoding and where a document breaks. feedparser then sees one entry at a
time, well-formed, in UTF-8, without authors, addresses of media or anything else that no one asks for. It is given
bytes, never an address: it fetches nothing.
"""

from __future__ import annotations

import calendar
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import feedparser
from lxml import etree

from datasources.readers.georss import PLACES, place_of
from datasources.readers.syndication import moment_of
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, SHORT_CHARS, clean, identifier
from datasources.readers.times import Times
from datasources.readers.xml import Element, local, text_of
from events.errors import InvalidRecord

MEDIA = frozenset({"enclosure", "image", "thumbnail", "player", "group"})
READ = frozenset(
    {
        "id", "guid", "link", "title", "summary", "description", "content", "encoded", "published", "updated",
        "pubDate", "issued", "modified", "date", "category", "subject",
    }
)  # fmt: skip
_MRSS = "search.yahoo.com/mrss"
_TEXT_CHARS = 20_000  # of a text as written, markup included
_MOST_LEAVES = 2000
_IMAGE = re.compile(r"<(?:img|audio|video|iframe|embed)\b", re.IGNORECASE)
_HAS_ZONE = re.compile(r"(?:Z|GMT|UTC?|[+-]\d{2}:?\d{2})\s*$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_WRAPPED = b'<rss version="2.0"><channel>%s</channel></rss>', b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an entry says. `link` is absolute when the feed's own address is known."""

    guid: str | None
    link: str | None
    title: str | None
    text: str | None
    told_at: datetime | None  # last update, else publication
    codes: tuple[str, ...]
    language: str
    place: Mapping[str, object] | None
    dropped: tuple[str, ...]  # names of what was not read
    media: int  # addresses of images and sounds among it

    def identity(self, preferred: str) -> str:
        """Return the guid, else the link, else a mark of what the entry says; `preferred` is `guid` or `link`."""
        first, second = (self.link, self.guid) if preferred == "link" else (self.guid, self.link)
        named = first or second
        if named and len(named) > SHORT_CHARS and named == self.link:
            return _mark(named)  # addresses with all their parameters are longer than an identifier may be
        if named:
            return identifier(named)
        if not (self.title or self.text or self.place):
            raise InvalidRecord("the entry says neither what happens nor where, and has no identifier")
        return _mark(repr((self.title, self.text, self.told_at, self.place)))


def read_entry(element: Element, times: Times, base: str) -> Entry:
    """Return an entry, and empty its element of what may not be read; raise InvalidRecord when nothing can be made of it.

    `base` is the address the feed came from; relative links start there.
    """
    if sum(1 for _ in zip(element.iter(), range(_MOST_LEAVES), strict=False)) == _MOST_LEAVES:
        raise InvalidRecord(f"the entry holds {_MOST_LEAVES} elements or more")
    place, unplaced = place_of(element)
    language = _language(element)
    # As written: feedparser makes an address of it, which would change with the feed's own.
    guid = next((text_of(child) for child in element if local(child) in ("guid", "id")), None)
    dropped, media = _cut(element)
    media += sum(len(_IMAGE.findall(part.text or "")) for part in element.iter())
    parsed = _parsed(element, base)
    told = parsed.get("updated") or parsed.get("published")
    told_at = _moment(parsed, times)
    title = clean(parsed.get("title"), HEADLINE_CHARS)
    text = clean(_body(parsed), DESCRIPTION_CHARS)
    return Entry(
        guid=guid or None,
        link=str(parsed.get("link") or "").strip() or None,
        title=title,
        text=None if text == title else text,
        told_at=told_at,
        codes=_codes(parsed),
        language=language,
        place=place,
        dropped=(*dropped, *unplaced, *(("published",) if told and told_at is None else ())),
        media=media,
    )


def _cut(element: Element) -> tuple[list[str], int]:
    """Remove from an entry all that is not read, shorten the rest; return the names removed and how many were media."""
    dropped: list[str] = []
    media = 0
    for child in list(element):
        name = local(child)
        is_media = name in MEDIA or _MRSS in str(child.tag) or child.get("rel") == "enclosure"
        if is_media:
            media += max(1, sum(1 for part in child.iter() if part.get("url"))) if len(child) or child.attrib else 1
        if is_media or name not in READ:
            if name not in PLACES:
                dropped.append(name)
            element.remove(child)
            continue
        for part in child.iter():
            if part.text and len(part.text) > _TEXT_CHARS:
                part.text = part.text[:_TEXT_CHARS]
    return dropped, media


def _parsed(element: Element, base: str) -> Mapping[str, object]:
    written = etree.tostring(element, encoding="utf-8", with_tail=False)
    wrapped = _WRAPPED[local(element) == "entry"] % written
    result = feedparser.parse(
        io.BytesIO(wrapped),
        resolve_relative_uris=False,
        sanitize_html=False,
        response_headers={"content-location": base, "content-type": "application/xml; charset=utf-8"},
    )
    if result.bozo or len(result.entries) != 1:
        raise InvalidRecord("the entry is not one of RSS or Atom")
    return dict(result.entries[0])  # a plain one: feedparser's own answers `published` when asked for `updated`


def _body(parsed: Mapping[str, object]) -> object:
    contents = parsed.get("content")
    first = contents[0] if isinstance(contents, list) and contents else {}
    return parsed.get("summary") or (first.get("value") if isinstance(first, Mapping) else None)


def _moment(parsed: Mapping[str, object], times: Times) -> datetime | None:
    for name in ("updated", "published"):
        text = str(parsed.get(name) or "").strip()[:SHORT_CHARS]
        if not text:
            continue
        moment = moment_of(text, times)
        if moment is not None:
            return moment
        # feedparser knows odder ways to write a date, and takes those without a zone for UTC, which they are not.
        read = parsed.get(f"{name}_parsed")
        if isinstance(read, tuple) and _HAS_ZONE.search(text):
            return datetime.fromtimestamp(calendar.timegm(read), UTC)
    return None


def _codes(parsed: Mapping[str, object]) -> tuple[str, ...]:
    tags = parsed.get("tags")
    listed = tags if isinstance(tags, list) else []
    told = (clean(tag.get("term") or tag.get("label")) for tag in listed[:50] if isinstance(tag, Mapping))
    return tuple(code for code in told if code)


def _language(element: Element) -> str:
    for one in (element, *element.iterancestors()):
        told = one.get("{http://www.w3.org/XML/1998/namespace}lang") or one.findtext("{*}language") or ""
        found = _LANGUAGE.match(told.strip())
        if found:
            return found[0].lower()
    return "fr"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
