"""Opens the house: builds each room once, joins them, serves."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import callbacks
from access.agreements import open_agreements
from access.furnish import furnish
from access.house import open_access
from api.application import Parts, application
from api.elected import house_polling
from api.files import read_files
from api.guard import Guard
from api.house import House, now
from api.identity_provider import provider_of
from api.intake import Intake
from api.limits import Limits
from api.live import Hub
from api.logs import say, write_logs
from api.screen import draw_screen
from api.serving import listen, serve
from api.snapshots import Snapshots
from callbacks.request import language_of
from components import texts
from datasources.client import GuardedClient
from demo.child import start_child
from events.audience import CITY_READER
from events.errors import ConfigurationError, StoreUnavailable
from privacy.gazetteer import city_gazetteer
from privacy.quarantine import Quarantine, read_public_key
from privacy.screen import clearer
from privacy.second_reader import open_reader
from privacy.upkeep import Upkeep
from settings import QUARANTINE_FOLDER, ROOT, Settings, gate_key, load_settings, place_names, read_secrets, read_sources
from store.database import Database, connect
from store.leadership import Leadership, stand
from store.schema import migrate
from store.writer import Writer


def create_app(settings: Settings) -> Guard:
    """Build every room and join them; raise ConfigurationError or StoreUnavailable when one cannot be built."""
    (ROOT / "var").mkdir(exist_ok=True)
    opened = ExitStack()
    try:
        database = connect(settings.database_url)
        opened.callback(database.close)
        leadership = stand(database, settings.heartbeat_s)
        opened.callback(leadership.stop)
        migrate(database)
        database.lay_ballast(settings.ballast_mb << 20)
        demo_url = settings.demo_url
        if settings.is_demo and demo_url is None:
            child = start_child(settings.folder, settings.demo_events, ROOT)
            opened.callback(child.stop)
            demo_url = child.url
        return join(settings, database, leadership, demo_url, opened)
    except BaseException:
        opened.close()
        raise


def join(settings: Settings, database: Database, lead: Leadership, demo_url: str | None, opened: ExitStack) -> Guard:
    """Return the application over the city's sources; when it ends, it closes what was `opened`."""
    city, said, sources = settings.city, settings.city_file, read_sources(settings, demo_url)
    gazetteer, key = city_gazetteer(city, place_names(settings)), gate_key(settings)
    clear = clearer(gazetteer, scan := open_reader(settings.second_reader, opened.callback))
    access = open_access(database, key, now, clear, CITY_READER if settings.is_demo else None)
    furnish(access, settings.folder / "demo-posts.toml")
    agreed = open_agreements(database, settings.agreements, sources, city.timezone, clear, now)
    upkeep = Upkeep(database, said.retention, agreed, now, gazetteer=gazetteer, key=key)
    pem = settings.quarantine_key
    quarantine = None if pem is None else Quarantine(QUARANTINE_FOLDER, read_public_key(pem), now)
    client = GuardedClient(secrets=read_secrets(name for source in sources for name in source.header_env.values()))
    intake = Intake(
        database=database, city=city, sources=sources, gazetteer=gazetteer, key=key, clock=now, client=client,
        quarantine=quarantine, scan=scan, agreed=agreed, writer_for=lambda fence: Writer(database, city, now, fence), wake=lambda: hub.wake(),  # noqa: PLW0108 - it is made below
    )  # fmt: skip
    house = House(
        database=database, city=city, sources=sources, said=said, viewer_rule=access.viewer, clock=now, access=access,
        desk=intake.desk(access, clear), brought=intake.brought(), media=intake.media(access, settings.media, opened.callback), provider=provider_of(settings.provider),
        is_https_only=settings.is_https_only, mail=settings.mail, metrics_token=settings.metrics_token,
        heartbeat=lambda: rhythm.heartbeat_at, role=lambda: rhythm.role, standing=agreed.standing,
        gazetteer=gazetteer, landmarks=settings.landmarks, addresses=settings.addresses, clear=clear, ask_addresses=client, obey=lambda: rhythm.heard(),  # noqa: PLW0108 - it is made further down
    )  # fmt: skip
    hub = Hub(house, snapshots := Snapshots(house))
    rhythm = house_polling(lead, house, hub.wake, intake.polling)
    files = read_files(settings.folder, said.files.named(), texts.load())
    screen = draw_screen(house, files, ROOT / "assets", is_demo=settings.is_demo, language_of=language_of)
    callbacks.register(screen, screen.services)
    return application(
        Parts(
            house=house, files=files, hub=hub, snapshots=snapshots, rhythm=rhythm, screen=screen.server,
            script_hashes=tuple(screen.csp_hashes()), page_files=screen.warm(), close=opened.close,
            tiles_url=said.basemap.tiles_url, daily=(upkeep.run, access.audit.publish_anchor),
            limits=Limits(settings.rates), is_https_only=settings.is_https_only,
        )
    )  # fmt: skip


def main() -> int:
    """Serve until stopped; return 2, with one sentence, when the house cannot be opened."""
    write_logs()
    try:
        settings = load_settings()
        write_logs(settings.log_format)
        listening = listen(settings.host, settings.port)
        served = create_app(settings)
    except (ConfigurationError, StoreUnavailable) as error:
        say(str(error))
        return 2
    say(f"{settings.city.name} on http://{settings.host}:{settings.port}")
    serve(served, listening, settings.trusted_proxies)
    return 0


if __name__ == "__main__":
    sys.exit(main())
