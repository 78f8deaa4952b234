"""DATEX II SituationPublication, versions 1, 2 and 3, in whatever envelope a publisher puts it.

Every situationRecord is one event, one withdrawal or one reject; records of one situation share `situation_id`.
Lane closures, diversions and speed limits are events of their own beside their cause: each has its own place and
validity, and folding them would hide that one ends after the other.

Options: `medium_is_default = true` for publishers who write `medium` when they mean nothing by it (FEEDS 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from datasources.contract import Adapter, Document, Reading, Source
from datasources.readers.collect import Collected, Withdrawn, rank_of
from datasources.readers.datex2_record import TEST, Context, Situation, read_record
from datasources.readers.options import check_options, is_set
from datasources.readers.text import clean, identifier
from datasources.readers.times import Times
from datasources.readers.xml import (
    Element,
    empty,
    in_any_encoding,
    is_true,
    local,
    stream_elements,
    text_of,
    xsi_type,
)
from events.errors import DocumentUnreadable, InvalidRecord
from events.records import Event

OPTIONS = frozenset({"medium_is_default"})
_ROOTS = frozenset({"Envelope", "d2LogicalModel", "messageContainer", "payload", "payloadPublication"})
_PUBLICATIONS = frozenset({"payload", "payloadPublication", "SituationPublication", "situationPublication"})
_STREAMED = ("situation", "publicationTime", "deliveryBreak", "Fault", *sorted(_PUBLICATIONS))


@dataclass(slots=True)
class _Progress:
    context: Context
    collected: Collected = field(default_factory=Collected)
    published_at: datetime | None = None
    situations: int = 0
    has_publication: bool = False
    is_break: bool = False


class Datex2SituationAdapter(Adapter):
    """Reads situation publications; memory is that of one situation and of the events."""

    kind: ClassVar[str] = "datex2_situation"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        check_options(source, OPTIONS)
        self._unset_severities = frozenset({"medium"} if is_set(source, "medium_is_default") else ())
        self._times = Times(source.timezone)

    def read(self, document: Document) -> Reading:
        """Return every situationRecord as an event, a withdrawal or a reject; raise only DocumentUnreadable."""
        return in_any_encoding(lambda encoding: self._read(document, encoding))

    def _read(self, document: Document, encoding: str | None) -> Reading:
        progress = _Progress(Context(self.source, self._times, document.retrieved_at, self._unset_severities))
        for event, element in stream_elements(document.open, _STREAMED, self.source.id, encoding, events=("end",)):
            name = local(element)
            if event == "root":
                self._check_root(element, progress)
                self._loose(element, progress)
            elif name == "situation":
                self._situation(element, progress)
            else:
                self._note(element, name, progress)
        is_complete = progress.has_publication and not progress.is_break
        return progress.collected.reading(published_at=progress.published_at, is_complete=is_complete)

    def _note(self, element: Element, name: str, progress: _Progress) -> None:
        if name in _PUBLICATIONS:
            self._check_publication(element)
            progress.has_publication = True
        elif name == "publicationTime":
            # Long before its end, a publication of another kind is refused by the first thing it says.
            for parent in element.iterancestors():
                if local(parent) in _PUBLICATIONS:
                    self._check_publication(parent)
            progress.published_at = self._publication_time(element) or progress.published_at
            progress.context.read_at = progress.published_at or progress.context.read_at
        elif name == "deliveryBreak":
            progress.is_break = progress.is_break or is_true(element)
        elif name == "Fault":
            raise DocumentUnreadable(self.source.id, "the publisher answered with a SOAP fault; what was kept stays")

    def _situation(self, element: Element, progress: _Progress) -> None:
        progress.situations += 1
        situation = Situation(id=clean(element.get("id")))
        records: list[Element] = []
        for child in element:
            name = local(child)
            if name == "situationRecord":
                records.append(child)
            elif name in ("overallSeverity", "overallImpact"):
                situation.severity = text_of(child)
            elif name == "headerInformation":
                _read_header(child, situation)
        for number, record in enumerate(records, 1):
            where = f"situation[{progress.situations}]/situationRecord[{number}]"
            self._record(record, situation, where, progress)
        empty(element)

    def _loose(self, root: Element, progress: _Progress) -> None:
        # Situations were emptied when they were read: the records that are left stand in none.
        for number, record in enumerate(root.iter("{*}situationRecord"), 1):
            self._record(record, Situation(), f"situationRecord[{number}]", progress)

    def _record(self, element: Element, situation: Situation, where: str, progress: _Progress) -> None:
        external_id: str | None = None
        collected = progress.collected
        try:
            external_id = identifier(element.get("id"))
            _refuse_test(situation)
            record = read_record(element, self._times)
            if unread := record.told("unread"):
                collected.drop_fields(unread)
            version = progress.context.once(clean, element.get("version"))
            kept: Event | Withdrawn
            if record.is_cancelled:
                kept = Withdrawn(external_id)
            else:
                kept = record.to_event(external_id, version, situation, progress.context)
            rank = rank_of(record.version_time, version)
            collected.add(where, external_id, kept, rank)
        except InvalidRecord as error:
            collected.reject(where, str(error), external_id)

    def _publication_time(self, element: Element) -> datetime | None:
        try:
            return self._times.moment(text_of(element))
        except InvalidRecord:
            return None  # a publication without a readable time is still a publication

    def _check_publication(self, element: Element) -> None:
        kind = xsi_type(element)
        if kind and kind != "SituationPublication":
            raise DocumentUnreadable(
                self.source.id, "a DATEX II document of another kind than situations; check the address of the source"
            )

    def _check_root(self, root: Element, progress: _Progress) -> None:
        name = local(root)
        if name in _ROOTS or name in _PUBLICATIONS or progress.has_publication or progress.situations:
            return
        raise DocumentUnreadable(
            self.source.id, "not a DATEX II document; check the address of the source; what was kept before stays"
        )


def _refuse_test(situation: Situation) -> None:
    if situation.information_status == TEST:
        raise InvalidRecord("the publisher marks it as a test")


def _read_header(element: Element, situation: Situation) -> None:
    for child in element:
        name = local(child)
        if name == "confidentiality":
            situation.confidentiality = text_of(child)
        elif name == "informationStatus":
            situation.information_status = text_of(child)
