"""Tells mailboxes of what they subscribed to: six messages an hour at most, then several events in one; restricted ones unnamed."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass, field

from sqlalchemy import insert, select, update

from access.members import account_member
from access.subscriptions import Subscription, Subscriptions
from api.house import House
from api.mail import Mail
from components.texts import words
from events.audience import AudienceLevel
from insight.transitions import transitions_of
from store import readers
from store.kept import KeptVersion, Kind
from store.tables import counter

MOST_AN_HOUR = 6
CURSOR = "notices"
BATCH = 500

log = logging.getLogger(__name__)


@dataclass
class Notifier:
    """Reads the numbered changes once for all processes; what could not be sent within the limit waits for the next hour."""

    house: House
    subscriptions: Subscriptions
    mail: Mail
    _waiting: dict[str, list[str]] = field(default_factory=dict)

    def tick(self) -> int:
        """Handle the changes since the last time; return how many messages were sent. Raises StoreUnavailable."""
        wanted = [one for one in self.subscriptions.all() if "post" in one.channels]
        for event_id, recorded_at in self._claim():
            for one in wanted:
                self._consider(one, event_id, recorded_at)
        return sum(self._deliver(account) for account in list(self._waiting))

    def _claim(self) -> list[tuple[str, object]]:
        """Return the changes of events that no process handled yet, and move the mark behind them."""
        database = self.house.database
        with database.write() as connection:
            row = connection.execute(select(counter.c.value).where(counter.c.name == CURSOR)).first()
            last = connection.execute(select(counter.c.value).where(counter.c.name == "change")).scalar() or 0
            if row is None:  # what was there before anybody could subscribe is no news
                connection.execute(insert(counter), {"name": CURSOR, "value": last})
                return []
            upto = min(last, row.value + BATCH)
            if upto <= row.value:
                return []
            connection.execute(update(counter).where(counter.c.name == CURSOR).values(value=upto))
        changes = readers.raw_changes(database, since=row.value, limit=BATCH)
        return [(one.id, one.recorded_at) for one in changes if one.kind is Kind.EVENT and one.seq <= upto]

    def _consider(self, wanted: Subscription, event_id: str, recorded_at: object) -> None:
        version = self._version(wanted.account, event_id, recorded_at)
        if version is None or version.event.information_status.value != "real":
            return
        event = version.event
        if wanted.wants(transitions_of(version), frozenset(event.district_codes), event.category):
            self._waiting.setdefault(wanted.account, []).append(self._line(version))

    def _version(self, account_id: str, event_id: str, recorded_at: object) -> KeptVersion | None:
        access = self.house.access
        account = next((one for one in access.accounts.all() if one.id == account_id), None) if access else None
        if account is None or account.disabled_at is not None:
            return None
        viewer = account_member(account.id, account.organisation, account.role)
        versions = readers.versions(self.house.database, event_id, viewer=viewer)
        return next((one for one in reversed(versions) if one.recorded_at == recorded_at), None)

    def _line(self, version: KeptVersion) -> str:
        """Return what a message says of an event: a mailbox is outside, a restricted one is not named."""
        speak, event = words("fr"), version.event
        link = f"{self.mail.address}/?ev={version.event_id}"
        if event.audience.level is AudienceLevel.LISTED or event.audience.level.value == "restricted":
            return f"{speak('sub.mail.restricted')} {link}"
        where = f", {event.place}" if event.place else ""
        return f"{speak(f'sev.{int(event.severity)}')} · {event.headline}{where}\n{link}"

    def _deliver(self, account_id: str) -> int:
        access = self.house.access
        account = next((one for one in access.accounts.all() if one.id == account_id), None) if access else None
        to = self.mail.mailboxes.get(account.organisation) if account else None
        lines = self._waiting.get(account_id, [])
        if to is None:
            self._waiting.pop(account_id, None)
            return 0
        if not lines or self.subscriptions.sent_within_hour(account_id) >= MOST_AN_HOUR:
            return 0
        self._waiting.pop(account_id)
        speak = words("fr")
        try:
            self.mail.send(
                to, speak.count("sub.mail.subject", len(lines)), "\n\n".join([*lines, speak("sub.mail.foot")])
            )
        except (OSError, smtplib.SMTPException) as error:
            log.warning("a message of %d events for %s was not sent: %s", len(lines), account_id, type(error).__name__)
            self.subscriptions.note(account_id, len(lines), "failed")
            return 0
        self.subscriptions.note(account_id, len(lines), "sent")
        return 1
