"""The screen of one poll: makes `Cleared` of the texts that pass, and tells of the others where they were and what they held."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from datasources.contract import Reject
from events.errors import InvalidRecord
from events.records import Camera, Event, RoadState, Tally
from privacy import text as text_gate
from privacy.gazetteer import Gazetteer
from privacy.hits import PiiType
from privacy.normalise import MAX_RAW_LENGTH, strip_markup
from privacy.text import Span
from store.admitted import AdmittedReject, AdmittedWithheld, Cleared

MAX_IDENTIFIER = 200
MAX_TOLD = 500  # spans of one poll that the partner is told of; all are counted
WITHHELD = Cleared("withheld by the privacy gate")
NOT_A_CODE = "not_a_code"
_MAX_REMEMBERED = 50_000
_MAX_REASON = 300
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SLUG = re.compile("[a-zà-ÿ]{2} [a-zà-ÿ]{2}")
_JOINTS = re.compile(r"[-_/:.]+")

_log = logging.getLogger(__name__)

Scan = Callable[[str, Gazetteer], text_gate.Verdict]
Seal = Callable[[str, str | None, str, str], None]  # source, record, field, text
Record = Event | RoadState | Camera | Tally


class Reader:
    """Scans texts with one gate and one gazetteer; remembers cleared ones only, the last used the longest."""

    def __init__(self, gazetteer: Gazetteer, scan: Scan) -> None:
        self.version = getattr(scan, "version_of", text_gate.version_of)(gazetteer)
        self._gazetteer = gazetteer
        self._scan = scan
        self._cleared: OrderedDict[str, None] = OrderedDict()

    def spans(self, text: str) -> Sequence[Span]:
        """Return what stands against a text; empty means it may be kept. `review` counts: nobody is there to ask."""
        if text in self._cleared:
            self._cleared.move_to_end(text)
            return ()
        try:
            verdict = self._scan(text, self._gazetteer)
        except Exception as error:  # noqa: BLE001 - fails closed: a text nobody could read is not clear
            _log.error("privacy gate: the scan failed with %s; the text was withheld", type(error).__name__)
            return _whole(text, PiiType.GATE_ERROR)
        if verdict.kind != "cleared":
            return verdict.spans or _whole(text, PiiType.GATE_ERROR)
        self._cleared[text] = None
        if len(self._cleared) > _MAX_REMEMBERED:
            self._cleared.popitem(last=False)
        return ()


def _whole(text: str, type_: PiiType) -> Sequence[Span]:
    return (Span(0, len(text), type_),)


@dataclass(slots=True)
class Screen:
    """The screen of one poll. `begin` names the record whose fields follow."""

    reader: Reader
    key: bytes
    source_id: str
    seal: Seal | None = None  # takes what is withheld into the sealed quarantine
    withheld: Counter[str] = field(default_factory=Counter)
    withheld_texts: int = 0
    told: list[AdmittedWithheld] = field(default_factory=list)
    _record: Cleared | None = None

    def begin(self, record: Record | None) -> None:
        """Say which record the texts that follow belong to; None for those of the poll itself."""
        raw: object = None if record is None else _external_id(record)
        self._record = self._identified(raw)[0] if isinstance(raw, str) else None

    def text(self, raw: str | None, name: str) -> Cleared | None:
        """Return the text of the field `name` without markup, or None when it is empty or withheld."""
        if raw is None:
            return None
        if len(raw) > MAX_RAW_LENGTH:
            self._withhold(name, _whole(raw, PiiType.TOO_LONG), raw)
            return None
        shown = strip_markup(raw)
        found = self.reader.spans(shown)
        if found:
            self._withhold(name, found, shown)
            return None
        return Cleared(shown) if shown else None

    def identifier(self, raw: str, name: str) -> Cleared:
        """Return a publisher's identifier, or a keyed stand-in that is the same at every poll."""
        kept, found = self._identified(raw)
        if found:
            self._withhold(name, found, raw)
        return kept

    def code(self, raw: str | None, name: str) -> Cleared | None:
        """Return a word of a closed vocabulary, or None when it does not look like one."""
        if raw is None:
            return None
        if not _CODE.fullmatch(raw) or self._joined(raw):
            self._count((NOT_A_CODE,))
            self._tell(name, NOT_A_CODE, 0, len(raw))
            return None
        return Cleared(raw)

    def ours(self, *candidates: str) -> Cleared:
        """Return the first candidate that passes, else the last, which holds our own words only."""
        passing = (candidate for candidate in candidates[:-1] if not self.reader.spans(candidate))
        return Cleared(next(passing, candidates[-1]))

    def sentence(self, told: str) -> Cleared:
        """Return a sentence of ours or a name of a field, or that it was withheld when it quotes what it may not."""
        if len(told) > MAX_RAW_LENGTH:
            return WITHHELD
        shown = strip_markup(told)
        return WITHHELD if self.reader.spans(shown) else Cleared(shown[:_MAX_REASON])

    def reject(self, reject: Reject) -> AdmittedReject:
        """Return a reject whose place, reason and identifier may be kept."""
        identity = None if reject.external_id is None else self.identifier(reject.external_id, "external_id")
        return AdmittedReject(self.sentence(reject.where), self.sentence(reject.reason), identity)

    def identity(self, record: Record) -> Cleared | None:
        """Return the publisher's identifier of a record that could not be used, None when it has none to read."""
        raw: object = _external_id(record)
        return self._identified(raw)[0] if isinstance(raw, str) else None

    def _identified(self, raw: str) -> tuple[Cleared, Sequence[Span]]:
        found: Sequence[Span] = ()
        if 0 < len(raw) <= MAX_IDENTIFIER and strip_markup(raw) == raw:
            found = self._joined(raw)
            if not found:
                return Cleared(raw), ()
        message = f"{self.source_id}\0{raw}".encode("utf-8", "surrogatepass")
        return Cleared("hidden-" + hmac.new(self.key, message, hashlib.sha256).hexdigest()[:32]), found

    def _joined(self, raw: str) -> Sequence[Span]:
        # "incident-0612345678": a number is one also when only joints part it from the rest. One scan reads both.
        apart = _JOINTS.sub(" ", raw)
        if apart == raw:
            return self.reader.spans(raw)
        # "concert-du-brigadier-roustan": a slug has lost its capitals.
        capitals = f" | {apart.title()}" if _SLUG.search(apart) else ""
        found = self.reader.spans(f"{raw} | {apart}{capitals}")
        as_given = tuple(span for span in found if span.end <= len(raw))
        return as_given or (_whole(raw, found[0].type) if found else ())

    def _withhold(self, name: str, spans: Sequence[Span], text: str) -> None:
        if self.seal is not None:
            self.seal(self.source_id, self._record, name, text)
        self._count({span.type.value for span in spans})
        for span in spans:
            self._tell(name, span.type.value, span.start, span.end)

    def _tell(self, name: str, type_: str, start: int, end: int) -> None:
        if len(self.told) < MAX_TOLD:
            self.told.append(AdmittedWithheld(self._record, Cleared(name), Cleared(type_), start, end))

    def _count(self, found: Iterable[str]) -> None:
        self.withheld.update(found)
        self.withheld_texts += 1


def _external_id(record: Record) -> str:
    return record.segment_id if isinstance(record, RoadState) else record.external_id


def clearer(gazetteer: Gazetteer, scan: Scan = text_gate.scan) -> Callable[[str], Cleared]:
    """Return what makes a label that people write (of an organisation, of a display) one that may be kept.

    It raises InvalidRecord, which names what was found and never quotes the label.
    """
    reader = Reader(gazetteer, scan)

    def clear(label: str) -> Cleared:
        shown = strip_markup(label[: MAX_RAW_LENGTH + 1])
        found = sorted({span.type.value for span in reader.spans(shown)})
        if found or not shown or len(label) > MAX_RAW_LENGTH:
            what = ", ".join(found) or "nothing, or too much, was written"
            raise InvalidRecord(f"the label cannot be kept ({what}): name a post or a service, never a person")
        return Cleared(shown)

    return clear
