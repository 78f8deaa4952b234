"""Traps of DATEX II situations, one test each (FEEDS 1)."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from datasources.adapters.datex2_situation import Datex2SituationAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PARTNERS, PUBLIC, Audience, listed
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event
from events.vocabulary import GeometryPrecision, InformationStatus, Severity

AREA = (5.0, 43.0, 6.0, 44.0)
READ_AT = datetime(2026, 11, 7, 14, 32, tzinfo=UTC)
POINT = (
    "<l:pointByCoordinates><l:pointCoordinates><l:latitude>43.3</l:latitude><l:longitude>5.4</l:longitude>"
    "</l:pointCoordinates></l:pointByCoordinates>"
)


def source(audience: Audience = PUBLIC, **options: object) -> Source:
    return Source(
        id="roads-events", kind="datex2_situation", title="Roads", organisation="roads", licence="LO",
        url="https://example.org/", poll_every=timedelta(minutes=1), timezone="Europe/Paris", area=AREA,
        coverage=Coverage.SNAPSHOT, default_audience=audience, maintainer="city", options=options,
    )  # fmt: skip


def record(
    inside: str = "", *, kind: str = "Accident", name: str = "r-1", where: str = POINT, version: str = "1"
) -> str:
    return (
        f'<s:situationRecord xsi:type="s:{kind}" id="{name}" version="{version}">'
        "<s:situationRecordVersionTime>2026-11-07T08:00:00Z</s:situationRecordVersionTime>"
        f'{inside}<s:locationReference xsi:type="l:PointLocation">{where}</s:locationReference></s:situationRecord>'
    )


def situation(*records: str, header: str = "", name: str = "s-1") -> str:
    return f'<s:situation id="{name}">{header}{"".join(records)}</s:situation>'


def publication(*situations: str) -> str:
    return (
        '<d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns:s="http://levelC/schema/3/situation" '
        'xmlns:c="http://datex2.eu/schema/3/common" xmlns:l="http://datex2.eu/schema/3/locationReferencing" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="s:SituationPublication" lang="fr">'
        f"<c:publicationTime>2026-11-07T14:30:00Z</c:publicationTime>{''.join(situations)}</d2:payload>"
    )


def read(text: str | bytes, **options: object) -> Reading:
    body = text.encode() if isinstance(text, str) else text
    adapter = Datex2SituationAdapter(source(**options))  # type: ignore[arg-type]
    return adapter.read(Document(body, media_type="", url="", retrieved_at=READ_AT))


def event_of(inside: str = "", *, header: str = "", **words: str) -> Event:
    reading = read(publication(situation(record(inside, **words), header=header)))
    assert reading.rejects == ()
    return reading.events[0]


def validity(inside: str, status: str = "definedByValidityTimeSpec") -> str:
    return (
        f"<s:validity><c:validityStatus>{status}</c:validityStatus><c:validityTimeSpecification>{inside}"
        "</c:validityTimeSpecification></s:validity>"
    )


def test_records_of_one_situation_end_on_their_own() -> None:
    ended = "<s:management><s:lifeCycleManagement><s:end>true</s:end></s:lifeCycleManagement></s:management>"
    lanes = record(kind="RoadOrCarriagewayOrLaneManagement", name="r-2")
    one, other = read(publication(situation(record(ended), lanes))).events
    assert (one.situation_id, other.situation_id) == ("s-1", "s-1")
    assert one.validity.end == datetime(2026, 11, 7, 8, tzinfo=UTC)
    assert other.validity.end is None


@pytest.mark.parametrize(
    ("word", "level"),
    [("highest", 4), ("high", 3), ("medium", 2), ("low", 1), ("lowest", 0), ("none", 0), ("unknown", 3), ("odd", 3)],
)
def test_severity_of_the_record_wins_and_unknown_takes_the_category_s(word: str, level: int) -> None:
    assert event_of(f"<s:severity>{word}</s:severity>").severity == Severity(level)


def test_medium_that_means_nothing_takes_type_and_closure() -> None:
    blocked = "<s:severity>medium</s:severity><s:impact><s:trafficConstrictionType>roadBlocked</s:trafficConstrictionType></s:impact>"
    text = publication(situation(record(blocked, kind="MaintenanceWorks")))
    assert read(text).events[0].severity is Severity.MODERATE
    assert read(text, medium_is_default=True).events[0].severity is Severity.MAJOR


def test_line_in_degrees_is_latitude_first() -> None:
    where = "<l:gmlLineString><l:posList>43.30 5.40 43.31 5.41</l:posList></l:gmlLineString>"
    assert event_of(where=where).geometry == {"type": "LineString", "coordinates": [[5.4, 43.3], [5.41, 43.31]]}


def test_line_in_lambert_is_turned() -> None:
    where = (
        '<l:gmlLineString srsName="2154"><l:posList>893116.4 6247221.7 893216.4 6247221.7</l:posList></l:gmlLineString>'
    )
    geometry = event_of(where=where).geometry
    assert geometry is not None
    (lon, lat), _ = geometry["coordinates"]  # type: ignore[misc, attr-defined]
    assert (round(lon, 2), round(lat, 2)) == (5.38, 43.3)


def test_unknown_system_is_a_reject() -> None:
    where = '<l:gmlLineString srsName="99999"><l:posList>1 2 3 4</l:posList></l:gmlLineString>'
    (reject,) = read(publication(situation(record(where=where)))).rejects
    assert reject.reason == "the geometry names a coordinate system we do not know"


def test_polygon_with_hole() -> None:
    ring = "43.30 5.40 43.30 5.50 43.40 5.50 43.40 5.40 43.30 5.40"
    hole = "43.33 5.43 43.33 5.46 43.36 5.46 43.36 5.43 43.33 5.43"
    where = (
        f"<l:gmlMultiPolygon><l:gmlPolygon><l:exterior><l:posList>{ring}</l:posList></l:exterior>"
        f"<l:interior><l:posList>{hole}</l:posList></l:interior></l:gmlPolygon></l:gmlMultiPolygon>"
    )
    geometry = event_of(where=where).geometry
    assert geometry is not None
    assert geometry["type"] == "Polygon"
    assert len(geometry["coordinates"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("far", ["43.31", "43.30"])
def test_two_ends_are_points_and_one_place_twice_is_none(far: str) -> None:
    end = "<l:{0}><l:pointCoordinates><l:latitude>{1}</l:latitude><l:longitude>5.4</l:longitude></l:pointCoordinates></l:{0}>"
    event = event_of(
        where=f"<l:tpegLinearLocation>{end.format('to', far)}{end.format('from', '43.30')}</l:tpegLinearLocation>"
    )
    if far == "43.30":
        assert (event.geometry, event.geometry_precision) == (None, GeometryPrecision.NONE)
    else:
        assert event.geometry == {"type": "MultiPoint", "coordinates": [[5.4, 43.3], [5.4, 43.31]]}
        assert event.geometry_precision is GeometryPrecision.ENDPOINTS


def test_display_point_is_the_last_resort_and_a_bad_one_does_not_cost_a_good_place() -> None:
    where = (
        "<l:coordinatesForDisplay><l:latitude>{}</l:latitude><l:longitude>5.4</l:longitude></l:coordinatesForDisplay>"
    )
    assert event_of(where=where.format(43.3)).geometry_precision is GeometryPrecision.ENDPOINTS
    assert event_of(where=where.format("north") + POINT).geometry_precision is GeometryPrecision.EXACT
    assert read(publication(situation(record(where=where.format("north"))))).rejects[0].reason == "a number is expected"


def test_languages_french_then_english_then_first_that_is_not_empty() -> None:
    values = (
        '<c:values><c:value lang="de"/><c:value lang="es">Obras</c:value><c:value lang="{}">Chosen</c:value></c:values>'
    )
    for language, text in (("fr", "Chosen"), ("en", "Chosen"), ("it", "Obras")):
        comment = f"<s:generalPublicComment><s:comment>{values.format(language)}</s:comment></s:generalPublicComment>"
        assert event_of(comment).description == text


def test_cause_maps_spanish_roadworks() -> None:
    cause = "<s:cause><s:causeType>roadMaintenance</s:causeType></s:cause>"
    code = "<s:roadOrCarriagewayOrLaneManagementType>{}</s:roadOrCarriagewayOrLaneManagementType>"
    kind = "RoadOrCarriagewayOrLaneManagement"
    assert event_of(cause + code.format("laneClosures"), kind=kind).category == "chantier"
    assert event_of(cause + code.format("roadClosed"), kind=kind).category == "fermeture"


@pytest.mark.parametrize(
    ("kind", "code", "category"),
    [
        ("DisturbanceActivity", "<s:disturbanceActivityType>march</s:disturbanceActivityType>", "manifestation"),
        ("PublicEvent", "<s:publicEventType>footballMatch</s:publicEventType>", "match"),
        ("PublicEvent", '<s:publicEventType _extendedValue="regatta">_extended</s:publicEventType>', "inconnu"),
        ("TransitInformation", "<s:transitServiceType>tram</s:transitServiceType>", "tram"),
        ("SignSetting", "", "inconnu"),
    ],
)
def test_types_and_codes_lead_to_categories(kind: str, code: str, category: str) -> None:
    event = event_of(code, kind=kind)
    assert event.category == category
    assert event.source_code is not None
    assert event.source_code.startswith(kind)


def test_extended_value_is_kept_as_source_code() -> None:
    event = event_of('<s:publicEventType _extendedValue="regatta">_extended</s:publicEventType>', kind="PublicEvent")
    assert event.source_code == "PublicEvent: regatta"


def test_nights_repeat_on_local_clock_and_exceptions_are_cut_out() -> None:
    inside = (
        "<c:overallStartTime>2026-10-20T00:00:00</c:overallStartTime><c:overallEndTime>2026-10-31T00:00:00</c:overallEndTime>"
        "<c:validPeriod><c:recurringTimePeriodOfDay><c:startTimeOfPeriod>21:00:00+00:00</c:startTimeOfPeriod>"
        "<c:endTimeOfPeriod>23:00:00+00:00</c:endTimeOfPeriod></c:recurringTimePeriodOfDay></c:validPeriod>"
        "<c:exceptionPeriod><c:startOfPeriod>2026-10-22T00:00:00</c:startOfPeriod>"
        "<c:endOfPeriod>2026-10-23T00:00:00</c:endOfPeriod></c:exceptionPeriod>"
    )
    validity_ = event_of(validity(inside)).validity
    assert validity_.in_force(datetime(2026, 10, 21, 19, 30, tzinfo=UTC))  # 21:30 in summer
    assert validity_.in_force(datetime(2026, 10, 27, 20, 30, tzinfo=UTC))  # 21:30 in winter
    assert not validity_.in_force(datetime(2026, 10, 22, 19, 30, tzinfo=UTC))
    assert not validity_.in_force(datetime(2026, 10, 21, 12, 0, tzinfo=UTC))


def test_periods_that_repeat_differently_are_written_out() -> None:
    period = (
        "<c:validPeriod><c:startOfPeriod>2026-11-{0}T00:00:00</c:startOfPeriod><c:endOfPeriod>2026-11-{1}T00:00:00"
        "</c:endOfPeriod><c:recurringTimePeriodOfDay><c:startTimeOfPeriod>{2}</c:startTimeOfPeriod>"
        "<c:endTimeOfPeriod>{3}</c:endTimeOfPeriod></c:recurringTimePeriodOfDay></c:validPeriod>"
    )
    inside = period.format("02", "04", "08:00:00", "10:00:00") + period.format("09", "10", "20:00:00", "22:00:00")
    written = event_of(validity(inside)).validity
    assert [one.start.hour for one in written.periods] == [7, 7, 19]
    assert written.recurrences == ()


def test_suspended_record_is_not_in_force() -> None:
    stated = validity("<c:overallStartTime>2026-11-01T00:00:00Z</c:overallStartTime>", "suspended")
    assert not event_of(stated).validity.in_force(datetime(2026, 11, 7, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("word", "audience"),
    [
        ("noRestriction", PUBLIC),
        ("restrictedToAuthorities", PARTNERS),
        ("internalUse", listed(["roads"])),
        ("somethingNew", listed(["roads"])),
    ],
)
def test_confidentiality_narrows_the_audience(word: str, audience: Audience) -> None:
    header = f"<s:headerInformation><c:confidentiality>{word}</c:confidentiality></s:headerInformation>"
    assert event_of(header=header).audience == audience
    assert event_of(f"<s:confidentialityOverride>{word}</s:confidentialityOverride>").audience == audience


def test_audience_that_nobody_is_in_is_a_reject() -> None:
    header = "<s:headerInformation><c:confidentiality>internalUse</c:confidentiality></s:headerInformation>"
    reading = read(publication(situation(record(), header=header)), audience=listed(["other"]))
    assert [reject.reason for reject in reading.rejects] == ["its confidentiality leaves no one who may see it"]


@pytest.mark.parametrize("word", ["securityExercise", "technicalExercise"])
def test_exercises_are_kept_and_marked(word: str) -> None:
    header = f"<s:headerInformation><c:informationStatus>{word}</c:informationStatus></s:headerInformation>"
    assert event_of(header=header).information_status is InformationStatus.EXERCISE


def test_cancelled_is_withdrawn_once() -> None:
    cancel = "<s:management><s:lifeCycleManagement><s:cancel>true</s:cancel></s:lifeCycleManagement></s:management>"
    reading = read(publication(situation(record(), record(cancel, version="2"))))
    assert (reading.events, reading.withdrawn, len(reading.rejects)) == ((), ("r-1",), 1)


def test_delivery_break_of_version_2_is_not_an_end_of_all() -> None:
    reading = read(
        '<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0"><exchange><deliveryBreak>true</deliveryBreak></exchange></d2LogicalModel>'
    )
    assert (reading.records_seen, reading.is_complete) == (0, False)


def test_record_outside_a_situation_is_counted() -> None:
    assert read(publication(record())).events[0].situation_id is None


@pytest.mark.parametrize(
    "text",
    [
        '<a:Envelope xmlns:a="x"><a:Body><a:Fault/></a:Body></a:Envelope>',
        publication().replace("SituationPublication", "MeasuredDataPublication"),
        "<rss/>",
        "<!DOCTYPE d2LogicalModel><d2LogicalModel/>",
        " " * 5000 + "<d2LogicalModel/>",
    ],
)
def test_other_documents_are_unreadable(text: str) -> None:
    with pytest.raises(DocumentUnreadable):
        read(text)


def test_doctype_after_a_long_comment_is_refused() -> None:
    with pytest.raises(DocumentUnreadable, match="DOCTYPE"):
        read(f"<!--{'x' * 9000}--><!DOCTYPE d [<!ENTITY a 'b'>]>" + publication(situation(record())))


def test_declared_encoding_that_the_bytes_contradict() -> None:
    comment = "<s:generalPublicComment><s:comment><c:values><c:value>Métro</c:value></c:values></s:comment></s:generalPublicComment>"
    text = '<?xml version="1.0" encoding="UTF-8"?>' + publication(situation(record(comment)))
    assert read(text.encode("cp1252")).events[0].description == "Métro"


@pytest.mark.parametrize("options", [{"fields": {}}, {"medium_is_default": "yes"}])
def test_options_that_cannot_be_used(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="roads-events"):
        Datex2SituationAdapter(source(**options))


def test_memory_is_that_of_one_situation() -> None:
    head, tail = publication("@").split("@")
    filler = "<s:situationRecordExtension>" + "<s:x>filler</s:x>" * 2000 + "</s:situationRecordExtension>"
    one = situation(record(filler))
    body = (head + one * 400 + tail).encode()
    assert len(body) > 12_000_000
    document = Document(lambda: io.BytesIO(body), media_type="", url="", retrieved_at=READ_AT)
    tracemalloc.start()
    try:
        reading = Datex2SituationAdapter(source()).read(document)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reading.records_seen == 400
    assert peak < 4_000_000
