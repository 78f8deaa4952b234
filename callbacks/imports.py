"""A file of events brought by a contributor: read by our own adapters, shown before anything is kept, then published one by one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from access.answers import TooOften, Unpublishable
from access.drafts import TEXTS, Draft, problems_of
from access.members import Member
from callbacks.contribution_words import Reader, reader_of, say_problem
from callbacks.desk import Desk
from callbacks.services import Services
from components.boot import LANGUAGES
from components.formats import time_range
from components.reasons import say_reason
from components.texts import Words, words
from datasources.catalogue import make_adapter
from datasources.contract import Document, Reject
from datasources.polling import read_document
from datasources.single import source_of_document
from events.audience import PARTNERS
from events.errors import AppError, DocumentUnreadable, InvalidRecord
from events.records import Event
from events.taxonomy import categories
from events.vocabulary import GeometryPrecision, Severity, StoredStatus

MOST = 100  # an organisation saves 120 times a minute at most
KINDS = {"csv": "csv", "json": "geojson", "geojson": "geojson", "ics": "icalendar"}
CHECK_AFTER = timedelta(hours=1)
COLUMNS = {
    "external_id": "id", "category": "categorie", "severity": "gravite", "headline": "titre", "place": "lieu",
    "description": "description", "instruction": "consigne", "start": "debut", "end": "fin", "lon": "longitude",
    "lat": "latitude",
}  # fmt: skip
"""The columns of a table, and the properties of a feature, that an import knows."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file holds: events as drafts, and what could not be used."""

    drafts: tuple[Draft, ...]
    rejects: tuple[Reject, ...]


def bring(services: Services, desk: Desk, member: Member, form: Mapping[str, Any], speak: Words) -> dict[str, Any]:
    """Return the preview of a file, or, with `go`, what became of each event; raise InvalidRecord for no file of ours."""
    brought = read_brought(services, form)
    reader = reader_of(services, speak)
    rejects = [{"where": one.where, "why": _said(one.reason, speak)} for one in brought.rejects]
    if form.get("go") is True:
        return _publish(desk, member, brought, reader) | {"rejects": rejects}
    rows = []
    for draft in brought.drafts:
        problems = [
            say_problem(one, reader.now, reader.zone, speak)["text"] for one in problems_of(draft, services.city)
        ]
        refused = [text for _name, text in _texts(draft) if services.advise(text, speak).kind != "cleared"]
        if refused:
            problems.append(speak("gate.refused_text"))
        when = time_range(draft.start, draft.end, reader.now, reader.zone, speak)
        # Words that may not be kept are not written back: the file is beside its reader.
        title = draft.headline if draft.headline not in refused else "—"
        rows.append({"title": title, "when": when, "place": draft.place or "", "problems": problems})
    return {"rows": rows, "rejects": rejects}


def read_brought(services: Services, form: Mapping[str, Any]) -> Brought:
    """Return what a file in base64 holds, by the ending of its name."""
    name, city = str(form.get("name") or ""), services.city
    kind = KINDS.get(name.rpartition(".")[2].lower())
    try:
        body = base64.b64decode(str(form.get("data") or ""), validate=True)
    except (ValueError, binascii.Error):
        body = b""
    if kind is None or not body:
        raise InvalidRecord("form.import_unknown")
    chosen = str(form.get("category") or "")
    source = source_of_document(kind, _options(kind, chosen if chosen in categories() else "spectacle"), city.timezone)
    document = Document(body, media_type="", url="file", retrieved_at=services.clock())
    try:
        reading = read_document(make_adapter(source), document)
    except DocumentUnreadable as error:
        return Brought((), (Reject("document", error.message),))
    drafts, rejects = [], list(reading.rejects)
    for number, event in enumerate(reading.events, 1):
        draft = draft_from(event, services.clock())
        if draft is None or number > MOST:
            rejects.append(Reject(str(number), "form.import_when" if draft is None else "form.import_many"))
        else:
            drafts.append(draft)
    return Brought(tuple(drafts), tuple(rejects))


def draft_from(event: Event, now: datetime) -> Draft | None:
    """Return an event of a file as a contribution for all partners; None when it has no start, or several windows: a form has one."""
    periods = event.validity.periods
    start = event.validity.start or (periods[0].start if periods else None)
    if start is None or event.validity.recurrences or len(periods) > 1:
        return None
    end = event.validity.end or (periods[-1].end if periods else None)
    has_place = event.geometry is not None
    return Draft(
        category=event.category, severity=event.severity, headline=event.headline[:280], start=start, end=end,
        check_at=None if end is not None else max(start, now) + CHECK_AFTER, geometry=event.geometry,
        geometry_precision=event.geometry_precision if has_place else GeometryPrecision.CITY, place=event.place,
        description=event.description, instruction=event.instruction, size_class=event.size_class, route=event.route,
        effects=event.effects, audience=PARTNERS, is_confirmed=event.status is not StoredStatus.TO_CONFIRM,
    )  # fmt: skip


def _publish(desk: Desk, member: Member, brought: Brought, reader: Reader) -> dict[str, Any]:
    kept, failed = 0, []
    for number, draft in enumerate(brought.drafts, 1):
        try:
            desk.contributions.publish(member, draft)
            kept += 1
        except TooOften:
            failed.append({"where": str(number), "why": reader.speak("form.too_often")})
            break
        except Unpublishable as refused:
            why = " ".join(say_problem(one, reader.now, reader.zone, reader.speak)["text"] for one in refused.problems)
            failed.append({"where": str(number), "why": why})
        except AppError:
            failed.append({"where": str(number), "why": reader.speak("form.not_kept")})
    return {"said": reader.speak.count("events.imported", kept), "kept": kept, "failed_rows": failed}


def _said(reason: str, speak: Words) -> str:
    return speak(reason, most=MOST) if speak.has(reason) else say_reason(reason, speak).text


def _texts(draft: Draft) -> list[tuple[str, str]]:
    return [(name, str(getattr(draft, name))) for name in TEXTS if getattr(draft, name)]


def _options(kind: str, category_id: str) -> dict[str, object]:
    if kind == "icalendar":
        return {"category": category_id, "window_days": 400}
    known = {
        name.lower(): one.id for one in categories().values() for name in (one.id, *(text for _l, text in one.names))
    }
    severities = {str(int(one)): int(one) for one in Severity}
    named = {words(lang)(f"sev.{int(one)}").lower(): int(one) for one in Severity for lang in LANGUAGES}
    fields = {name: column for name, column in COLUMNS.items() if kind == "csv" or name not in ("lon", "lat")}
    return {
        "record": "event", "dates": ["iso", "%d/%m/%Y %H:%M", "%d/%m/%Y"], "decimal": ",", "fields": fields,
        "codes": {"category": known, "severity": severities | named},
    }  # fmt: skip
