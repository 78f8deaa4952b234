"""What Open311 documents get wrong in practice, one test for each."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agenda_cases import read, why

from datasources.contract import Reading
from events.errors import DocumentUnreadable


def request(**fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "service_request_id": "7", "status": "open", "service_code": "006", "service_name": "Damaged_Bench",
        "requested_datetime": "2026-11-02T06:00:00+01:00", "lat": 43.2951, "long": 5.3742,
    }  # fmt: skip
    return usual | fields


def reading_of(*requests: object, **options: object) -> Reading:
    return read("open311", orjson.dumps(list(requests)), **options)


def test_json_is_a_bare_array_and_ids_are_numbers_or_strings() -> None:
    reading = reading_of(request(service_request_id=6), request())
    assert [event.external_id for event in reading.events] == ["6", "7"]


@pytest.mark.parametrize(
    "body",
    [
        '[{"code": 404, "description": "not found"}]',
        "<errors><error><code>404</code></error></errors>",
        "<services/>",
        '{"code": 404}',
    ],
)
def test_an_error_in_xml_or_in_a_json_array_is_unreadable_and_closes_nothing(body: str) -> None:
    with pytest.raises(DocumentUnreadable):
        read("open311", body)


@pytest.mark.parametrize("place", [{"lat": None, "long": None}, {"lat": "", "long": ""}, {"lat": 0, "long": 0}])
def test_coordinates_are_optional(place: dict[str, object]) -> None:
    assert reading_of(request(**place)).events[0].geometry is None


def test_a_position_is_longitude_first_whatever_the_order_of_the_fields() -> None:
    assert reading_of(request()).events[0].geometry == {"type": "Point", "coordinates": [5.3742, 43.2951]}
    assert len(why(reading_of(request(lat=5.3742, long=43.2951)))) == 1


def test_names_and_phones_are_never_read() -> None:
    told = dict.fromkeys(("description", "status_notes", "address", "media_url", "first_name", "phone"), "Jeanne 0601")
    reading = reading_of(request(**told))
    assert "Jeanne" not in repr(reading)
    assert reading.dropped_fields == tuple(sorted(told))


def test_a_closed_request_is_a_withdrawal() -> None:
    assert reading_of(request(status="Closed")).withdrawn == ("7",)


def test_with_a_table_only_the_services_it_names_are_read() -> None:
    reading = reading_of(
        request(), request(service_request_id="8", service_code="9"), codes={"category": {"006": "dechets"}}
    )
    assert [event.category for event in reading.events] == ["dechets"]
    assert reading.withdrawn == ("8",)


def test_a_request_without_date_or_service_is_a_reject() -> None:
    reading = reading_of(
        request(requested_datetime=None), request(service_request_id=8, service_code=None, service_name="")
    )
    assert why(reading) == ["the request does not say when it was made", "the request names no service"]
