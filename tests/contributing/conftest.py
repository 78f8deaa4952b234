"""A city with four organisations, their posts, and the stairs that a contribution goes up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from access.drafts import Draft
from access.house import Access, open_access
from access.members import Member, account_member
from access.organisations import Organisation
from access.roles import Role
from api.contributing import desk as desks
from api.contributing.contributions import Contributions
from api.contributing.editing import Editing
from api.contributing.moderation import Moderation
from events.audience import PARTNERS
from events.vocabulary import Severity
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.database import Database, connect
from store.writer import Writer
from tests.api.served import CITY

KEY = b"0" * 32


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 14, 13, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Desk:
    """Everything a test of contributions touches."""

    database: Database
    access: Access
    contributions: Contributions
    moderation: Moderation
    editing: Editing
    clock: Clock
    woken: list[int]

    def post(self, organisation: str, role: Role = Role.CONTRIBUTOR, number: int = 1) -> Member:
        return account_member(f"{organisation}-{number}", organisation, role)

    def draft(self, **changes: object) -> Draft:
        values: dict[str, object] = {
            "category": "rassemblement",
            "severity": Severity.MODERATE,
            "headline": "Rassemblement, place Castellane",
            "start": self.clock() + timedelta(hours=1),
            "end": self.clock() + timedelta(hours=3),
            "geometry": {"type": "Point", "coordinates": [5.3835, 43.2862]},
            "place": "Place Castellane",
            "audience": PARTNERS,
        }
        return Draft(**values | changes)


@contextmanager
def open_desk(url: str, clock: Clock) -> Iterator[Desk]:
    """Open the desk of a city of four organisations over a database, which may have been opened before."""
    database = connect(url)
    gazetteer = city_gazetteer(CITY)
    clear = clearer(gazetteer)
    access = open_access(database, KEY, clock, clear)
    for one in (
        Organisation(
            id="prefecture",
            title="Préfecture",
            may_alert=True,
            categories=frozenset({"rassemblement", "manifestation"}),
        ),
        Organisation(id="voirie", title="Service voirie", categories=frozenset({"chantier", "fermeture"})),
        Organisation(id="city", title="Ville", may_alert=True),
        Organisation(id="transport", title="Exploitant transport", categories=frozenset({"metro"}), is_trusted=False),
    ):
        if access.organisations.get(one.id) is None:
            access.organisations.put(one, None)
    woken: list[int] = []
    made = desks.open_desk(
        database, CITY, access,
        lambda fence: Gate(Writer(database, CITY, clock, fence), gazetteer, clock, key=KEY),
        clear, clock, lambda: woken.append(1),
    )  # fmt: skip
    try:
        yield Desk(database, access, made.contributions, made.moderation, made.editing, clock, woken)
    finally:
        database.close()


@pytest.fixture
def desk(store_url: str) -> Iterator[Desk]:
    with open_desk(store_url, Clock()) as opened:
        yield opened
