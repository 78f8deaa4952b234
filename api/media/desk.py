"""What may be done with a picture or a clip, by whom; each act and its line in the audit are kept together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.house import Access
from access.members import Member
from access.roles import Right
from access.writing_rights import may_edit
from api.media.partners import PartnerMedia
from api.viewer import NotAllowed
from events.audience import Viewer
from events.errors import AccessDenied, InvalidRecord
from privacy.media.boxes import Box
from privacy.media.gate import Looked, MediaGate, Owner
from privacy.media.refusals import OF_THE_FILE, Refused
from store import media as kept
from store import readers
from store.control_rows import STOPPED
from store.database import Database
from store.media import HIDDEN, PUBLISHED, REFUSED, WAITING, WITHDRAWN, KeptMedia

EVERYTHING = Viewer(sees_restricted=True)
REASONS = ("person", "plate", "text", "other", "quality")
_IN_SIGHT = frozenset({kept.MAKING, WAITING, PUBLISHED, HIDDEN})


@dataclass(frozen=True)
class MediaDesk:
    """The desk of one process; `gate` masks and keeps."""

    database: Database
    access: Access
    gate: MediaGate
    clock: Callable[[], datetime]
    partners: PartnerMedia | None = None  # None: no partner's picture is fetched

    @property
    def takes(self) -> str:
        """What contributors may send: photos, or clips (photos too)."""
        return "clips" if self.gate.takes_clips else "photos"

    # what contributors do

    def look(self, member: Member, content: bytes) -> Looked:
        """Say what may identify somebody in a photo; nothing is kept unless there is nothing to decide."""
        looked = self.gate.look(self._owner(member), content)
        if looked.media_id is not None:
            self.access.audit.note(member, "media.keep", looked.media_id)
        return looked

    def mask(self, member: Member, content: bytes, boxes: Sequence[Box]) -> str:
        """Mask and keep a photo; return its identifier."""
        media_id = self.gate.mask(self._owner(member), content, boxes)
        self.access.audit.note(member, "media.keep", media_id)
        return media_id

    def begin_clip(self, member: Member, content: bytes, zones: Sequence[Box]) -> str:
        """Queue a clip; return its identifier."""
        media_id = self.gate.begin(self._owner(member), content, zones)
        self.access.audit.note(member, "media.begin", media_id)
        return media_id

    def stopped(self, member: Member, refused: Refused) -> None:
        """Write down that the gate did not take a file, and why: nothing else is kept of it."""
        if refused.reason in OF_THE_FILE and member.may(Right.CONTRIBUTE):
            self.access.audit.note(member, STOPPED, refused.reason)

    def join(self, member: Member, event_id: str, ids: Collection[str]) -> int:
        """Join pieces of the member's organisation to an event it may edit; return how many were."""
        event = readers.event(self.database, event_id, viewer=EVERYTHING)
        if event is None or not ids or not may_edit(member, event.event.organisation):
            return 0
        with self.database.write(is_durable=True) as connection:
            joined = kept.join(connection, ids, event.id, member.home)
            if joined:
                self.access.audit.note_in(connection, member, "media.join", event.id)
        return joined

    def withdraw(self, member: Member, media_id: str) -> None:
        """Take one down for good: its pixels are deleted. For its organisation and for reviewers."""
        one = self._found(media_id)
        if not (self._is_own(member, one) or member.may(Right.MODERATE)):
            self._refuse(member, "media.withdraw", media_id, Right.MODERATE)
        gone = {"state": WITHDRAWN, "content": None, "poster": None}
        self._change(member, "media.withdraw", media_id, tuple(_IN_SIGHT), gone)

    # what reviewers do

    def to_review(self, member: Member) -> Sequence[KeptMedia]:
        """Return what waits for eyes, oldest first; raise NotAllowed."""
        self._require_reviewer(member, "media.review", None)
        with self.database.read() as connection:
            return kept.to_review(connection)

    def publish(self, member: Member, media_id: str) -> None:
        """Let one be seen by who sees its event; never by the post that sent it."""
        one = self._require_reviewer(member, "media.publish", media_id)
        if one is not None and one.account_id == member.who:
            self._refuse(member, "media.publish", media_id, Right.MODERATE)
        values = {"state": PUBLISHED, "reason": None, "decided_at": self.clock(), "decided_by": member.who}
        self._change(member, "media.publish", media_id, (WAITING, HIDDEN), values)

    def refuse(self, member: Member, media_id: str, reason: str) -> None:
        """Refuse one: its pixels are deleted; its organisation reads why."""
        self._require_reviewer(member, "media.refuse", media_id)
        if reason not in REASONS:
            raise InvalidRecord(f"a reason is one of {', '.join(REASONS)}")
        values: dict[str, Any] = {
            "state": REFUSED, "reason": reason, "content": None, "poster": None, "decided_at": self.clock(),
            "decided_by": member.who,
        }  # fmt: skip
        self._change(member, "media.refuse", media_id, (WAITING, HIDDEN, PUBLISHED), values)

    def mask_more(self, member: Member, media_id: str, boxes: Sequence[Box]) -> None:
        """Mask more of a photo: a reviewer, or its own organisation."""
        one = self._found(media_id)
        if not (self._is_own(member, one) or member.may(Right.MODERATE)):
            self._refuse(member, "media.mask", media_id, Right.MODERATE)
        if not boxes or not self.gate.mask_kept(media_id, boxes):
            raise InvalidRecord("nothing was masked: zones are drawn on a photo that is kept")
        self.access.audit.note(member, "media.mask", media_id)

    # what everybody does

    def report(self, viewer: Viewer, media_id: str) -> None:
        """Say that somebody can be recognised: what nobody looked at since is hidden until a reviewer has."""
        if not isinstance(viewer, Member):
            raise AccessDenied("sign-in is required")
        if not self.may_see(viewer, self._found(media_id)):
            raise InvalidRecord("there is no such picture")
        self._change(viewer, "media.report", media_id, (PUBLISHED,), {"state": HIDDEN, "reason": "reported"})

    def may_see(self, viewer: Viewer, one: KeptMedia) -> bool:
        """Tell whether a viewer sees one: with its event once it is published, its organisation and reviewers before."""
        if one.state not in _IN_SIGHT:
            return False
        if isinstance(viewer, Member) and (self._is_own(viewer, one) or viewer.may(Right.MODERATE)):
            return True
        if one.state != PUBLISHED or one.event_id is None:
            return False
        event = readers.event(self.database, one.event_id, viewer=viewer)
        return event is not None and event.withdrawn_at is None

    def of_event(self, viewer: Viewer, event_id: str) -> Sequence[KeptMedia]:
        """Return those of an event that the viewer may see; refused ones too, for who sent them."""
        if readers.event(self.database, event_id, viewer=viewer) is None:
            own = isinstance(viewer, Member) and viewer.may(Right.CONTRIBUTE)
            if not own or readers.event(self.database, event_id, viewer=EVERYTHING) is None:
                return ()
        with self.database.read() as connection:
            every = kept.of_event(connection, event_id)
        return [one for one in every if self.may_see(viewer, one) or self._is_told(viewer, one)]

    def get(self, viewer: Viewer, media_id: str) -> KeptMedia | None:
        """Return one that the viewer may see or was told of, None otherwise."""
        with self.database.read() as connection:
            one = kept.get(connection, media_id)
        return one if one is not None and (self.may_see(viewer, one) or self._is_told(viewer, one)) else None

    def pixels(self, viewer: Viewer, media_id: str, *, is_poster: bool = False) -> bytes | None:
        """Return what is shown of one, None for who may not see it."""
        with self.database.read() as connection:
            one = kept.get(connection, media_id)
        if one is None or not self.may_see(viewer, one):
            return None
        with self.database.read() as connection:
            return kept.pixels(connection, media_id, is_poster=is_poster)

    def may_withdraw(self, viewer: Viewer, one: KeptMedia) -> bool:
        """Tell whether a viewer may take one down."""
        return isinstance(viewer, Member) and (self._is_own(viewer, one) or viewer.may(Right.MODERATE))

    # how it is done

    def _is_told(self, viewer: Viewer, one: KeptMedia) -> bool:
        return isinstance(viewer, Member) and one.state == REFUSED and self._is_own(viewer, one)

    def _is_own(self, member: Member, one: KeptMedia) -> bool:
        return member.may(Right.CONTRIBUTE) and member.home == one.organisation_id

    def _owner(self, member: Member) -> Owner:
        if not member.may(Right.CONTRIBUTE):
            self._refuse(member, "media.keep", None, Right.CONTRIBUTE)
        return Owner(member.home, member.who)

    def _found(self, media_id: str) -> KeptMedia:
        with self.database.read() as connection:
            one = kept.get(connection, media_id)
        if one is None:
            raise InvalidRecord("there is no such picture")
        return one

    def _require_reviewer(self, member: Member, action: str, media_id: str | None) -> KeptMedia | None:
        if not member.may(Right.MODERATE):
            self._refuse(member, action, media_id, Right.MODERATE)
        return None if media_id is None else self._found(media_id)

    def _refuse(self, member: Member, action: str, media_id: str | None, right: Right) -> None:
        self.access.noted.refused(member, action, media_id)
        raise NotAllowed(right)

    def _change(
        self, member: Member, action: str, media_id: str, states: Collection[str], values: dict[str, Any]
    ) -> None:
        with self.database.write(is_durable=True) as connection:
            if not kept.change(connection, media_id, states, values):
                raise InvalidRecord("it is not in a state for this any more: load the page again")
            if values.get("state") in (WITHDRAWN, REFUSED):
                kept.forget_making(connection, [media_id])
            self.access.audit.note_in(connection, member, action, media_id)


def open_media(
    database: Database,
    access: Access,
    clock: Callable[[], datetime],
    key: bytes,
    takes: str,
    at_end: Callable[[Callable[[], None]], object],
) -> MediaDesk | None:
    """Return the desk, None where `takes` is `off`; `clips` takes photos and clips. Its processes end with `at_end`."""
    if takes == "off":
        return None
    gate = MediaGate(database, clock, key, takes_clips=takes == "clips")
    at_end(gate.close)
    return MediaDesk(database, access, gate, clock)
