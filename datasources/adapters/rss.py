"""Announcements as RSS 0.9 to 2.0, RDF or Atom, with the place that GeoRSS or W3C geo tells.

Institutions' own pages and their social accounts come this way. An announcement says when it was published, never when
it is over: its validity is open, and the source's `max_age` ends it. A feed holds its last entries: leaving it is no end.

Options: `category`, for entries that no table knows; `codes.category`; `identity = "link"` for publishers who use one
guid again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, rank_of
from datasources.readers.feed import Entry, read_entry
from datasources.readers.options import check_options, choice, usual_category
from datasources.readers.syndication import ENTRIES, INDEXES, time_of
from datasources.readers.text import HEADLINE_CHARS, bounded, headline_of
from datasources.readers.times import Times
from datasources.readers.xml import Element, in_any_encoding, local, stream_elements
from events.errors import DocumentUnreadable, InvalidRecord
from events.geometry import check_geometry
from events.records import Event
from events.taxonomy import category as category_named
from events.validity import Validity
from events.vocabulary import GeometryPrecision

OPTIONS = frozenset({"category", "codes", "identity"})
MAX_BYTES = 8 * 2**20
MAX_ENTRIES = 1000


class RssAdapter(Adapter):
    """Reads a feed: every entry is one event or one reject."""

    kind: ClassVar[str] = "rss"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._identity = choice(source, "identity", ("guid", "link")) or "guid"
        self._usual = usual_category(source)
        self._codes = Codes.of(source, frozenset({"category"}))
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every entry as an event or a reject; raise only DocumentUnreadable.

        The reading is never complete: absences from a list of the last entries mean nothing.
        """
        with document.open() as stream:
            body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise self._unreadable(f"it is longer than {MAX_BYTES} bytes")
        # Bytes beyond ASCII that make sense as UTF-8 are UTF-8, whatever the declaration says.
        if not body.isascii() and _is_utf8(body):
            return self._read(document, "utf-8")
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        collected, count, media = Collected(), 0, 0
        published_at = None
        for event, element in stream_elements(document.open, ENTRIES, self.source.id, encoding, events=("end",)):
            if event == "root":
                if local(element) not in INDEXES:
                    raise self._unreadable("it is neither RSS nor Atom")
                published_at = time_of(element, self._times)
                continue
            count += 1
            if count > MAX_ENTRIES:
                raise self._unreadable(f"it holds more than {MAX_ENTRIES} entries")
            media += self._take(element, f"{local(element)}[{count}]", document.url, collected)
            element.clear()
        return replace(collected.reading(published_at=published_at, is_complete=False), dropped_media=media)

    def _take(self, element: Element, where: str, base: str, collected: Collected) -> int:
        external_id: str | None = None
        media = 0
        try:
            entry = read_entry(element, self._times, base)
            media = entry.media
            collected.drop_fields(entry.dropped)
            external_id = entry.identity(self._identity)
            collected.add(where, external_id, self._event(entry, external_id), rank_of(entry.told_at))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)
        return media

    def _event(self, entry: Entry, external_id: str) -> Event:
        if not (entry.title or entry.text or entry.place):
            raise InvalidRecord("the entry says neither what happens nor where")
        category = self._codes.ours("category", list(entry.codes)) or self._usual
        headline = entry.title or entry.text or headline_of(category_named(category).name("fr"), None, None)
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            category=category,
            source_code=entry.codes[0] if entry.codes else None,
            headline=bounded(headline, HEADLINE_CHARS),
            description=entry.text,
            language=entry.language,
            severity=category_named(category).default_severity,
            detection_mode=self.source.detection_mode,
            validity=Validity(),
            published_at=entry.told_at,
            geometry=check_geometry(dict(entry.place), self.source.area) if entry.place else None,
            geometry_precision=GeometryPrecision.EXACT if entry.place else GeometryPrecision.NONE,
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )

    def _unreadable(self, what: str) -> DocumentUnreadable:
        return DocumentUnreadable(self.source.id, f"{what}; check the address of the source; what was kept stays")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
