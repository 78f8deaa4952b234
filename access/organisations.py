"""Organisations: where and what each may write, and whether it publishes directly."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from access.audit import Audit
from access.identifiers import check_identifier
from access.members import Member
from events.errors import InvalidRecord
from store.access_tables import organisation
from store.database import Database

ALL = "all"
Clear = Callable[[str], str]
"""From a label to one that passed the privacy gate; raises InvalidRecord otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A partner: `territory` and `categories` hold codes, `None` stands for all."""

    id: str
    title: str
    territory: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    is_trusted: bool = True
    may_alert: bool = False
    retired_at: datetime | None = None

    def writes_in(self, districts: Collection[str]) -> bool:
        """Tell whether a place in these districts is in its territory; a place in no district is everybody's."""
        return self.territory is None or not districts or bool(self.territory & set(districts))

    def writes_category(self, category: str) -> bool:
        """Tell whether it may write this category."""
        return self.categories is None or category in self.categories


class Organisations:
    """The organisations of one installation."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], datetime], clear: Clear) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._clear = clear

    def put(self, given: Organisation, by: Member | None) -> None:
        """Create an organisation or replace what is said of it; raise InvalidRecord for a label that names a person."""
        check_identifier(given.id, "organisation")
        values = {
            "title": self._clear(given.title),
            "territory": _codes(given.territory, "territory"),
            "categories": _codes(given.categories, "categories"),
            "is_trusted": given.is_trusted,
            "may_alert": given.may_alert,
            "retired_at": given.retired_at,
        }
        with self._database.write(is_durable=True) as connection:
            found = connection.execute(update(organisation).where(organisation.c.id == given.id).values(**values))
            if found.rowcount == 0:
                connection.execute(insert(organisation).values(id=given.id, created_at=self._clock(), **values))
            self._audit.note_in(connection, by, "organisation.put", given.id)

    def get(self, organisation_id: str) -> Organisation | None:
        """Return an organisation, None when there is none of this id."""
        return next((one for one in self.all() if one.id == organisation_id), None)

    def all(self) -> tuple[Organisation, ...]:
        """Return every organisation in the order of their ids."""
        with self._database.read() as connection:
            rows = connection.execute(select(organisation).order_by(organisation.c.id)).mappings().all()
        return tuple(
            Organisation(
                id=row["id"],
                title=row["title"],
                territory=_set(row["territory"]),
                categories=_set(row["categories"]),
                is_trusted=row["is_trusted"],
                may_alert=row["may_alert"],
                retired_at=row["retired_at"],
            )
            for row in rows
        )


def _codes(codes: frozenset[str] | None, field: str) -> str:
    if codes is None:
        return ALL
    if not codes:
        raise InvalidRecord(f"{field} is empty: the organisation could write nothing; give codes, or none for all")
    return ",".join(sorted(codes))


def _set(codes: str) -> frozenset[str] | None:
    return None if codes == ALL else frozenset(codes.split(","))
