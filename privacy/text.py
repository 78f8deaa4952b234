"""The text gate: whether a text may be kept, and which words stand against it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import Literal

from privacy.detectors import ALL
from privacy.gazetteer import EMPTY, Gazetteer
from privacy.hits import Detector, Hit, PiiType, read_passage
from privacy.normalise import MAX_LENGTH, MAX_NORMALISED_LENGTH, normalise

# Raised whenever a detector changes its mind about any text: what was cleared by an older gate is read again.
GATE_VERSION = "2"

# Processor time of this thread; no text of MAX_LENGTH comes near it.
LIMIT_S = 0.25

Kind = Literal["cleared", "review", "blocked"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """[start, end) of the text as given, in characters, and what it holds."""

    start: int
    end: int
    type: PiiType


@dataclass(frozen=True, slots=True)
class Verdict:
    """`cleared`, or `review` (a person may confirm it is harmless), or `blocked`; spans in order, without doubles.

    `version` names the gate and the gazetteer that decided: "2-3f9c01ab77d2".
    """

    kind: Kind
    spans: tuple[Span, ...] = ()
    version: str = ""


def version_of(gazetteer: Gazetteer) -> str:
    """Return the version of the gate with this gazetteer."""
    return f"{GATE_VERSION}-{gazetteer.version}"


def scan(text: str, gazetteer: Gazetteer = EMPTY, *, detectors: Sequence[Detector] = ALL) -> Verdict:
    """Return the verdict on a text. Never raises: a detector that fails, or a scan past LIMIT_S twice, blocks it all.

    The reason is then `gate_error`. A text over MAX_LENGTH characters is blocked unread (`too_long`): the time of a scan stays bounded.
    """
    version = version_of(gazetteer)
    if len(text) > MAX_LENGTH:
        return _whole(text, PiiType.TOO_LONG, version)
    try:
        try:
            return _scanned(text, gazetteer, detectors, version)
        except TimeoutError:
            # The interpreter may have stopped for its own garbage meanwhile, which is not the text's fault.
            return _scanned(text, gazetteer, detectors, version)
    except Exception as error:  # noqa: BLE001 - the gate fails closed, whatever went wrong inside it
        # The error's own words may quote the text; its class cannot.
        _log.error("privacy gate: a detector failed with %s; the text was withheld", type(error).__name__)
        return _whole(text, PiiType.GATE_ERROR, version)


def _scanned(text: str, gazetteer: Gazetteer, detectors: Sequence[Detector], version: str) -> Verdict:
    began, deadline = thread_time(), monotonic() + LIMIT_S
    plain = normalise(text)
    if len(plain.text) > MAX_NORMALISED_LENGTH:
        return _whole(text, PiiType.TOO_LONG, version)
    passage = read_passage(plain.text, gazetteer)
    hits: list[Hit] = []
    for detector in detectors:
        hits += detector(passage)
        # The clock is cheap to ask; the time of this thread decides, so that a busy machine withholds nothing.
        if monotonic() > deadline and thread_time() - began > LIMIT_S:
            raise TimeoutError
    if not hits:
        return Verdict("cleared", (), version)
    spans = {Span(*plain.original(hit.start, hit.end), hit.type) for hit in hits}
    kind: Kind = "blocked" if any(hit.is_certain for hit in hits) else "review"
    return Verdict(kind, _outermost(spans), version)


def _outermost(spans: set[Span]) -> tuple[Span, ...]:
    """Return the spans in order, without those inside a longer one: half a NIR reads like a telephone number."""
    kept: list[Span] = []
    reach = 0  # ends grow from one kept span to the next
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.type)):
        if span.end > reach or (kept[-1].start, kept[-1].end) == (span.start, span.end):
            kept.append(span)
            reach = span.end
    return tuple(kept)


def _whole(text: str, reason: PiiType, version: str) -> Verdict:
    return Verdict("blocked", (Span(0, len(text), reason),), version)
