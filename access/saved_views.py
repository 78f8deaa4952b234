"""Views that accounts share: with their organisation, or offered to everybody by who supervises or administers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, func, insert, or_, select

from access.members import Member
from access.roles import Right
from events.errors import AccessDenied, InvalidRecord
from store.database import Database
from store.screen_tables import saved_view

SCOPES = ("organisation", "tenant")
MOST = 100
LONGEST_NAME = 60
LONGEST_QUERY = 600
KEYS = frozenset({"du", "au", "arr", "cat", "org", "grav", "statut", "q", "couches", "c", "vue", "tri", "cmp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A name and the filters of an address; `is_own`: the member who asks saved it or may take it away."""

    id: str
    name: str
    query: str
    scope: str
    is_own: bool


def scopes_of(member: Member | None) -> tuple[str, ...]:
    """Return with whom a member may share a view."""
    if member is None or not member.may(Right.SAVE_VIEWS):
        return ()
    return SCOPES if _may_offer(member) else SCOPES[:1]


def _may_offer(member: Member) -> bool:
    return member.may(Right.MODERATE) or member.may(Right.ADMINISTER)


@dataclass(frozen=True)
class SavedViews:
    """The shared views of an installation; names and searches pass the privacy gate."""

    database: Database
    clear: Callable[[str], str]
    clock: Callable[[], datetime]

    def of(self, member: Member | None) -> tuple[SavedView, ...]:
        """Return the views of the member's organisation and those offered to all, by name; none for a visitor."""
        if member is None:
            return ()
        shown = or_(saved_view.c.scope == "tenant", saved_view.c.organisation_id == member.home)
        with self.database.read() as connection:
            rows = connection.execute(select(saved_view).where(shown)).all()
        found = [
            SavedView(
                id=row.id, name=row.title, query=row.query, scope=row.scope,
                is_own=row.account_id == member.who or _may_offer(member),
            )
            for row in rows
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda view: (view.scope, view.name.casefold())))

    def save(self, member: Member, name: str, query: str, scope: str) -> str:
        """Keep a view; the one of the same name and scope gives way. Return its id.

        Raises AccessDenied or InvalidRecord, each with a key of the catalogue of texts.
        """
        if scope not in scopes_of(member):
            raise AccessDenied("view.saved.not_allowed" if scope == "tenant" else "view.saved.sign_in")
        title, asked = name.strip()[:LONGEST_NAME], filters_of(query)
        if not title:
            raise InvalidRecord("view.saved.unnamed")
        try:
            cleared, filters = self.clear(title), self.clear(asked) if asked else None
        except InvalidRecord as error:
            raise InvalidRecord("view.saved.name_refused") from error
        made = {
            "id": str(uuid.uuid4()), "account_id": member.who, "organisation_id": member.home, "scope": scope,
            "title": cleared, "query": filters if filters is not None else self.clear("vue=carte"),
            "created_at": self.clock(),
        }  # fmt: skip
        ours = saved_view.c.organisation_id == member.home
        with self.database.write() as connection:
            same = (ours, saved_view.c.scope == scope, saved_view.c.title == title)
            connection.execute(delete(saved_view).where(*same))
            if connection.execute(select(func.count()).select_from(saved_view).where(ours)).scalar_one() >= MOST:
                raise InvalidRecord("view.saved.too_many")
            connection.execute(insert(saved_view), made)
        return str(made["id"])

    def drop(self, member: Member, view_id: str) -> None:
        """Take a view away: one's own, or any for who may offer views to all. Raises InvalidRecord (a key)."""
        mine = [saved_view.c.id == view_id[:36]]
        if not _may_offer(member):
            mine.append(saved_view.c.account_id == member.who)
        with self.database.write() as connection:
            if connection.execute(delete(saved_view).where(*mine)).rowcount != 1:
                raise InvalidRecord("view.saved.unknown")


def filters_of(query: str) -> str:
    """Return what of a query string is a filter: the moment, the selection and unknown keys are left out."""
    pairs = parse_qsl(query[:LONGEST_QUERY], keep_blank_values=False, max_num_fields=40)
    return urlencode([pair for pair in pairs if pair[0] in KEYS], safe=",:+-")
