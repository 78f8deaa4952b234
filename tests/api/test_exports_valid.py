"""Files are what their standards say: CIFS's published rules, CAP's order and words, DATEX II's order, RFC 5545's lines."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from api.exports.datex2_names import COM, LOC, SIT
from api.exports.ics import REFRESH
from tests.api.served import Served
from tests.api.test_exports_read_back import sample

HERE = Path(__file__).parent


def body_of(served: Served, name: str) -> bytes:
    answer = served.get(f"/api/exports/{name}", "partner")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_cifs_keeps_its_published_rules(served) -> None:
    served.admit(*sample().values())
    incidents = etree.fromstring(body_of(served, "cifs.xml?to=%2B30j")).findall("incident")
    assert incidents
    names = [one.get("id") for one in incidents]
    assert len(set(names)) == len(names)
    for one in incidents:
        told = {child.tag: child.text for child in one}
        assert told["type"] in {"ROAD_CLOSED", "ACCIDENT", "HAZARD", "JAM"}
        if "subtype" in told:
            assert told["subtype"].startswith(told["type"])
        assert told["street"]
        assert told["direction"] in {"BOTH_DIRECTIONS", "ONE_DIRECTION"}
        numbers = [float(number) for number in told["polyline"].split()]
        assert len(numbers) % 2 == 0
        assert all(43 < lat < 44 for lat in numbers[::2])
        assert all(5 < lon < 6 for lon in numbers[1::2])
        assert all(len(number.partition(".")[2]) >= 6 for number in told["polyline"].split())
        if told["type"] == "ROAD_CLOSED":
            assert len(numbers) >= 4
        for name in ("starttime", "endtime", "creationtime", "updatetime"):
            if name in told:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", told[name])
        if "endtime" in told:
            assert told["endtime"] > told["starttime"]


def test_cap_is_valid_against_the_order_and_words_of_the_standard(served) -> None:
    schema = etree.XMLSchema(etree.parse(HERE / "cap-1.2.xsd"))
    served.admit(*sample().values())
    index = body_of(served, "warnings.atom").decode()
    paths = re.findall(r"http://127.0.0.1(/api/exports/warnings/[^\"]+)", index)
    assert len(paths) >= 2
    for path in paths:
        schema.assertValid(etree.fromstring(served.get(path, "partner").content))


ORDER = {
    f"{{{SIT}}}situation": ("overallSeverity", "situationVersionTime", "headerInformation", "situationRecord"),
    f"{{{SIT}}}situationRecord": (
        "situationRecordCreationTime", "situationRecordObservationTime", "situationRecordVersionTime",
        "probabilityOfOccurrence", "severity", "source", "validity", "generalPublicComment", "management",
        "locationReference", None,
    ),
    f"{{{COM}}}validityTimeSpecification": ("overallStartTime", "overallEndTime", "validPeriod", "exceptionPeriod"),
    f"{{{LOC}}}supplementaryPositionalDescription": ("locationDescription", "roadInformation"),
}  # fmt: skip
NEEDED = {
    f"{{{SIT}}}situationRecord": {
        "situationRecordCreationTime", "situationRecordVersionTime", "probabilityOfOccurrence", "validity", "locationReference",
    },
    f"{{{SIT}}}situation": {"headerInformation", "situationRecord"},
    f"{{{COM}}}validityTimeSpecification": {"overallStartTime"},
}  # fmt: skip


def test_datex2_keeps_the_order_and_the_needed_elements_of_version_3(served) -> None:
    served.admit(*sample().values())
    root = etree.fromstring(body_of(served, "datex2.xml?to=%2B30j"))
    assert root.tag == "{http://datex2.eu/schema/3/d2Payload}payload"
    assert root.get("modelBaseVersion") == "3"
    for tag, order in ORDER.items():
        found = list(root.iter(tag))
        assert found, tag
        for element in found:
            names = [etree.QName(child).localname for child in element]
            places = [order.index(name) if name in order else len(order) - 1 for name in names]
            assert places == sorted(places), names
            assert set(names) <= set(order) or None in order
            assert NEEDED.get(tag, set()) <= set(names)
    ids = [one.get("id") for one in root.iter(f"{{{SIT}}}situationRecord")]
    assert len(set(ids)) == len(ids) >= len(sample())


def test_a_calendar_is_one_that_programs_subscribe_to(served) -> None:
    body = body_of(served, "events.ics").decode()
    assert body.startswith("BEGIN:VCALENDAR\r\n")
    assert body.endswith("END:VCALENDAR\r\n")
    assert f"REFRESH-INTERVAL;VALUE=DURATION:PT{int(REFRESH.total_seconds() // 60)}M" in body
    assert body.count("BEGIN:VEVENT") == body.count("UID:") == 2
    assert not [line for line in body.split("\r\n") if len(line.encode()) > 75]
