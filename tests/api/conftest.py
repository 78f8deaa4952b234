"""The served city, and the same on a port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from api.application import Parts, application
from api.files import Files, read_files
from api.house import House
from api.live import Hub
from api.serving import listen
from api.snapshots import Snapshots
from components import texts
from datasources.contract import Fetched, Reading, Run, Validators, Verdict
from events.records import Event
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from store.database import connect
from store.writer import Writer
from tests.api.letters import Letters, taking_letters
from tests.api.served import CITY, ROOT, SAID, Served, Still, by_key, records, screen, source

# What the database answers or is asked; the other modules look at what stands before it.
ON_BOTH_DATABASES = {
    "test_live.py",
    "test_addresses.py",
    "test_control.py",
    "test_hardening_questions.py",
    "test_linking.py",
    "test_matrix.py",
    "test_push.py",
    "test_recurring.py",
    "test_recurring_kept.py",
    "test_since_last.py",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, on PostgreSQL, the tests of this folder to which the kind of database makes no difference."""
    here = Path(__file__).parent
    dropped = [
        item
        for item in items
        if item.path.parent == here
        and item.path.name not in ON_BOTH_DATABASES
        and isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.callspec.params.get("stores") == "postgresql"
    ]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in set(dropped)]


@pytest.fixture(scope="session")
def files() -> Files:
    return read_files(ROOT / "cities" / "marseille", SAID.files.named(), texts.load())


@pytest.fixture
def served(store_url: str, files: Files) -> Iterator[Served]:
    database = connect(store_url)

    def clock() -> datetime:
        return datetime.now(UTC)

    beat: list[datetime | None] = [clock()]
    house = House(
        database=database,
        city=CITY,
        sources=(source(),),
        said=SAID.model_copy(update={"show_exercises": False}),
        viewer_rule=by_key,
        clock=clock,
        heartbeat=lambda: beat[0],
    )
    snapshots = Snapshots(house)
    hub = Hub(house, snapshots)
    gate = Gate(Writer(database, CITY, clock), city_gazetteer(CITY), clock, key=b"0" * 32)

    def admit(*events: Event, reading: Reading | None = None) -> None:
        outcome = Fetched(
            source=source(),
            reading=reading or Reading(events=events),
            sha256="0" * 64,
            size=1,
            http_status=200,
            validators=Validators(),
        )
        gate.admit(Run(outcome=outcome, verdict=Verdict.OK, reason=None, started_at=clock(), finished_at=clock()))
        hub.wake()

    admit(reading=records())
    parts = Parts(
        house=house,
        files=files,
        hub=hub,
        snapshots=snapshots,
        rhythm=Still(),
        screen=screen(),
        script_hashes=("'sha256-abc='",),
    )
    yield Served(application(parts), house, hub, admit, beat)
    database.close()


@pytest.fixture
def online(served: Served) -> Iterator[str]:
    """Serve on a free port of this machine; give the address."""
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(served.app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=15)
    assert not thread.is_alive()


@pytest.fixture
def letters() -> Iterator[Letters]:
    """A mail server that keeps what it is given."""
    with taking_letters() as kept:
        yield kept
