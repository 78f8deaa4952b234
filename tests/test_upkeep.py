"""The night's work: run by command and by the clock, noted, told by /readyz; what is past its time is none afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import manage
from api.application import until_night
from events.city_file import Retention
from events.validity import Validity
from privacy.gazetteer import Gazetteer
from privacy.upkeep import PURGE, RESCAN, Upkeep
from store import readers
from store.admitted import Cleared
from store.kept import EventQuery
from store.retention import due
from store.schema import migrate
from store.upkeep import last_done
from tests.store.conftest import Town

DAY = timedelta(days=1)


class Agreed:
    def __init__(self, **days: int) -> None:
        self.days = {name.replace("_", "-"): timedelta(days=count) for name, count in days.items()}
        self.warned = 0

    def retention(self) -> dict[str, timedelta]:
        return self.days

    def warn(self) -> None:
        self.warned += 1


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    town = Town(f"sqlite:///{tmp_path}/town.db")
    migrate(town.database)
    yield town
    town.database.close()


def night(place: Town, kept: Retention, agreed: Agreed) -> Upkeep:
    return Upkeep(place.database, kept, agreed, lambda: place.now, gazetteer=Gazetteer(), key=b"k" * 32)


def old(town: Town, key: str, days: float):
    end = town.now - timedelta(days=days)
    return town.event(key, validity=Validity(start=end - DAY, end=end))


def test_the_night_deletes_notes_and_leaves_nothing_past_its_time(place):
    place.poll(old(place, "a", 401), old(place, "b", 399))
    agreed = Agreed()
    upkeep = night(place, Retention(), agreed)
    upkeep.run()
    last = last_done(place.database, PURGE)
    assert last is not None
    assert [(one.kind, one.source_id, one.seen, one.done, one.remaining) for one in last.lines] == [
        ("", "", 1, 1, 0), ("event", "town-works", 1, 1, 0)
    ]  # fmt: skip
    assert (upkeep.due(), agreed.warned) == ((), 1)
    upkeep.run()
    assert last_done(place.database, PURGE).lines[0].done == 0


def test_the_shorter_of_city_and_agreement_holds(place):
    place.poll(old(place, "a", 31), old(place, "b", 29))
    assert night(place, Retention(), Agreed(town_works=30)).purge()[0].done == 1
    assert night(place, Retention(event_days=10), Agreed(town_works=30)).purge()[0].done == 1


def test_a_new_agreement_that_says_less_shows_what_is_past_its_time_at_once(place):
    place.poll(old(place, "a", 31))
    upkeep = night(place, Retention(), Agreed())
    assert upkeep.due() == ()
    (one,) = due(
        place.database,
        night(place, Retention(), Agreed(town_works=30)).limits(),
        place.now,
    )
    assert (one.kind, one.count) == ("event", 1)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 11, 20, 1, 10, tzinfo=UTC), 1),
        (datetime(2026, 11, 20, 2, 10, tzinfo=UTC), 24),
        (datetime(2026, 10, 25, 3, 10, tzinfo=UTC), 23),
        (datetime(2026, 3, 29, 0, 10, tzinfo=UTC), 2),
    ],
)
def test_the_night_is_the_same_hour_of_utc_whatever_the_clocks_of_the_city_do(now, hours):
    assert until_night(now) == timedelta(hours=hours)


def test_the_command_says_what_would_go_and_then_what_went(place, monkeypatch, capsys, tmp_path):
    place.now = datetime.now(UTC)
    place.poll(old(place, "a", 500), old(place, "b", 1))
    monkeypatch.setenv("OBSERVATORY_DATABASE_URL", place.url)
    assert manage.main(["purge", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "event town-works: 1 past their time since " in said
    assert "1 rows would be deleted; nothing was changed" in said
    assert manage.main(["purge"]) == 0
    assert capsys.readouterr().out == "event town-works: 1 deleted, 0 remain\n1 deleted of 1, 0 remain\n"
    query = EventQuery(start=place.now - 600 * DAY, end=place.now)
    page = readers.events(place.database, viewer=place.all_seeing, query=query)
    assert [one.event.external_id for one in page.events] == ["b"]
    assert manage.main(["verify"]) == 0


def test_a_purge_that_leaves_something_fails_the_command(place, monkeypatch, capsys):
    place.now = datetime.now(UTC)
    place.poll(old(place, "a", 500))
    monkeypatch.setenv("OBSERVATORY_DATABASE_URL", place.url)
    monkeypatch.setattr("privacy.upkeep.purge", lambda *_: ())
    assert manage.main(["purge"]) == 1
    assert ", 1 remain" in capsys.readouterr().out


def test_the_house_tells_what_the_night_did(place):
    from api.health import _upkeep

    house = SimpleNamespace(database=place.database)
    assert _upkeep(house) == {PURGE: None, RESCAN: None}
    place.poll(old(place, "a", 401))
    night(place, Retention(), Agreed()).run()
    told = _upkeep(house)[PURGE]
    assert (told["seen"], told["done"], told["remaining"]) == (1, 1, 0)


def test_every_text_is_read_again_each_night_and_whenever_the_gate_has_learnt(place, monkeypatch):
    upkeep = night(place, Retention(), Agreed())
    upkeep.run()
    first = last_done(place.database, RESCAN)
    place.poll(place.event("a", description=Cleared("Appeler le 06 39 98 00 41")))
    upkeep.run()
    assert last_done(place.database, RESCAN) == first, "the start of a process is not the night"
    place.now += timedelta(hours=21)
    upkeep.run()
    assert last_done(place.database, RESCAN).lines[0].done == 1
    assert "06 39 98" not in place.everything()
    place.now += timedelta(minutes=1)
    monkeypatch.setattr(upkeep._reader, "version", "later")
    upkeep.run()
    assert last_done(place.database, RESCAN).gate == "later"


def test_the_rescan_command_lists_what_it_withdrew_and_fails(place, monkeypatch, capsys):
    place.poll(place.event("a", description=Cleared("Appeler le 06 39 98 00 41")))
    monkeypatch.setenv("OBSERVATORY_DATABASE_URL", place.url)
    assert manage.main(["rescan"]) == 1
    assert capsys.readouterr().out.startswith("event town-works: 1 withdrawn, 0 remain\n1 withdrawn of ")
    assert manage.main(["rescan"]) == 0
