"""EMSI (ISO/TR 22351), how emergency services tell each other of affairs: counted by category, district and hours.

No affair is ever shown: what leaves this adapter is how many there were. Which counts are too small to be shown is not
decided here (`privacy.counts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Reject, Source
from datasources.readers.emsi import Affair, affair_of, messages_in
from datasources.readers.features import read_container, unreadable
from datasources.readers.options import check_options, text_option
from datasources.readers.outlines import Outlines, read_outlines
from datasources.readers.tallies import local_period, tally_of
from datasources.readers.times import Times
from datasources.readers.xml import empty, in_any_encoding, stream_elements
from datasources.readers.xmltold import told_by
from events.errors import ConfigurationError, InvalidRecord
from events.geometry import check_geometry
from events.records import Tally

MEASURE = "emergency-affairs"
DISTRICTS = "districts"

_OPTIONS = frozenset({"area_code", "slot_h", "district_code"})
_SLOTS_H = (3, 4, 6, 8, 12, 24)
_MAX_SLOTS = 31 * 8
_MAX_MESSAGES = 20_000
_BOM = b"\xef\xbb\xbf"
_Cell = tuple[str, str, datetime, datetime]


class EmsiAdapter(Adapter):
    """Reads a document of messages as counts; of several messages of one affair the last one counts."""

    kind: ClassVar[str] = "emsi"
    reference_names: ClassVar[frozenset[str]] = frozenset({DISTRICTS})

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, _OPTIONS)
        self._area_code = text_option(source, "area_code", "")
        self._district_code = text_option(source, "district_code", "code")
        self._slot_h = _slot_h(source)
        if not self._area_code:
            raise ConfigurationError(
                f"source {source.id!r}, options.area_code: the code of the city is needed, for affairs in no district"
            )
        self._times = Times(source.timezone)
        self._outlines: Outlines | None = None

    def learn(self, name: str, document: Document) -> None:
        """Take the outlines of the districts: GeoJSON polygons with the property `district_code`."""
        assert name in self.reference_names
        self._outlines = read_outlines(document, self.source, self._district_code)

    def read(self, document: Document) -> Reading:
        """Return one count for each category, area and slot that has affairs; raise only DocumentUnreadable.

        A record is a count, or a message that could not be counted.
        """
        latest: dict[str, Affair] = {}
        rejects: list[Reject] = []
        for where, message in self._messages(document):
            try:
                affair = affair_of(message, self._times)
                if affair is not None:
                    self._check(affair)
            except InvalidRecord as error:
                rejects.append(Reject(where, str(error)))
                continue
            if affair is not None and (affair.id not in latest or affair.made_at >= latest[affair.id].made_at):
                latest[affair.id] = affair
        cells = self._counted(affair for affair in latest.values() if not affair.is_cancelled)
        return Reading(
            tallies=tuple(self._tally(cell, count) for cell, count in sorted(cells.items())),
            rejects=tuple(rejects),
            published_at=max((affair.made_at for affair in latest.values()), default=None),
        )

    def _counted(self, affairs: Iterable[Affair]) -> Counter[_Cell]:
        """Return the counts; a slot without affairs between the first and the last one of the document counts 0."""
        cells = Counter(self._cell(affair) for affair in affairs)
        kinds = {(measure, area) for measure, area, _, _ in cells}
        slot = min((start for _, _, start, _ in cells), default=None)
        last = max((start for _, _, start, _ in cells), default=None)
        for _ in range(_MAX_SLOTS):
            if slot is None or last is None or slot >= last:
                break
            start, slot = self._slot(slot)
            cells.update({(measure, area, start, slot): 0 for measure, area in kinds})
        return cells

    def _messages(self, document: Document) -> Iterator[tuple[str, Mapping[str, object]]]:
        with document.open() as stream:
            start = stream.read(256).removeprefix(_BOM).lstrip()[:1]
        if start == b"<":
            found = in_any_encoding(lambda encoding: list(self._from_xml(document, encoding)))
        else:
            content = read_container(document, self.source)
            found = list(islice(messages_in(content), _MAX_MESSAGES + 1))
            if content == []:
                return  # a relay with nothing to tell
        if not found:
            raise unreadable(self.source, "it holds no message of EMSI")
        if len(found) > _MAX_MESSAGES:
            raise unreadable(self.source, f"it holds more than {_MAX_MESSAGES} messages")
        yield from ((f"message[{number}]", message) for number, message in enumerate(found))

    def _from_xml(self, document: Document, encoding: str | None) -> Iterator[Mapping[str, object]]:
        opened = stream_elements(document.open, ("emsi",), self.source.id, encoding, events=("end",))
        for event, element in islice(opened, _MAX_MESSAGES + 1):
            if event == "end":
                yield told_by(element)
                empty(element)

    def _check(self, affair: Affair) -> None:
        if affair.position is not None:
            check_geometry({"type": "Point", "coordinates": list(affair.position)}, self.source.area)

    def _cell(self, affair: Affair) -> _Cell:
        found = self._outlines.at(*affair.position) if self._outlines and affair.position else None
        start, end = self._slot(affair.occurred_at)
        return f"{MEASURE}-{affair.category.lower()}", found or self._area_code, start, end

    def _slot(self, moment: datetime) -> tuple[datetime, datetime]:
        local = moment.astimezone(self._times.zone)
        first = local.hour - local.hour % self._slot_h
        last, day = first + self._slot_h, local.date()
        until = day if last < 24 else day + timedelta(days=1)
        return local_period(day, time(first), until, time(last % 24), self._times.zone)

    def _tally(self, cell: _Cell, count: int) -> Tally:
        measure, area, start, end = cell
        local = start.astimezone(self._times.zone).replace(tzinfo=None)
        external_id = f"{measure}/{area}/{local.isoformat('T', 'minutes')}"
        return tally_of(self.source, external_id, measure, area, (start, end), float(count))


def _slot_h(source: Source) -> int:
    value = source.options.get("slot_h", 6)
    if isinstance(value, bool) or value not in _SLOTS_H:
        raise ConfigurationError(
            f"source {source.id!r}, options.slot_h: one of {', '.join(map(str, _SLOTS_H))} is needed"
        )
    return int(str(value))
