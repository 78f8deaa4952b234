"""Tells mailboxes of what they subscribed to: six messages an hour at most, then several events in one; restricted ones unnamed."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select, update

from access.members import Member
from access.notices import FAILED, SENT, Item, Notices
from access.subscriptions import Subscription, Subscriptions
from api.house import House
from api.mail import Mail
from api.outages import OutageWatch
from components.texts import Words, words
from events.audience import AudienceLevel
from insight.transitions import transitions_of
from store import readers
from store.kept import KeptVersion, Kind, RawChange
from store.outages import Outage, outage
from store.tables import counter

MOST_AN_HOUR = 6
AGAIN_AFTER = timedelta(minutes=5)
MOST_LINES = 50
CURSOR = "notices"
BATCH = 500
POLLING = "polling"

log = logging.getLogger(__name__)

Wanted = Sequence[tuple[Member, Subscription]]


@dataclass
class Notifier:
    """Reads the numbered changes and the states of the sources; the process that polls does it for all.

    What is to be told waits in the database until a message took it: a restart loses none.
    """

    house: House
    subscriptions: Subscriptions
    notices: Notices
    mail: Mail | None
    watch: OutageWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = OutageWatch(self.house)

    def tick(self) -> int:
        """Handle what happened since the last time; return how many messages were sent. Raises StoreUnavailable."""
        if self.house.role() != POLLING:
            self.watch.rest()
            return 0
        wanted = self.subscriptions.by("post") if self.mail is not None else ()
        self.watch.look(lambda connection, found: self._put_outages(connection, found, wanted))
        if self.mail is None:
            self._forget_mark()
            return 0
        self._put_events(wanted)
        members = {member.who: member for member, _ in wanted}
        return sum(
            self._deliver(account, members.get(account), rows, self.mail)
            for account, rows in self.notices.waiting().items()
        )

    def _put_outages(self, connection: Connection, found: tuple[Outage, ...], wanted: Wanted) -> None:
        told = {
            (member.who, Item("end" if one.ended_at else "begin", str(one.id)))
            for one in found
            for member, asked in wanted
            if asked.wants_outage(one.source_id)
        }
        self.notices.put(connection, sorted(told))

    def _put_events(self, wanted: Wanted) -> None:
        """Let what is wanted of the changes since the mark wait, and move the mark behind them."""
        database = self.house.database
        with database.read() as connection:
            mark = connection.execute(select(counter.c.value).where(counter.c.name == CURSOR)).scalar()
            last = connection.execute(select(counter.c.value).where(counter.c.name == "change")).scalar() or 0
        if mark == last:
            return
        found: list[tuple[str, Item]] = []
        upto = last
        if mark is not None and wanted:
            changes = readers.raw_changes(database, since=mark, limit=BATCH)
            upto = changes[-1].seq if changes else last
            found = [told for one in changes if one.kind is Kind.EVENT for told in self._wanted(one, wanted)]
        with database.write() as connection:
            if mark is None:  # what was there before anybody could be told is no news
                connection.execute(insert(counter), {"name": CURSOR, "value": last})
                return
            still = (counter.c.name == CURSOR) & (counter.c.value == mark)
            if connection.execute(update(counter).where(still).values(value=upto)).rowcount == 1:
                self.notices.put(connection, dict.fromkeys(found))

    def _forget_mark(self) -> None:
        with self.house.database.read() as connection:
            is_kept = connection.execute(select(counter.c.value).where(counter.c.name == CURSOR)).first()
        if is_kept is not None:
            with self.house.database.write() as connection:
                connection.execute(delete(counter).where(counter.c.name == CURSOR))

    def _wanted(self, change: RawChange, wanted: Wanted) -> list[tuple[str, Item]]:
        told = []
        seen: dict[str, KeptVersion | None] = {}
        for member, asked in wanted:
            if member.who not in seen:
                versions = readers.versions(self.house.database, change.id, viewer=member)
                now = (one for one in reversed(versions) if one.recorded_at == change.recorded_at)
                seen[member.who] = next(now, None)
            version = seen[member.who]
            if version is None or version.event.information_status.value != "real":
                continue
            event = version.event
            if asked.wants(transitions_of(version), frozenset(event.district_codes), event.category):
                told.append((member.who, Item("event", version.event_id, version.version)))
        return told

    def _deliver(self, account: str, member: Member | None, rows: Sequence[tuple[int, Item]], mail: Mail) -> int:
        to = mail.mailboxes.get(member.home) if member else None
        numbers = [number for number, _ in rows]
        if member is None or to is None:
            self.notices.done(account, numbers, 0, FAILED)
            return 0
        is_full = self.notices.count(account, SENT) >= MOST_AN_HOUR
        if is_full or self.notices.count(account, FAILED, AGAIN_AFTER):
            return 0
        lines = [line for _, told in rows if (line := self._line(told, member, mail))]
        if lines and not _send(mail, to, lines, words("fr")):
            log.warning("a message of %d events for %s was not sent; it is tried again", len(lines), account)
            self.notices.done(account, (), len(lines), FAILED)
            return 0
        self.notices.done(account, numbers, len(lines), SENT)
        return 1 if lines else 0

    def _line(self, told: Item, member: Member, mail: Mail) -> str:
        """Return what a message says of something that waited, "" when it is no longer there or no longer theirs."""
        database = self.house.database
        if told.kind == "event":
            versions = readers.versions(database, told.object_id, viewer=member)
            version = next((one for one in versions if one.version == told.version), None)
            return "" if version is None else _event_line(version, mail.address)
        found = outage(database, int(told.object_id))
        return "" if found is None else f"{outage_line(self.house, found, told.kind == 'end')}\n{mail.address}/sources"


def outage_line(house: House, found: Outage, is_over: bool, lang: str = "fr") -> str:
    """Return one sentence of an outage: which source, what, since when."""
    speak = words(lang)
    title = next((source.title for source in house.sources if source.id == found.source_id), found.source_id)
    moment = found.ended_at if is_over and found.ended_at else found.began_at
    at = f"{moment.astimezone(house.zone):%d/%m %H:%M}"
    if is_over:
        return speak("sub.told.source_back", source=title, time=at)
    return speak("sub.told.source", source=title, state=speak(f"fresh.{found.state}"), time=at)


def _send(mail: Mail, to: str, lines: Sequence[str], speak: Words) -> bool:
    shown = [*lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(speak.count("sub.mail.more", len(lines) - MOST_LINES))
    try:
        mail.send(to, speak.count("sub.mail.subject", len(lines)), "\n\n".join([*shown, speak("sub.mail.foot")]))
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server did not take a message: %s", type(error).__name__)
        return False
    return True


def _event_line(version: KeptVersion, address: str) -> str:
    """Return what a message says of an event: a mailbox is outside, a restricted one is not named."""
    speak, event = words("fr"), version.event
    link = f"{address}/?ev={version.event_id}"
    if event.audience.level is AudienceLevel.LISTED:
        return f"{speak('sub.mail.restricted')} {link}"
    where = f", {event.place}" if event.place else ""
    return f"{speak(f'sev.{int(event.severity)}')} · {event.headline}{where}\n{link}"
