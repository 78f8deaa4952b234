"""Traps of GTFS-Realtime alerts and of the archive they refer to, one test each (FEEDS 6)."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as realtime

from events.errors import ConfigurationError, DocumentUnreadable
from events.vocabulary import GeometryPrecision, Severity
from tests.datasources.adapters.gtfs_cases import (
    NETWORK,
    NOON,
    adapter,
    archive,
    at,
    document,
    entity,
    feed,
    only,
    read,
)
from tests.feeds.gtfsrt_alerts.network import write

FEEDS = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "gtfsrt_alerts"


def test_alert_without_active_period_is_in_force_while_published() -> None:
    validity = only(read(entity())).validity
    assert (validity.start, validity.end, validity.periods) == (None, None, ())


def test_zero_and_absent_ends_are_open() -> None:
    one = entity()
    one.alert.active_period.add(start=0, end=NOON)
    assert (only(read(one)).validity.start, only(read(one)).validity.end) == (None, at(NOON))
    other = entity()
    other.alert.active_period.add(start=NOON, end=0)
    assert (only(read(other)).validity.start, only(read(other)).validity.end) == (at(NOON), None)


def test_hundreds_of_active_periods_keep_their_gaps() -> None:
    one = entity()
    for day in range(200):
        one.alert.active_period.add(start=NOON + day * 86_400, end=NOON + day * 86_400 + 3600)
    validity = only(read(one)).validity
    assert len(validity.periods) == 200
    assert (validity.start, validity.end) == (at(NOON), at(NOON + 199 * 86_400 + 3600))


def test_times_in_milliseconds_are_a_reject_and_cost_no_other() -> None:
    one = entity("wrong")
    one.alert.active_period.add(start=NOON * 1000)
    reading = read(one, entity("right"))
    assert [event.external_id for event in reading.events] == ["right"]
    assert [(reject.external_id, "seconds" in reject.reason) for reject in reading.rejects] == [("wrong", True)]


def test_differential_document_takes_back_only_what_it_deletes() -> None:
    gone = realtime.FeedEntity(id="gone", is_deleted=True)
    body = feed(entity("new"), gone, incrementality=realtime.FeedHeader.DIFFERENTIAL)
    reading = adapter().read(document(body))
    assert reading.withdrawn == ("gone",)
    assert [event.external_id for event in reading.events] == ["new"]
    assert not reading.is_complete
    assert read(entity()).is_complete


@pytest.mark.parametrize(
    ("said", "headline", "language"),
    [
        ((("Works", "en"), ("Travaux", "fr")), "Travaux", "fr"),
        ((("Arbeiten", "de"), ("Works", "en")), "Works", "en"),
        ((("", "fr"), ("Works", "en")), "Works", "en"),
        ((("Travaux", ""),), "Travaux", "fr"),
    ],
)
def test_french_then_english_then_the_first_with_words(said: tuple, headline: str, language: str) -> None:
    event = only(read(entity(said=said)))
    assert (event.headline, event.language) == (headline, language)


def test_vehicles_and_trips_of_a_mixed_feed_are_no_records() -> None:
    bus = realtime.FeedEntity(id="bus")
    bus.vehicle.position.latitude, bus.vehicle.position.longitude = 43.3, 5.4
    reading = read(bus, entity())
    assert reading.records_seen == 1
    assert "vehicle" in reading.dropped_fields


def test_ids_that_change_are_replaced_by_what_is_informed() -> None:
    first, again = (only(read(entity(name, route_id="M1"), identity="informed")) for name in ("x-1", "x-2"))
    other = only(read(entity("x-3", route_id="B21"), identity="informed"))
    assert first.external_id == again.external_id != other.external_id


def test_unknown_cause_and_effect_are_kept_as_numbers() -> None:
    body = bytearray(feed(entity()))
    alert = realtime.Alert()
    alert.header_text.translation.add(text="Inconnu", language="fr")
    alert.informed_entity.add(route_type=3)
    raw = alert.SerializeToString() + b"\x30\x63\x38\x4d"  # cause 99, effect 77
    inner = b"\x0a\x01u\x2a" + bytes([len(raw)]) + raw
    body += b"\x12" + bytes([len(inner)]) + inner
    reading = adapter().read(document(bytes(body)))
    assert reading.rejects == ()
    assert reading.events[1].source_code == "99: 77"


def test_strike_is_a_strike_and_levels_are_severities() -> None:
    one = entity(route_type=1)
    one.alert.cause = realtime.Alert.STRIKE
    one.alert.severity_level = realtime.Alert.SEVERE
    event = only(read(one))
    assert (event.category, event.severity) == ("greve", Severity.MAJOR)


def test_addresses_and_images_are_dropped_and_named() -> None:
    one = entity()
    one.alert.url.translation.add(text="https://example.org/plan.pdf", language="fr")
    one.alert.image.localized_image.add(url="https://example.org/plan.png", media_type="image/png", language="fr")
    reading = read(one)
    assert set(reading.dropped_fields) == {"alert.url", "alert.image"}
    assert "plan" not in repr(reading)


def test_line_is_drawn_once_for_both_directions() -> None:
    event = only(read(entity(route_id="M1"), network=NETWORK))
    assert event.category == "metro"
    assert event.place == "M1"
    assert event.geometry == {"type": "LineString", "coordinates": [[5.37, 43.29], [5.38, 43.3]]}


def test_line_without_shape_is_its_stops() -> None:
    event = only(read(entity(route_id="B21"), network=NETWORK))
    assert event.geometry == {"type": "MultiPoint", "coordinates": [[5.37, 43.29], [5.38, 43.3]]}
    assert event.geometry_precision is GeometryPrecision.EXACT


def test_platform_is_where_its_station_is() -> None:
    event = only(read(entity(stop_id="Q1"), network=NETWORK))
    assert event.geometry == {"type": "Point", "coordinates": [5.38, 43.3]}
    assert event.place == "Quai"


def test_zero_coordinates_and_unknown_stops_are_no_place() -> None:
    for stop in ("Z0", "unheard-of"):
        assert only(read(entity(stop_id=stop), network=NETWORK)).geometry is None


def test_alert_elsewhere_is_a_reject_with_its_reason() -> None:
    reading = read(entity(route_id="R9"), network=NETWORK)
    assert [reject.reason for reject in reading.rejects] == [
        "all the lines and stops it names lie outside the source's area"
    ]


def test_without_the_archive_alerts_are_listed_and_not_drawn() -> None:
    event = only(read(entity(route_id="M1")))
    assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.NONE)


def bomb() -> bytes:
    return archive({"stops.txt": "stop_id\n" + "0" * 20_000_000})


@pytest.mark.parametrize(
    "body",
    [b"", b"PK\x03\x04 not really", archive({"readme.txt": "x"}), archive({"../stops.txt": "stop_id\n1\n"}), bomb(),
     archive({f"{n}.txt": "" for n in range(300)}), archive(NETWORK)[:-30]],
    ids=["nothing", "cut", "no tables", "path", "bomb", "many", "short"],
)  # fmt: skip
def test_archive_that_is_none_leaves_the_one_known_before(body: bytes) -> None:
    reader = adapter()
    reader.learn("static", document(archive(NETWORK)))
    with pytest.raises(DocumentUnreadable):
        reader.learn("static", document(body))
    assert only(reader.read(document(feed(entity(stop_id="S1"))))).geometry is not None


def nested(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = b"\x0b" + body + b"\x0c"  # groups inside groups
    return feed() + b"\x12" + bytes([len(body) & 127 | 128, len(body) >> 7]) + body


@pytest.mark.parametrize(
    "body",
    [
        b"\x12\xff\xff\xff\xff\x0f",
        b"\x0a\x05ab",
        b"\xff" * 40,
        b"<html></html>",
        b"",
        b"\x12\x00",
        feed() + b"\x12\x7f",
    ],
)
def test_damaged_frames_are_unreadable(body: bytes) -> None:
    with pytest.raises(DocumentUnreadable):
        adapter().read(document(body))


def test_damaged_entity_costs_itself_only() -> None:
    reading = adapter().read(document(feed(entity("well")) + b"\x12\x03\x2a\x7f\x00"))
    assert [event.external_id for event in reading.events] == ["well"]
    assert [reject.reason for reject in reading.rejects] == ["the entity is damaged"]
    assert adapter().read(document(nested(2000))).rejects[0].reason == "the entity is damaged"


def test_unknown_options_are_told() -> None:
    for options in ({"identify": "entity"}, {"identity": "hash"}, {"category": "soucoupe"}):
        with pytest.raises(ConfigurationError, match="allowed"):
            adapter(**options)


def test_binary_golden_case_is_what_its_readable_form_packs_to() -> None:
    folder = Path(write.__file__).parent
    assert (folder / "document.pb").read_bytes() == write.document()
    assert (folder / "reference-static.zip").read_bytes() == write.archive()
