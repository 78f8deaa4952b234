"""What GTFS-Realtime and GTFS may hold at most, how fast the rest is refused, and the traps that remain (FEEDS 0 and 6)."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import pytest
from google.transit import gtfs_realtime_pb2 as realtime

from events.errors import DocumentUnreadable
from events.vocabulary import GeometryPrecision, Severity
from tests.datasources.adapters.gtfs_cases import (
    NETWORK,
    NOON,
    adapter,
    at,
    document,
    entity,
    feed,
    only,
    read,
)

Alert = realtime.Alert


def told(number: int, content: bytes) -> bytes:
    """Return a field of the wire format that has a length."""
    size, head = len(content), bytearray([number << 3 | 2])
    while size > 127:
        head.append(size & 127 | 128)
        size >>= 7
    return bytes([*head, size]) + content


def alert(content: bytes, name: bytes = b"a") -> bytes:
    return told(2, told(1, name) + told(5, content))


BUS = b"\x2a\x02\x18\x03"
FILLED: dict[str, Callable[[], bytes]] = {
    "empty entities": lambda: b"\x12\x00" * 4_000_000,
    "numbers": lambda: b"\x18\x00" * 4_000_000,
    "the same alert": lambda: alert(BUS) * 20_000,
    "one endless alert": lambda: alert(b"\x2a\x00" * 4_000_000),
    "empty selectors": lambda: alert(b"\x2a\x00" * 250_000) * 30,
    "selectors below the limit": lambda: alert(b"\x2a\x00" * 4_000) * 2_000,
    "empty periods": lambda: alert(BUS + b"\x0a\x00" * 250_000) * 30,
    "unknown fields": lambda: alert(BUS + b"\x30\x63" * 250_000) * 30,
    "translations": lambda: alert(BUS + told(10, told(1, told(1, b"<")) * 80_000)) * 30,
    "a length beyond the end": lambda: b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    "a number without end": lambda: b"\xff" * 1_000_000,
}


@pytest.mark.parametrize("name", FILLED)
def test_hostile_document_is_refused_or_rejected_at_once(name: str) -> None:
    reader, body = adapter(), document(feed() + FILLED[name]())
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    try:
        reading = reader.read(body)
    except DocumentUnreadable:
        reading = None
    assert reading is None or reading.rejects or len(reading.events) == 1
    assert time.thread_time() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize(
    "body", [b" " * 2_000_000, b"#\n" * 1_000_000, b"entity{alert{" * 19_000, b'header{gtfs_realtime_version:"2"' + b"\n" * 300_000]
)  # fmt: skip
def test_hostile_text_form_is_refused_at_once(body: bytes) -> None:
    started = time.thread_time()
    with pytest.raises(DocumentUnreadable):
        adapter().read(document(body))
    assert time.thread_time() - started < 1


def test_text_form_and_binary_form_are_the_same() -> None:
    text = (
        b'# example\nheader { gtfs_realtime_version: "2.0" timestamp: 1794052800 }\n'
        b'entity { id: "a1" alert { informed_entity { route_type: 3 } header_text { translation { text: "Perturbation"'
        b' language: "fr" } } } }'
    )
    assert adapter().read(document(text)) == read(entity())


def test_long_text_form_is_refused_though_it_could_be_read() -> None:
    text = b'header { gtfs_realtime_version: "2.0" }\n'
    assert adapter().read(document(text)).records_seen == 0
    with pytest.raises(DocumentUnreadable, match="text form is longer"):
        adapter().read(document(text + b"#" * 300_000))


def test_document_longer_than_its_source_allows_is_unreadable() -> None:
    from dataclasses import replace

    reader = adapter()
    reader.source = replace(reader.source, max_bytes=100)
    with pytest.raises(DocumentUnreadable, match="longer than 100 bytes"):
        reader.read(document(feed() + b"\x00" * 200))


def test_fields_and_values_of_versions_to_come_are_passed_over() -> None:
    body = feed(entity()) + told(9, b"new") + b"\x51" + b"\x00" * 8 + b"\x55" + b"\x00" * 4 + b"\x58\x01"
    assert only(adapter().read(document(body))).headline == "Perturbation"


def test_deletion_of_a_vehicle_withdraws_no_event() -> None:
    bus = realtime.FeedEntity(id="bus", is_deleted=True)
    bus.vehicle.vehicle.id = "bus"
    reading = read(bus, entity())
    assert reading.withdrawn == ()
    assert reading.records_seen == 1


def test_deletion_without_its_alert_cannot_be_matched_when_ids_change() -> None:
    reading = read(realtime.FeedEntity(id="x", is_deleted=True), identity="informed")
    assert [reject.reason for reject in reading.rejects] == [
        "a deletion without its alert names no event of a source whose ids change"
    ]


def test_order_of_what_is_informed_does_not_change_a_computed_id() -> None:
    one, other = entity("x", route_id="A"), entity("y", route_id="B")
    one.alert.informed_entity.add(route_id="B")
    other.alert.informed_entity.add(route_id="A")
    first, second = (only(read(alert, identity="informed")).external_id for alert in (one, other))
    assert first == second
    assert only(read(entity("x", route_id="A"), identity="informed")).external_id != first


def test_filler_for_no_end_is_no_end() -> None:
    one = entity()
    one.alert.active_period.add(start=NOON, end=2**64 - 1)
    assert (only(read(one)).validity.start, only(read(one)).validity.end) == (at(NOON), None)


def test_periods_of_which_one_is_open_leave_the_hull_open() -> None:
    one = entity()
    one.alert.active_period.add(start=NOON + 7200)
    one.alert.active_period.add(end=NOON + 3600)
    validity = only(read(one)).validity
    assert (validity.start, validity.end) == (None, None)
    assert not validity.in_force(at(NOON + 5400))
    assert validity.in_force(at(NOON))
    assert validity.in_force(at(NOON + 9000))


def test_more_periods_than_can_be_kept_are_a_reject() -> None:
    one = entity()
    for day in range(2001):
        one.alert.active_period.add(start=NOON + day * 86_400, end=NOON + day * 86_400 + 3600)
    assert [reject.reason for reject in read(one).rejects] == ["the alert has more than 2000 active periods"]


@pytest.mark.parametrize(
    ("number", "category"),
    [(0, "tram"), (1, "metro"), (2, "train"), (3, "bus"), (4, "navette"), (11, "bus"), (109, "train"), (401, "metro"),
     (704, "bus"), (900, "tram"), (1000, "navette"), (7, "inconnu"), (9999, "inconnu"), (-1, "inconnu")],
)  # fmt: skip
def test_modes_basic_and_extended(number: int, category: str) -> None:
    event = only(read(entity(route_type=number)))
    assert event.category == category
    assert event.source_code == "UNKNOWN_CAUSE: UNKNOWN_EFFECT"


def test_first_known_mode_counts_then_the_usual_one_then_the_effect() -> None:
    assert only(read(entity(route_id="x"), category="train")).category == "train"
    assert only(read(entity(route_type=1), category="train")).category == "metro"
    one = entity(route_id="x")
    one.alert.effect = Alert.STOP_MOVED
    assert only(read(one)).category == "bus"


@pytest.mark.parametrize(
    ("level", "effect", "severity"),
    [("SEVERE", "DETOUR", 3), ("WARNING", "NO_SERVICE", 2), ("INFO", "DETOUR", 1), ("INFO", "NO_EFFECT", 0),
     (None, "NO_SERVICE", 3), (None, "REDUCED_SERVICE", 2), (None, "DETOUR", 1), (None, "ADDITIONAL_SERVICE", 0),
     (None, None, 2)],
)  # fmt: skip
def test_severity_is_the_level_or_what_the_effect_leaves(level: str | None, effect: str | None, severity: int) -> None:
    one = entity(route_type=1)
    if level:
        one.alert.severity_level = Alert.SeverityLevel.Value(level)
    if effect:
        one.alert.effect = Alert.Effect.Value(effect)
    assert only(read(one)).severity is Severity(severity)


def test_effect_in_words_is_an_effect() -> None:
    one = entity()
    one.alert.effect_detail.translation.add(text="Bus relais toutes les 10 min", language="fr")
    assert [effect.text for effect in only(read(one)).effects] == ["Bus relais toutes les 10 min"]


def test_plain_version_is_preferred_to_the_marked_up_one() -> None:
    event = only(read(entity(said=(("<b>Travaux</b> gras", "fr-html"), ("Travaux", "fr-FR")))))
    assert (event.headline, event.language) == ("Travaux", "fr")


def test_text_that_is_not_utf8_is_read_as_far_as_it_is() -> None:
    body = told(2, told(1, b"a") + told(5, BUS + told(10, told(1, told(1, b"Arr\xeat ferm\xe9")))))
    assert only(adapter().read(document(feed() + body))).headline == "Arr�t ferm�"
    nameless = told(2, told(1, b"\xff") + told(5, BUS))
    assert [one.reason for one in adapter().read(document(feed() + nameless)).rejects] == [
        "the record has no identifier"
    ]


def test_stop_of_a_line_is_the_stop_and_a_trip_is_its_line() -> None:
    assert only(read(entity(route_id="M1", stop_id="S1"), network=NETWORK)).geometry == {
        "type": "Point", "coordinates": [5.38, 43.3],
    }  # fmt: skip
    trip = entity("t")
    trip.alert.informed_entity[0].ClearField("route_type")
    trip.alert.informed_entity[0].trip.trip_id = "t1"
    event = only(read(trip, network=NETWORK))
    assert (event.category, event.place) == ("metro", "M1")
    assert event.geometry is not None


def test_alert_for_a_whole_network_is_the_city_s() -> None:
    event = only(read(entity(agency_id="fictif"), network=NETWORK))
    assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.CITY)


def test_hundreds_of_stops_are_the_city_s_and_not_drawn() -> None:
    rows = "".join(f"N{number},Arrêt {number},43.{3000 + number},5.4\n" for number in range(500))
    one = entity()
    one.alert.ClearField("informed_entity")
    for number in range(500):
        one.alert.informed_entity.add(stop_id=f"N{number}")
    event = only(read(one, network={"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n" + rows}))
    assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.CITY)
    assert event.place == "Arrêt 0, Arrêt 1, Arrêt 2 (+497)"
