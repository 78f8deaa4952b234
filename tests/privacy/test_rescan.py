"""A gate that has learnt: what an older one let in leaves the store at once, as bytes too, and the rest stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from events.records import Checkpoint, Effect, Route
from events.validity import Validity
from privacy import text as text_gate
from privacy.gazetteer import Gazetteer
from privacy.rescan import rescan
from privacy.screen import Reader
from store import readers
from store.admitted import Cleared
from store.chain import verify
from store.keeping_tables import agreement
from store.kept import EventQuery
from store.maintenance import integrity
from store.reread import text_columns
from store.retention import _empty_log
from store.tables import change, event
from tests.store.conftest import Town

KEY = b"k" * 32
PHONE = "06 39 98 00 41"
PERSONAL = Cleared(f"Appeler le {PHONE}")


@pytest.fixture
def place(store_url: str) -> Iterator[Town]:
    town = Town(store_url)
    yield town
    town.database.close()


def again(town: Town):
    return rescan(town.database, Reader(Gazetteer(), text_gate.scan), KEY, town.now)


def shown(town: Town):
    query = EventQuery(start=town.noon, end=town.now)
    return {
        one.event.external_id: one.event
        for one in readers.events(town.database, viewer=town.all_seeing, query=query).events
    }


def test_a_clean_store_is_read_and_left_as_it_is(place):
    place.poll(
        place.event(
            "a",
            description=Cleared("Une voie fermée"),
            effects=(Effect(text=Cleared("Ligne 2 déviée")),),
            route=Route(checkpoints=(Checkpoint(label=Cleared("Castellane")),)),
            geometry={"type": "Point", "coordinates": [5.2, 43.3]},
        ),
        road_states=(place.road(),),
        cameras=(place.camera(),),
        tallies=(place.tally(),),
        rejects=(place.reject("x"),),
    )
    before = place.everything()
    (whole,) = again(place)
    assert (whole.done, whole.seen > 8) == (0, True)
    assert place.everything() == before


@pytest.mark.parametrize(
    "field", ["headline", "description", "instruction", "place", "road_name", "direction", "source_code", "attribution"]
)
def test_a_text_of_an_event_is_withdrawn_and_the_event_stays(place, field):
    place.poll(place.event("a", **{field: PERSONAL}), place.event("b"))
    last = readers.last_change(place.database, viewer=place.all_seeing)
    whole, *lines = again(place)
    assert [(one.kind, one.source_id, one.done) for one in lines] == [("event", "town-works", 1)]
    assert whole.done == 1
    assert PHONE not in place.everything()
    kept = shown(place)["a"]
    assert getattr(kept, field) == ("Accident" if field == "headline" else None)
    assert shown(place)["b"].headline == "Accident b"
    told = readers.changes(place.database, viewer=place.all_seeing, since=last).changes
    assert len(told) == 1, "every screen takes it again"
    assert (verify(place.database).holds, integrity(place.database)) == (True, ())
    assert again(place)[0].done == 0


def test_the_next_poll_of_the_same_changes_nothing_more(place):
    place.poll(place.event("a", description=PERSONAL))
    again(place)
    applied = place.poll(place.event("a"))
    assert (applied.new, applied.changed, applied.unchanged) == (0, 0, 1)


def test_a_past_version_becomes_a_tombstone_and_the_present_one_stays(place):
    place.poll(place.event("a", description=PERSONAL))
    place.poll(place.event("a", description=Cleared("Une voie fermée")))
    lines = again(place)[1:]
    assert [(one.kind, one.done) for one in lines] == [("event_version", 1)]
    assert PHONE not in place.everything()
    assert shown(place)["a"].description == "Une voie fermée"
    assert verify(place.database).holds


def test_a_record_named_by_something_personal_is_deleted(place):
    key = Cleared("dossier-0639980041")
    place.poll(
        place.event(key),
        place.event("b"),
        road_states=(place.road(key),),
        cameras=(place.camera(key),),
        tallies=(place.tally(key),),
    )
    again(place)
    assert "0639980041" not in place.everything()
    assert set(shown(place)) == {"b"}
    with place.database.read() as connection:
        names = set(connection.execute(select(change.c.object_id)).scalars())
        assert connection.execute(select(event.c.id)).scalars().all()
    assert "withheld" in names
    assert (verify(place.database).holds, integrity(place.database)) == (True, ())


def test_cameras_and_roads_lose_their_words_and_stay(place):
    place.poll(cameras=(place.camera(label=PERSONAL),), road_states=(place.road(name=PERSONAL),))
    assert again(place)[0].done == 2
    assert readers.cameras(place.database, viewer=place.all_seeing)[0].camera.label is None
    assert readers.roads(place.database, viewer=place.all_seeing)[0].road.name is None
    assert PHONE not in place.everything()


def test_what_was_noted_of_polls_and_agreements_is_read_too(place):
    run = place.run(reason=PERSONAL, dropped_fields=(Cleared("owner"), PERSONAL))
    place.poll(run=run, rejects=(type(place.reject("x"))(PERSONAL, PERSONAL, PERSONAL),))
    row = {
        "id": "a", "giver": "town", "receivers": "city", "sources": "", "kinds": "event", "fields": None, "purpose": PERSONAL,
        "retention_days": 30, "onward": "no", "starts_at": place.now, "ends_at": place.now, "dpo_contacts": [PERSONAL],
    }  # fmt: skip
    with place.database.write() as connection:
        connection.execute(insert(agreement).values(row))
    lines = again(place)[1:]
    assert {one.kind for one in lines} == {"poll_run", "reject", "agreement"}
    assert PHONE not in place.everything()
    assert again(place)[0].done == 0


def test_every_column_of_text_is_read():
    read = {str(column) for column in text_columns()}
    assert {"poll_run.reason", "reject.place", "agreement.purpose", "organisation.title", "contribution.answer"} <= read


def test_not_a_byte_is_left(place):
    if place.database.file is None:
        pytest.skip("the bytes of a PostgreSQL server are not ours to read")
    end = place.now
    place.poll(*(place.event(f"e{n}", description=PERSONAL, validity=Validity(start=end)) for n in range(50)))
    again(place)
    _empty_log(place.database)
    files = [Path(f"{place.database.file}{suffix}") for suffix in ("", "-wal")]
    assert not any(PHONE.encode() in file.read_bytes() for file in files if file.exists())


def test_a_text_the_gate_cannot_read_is_withdrawn_and_a_broken_gate_withdraws_nothing(place, caplog):
    def failing_on_one(text: str, gazetteer: Gazetteer) -> text_gate.Verdict:
        if "voie" in text:
            raise RuntimeError("broken")
        return text_gate.scan(text, gazetteer)

    def broken(*_: object) -> text_gate.Verdict:
        raise RuntimeError("broken")

    place.poll(place.event("a", description=Cleared("Une voie fermée")))
    before = place.everything()
    (whole,) = rescan(place.database, Reader(Gazetteer(), broken), KEY, place.now)
    assert (whole.done, whole.remaining) == (0, 1)
    assert "nothing was withdrawn" in caplog.text
    assert place.everything() == before
    rescan(place.database, Reader(Gazetteer(), failing_on_one), KEY, place.now)
    assert "Une voie" not in place.everything()
