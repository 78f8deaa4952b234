"""What tests of several rooms share: the whole house, started for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.serving import settle_memory
from tests.house import Partners, Server
from tests.postgres import ABSENT, PostgresServer, programs
from tests.stores import PostgresStores, SqliteStores, Stores


def pytest_collection_finish() -> None:
    """Set ten thousand collected tests aside, as the server does its start: walked again, they stop a test for half a second."""
    settle_memory()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a private PostgreSQL server; the tests that need it are skipped where it is not installed."""
    found = programs()
    if found is None:
        pytest.skip(ABSENT)
    server = PostgresServer(found)
    try:
        server.make()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Return the maker of databases of one kind: a test that asks for it runs on both."""
    if request.param == "sqlite":
        return SqliteStores(tmp_path_factory.mktemp("stores"))
    return PostgresStores(request.getfixturevalue("postgres"))


@pytest.fixture
def store_url(stores: Stores) -> Iterator[str]:
    """Return the address of a new, empty database."""
    url = stores.new()
    yield url
    stores.drop(url)


@pytest.fixture
def bare_url(stores: Stores) -> Iterator[str]:
    """Return the address of a new database without any table."""
    url = stores.bare()
    yield url
    stores.drop(url)


@pytest.fixture(scope="session")
def start_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Return a function that starts partners and server; everything is stopped at the end."""
    running: list[Server] = []

    def start(events: int = 0, canaries: Path | None = None, **settings: str) -> Server:
        folder = tmp_path_factory.mktemp("house")
        options = [
            "--calm",
            *(["--events", str(events)] if events else []),
            *(["--canaries", str(canaries)] if canaries else []),
        ]
        partners = Partners(folder, tuple(options))
        partners.start()
        server = Server(folder, partners, {"OBSERVATORY_DEMO_EVENTS": str(events), **settings})
        running.append(server)
        server.start()
        server.wait_for_events(30 + events)
        return server

    yield start
    for server in running:
        server.stop()
        server.partners.stop()


@pytest.fixture(scope="session")
def house(start_house: Callable[..., Server]) -> Server:
    """Return the demonstration, served; tests that share it leave it as they found it."""
    return start_house()
