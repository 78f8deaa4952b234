"""The network of the transport operator: its archive, what its alerts inform, and where that puts them on the map."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as realtime

from demo.network import Network, read_network
from demo.streets import Streets
from events.city_file import read_city
from events.errors import ConfigurationError
from tests.demo.test_demo_read import CITY, SOURCES, read

SOURCE = "transport-perturbations"
GOOD = """
[stops]
a = { name = "Un", at = [5.38, 43.30] }
b = { name = "Deux", at = [5.39, 43.30] }
[[line]]
id = "1"
kind = "bus"
stops = ["a", "b"]
[informed]
X-1 = ["1/a"]
"""


def test_every_placed_notice_names_a_line_and_no_other_does(theatre) -> None:
    day = theatre().day
    placed = {one.id for one in day.of(SOURCE) if one.geometry is not None}
    assert placed == set(day.network.informed)


def test_metro_interruption_is_where_the_day_says(theatre) -> None:
    city, _ = read_city(CITY)
    events = {event.external_id: event for event in read(theatre(), SOURCES[SOURCE]).events}
    metro = events["TRA-1199-J1"]
    assert metro.geometry is not None
    assert (metro.category, metro.place) == ("metro", "Saint-Charles, La Timone")
    assert city.districts_of(metro.geometry) == ("13201", "13205")
    assert [effect.text for effect in metro.effects] == ["Bus relais non confirmé"]
    assert {name for name, event in events.items() if event.geometry is None} == {"TRA-1186-J1"}


def test_alerts_are_binary_and_name_only_what_the_archive_holds(theatre) -> None:
    stage = theatre()
    feed = realtime.FeedMessage.FromString(stage.document(SOURCE))
    with zipfile.ZipFile(io.BytesIO(stage.document("transport-reseau"))) as archive:
        known = {
            name: {row[0] for row in csv.reader(io.TextIOWrapper(archive.open(f"{name}.txt"), "utf-8"))}
            for name in ("routes", "stops", "shapes")
        }
    informed = [one for entity in feed.entity for one in entity.alert.informed_entity]
    assert {one.route_id for one in informed} - {""} <= known["routes"]
    assert {one.stop_id for one in informed} - {""} <= known["stops"]
    assert len(known["shapes"]) == len(known["routes"])


def test_city_without_a_network_has_an_empty_one(tmp_path: Path, streets: Streets) -> None:
    assert read_network(tmp_path, streets) == Network()


@pytest.mark.parametrize(
    ("before", "after"),
    [('"1/a"', '"2/a"'), ('"1/a"', '"1/c"'), ('kind = "bus"', 'kind = "fusée"'), ('kind = "bus"', 'kind = "bus"\ncolour = "red"'),
     ('["a", "b"]', '["a", "z"]'), ("[informed]", "[informed"), ('name = "Un", ', "")],
)  # fmt: skip
def test_network_that_cannot_be_used_stops_the_start(before: str, after: str, tmp_path: Path, streets: Streets) -> None:
    path = tmp_path / "demo-network.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert len(read_network(tmp_path, streets).lines) == 1
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigurationError):
        read_network(tmp_path, streets)
