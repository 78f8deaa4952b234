"""A small city, a new database per test on each kind of database, and short words for batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from events.audience import PUBLIC, Audience, Viewer
from events.city import Axis, City, District
from events.records import Camera, Event, RoadState, Tally
from events.validity import Validity
from events.vocabulary import CameraKind, Severity, TrafficState
from store.admitted import AdmittedBatch, AdmittedReject, AdmittedRun, Cleared
from store.database import Database, connect
from store.kept import Applied
from store.tables import metadata
from store.writer import Writer
from tests.intruder import lift_guards

NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


CITY = City(
    id="town",
    name="Town",
    timezone="Europe/Paris",
    area=(5.0, 43.0, 6.0, 44.0),
    districts=(
        District("13201", "1", "West", 1000, 1.0, box(5.0, 43.0, 5.5, 44.0)),
        District("13202", "2", "East", 1000, 1.0, box(5.5, 43.0, 6.0, 44.0)),
    ),
    axes=(
        Axis(
            id="quay",
            name="Quay",
            road_class="primary",
            length_m=811.0,
            district_codes=(),
            geometry={"type": "LineString", "coordinates": [[5.55, 43.25], [5.56, 43.25]]},
        ),
    ),
)


def an_event(key: str = "e1", **told: object) -> Event:
    values: dict[str, object] = {
        "source_id": "town-works",
        "external_id": Cleared(key),
        "organisation": "town",
        "category": "accident",
        "headline": Cleared(f"Accident {key}"),
        "validity": Validity(start=NOON - timedelta(hours=1), end=NOON + timedelta(hours=5)),
        "audience": PUBLIC,
        "severity": Severity.MODERATE,
        "geometry": {"type": "Point", "coordinates": [5.2, 43.3]},
        "published_at": None,
    }
    return Event(**(values | told))  # type: ignore[arg-type]


def a_road(key: str = "r1", **told: object) -> RoadState:
    values: dict[str, object] = {
        "source_id": "town-works",
        "segment_id": Cleared(key),
        "state": TrafficState.FREE,
        "observed_at": NOON,
        "organisation": "town",
        "audience": PUBLIC,
        "speed_kmh": 45.0,
    }
    return RoadState(**(values | told))  # type: ignore[arg-type]


def a_camera(key: str = "c1", **told: object) -> Camera:
    values: dict[str, object] = {
        "source_id": "town-works",
        "external_id": Cleared(key),
        "organisation": "town",
        "audience": PUBLIC,
        "position": (5.6, 43.3),
        "kind": CameraKind.DOME,
        "range_m": 80.0,
    }
    return Camera(**(values | told))  # type: ignore[arg-type]


def a_tally(key: str = "t1", **told: object) -> Tally:
    values: dict[str, object] = {
        "source_id": "town-works",
        "external_id": Cleared(key),
        "organisation": "town",
        "audience": PUBLIC,
        "measure": "thefts",
        "area_code": "13201",
        "start": NOON - timedelta(days=1),
        "end": NOON,
        "value": 12.0,
    }
    return Tally(**(values | told))  # type: ignore[arg-type]


class Town:
    """A database, its writer and a clock that only tests move."""

    all_seeing = Viewer(sees_restricted=True)
    event = staticmethod(an_event)
    road = staticmethod(a_road)
    camera = staticmethod(a_camera)
    tally = staticmethod(a_tally)
    noon = NOON
    city = CITY

    def __init__(self, url: str) -> None:
        self.url = url
        self.database: Database = connect(url)
        self.now = NOON
        self.writer = Writer(self.database, CITY, lambda: self.now)

    def run(self, verdict: str = "ok", **told: object) -> AdmittedRun:
        values: dict[str, object] = {
            "source_id": "town-works",
            "verdict": verdict,
            "reason": None,
            "started_at": self.now,
            "finished_at": self.now,
            "http_status": 200,
            "size": 10,
            "sha256": "0" * 64,
            "published_at": None,
            "records_seen": 0,
            "text_withheld": 0,
            "gate": Cleared("2-0123456789ab"),
            "dropped_fields": (),
        }
        return AdmittedRun(**(values | told))  # type: ignore[arg-type]

    def batch(self, *events: Event, run: AdmittedRun | None = None, **told: object) -> AdmittedBatch:
        return AdmittedBatch(run=run or self.run(), events=events, **told)  # type: ignore[arg-type]

    def poll(self, *events: Event, run: AdmittedRun | None = None, **told: object) -> Applied:
        """One minute later, a batch: a delta unless `counts_absences=True`."""
        self.now += timedelta(minutes=1)
        return self.writer.apply(self.batch(*events, run=run, **told))

    def listed(self, *events: Event, **told: object) -> Applied:
        """One minute later, a complete snapshot."""
        return self.poll(*events, counts_absences=True, **told)

    def edit(self, statement: str) -> None:
        """Change the database behind the software's back."""
        with self.database.write() as connection:
            lift_guards(connection)
            connection.exec_driver_sql(statement)

    def everything(self) -> str:
        """Return every value of every table."""
        with self.database.read() as connection:
            return "\n".join(str(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))

    @staticmethod
    def reject(key: str | None) -> AdmittedReject:
        return AdmittedReject(Cleared("line 3"), Cleared("severity is not a number"), Cleared(key) if key else None)

    @staticmethod
    def audience(key: str) -> Audience:
        from events.audience import read_audience

        return read_audience(key)


@pytest.fixture
def town(store_url: str) -> Iterator[Town]:
    place = Town(store_url)
    yield place
    place.database.close()
