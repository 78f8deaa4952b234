"""What the control of drift reads: every record that began in a span, whoever may see it, without a word of its text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, or_, select

from events.audience import ANONYMOUS
from events.vocabulary import InformationStatus, StoredStatus
from store.access_tables import account, api_key, audit, kiosk
from store.columns import FAR
from store.database import Database
from store.media import REFUSED, WITHDRAWN
from store.media_tables import media
from store.poll_tables import poll_run
from store.tables import event, event_district
from store.visibility import visible_to

STOPPED = "media.stopped"  # of the audit: a file that the media gate did not take, its reason as the object
NOT_SHOWN = (REFUSED, WITHDRAWN)  # states of what a review, or its contributor, took out
_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One record: who told it, how it came to be known, where, when it began and was recorded; `closed_at` once it is over."""

    organisation: str
    mode: str
    category: str
    severity: int
    districts: tuple[str, ...]
    start: datetime
    recorded_at: datetime
    closed_at: datetime | None
    is_public: bool = False  # whether anyone may see it
    source: str = ""
    is_confirmed: bool = True
    is_lacking: bool = False  # no place named, no end, or nothing to draw

    @property
    def is_unplanned(self) -> bool:
        """Tell whether it was recorded after it began: only then does a delay say anything."""
        return self.recorded_at >= self.start


@dataclass(frozen=True, slots=True)
class Use:
    """One line of the audit: who (the role of an account, `program`, `wall`, `nobody`, `operator`, or `gone`), when, what, with what outcome."""

    at: datetime
    role: str
    organisation: str
    action: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Attached:
    """One picture or clip: who sent it, when, what became of it, how many faces were found and boxes filled."""

    at: datetime
    organisation: str
    state: str
    faces: int
    masks: int


@dataclass(frozen=True, slots=True)
class Screened:
    """What one poll brought to the gate: records and texts withheld."""

    at: datetime
    source_id: str
    records: int
    withheld: int


def told(database: Database, since: datetime, until: datetime) -> Iterator[Told]:
    """Yield the real records that began in a span; drafts and what was cancelled are none."""
    in_span = (event.c.start >= since, event.c.start < until)
    is_told = or_(event.c.status.is_(None), event.c.status == StoredStatus.TO_CONFIRM.value)
    where = select(event_district.c.event_id, event_district.c.district).join(
        event, event.c.id == event_district.c.event_id
    )
    names = (
        "id",
        "source_id",
        "status",
        "organisation",
        "category",
        "severity",
        "start",
        "until",
        "recorded_at",
        "withdrawn_at",
        "snapshot",
    )
    is_public = visible_to(ANONYMOUS, event.c.audience).label("is_public")
    columns: list[Any] = [*(event.c[name] for name in names), is_public]
    asked = select(*columns).where(*in_span, is_told)
    with database.read() as connection:
        districts: dict[str, list[str]] = defaultdict(list)
        for row in connection.execute(where.where(*in_span).order_by(event_district.c.district)):
            districts[row.event_id].append(row.district)
        for row in connection.execution_options(yield_per=_ROWS).execute(asked):
            content = row.snapshot.content
            if content.get("information_status", InformationStatus.REAL.value) == InformationStatus.REAL.value:
                yield _told(row, content, tuple(districts.get(row.id, ())), until)


def _told(row: Any, content: dict[str, object], districts: tuple[str, ...], until: datetime) -> Told:
    over = row.until if row.withdrawn_at is None else min(row.until, row.withdrawn_at)
    return Told(
        organisation=row.organisation, mode=str(content["detection_mode"]), category=row.category, severity=row.severity,
        districts=districts, start=row.start, recorded_at=row.recorded_at, closed_at=over if over < until else None,
        is_public=bool(row.is_public), source=row.source_id, is_confirmed=row.status is None,
        is_lacking=row.until >= FAR or not content.get("place") or content.get("geometry") is None,
    )  # fmt: skip


def uses(database: Database, since: datetime, until: datetime) -> Iterator[Use]:
    """Yield the lines of the audit of a span."""
    role = case(
        (account.c.role.is_not(None), account.c.role),
        (api_key.c.id.is_not(None), "program"),
        (kiosk.c.id.is_not(None), "wall"),
        (audit.c.who.in_(("nobody", "operator")), audit.c.who),
        else_="gone",
    )
    asked = (
        select(audit.c.at, role.label("role"), audit.c.organisation_id, audit.c.action, audit.c.outcome)
        .outerjoin(account, account.c.id == audit.c.who)
        .outerjoin(api_key, api_key.c.id == audit.c.who)
        .outerjoin(kiosk, kiosk.c.id == audit.c.who)
        .where(audit.c.at >= since, audit.c.at < until)
    )
    with database.read() as connection:
        for row in connection.execution_options(yield_per=_ROWS).execute(asked):
            yield Use(row.at, row.role, row.organisation_id, row.action, row.outcome)


def attached(database: Database, since: datetime, until: datetime) -> Iterator[Attached]:
    """Yield the pictures and clips of a span, never one of their pixels."""
    names = (media.c.created_at, media.c.organisation_id, media.c.state, media.c.faces, media.c.masks)
    with database.read() as connection:
        for row in connection.execute(select(*names).where(media.c.created_at >= since, media.c.created_at < until)):
            yield Attached(row.created_at, row.organisation_id, row.state, row.faces, row.masks)


def screened(database: Database, since: datetime, until: datetime) -> Iterator[Screened]:
    """Yield what the polls of a span brought to the gate."""
    names = (poll_run.c.started_at, poll_run.c.source_id, poll_run.c.records_seen, poll_run.c.text_withheld)
    with database.read() as connection:
        for row in connection.execute(
            select(*names).where(poll_run.c.started_at >= since, poll_run.c.started_at < until)
        ):
            yield Screened(row.started_at, row.source_id, row.records_seen, row.text_withheld)
