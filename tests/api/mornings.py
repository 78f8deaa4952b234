"""A city whose clock a test moves, with posts that ask for reports and a box that takes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from access.house import Access, open_access
from access.members import Member, account_member
from access.organisations import Organisation
from access.recurring import Recurring, RecurringReports
from access.roles import Role
from api.files import Files
from api.mail import Attachment
from api.reports.desk import Reports, base_map
from api.reports.press import Press
from api.reports.recurring import Maker
from privacy.gazetteer import city_gazetteer
from privacy.screen import clearer
from store.report_tables import report_copy
from tests.api.served import CITY, Served

DAY = timedelta(days=1)


class Box:
    """A mailbox instead of a server."""

    mailboxes = {"prefecture": "salle@prefecture.example"}  # noqa: RUF012 - nobody changes it
    address = "https://observatoire.example"

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, Attachment | None]] = []
        self.is_broken = False

    def send(self, to: str, subject: str, text: str, paper: Attachment | None = None) -> None:
        assert text
        if self.is_broken:
            raise OSError("away")
        self.taken.append((to, subject, paper))


async def make_all(maker: Maker) -> int:
    """Make what is due, as the house does; return how many there were."""
    for count in range(100):
        if not await maker.tick():
            return count
    raise AssertionError("there is always one more")


@dataclass
class Morning:
    """A city with posts, whose clock a test moves."""

    served: Served
    files: Files
    access: Access
    box: Box
    now: datetime
    printed: list[str] = field(default_factory=list)

    def member(self, name: str = "prefecture-1", home: str = "prefecture", role: Role = Role.CONTRIBUTOR) -> Member:
        if name not in {one.id for one in self.access.accounts.all()}:
            self.access.accounts.create(name, home, role, None, None)
        return account_member(name, home, role)

    @property
    def kept(self) -> RecurringReports:
        return RecurringReports(self.served.house.database, clearer(city_gazetteer(CITY)), lambda: self.now)

    def maker(self, role: Callable[[], str] = lambda: "polling") -> Maker:
        house = replace(self.served.house, access=self.access, mail=self.box, clock=lambda: self.now, role=role)
        return Maker(Reports(house, base_map(house, self.files)), self.kept)

    def run(self) -> int:
        return asyncio.run(make_all(self.maker()))

    def states(self) -> list[tuple[str, str | None]]:
        with self.served.house.database.read() as connection:
            rows = connection.execute(
                select(report_copy.c.state, report_copy.c.reason).order_by(report_copy.c.due_at)
            ).all()
        return [(row.state, row.reason) for row in rows]


def wanted(**changes: object) -> Recurring:
    told = Recurring(title="Matin", query="", kind="situation", lang="fr", weekday=None, minute=420, is_sent=False)
    return replace(told, **changes)


def open_morning(served: Served, files: Files) -> Morning:
    """Return the city with two organisations."""
    access = open_access(served.house.database, b"0" * 32, lambda: datetime.now(UTC), clearer(city_gazetteer(CITY)))
    for one in ("prefecture", "voirie"):
        access.organisations.put(Organisation(id=one, title=f"Service {one}"), None)
    return Morning(served, files, access, Box(), datetime.now(UTC).replace(microsecond=0))


def print_nothing(made: Morning, monkeypatch: pytest.MonkeyPatch) -> Morning:
    """Keep the documents instead of printing them."""

    async def keep(self: Press, html: str, sheets: object) -> bytes:
        made.printed.append(html)
        return b"%PDF-stub"

    monkeypatch.setattr(Press, "print", keep)
    return made
