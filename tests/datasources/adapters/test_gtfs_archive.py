"""The GTFS archive that places alerts: what is missing, damaged, too long or outside (FEEDS 6)."""

from __future__ import annotations

import time

import pytest

from datasources.readers import gtfs_static, gtfs_tables
from events.errors import DocumentUnreadable
from tests.datasources.adapters.gtfs_cases import NETWORK, adapter, archive, document, entity, feed, only, read


def test_shape_is_cut_to_the_area() -> None:
    shape = "shape_id,shape_pt_sequence,shape_pt_lat,shape_pt_lon\n" + "".join(
        f"s1,{number},43.5,{longitude}\n" for number, longitude in enumerate((5.5, 5.9, 6.5, 6.6, 5.8, 5.6))
    )
    event = only(read(entity(route_id="M1"), network=NETWORK | {"shapes.txt": shape}))
    assert event.geometry == {
        "type": "MultiLineString",
        "coordinates": [[[5.5, 43.5], [5.9, 43.5]], [[5.6, 43.5], [5.8, 43.5]]],
    }


def test_archive_without_optional_tables_gives_what_it_has() -> None:
    stops = {"stops.txt": NETWORK["stops.txt"]}
    assert only(read(entity(stop_id="S1"), network=stops)).geometry is not None
    assert only(read(entity(route_id="M1"), network=stops)).geometry is None
    routes = {"routes.txt": NETWORK["routes.txt"]}
    assert only(read(entity(route_id="M1"), network=routes)).category == "metro"


def test_tables_in_one_folder_are_found() -> None:
    packed = {f"gtfs/{name}": text for name, text in NETWORK.items()}
    assert only(read(entity(stop_id="S1"), network=packed)).geometry is not None


@pytest.mark.parametrize(
    "row", ["S9,Nom", "S9,Nom,quarante,5", "S9,Nom,nan,inf", "S9,Nom,95,500", ",,43.3,5.3", '"S9,Nom']
)
def test_row_that_cannot_be_used_costs_its_stop_only(row: str) -> None:
    tables = {"stops.txt": f"stop_id,stop_name,stop_lat,stop_lon\nS1,Gare,43.3,5.38\n{row}\n"}
    assert only(read(entity(stop_id="S1"), network=tables)).geometry is not None
    assert only(read(entity(stop_id="S9"), network=tables)).geometry is None


def refused(body: bytes) -> str:
    started = time.thread_time()
    with pytest.raises(DocumentUnreadable) as caught:
        adapter().learn("static", document(body))
    assert time.thread_time() - started < 1
    return caught.value.message


def test_table_without_line_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gtfs_tables, "MAX_RATIO", 10**6)
    assert "a line over" in refused(archive({"stops.txt": "x" * 5_000_000}))


def test_table_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gtfs_tables, "MAX_ROWS", 3)
    assert "more than 3 rows" in refused(archive(NETWORK))


def test_bomb_path_and_crowd_are_told_apart() -> None:
    assert "packed more than 100 times" in refused(archive({"stops.txt": "0\n" * 5_000_000}))
    assert "outside itself" in refused(archive({"a/../stops.txt": "stop_id\n"}))
    assert "outside itself" in refused(archive({"/stops.txt": "stop_id\n"}))
    assert "more than 200 files" in refused(archive({f"{number}.txt": "" for number in range(201)}))


def test_long_directory_is_refused_before_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = archive({f"{number}.txt": "" for number in range(6_000)})

    def list_it(stream: object) -> None:
        pytest.fail("the directory is listed")

    monkeypatch.setattr(gtfs_tables.zipfile, "ZipFile", list_it)
    assert "more than 200 files" in refused(body)


def test_damaged_table_is_refused() -> None:
    body = bytearray(archive(NETWORK))
    place = body.index(b"stops.txt") + len("stops.txt") + 20
    body[place] ^= 0xFF
    assert "damaged" in refused(bytes(body))


def test_locked_archive_is_refused() -> None:
    body = bytearray(archive({"stops.txt": "stop_id\n"}))
    body[6] |= 1
    directory = body.index(b"PK\x01\x02")
    body[directory + 8] |= 1
    assert "damaged" in refused(bytes(body))


def test_stops_beyond_the_limit_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gtfs_static, "MAX_STOPS", 1)
    reader = adapter()
    reader.learn("static", document(archive(NETWORK)))
    assert only(reader.read(document(feed(entity(stop_id="S1"))))).geometry is not None
    assert only(reader.read(document(feed(entity(stop_id="S2"))))).geometry is None
