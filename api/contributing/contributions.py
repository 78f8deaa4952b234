"""Saves, edits, closes, withdraws and reopens contributions: the rights, the gate and the audit in one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from access.answers import Clashing, Outdated, Saved, Unpublishable
from access.closures import linked
from access.drafts import Draft, Problem, draft_of, problems_of
from access.house import Access
from access.members import Member
from access.merging import merge
from access.organisations import Organisation
from access.roles import Right
from access.sealing import new_id
from access.writing_rights import may_edit, may_publish, owner_of
from api.contributing.closures import Following, following, taken_back
from api.contributing.record import Standing, record_of, texts_of
from api.contributing.stairs import Stairs, Told
from api.viewer import NotAllowed
from events.audience import Viewer, read_audience
from events.city import City
from events.errors import InvalidRecord
from events.records import Event
from events.vocabulary import MarchStatus, Severity
from store import contributions as kept
from store import readers
from store.contributions import KeptContribution
from store.database import Database
from store.kept import KeptEvent

UNDO_WITHIN = timedelta(seconds=20)  # the button is there for ten: the network may take its time
EVERYTHING = Viewer(sees_restricted=True)
OF_A_CLOSURE = ("contribution.close", "contribution.undo")  # a street may open before its march told
_TRIES = 5


class Contributions:
    """The contributions of one city; `stairs` are those that every save goes up."""

    def __init__(
        self,
        database: Database,
        city: City,
        access: Access,
        stairs: Stairs,
        clear: Callable[[str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._city, self._access, self._stairs = database, city, access, stairs
        self._clear, self._clock = clear, clock

    # what people do

    def publish(self, member: Member, draft: Draft) -> Saved:
        """Keep a new event: published, or proposed to the organisation whose matter it is.

        Raises NotAllowed, Unpublishable with the problems by field, TooOften or StoreUnavailable; then nothing is kept.
        """
        self._require(member, Right.CONTRIBUTE, "contribution.publish")
        self._check(draft)
        standing = self._standing(member, draft, member.home, None)
        return self._keep(member, draft, standing, None, "contribution.publish")

    def change(
        self, member: Member, event_id: str, version: int, draft: Draft, action: str = "contribution.change"
    ) -> Saved:
        """Keep changes made to version `version`; what others saved meanwhile is joined when it meets no field of ours.

        Raises Clashing with both sides by field, and what `publish` raises.
        """
        self._check(draft)
        for _ in range(_TRIES):
            found, event = self.editable(member, event_id, action)
            theirs = self.draft(found, event)
            merged, clashes = merge(self._draft_at(found, version), theirs, draft)
            if found.v != version and clashes:
                raise Clashing(found.v, merged, clashes)
            self._check(merged)
            standing = self._standing(member, merged, found.organisation_id, found)
            try:
                return self._keep(member, merged, standing, found.v, action)
            except Outdated:
                continue
        raise Outdated(version)

    def close(
        self, member: Member, event_id: str, version: int, ended_at: datetime, residual: str | None = None
    ) -> Saved:
        """End an event at its actual end; `residual` says what lasts beyond it."""
        found, event = self.editable(member, event_id, "contribution.close")
        draft = self.draft(found, event)
        if not draft.start <= ended_at <= self._clock() + timedelta(minutes=1):
            raise Unpublishable([Problem("end", "form.closed_when", {"start": draft.start})])
        instruction = residual or draft.instruction
        closed = replace(draft, end=max(ended_at, draft.start + timedelta(seconds=1)), check_at=None, is_confirmed=True,
                         is_end_verified=True, instruction=instruction,
                         march_status=draft.march_status and MarchStatus.DISPERSED)  # fmt: skip
        return self.change(member, event_id, version, closed, "contribution.close")

    def withdraw(self, member: Member, event_id: str, version: int) -> Saved:
        """Take an event back; its history stays."""
        found, _event = self.editable(member, event_id, "contribution.withdraw")
        now = self._clock()
        row = {"account_id": member.who, "saved_at": now, "embargo_until": None, "check_at": None}
        first = Told(external_id=found.external_id, row=row, event=None, expected=version)
        beside = taken_back(self._following(found.external_id, version), member.who, now)
        self._stairs.admit(member, found.organisation_id, [first, *beside], "contribution.withdraw")
        return self._saved(found.external_id)

    def reopen(self, member: Member, event_id: str, version: int, check_at: datetime) -> Saved:
        """Bring back an event that was withdrawn or closed; its end is unknown again, to be checked at `check_at`."""
        found, event = self.editable(member, event_id, "contribution.reopen")
        kept_draft = self.draft(found, event)
        is_dispersed = kept_draft.march_status is MarchStatus.DISPERSED
        draft = replace(kept_draft, end=None, check_at=check_at, is_end_verified=False,
                        march_status=MarchStatus.UNDER_WAY if is_dispersed else kept_draft.march_status)  # fmt: skip
        self._check(draft)
        standing = self._standing(member, draft, found.organisation_id, found)
        return self._keep(member, draft, standing, version, "contribution.reopen")

    def undo(self, member: Member, event_id: str, version: int) -> Saved:
        """Take back one's own save of seconds ago: the version before it, or the whole event when there was none."""
        found, _event = self.editable(member, event_id, "contribution.undo")
        is_late = self._clock() - found.saved_at > UNDO_WITHIN
        if is_late or found.account_id != member.who or found.v != version:
            raise Outdated(found.v)
        if version == 1:
            return self.withdraw(member, event_id, version)
        return self.change(member, event_id, version, self._draft_at(found, version - 1), "contribution.undo")

    def save_as(self, member: Member | None, found: KeptContribution, draft: Draft, action: str) -> Saved:
        """Keep a draft in the state that `found` was given: what an answer, a second post or the clock (None) decided."""
        facts = (found.external_id, found.organisation_id, found.state, found.owner_id)
        standing = Standing(*facts, found.alert_by, found.alert_confirmed_by)
        return self._keep(member, draft, standing, found.v, action, author=found.account_id)

    # what the panel asks

    def require(self, member: Member, action: str, object_id: str | None = None) -> None:
        """Raise NotAllowed, and note the attempt, unless this member contributes at all."""
        self._require(member, Right.CONTRIBUTE, action, object_id)

    def partners(self, member: Member) -> tuple[Organisation, ...]:
        """Return the organisations that take part today; none to who does not contribute."""
        if not member.may(Right.CONTRIBUTE):
            return ()
        return tuple(one for one in self._access.organisations.all() if one.retired_at is None)

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
            with self._database.read() as connection:
                found = kept.of_event(connection, event_id)
            if event is None:
                if found is not None:  # somebody else's, told to nobody else
                    self._access.noted.refused(member, "event.read", event_id)
                return None
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
            self._access.noted.refused(member, action, object_id)
            raise NotAllowed(right)

    def editable(self, member: Member, event_id: str, action: str) -> tuple[KeptContribution, Event]:
        """Return a contribution that this member may change; raise NotAllowed or InvalidRecord, and note the attempt."""
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
            self._access.noted.refused(member, action, event_id)
            raise NotAllowed(Right.EDIT_ANY)
        if found.follows is not None and action not in OF_A_CLOSURE:
            raise Unpublishable([Problem("event", "form.follows_march")])
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
        if found is not None and (found.state != kept.PUBLISHED or is_direct or found.follows is not None):
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

    def _keep(
        self,
        member: Member | None,
        draft: Draft,
        standing: Standing,
        expected: int | None,
        action: str,
        author: str = "",
    ) -> Saved:
        who, now = member.who if member else author, self._clock()
        closes = bool(linked(draft, self._city))
        moving = replace(draft, situation_id=standing.external_id) if closes else draft
        row, event = record_of(moving, standing, who, now, self._city)
        first = Told(external_id=standing.external_id, row=row, event=event, expected=expected)
        beside = following(moving, standing, self._following(standing.external_id, expected), who, now, self._city)
        self._stairs.admit(member, standing.organisation_id, [first, *beside], action)
        return self._saved(standing.external_id)

    def _following(self, external_id: str, expected: int | None) -> list[Following]:
        """Return the closures that follow a kept march; one that is new has none."""
        if expected is None:
            return []
        with self._database.read() as connection:
            found = kept.following(connection, external_id)
        events = readers.events_by_id(self._database, [one.event_id for one in found], viewer=EVERYTHING)
        settled = {one.id: one.event.is_end_verified for one in events}
        return [Following(contribution=one, is_settled=settled.get(one.event_id, False)) for one in found]

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
