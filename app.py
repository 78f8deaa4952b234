"""Opens the house: builds each room once, joins them, serves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import callbacks
from api.application import Parts, application
from api.files import read_files
from api.guard import Guard
from api.house import House, now
from api.limits import Limits
from api.live import Hub
from api.screen import draw_screen
from api.serving import listen, serve, write_logs
from api.snapshots import Snapshots
from api.viewer import demonstration, signed_in_only
from callbacks.request import language_of
from components import texts
from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import Run, Source
from datasources.schedule import Schedule
from demo.child import start_child
from events.errors import ConfigurationError, StoreUnavailable
from privacy.gate import Gate
from privacy.gazetteer import city_gazetteer
from settings import ROOT, Settings, gate_key, landmark_names, load_settings, read_secrets, read_sources
from store import readers
from store.database import Database, connect
from store.maintenance import extend_periods
from store.schema import migrate
from store.writer import Writer


def create_app(settings: Settings) -> Guard:
    """Build every room and join them; raise ConfigurationError or StoreUnavailable when one cannot be built."""
    (ROOT / "var").mkdir(exist_ok=True)
    database = connect(settings.database_url)
    migrate(database)
    opened: list[Callable[[], None]] = [database.close]

    def close() -> None:
        for end in opened:
            end()

    demo_url = settings.demo_url
    if settings.is_demo and demo_url is None:
        child = start_child(settings.folder, settings.demo_events, ROOT)
        opened.append(child.stop)
        demo_url = child.url
    try:
        return join(settings, database, read_sources(settings, demo_url), close)
    except BaseException:
        close()
        raise


def join(settings: Settings, database: Database, sources: tuple[Source, ...], close: Callable[[], None]) -> Guard:
    """Return the application over these sources; `close` gives back what was opened."""
    city, said = settings.city, settings.city_file
    gazetteer = city_gazetteer(city, landmark_names(settings))
    gate = Gate(Writer(database, city, now), gazetteer, now, key=gate_key(settings))
    secrets = read_secrets(name for source in sources for name in source.header_env.values())
    history = partial(readers.run_history, database)

    def sink(run: Run) -> None:
        try:
            gate.admit(run)
        finally:
            hub.wake()

    schedule = Schedule(map(make_adapter, sources), GuardedClient(secrets=secrets), history, sink)  # type: ignore[arg-type] # the store tells a PastRun without importing it
    house = House(
        database=database,
        city=city,
        sources=sources,
        said=said,
        viewer_rule=demonstration if settings.is_demo else signed_in_only,
        clock=now,
        heartbeat=lambda: schedule.heartbeat_at,
    )
    snapshots = Snapshots(house)
    hub = Hub(house, snapshots)
    files = read_files(settings.folder, said.files.named(), texts.load())
    screen = draw_screen(house, files, ROOT / "assets", is_demo=settings.is_demo, language_of=language_of)
    callbacks.register(screen, screen.services)
    page_files = screen.warm()
    return application(
        Parts(
            house=house, files=files, hub=hub, snapshots=snapshots, rhythm=schedule, screen=screen.server,
            script_hashes=tuple(screen.csp_hashes()), page_files=page_files, close=close,
            tiles_url=said.basemap.tiles_url, daily=lambda: extend_periods(database, now()),
            limits=Limits(settings.rates), is_https_only=settings.is_https_only,
        )
    )  # fmt: skip


def main() -> int:
    """Serve until stopped; return 2, with one sentence, when the house cannot be opened."""
    write_logs()
    try:
        settings = load_settings()
        listening = listen(settings.host, settings.port)
        served = create_app(settings)
    except (ConfigurationError, StoreUnavailable) as error:
        sys.stderr.write(f"observatory: {error}\n")
        return 2
    sys.stderr.write(f"observatory: {settings.city.name} on http://{settings.host}:{settings.port}\n")
    serve(served, listening, settings.trusted_proxies)
    return 0


if __name__ == "__main__":
    sys.exit(main())
