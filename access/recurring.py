"""Reports that come again each morning or week: who asked for which, when each is due on the city's clock, what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from access.members import Member, account_member
from access.roles import Role
from events.errors import InvalidRecord
from store.access_tables import account, organisation
from store.database import Database
from store.printed import Printed
from store.report_copies import forget_copies
from store.report_figures import Figures, keep_figures
from store.report_tables import recurring_report, report_copy, report_event

KINDS = ("situation", "analysis")
MOST = 10
LONGEST_NAME = 60
MOST_TRIES = 3
AGAIN_AFTER = timedelta(minutes=10)  # also when the process that made it is gone
WEEK = 7
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """One report that comes again; `weekday` Monday 0, None: each day; `minute` of the day on the city's clock.

    `query` holds the filters of a view, "" for the usual one; `is_sent` to the box of the organisation too.
    """

    id: str = ""
    title: str
    query: str
    kind: str
    lang: str
    weekday: int | None
    minute: int
    is_sent: bool
    from_at: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy: `state` making, made, sending, sent, unsent, failed or erased; `reason` a key of the texts, "" for none."""

    id: str
    report_id: str
    due_at: datetime
    made_at: datetime | None
    state: str
    reason: str
    has_content: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A copy to be made: for whom, and when the copy before was made."""

    member: Member
    report: Recurring
    copy_id: str
    due_at: datetime
    since: datetime | None


class _Begun(NamedTuple):
    """A copy that some process began: how often, when last, and what became of it."""

    id: str
    tries: int
    state: str
    tried_at: datetime


def last_due(weekday: int | None, minute: int, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
    """Return the last local day on which a report was due, and when: once a day, whatever the clocks do that night.

    A time that the spring skips is due as much later; one that the autumn repeats is due the first time.
    """
    today = now.astimezone(zone).date()
    for back in range(WEEK + 1):
        day = today - timedelta(days=back)
        at = _moment(day, minute, zone)
        if at <= now and weekday in (None, day.weekday()):
            return day, at
    raise AssertionError("a week has every weekday")


def next_due(weekday: int | None, minute: int, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a report is due next."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(WEEK + 1))
    return next(at for day in days if (at := _moment(day, minute, zone)) > now and weekday in (None, day.weekday()))


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


@dataclass(frozen=True)
class RecurringReports:
    """The recurring reports of an installation; names and filters pass the privacy gate."""

    database: Database
    clear: Callable[[str], str]
    clock: Callable[[], datetime]

    def of(self, member: Member) -> tuple[Recurring, ...]:
        """Return the reports of an account, oldest first."""
        mine = select(recurring_report).where(recurring_report.c.account_id == member.who)
        with self.database.read() as connection:
            rows = connection.execute(mine.order_by(recurring_report.c.created_at, recurring_report.c.id)).all()
        return tuple(_report(row) for row in rows)

    def copies(self, member: Member) -> dict[str, tuple[Copy, ...]]:
        """Return the last copies of each report of an account, newest first."""
        columns = [column for column in report_copy.c if column is not report_copy.c.content]
        query = select(*columns, report_copy.c.content.is_not(None).label("has_content")).select_from(
            report_copy.join(recurring_report)
        )
        mine = query.where(recurring_report.c.account_id == member.who).order_by(report_copy.c.due_at.desc())
        found: dict[str, list[Copy]] = {}
        with self.database.read() as connection:
            for row in connection.execute(mine):
                found.setdefault(row.report_id, []).append(
                    Copy(id=row.id, report_id=row.report_id, due_at=row.due_at, made_at=row.made_at, state=row.state,
                         reason=row.reason or "", has_content=row.has_content)
                )  # fmt: skip
        return {name: tuple(copies[:_SHOWN]) for name, copies in found.items()}

    def content(self, member: Member, copy_id: str) -> Printed | None:
        """Return a copy of the member's own; None for another's, for one that was not made or is gone."""
        query = select(report_copy.c.content).select_from(report_copy.join(recurring_report))
        mine = (report_copy.c.id == copy_id[:36], recurring_report.c.account_id == member.who)
        with self.database.read() as connection:
            found: Printed | None = connection.execute(query.where(*mine)).scalar()
        return found

    def keep(self, member: Member, wanted: Recurring) -> str:
        """Keep a report and return its id; raise InvalidRecord (a key of the texts) for what cannot be kept."""
        title = wanted.title.strip()[:LONGEST_NAME]
        if not title:
            raise InvalidRecord("recurring.unnamed")
        if wanted.kind not in KINDS or not 0 <= wanted.minute < 24 * 60 or wanted.weekday not in (None, *range(WEEK)):
            raise InvalidRecord("recurring.wrong")
        try:
            cleared = self.clear(title), self.clear(wanted.query) if wanted.query else None
        except InvalidRecord as error:
            raise InvalidRecord("view.saved.name_refused") from error
        made = {
            "id": str(uuid.uuid4()), "account_id": member.who, "title": cleared[0], "query": cleared[1], "kind": wanted.kind,
            "lang": wanted.lang, "weekday": wanted.weekday, "minute": wanted.minute, "is_sent": wanted.is_sent,
            "from_at": self.clock(), "paused_at": None, "created_at": self.clock(),
        }  # fmt: skip
        ours = recurring_report.c.account_id == member.who
        with self.database.write() as connection:
            if connection.execute(select(func.count()).select_from(recurring_report).where(ours)).scalar_one() >= MOST:
                raise InvalidRecord("recurring.too_many")
            connection.execute(insert(recurring_report), made)
        return str(made["id"])

    def pause(self, member: Member, report_id: str) -> None:
        """Let a report rest; raise InvalidRecord (a key) for one that is not the member's."""
        self._change(member, report_id, paused_at=self.clock())

    def resume(self, member: Member, report_id: str) -> None:
        """Let a report come again from now on: what was missed meanwhile is not made."""
        self._change(member, report_id, paused_at=None, from_at=self.clock())

    def drop(self, member: Member, report_id: str) -> None:
        """End a report; its copies go too."""
        with self.database.write() as connection:
            self._check_own(connection, member, report_id)
            ids = (
                connection.execute(select(report_copy.c.id).where(report_copy.c.report_id == report_id)).scalars().all()
            )
            forget_copies(connection, ids)
            connection.execute(delete(recurring_report).where(recurring_report.c.id == report_id))

    def claim(self, zone: ZoneInfo) -> Due | None:
        """Take the next copy that is due, of an open account, so that nobody else makes it; None when nothing is due.

        Only the last one of each report: after a night without the house there is one report, not seven.
        """
        now = self.clock()
        lately = self._lately(now)
        for member, report in self._running():
            slot, due_at = last_due(report.weekday, report.minute, now, zone)
            kept = lately.get((report.id, slot.isoformat()))
            if report.from_at is None or due_at <= report.from_at or not _is_open(kept, now):
                continue
            copy_id = self._taken(report.id, slot, due_at, kept)
            if copy_id is not None:
                since = self._before(report.id, due_at)
                return Due(member=member, report=report, copy_id=copy_id, due_at=due_at, since=since)
        return None

    def made(self, copy_id: str, content: Printed, events: Collection[str], figures: Figures | None = None) -> None:
        """Keep what was printed, with the events it names and the figures it tells."""
        told = {"state": "made", "reason": None, "made_at": self.clock(), "content": content}
        with self.database.write() as connection:
            # Its report may have been deleted meanwhile: then nothing is kept.
            if connection.execute(update(report_copy).where(report_copy.c.id == copy_id).values(told)).rowcount == 1:
                connection.execute(delete(report_event).where(report_event.c.copy_id == copy_id))
                rows = [{"copy_id": copy_id, "event_id": one} for one in dict.fromkeys(events)]
                if rows:
                    connection.execute(insert(report_event), rows)
                if figures is not None:
                    keep_figures(connection, copy_id, figures)

    def became(self, copy_id: str, state: str, reason: str = "") -> None:
        """Say what became of a copy."""
        with self.database.write() as connection:
            told = {"state": state, "reason": reason or None}
            connection.execute(update(report_copy).where(report_copy.c.id == copy_id).values(told))

    def _running(self) -> Iterator[tuple[Member, Recurring]]:
        is_open = account.c.disabled_at.is_(None) & organisation.c.retired_at.is_(None)
        query = select(recurring_report, account.c.organisation_id, account.c.role)
        query = query.select_from(recurring_report.join(account).join(organisation))
        query = query.where(is_open, recurring_report.c.paused_at.is_(None)).order_by(recurring_report.c.created_at)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield account_member(row.account_id, row.organisation_id, Role(row.role)), _report(row)

    def _lately(self, now: datetime) -> dict[tuple[str, str], _Begun]:
        """Return the copies of the last week by report and slot: what most looks find made already."""
        c = report_copy.c
        query = select(c.id, c.report_id, c.slot, c.tries, c.state, c.tried_at)
        with self.database.read() as connection:
            rows = connection.execute(query.where(c.due_at > now - timedelta(days=WEEK + 1))).all()
        return {(row.report_id, row.slot): _Begun(row.id, row.tries, row.state, row.tried_at) for row in rows}

    def _taken(self, report_id: str, slot: date, due_at: datetime, kept: _Begun | None) -> str | None:
        """Return the id of the copy that is now ours to make; None when another process was faster."""
        told = {"tried_at": self.clock(), "state": "making"}
        try:
            with self.database.write() as connection:
                if kept is None:
                    copy_id = str(uuid.uuid4())
                    made = {
                        "id": copy_id,
                        "report_id": report_id,
                        "slot": slot.isoformat(),
                        "due_at": due_at,
                        "tries": 1,
                    }
                    connection.execute(insert(report_copy), made | told)
                    return copy_id
                same = (report_copy.c.id == kept.id, report_copy.c.tries == kept.tries)
                again = update(report_copy).where(*same).values(told | {"tries": kept.tries + 1, "reason": None})
                return str(kept.id) if connection.execute(again).rowcount == 1 else None
        except IntegrityError:
            return None  # another process took it, or the report is gone

    def _before(self, report_id: str, due_at: datetime) -> datetime | None:
        earlier = (
            report_copy.c.report_id == report_id,
            report_copy.c.due_at < due_at,
            report_copy.c.made_at.is_not(None),
        )
        last = select(report_copy.c.made_at).where(*earlier).order_by(report_copy.c.due_at.desc()).limit(1)
        with self.database.read() as connection:
            found: datetime | None = connection.execute(last).scalar()
        return found

    def _change(self, member: Member, report_id: str, **values: object) -> None:
        with self.database.write() as connection:
            self._check_own(connection, member, report_id)
            connection.execute(update(recurring_report).where(recurring_report.c.id == report_id).values(values))

    def _check_own(self, connection: Connection, member: Member, report_id: str) -> None:
        mine = (recurring_report.c.id == report_id[:36], recurring_report.c.account_id == member.who)
        if connection.execute(select(recurring_report.c.id).where(*mine)).first() is None:
            raise InvalidRecord("recurring.unknown")


def _is_open(kept: _Begun | None, now: datetime) -> bool:
    """Tell whether a copy is to be made: not begun yet, or begun some time ago without success, not too often."""
    if kept is None:
        return True
    return kept.state in ("making", "failed") and kept.tries < MOST_TRIES and kept.tried_at <= now - AGAIN_AFTER


def _report(row: Row[Any]) -> Recurring:
    return Recurring(
        id=row.id, title=row.title, query=row.query or "", kind=row.kind, lang=row.lang, weekday=row.weekday,
        minute=row.minute, is_sent=row.is_sent, from_at=row.from_at, paused_at=row.paused_at,
    )  # fmt: skip
