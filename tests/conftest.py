"""What tests of several rooms share: the whole house, started for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import Partners, Server


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
