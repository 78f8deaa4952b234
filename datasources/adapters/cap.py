"""CAP 1.1 and 1.2: a message, several, or an Atom or RSS index of messages, whatever their prefix.

A message is one event, or one withdrawal for each message it cancels. An Update is the event that stands from now on,
and takes back the messages it names. What an index links to is asked for by `next_requests`; what an index holds itself
is read in place. Signatures are not verified: the publisher is known by its address and its certificate.

Options: `zones`, the city's own zones (department numbers, NUTS 3, EMMA_ID as the publisher writes them): a message for
other zones only is no record of this source. `has_several_senders = true` for an aggregator whose senders may use the
same identifiers. `has_whole_chains = true` where every Update names all messages of its chain: the event keeps the
identity of the first one, and each Update is a version of it. `codes.category`, theirs (the `event`) = ours. `effects`, names of parameters whose values are effects
in words, such as `["windGust"]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Request, Source
from datasources.readers.cap_alert import CapAlert, read_alert, read_entry
from datasources.readers.cap_codes import ALERT, CANCEL, NOT_PUBLISHED, NOT_WARNINGS, STATUSES, UPDATE
from datasources.readers.cap_event import Context, external_id_of, infos_of, is_green, to_event
from datasources.readers.cap_index import address_of
from datasources.readers.codes import Codes
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.options import check_options, is_set
from datasources.readers.syndication import ENTRIES, INDEXES, time_of
from datasources.readers.text import identifier
from datasources.readers.times import Times
from datasources.readers.xml import Element, in_any_encoding, local, stream_elements
from datasources.readers.zones import zone_key
from events.errors import ConfigurationError, DocumentUnreadable, InvalidRecord
from events.records import Event

OPTIONS = frozenset({"zones", "has_several_senders", "has_whole_chains", "codes", "effects"})
# With the index itself one page less than a poll may read.
MAX_LINKED = 49
_ROOTS = INDEXES | {"alert", "alerts", "EDXLDistribution", "Envelope"}
_OTHER_ZONES = "alert for other zones"


@dataclass(slots=True)
class _Progress:
    base: str
    collected: Collected = field(default_factory=Collected)
    in_place: dict[tuple[str, str, str], tuple[str, CapAlert]] = field(default_factory=dict)
    taken_back: dict[str, None] = field(default_factory=dict)
    links: dict[str, None] = field(default_factory=dict)
    published_at: datetime | None = None
    alerts: int = 0
    entries: int = 0
    media: int = 0
    has_alert: bool = False  # in the entry being read
    is_complete: bool = True


class CapAdapter(Adapter):
    """Reads warnings; memory is that of one entry and of the events."""

    kind: ClassVar[str] = "cap"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        options, where = source.options, f"source {source.id!r}, options"
        check_options(source, OPTIONS)
        codes = options.get("codes", {})
        if not isinstance(codes, Mapping) or set(codes) - {"category"}:
            raise ConfigurationError(f"{where}.codes: the table `category` is allowed, theirs = ours")
        self._has_several_senders = is_set(source, "has_several_senders")
        self._has_whole_chains = is_set(source, "has_whole_chains")
        self._context = Context(
            source=source,
            times=Times(source.timezone),
            codes=Codes(codes, where),
            zones=frozenset(zone_key(zone) for zone in _texts(options, "zones", where)),
            effects=tuple(name.lower() for name in _texts(options, "effects", where)),
        )

    def read(self, document: Document) -> Reading:
        """Return every message as an event, withdrawals or a reject, and what an index links to."""
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        progress = _Progress(document.url)
        names = ("alert", *ENTRIES)
        for event, element in stream_elements(document.open, names, self.source.id, encoding, events=("end",)):
            if event == "root":
                self._check_root(element, progress)
            elif local(element) == "alert":
                progress.alerts += 1
                progress.has_alert = True
                self._message(read_alert(element), f"alert[{progress.alerts}]", progress)
            else:
                self._entry(element, progress)
                element.clear()  # and nothing before it: there stands the index's own time
        for where, alert in progress.in_place.values():
            self._message(alert, where, progress)
        return _finished(progress)

    def _check_root(self, root: Element, progress: _Progress) -> None:
        if local(root) not in _ROOTS:
            raise DocumentUnreadable(
                self.source.id, "neither a CAP message nor an index of them; check the address; what was kept stays"
            )
        if local(root) in INDEXES:
            progress.published_at = time_of(root, self._context.times) or progress.published_at

    def _entry(self, element: Element, progress: _Progress) -> None:
        progress.entries += 1
        where = f"{local(element)}[{progress.entries}]"
        if progress.has_alert:
            progress.has_alert = False
            return
        alert = read_entry(element)
        if alert is not None:
            # MeteoAlarm writes one entry for each area and language of a message.
            key = (alert.words["identifier"], alert.words.get("sender", ""), alert.words.get("sent", ""))
            known = progress.in_place.setdefault(key, (where, alert))[1]
            if known is not alert:
                known.infos += alert.infos
                known.unread |= alert.unread
            return
        try:
            address = address_of(element, progress.base)
        except InvalidRecord as error:
            progress.collected.reject(where, str(error))
            return
        if address == progress.base:
            return  # "nothing in force" as an entry that points to the index itself
        if address not in progress.links and len(progress.links) == MAX_LINKED:
            progress.is_complete = False
            progress.collected.reject(
                where, f"the index lists more than {MAX_LINKED} messages; this one was not asked for"
            )
            return
        progress.links[address] = None

    def _message(self, alert: CapAlert, where: str, progress: _Progress) -> None:
        progress.media += alert.media
        progress.collected.drop_fields(alert.unread)
        external_id: str | None = None
        try:
            external_id = self._id_of(alert, identifier(alert.words.get("identifier")))
            self._take(alert, external_id, where, progress)
        except InvalidRecord as error:
            progress.collected.reject(where, str(error), external_id)

    def _take(self, alert: CapAlert, external_id: str, where: str, progress: _Progress) -> None:
        kind = _kind_of(alert)
        references = alert.references() if kind != ALERT else {}
        named = [self._id_of(alert, one) for one in references]
        if kind == UPDATE and named and self._has_whole_chains:
            external_id = self._id_of(alert, min(references, key=lambda one: self._sent(references[one])))
        earlier = [one for one in named if one != external_id]
        sent = self._context.times.moment(alert.words.get("sent"))
        if sent is not None:
            progress.published_at = max(sent, progress.published_at or sent)
        if kind == CANCEL:
            if not named:
                raise InvalidRecord("a cancellation that names no earlier message")
            progress.taken_back.update(dict.fromkeys(named))
            return
        infos = infos_of(alert, self._context.zones)
        if alert.infos and not infos:
            progress.collected.drop_fields([_OTHER_ZONES])
        else:
            kept: Event | Withdrawn = Withdrawn(external_id)
            if not is_green(infos):
                kept = to_event(alert, infos, external_id, self._context)
            progress.collected.add(where, external_id, kept, rank_of(sent))
        # Only now: an update that cannot be used replaces nothing.
        progress.taken_back.update(dict.fromkeys(earlier))

    def _sent(self, told: str) -> datetime:
        return self._context.times.moment(told) or datetime.max.replace(tzinfo=UTC)

    def _id_of(self, alert: CapAlert, message: str) -> str:
        sender = alert.words.get("sender", "")
        return external_id_of(message, sender, has_several_senders=self._has_several_senders)


def _texts(options: Mapping[str, object], name: str, where: str) -> list[str]:
    listed = options.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
        raise ConfigurationError(f'{where}.{name}: a list of texts is needed, such as ["13", "FRL04"]')
    return listed


def _kind_of(alert: CapAlert) -> str:
    """Return the kind of a message that may be shown; raise InvalidRecord for one that warns no one."""
    status, kind = alert.word("status"), alert.word("msgType")
    if status not in STATUSES:
        raise InvalidRecord(NOT_PUBLISHED.get(status, "its status is neither Actual nor Exercise"))
    if kind not in (ALERT, UPDATE, CANCEL):
        raise InvalidRecord(NOT_WARNINGS.get(kind, "its msgType is not one of CAP"))
    return kind


def _finished(progress: _Progress) -> Reading:
    """Return the reading without the events that another message of the document takes back."""
    reading = progress.collected.reading(published_at=progress.published_at, is_complete=progress.is_complete)
    withdrawn = dict.fromkeys((*reading.withdrawn, *progress.taken_back))
    return replace(
        reading,
        events=tuple(event for event in reading.events if event.external_id not in withdrawn),
        withdrawn=tuple(withdrawn),
        dropped_media=progress.media,
        next_requests=tuple(Request(address, may_be_missing=True) for address in progress.links),
    )
