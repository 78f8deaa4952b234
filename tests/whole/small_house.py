"""A house of a few sources without a screen: a publisher that misbehaves, the real client, schedule, gate and store."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from api.freshness import source_rows
from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import NO_VALIDATORS, Document, Fetched, Run, Source
from datasources.rhythm import Manners
from datasources.schedule import Schedule
from datasources.verdict import judge
from events.audience import Viewer
from privacy.gate import Admission, Gate
from privacy.gazetteer import city_gazetteer
from store import readers
from store.database import connect
from store.kept import EventQuery, RejectRow, RunRow
from store.schema import migrate
from store.writer import Writer
from tests.api.served import CITY
from tests.datasources.client_cases import TLS, make_source
from tests.feed_server import FeedServer

EVERYTHING = Viewer(sees_restricted=True)
EVERY_S = 0.3
OPTIONS = tomllib.loads((Path(__file__).parents[1] / "feeds" / "geojson" / "normal" / "case.toml").read_text())[
    "options"
]


def feature(name: str, **changes: object) -> dict[str, object]:
    """Return one record as this publisher writes it."""
    now = datetime.now(UTC).replace(microsecond=0)
    properties = {
        "categorie": "chantier", "gravite": "mineur", "intitule": f"Travaux {name}", "debut": (now - timedelta(hours=1)).isoformat(),
        "fin": (now + timedelta(hours=5)).isoformat(), "etat": "confirme", "diffusion": "tous",
    } | changes  # fmt: skip
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Point", "coordinates": [5.37, 43.296]},
        "properties": properties,
    }


def document(names: Sequence[str], at: datetime | None = None, **changes: object) -> bytes:
    """Return a document of one record for each name, published `at` (now)."""
    stamp = (at or datetime.now(UTC)).isoformat()
    features = [feature(name, **changes) for name in names]
    return json.dumps({"type": "FeatureCollection", "timeStamp": stamp, "features": features}).encode()


class SmallHouse:
    """Polls `city-<path>` at each path of a publisher, three times a second, into a database of its own."""

    def __init__(self, url: str, server: FeedServer, **client: object) -> None:
        self.server = server
        self.database = connect(url)
        migrate(self.database)
        self.client = GuardedClient(**{"tls": TLS, "secrets": {}, "turn_s": 0.1} | client)  # type: ignore[arg-type]
        self.sources: list[Source] = []
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.gate = Gate(Writer(self.database, CITY, self.now), city_gazetteer(CITY), self.now, key=b"0" * 32)
        self._schedule: Schedule | None = None

    def now(self) -> datetime:
        """Return what this house takes for the present; `clock` may be set at any time."""
        return self.clock()

    def add(self, path: str, **changes: object) -> None:
        """Add a source before the start."""
        every = timedelta(seconds=EVERY_S)
        values: dict[str, object] = {
            "url": self.server.url("/" + path),
            "id": f"city-{path}",
            "options": OPTIONS,
            "poll_every": every,
            "deadline": timedelta(seconds=2),
        }
        self.sources.append(make_source(**values | changes))

    def start(self) -> None:
        history = partial(readers.run_history, self.database)
        manners = Manners(first_within_s=0.05, open_s=EVERY_S)
        self._schedule = Schedule(
            map(make_adapter, self.sources),
            self.client,
            history,
            self.gate.admit,
            self.now,
            manners=manners,
            chance=lambda: 0.0,
        )
        self._schedule.start()

    def stop(self) -> None:
        if self._schedule is not None:
            self._schedule.stop(5)
        self.database.close()

    def names(self, path: str = "feed") -> set[str]:
        """Return the publisher's ids of what is in force."""
        query = EventQuery(sources=(f"city-{path}",), limit=5000)
        page = readers.events(self.database, viewer=EVERYTHING, query=query)
        return {str(one.event.external_id) for one in page.events}

    def state(self, path: str = "feed") -> str:
        """Return the word that every screen shows for a source."""
        rows = source_rows(self.sources, readers.source_states(self.database), self.now(), paused={}, fields={})
        return next(str(row["state"]) for row in rows if row["id"] == f"city-{path}")

    def runs(self, path: str = "feed") -> list[RunRow]:
        """Return the last polls, oldest first."""
        return list(reversed(readers.runs(self.database, f"city-{path}", 200)))

    def rejects(self, path: str = "feed") -> list[RejectRow]:
        """Return what the last poll could not use."""
        return list(readers.rejects(self.database, self.runs(path)[-1].id))

    def read(self, body: bytes, path: str = "feed") -> Admission:
        """Read a document as that source and let it through the gate at once, without a poll."""
        source = next(one for one in self.sources if one.id == f"city-{path}")
        reading = make_adapter(source).read(Document(body, media_type="", url=source.url, retrieved_at=self.now()))
        outcome = Fetched(
            source=source,
            reading=reading,
            sha256=sha256(body).hexdigest(),
            size=len(body),
            http_status=200,
            validators=NO_VALIDATORS,
        )
        verdict, reason = judge(outcome, readers.run_history(self.database, source.id))  # type: ignore[arg-type]
        return self.gate.admit(
            Run(outcome=outcome, verdict=verdict, reason=reason, started_at=self.now(), finished_at=self.now())
        )
