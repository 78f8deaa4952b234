"""The audit: who wrote or read what matters, one row each, chained with a key. Codes only, so that it holds no text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, insert, select

from access.members import Member
from access.sealing import Seal
from events.errors import InvalidRecord
from store.access_tables import audit
from store.columns import is_code
from store.database import Database

DONE, REFUSED = "done", "refused"
NOBODY = "nobody"
_DIGITS = 18

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit as it is shown."""

    seq: int
    at: datetime
    who: str
    organisation_id: str
    action: str
    object_id: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the walk along the chain found: `broken_at` is the first number that does not fit."""

    rows: int
    head: str | None
    broken_at: int | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last number of the audit and its link: kept elsewhere, it shows later whether the tail was cut."""

    seq: int
    head: str

    @property
    def told(self) -> str:
        """The anchor as it is published, `N:HEAD`."""
        return f"{self.seq}:{self.head}"


class Audit:
    """Appends to the audit and walks it."""

    def __init__(self, database: Database, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def note(self, who: Member | None, action: str, object_id: str | None = None, *, outcome: str = DONE) -> None:
        """Append one line in a transaction of its own; it survives a power failure."""
        with self._database.write(is_durable=True) as connection:
            self.note_in(connection, who, action, object_id, outcome=outcome)

    def note_in(
        self,
        connection: Connection,
        who: Member | None,
        action: str,
        object_id: str | None = None,
        *,
        outcome: str = DONE,
    ) -> None:
        """Append one line in the caller's transaction, so that what is done and its line are kept together or not at all."""
        last = connection.execute(select(audit.c.seq, audit.c.sha256).order_by(audit.c.seq.desc()).limit(1)).first()
        row = {
            "seq": 1 if last is None else last.seq + 1,
            "at": self._clock().astimezone(UTC),
            "who": NOBODY if who is None else who.who,
            "organisation_id": NOBODY if who is None else who.home,
            "action": action,
            "object_id": object_id
            if object_id is not None and is_code(object_id)
            else None,  # what was asked may be text
            "outcome": outcome,
        }
        before = None if last is None else last.sha256
        connection.execute(insert(audit).values(**row, prev_sha256=before, sha256=self._link(before, row)))

    def rows(self, limit: int = 200, before: int | None = None) -> Sequence[AuditRow]:
        """Return the last lines, newest first; those before number `before` when it is given."""
        question = select(*(audit.c[name] for name in AuditRow.__dataclass_fields__)).order_by(audit.c.seq.desc())
        if before is not None:
            question = question.where(audit.c.seq < before)
        with self._database.read() as connection:
            return [AuditRow(*row) for row in connection.execute(question.limit(limit))]

    def anchor(self, before: datetime | None = None) -> Anchor:
        """Return the anchor of this moment, or of one before; number 0 and no link while the audit is empty."""
        question = select(audit.c.seq, audit.c.sha256).order_by(audit.c.seq.desc()).limit(1)
        if before is not None:
            question = question.where(audit.c.at < before.astimezone(UTC))
        with self._database.read() as connection:
            last = connection.execute(question).first()
        return Anchor(0, "") if last is None else Anchor(last.seq, last.sha256)

    def daily(self, now: datetime, zone: ZoneInfo, days: int = 1) -> tuple[tuple[date, Anchor], ...]:
        """Return the last days that are over, the latest first, each with the anchor of its end.

        What anyone may read ends with a day: a head of this moment would tell of each restricted reading as it happens.
        """
        today = now.astimezone(zone).date()
        ends = [datetime.combine(today - timedelta(days=back), time(), zone) for back in range(days)]
        return tuple((end.date() - timedelta(days=1), self.anchor(end)) for end in ends)

    def publish_anchor(self) -> None:
        """Write the anchor to the log, which leaves the machine: once a day is enough to date a cut."""
        _log.info("audit anchor %s", self.anchor().told)

    def holds(self, told: str) -> bool:
        """Tell whether the audit still goes through an anchor `N:HEAD`, or began after it; raise InvalidRecord."""
        number, _, head = told.partition(":")
        if not (number.isascii() and number.isdigit()) or len(number) > _DIGITS:
            raise InvalidRecord("an anchor is a number, a colon and the 64 figures of a link")
        first = select(audit.c.seq).order_by(audit.c.seq).limit(1)
        with self._database.read() as connection:
            link = connection.execute(select(audit.c.sha256).where(audit.c.seq == int(number))).scalar()
            start = connection.execute(first).scalar()
        is_before = start is not None and int(number) < start  # what retention took
        return link == head or (link is None and (int(number) == 0 or is_before))

    def verify(self) -> AuditReport:
        """Walk the chain: every change, removal or exchange of a line shows, but not a cut tail: compare with an anchor."""
        before, count, expected = None, 0, None
        with self._database.read() as connection:
            for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
                facts = {name: row[name] for name in AuditRow.__dataclass_fields__}
                expected = row["seq"] if expected is None else expected  # what retention took is before the first line
                is_first = count == 0
                fits = row["seq"] == expected and (is_first or row["prev_sha256"] == before)
                if not fits or row["sha256"] != self._link(row["prev_sha256"], facts):
                    return AuditReport(count, before, row["seq"])
                before, count, expected = row["sha256"], count + 1, expected + 1
        return AuditReport(count, before)

    def _link(self, before: str | None, row: dict[str, object]) -> str:
        return self._seal.mark((before or "").encode() + orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
