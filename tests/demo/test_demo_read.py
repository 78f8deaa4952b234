"""Every document of the demonstration, read by the product's own adapters: nothing lost, counts as promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from datasources.catalogue import make_adapter, read_catalogue
from datasources.client import Reply
from datasources.contract import NO_VALIDATORS, Document, Fetched, Reading, Request, Source, Validators
from datasources.polling import poll
from demo.canaries import Canaries
from events.audience import ANONYMOUS, CITY_READER
from events.axes import AxisMatcher
from events.city_file import read_city
from events.taxonomy import UNKNOWN_CATEGORY
from events.vocabulary import (
    CameraKind,
    CheckpointKind,
    GeometryPrecision,
    InformationStatus,
    MarchStatus,
    Severity,
    StoredStatus,
    TrafficState,
)
from privacy.text import scan

CITY = Path(__file__).resolve().parents[2] / "cities" / "marseille"


def catalogue(name: str = "demo.toml") -> dict[str, Source]:
    city, _ = read_city(CITY)
    url = "http://127.0.0.1:9"
    sources = read_catalogue(CITY / name, timezone=city.timezone, area=city.area, demo_url=url)
    return {source.id: source for source in sources}


SOURCES = catalogue()


def read(stage, source: Source, fault: str | None = None) -> Reading:
    adapter = make_adapter(source)
    for name, reference in source.references.items():
        (table,) = (one for one in stage.by_source.values() if reference.url.endswith(f"/{one.path}"))
        content = stage.document(table.source)
        adapter.learn(name, Document(content, media_type=table.media_type, url=reference.url, retrieved_at=stage.now()))
    outcome = poll(adapter, Partners(stage, fault))
    assert isinstance(outcome, Fetched), outcome
    return outcome.reading


@dataclass(frozen=True)
class Partners:
    """Gives the documents of the stage to a poll, those that an index links to included."""

    stage: Any
    fault: str | None

    def fetch(self, source: Source, request: Request, validators: Validators = NO_VALIDATORS) -> Reply:
        if request.url == source.url:
            body = self.stage.document(source.id, self.fault)
        else:
            body = self.stage.desks.part(urlsplit(request.url).path).body
        document = Document(body, media_type="", url=request.url, retrieved_at=self.stage.now())
        return Reply(document=document, http_status=200, validators=NO_VALIDATORS, sha256=request.url, size=len(body))


def test_catalogue_and_partners_are_the_same(theatre) -> None:
    stage = theatre()
    assert set(SOURCES) == {name for name, partner in stage.by_source.items() if not partner.is_reference}
    assert len(SOURCES) >= 11
    assert len({source.organisation for source in SOURCES.values()}) >= 10
    for source in SOURCES.values():
        assert source.url.endswith(f"/{stage.by_source[source.id].path}")
        assert source.licence == "fictif"
        assert source.agreement
        assert source.attribution


def test_organisations_of_the_sources_are_those_of_the_city() -> None:
    _, file = read_city(CITY)
    known = {organisation.id for organisation in file.organisation}
    every = [*SOURCES.values(), *catalogue("demo-load.toml").values(), *catalogue("sources.toml").values()]
    assert {source.organisation for source in every} <= known
    assert {name for source in every for name in source.default_audience.organisations} <= known


def test_real_sources_have_usable_maps() -> None:
    for source in catalogue("sources.toml").values():
        assert make_adapter(source).kind == source.kind
        assert "{demo}" not in source.url


@pytest.mark.parametrize("source_id", sorted(SOURCES))
@pytest.mark.parametrize("minutes", [0, 30, 24 * 60 + 5])
def test_every_record_is_used(theatre, source_id: str, minutes: int) -> None:
    stage = theatre()
    stage.minutes = minutes
    reading = read(stage, SOURCES[source_id])
    assert reading.rejects == ()
    assert reading.is_complete
    records = (*reading.events, *reading.road_states, *reading.cameras, *reading.tallies)
    assert records
    known = [one for one in stage.day.of(source_id) if one.as_of(stage.clock.played(stage.now()))]
    published = len(known) + sum(1 for one in known if one.as_of(stage.clock.played(stage.now())).lanes)
    assert len(reading.events) == published
    for event in reading.events:
        assert event.category != UNKNOWN_CATEGORY, event.external_id
        assert event.headline
        assert event.validity.start
        assert event.external_id.split("-J")[1].startswith("1" if minutes < 24 * 60 else "2")


@pytest.mark.parametrize("source_id", sorted(SOURCES))
def test_one_poisoned_record_costs_one_record(theatre, source_id: str) -> None:
    stage = theatre()
    whole, broken = read(stage, SOURCES[source_id]), read(stage, SOURCES[source_id], "poison")
    assert len(broken.rejects) == 1
    added = source_id == "cameras-registre"
    assert broken.records_seen == whole.records_seen + added


@pytest.mark.parametrize("source_id", sorted(SOURCES))
def test_empty_document_is_valid_and_empty(theatre, source_id: str) -> None:
    reading = read(theatre(), SOURCES[source_id], "empty")
    assert reading.records_seen == 0
    assert reading.is_complete


@pytest.mark.parametrize("source_id", sorted(SOURCES))
def test_bump_changes_what_is_read(theatre, source_id: str) -> None:
    stage = theatre()
    before = read(stage, SOURCES[source_id])
    stage.faults.bump(source_id)
    after = read(stage, SOURCES[source_id])
    assert [len(part) for part in records_of(after)] == [len(part) for part in records_of(before)]
    assert records_of(after) != records_of(before)


def test_march_comes_through_whole(theatre) -> None:
    stage = theatre()
    march = next(event for event in read(stage, SOURCES["prefecture-manifestations"]).events if event.route)
    assert (march.category, march.severity, march.size_class) == ("manifestation", Severity.MAJOR, 3)
    assert march.march_status is MarchStatus.UNDER_WAY
    assert march.route
    points = march.route.checkpoints
    assert [point.kind for point in points] == [
        CheckpointKind.START,
        CheckpointKind.PASS,
        CheckpointKind.PASS,
        CheckpointKind.HALT,
        CheckpointKind.PASS,
        CheckpointKind.DISPERSAL,
    ]
    assert [point.observed_at is not None for point in points] == [True, True, False, False, False, False]
    assert points[1].observed_at - points[1].planned_at == timedelta(minutes=7)
    assert points[0].planned_at == stage.clock.started_at - timedelta(minutes=32)
    assert [point.chainage_m for point in points] == sorted(point.chainage_m for point in points)
    assert {effect.axis_id for effect in march.effects} >= {"canebiere", "rome", "cours-lieutaud"}
    assert march.effects[0].state is TrafficState.CLOSED


def test_tunnel_is_closed_at_night_only(theatre) -> None:
    stage = theatre()
    events = read(stage, SOURCES["direction-routes-evenements"]).events
    tunnel = next(event for event in events if event.category == "fermeture_nuit")
    moments = {at: stage.clock.real(minute, 1) for at, minute in (("14:32", 872), ("23:00", 1380), ("+2 02:00", 3000))}
    assert [tunnel.validity.in_force(moment) for moment in moments.values()] == [False, True, True]


def test_wind_is_for_the_whole_city_and_its_source_is_late(theatre) -> None:
    stage = theatre()
    reading = read(stage, SOURCES["meteo-vigilance"])
    wind = next(event for event in reading.events if event.category == "vent")
    assert (wind.geometry, wind.geometry_precision) == (None, GeometryPrecision.CITY)
    assert (wind.headline, wind.place, wind.severity) == ("Vent violent, vigilance jaune", "Toute la ville", 2)
    assert [effect.text for effect in wind.effects] == ["Rafales 80 km/h, parcs surveillés"]
    assert SOURCES["meteo-vigilance"].late_after == timedelta(minutes=20)
    assert reading.published_at == stage.clock.real(14 * 60, 1)


def test_wind_warning_is_updated_in_the_afternoon(theatre) -> None:
    stage = theatre()
    stage.minutes = 3 * 60
    reading = read(stage, SOURCES["meteo-vigilance"])
    wind = next(event for event in reading.events if event.category == "vent")
    assert (wind.external_id, reading.withdrawn) == ("MET-1203-J1", ())
    assert wind.description == "Mistral, rafales à 95 km/h sur le littoral."
    assert reading.published_at == stage.clock.real(17 * 60 + 10, 1)


def test_exercise_and_doubt_are_marked(theatre) -> None:
    stage = theatre()
    exercise = [one for one in read(stage, SOURCES["prefecture-securite"]).events if one.category == "evacuation"]
    assert [one.information_status for one in exercise] == [InformationStatus.EXERCISE]
    obstacles = [one for one in read(stage, SOURCES["police-evenements"]).events if one.category == "obstacle"]
    assert sum(one.status is StoredStatus.TO_CONFIRM for one in obstacles) == 1, "the fallen tree"


def test_audiences(theatre) -> None:
    stage = theatre()
    visit = read(stage, SOURCES["prefecture-visites"]).events[0]
    operation = read(stage, SOURCES["prefecture-operations"]).events[0]
    assert CITY_READER.may_see(visit.audience)
    assert not ANONYMOUS.may_see(visit.audience)
    assert not CITY_READER.may_see(operation.audience)
    fire = {one.category: one.audience for one in read(stage, SOURCES["marins-pompiers-interventions"]).events}
    assert ANONYMOUS.may_see(fire["incendie"])
    assert not ANONYMOUS.may_see(fire["secours"])


def test_axes_cameras_and_tallies(theatre) -> None:
    stage = theatre()
    city, _ = read_city(CITY)
    roads = [
        state
        for name in ("voirie-trafic", "direction-routes-trafic")
        for state in read(stage, SOURCES[name]).road_states
    ]
    matcher = AxisMatcher(city.axes, city.area)
    axes = [matcher.axis_of(road.geometry, road.name) for road in roads]
    assert sorted(axes, key=str) == sorted(axis.id for axis in city.axes)
    assert axes == [road.segment_id.partition(".")[2] for road in roads]
    assert Counter(road.state for road in roads) == {
        TrafficState.FREE: 39,
        TrafficState.SLOW: 8,
        TrafficState.CONGESTED: 6,
        TrafficState.CLOSED: 3,
        TrafficState.UNKNOWN: 3,
    }
    assert all(road.observed_at == stage.now() for road in roads)
    cameras = read(stage, SOURCES["cameras-registre"]).cameras
    assert len(cameras) == 60
    assert {camera.kind for camera in cameras} == set(CameraKind)
    assert all((camera.azimuth_deg is None) == (camera.field_of_view_deg is None) for camera in cameras)
    assert sum(camera.azimuth_deg is not None for camera in cameras) >= 15
    today = stage.now().date()
    assert sum(camera.authorised_until < today for camera in cameras if camera.authorised_until) == 3
    assert 10 < sum(camera.is_coverage_verified for camera in cameras) < 50
    tallies = read(stage, SOURCES["police-tallies"]).tallies
    assert len(tallies) == 16 * 4 * 14
    assert all(tally.end <= stage.now() for tally in tallies)
    assert all(tally.value is not None and not tally.is_suppressed for tally in tallies)
    assert [one for one in tallies if 0 < (one.value or 0) < 5], "small ones are there to be hidden"


def test_load_is_read_whole(theatre) -> None:
    stage = theatre(events=500)
    city, _ = read_city(CITY)
    reading = read(stage, catalogue("demo-load.toml")["demo-load"])
    assert (len(reading.events), reading.rejects) == (500, ())
    assert len({event.category for event in reading.events}) == 43
    found = {code for event in reading.events for code in city.districts_of(event.geometry)}
    assert found == {district.code for district in city.districts}


def test_canaries_are_read_in_texts_and_never_from_unmapped_fields(theatre) -> None:
    stage = theatre(canaries=Canaries(("06 39 98 00 01",)))
    for source in SOURCES.values():
        reading = read(stage, source)
        assert reading.rejects == (), source.id
        assert "Contact" not in repr(records_of(reading)), source.id
        if not reading.tallies:
            assert "06 39 98 00 01" in repr(records_of(reading)), source.id


def test_no_text_of_the_demonstration_is_held_back(theatre) -> None:
    stage = theatre()
    for source in SOURCES.values():
        for record in (part for parts in records_of(read(stage, source)) for part in parts):
            for text in texts_of(record):
                assert scan(text).kind == "cleared", f"{source.id}: {text}"


def texts_of(record: object) -> Iterator[str]:
    """Yield every text of a record and of its parts."""
    if isinstance(record, str) and not isinstance(record, Enum):
        yield record
    elif is_dataclass(record):
        for part in fields(record):
            yield from texts_of(getattr(record, part.name))
    elif isinstance(record, tuple):
        for part in record:
            yield from texts_of(part)


def records_of(reading: Reading) -> tuple[object, ...]:
    return (reading.events, reading.road_states, reading.cameras, reading.tallies)
