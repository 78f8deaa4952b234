"""Records that are broken, dates that no clock should show, clocks that jump: the rest is kept, nothing runs twice."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.catalogue import make_adapter
from datasources.contract import Document
from store import readers
from store.chain import verify
from store.kept import EventQuery
from tests.datasources.client_cases import make_source
from tests.feed_server import FeedServer
from tests.soak import note, scaled
from tests.whole.small_house import EVERY_S, EVERYTHING, OPTIONS, SmallHouse, document, feature

COUNT = 1000
PHONE = "06 12 34 56 78"
STEP = scaled("POISON_STEP", 37)
NAMES = [f"n{number}" for number in range(COUNT)]
# Not NaN, 1e999 or half a letter: no JSON holds them, the whole document is refused, which tests/hostile sees.
BROKEN: dict[str, object] = {
    "null": None, "true": True, "number": 4.5, "large": 10**300, "text": f"appeler le {PHONE}", "empty": "", "list": [PHONE], "object": {"a": PHONE},
    "deep": [[[[[[[[PHONE]]]]]]]], "control": f"\x00\x1b{PHONE}",
}  # fmt: skip
FIELDS = [str(path) for path in OPTIONS["fields"].values() if not str(path).startswith("$")]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def house(server: FeedServer, tmp_path: Path) -> Iterator[SmallHouse]:
    made = SmallHouse(f"sqlite:///{tmp_path}/town.db", server)
    made.add("feed")
    yield made
    made.stop()


def read(records: list[dict[str, object]]) -> object:
    body = json.dumps({"type": "FeatureCollection", "features": records}).encode()
    adapter = make_adapter(make_source(options=OPTIONS))
    return adapter.read(Document(body, media_type="", url="http://127.0.0.1/feed", retrieved_at=datetime.now(UTC)))


def test_f7_poison_record_at_any_position_costs_itself_alone() -> None:
    good = [feature(name) for name in NAMES]
    poison = feature("poison", debut=PHONE, intitule=PHONE)
    positions = range(0, COUNT, STEP)
    for position in positions:
        reading = read([*good[:position], poison, *good[position + 1 :]])
        assert {event.external_id for event in reading.events} == {*NAMES} - {NAMES[position]}
        assert [(reject.where, PHONE in reject.reason) for reject in reading.rejects] == [
            (f"features[{position}]", False)
        ]
    note(
        "1 poison record of 1,000: positions tried, the 999 others read each time", len(positions), "", n=len(positions)
    )


@pytest.mark.parametrize("field", [*FIELDS, "id", "geometry", "properties", "type"])
def test_f7_poison_in_any_field_of_any_type_costs_itself_alone(field: str) -> None:
    good = [feature(name) for name in NAMES[:20]]
    for kind, value in BROKEN.items():
        poison = feature("poison")
        target = poison["properties"] if field in FIELDS else poison
        assert isinstance(target, dict)
        target[field] = value
        reading = read([*good[:7], poison, *good[7:]])
        assert {event.external_id for event in reading.events} >= {*NAMES[:20]}, kind
        assert reading.records_seen == 21
        assert len(reading.events) + len(reading.rejects) + len(reading.withdrawn) == 21, kind
        assert not any(PHONE in reject.reason or PHONE in str(reject.external_id) for reject in reading.rejects), kind


def test_f7_poison_record_is_one_rejected_row_beside_999_stored(house: SmallHouse) -> None:
    body = json.loads(document(NAMES))
    body["features"][499]["properties"]["debut"] = PHONE
    done = house.read(json.dumps(body).encode())
    assert (done.applied.new, len(house.names())) == (999, 999)
    (rejected,) = house.rejects()
    assert rejected.where == "features[499]"
    assert PHONE not in rejected.reason + str(rejected.external_id)
    assert PHONE.encode() not in house.database.file.read_bytes() + Path(f"{house.database.file}-wal").read_bytes()


DAYS = {
    "leap day": "2028-02-29T12:00:00Z", "2038": "2038-01-20T03:14:08Z", "9999": "9999-12-31T23:59:59Z", "9999 west": "9999-12-31T23:59:59-12:00",
    "year 1": "0001-01-01T00:00:00+14:00", "an hour that comes twice": "2026-10-25T02:30:00", "an hour that never comes": "2027-03-28T02:30:00",
    "no leap day": "2027-02-29T12:00:00Z", "a leap second": "2026-12-31T23:59:60Z",
}  # fmt: skip


@pytest.mark.parametrize("name", DAYS)
def test_f9_no_date_breaks_a_document_or_a_question(house: SmallHouse, name: str) -> None:
    body = json.loads(document(["one", "two", "three"]))
    body["features"][0]["properties"]["debut"] = DAYS[name]
    body["features"][1]["properties"]["fin"] = DAYS[name]
    house.read(json.dumps(body).encode())
    kept = house.names()
    assert "three" in kept
    assert len(kept) + len(house.rejects()) >= 1
    far = EventQuery(start=datetime(1, 1, 1, tzinfo=UTC), end=datetime(9999, 12, 31, tzinfo=UTC), limit=10)
    page = readers.events(house.database, viewer=EVERYTHING, query=far)
    assert len(page.events) + len(house.rejects()) == 3
    assert verify(house.database).holds


def test_f9_publisher_ahead_of_time_is_corrected_by_what_it_says_next(
    server: FeedServer, house: SmallHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Its clock is two hours ahead, then right: what it says last is what is shown, not in two hours but now."""
    ahead = datetime.now(UTC) + timedelta(hours=2)

    def headline() -> str:
        page = readers.events(house.database, viewer=EVERYTHING, query=EventQuery(limit=10))
        return "".join(str(kept.event.headline) for kept in page.events)

    def publish(said: str, at: datetime) -> None:
        server.serve("/feed", document(["one"], at=at, intitule=said, mise_a_jour=at.isoformat()))
        until = time.monotonic() + 5
        while headline() != said:
            assert time.monotonic() < until, f"{said!r} is not shown"
            time.sleep(0.02)

    server.serve("/feed", document([]))
    house.start()
    publish("Travaux en avance", ahead)
    assert house.state() == "ok"
    publish("Travaux à l'heure", datetime.now(UTC))
    lines = [record.getMessage() for record in caplog.records if "clock" in record.getMessage()]
    assert lines == [
        "city-feed: the publisher's clock is 2 h 0 min ahead of ours: its dates count as the time they came",
        "city-feed: the publisher's clock is right again",
    ]


@pytest.mark.alone
@pytest.mark.parametrize("hours", [-2, 2])
def test_f9_clock_that_jumps_neither_stops_the_polls_nor_runs_one_twice(
    server: FeedServer, house: SmallHouse, hours: int
) -> None:
    jumped: list[timedelta] = [timedelta(0)]
    house.clock = lambda: datetime.now(UTC) + jumped[0]
    server.serve("/feed", document(["one"]))
    house.start()
    time.sleep(2)
    asked = server.count("/feed")
    jumped[0] = timedelta(hours=hours)
    server.serve("/feed", document(["one", "two"]))
    time.sleep(3)
    polled = server.count("/feed") - asked
    assert polled <= 3 / EVERY_S * 1.15 + 1
    assert polled >= 3 / EVERY_S * 0.6
    assert house.names() == {"one", "two"}
    assert verify(house.database).holds
    ids = [run.id for run in house.runs()]
    assert ids == sorted(ids)
    assert all(run.finished_at >= run.started_at for run in house.runs())


@pytest.mark.alone
@pytest.mark.parametrize("night", ["2026-10-25T00:59:59", "2027-03-28T00:59:59", "2028-02-28T22:59:59"])
def test_f9_night_in_which_the_hour_changes_has_as_many_polls_as_any(
    server: FeedServer, house: SmallHouse, night: str
) -> None:
    began, start = datetime.now(UTC), datetime.fromisoformat(night).replace(tzinfo=UTC)
    house.clock = lambda: start + (datetime.now(UTC) - began)
    server.serve("/feed", document(["one"], at=start))
    house.start()
    time.sleep(2.5)
    begun = [run.started_at for run in house.runs()]
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(begun)]
    assert len(gaps) >= 4
    assert min(gaps) > 0.2
    assert max(gaps) < 1.0
