"""What a second post, another organisation or the clock does to a contribution: answers, confirms, checks, lifts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from access.answers import Outdated, Saved
from access.house import Access
from access.members import Member
from access.roles import Right
from access.writing_rights import may_answer
from api.contributing.contributions import EVERYTHING, Contributions
from api.viewer import NotAllowed
from events.errors import AppError, InvalidRecord
from store import contributions as kept
from store import readers
from store.contributions import KeptContribution
from store.database import Database
from store.kept import KeptEvent

log = logging.getLogger(__name__)


class Moderation:
    """Beside `Contributions`, on the same database and through the same stairs."""

    def __init__(
        self,
        contributions: Contributions,
        database: Database,
        access: Access,
        clear: Callable[[str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._contributions, self._database, self._access = contributions, database, access
        self._clear, self._clock = clear, clock

    def waiting(self, member: Member) -> Sequence[KeptEvent]:
        """Return the proposals this member may answer, oldest first."""
        if not member.may(Right.CONTRIBUTE):
            return ()
        with self._database.read() as connection:
            found = kept.proposals(connection, None if member.may(Right.MODERATE) else member.home)
        return readers.events_by_id(self._database, [one.event_id for one in found], viewer=EVERYTHING)

    def accept(self, member: Member, event_id: str) -> Saved:
        """Publish a proposal for the audience that was asked."""
        found, event = self._proposal(member, event_id, "proposal.accept")
        draft = self._contributions.draft(found, event.event)
        return self._contributions.save_as(member, replace(found, state=kept.ACCEPTED), draft, "proposal.accept")

    def refuse(self, member: Member, event_id: str, reason: str) -> None:
        """Refuse a proposal and tell its organisation why; the reason passes the privacy gate."""
        found, _event = self._proposal(member, event_id, "proposal.refuse")
        answer = self._clear(reason)
        with self._database.write(is_durable=True) as connection:
            self._expect(connection, found)
            kept.put(
                connection, found.external_id, {"state": kept.REFUSED, "answer": answer, "saved_at": self._clock()}
            )
            self._access.audit.note_in(connection, member, "proposal.refuse", found.external_id)

    def confirm_alert(self, member: Member, event_id: str) -> Saved:
        """Confirm what another post asked to be critical: never one's own, and only for an organisation that may."""
        pair = self._contributions.find(member, event_id)
        home = self._access.organisations.get(member.home)
        may = member.may(Right.ALERT) and home is not None and home.may_alert
        if pair is None:
            self._access.noted.refused(member, "alert.confirm", event_id)
        if pair is None or pair[0].alert_by is None or pair[0].alert_confirmed_by is not None:
            raise InvalidRecord("nothing waits here for a second confirmation")
        if not may or pair[0].alert_by == member.who:
            self._access.noted.refused(member, "alert.confirm", event_id)
            raise NotAllowed(Right.ALERT)
        found = replace(pair[0], alert_confirmed_by=member.who)
        draft = self._contributions.draft(pair[0], pair[1].event)
        return self._contributions.save_as(member, found, draft, "alert.confirm")

    def tick(self) -> int:
        """Do what time asks: lift embargoes, mark what nobody checked; return how many events it touched.

        Every process may run it: a second one finds the version changed and does nothing.
        """
        now, done = self._clock(), 0
        with self._database.read() as connection:
            due = kept.due(connection, now)
        for found in due:
            try:
                done += self._due(found, now)
            except AppError as error:
                log.warning("contribution %s: what was due waits for the next turn: %s", found.external_id, error)
        return done

    def _due(self, found: KeptContribution, now: datetime) -> int:
        event = readers.event(self._database, found.event_id, viewer=EVERYTHING)
        if event is None or found.withdrawn_at is not None or found.state in (kept.PROPOSED, kept.REFUSED):
            with self._database.write() as connection:
                kept.put(connection, found.external_id, {"embargo_until": None, "check_at": None})
            return 0
        draft = self._contributions.draft(found, event.event)
        action = "embargo.lift"
        if draft.embargo_until is not None and draft.embargo_until <= now:
            draft = replace(draft, embargo_until=None)
        if draft.check_at is not None and draft.check_at <= now:
            draft, action = replace(draft, is_confirmed=False, check_at=None), "check.passed"
        try:
            self._contributions.save_as(None, found, draft, action)
        except Outdated:
            return 0
        return 1

    def _proposal(self, member: Member, event_id: str, action: str) -> tuple[KeptContribution, KeptEvent]:
        event = readers.event(self._database, event_id, viewer=EVERYTHING)
        with self._database.read() as connection:
            found = kept.of_event(connection, event_id)
        if event is None or found is None or not may_answer(member, found.owner_id):
            self._access.noted.refused(member, action, event_id)
            raise InvalidRecord("there is no such proposal for your organisation to answer")
        if found.state != kept.PROPOSED:
            raise InvalidRecord("this proposal was answered already")
        return found, event

    def _expect(self, connection: Connection, found: KeptContribution) -> None:
        present = kept.get(connection, found.external_id)
        if present is None or (present.v, present.state) != (found.v, found.state):
            raise Outdated(0 if present is None else present.v)
