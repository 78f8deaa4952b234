"""What a save sends up the stairs: the source that an organisation's contributions are, a run of one record, the texts of a draft."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from access.drafts import TEXTS, Draft, event_of, held_back
from datasources.contract import Coverage, Fetched, Reading, Run, Source, Verdict
from events.audience import PUBLIC, Audience, AudienceLevel, listed
from events.city import City
from events.records import Event
from events.vocabulary import Severity, StoredStatus
from store.contributions import PROPOSED, REFUSED, source_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How a contribution stands between the organisations: whose it is, its state, who answers it, who asks for critical."""

    external_id: str
    organisation_id: str
    state: str
    owner_id: str | None
    alert_by: str | None
    alert_confirmed_by: str | None


def record_of(draft: Draft, standing: Standing, author: str, now: datetime, city: City) -> tuple[dict[str, Any], Event]:
    """Return the row beside the event, and the event as it may be shown now: held back, milder or a draft where it must be."""
    own = standing.organisation_id
    draft = replace(draft, audience=_with_its_own(draft.audience, own))
    row = {
        "organisation_id": own, "account_id": author, "saved_at": now, "state": standing.state,
        "owner_id": standing.owner_id, "audience": draft.audience.key, "embargo_until": draft.embargo_until,
        "check_at": None if draft.end is not None else draft.check_at,
        "alert_by": standing.alert_by, "alert_confirmed_by": standing.alert_confirmed_by,
    }  # fmt: skip
    awaits_alert = draft.severity is Severity.CRITICAL and standing.alert_confirmed_by is None
    shown = replace(draft, severity=Severity.MAJOR) if awaits_alert else draft
    event = event_of(
        shown, source_id=source_of(own), external_id=standing.external_id, organisation=own, now=now, city=city
    )
    if standing.state in (PROPOSED, REFUSED):
        parties = frozenset({own, *([standing.owner_id] if standing.owner_id else [])})
        return row, replace(event, audience=held_back(draft.audience, parties), status=StoredStatus.DRAFT)
    if draft.embargo_until is not None and draft.embargo_until > now:
        held = held_back(draft.audience, frozenset({own}))
        return row, replace(event, audience=held, embargo_until=draft.embargo_until)
    return row, event


def _with_its_own(audience: Audience, organisation_id: str) -> Audience:
    """Return an audience that its contributor is in: nobody writes what they cannot read."""
    return listed({*audience.organisations, organisation_id}) if audience.level is AudienceLevel.LISTED else audience


def run_of(organisation_id: str, reading: Reading, city: City, now: datetime) -> Run:
    """Return a reading of contributions as a judged run, which is what the privacy gate takes."""
    sha256 = hashlib.sha256(repr(reading).encode("utf-8", "surrogatepass")).hexdigest()
    source = contribution_source(organisation_id, city)
    outcome = Fetched(source=source, reading=reading, sha256=sha256, size=0, http_status=200)
    return Run(outcome=outcome, verdict=Verdict.OK, reason=None, started_at=now, finished_at=now)


def contribution_source(organisation_id: str, city: City) -> Source:
    """Return the source that an organisation's contributions are: never polled, a delta, its audience on each record."""
    return Source(
        id=source_of(organisation_id), kind="contributions", title=source_of(organisation_id),
        organisation=organisation_id, licence="internal", url="", poll_every=timedelta(days=1), timezone=city.timezone,
        area=city.area, coverage=Coverage.DELTA, default_audience=PUBLIC, maintainer=organisation_id, is_enabled=False,
    )  # fmt: skip


def texts_of(draft: Draft) -> list[tuple[str, str]]:
    """Return every text a person wrote, with the name of its field."""
    found = [(name, str(getattr(draft, name))) for name in TEXTS if getattr(draft, name)]
    found += [("effects", effect.text) for effect in draft.effects]
    return found + [("route", point.label) for point in (draft.route.checkpoints if draft.route else ())]
