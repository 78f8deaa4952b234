"""Saves, edits, closes, withdraws and reopens contributions: the rights, the gate and the audit in one transaction each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from access.answers import Clashing, Outdated, Saved, TooOften, Unpublishable
from access.audit import REFUSED
from access.drafts import Draft, Problem, draft_of, problems_of
from access.house import Access
from access.members import Member
from access.merging import merge
from access.roles import Right
from access.sealing import new_id
from access.writing_rights import may_edit, may_publish, owner_of
from api.contributing.record import Standing, record_of, run_of, texts_of
from api.viewer import NotAllowed
from datasources.contract import Reading, Run
from events.audience import Viewer, read_audience
from events.city import City
from events.errors import InvalidRecord
from events.records import Event
from events.vocabulary import Severity
from store import contributions as kept
from store import readers
from store.contributions import KeptContribution
from store.database import Database
from store.kept import KeptEvent

MOST_A_MINUTE = 120
UNDO_WITHIN = timedelta(seconds=20)  # the button is there for ten: the network may take its time
EVERYTHING = Viewer(sees_restricted=True)
_TRIES = 5

Fence = Callable[[Connection], None]


class Admitting(Protocol):
    """The privacy gate, as contributions need it."""

    def admit(self, run: Run, *, is_durable: bool = False) -> Any:
        """Screen and write one run."""


class Contributions:
    """The contributions of one city. `gate_for` makes a gate whose writer asks a fence inside its transaction."""

    def __init__(
        self,
        database: Database,
        city: City,
        access: Access,
        gate_for: Callable[[Fence], Admitting],
        clear: Callable[[str], str],
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database, self._city, self._access = database, city, access
        self._clear, self._clock, self._wake = clear, clock, wake
        self._step = threading.local()
        self._gate = gate_for(self._fence)

    # what people do

    def publish(self, member: Member, draft: Draft) -> Saved:
        """Keep a new event: published, or proposed to the organisation whose matter it is.

        Raises NotAllowed, Unpublishable with the problems by field, TooOften or StoreUnavailable; then nothing is kept.
        """
        self._require(member, Right.CONTRIBUTE, "contribution.publish")
        self._check(draft)
        standing = self._standing(member, draft, member.home, None)
        return self._keep(member, draft, standing, None, "contribution.publish")

    def change(self, member: Member, event_id: str, version: int, draft: Draft) -> Saved:
        """Keep changes made to version `version`; what others saved meanwhile is joined when it meets no field of ours.

        Raises Clashing with both sides by field, and what `publish` raises.
        """
        self._check(draft)
        for _ in range(_TRIES):
            found, event = self._editable(member, event_id, "contribution.change")
            theirs = self.draft(found, event)
            merged, clashes = merge(self._draft_at(found, version), theirs, draft)
            if found.v != version and clashes:
                raise Clashing(found.v, merged, clashes)
            self._check(merged)
            standing = self._standing(member, merged, found.organisation_id, found)
            try:
                return self._keep(member, merged, standing, found.v, "contribution.change")
            except Outdated:
                continue
        raise Outdated(version)

    def close(
        self, member: Member, event_id: str, version: int, ended_at: datetime, residual: str | None = None
    ) -> Saved:
        """End an event at its actual end; `residual` says what lasts beyond it."""
        found, event = self._editable(member, event_id, "contribution.close")
        draft = self.draft(found, event)
        if not draft.start <= ended_at <= self._clock() + timedelta(minutes=1):
            raise Unpublishable([Problem("end", "form.closed_when", {"start": draft.start})])
        instruction = residual or draft.instruction
        closed = replace(draft, end=max(ended_at, draft.start + timedelta(seconds=1)), check_at=None, is_confirmed=True,
                         is_end_verified=True, instruction=instruction)  # fmt: skip
        return self.change(member, event_id, version, closed)

    def withdraw(self, member: Member, event_id: str, version: int) -> Saved:
        """Take an event back; its history stays."""
        found, _event = self._editable(member, event_id, "contribution.withdraw")
        row = {"account_id": member.who, "saved_at": self._clock(), "embargo_until": None, "check_at": None}
        self._admit(member, found.external_id, row, expected=version, action="contribution.withdraw", found=found)
        return self._saved(found.external_id)

    def reopen(self, member: Member, event_id: str, version: int, check_at: datetime) -> Saved:
        """Bring back an event that was withdrawn or closed; its end is unknown again, to be checked at `check_at`."""
        found, event = self._editable(member, event_id, "contribution.reopen")
        draft = replace(self.draft(found, event), end=None, check_at=check_at, is_end_verified=False)
        self._check(draft)
        standing = self._standing(member, draft, found.organisation_id, found)
        return self._keep(member, draft, standing, version, "contribution.reopen")

    def undo(self, member: Member, event_id: str, version: int) -> Saved:
        """Take back one's own save of seconds ago: the version before it, or the whole event when there was none."""
        found, _event = self._editable(member, event_id, "contribution.undo")
        is_late = self._clock() - found.saved_at > UNDO_WITHIN
        if is_late or found.account_id != member.who or found.v != version:
            raise Outdated(found.v)
        if version == 1:
            return self.withdraw(member, event_id, version)
        return self.change(member, event_id, version, self._draft_at(found, version - 1))

    def save_as(self, member: Member | None, found: KeptContribution, draft: Draft, action: str) -> Saved:
        """Keep a draft in the state that `found` was given: what an answer, a second post or the clock (None) decided."""
        facts = (found.external_id, found.organisation_id, found.state, found.owner_id)
        standing = Standing(*facts, found.alert_by, found.alert_confirmed_by)
        return self._keep(member, draft, standing, found.v, action, author=found.account_id)

    # what the panel asks

    def draft(self, found: KeptContribution, event: Event) -> Draft:
        """Return the form of a contribution as it is kept: with the audience and the severity it is meant to have."""
        made = draft_of(event, check_at=found.check_at, embargo_until=found.embargo_until)
        awaits = found.alert_by is not None and found.alert_confirmed_by is None
        severity = Severity.CRITICAL if awaits else made.severity
        return replace(made, audience=read_audience(found.audience), severity=severity)

    def find(self, member: Member, event_id: str) -> tuple[KeptContribution, KeptEvent] | None:
        """Return a contribution that this member may see, with its event; None for an event that a feed told."""
        for _ in range(_TRIES):
            event = readers.event(self._database, event_id, viewer=self.sees(member))
            if event is None:
                return None
            with self._database.read() as connection:
                found = kept.of_event(connection, event_id)
            # Both must be of one version: a save between the two readings would be taken back by ours.
            if found is None or found.v == event.version:
                return None if found is None else (found, event)
        raise Outdated(0)

    def sees(self, member: Member) -> Viewer:
        """Return the viewer who sees what its organisation contributed, also what is held back from everyone else."""
        return replace(member, organisation=member.home) if member.may(Right.CONTRIBUTE) else member

    # how it is done

    def _require(self, member: Member, right: Right, action: str, object_id: str | None = None) -> None:
        if not member.may(right):
            self._access.audit.note(member, action, object_id, outcome=REFUSED)
            raise NotAllowed(right)

    def _editable(self, member: Member, event_id: str, action: str) -> tuple[KeptContribution, Event]:
        self._require(member, Right.CONTRIBUTE, action, event_id)
        pair = self.find(member, event_id)
        if pair is None:
            self._access.noted.refused(member, action, event_id)
            raise InvalidRecord(
                "there is no such contribution, or it comes from a feed: its publisher alone changes it"
            )
        found, event = pair
        is_owner = found.state == kept.PROPOSED and member.home == found.owner_id
        if not may_edit(member, found.organisation_id) and not is_owner:
            self._access.audit.note(member, action, event_id, outcome=REFUSED)
            raise NotAllowed(Right.EDIT_ANY)
        return found, event.event

    def _check(self, draft: Draft) -> None:
        problems = problems_of(draft, self._city)
        for name, text in texts_of(draft):
            try:
                self._clear(text)
            except InvalidRecord:
                problems.append(Problem(name, "gate.refused_text"))
        if problems:
            raise Unpublishable(problems)

    def _standing(self, member: Member, draft: Draft, organisation_id: str, found: KeptContribution | None) -> Standing:
        """Return how a save by this member stands between the organisations; raise Unpublishable when it cannot."""
        organisations = self._access.organisations.all()
        organisation = next((one for one in organisations if one.id == organisation_id), None)
        districts = self._city.districts_of(draft.geometry)
        is_direct = may_publish(organisation, draft.category, districts) or member.may(Right.EDIT_ANY)
        alert = self._alert(member, draft, found)
        if found is not None and (found.state != kept.PUBLISHED or is_direct):
            return Standing(found.external_id, organisation_id, found.state, found.owner_id, *alert)
        if found is not None:
            raise Unpublishable([Problem("category", "form.not_yours")])
        if is_direct:
            return Standing(new_id(), organisation_id, kept.PUBLISHED, None, *alert)
        owner = owner_of(organisations, draft.category, districts, organisation_id)
        if owner is None:
            raise Unpublishable([Problem("category", "form.nobody_answers")])
        return Standing(new_id(), organisation_id, kept.PROPOSED, owner.id, *alert)

    def _alert(self, member: Member, draft: Draft, found: KeptContribution | None) -> tuple[str | None, str | None]:
        """Return who asks for critical and who confirmed it: two posts of organisations that may."""
        if draft.severity is not Severity.CRITICAL:
            return None, None
        home = self._access.organisations.get(member.home)
        if home is None or not home.may_alert:
            raise Unpublishable([Problem("severity", "form.may_not_alert")])
        if found is None or found.alert_by is None:
            return member.who, None
        return found.alert_by, found.alert_confirmed_by

    def _draft_at(self, found: KeptContribution, version: int) -> Draft:
        versions = readers.versions(self._database, found.event_id, viewer=EVERYTHING)
        event = next((one.event for one in versions if one.version == version), None)
        if event is None:
            raise Outdated(found.v)
        return self.draft(found, event)

    def _admit(
        self,
        member: Member | None,
        told: Event | str,
        row: dict[str, Any],
        *,
        expected: int | None,
        action: str,
        found: KeptContribution | None = None,
    ) -> None:
        """Send one record, or one withdrawal, up the stairs: row, event, audit are kept together or not at all."""
        withdrawn = told if isinstance(told, str) else None
        external_id = told if isinstance(told, str) else told.external_id
        organisation_id = found.organisation_id if found is not None else str(row["organisation_id"])

        def fence(connection: Connection) -> None:
            present = kept.get(connection, external_id)
            if (None if present is None else present.v) != expected:
                raise Outdated(0 if present is None else present.v)
            since = self._clock() - timedelta(minutes=1)
            if kept.saved_since(connection, organisation_id, since) >= MOST_A_MINUTE:
                raise TooOften(MOST_A_MINUTE)
            kept.put(connection, external_id, row)
            self._access.audit.note_in(connection, member, action, external_id)

        reading = Reading(withdrawn=(withdrawn,)) if withdrawn else Reading(events=(told,))  # type: ignore[arg-type] # one or the other
        self._step.fence = fence
        try:
            admission = self._gate.admit(run_of(organisation_id, reading, self._city, self._clock()), is_durable=True)
        finally:
            self._step.fence = None
        self._wake()
        if admission.rejects:
            raise InvalidRecord("the contribution could not be kept: one of its fields is not one the store takes")

    def _keep(
        self,
        member: Member | None,
        draft: Draft,
        standing: Standing,
        expected: int | None,
        action: str,
        author: str = "",
    ) -> Saved:
        row, event = record_of(draft, standing, member.who if member else author, self._clock(), self._city)
        self._admit(member, event, row, expected=expected, action=action)
        return self._saved(standing.external_id)

    def _fence(self, connection: Connection) -> None:
        self._step.fence(connection)

    def _saved(self, external_id: str) -> Saved:
        with self._database.read() as connection:
            found = kept.get(connection, external_id)
        assert found is not None, "what was just kept is there"
        event = readers.event(self._database, found.event_id, viewer=EVERYTHING)
        assert event is not None, "a withdrawn event keeps its row"
        awaits = found.alert_by is not None and found.alert_confirmed_by is None
        return Saved(
            event_id=found.event_id, number=event.number, version=found.v, state=found.state, awaits_alert=awaits
        )
