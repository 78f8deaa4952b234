"""Reports of the control as they are kept, one after the other in a chain, and the reviews that their flags open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select, update

from events.errors import InvalidRecord
from store.control_tables import control_report, control_review
from store.database import Database
from store.frozen import Snapshot, freeze

EXPLAINED, CORRECTED, CATEGORY_WITHDRAWN, SOURCE_SUSPENDED = DECISIONS = (
    "explained", "corrected", "category-withdrawn", "source-suspended",
)  # fmt: skip
ANSWER_WITHIN = timedelta(days=30)
EXPLAINED_FOR = timedelta(days=365)
GROWN = 1.25  # an explained difference that grew by so much is asked about again
FIRST_OWNER = "dpo"  # the function that answers until a post takes it over


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """One report; `month` is the one it is published for, None for one made on demand."""

    id: int
    made_at: datetime
    month: str | None
    content: Mapping[str, Any]
    prev_sha256: str | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A flagged difference and its answer; `decision` is None while it is open."""

    id: int
    report_id: int
    flag: str
    measure: str
    district: str
    organisation_id: str
    role: str
    ratio: float
    low: float
    high: float
    opened_at: datetime
    due_at: datetime
    owner_id: str
    finding: str | None
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None


def keep(database: Database, content: Mapping[str, Any], made_at: datetime, month: str | None) -> KeptReport | None:
    """Keep a report and open the reviews its flags ask for, in one transaction; None when the month has one already."""
    with database.write(is_durable=True) as connection:
        same = select(control_report.c.id).where(control_report.c.month == month)
        if month is not None and connection.execute(same).first() is not None:
            return None
        last = select(control_report.c.sha256).order_by(control_report.c.id.desc()).limit(1)
        before = connection.execute(last).scalar()
        frozen = freeze(content)
        row = {
            "made_at": made_at, "month": month, "content": frozen, "prev_sha256": before,
            "sha256": _link(before, made_at, month, frozen),
        }  # fmt: skip
        report_id = int(
            connection.execute(insert(control_report).values(row).returning(control_report.c.id)).scalar_one()
        )
        for flag in flags_of(content):
            _open(connection, report_id, flag, made_at)
    return KeptReport(
        id=report_id, made_at=made_at, month=month, content=content, prev_sha256=before, sha256=str(row["sha256"])
    )


def flags_of(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a report flags: in all records, then what only those open to all show (`is_public`)."""
    flags, public = content["flags"], content.get("public", {}).get("flags", ())
    known = {flag["key"] for flag in flags}
    return [*flags, *({**flag, "is_public": True} for flag in public if flag["key"] not in known)]


def _link(before: str | None, made_at: datetime, month: str | None, content: Snapshot) -> str:
    told = [before, made_at.timestamp(), month, content.sha256]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def _open(connection: Connection, report_id: int, flag: Mapping[str, Any], at: datetime) -> None:
    """Open a review of a flag, unless one is open or its difference was explained and did not grow."""
    asked = (
        select(control_review).where(control_review.c.flag == flag["key"]).order_by(control_review.c.id.desc()).limit(1)
    )
    last, ratio = connection.execute(asked).first(), float(flag["ratio"][0])
    if last is not None and (last.decision is None or _still_explained(_review(last), ratio, at)):
        return
    connection.execute(
        insert(control_review).values(
            report_id=report_id, flag=flag["key"], measure=flag["measure"], district=flag["district"],
            organisation_id=flag["organisation"], role=flag["role"], ratio=ratio, low=flag["ratio"][1], high=flag["ratio"][2], opened_at=at, due_at=at + ANSWER_WITHIN,
            owner_id=FIRST_OWNER,
        )
    )  # fmt: skip


def _still_explained(last: Review, ratio: float, at: datetime) -> bool:
    if last.decision != EXPLAINED or last.decided_at is None or at - last.decided_at > EXPLAINED_FOR:
        return False
    grown = ratio / last.ratio if ratio > 1 else last.ratio / max(ratio, 1e-9)
    return grown < GROWN


def reports(database: Database, limit: int = 24, *, monthly: bool = False) -> tuple[KeptReport, ...]:
    """Return the last reports, newest first; with `monthly` those only that are published for a month."""
    asked = select(control_report).order_by(control_report.c.id.desc()).limit(limit)
    if monthly:
        asked = asked.where(control_report.c.month.is_not(None))
    with database.read() as connection:
        return tuple(_report(row) for row in connection.execute(asked))


def report(database: Database, report_id: int) -> KeptReport | None:
    """Return one report, None when there is none of this number."""
    with database.read() as connection:
        row = connection.execute(select(control_report).where(control_report.c.id == report_id)).first()
    return None if row is None else _report(row)


def has_month(database: Database, month: str) -> bool:
    """Tell whether the report of a month, `2026-11`, was made."""
    with database.read() as connection:
        return (
            connection.execute(select(control_report.c.id).where(control_report.c.month == month)).first() is not None
        )


def verify(database: Database) -> tuple[int, int | None]:
    """Walk the chain; return how many reports fit and the number of the first that does not, None when all do."""
    with database.read() as connection:
        rows = connection.execute(select(control_report).order_by(control_report.c.id)).all()
    before = rows[0].prev_sha256 if rows else None  # what retention took is before the first
    for count, row in enumerate(rows):
        if row.prev_sha256 != before or row.sha256 != _link(before, row.made_at, row.month, row.content):
            return count, int(row.id)
        before = row.sha256
    return len(rows), None


def reviews(database: Database, *, is_open: bool | None = None) -> tuple[Review, ...]:
    """Return the reviews, those due first; only open or only decided ones when asked."""
    asked = select(control_review).order_by(control_review.c.due_at, control_review.c.id)
    if is_open is not None:
        of_state = control_review.c.decision.is_(None) if is_open else control_review.c.decision.is_not(None)
        asked = asked.where(of_state)
    with database.read() as connection:
        return tuple(_review(row) for row in connection.execute(asked))


def open_count(database: Database) -> int:
    """Return how many reviews wait for an answer."""
    with database.read() as connection:
        asked = select(func.count()).select_from(control_review).where(control_review.c.decision.is_(None))
        return int(connection.execute(asked).scalar_one())


def take_over(connection: Connection, review_id: int, owner_id: str) -> None:
    """Give an open review to a post; raise InvalidRecord when it is not open."""
    _change(connection, review_id, {"owner_id": owner_id})


def decide(connection: Connection, review_id: int, finding: str, decision: str, by: str, at: datetime) -> None:
    """Answer an open review with words that passed the gate; raise InvalidRecord when it is not open."""
    if decision not in DECISIONS:
        raise InvalidRecord(f"there is no such decision; allowed: {', '.join(DECISIONS)}")
    _change(connection, review_id, {"finding": finding, "decision": decision, "decided_at": at, "decided_by": by})


def _change(connection: Connection, review_id: int, values: Mapping[str, object]) -> None:
    of_open = control_review.c.id == review_id, control_review.c.decision.is_(None)
    if connection.execute(update(control_review).where(*of_open).values(**values)).rowcount != 1:
        raise InvalidRecord("this review is not open: it was answered, or there is none of this number")


def _report(row: Any) -> KeptReport:
    return KeptReport(
        id=row.id, made_at=row.made_at, month=row.month, content=row.content.content, prev_sha256=row.prev_sha256,
        sha256=row.sha256,
    )  # fmt: skip


def _review(row: Any) -> Review:
    return Review(**{name: getattr(row, name) for name in Review.__dataclass_fields__})
