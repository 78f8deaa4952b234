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


NO_TIME = {"a time is not in a format this source declares"}
TWICE = {"the same record is there twice; the later version is used"}
SITUATIONS = {
    "asfinag-at__situations.xml": (3, 3, 3, {}),
    "bison-fute-tipi__evenementiel-rrn-content.xml": (4, 4, 4, {}),
    "cita-lu__chantier-actuel.xml": (4, 4, 4, {}),
    "digitraffic__Datex2_2017-08-10-15-59-34-896.xml": (3, 3, 0, {}),
    "digitraffic__Datex2_2019-11-26-14-35-08-487.xml": (5, 3, 0, NO_TIME),
    "digitraffic__InfoXML_2016-11-17-06-19-20-501.xml": (3, 3, 0, {}),
    "digitraffic__roadworks-2.2.3.xml": (3, 3, 0, {}),
    "digitraffic__roadworks_GUID50013753.xml": (3, 2, 0, NO_TIME),
    "digitraffic__v35-GUID50456943.xml": (1, 1, 0, {}),
    "digitraffic__v35-GUID50459771.xml": (1, 1, 0, {}),
    "npra-no__GetSituations_Datex3.xml": (3, 3, 3, {}),
    "npra-no__GetSituations_Datex3_deliverybreak.xml": (0, 0, 0, {}),
    "npra-no__GetSituations_Datex3_invalid_subdivisionCode.xml": (1, 1, 1, {}),
    "npra-no__GetSituations_with_duplicates.xml": (4, 3, 3, TWICE),
    "npra-no__datex2-sample.xml": (3, 3, 3, {}),
    "npra-no__situations-real-pull.xml": (2, 2, 2, {}),
}


def test_every_situation_document_of_the_collection_is_listed() -> None:
    assert {path.name for path in (FEEDS / "datex2_situation").iterdir()} == set(SITUATIONS)


@pytest.mark.parametrize("name", SITUATIONS)
def test_situation_document_is_accounted_for(name: str) -> None:
    seen, used, placed, why = SITUATIONS[name]
    reading = read("datex2_situation", f"datex2_situation/{name}", EUROPE)
    assert reading.records_seen == seen
    assert len(reading.events) == used
    assert sum(event.geometry is not None for event in reading.events) == placed
    assert set(reasons(reading)) == set(why)
    assert reading.is_complete is ("deliverybreak" not in name)
    assert all(event.validity.start is None or event.validity.start.tzinfo is UTC for event in reading.events)


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
