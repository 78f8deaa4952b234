"""The nine promises of a source, on every golden case of every adapter."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden import ADAPTERS, AREA, CASES, Case

from datasources.catalogue import ADAPTERS as CATALOGUE
from datasources.contract import Reading
from events.errors import DocumentUnreadable
from events.geometry import Area, is_inside, positions
from events.taxonomy import UNKNOWN_CATEGORY, categories

NEEDED = {"normal", "empty", "broken", "hostile"}
EITHER_ORDER = {"cifs"}  # its lines are read in the order that fits the area
LIMITS = {"headline": 120, "description": 1000, "instruction": 1000}
READABLE = [case for case in CASES if case.folder.name != "broken"]
WELL_MEANT = [case for case in READABLE if "hostile" not in case.folder.name]  # hostile ones hold swapped places
GARBAGE = [
    b"", b"\x00" * 64, b"<", b"{", b"null", b"[1, NaN]", b"\xff\xfe\xff", b"<!DOCTYPE html><html></html>",
    b"<html><body>Service indisponible</body></html>", b"[" * 20_000, b"<a>" * 5_000, b'"' * 999, b"%PDF-1.7\n",
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>',
]  # fmt: skip

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
readable_case = pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)


def read(case: Case) -> Reading:
    return case.adapter().read(case.document())


def leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from leaves(getattr(value, one.name), one.name)
    elif isinstance(value, tuple | frozenset):
        for part in value:
            yield from leaves(part, name)
    elif not isinstance(value, Enum):
        yield name, value


def test_every_kind_of_the_catalogue_has_its_four_cases() -> None:
    assert set(CATALOGUE) == set(ADAPTERS)
    for kind in ADAPTERS:
        assert {case.folder.name for case in CASES if case.kind == kind} >= NEEDED, kind


@every_case
def test_case_is_small_and_says_whose_shape_it_follows(case: Case) -> None:
    assert len(case.body) < 50_000
    assert case.settings["shape_of"]
    assert case.settings["licence"]


@every_case
def test_reading_is_the_approved_one(case: Case) -> None:
    assert json.loads(json.dumps(case.outcome())) == case.expected


@every_case
def test_1_same_document_same_reading(case: Case) -> None:
    adapter = case.adapter()
    if case.folder.name == "broken":
        for _ in range(2):
            with pytest.raises(DocumentUnreadable):
                adapter.read(case.document())
    else:
        assert adapter.read(case.document()) == adapter.read(case.document()) == read(case)


@readable_case
def test_2_every_record_of_the_document_is_counted(case: Case) -> None:
    body = case.body.decode("utf-8-sig", errors="replace")  # one case is binary
    if "records" in case.settings:
        held = case.settings["records"]  # counted by a person
    elif case.kind == "gtfsrt_alerts":
        if case.folder.name == "network":
            body = (case.folder / "alerts.asciipb").read_text(encoding="utf-8")
        held = len(re.findall(r"^entity", body, re.MULTILINE)) - len(
            re.findall(r"^  (?:vehicle|trip_update)", body, re.MULTILINE)
        )
    elif case.kind == "datex2_situation":
        held = len(re.findall(r"<ns2:situationRecord ", body))
    elif case.kind == "datex2_measured":
        named = re.findall(r'<predefinedLocationReference [^>]*id="([^"]+)"', body)  # one place, however many values
        held = len(re.findall(r"<(?:siteMeasurements|elaboratedData)>", body)) - len(named) + len(set(named))
    elif case.kind == "geojson":
        held = len(json.loads(body)["features"])
    else:
        held = len(re.sub(r'"[^"]*"', "", body).split("\n")) - 2
    assert read(case).records_seen == held


@readable_case
def test_3_ids_are_unique(case: Case) -> None:
    reading = read(case)
    ids = [record.external_id for record in (*reading.events, *reading.cameras, *reading.tallies)]
    ids += [road.segment_id for road in reading.road_states]
    ids += reading.withdrawn
    assert len(ids) == len(set(ids))
    assert all(one and one == one.strip() for one in ids)


@readable_case
def test_4_every_time_is_aware_and_utc(case: Case) -> None:
    reading = read(case)
    moments = [value for _, value in leaves(reading) if isinstance(value, datetime)]
    assert all(moment.tzinfo is UTC for moment in moments)


@readable_case
def test_5_every_position_is_in_the_area(case: Case) -> None:
    reading = read(case)
    for record in (*reading.events, *reading.road_states):
        assert record.geometry is None or all(is_inside(one, AREA) for one in positions(record.geometry))
    assert all(is_inside(camera.position, AREA) for camera in reading.cameras)
    for event in reading.events:
        for checkpoint in event.route.checkpoints if event.route else ():
            assert checkpoint.position is None or is_inside(checkpoint.position, AREA)


@pytest.mark.parametrize("area", [(43.10, 5.15, 43.45, 5.65), (0.0, 0.0, 1.0, 1.0)], ids=["axes swapped", "elsewhere"])
@pytest.mark.parametrize("case", WELL_MEANT, ids=lambda case: case.name)
def test_5_nothing_is_drawn_outside_the_area_of_its_publisher(case: Case, area: Area) -> None:
    adapter = ADAPTERS[case.kind](replace(case.source(), area=area))
    for path in sorted(case.folder.glob("reference-*.*")):
        adapter.learn(path.stem.removeprefix("reference-"), case.document(path.read_bytes()))
    reading = adapter.read(case.document())
    placed = [one for one in (*reading.events, *reading.road_states) if one.geometry is not None]
    assert reading.cameras == ()
    assert placed == [] or (case.kind in EITHER_ORDER and area[0] != 0.0)


@readable_case
def test_6_unknown_codes_are_unknown_and_kept(case: Case) -> None:
    events = read(case).events
    assert all(event.category in categories() for event in events)
    unknown = [event for event in events if event.category == UNKNOWN_CATEGORY]
    assert all(event.source_code for event in unknown)
    if events:
        assert bool(unknown) is (case.folder.name == "hostile")


@readable_case
def test_7_text_is_plain_and_bounded(case: Case) -> None:
    reading = read(case)
    for record in (*reading.events, *reading.road_states, *reading.cameras, *reading.tallies):
        for name, value in leaves(record):
            if not isinstance(value, str):
                continue
            assert len(value) <= LIMITS.get(name, 200), name
            assert value == unicodedata.normalize("NFC", value)
            assert not re.search(r"</?[a-zA-Z!]|&[a-z]+;|\s\s", value), name
            assert not {unicodedata.category(one) for one in value} & {"Cc", "Cf", "Cs"}, name


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("kind", ADAPTERS)
def test_8_a_document_that_is_none_is_unreadable_and_nothing_else_escapes(kind: str, body: bytes) -> None:
    case = next(case for case in READABLE if case.kind == kind)
    with pytest.raises(DocumentUnreadable):
        case.adapter().read(case.document(body))


@readable_case
def test_8_a_document_cut_anywhere_is_read_or_unreadable(case: Case) -> None:
    adapter = case.adapter()
    body = case.body.rstrip()
    for cut in range(0, len(body), max(1, len(body) // 40)):
        try:
            reading = adapter.read(case.document(body[:cut]))
        except DocumentUnreadable:
            continue
        assert reading.records_seen >= 0
        is_table = bool(list(case.folder.glob("document.csv")))
        assert is_table or case.kind == "gtfsrt_alerts"  # nothing in these formats says where a document ends


@readable_case
def test_9_nothing_internal_leaves_and_no_reason_quotes_the_document(case: Case) -> None:
    reading = read(case)
    shown = repr(reading)
    for canary in ("CANARI", "Réservé au centre", "jamais lu", "M. X", "rtsp"):
        assert canary not in shown
    for reject in reading.rejects:
        assert not {"<", "Cercle", "hier", "demain", "beaucoup"} & set(re.split(r"\W+|(?=<)", reject.reason))
