"""What the partner feed of Waze gets wrong in practice, one test for each."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agenda_cases import paris, read, why

from datasources.catalogue import read_catalogue
from datasources.contract import Reading, Source
from events.errors import ConfigurationError
from events.vocabulary import TrafficState

MILLIS = int(paris(11, 7, 15).timestamp() * 1000)


def alert(**fields: object) -> dict[str, object]:
    return {
        "uuid": "a", "type": "ACCIDENT", "subtype": "", "location": {"x": 5.3742, "y": 43.2951}, "pubMillis": MILLIS
    } | fields  # fmt: skip


def jam(**fields: object) -> dict[str, object]:
    line = [{"x": 5.3742, "y": 43.2951}, {"x": 5.3756, "y": 43.2959}]
    return {"id": 12, "line": line, "level": 3, "speed": 2.5, "delay": 90, "pubMillis": MILLIS} | fields


def reading_of(**lists: object) -> Reading:
    return read("waze", orjson.dumps({"endTimeMillis": MILLIS, **lists}))


def test_jam_ids_are_integers_and_alert_ids_strings() -> None:
    reading = reading_of(alerts=[alert()], jams=[jam()])
    assert (reading.events[0].external_id, reading.road_states[0].segment_id) == ("a", "12")


def test_an_empty_subtype_leaves_the_type() -> None:
    (event,) = reading_of(alerts=[alert()]).events
    assert (event.category, event.source_code) == ("accident", "ACCIDENT")


def test_level_5_with_delay_minus_1_and_speed_0_is_a_closure() -> None:
    (state,) = reading_of(jams=[jam(level=5, delay=-1, speed=0)]).road_states
    assert (state.state, state.speed_kmh) == (TrafficState.CLOSED, None)


def test_a_jam_and_its_alert_are_not_shown_twice() -> None:
    reading = reading_of(alerts=[alert()], jams=[jam(blockingAlertUuid="a"), jam(id=13, blockingAlertUuid="gone")])
    assert ([state.segment_id for state in reading.road_states], reading.withdrawn) == (["13"], ("12",))


def test_empty_arrays_or_missing_keys() -> None:
    assert reading_of(alerts=[], jams=[]).records_seen == reading_of().records_seen == 0


def test_speed_is_metres_a_second_and_speed_kmh_goes_first() -> None:
    reading = reading_of(jams=[jam(), jam(id=13, speedKMH=11)])
    assert [state.speed_kmh for state in reading.road_states] == [9.0, 11.0]


def test_there_is_no_end_and_pub_millis_are_milliseconds() -> None:
    (event,) = reading_of(alerts=[alert()]).events
    assert (event.validity.start, event.validity.end) == (paris(11, 7, 15), None)


def test_who_reported_and_what_they_wrote_are_never_read() -> None:
    reading = reading_of(alerts=[alert(reportBy="Jeanne", reportDescription="Jeanne", comments=["Jeanne"])])
    assert "Jeanne" not in repr(reading)
    assert reading.dropped_fields == ("comments", "reportBy", "reportDescription")


def test_where_the_police_stands_is_never_read() -> None:
    reading = reading_of(alerts=[alert(type="POLICE", uuid="CANARI"), alert()])
    assert (len(reading.events), reading.withdrawn, why(reading)) == (1, (), ["police alerts are not read"])
    assert "CANARI" not in repr(reading)
    assert reading.rejects[0].is_ours, "nothing is wrong with the document: what vanished from it is over"


ENTRY = {
    "id": "waze-city", "kind": "waze", "title": "Waze", "organisation": "voirie", "licence": "partner agreement",
    "url": "https://partner.example/feed.json", "poll_every": "2 min", "coverage": "snapshot", "maintainer": "voirie",
    "default_audience": "partners", "attribution": "Waze",
}  # fmt: skip


def catalogue_of(folder: Path, **changes: str | None) -> tuple[Source, ...]:
    path = folder / "sources.toml"
    told = {name: value for name, value in {**ENTRY, **changes}.items() if value is not None}
    path.write_text("[[source]]\n" + "\n".join(f'{name} = "{value}"' for name, value in told.items()), "utf-8")
    return read_catalogue(path, timezone="Europe/Paris", area=(5.0, 43.0, 6.0, 44.0))


def test_the_agreement_forbids_redistribution_and_wants_an_attribution(tmp_path: Path) -> None:
    assert catalogue_of(tmp_path)[0].attribution == "Waze"
    for changes, told in (({"default_audience": "public"}, "forbids"), ({"attribution": None}, "attribution")):
        with pytest.raises(ConfigurationError, match=told):
            catalogue_of(tmp_path, **changes)


def test_pure_snapshot_what_vanishes_from_two_windows_is_over(tmp_path: Path) -> None:
    assert catalogue_of(tmp_path)[0].absences_before_withdrawal == 2
    assert reading_of(alerts=[]).is_complete
    with pytest.raises(ConfigurationError, match="snapshot"):
        catalogue_of(tmp_path, coverage="delta")
