"""Traps of publishers of DATEX II situations, one test each (FEEDS 1): envelopes, places, times and repetitions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.records import Event
from events.vocabulary import Certainty, GeometryPrecision
from tests.datasources.adapters.test_datex2_situation import (
    POINT,
    event_of,
    publication,
    read,
    record,
    situation,
    validity,
)

V1 = "http://datex2.eu/schema/1_0/1_0"
BISON_FUTE = (
    '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><d2LogicalModel modelBaseVersion="2" '
    'xmlns:ns2="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ns2:exchange>'
    "<ns2:subscription><ns2:operatingMode>{mode}</ns2:operatingMode><ns2:updateMethod>{method}</ns2:updateMethod></ns2:subscription>"
    '</ns2:exchange><ns2:payloadPublication xsi:type="ns2:SituationPublication" lang="fr">'
    '<feedType xmlns="http://datex2.eu/schema/2/2_0">events</feedType><ns2:situation id="s"><ns2:situationRecord '
    'xsi:type="ns2:Accident" id="r" version="1"><ns2:accidentType>accident</ns2:accidentType><ns2:groupOfLocations '
    'xsi:type="ns2:Point"><ns2:pointByCoordinates><ns2:pointCoordinates><ns2:latitude>43.3</ns2:latitude>'
    "<ns2:longitude>5.4</ns2:longitude></ns2:pointCoordinates></ns2:pointByCoordinates></ns2:groupOfLocations>"
    "</ns2:situationRecord></ns2:situation></ns2:payloadPublication></d2LogicalModel></soap:Body></soap:Envelope>"
)
AT = {"type": "Point", "coordinates": [5.4, 43.3]}


def bison_fute(mode: str = "operatingMode3", method: str = "snapshot") -> str:
    return BISON_FUTE.replace("{mode}", mode).replace("{method}", method)


def only(text: str) -> Event:
    reading = read(text)
    assert reading.rejects == ()
    return reading.events[0]


def test_root_without_namespace_children_with_a_prefix_and_a_default_redeclared_in_one_document() -> None:
    assert (only(bison_fute()).category, only(bison_fute()).geometry) == ("accident", AT)
    default = bison_fute().replace("ns2:", "").replace("xmlns:ns2", "xmlns")
    assert only(default).geometry == AT


def test_update_method_of_a_document_never_decides_what_absence_means() -> None:
    assert read(bison_fute()) == read(bison_fute("operatingMode1", "allElementUpdate"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<d2:payload ", "<odd:payload "), ("<d2:payload ", "<mc:messageContainer><d2:payload "), ("<d2:payload ", "<d2:SituationPublication "),
        ("<d2:payload ", '<s:Envelope xmlns:s="e"><s:Body><pullSnapshotDataOutput><d2:payload '),
    ],
)  # fmt: skip
def test_roots_of_version_3_vary_and_prefixes_are_arbitrary(before: str, after: str) -> None:
    text = publication(situation(record())).replace(before, after).replace('xsi:type="s:', 'xsi:type="sit:')
    opened = [name.split()[0] for name in after.split("<")[1:]]
    text = text.replace("</d2:payload>", "".join(f"</{name.rstrip('>')}>" for name in reversed(opened)))
    text = text.replace("xmlns:d2=", 'xmlns:odd="o" xmlns:mc="m" xmlns:d2=').replace(
        "<mc:messageContainer>", '<mc:messageContainer xmlns:mc="m">'
    )
    assert only(text).category == "accident"


def test_namespaces_outside_datex2_eu_and_extensions_are_read_over() -> None:
    extension = (
        '<s:_accidentExtension><x:odd xmlns:x="urn:x"><x:latitude>99</x:latitude></x:odd></s:_accidentExtension>'
    )
    event = event_of(extension)  # these documents are in http://levelC/
    assert (event.category, event.geometry) == ("accident", AT)


def test_version_1_is_still_in_production() -> None:
    text = (
        f'<d2LogicalModel xmlns="{V1}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modelBaseVersion="1.0">'
        '<payloadPublication xsi:type="SituationPublication"><publicationTime>2026-11-07T14:30:00Z</publicationTime>'
        '<situation id="s"><situationRecord xsi:type="MaintenanceWorks" id="r"><situationRecordVersion>1</situationRecordVersion>'
        "<validity><validityStatus>active</validityStatus><validityTimeSpecification><overallStartTime>2026-11-07T08:00:00Z"
        '</overallStartTime></validityTimeSpecification></validity><groupOfLocations><locationContainedInGroup xsi:type="Point">'
        "<pointByCoordinates><pointCoordinates><latitude>43.3</latitude><longitude>5.4</longitude></pointCoordinates>"
        "</pointByCoordinates></locationContainedInGroup></groupOfLocations></situationRecord></situation></payloadPublication></d2LogicalModel>"
    )
    event = only(text)
    assert (event.category, event.geometry, event.validity.start) == (
        "chantier",
        AT,
        datetime(2026, 11, 7, 8, tzinfo=UTC),
    )


def test_consequences_of_a_situation_keep_a_place_of_their_own() -> None:
    far = POINT.replace("43.3", "43.4")
    accident, diversion = read(
        publication(situation(record(), record(kind="ReroutingManagement", name="r-2", where=far)))
    ).events
    assert accident.situation_id == diversion.situation_id
    assert (accident.geometry, diversion.geometry) == (AT, {"type": "Point", "coordinates": [5.4, 43.4]})


def test_finished_record_keeps_its_past_end_and_a_missing_end_is_open() -> None:
    ended = "<c:overallStartTime>2026-11-01T08:00:00Z</c:overallStartTime><c:overallEndTime>2026-11-02T08:00:00Z</c:overallEndTime>"
    assert event_of(validity(ended)).validity.end == datetime(2026, 11, 2, 8, tzinfo=UTC)
    begun = "<c:overallStartTime>2026-04-01T08:00:00Z</c:overallStartTime>"
    assert event_of(validity(begun)).validity.end is None


def test_probable_record_of_the_future_is_an_announcement() -> None:
    later = "<c:overallStartTime>2027-03-01T08:00:00Z</c:overallStartTime>"
    event = event_of(f"<s:probabilityOfOccurrence>probable</s:probabilityOfOccurrence>{validity(later)}")
    assert event.certainty is Certainty.LIKELY
    assert not event.validity.in_force(datetime(2026, 11, 7, 14, tzinfo=UTC))


def test_alert_c_without_coordinates_is_listed_and_not_drawn() -> None:
    where = (
        "<l:alertCPoint><l:alertCLocationCountryCode>F</l:alertCLocationCountryCode><l:alertCMethod4PrimaryPointLocation>"
        "<l:alertCLocation><l:alertCLocationName><c:values><c:value>Les Arnavaux</c:value></c:values></l:alertCLocationName>"
        "<l:specificLocation>4711</l:specificLocation></l:alertCLocation></l:alertCMethod4PrimaryPointLocation></l:alertCPoint>"
    )
    event = event_of(where=where)
    assert (event.geometry, event.geometry_precision, event.place) == (None, GeometryPrecision.NONE, "Les Arnavaux")


def test_openlr_without_decoder_is_listed_and_not_drawn() -> None:
    where = "<l:openlrLinearLocation><l:openlrBinary>CwRbWyNG9BpgAACa/jsboAD/6/+kKwAA</l:openlrBinary></l:openlrLinearLocation>"
    assert event_of(where=where).geometry is None


def test_systems_of_coordinates_mixed_in_one_document() -> None:
    degrees = '<l:gmlLineString srsName="urn:ogc:def:crs:EPSG::4326"><l:posList>43.30 5.40 43.31 5.41</l:posList></l:gmlLineString>'
    metres = '<l:gmlLineString srsName="32632"><l:posList>208330 4799870 208430 4799870</l:posList></l:gmlLineString>'
    one, other = read(publication(situation(record(where=degrees), record(where=metres, name="r-2")))).events
    assert one.geometry == {"type": "LineString", "coordinates": [[5.4, 43.3], [5.41, 43.31]]}
    assert other.geometry is not None
    (lon, lat), _ = other.geometry["coordinates"]  # type: ignore[misc, attr-defined]
    assert (round(lon, 1), round(lat, 1)) == (5.4, 43.3)


def test_same_record_twice_in_one_document_is_told_once_the_later_version() -> None:
    old = record("<s:severity>low</s:severity>")
    new = record("<s:severity>high</s:severity>", version="2")
    for first, second in ((old, new), (new, old)):
        reading = read(publication(situation(first), situation(second, name="s-2")))
        assert [event.version for event in reading.events] == ["2"]
        assert len(reading.rejects) == 1


def test_unknown_value_of_a_list_loses_no_record() -> None:
    odd = "<l:administrativeAreaOrCountrySubdivision><l:subdivisionCode>XX-999</l:subdivisionCode></l:administrativeAreaOrCountrySubdivision>"
    event = event_of("<s:accidentType>notInTheList</s:accidentType>", where=odd + POINT)
    assert (event.category, event.source_code, event.geometry) == ("accident", "Accident: notInTheList", AT)


def test_delivery_break_of_version_3_says_nothing_and_ends_nothing() -> None:
    text = publication().replace("</d2:payload>", "<x:deliveryBreak xmlns:x='x'>true</x:deliveryBreak></d2:payload>")
    reading = read(text)
    assert (reading.records_seen, reading.is_complete) == (0, False)
