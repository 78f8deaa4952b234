"""Calendars (RFC 5545): each UID is one event, its occurrences in a window are the periods of its validity.

One event and not one for each occurrence: people see one market with its days, its id stays, and no rule without end can
fill the list. ATTENDEE, ORGANIZER, CONTACT and all else that is not asked for never reach the parser.

Options: `window_days`, how far rules are expanded before and after the document's retrieval (90); `category`, for events
that no table knows; `codes.category`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.codes import Codes
from datasources.readers.collect import SAME_TWICE, Collected, Rank, Withdrawn
from datasources.readers.ical import Told, read_calendars
from datasources.readers.options import check_options, usual_category
from datasources.readers.places import point_of
from datasources.readers.recurrence import Window, occurrences_of, window_around
from datasources.readers.text import DESCRIPTION_CHARS, HEADLINE_CHARS, clean, headline_of, identifier
from events.errors import ConfigurationError, InvalidRecord
from events.geometry import check_geometry
from events.records import Event, Geometry
from events.taxonomy import category as category_named
from events.vocabulary import GeometryPrecision, StoredStatus

OPTIONS = frozenset({"window_days", "category", "codes"})
MAX_WINDOW_DAYS = 400
_HIDDEN = frozenset({"PRIVATE", "CONFIDENTIAL"})


class ICalendarAdapter(Adapter):
    """Reads the events of calendars."""

    kind: ClassVar[str] = "icalendar"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        days = source.options.get("window_days", 90)
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MAX_WINDOW_DAYS:
            raise ConfigurationError(f"source {source.id!r}, options.window_days: from 1 to {MAX_WINDOW_DAYS}")
        self._days = days
        self._usual = usual_category(source)
        self._codes = Codes.of(source, frozenset({"category"}))

    def read(self, document: Document) -> Reading:
        """Return every UID as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        calendars = read_calendars(document, self.source)
        window = window_around(document.retrieved_at.astimezone(UTC), self._days)
        collected = Collected()
        collected.drop_fields(calendars.dropped)
        series: dict[str, list[tuple[str, Told]]] = {}
        for number, told in enumerate(calendars.events, 1):
            where = f"VEVENT[{number}]"
            try:
                series.setdefault(identifier(told.text("UID")), []).append((where, told))
            except InvalidRecord as error:
                collected.reject(where, str(error))
        for external_id, members in series.items():
            self._take(external_id, members, window, collected, is_cancelled=calendars.is_cancelled)
        return replace(collected.reading(), dropped_media=calendars.media)

    def _take(
        self,
        external_id: str,
        members: list[tuple[str, Told]],
        window: Window,
        collected: Collected,
        *,
        is_cancelled: bool,
    ) -> None:
        moved = [one for one in members if one[1].component.get("RECURRENCE-ID")]
        masters = sorted((one for one in members if one not in moved), key=lambda one: _rank(one[1]))
        for where, _ in masters[:-1]:
            collected.reject(where, SAME_TWICE, external_id)
        chosen = [*masters[-1:], *moved]
        where, main = chosen[0]
        try:
            kept: Event | Withdrawn = Withdrawn(external_id)
            if main.text("CLASS").upper() not in _HIDDEN:
                kept = self._event(external_id, [told for _, told in chosen], window, is_cancelled=is_cancelled)
            collected.add(where, external_id, kept, _rank(main))
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _event(self, external_id: str, series: list[Told], window: Window, *, is_cancelled: bool) -> Event:
        if any(told.is_broken for told in series):
            raise InvalidRecord("a time or a rule of the event cannot be read")
        main = series[0]
        found = occurrences_of([told.component for told in series], main.zone, window)
        codes = _categories(main)
        category = self._codes.ours("category", list(codes)) or self._usual
        place = clean(main.text("LOCATION"))
        geometry = self._geometry(main)
        status = StoredStatus.TO_CONFIRM if main.text("STATUS").upper() == "TENTATIVE" else None
        return Event(
            source_id=self.source.id,
            external_id=external_id,
            organisation=self.source.organisation,
            category=category,
            source_code=codes[0] if codes else None,
            headline=clean(main.text("SUMMARY"), HEADLINE_CHARS)
            or headline_of(category_named(category).name("fr"), None, place),
            description=clean(main.text("DESCRIPTION"), DESCRIPTION_CHARS),
            severity=category_named(category).default_severity,
            status=StoredStatus.CANCELLED if is_cancelled or found.are_cancelled else status,
            detection_mode=self.source.detection_mode,
            validity=found.validity,
            published_at=_modified_at(main),
            geometry=geometry,
            geometry_precision=GeometryPrecision.NONE if geometry is None else GeometryPrecision.EXACT,
            place=place,
            audience=self.source.default_audience,
            attribution=self.source.attribution,
        )

    def _geometry(self, event: Told) -> Geometry | None:
        held = event.component.get("GEO")
        pair = point_of(getattr(held, "longitude", None), getattr(held, "latitude", None))
        return check_geometry({"type": "Point", "coordinates": list(pair)}, self.source.area) if pair else None


def _categories(event: Told) -> tuple[str, ...]:
    value = event.component.get("CATEGORIES")
    listed = [word for one in (value if isinstance(value, list) else [value]) for word in getattr(one, "cats", ())]
    return tuple(code for word in listed[:50] if (code := clean(str(word))))


def _modified_at(event: Told) -> datetime | None:
    held = getattr(event.component.get("LAST-MODIFIED"), "dt", None)
    return held.astimezone(UTC) if isinstance(held, datetime) and held.tzinfo else None


def _rank(event: Told) -> Rank:
    """Order versions as RFC 5545 does: the sequence first, then the time."""
    sequence = event.text("SEQUENCE")
    number = float(sequence) if sequence.isascii() and sequence.isdecimal() and len(sequence) < 10 else 0.0
    modified_at = _modified_at(event)
    return number, int(modified_at.timestamp()) if modified_at else -1
