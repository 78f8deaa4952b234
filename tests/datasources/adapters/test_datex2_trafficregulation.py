"""Traps of DATEX II traffic regulations, one test each (FEEDS 3)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from html import escape

import pytest

from datasources.adapters.datex2_trafficregulation import Datex2TrafficRegulationAdapter
from datasources.contract import Coverage, Document, Reading, Source
from datasources.readers.datex2_publication import Publication
from events.audience import PUBLIC
from events.errors import DocumentUnreadable
from events.records import Event
from events.validity import Period
from events.vocabulary import StoredStatus

READ_AT = datetime(2026, 11, 7, 14, 32, tzinfo=UTC)
NO_ENTRY = '<typeOfRegulation xsi:type="AccessRestriction"><accessRestrictionType>noEntry</accessRestrictionType></typeOfRegulation>'
LINE = {"type": "LineString", "coordinates": [[5.3742, 43.2951], [5.3756, 43.2959]]}


class RawJson(str):
    """A text that is JSON already."""

    __slots__ = ()


HEAVY = "<c:vehicleType>heavyGoodsVehicle</c:vehicleType>"


DEEP = RawJson('{"type":"GeometryCollection","geometries":[' * 5000 + json.dumps(LINE) + "]}" * 5000)


def when(start: str = "2026-11-01T23:00:00+00:00", end: str = "2026-11-29T22:59:00+00:00", inside: str = "") -> str:
    closes = f"<c:overallEndTime>{end}</c:overallEndTime>" if end else ""
    return (
        "<validityByOrder><c:validityStatus>definedByValidityTimeSpec</c:validityStatus><c:validityTimeSpecification>"
        f"<c:overallStartTime>{start}</c:overallStartTime>{closes}{inside}</c:validityTimeSpecification></validityByOrder>"
    )


def repeated(*days: str, hours: str = "") -> str:
    spans = "".join(
        f"<c:recurringTimePeriodOfDay><c:startTimeOfPeriod>{one[:5]}:00+00:00</c:startTimeOfPeriod>"
        f"<c:endTimeOfPeriod>{one[6:]}:00+00:00</c:endTimeOfPeriod></c:recurringTimePeriodOfDay>"
        for one in hours.split()
    )
    named = "".join(f"<c:applicableDay>{day}</c:applicableDay>" for day in days)
    return (
        f"<c:validPeriod>{spans}<c:recurringDayWeekMonthPeriod>{named}</c:recurringDayWeekMonthPeriod></c:validPeriod>"
        if named else f"<c:validPeriod>{spans}</c:validPeriod>"
    )  # fmt: skip


def condition(kind: str, inside: str, *, negated: bool = False) -> str:
    return f'<conditions xsi:type="{kind}"><negate>{str(negated).lower()}</negate>{inside}</conditions>'


def at_time(*args: str, **words: str) -> str:
    return condition("ValidityCondition", when(*args, **words))


def vehicles(inside: str, *, negated: bool = False) -> str:
    return condition("VehicleCondition", f"<vehicleCharacteristics>{inside}</vehicleCharacteristics>", negated=negated)


def any_of(*conditions: str) -> str:
    return f'<conditions xsi:type="ConditionSet"><operator>or</operator>{"".join(conditions)}</conditions>'


def escaped(geometry: object) -> str:
    inside = f"<dx:geoJsonGeometry>{escape(geometry if isinstance(geometry, RawJson) else json.dumps(geometry))}</dx:geoJsonGeometry>"
    return condition("LocationCondition", f'<locationByOrder xsi:type="l:LinearLocation">{inside}</locationByOrder>')


def regulation(*conditions: str, kind: str = NO_ENTRY) -> str:
    inside = "".join(conditions)
    return (
        f"<trafficRegulation><status>active</status>{kind}"
        f'<condition xsi:type="ConditionSet"><operator>and</operator>{inside}</condition></trafficRegulation>'
    )


def order(*regulations: str, validity: str = "", name: str = "o-1", status: str = "madeAndImplemented") -> str:
    return (
        f'<trafficRegulationOrder id="{name}" version="1"><description><c:values><c:value>Travaux</c:value></c:values>'
        "</description><issuingAuthority><c:values><c:value>Ville</c:value></c:values></issuingAuthority>"
        f"<regulationId>T-12#abc</regulationId><status>{status}</status>{validity}{''.join(regulations)}"
        "</trafficRegulationOrder>"
    )


def publication(*orders: str, kind: str = "TrafficRegulationPublication") -> str:
    return (
        '<d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns:c="http://datex2.eu/schema/3/common" '
        'xmlns:l="http://datex2.eu/schema/3/locationReferencing" xmlns:dx="urn:dialog" '
        f'xmlns="http://datex2.eu/schema/3/trafficRegulation" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{kind}">'
        f"<c:publicationTime>2026-11-07T03:00:00+00:00</c:publicationTime>{''.join(orders)}</d2:payload>"
    )


def read(text: str) -> Reading:
    return adapter().read(Document(text.encode(), media_type="", url="", retrieved_at=READ_AT))


def adapter() -> Datex2TrafficRegulationAdapter:
    source = Source(
        id="orders", kind="datex2_trafficregulation", title="Orders", organisation="city", licence="LO",
        url="https://example.org/", poll_every=timedelta(days=1), timezone="Europe/Paris", area=(5.0, 43.0, 6.0, 44.0),
        coverage=Coverage.SNAPSHOT, default_audience=PUBLIC, maintainer="city",
    )  # fmt: skip
    return Datex2TrafficRegulationAdapter(source)


def event_of(*conditions: str, validity: str = "", kind: str = NO_ENTRY) -> Event:
    reading = read(publication(order(regulation(*conditions, kind=kind), validity=validity)))
    assert reading.rejects == ()
    (event,) = reading.events
    return event


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_geometry_is_geojson_escaped_in_the_xml_longitude_first() -> None:
    assert event_of(at_time(), escaped(LINE)).geometry == LINE
    points = [[5.38, 43.29], [5.39, 43.29], [5.39, 43.3], [5.38, 43.29]]
    several = {"type": "GeometryCollection", "geometries": [LINE, {"type": "Polygon", "coordinates": [points]}]}
    assert event_of(at_time(), escaped(several)).geometry == {"type": "Polygon", "coordinates": [points]}


def test_geometry_of_the_official_example_is_gml_latitude_first() -> None:
    gml = "<implementedLocation><l:gmlLineString><l:posList>43.2951 5.3742 43.2959 5.3756</l:posList></l:gmlLineString></implementedLocation>"
    assert event_of(at_time(), condition("LocationCondition", gml)).geometry == LINE


def test_no_entry_for_all_is_a_closure_and_for_some_vehicles_a_restriction() -> None:
    assert event_of(at_time(), escaped(LINE)).category == "fermeture"
    banned = event_of(at_time(), escaped(LINE), any_of(vehicles(HEAVY)))
    assert (banned.category, [effect.text for effect in banned.effects]) == ("restriction", ["vise : poids lourds"])


def test_vehicles_excepted_from_a_closure_leave_it_a_closure() -> None:
    rescue = vehicles("<c:vehicleUsage>emergencyServices</c:vehicleUsage>", negated=True)
    on_foot = condition(
        "NonVehicularRoadUserCondition", "<nonVehicularRoadUser>pedestrians</nonVehicularRoadUser>", negated=True
    )
    event = event_of(at_time(), escaped(LINE), any_of(on_foot, rescue))
    assert event.category == "fermeture"
    assert [effect.text for effect in event.effects] == ["sauf : piétons, véhicules de secours"]


def test_a_limit_turned_round_is_a_restriction_too() -> None:
    long = "<c:lengthCharacteristic><c:comparisonOperator>lessThan</c:comparisonOperator><c:vehicleLength>12</c:vehicleLength></c:lengthCharacteristic>"
    assert event_of(at_time(), escaped(LINE), vehicles(long, negated=True)).category == "restriction"


def test_hours_of_the_day_are_the_local_wall_clock_whatever_offset_is_printed() -> None:
    validity = event_of(at_time(inside=repeated("monday", hours="08:00-10:00")), escaped(LINE)).validity
    assert (validity.recurrences[0].start_time, validity.recurrences[0].timezone) == (time(8), "Europe/Paris")
    assert validity.expand(utc(9, 0), utc(9, 23)) == (Period(utc(9, 7), utc(9, 9)),)


def test_overall_times_that_are_converted_midnights_stay_what_they_are() -> None:
    assert event_of(at_time(), escaped(LINE)).validity.start == utc(1, 23)
    early = event_of(at_time("2004-10-17T23:00:00+00:00", ""), escaped(LINE)).validity
    assert (early.start, early.end) == (datetime(2004, 10, 17, 23, tzinfo=UTC), None)


def test_recurrence_at_two_levels_is_in_force_where_both_are() -> None:
    order_days = when(inside=repeated("monday", "tuesday", hours="06:00-12:00"))
    event = event_of(
        at_time(inside=repeated("tuesday", "friday", hours="10:00-18:00")), escaped(LINE), validity=order_days
    )
    found = event.validity.expand(utc(2, 0), utc(15, 0))
    assert found == (Period(utc(3, 9), utc(3, 11)), Period(utc(10, 9), utc(10, 11)))


def test_recurrence_lies_inside_the_overall_period_of_the_order() -> None:
    days = at_time("2026-10-01T00:00:00Z", "2026-12-31T00:00:00Z", inside=repeated("monday", hours="08:00-10:00"))
    validity = event_of(days, escaped(LINE), validity=when()).validity
    assert (validity.start, validity.end) == (utc(1, 23), utc(29, 22, 59))
    assert validity.expand(utc(30, 0), utc(30, 23)) == ()


def test_an_order_twenty_years_old_with_two_rules_is_in_force_today() -> None:
    rules = (
        at_time("2004-10-17T23:00:00+00:00", "", inside=repeated("monday", hours="07:00-09:00")),
        at_time("2005-01-01T00:00:00+00:00", "", inside=repeated("saturday", hours="10:00-12:00")),
    )
    validity = event_of(any_of(*rules), escaped(LINE)).validity
    assert [validity.in_force(moment) for moment in (utc(9, 7), utc(14, 10), utc(14, 7))] == [True, True, False]


def test_alternative_times_are_periods_inside_their_hull() -> None:
    told = any_of(
        at_time("2026-11-14T06:00:00Z", "2026-11-14T18:00:00Z"), at_time("2026-11-10T06:00:00Z", "2026-11-10T18:00:00Z")
    )
    validity = event_of(told, escaped(LINE)).validity
    assert (validity.start, validity.end) == (utc(10, 6), utc(14, 18))
    assert validity.periods == (Period(utc(10, 6), utc(10, 18)), Period(utc(14, 6), utc(14, 18)))


def test_public_holidays_excepted_do_not_empty_the_validity() -> None:
    special = "<c:exceptionPeriod><c:recurringSpecialDay><c:specialDayType>publicHoliday</c:specialDayType></c:recurringSpecialDay></c:exceptionPeriod>"
    reading = read(publication(order(regulation(at_time(inside=special), escaped(LINE)))))
    assert reading.events[0].validity.in_force(READ_AT)
    assert "recurringSpecialDay" in reading.dropped_fields


def test_a_negated_time_is_cut_out() -> None:
    closed = condition("ValidityCondition", when("2026-11-10T00:00:00Z", "2026-11-12T00:00:00Z"), negated=True)
    validity = event_of(at_time(), closed, escaped(LINE)).validity
    assert [validity.in_force(utc(day, 12)) for day in (9, 11, 13)] == [True, False, True]


def test_values_that_are_not_in_the_schema_lose_no_regulation() -> None:
    odd = vehicles("<c:vehicleUsage>commercial</c:vehicleUsage><c:vehicleType>hovercraft</c:vehicleType>")
    event = event_of(at_time(), escaped(LINE), odd)
    assert event.effects[0].text == "vise : véhicules commerciaux, hovercraft"
    heavy = vehicles(
        "<c:grossWeightCharacteristic><c:grossVehicleWeight>lots</c:grossVehicleWeight></c:grossWeightCharacteristic>"
    )
    assert event_of(at_time(), escaped(LINE), heavy).category == "restriction"
    unknown = '<typeOfRegulation xsi:type="SkyRestriction"><skyType>noFlight</skyType></typeOfRegulation>'
    event = event_of(at_time(), escaped(LINE), kind=unknown)
    assert (event.category, event.source_code) == ("inconnu", "SkyRestriction: noFlight")


def test_the_feed_has_no_force_of_law_so_authority_and_number_of_the_order_are_told() -> None:
    assert event_of(at_time(), escaped(LINE)).description == "Travaux (Ville, T-12)"


def test_regulations_of_one_order_share_their_situation_and_have_names_of_their_own() -> None:
    one = regulation(at_time(), escaped(LINE))
    events = read(publication(order(one, one), order(one, name="o-2"))).events
    assert [(event.external_id, event.situation_id) for event in events] == [
        ("o-1", "o-1"), ("o-1#2", "o-1"), ("o-2", "o-2")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "stored"),
    [("madeAndImplemented", None), ("planned", StoredStatus.TO_CONFIRM), ("odd", StoredStatus.TO_CONFIRM)],
)
def test_what_is_not_yet_implemented_is_to_be_confirmed(status: str, stored: StoredStatus | None) -> None:
    assert read(publication(order(regulation(at_time(), escaped(LINE)), status=status))).events[0].status is stored


def test_withdrawn_order_takes_its_regulations_back() -> None:
    one = regulation(at_time(), escaped(LINE))
    assert read(publication(order(one, one, status="withdrawn"))).withdrawn == ("o-1", "o-1#2")


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[43.2951, 5.3742], [43.2959, 5.3756]]},
        {"type": "LineString", "coordinates": [[892390.2, 6247035.4], [892420.9, 6247101.3]]},
        {"type": "LineString", "coordinates": [["a"]]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "LineString", "coordinates": [[5.3742, 43.2951]] * 10_001},
        "[" * 100_000,
        DEEP,
        "{",
    ],
)
def test_geometry_that_cannot_be_placed_rejects_its_regulation_alone(geometry: object) -> None:
    reading = read(publication(order(regulation(at_time(), escaped(geometry)), regulation(at_time(), escaped(LINE)))))
    assert [event.external_id for event in reading.events] == ["o-1#2"]
    assert len(reading.rejects) == 1


def test_bad_times_of_an_order_reject_each_of_its_regulations() -> None:
    one = regulation(escaped(LINE))
    reading = read(publication(order(one, one, validity=when("yesterday"))))
    assert (reading.records_seen, len(reading.rejects)) == (2, 2)


def test_another_publication_and_another_document_are_unreadable() -> None:
    for text in (publication(kind="SituationPublication"), "<html/>", publication()[:-20]):
        with pytest.raises(DocumentUnreadable):
            read(text)


def test_thousands_of_orders_are_read_as_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(Publication, "check_root", lambda _, root: left.append(sum(1 for _ in root.iter())))
    one = order(regulation(at_time(), escaped(LINE)), name="{}")
    reading = read(publication(*(one.replace("{}", f"o-{number}") for number in range(2000))))
    assert len(reading.events) == 2000
    assert left[0] < 10, "elements of orders that were read are still in memory"


def test_a_regulation_that_repeats_in_too_many_ways_is_a_reject() -> None:
    many = [at_time(inside=repeated("monday", hours=f"{n % 24:02d}:{n // 24 * 10:02d}-23:59")) for n in range(80)]
    several = [at_time("2026-11-02T00:00:00Z", inside=repeated("tuesday", hours="08:00-10:00")), *many]
    reading = read(
        publication(order(regulation(any_of(*several), escaped(LINE)), regulation(at_time(), escaped(LINE))))
    )
    assert [reject.reason for reject in reading.rejects] == ["it repeats in more than 60 ways"]
    assert len(reading.events) == 1
