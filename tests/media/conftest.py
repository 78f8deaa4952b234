"""The detector and the process of its own, made once; a city where posts send, review and look."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from starlette.types import ASGIApp

from access.house import Access, open_access
from access.members import Member, account_member
from access.organisations import Organisation
from access.roles import Role
from api.application import Parts, application
from api.files import Files, read_files
from api.house import EVERYTHING, House
from api.live import Hub
from api.media.desk import MediaDesk, open_media
from api.snapshots import Snapshots
from components import texts
from datasources.contract import Fetched, Reading, Run, Verdict
from events.audience import PARTNERS, PUBLIC, listed
from events.records import Event
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from privacy.media.darkroom import Darkroom
from privacy.media.faces import Faces
from privacy.screen import clearer
from store import readers
from store.database import Database, connect
from store.kept import EventQuery
from store.writer import Writer
from tests.api.served import CITY, ROOT, SAID, Still, event, screen, source
from tests.api.test_sign_in import Browser

KEY = b"0" * 32
OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/octet-stream"}


@pytest.fixture(scope="session")
def faces() -> Faces:
    return Faces()


@pytest.fixture(scope="session")
def darkroom() -> Iterator[Darkroom]:
    made = Darkroom()
    yield made
    made.close()


# What the database answers or is asked; the other modules look at what stands before it.
ON_BOTH_DATABASES = {"test_desk.py", "test_clip.py"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, on PostgreSQL, the tests of this folder to which the kind of database makes no difference."""
    here = Path(__file__).parent
    dropped = {
        item
        for item in items
        if item.path.parent == here
        and item.path.name not in ON_BOTH_DATABASES
        and isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.callspec.params.get("stores") == "postgresql"
    }
    config.hook.pytest_deselected(items=list(dropped))
    items[:] = [item for item in items if item not in dropped]


class Lent:
    """The process that the whole session shares: a gate that closes leaves it running."""

    def __init__(self, room: Darkroom) -> None:
        self._room, self.look, self.mask = room, room.look, room.mask

    @property
    def pid(self) -> int | None:
        return self._room.pid

    def close(self) -> None:
        """Leave it to the session."""


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Town:
    app: ASGIApp
    house: House
    database: Database
    access: Access
    desk: MediaDesk
    clock: Clock
    events: Mapping[str, str]

    def headers(self, organisation: str, role: Role, number: int = 1) -> dict[str, str]:
        account = f"{organisation}-{role.value}-{number}"
        if self.access.accounts.get(account) is None:
            self.access.accounts.create(account, organisation, role, None, None)
            secret = self.access.accounts.new_second_factor(account)
            self.access.accounts.confirm_second_factor(account, secret, pyotp.TOTP(secret).now(), None)
        return {"Cookie": f"ob-session={self.access.sign_ins.open(self.member(organisation, role, number))}"}

    def member(self, organisation: str, role: Role = Role.CONTRIBUTOR, number: int = 1) -> Member:
        return account_member(f"{organisation}-{role.value}-{number}", organisation, role)

    def ask(self, who: Mapping[str, str], path: str, method: str = "GET", **more: object) -> httpx.Response:
        return Browser(self.app).ask(method, path, headers={**OURS, **who}, **more)

    def send(
        self, who: Mapping[str, str], content: bytes, act: str = "regarder", zones: object = (), kind: str = "photo"
    ) -> httpx.Response:
        path = f"/pieces/envoi/{kind}" + (f"?acte={act}&" if kind == "photo" else "?") + f"zones={json.dumps(zones)}"
        return self.ask(who, path, "POST", content=content)


@pytest.fixture(scope="session")
def files() -> Files:
    return read_files(ROOT / "cities" / "marseille", SAID.files.named(), texts.load())


@pytest.fixture
def town(store_url: str, files: Files, darkroom: Darkroom) -> Iterator[Town]:
    database, clock, closing = connect(store_url), Clock(), []
    access = open_access(database, KEY, clock, clearer(city_gazetteer(CITY)))
    for one in ("prefecture", "voirie", "city"):
        access.organisations.put(Organisation(id=one, title=f"Service {one}"), None)
    desk = open_media(database, access, clock, KEY, "clips", closing.append)
    assert desk is not None
    desk.gate._photos = Lent(darkroom)  # type: ignore[assignment] # its doors
    house = House(
        database=database, city=CITY, sources=(source(),), said=SAID, viewer_rule=access.viewer, clock=clock,
        heartbeat=clock, access=access, media=desk,
    )  # fmt: skip
    yield Town(serve(house, files), house, database, access, desk, clock, _events(database, clock))
    for close in closing:
        close()
    database.close()


def serve(house: House, files: Files) -> ASGIApp:
    snapshots = Snapshots(house)
    parts = Parts(
        house=house, files=files, hub=Hub(house, snapshots), snapshots=snapshots, rhythm=Still(), screen=screen(),
        script_hashes=("'sha256-abc='",),
    )  # fmt: skip
    return application(parts)


def _events(database: Database, clock: Clock) -> Mapping[str, str]:
    told: tuple[Event, ...] = (
        event("pub", audience=PUBLIC), event("par", audience=PARTNERS), event("res", audience=listed(["prefecture"])),
    )  # fmt: skip
    outcome = Fetched(source=source(), reading=Reading(events=told), sha256="0" * 64, size=1, http_status=200)
    gate = Gate(Writer(database, CITY, clock), city_gazetteer(CITY), clock, key=KEY)
    gate.admit(Run(outcome=outcome, verdict=Verdict.OK, reason=None, started_at=clock(), finished_at=clock()))
    found = readers.events(database, viewer=EVERYTHING, query=EventQuery())
    return {one.event.external_id: one.id for one in found.events}
