"""Traps of DATEX II measurements and of their table of sites, one test each (FEEDS 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.adapters.datex2_measured import Datex2MeasuredAdapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC
from events.errors import ConfigurationError, DocumentUnreadable
from events.geometry import Area
from events.records import RoadState
from events.vocabulary import TrafficState

MARSEILLE = (5.0, 43.0, 6.0, 44.0)
WORLD = (-180.0, -90.0, 180.0, 90.0)
READ_AT = datetime(2026, 11, 7, 14, 32, tzinfo=UTC)
FEEDS = Path(__file__).resolve().parents[3] / ".." / "shared" / "feeds" / "datex2_measured"
HEADER = (
    "code_pme;source;source_2;code_insee_commune;axe;pr_debut;abscisse_debut;pr_fin;abscisse_fin;sens_gestionnaire;"
    "sens_cardinal;sens_migratoire;sens_giratoire;longueur;nb_voies;x_deb;y_deb;x_fin;y_fin;code_traficolor"
)
LINE = "898254.6;6246268.5;899136.1;6246741.0"


def source(area: Area = MARSEILLE, **options: object) -> Source:
    return Source(
        id="roads-traffic", kind="datex2_measured", title="Traffic", organisation="roads", licence="LO",
        url="https://example.org/traffic/", poll_every=timedelta(minutes=6), timezone="Europe/Paris", area=area,
        coverage=Coverage.SNAPSHOT, default_audience=PUBLIC, maintainer="city", options=options,
    )  # fmt: skip


def row(name: str, coordinates: str = LINE) -> str:
    return f"{name};DIRFIC;931313055;A50;13PR4D;794;13PR5D;294;1;OUEST_EST;Y;;504;0;{coordinates};MA13"


def table(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def status(value: str, inputs: str | None = "12") -> str:
    used = "" if inputs is None else f' numberOfInputValuesUsed="{inputs}"'
    return basic(
        "TrafficStatus", f"<trafficStatus{used}><trafficStatusValue>{value}</trafficStatusValue></trafficStatus>"
    )


def basic(kind: str, inside: str) -> str:
    return (
        f'<measuredValue index="0"><measuredValue><basicData xsi:type="{kind}">{inside}</basicData>'
        "</measuredValue></measuredValue>"
    )


def flow(rate: float) -> str:
    return basic("TrafficFlow", f"<vehicleFlow><vehicleFlowRate>{rate}</vehicleFlowRate></vehicleFlow>")


def speed(kmh: float) -> str:
    return basic("TrafficSpeed", f"<averageVehicleSpeed><speed>{kmh}</speed></averageVehicleSpeed>")


def site(name: str, *values: str, at: str = "2026-11-07T15:30:00+01:00") -> str:
    return (
        f'<siteMeasurements><measurementSiteReference id="{name}" version="1"/>'
        f"<measurementTimeDefault>{at}</measurementTimeDefault>{''.join(values)}</siteMeasurements>"
    )


def publication(*sites: str, at: str = "2026-11-07T15:30:00+01:00") -> bytes:
    return (
        '<d2LogicalModel xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<payloadPublication xsi:type="MeasuredDataPublication"><publicationTime>{at}</publicationTime>'
        f"{''.join(sites)}</payloadPublication></d2LogicalModel>"
    ).encode()


def document(body: bytes, url: str = "") -> Document:
    return Document(body, media_type="", url=url, retrieved_at=READ_AT)


def read(body: bytes, sites: bytes | None = None, area: Area = MARSEILLE) -> Reading:
    adapter = Datex2MeasuredAdapter(source(area))
    if sites is not None:
        adapter.learn("sites", document(sites))
    return adapter.read(document(body))


def only(reading: Reading) -> RoadState:
    assert reading.records_seen == len(reading.road_states) == 1, reading.rejects
    return reading.road_states[0]


def test_free_flow_without_input_values_is_unknown() -> None:
    assert only(read(publication(site("A1", status("freeFlow", "0"))))).state is TrafficState.UNKNOWN
    assert only(read(publication(site("A1", status("freeFlow", "1"))))).state is TrafficState.FREE
    assert only(read(publication(site("A1", status("freeFlow", None))))).state is TrafficState.FREE


@pytest.mark.parametrize(
    ("said", "state"),
    [("freeFlow", "free"), ("heavy", "slow"), ("congested", "congested"), ("impossible", "closed"), ("unknown", "unknown"), ("later", "unknown")],
)  # fmt: skip
def test_words_of_the_publisher(said: str, state: str) -> None:
    assert only(read(publication(site("A1", status(said))))).state.value == state


def test_rows_of_nineteen_values_under_twenty_headers() -> None:
    state = only(read(publication(site("A1", status("heavy"))), table(row("A1"))))
    assert state.name == "A50 ouest-est"
    assert state.geometry is not None
    (west, south), (east, north) = state.geometry["coordinates"]
    assert (round(west, 3), round(south, 3), round(east, 3), round(north, 3)) == (5.442, 43.288, 5.453, 43.292)


def test_identifiers_are_case_sensitive() -> None:
    other = row("A.h1", "892893.2;6250012.1;892693.8;6251005.2")
    reading = read(
        publication(site("A.H1", status("heavy")), site("A.h1", status("freeFlow"))), table(row("A.H1"), other)
    )
    upper, lower = reading.road_states
    assert (upper.segment_id, upper.state.value) == ("A.H1", "slow")
    assert (lower.segment_id, lower.state.value) == ("A.h1", "free")
    assert upper.geometry is not None
    assert upper.geometry != lower.geometry


@pytest.mark.parametrize(
    "coordinates",
    [
        "0;0;0;0",
        ";;;",
        "898254.6;6246268.5;0;0",
        "898254.6;0;899136.1;6246741.0",
        "898254.6;6246268.5;898254.6;6246268.5",
    ],
)
def test_zero_blank_or_equal_coordinates_are_no_place(coordinates: str) -> None:
    state = only(read(publication(site("A1", status("congested"))), table(row("A1", coordinates))))
    assert state.geometry is None
    assert state.state is TrafficState.CONGESTED


def test_end_written_before_its_start_keeps_its_direction() -> None:
    element = (
        '<elaboratedData><basicData xsi:type="TrafficStatus"><pertinentLocation><tpegLinearLocation>'
        "<to><pointCoordinates><latitude>43.31</latitude><longitude>5.41</longitude></pointCoordinates></to>"
        "<from><pointCoordinates><latitude>43.30</latitude><longitude>5.40</longitude></pointCoordinates></from>"
        "</tpegLinearLocation></pertinentLocation><trafficStatus><trafficStatusValue>heavy</trafficStatusValue>"
        "</trafficStatus></basicData></elaboratedData>"
    )
    state = only(read(publication(element).replace(b"MeasuredData", b"ElaboratedData")))
    assert state.geometry is not None
    assert state.geometry["coordinates"] == [[5.40, 43.30], [5.41, 43.31]]


def test_index_that_repeats_loses_no_value() -> None:
    state = only(read(publication(site("A1", status("heavy"), flow(900), speed(42)))))
    assert (state.state, state.flow_vph, state.speed_kmh) == (TrafficState.SLOW, 900, 42)


def test_no_vehicle_at_no_speed_is_no_jam() -> None:
    state = only(read(publication(site("A1", flow(0), speed(0)))))
    assert (state.state, state.flow_vph, state.speed_kmh) == (TrafficState.UNKNOWN, 0, None)


def test_time_without_zone_is_the_time_of_the_source() -> None:
    reading = read(publication(site("A1", status("heavy"), at="2026-11-07T15:30:00"), at="2026-11-07T15:31:00"))
    assert only(reading).observed_at == datetime(2026, 11, 7, 14, 30, tzinfo=UTC)
    assert reading.published_at == datetime(2026, 11, 7, 14, 31, tzinfo=UTC)


def test_place_no_table_knows_is_a_state_without_geometry() -> None:
    assert only(read(publication(site("B2", status("heavy"))), table(row("A1")))).geometry is None


def test_place_outside_the_area_is_a_reject_with_its_reason() -> None:
    reading = read(
        publication(site("A1", status("heavy")), site("B2", status("heavy"))),
        table(row("A1", "600000;6800000;600100;6800100")),
    )
    assert [one.external_id for one in reading.rejects] == ["A1"]
    assert "area" in reading.rejects[0].reason
    assert [one.segment_id for one in reading.road_states] == ["B2"]


def test_table_that_breaks_leaves_the_one_known_before() -> None:
    adapter = Datex2MeasuredAdapter(source())
    adapter.learn("sites", document(table(row("A1"))))
    for broken in (b"<html></html>", b"a;b;c\n1;2;3", HEADER.encode(), b""):
        with pytest.raises(DocumentUnreadable):
            adapter.learn("sites", document(broken))
    assert only(adapter.read(document(publication(site("A1", status("heavy")))))).geometry is not None


def test_newest_file_of_a_folder_is_read() -> None:
    adapter = Datex2MeasuredAdapter(source(folder=True))
    listing = (
        b'<html><a href="../">up</a><a href="T_20261107_1424.xml">x</a><a href="T_20261107_1430.xml">y</a>'
        b'<a href="https://elsewhere.example/T_20291107_1430.xml">z</a></html>'
    )
    reading = adapter.read(document(listing, "https://example.org/traffic/?C=M;O=D"))
    assert [one.url for one in reading.next_requests] == ["https://example.org/traffic/T_20261107_1430.xml"]
    assert reading.records_seen == 0


def test_unknown_option_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="folder"):
        Datex2MeasuredAdapter(source(folders=True))


def test_publication_of_another_kind_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="another kind"):
        read(publication().replace(b"MeasuredDataPublication", b"SituationPublication"))


@pytest.mark.skipif(not FEEDS.is_dir(), reason="the partners' real documents are not beside this project")
def test_marseille_traffic_is_coloured_and_placed() -> None:
    traffic = (FEEDS / "bison-fute-tipi__traficolor-TraficMarius-marseille.xml").read_bytes()
    reading = read(traffic, (FEEDS / "bison-fute-tipi__refDir-extrait.csv").read_bytes())
    states = {one.segment_id: one for one in reading.road_states}
    assert reading.rejects == ()
    assert states["MM213.P1"].state is TrafficState.UNKNOWN
    coloured = [one for one in states.values() if one.state is not TrafficState.UNKNOWN]
    placed = [one for one in states.values() if one.geometry is not None]
    assert len(coloured) >= 15
    assert len(placed) >= 10
    assert [one for one in coloured if one.geometry is not None]
