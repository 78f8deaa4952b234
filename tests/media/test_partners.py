"""Pictures that partners publish: fetched where an agreement names them, through the same gate, reviewed like any other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from sqlalchemy import select

from api.media.partners import MOST_BYTES, PartnerMedia
from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import Fetched, MediaLink, Reading, Run, Verdict
from store.media_tables import media
from tests.api.served import source
from tests.datasources.adapters import map_cases
from tests.media.conftest import KEY, Town
from tests.media.pictures import crowd, jpeg, rocket


class Pictures(BaseHTTPRequestHandler):
    content: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = self.content.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def pictures() -> Iterator[str]:
    Pictures.content, Pictures.asked[:] = (
        {"/crowd.jpg": jpeg(crowd(100)[0]), "/none.jpg": jpeg(rocket(400, 300)), "/a.svg": b"<svg/>"},
        [],
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def run_of(*links: MediaLink) -> Run:
    given = source(url=links[0].url, allowed_networks=("127.0.0.0/8",))
    now = datetime.now(UTC)
    outcome = Fetched(source=given, reading=Reading(media=links), sha256="0" * 64, size=1, http_status=200)
    return Run(outcome=outcome, verdict=Verdict.OK, reason=None, started_at=now, finished_at=now)


@pytest.fixture
def partners(town: Town) -> Iterator[PartnerMedia]:
    client = GuardedClient(secrets={}, memory_bytes=MOST_BYTES)
    made = PartnerMedia(
        town.desk.gate, town.database, client, KEY, lambda source_id: source_id.startswith("prefecture")
    )
    yield made
    made.close()


def rows(town: Town, count: int, within_s: float = 60) -> list[tuple[str, str, str | None, bool]]:
    until = time.monotonic() + within_s
    while True:
        with town.database.read() as connection:
            asked = select(media.c.state, media.c.event_id, media.c.reason, media.c.content).order_by(
                media.c.created_at
            )
            found = [
                (row.state, row.event_id, row.reason, row.content is not None) for row in connection.execute(asked)
            ]
        if len(found) >= count or time.monotonic() > until:
            return found
        time.sleep(0.1)


def test_a_partners_pictures_wait_masked_for_review_and_are_fetched_once(
    town: Town, partners: PartnerMedia, pictures: str
) -> None:
    told = run_of(*(MediaLink("pub", f"{pictures}/{name}") for name in ("crowd.jpg", "none.jpg", "a.svg", "gone.jpg")))
    partners.take(told)
    event = town.events["pub"]
    assert rows(town, 3) == [
        ("waiting", event, None, True),
        ("waiting", event, None, True),
        ("refused", event, "type", False),
    ]
    asked = len(Pictures.asked)
    partners.take(told)
    until = time.monotonic() + 20
    while Pictures.asked.count("/gone.jpg") < 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert Pictures.asked[asked:] == ["/gone.jpg"], "only what never came is asked for again"
    assert len(rows(town, 3)) == 3


def test_nothing_is_fetched_without_an_agreement_that_names_pictures(town: Town, pictures: str) -> None:
    made = PartnerMedia(town.desk.gate, town.database, GuardedClient(secrets={}), KEY, lambda _: False)
    made.take(run_of(MediaLink("pub", f"{pictures}/none.jpg")))
    made.close()
    assert (Pictures.asked, rows(town, 0)) == ([], [])


def test_an_address_of_our_own_network_is_not_fetched(town: Town, partners: PartnerMedia, pictures: str) -> None:
    told = run_of(MediaLink("pub", f"{pictures}/none.jpg"))
    assert isinstance(told.outcome, Fetched)
    outcome = replace(told.outcome, source=replace(told.outcome.source, allowed_networks=()))
    partners.take(replace(told, outcome=outcome))
    partners.close()
    assert (Pictures.asked, rows(town, 0)) == ([], [])


def test_the_address_of_a_picture_is_in_no_record_and_is_counted() -> None:
    options = {
        "record": "event",
        "fields": {"external_id": "id", "media": "photo"},
        "constants": {"category": "chantier"},
    }
    body = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"id": 1, "photo": "https://city.example/CANARI.jpg"}, "geometry": None},
        {"type": "Feature", "properties": {"id": 2, "photo": ""}, "geometry": None},
    ]}  # fmt: skip
    read = make_adapter(map_cases.source("geojson", options)).read(map_cases.document(body))
    assert read.media == (MediaLink("1", "https://city.example/CANARI.jpg"),)
    assert (read.dropped_media, read.records_seen) == (1, 2)
    assert "CANARI" not in repr(read.events)
