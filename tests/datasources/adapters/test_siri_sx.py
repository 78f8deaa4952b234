"""SIRI-SX: the traps of its producers, each under its own name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from datasources.adapters.siri_sx import SiriSxAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC
from events.errors import DocumentUnreadable
from events.records import Event
from events.vocabulary import GeometryPrecision, Severity, StoredStatus
from tests.datasources.adapters.gtfs_cases import AREA, NETWORK, READ_AT, archive, document

PERIOD = "<ValidityPeriod><StartTime>2026-11-07T05:00:00Z</StartTime><EndTime>2026-11-08T05:00:00Z</EndTime></ValidityPeriod>"
BUS = "<Affects><Networks><AffectedNetwork><VehicleMode>bus</VehicleMode></AffectedNetwork></Networks></Affects>"
SUMMARY = "<Summary>Perturbation</Summary>"


def situation(*parts: str, number: str = "1", participant: str = "RTM", created: str = "2026-11-06T08:00:00Z") -> str:
    return (
        f"<PtSituationElement><CreationTime>{created}</CreationTime><ParticipantRef>{participant}</ParticipantRef>"
        f"<SituationNumber>{number}</SituationNumber>{''.join(parts)}</PtSituationElement>"
    )


def reader(**options: object) -> SiriSxAdapter:
    source = Source(
        id="siri", kind="siri_sx", title="SIRI", organisation="transit", licence="LO", url="https://example.org/",
        poll_every=timedelta(minutes=1), timezone="Europe/Paris", area=AREA, coverage=Coverage.SNAPSHOT,
        default_audience=PUBLIC, maintainer="city", options=options,
    )  # fmt: skip
    return SiriSxAdapter(source)


def read(*situations: str, around: str = "", network: bool = False, **options: object) -> Reading:
    adapter = reader(**options)
    if network:
        adapter.learn("static", document(archive(NETWORK)))
    body = (
        '<Siri xmlns="http://www.siri.org.uk/siri"><ServiceDelivery><SituationExchangeDelivery>'
        f"{around}<Situations>{''.join(situations)}</Situations></SituationExchangeDelivery></ServiceDelivery></Siri>"
    )
    return adapter.read(Document(body.encode(), media_type="", url="", retrieved_at=READ_AT))


def only(reading: Reading) -> Event:
    (event,) = reading.events
    assert not reading.rejects
    return event


def affected(inner: str) -> str:
    return f"<Affects>{inner}</Affects>"


def line(reference: str, inner: str = "") -> str:
    return affected(
        f"<Networks><AffectedNetwork><AffectedLine><LineRef>{reference}</LineRef>{inner}</AffectedLine>"
        "</AffectedNetwork></Networks>"
    )


def test_no_geometry_stops_and_lines_are_joined_to_the_timetable() -> None:
    stop = affected(
        "<StopPoints><AffectedStopPoint><StopPointRef>RTM:Quay:S1:LOC</StopPointRef></AffectedStopPoint></StopPoints>"
    )
    placed = only(read(situation(PERIOD, SUMMARY, stop), network=True))
    assert placed.geometry == {"type": "Point", "coordinates": [5.38, 43.3]}
    assert placed.place == "Gare fictive"
    drawn = only(read(situation(PERIOD, SUMMARY, line("M1")), network=True))
    assert drawn.geometry is not None
    assert drawn.geometry["type"] == "LineString"
    assert (drawn.category, drawn.place) == ("metro", "M1")


def test_what_no_timetable_knows_is_listed_and_not_guessed() -> None:
    unknown = only(read(situation(PERIOD, SUMMARY, line("RTM:Line:X9:LOC")), network=True))
    assert (unknown.geometry, unknown.geometry_precision) == (None, GeometryPrecision.NONE)
    reading = read(situation(PERIOD, SUMMARY, line("R9")), network=True)
    assert [one.reason for one in reading.rejects] == ["all the lines and stops it names lie outside the source's area"]


def test_a_line_of_which_some_stops_are_affected_is_not_drawn_whole() -> None:
    stops = "<Routes><AffectedRoute><StopPoints><AffectedStopPoint><StopPointRef>S1</StopPointRef></AffectedStopPoint></StopPoints></AffectedRoute></Routes>"
    event = only(read(situation(PERIOD, SUMMARY, line("M1", stops)), network=True))
    assert event.geometry is not None
    assert event.geometry["type"] == "Point"
    assert event.category == "metro"


@pytest.mark.parametrize(
    "versions", [("", ""), ("<Version>1</Version>",) * 2, ("<Version>9</Version>", "<Version>1</Version>")]
)
def test_version_missing_or_repeated_is_ordered_by_versioned_at_time(versions: tuple[str, str]) -> None:
    old, new = (f"<VersionedAtTime>2026-11-07T{hour}:00:00Z</VersionedAtTime>" for hour in ("09", "10"))
    first = situation(versions[1], new, PERIOD, BUS, "<Summary>Nouvelle</Summary>")
    second = situation(versions[0], old, PERIOD, BUS, "<Summary>Ancienne</Summary>")
    for order in ((first, second), (second, first)):
        reading = read(*order)
        assert [event.headline for event in reading.events] == ["Nouvelle"]
        assert len(reading.rejects) == 1


def test_version_that_is_a_timestamp_is_kept_as_it_is() -> None:
    assert only(read(situation("<Version>20261107100000</Version>", PERIOD, SUMMARY, BUS))).version == "20261107100000"


def test_same_number_of_two_participants_is_two_situations() -> None:
    reading = read(situation(PERIOD, SUMMARY, BUS), situation(PERIOD, SUMMARY, BUS, participant="CARTREIZE"))
    assert [event.external_id for event in reading.events] == ["RTM:1", "CARTREIZE:1"]


def test_several_validity_periods_are_periods_inside_their_hull() -> None:
    second = PERIOD.replace("11-07", "11-10").replace("11-08", "11-11")
    validity = only(read(situation(PERIOD, second, SUMMARY, BUS))).validity
    assert (validity.start, validity.end) == (
        datetime(2026, 11, 7, 5, tzinfo=UTC),
        datetime(2026, 11, 11, 5, tzinfo=UTC),
    )
    assert not validity.in_force(datetime(2026, 11, 9, tzinfo=UTC))
    assert validity.in_force(datetime(2026, 11, 10, 12, tzinfo=UTC))


@pytest.mark.parametrize("end", ["", "<EndTime>9999-12-31T23:59:59.9999999+01:00</EndTime>"])
def test_open_end(end: str) -> None:
    period = f"<ValidityPeriod><StartTime>2026-11-07T05:00:00Z</StartTime>{end}</ValidityPeriod>"
    assert only(read(situation(period, SUMMARY, BUS))).validity.end is None
    assert only(read(situation(PERIOD, period, SUMMARY, BUS))).validity.end is None


def test_times_without_zone_are_the_wall_clock_of_the_source() -> None:
    event = only(read(situation(PERIOD.replace("Z<", "<"), SUMMARY, BUS)))
    assert event.validity.start == datetime(2026, 11, 7, 4, tzinfo=UTC)


def test_first_language_is_not_always_french() -> None:
    texts = "".join(f'<Summary xml:lang="{tag}">{tag}</Summary>' for tag in ("NO", "EN", "FR"))
    event = only(read(situation(PERIOD, texts, BUS)))
    assert (event.headline, event.language) == ("FR", "fr")
    foreign = only(read(situation(PERIOD, texts.partition('<Summary xml:lang="EN"')[0], BUS)))
    assert (foreign.headline, foreign.language) == ("NO", "no")


def test_html_escaped_in_detail_is_made_plain() -> None:
    detail = "<Detail>&lt;p&gt;Navette &amp;amp; bus&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</Detail>"
    assert only(read(situation(PERIOD, SUMMARY, detail, BUS))).description == "Navette & bus"


@pytest.mark.parametrize("word", ["normal", "slight", "undefined", "unknown"])
def test_normal_and_slight_are_defaults_and_say_nothing(word: str) -> None:
    plain = only(read(situation(PERIOD, SUMMARY, BUS))).severity
    assert only(read(situation(PERIOD, f"<Severity>{word}</Severity>", SUMMARY, BUS))).severity == plain
    assert only(read(situation(PERIOD, "<Severity>severe</Severity>", SUMMARY, BUS))).severity == Severity.MAJOR


def test_free_text_reasons_can_be_rubbish_and_are_not_kept() -> None:
    reason = "<UndefinedReason>09:44:41</UndefinedReason>"
    assert only(read(situation(PERIOD, reason, SUMMARY, BUS))).source_code == "UndefinedReason"
    named = "<UnknownReason>Mme Dupont est absente</UnknownReason>"
    assert only(read(situation(PERIOD, named, SUMMARY, BUS))).source_code == "UnknownReason"


def test_closed_is_told_once_and_takes_the_situation_back() -> None:
    reading = read(situation("<Progress>closed</Progress>", PERIOD, SUMMARY, BUS))
    assert (reading.events, reading.withdrawn) == ((), ("RTM:1",))
    assert only(read(situation("<Progress>closing</Progress>", PERIOD, SUMMARY, BUS))).status is None
    assert only(read(situation("<Progress>draft</Progress>", PERIOD, SUMMARY, BUS))).status == StoredStatus.DRAFT


def test_more_data_is_a_page_and_closes_nothing() -> None:
    assert read(situation(PERIOD, SUMMARY, BUS)).is_complete
    assert not read(situation(PERIOD, SUMMARY, BUS), around="<MoreData>true</MoreData>").is_complete


def test_subscription_deliveries_are_deltas() -> None:
    assert not read(situation(PERIOD, SUMMARY, BUS), around="<SubscriptionRef>S</SubscriptionRef>").is_complete


def test_publication_window_is_not_the_validity_period() -> None:
    window = PERIOD.replace("ValidityPeriod", "PublicationWindow").replace("2026-11-07", "2026-01-01")
    event = only(read(situation(PERIOD, window, SUMMARY, BUS)))
    assert event.validity.start == datetime(2026, 11, 7, 5, tzinfo=UTC)


def test_repetitions_are_the_days_it_is_in_force() -> None:
    period = "<ValidityPeriod><StartTime>2026-11-02T00:00:00</StartTime></ValidityPeriod>"
    days = "<Repetitions><DayType>weekends</DayType></Repetitions>"
    validity = only(read(situation(period, days, SUMMARY, BUS))).validity
    assert validity.in_force(datetime(2026, 11, 7, 12, tzinfo=UTC))
    assert not validity.in_force(datetime(2026, 11, 9, 12, tzinfo=UTC))


def test_what_is_addressed_to_staff_is_not_public() -> None:
    event = only(read(situation(PERIOD, "<Audience>staff</Audience>", SUMMARY, BUS)))
    assert event.audience.key == "listed:transit"


def test_contacts_links_and_images_are_never_read() -> None:
    extra = (
        "<Source><Name>CANARI</Name><Phone>CANARI</Phone></Source><InfoLinks><InfoLink><Uri>CANARI</Uri></InfoLink></InfoLinks>"
        "<Images><Image><ImageRef>CANARI</ImageRef></Image></Images>"
    )
    reading = read(situation(extra, PERIOD, SUMMARY, BUS))
    assert "CANARI" not in repr(reading)
    assert reading.dropped_media == 1
    assert reading.dropped_fields == ("InfoLinks", "Source")


def test_publisher_error_is_no_empty_delivery() -> None:
    with pytest.raises(DocumentUnreadable, match="answered with an error"):
        read(around="<Status>false</Status><ErrorCondition><Description>x</Description></ErrorCondition>")


def test_a_strike_is_one_and_the_usual_category_serves_the_rest() -> None:
    strike = "<PersonnelReason>strike</PersonnelReason>"
    assert only(read(situation(PERIOD, strike, SUMMARY, BUS))).category == "greve"
    assert only(read(situation(PERIOD, SUMMARY, line("L")), category="train")).category == "train"


def test_creation_in_the_year_1_is_no_reason_to_refuse() -> None:
    event = only(read(situation(PERIOD, SUMMARY, BUS, created="0001-01-01T00:00:00+00:43")))
    assert event.published_at is None


def test_siri_lite_says_in_json_what_siri_says_in_xml() -> None:
    xml = read(situation(PERIOD, '<Summary xml:lang="FR">Perturbation</Summary>', BUS))
    told = {
        "creationTime": "2026-11-06T08:00:00Z", "ParticipantRef": {"value": "RTM"}, "SituationNumber": {"value": 1},
        "ValidityPeriod": [{"StartTime": "2026-11-07T05:00:00Z", "EndTime": "2026-11-08T05:00:00Z"}],
        "Summary": [{"value": "Perturbation", "lang": "FR"}],
        "Affects": {"Networks": {"AffectedNetwork": [{"VehicleMode": "bus"}]}},
    }  # fmt: skip
    assert as_lite(told) == xml
    assert len(xml.events) == 1


def test_siri_lite_of_several_pages_or_with_an_error_is_no_whole_delivery() -> None:
    assert not as_lite(MoreData=True).is_complete
    assert as_lite(MoreData=False).is_complete
    for fault in ({"Status": False}, {"ErrorCondition": {"Description": "x"}}):
        with pytest.raises(DocumentUnreadable, match="error"):
            as_lite(**fault)
    with pytest.raises(DocumentUnreadable, match="no delivery"):
        reader().read(Document(b'{"Siri": {}}', media_type="", url="", retrieved_at=READ_AT))


def test_siri_lite_too_deep_or_with_odd_characters_costs_itself_only() -> None:
    deep: dict[str, object] = {}
    for _ in range(200):
        deep = {"Affects": deep}
    good = {"SituationNumber": "2", "Summary": "Perturbation\u0000\ud7ff", "CreationTime": "2026-11-06T08:00:00Z"}
    reading = as_lite({**good, "SituationNumber": "1", **deep}, good, 7)
    assert [event.external_id for event in reading.events] == ["2"]
    assert len(reading.rejects) == 2


def as_lite(*situations: object, **delivery: object) -> Reading:
    inside = {**delivery, "SituationExchangeDelivery": [{"Situations": {"PtSituationElement": list(situations)}}]}
    body = json.dumps({"Siri": {"ServiceDelivery": inside}}).encode()
    return reader().read(Document(body, media_type="", url="", retrieved_at=READ_AT))
