"""What goes out is read back by our own adapters: the same events, in every format that can say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from components import texts
from datasources.catalogue import adapter_class
from datasources.contract import Document, Reading
from events.records import Checkpoint, Effect, Event, Route
from events.taxonomy import categories
from events.validity import Period, Recurrence, Validity
from events.vocabulary import (
    Certainty,
    CheckpointKind,
    GeometryPrecision,
    Severity,
    StoredStatus,
    TrafficState,
    Urgency,
)
from tests.api.served import Served, event, source

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
LINE = {"type": "LineString", "coordinates": [[5.36, 43.29], [5.371, 43.2953], [5.38, 43.3]]}
SURFACE = {
    "type": "Polygon",
    "coordinates": [[[5.36, 43.29], [5.38, 43.29], [5.38, 43.3], [5.36, 43.3], [5.36, 43.29]]],
}
NIGHTS = Recurrence(time(22), time(5), "Europe/Paris", frozenset({0, 1, 2, 3}))


def sample() -> dict[str, Event]:
    """Return events of every shape; the keys are their identifiers at the publisher."""
    hull = Validity(start=NOW - HOUR, end=NOW + 30 * HOUR)
    days = tuple(Period(NOW + timedelta(days=n), NOW + timedelta(days=n) + 2 * HOUR) for n in (1, 2, 4))
    made = (
        event("point", category="accident", severity=Severity.MAJOR, road_name="Boulevard Baille", validity=hull),
        event("line", category="chantier", severity=Severity.MINOR, geometry=LINE, road_name="Rue de Rome", validity=hull),
        event("open", category="fermeture", geometry=LINE, road_name="Quai du Port", validity=Validity(start=NOW - HOUR)),
        event(
            "nights", category="fermeture_nuit", geometry=LINE, road_name="Tunnel Saint-Charles",
            validity=Validity(start=NOW - HOUR, end=NOW + timedelta(days=20), recurrences=(NIGHTS,)),
        ),
        event(
            "days", category="spectacle", severity=Severity.MINOR, place="Parc Borély", geometry=SURFACE,
            description="Trois représentations ; entrée libre, sans réservation",
            validity=Validity(start=days[0].start, end=days[-1].end, periods=days),
        ),
        event(
            "march", category="manifestation", geometry=LINE, road_name="La Canebière", status=StoredStatus.TO_CONFIRM,
            effects=(Effect(text="Canebière fermée", state=TrafficState.CLOSED),), validity=hull,
            route=Route(checkpoints=(
                Checkpoint(label="Vieux-Port", kind=CheckpointKind.START, position=(5.36, 43.29), planned_at=NOW),
                Checkpoint(label="Préfecture", kind=CheckpointKind.DISPERSAL, position=(5.38, 43.3), planned_at=NOW + HOUR),
            )),
        ),
        event(
            "storm", category="orage", severity=Severity.CRITICAL, geometry=SURFACE, place="Littoral sud",
            headline="Orages violents", description="Cumuls de 80 mm", instruction="Restez à l’abri",
            certainty=Certainty.LIKELY, urgency=Urgency.EXPECTED, validity=hull,
        ),
        event("city", category="chaleur", geometry=None, geometry_precision=GeometryPrecision.CITY, validity=hull),
    )  # fmt: skip
    return {one.external_id: replace(one, published_at=NOW) for one in made}


@pytest.fixture
def town(served: Served) -> Served:
    served.admit(*sample().values())
    return served


def read_back(kind: str, body: bytes, **options: object) -> Reading:
    asked = source(kind=kind, options=options, organisation="city", detection_mode=event("x").detection_mode)
    document = Document(body, media_type="", url="https://example.org/feed", retrieved_at=NOW)
    return adapter_class(kind)(asked).read(document)


def ids_of(town: Served) -> dict[str, str]:
    """Return our identifier -> that of the publisher, of what was kept."""
    told = town.get("/api/events?to=2099-01-01&limit=1000").json()["features"]
    return {one["id"]: one["properties"]["external_id"] for one in told}


def by_name(town: Served, reading: Reading) -> Mapping[str, Event]:
    assert reading.rejects == ()
    names = ids_of(town)
    return {names[one.external_id]: one for one in reading.events if names[one.external_id] in sample()}


QUERY = "?from=-24h&to=%2B30j&restreints=0"
TITLES = {one.name("fr"): one.id for one in categories().values()}


def test_geojson(town: Served) -> None:
    body = town.get(f"/api/exports/events.geojson{QUERY}").content
    fields = {
        name: name
        for name in ("category", "headline", "description", "instruction", "severity", "status", "place", "road_name",
                     "urgency", "certainty", "geometry_precision", "published_at")
    }  # fmt: skip
    found = by_name(
        town,
        read_back(
            "geojson", body, record="event", fields=fields | {"external_id": "$.id"},
            periods={"path": "periods", "fields": {"start": "start", "end": "end"}},
            route={"path": "passages", "fields": {"label": "label", "kind": "kind", "planned_at": "planned_at", "position": "position"}},
            effects={"path": "effects", "fields": {"text": "text", "state": "state"}}, pair_order="lon_lat",
        ),
    )  # fmt: skip
    assert set(found) == set(sample())
    for name, told in sample().items():
        for field in ("category", "headline", "description", "instruction", "severity", "status", "geometry", "place",
                      "road_name", "urgency", "certainty", "geometry_precision", "route", "effects", "published_at"):  # fmt: skip
            assert getattr(found[name], field) == getattr(told, field), (name, field)
    assert found["days"].validity == sample()["days"].validity


def test_csv(town: Served) -> None:
    body = town.get(f"/api/exports/events.csv{QUERY}").content
    words = texts.load()
    columns = {
        ours: words.text(f"export.column.{theirs}", "fr")
        for ours, theirs in (
            ("external_id", "id"), ("category", "category"), ("headline", "headline"), ("description", "description"),
            ("instruction", "instruction"), ("severity", "severity"), ("status", "status"), ("start", "start"), ("end", "end"),
            ("place", "place"), ("road_name", "road_name"), ("geometry", "geometry"), ("geometry_precision", "geometry_precision"),
            ("published_at", "published_at"),
        )
    }  # fmt: skip
    found = by_name(town, read_back("csv", body, record="event", fields=columns))
    assert set(found) == set(sample())
    for name, told in sample().items():
        for field in ("category", "headline", "description", "instruction", "severity", "status", "geometry", "place",
                      "road_name", "geometry_precision", "published_at"):  # fmt: skip
            assert getattr(found[name], field) == getattr(told, field), (name, field)
        assert (found[name].validity.start, found[name].validity.end) == (told.validity.start, told.validity.end)


def test_icalendar(town: Served) -> None:
    body = town.get(f"/api/exports/events.ics{QUERY}").content
    found = by_name(town, read_back("icalendar", body, codes={"category": TITLES}))
    assert set(found) == set(sample())
    for name, told in sample().items():
        assert (found[name].headline, found[name].category) == (told.headline, told.category)
        assert found[name].status == told.status
        assert found[name].place == (told.place or told.road_name)
    assert found["days"].validity == sample()["days"].validity
    assert found["point"].geometry == sample()["point"].geometry
    assert found["line"].validity == sample()["line"].validity
    # The format has no open end: the start alone is told.
    assert found["open"].validity.start == sample()["open"].validity.start


def test_periods_of_different_length_keep_their_lengths_in_a_calendar(served: Served) -> None:
    periods = tuple(Period(NOW + timedelta(days=n), NOW + timedelta(days=n) + n * HOUR) for n in (1, 2, 3))
    served.admit(event("uneven", validity=Validity(start=periods[0].start, end=periods[-1].end, periods=periods)))
    body = served.get(f"/api/exports/events.ics{QUERY}").content
    reading = read_back("icalendar", body, codes={"category": TITLES})
    (found,) = [one for one in reading.events if ids_of(served)[one.external_id] == "uneven"]
    assert found.validity.periods == periods


def test_cifs(town: Served) -> None:
    found = by_name(town, read_back("cifs", town.get(f"/api/exports/cifs.xml{QUERY}").content))
    # What a driver does not meet stays out.
    assert set(found) == {"point", "line", "open", "nights", "march"}
    for name in ("point", "line", "open"):
        told = sample()[name]
        assert (found[name].category, found[name].road_name, found[name].geometry) == (
            told.category, told.road_name, told.geometry,
        )  # fmt: skip
        assert found[name].validity == told.validity
    assert {one.weekdays for one in found["nights"].validity.recurrences} == {frozenset({day}) for day in range(4)}
    since, until = NOW, NOW + timedelta(days=14)
    assert found["nights"].validity.expand(since, until) == sample()["nights"].validity.expand(since, until)
    assert found["march"].category == "fermeture"  # ROAD_CLOSED: an effect says that the road is closed


def test_datex2(town: Served) -> None:
    found = by_name(town, read_back("datex2_situation", town.get(f"/api/exports/datex2.xml{QUERY}").content))
    assert set(found) == set(sample())
    since, until = NOW, NOW + timedelta(days=14)
    for name, told in sample().items():
        for field in ("category", "severity", "geometry", "road_name", "published_at"):
            assert getattr(found[name], field) == getattr(told, field), (name, field)
        assert found[name].validity.expand(since, until) == told.validity.expand(since, until), name
        assert found[name].description == " ".join(
            dict.fromkeys(text for text in (told.headline, told.description, told.instruction) if text)
        )
    assert found["storm"].certainty is Certainty.LIKELY


def test_cap(town: Served) -> None:
    index = read_back("cap", town.get(f"/api/exports/warnings.atom{QUERY}").content)
    paths = [request.url.removeprefix("http://127.0.0.1") for request in index.next_requests]
    names = ids_of(town)
    found = {}
    for path in paths:
        reading = read_back("cap", town.get(path).content, has_whole_chains=True)
        assert reading.rejects == ()
        (one,) = reading.events
        found[names[one.external_id.rpartition(".")[0]]] = one
    told = sample()["storm"]
    assert {"storm", "city"} <= set(found)
    assert not {"point", "line", "march"} & set(found)
    for field in (
        "category",
        "headline",
        "description",
        "instruction",
        "severity",
        "urgency",
        "certainty",
        "validity",
        "place",
    ):
        assert getattr(found["storm"], field) == getattr(told, field), field
    assert found["storm"].geometry is not None
    assert found["storm"].geometry["type"] == "Polygon"


def test_a_later_version_of_a_warning_is_the_same_warning(town: Served) -> None:
    names = {name: ours for ours, name in ids_of(town).items()}
    path = f"/api/exports/warnings/{names['storm']}.xml"
    first = read_back("cap", town.get(path).content, has_whole_chains=True).events[0].external_id
    town.admit(replace(sample()["storm"], headline="Orages violents, fin vers 18 h", published_at=NOW + HOUR))
    (later,) = read_back("cap", town.get(path).content, has_whole_chains=True).events
    assert (later.external_id, later.headline) == (first, "Orages violents, fin vers 18 h")
    town.admit(replace(sample()["storm"], status=StoredStatus.CANCELLED, published_at=NOW + 2 * HOUR))
    assert first in read_back("cap", town.get(path).content).withdrawn


def test_a_cancelled_event_is_cancelled_in_datex2(town: Served) -> None:
    town.admit(replace(sample()["point"], status=StoredStatus.CANCELLED, published_at=NOW + HOUR))
    body = town.get(f"/api/exports/datex2.xml{QUERY}&status=cancelled").content
    names = ids_of(town)
    assert [names[one] for one in read_back("datex2_situation", body).withdrawn] == ["point"]


def test_every_category_of_the_taxonomy_has_a_record_in_datex2(served: Served) -> None:
    served.admit(*(event(one, category=one, severity=Severity.MINOR) for one in categories() if one != "inconnu"))
    reading = read_back("datex2_situation", served.get("/api/exports/datex2.xml").content)
    names = ids_of(served)
    told = {names[one.external_id]: one.category for one in reading.events if names[one.external_id] in categories()}
    # GenericSituationRecord has no codes: what it is stands in words only.
    assert {name for name, found in told.items() if name != found} == {"plage"}
    assert len(told) == len(categories()) - 1
    assert json.dumps(sorted(told))
