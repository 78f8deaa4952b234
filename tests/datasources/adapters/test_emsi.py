"""EMSI: affairs of emergency services leave as counts, never as affairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datasources.catalogue import make_adapter, read_catalogue
from datasources.contract import Reading
from events.audience import listed
from events.errors import ConfigurationError, DocumentUnreadable
from tests.datasources.adapters.map_cases import document, reading, source

OPTIONS: dict[str, object] = {"area_code": "13055"}
DISTRICT = {
    "type": "Feature", "properties": {"code": "13201"},
    "geometry": {"type": "Polygon", "coordinates": [[[5.3, 43.2], [5.4, 43.2], [5.4, 43.3], [5.3, 43.3], [5.3, 43.2]]]},
}  # fmt: skip


def message(affair: str = "A1", made: str = "2026-11-07T08:00:00+01:00", **changes: Any) -> dict[str, Any]:
    context = {
        "ID": "always the same",
        "MODE": "ACTUAL",
        "MSGTYPE": "ALERT",
        "CREATION": made,
        "FREETEXT": "CANARI",
        "SECLASS": "RESTRC",
    }
    event = {
        "ID": affair, "NAME": "CANARI", "ETYPE": {"CATEGORY": ["FIR/CLA"]}, "OCC_DATIME": "2026-11-07T07:30:00+01:00",
        "CASUALTIES": [{"TRIAGERED": 424242}], "RISK_ASSESMENT": "STABLE",
        "EGEO": [{"POSITION": {"COORD": [{"LAT": 43.25, "LONG": 5.35}], "ADDRESS": ["8 rue CANARI"]}}],
    }  # fmt: skip
    return {
        "CONTEXT": {**context, **changes.pop("CONTEXT", {})}, "EVENT": {**event, **changes},
        "MISSION": [{"FREETEXT": "CANARI"}], "RESOURCE": [{"NAME": "CANARI", "CONTACTS": [{"DETAIL": 606070707}]}],
    }  # fmt: skip


def counted(body: object, **options: object) -> Reading:
    return reading("emsi", body, OPTIONS | options, listed(["streets"]))


def counts(body: object, **options: object) -> list[tuple[str, str, float | None]]:
    return [(one.measure, one.area_code, one.value) for one in counted(body, **options).tallies]


def test_nothing_of_an_affair_leaves_but_its_count() -> None:
    told = repr(counted([message()]))
    for word in ("CANARI", "424242", "606070707", "43.25", "5.35", "A1", "always", "restrc", "stable"):
        assert word not in told


def test_slots_without_affairs_count_zero_between_the_first_and_the_last() -> None:
    found = counted(
        [message("A1", OCC_DATIME="2026-10-24T23:30:00+02:00"), message("A2", OCC_DATIME="2026-10-25T23:30:00+01:00")]
    )
    assert [(tally.start.isoformat()[5:16], tally.value) for tally in found.tallies] == [
        ("10-24T16:00", 1), ("10-24T22:00", 0), ("10-25T05:00", 0), ("10-25T11:00", 0), ("10-25T17:00", 1),
    ]  # fmt: skip


def test_coordinates_may_be_texts() -> None:
    told = message(EGEO=[{"POSITION": {"COORD": [{"LAT": "43.25", "LONG": "5.35"}]}}])
    adapter = make_adapter(source("emsi", OPTIONS, listed(["streets"])))
    adapter.learn("districts", document({"features": [DISTRICT]}))
    assert adapter.read(document(told)).tallies[0].area_code == "13201"


@pytest.mark.parametrize("wrap", [lambda m: m, lambda m: {"emsi": m}, lambda m: [{"emsi": m}],
    lambda m: {"distributionID": "x", "content": [{"jsonContent": {"embeddedJsonContent": {"message": {"emsi": m}}}}]}])  # fmt: skip
def test_message_stands_alone_or_in_a_wrapper_or_in_an_envelope(wrap: Any) -> None:
    assert counts(wrap(message())) == [("emergency-affairs-fir", "13055", 1.0)]


def test_other_producers_write_camel_case() -> None:
    told = {"context": {"mode": "ACTUAL", "msgType": "ALERT", "creation": "2026-11-07T08:00:00+01:00"},
            "event": {"id": "B", "eType": {"category": "TRP"}, "occDatime": "2026-11-07T07:00:00+01:00"}}  # fmt: skip
    assert counts(told) == [("emergency-affairs-trp", "13055", 1.0)]


def test_context_id_is_the_same_everywhere_and_names_nothing() -> None:
    assert counts([message("A1"), message("A2")]) == [("emergency-affairs-fir", "13055", 2.0)]


def test_later_message_of_an_affair_wins_and_a_cancel_takes_it_out() -> None:
    first, later = (
        message(),
        message(made="2026-11-07T09:00:00+01:00", ETYPE={"CATEGORY": ["FLD"]}, CONTEXT={"MSGTYPE": "UPDATE"}),
    )
    assert counts([later, first]) == counts([first, later]) == [("emergency-affairs-fld", "13055", 1.0)]
    gone = message(made="2026-11-07T10:00:00+01:00", CONTEXT={"MSGTYPE": "CANCEL"})
    assert counts([gone, first, later]) == []


@pytest.mark.parametrize("context", [{"MODE": "EXERCS"}, {"MODE": "SYSTEM"}, {"MSGTYPE": "ACK"}, {"MSGTYPE": "ERROR"}])
def test_exercises_and_answers_are_no_affairs(context: dict[str, str]) -> None:
    found = counted([message(CONTEXT=context)])
    assert (found.records_seen, found.rejects) == (0, ())


def test_one_unusable_message_costs_only_itself() -> None:
    found = counted([message("A1"), message("A2", ETYPE={"CATEGORY": ["VOLCANO"]}), message("A3", OCC_DATIME="hier")])
    assert [tally.value for tally in found.tallies] == [1.0]
    assert len(found.rejects) == 2


@pytest.mark.parametrize("body", [{}, {"CONTEXT": {}}, [{"a": 1}], "<a/>", "<html><body/></html>"])
def test_document_without_a_message_is_not_a_quiet_day(body: object) -> None:
    with pytest.raises(DocumentUnreadable):
        counted(body)
    assert counted([]).records_seen == 0


@pytest.mark.parametrize("options", [{}, {"area_code": "13055", "slot_h": 5}, {"area_code": "13055", "slot_h": 1}])
def test_options_are_checked_at_start(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="options"):
        reading("emsi", [], options)


@pytest.mark.parametrize(
    ("line", "message"),
    [('default_audience = "public"', "default_audience"), ('default_audience = "partners"', "default_audience"),
     ('default_audience = "listed:city"', "agreement"),
     ('default_audience = "listed:city"\nagreement = "Convention 3"', None)],
)  # fmt: skip
def test_source_is_for_named_organisations_under_an_agreement(tmp_path: Path, line: str, message: str | None) -> None:
    entry = f"""[[source]]
id = "rescue-affairs"
kind = "emsi"
title = "Affairs"
organisation = "city"
licence = "none"
url = "https://relay.example/emsi"
poll_every = "5 min"
coverage = "snapshot"
maintainer = "relay"
{line}
[source.options]
area_code = "13055"
"""
    path = tmp_path / "sources.toml"
    path.write_text(entry, "utf-8")
    if message is None:
        assert len(read_catalogue(path, timezone="Europe/Paris", area=(5, 43, 6, 44))) == 1
        return
    with pytest.raises(ConfigurationError, match=message):
        read_catalogue(path, timezone="Europe/Paris", area=(5, 43, 6, 44))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"features": []},
        {"features": [{}]},
        {"features": [{**DISTRICT, "geometry": {"type": "Point", "coordinates": [5, 43]}}]},
    ],
)
def test_outlines_that_are_none_are_refused(body: object) -> None:
    adapter = make_adapter(source("emsi", OPTIONS, listed(["streets"])))
    with pytest.raises(DocumentUnreadable):
        adapter.learn("districts", document(body))
