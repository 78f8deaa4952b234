"""Whose turn it is to edit an event: one post at a time, told who waits; who falls silent gives way, who waits comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from access.house import Access
from access.members import Member
from api.contributing.contributions import Contributions
from store import contributions as kept
from store.contributions import KeptContribution
from store.database import Database

SILENT = timedelta(seconds=60)  # the panel says every 20 s that it is still open
_NOBODY_EDITS = {"editor_id": None, "editor_since": None, "editor_until": None}
_NOBODY_WAITS = {"waiter_id": None, "waiter_until": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An account, and the organisation whose post it is while the account is known."""

    account_id: str
    organisation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a post learns of an event it would edit: the other one who does, since when, and which other post waits."""

    holder: Post | None = None
    since: datetime | None = None
    waiting: Post | None = None


class Editing:
    """Beside `Contributions`, on the same database; a turn keeps nobody from saving: what two posts save is joined."""

    def __init__(
        self, contributions: Contributions, database: Database, access: Access, clock: Callable[[], datetime]
    ) -> None:
        self._contributions, self._database, self._access, self._clock = contributions, database, access, clock

    def begin(self, member: Member, event_id: str, *, waits: bool = False) -> Turn:
        """Say that this post would edit, again and again; with `waits`, whose turn it is learns that it waits for its own.

        Nothing is taken from another post. Raises NotAllowed or InvalidRecord for what this post may not change: it
        learns of nobody, and nobody of it.
        """
        self._contributions.editable(member, event_id, "contribution.edit")
        now = self._clock()
        with self._database.write() as connection:
            found = kept.of_event(connection, event_id)
            if found is None:
                return Turn()
            holder, waiter = _present(found, now)
            row: dict[str, Any] = {}
            if holder in (None, member.who):
                is_going_on = found.editor_id == holder is not None
                since = found.editor_since if is_going_on else now
                row = {"editor_id": member.who, "editor_since": since, "editor_until": now + SILENT}
                row |= _NOBODY_WAITS if waiter == member.who else {}
            elif waits and waiter in (None, member.who):
                row, waiter = {"waiter_id": member.who, "waiter_until": now + SILENT}, member.who
            if row:
                kept.put(connection, found.external_id, row)
        waiter = None if waiter == holder else waiter
        others = [None if who in (None, member.who) else self._post(who) for who in (holder, waiter)]
        return Turn(holder=others[0], since=found.editor_since if others[0] else None, waiting=others[1])

    def end(self, member: Member, event_id: str) -> None:
        """Say that this post edits and waits no more; nothing happens to what it may not see."""
        if self._contributions.find(member, event_id) is None:
            return
        with self._database.write() as connection:
            found = kept.of_event(connection, event_id)
            if found is None:
                return
            row: dict[str, Any] = {}
            if found.editor_id == member.who:
                row |= _NOBODY_EDITS
            if found.waiter_id == member.who:
                row |= _NOBODY_WAITS
            if row:
                kept.put(connection, found.external_id, row)

    def _post(self, account_id: str) -> Post:
        account = self._access.accounts.get(account_id)
        return Post(account_id=account_id, organisation=None if account is None else account.organisation)


def _present(found: KeptContribution, now: datetime) -> tuple[str | None, str | None]:
    """Return whose turn it is and who waits, of those who gave a sign of life: once nobody edits, it is who waited."""
    editor = found.editor_id if found.editor_until is not None and found.editor_until > now else None
    waiter = found.waiter_id if found.waiter_until is not None and found.waiter_until > now else None
    return editor or waiter, waiter
