"""Real documents are read without an exception, and every record of theirs is accounted for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.adapters.csv import CsvAdapter
from datasources.adapters.datex2_situation import Datex2SituationAdapter
from datasources.adapters.geojson import GeoJsonAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC
from events.vocabulary import TrafficState

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "feeds"
pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the collection of real documents is not on this machine")

WORLD = (-180.0, -90.0, 180.0, 90.0)
EUROPE = (-25.0, 33.0, 35.0, 72.0)
FRANCE = (-6.0, 41.0, 10.0, 52.0)
ADAPTERS = {one.kind: one for one in (Datex2SituationAdapter, GeoJsonAdapter, CsvAdapter)}


def read(kind: str, path: str, area: tuple[float, float, float, float], **options: object) -> Reading:
    source = Source(
        id="real-document", kind=kind, title="Real", organisation="publisher", licence="see INDEX.tsv",
        url="https://example.org/", poll_every=timedelta(minutes=5), timezone="Europe/Paris", area=area,
        coverage=Coverage.SNAPSHOT, default_audience=PUBLIC, maintainer="city", options=options,
    )  # fmt: skip
    body = (FEEDS / path).read_bytes()
    document = Document(body, media_type="", url="", retrieved_at=datetime(2026, 11, 23, tzinfo=UTC))
    return ADAPTERS[kind](source).read(document)


def reasons(reading: Reading) -> dict[str, int]:
    return dict(Counter(reject.reason for reject in reading.rejects))


TWICE = {"the same record is there twice; the later version is used"}


def test_internal_notes_of_a_real_document_stay_behind() -> None:
    reading = read("datex2_situation", "datex2_situation/bison-fute-tipi__evenementiel-rrn-content.xml", FRANCE)
    assert "Cause chantier" not in repr(reading.events)
    assert "generalPublicComment.internalNote" in reading.dropped_fields


def test_rennes_traffic_states_follow_their_reliability() -> None:
    reading = read(
        "csv", "opendatasoft/rennes__etat-du-trafic-en-temps-reel.csv", FRANCE, record="road_state",
        min_reliability=50,
        fields={
            "segment_id": "predefinedLocationReference", "state": "trafficStatus", "geometry": "Geo Shape",
            "observed_at": "datetime", "speed_kmh": "averageVehicleSpeed", "reliability": "travelTimeReliability",
            "name": "denomination",
        },
        codes={"state": {"freeFlow": "free", "heavy": "slow", "congested": "congested", "unknown": "unknown"}},
    )  # fmt: skip
    assert reading.records_seen == 2859
    assert reasons(reading) == {}
    states = Counter(road.state for road in reading.road_states)
    assert states[TrafficState.UNKNOWN] == 298 + 522


def test_storage_areas_at_zero_have_no_position() -> None:
    reading = read(
        "csv", "opendatasoft/dialog__aires_de_stockage.csv", FRANCE, record="event", crs=2154,
        fields={"external_id": "id2", "headline": "libelle", "x": "x", "y": "y", "road_name": "id_route"},
        constants={"category": "parking"},
    )  # fmt: skip
    assert reading.records_seen == 270
    assert len(reading.events) + len(reading.rejects) == 270
    assert "id_agent" in reading.dropped_fields
    assert "@" not in repr(reading.events)
