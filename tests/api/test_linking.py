"""Linked events through every door: snapshot, stream, changes and addresses agree for each viewer; who decides."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import orjson
import pytest

from access.members import account_member
from access.roles import Role
from api.frames import delta_for, load
from api.house import EVERYTHING
from api.kept_rows import KeptRows
from api.linking import decide, may_decide, seen_links
from api.matching import Matcher, facts_of
from api.snapshots import snapshot
from events.audience import PARTNERS, PUBLIC, Viewer
from events.errors import AccessDenied
from events.validity import Validity
from events.vocabulary import GeometryPrecision, InformationStatus
from store import readers
from store.admitted import AdmittedBatch, AdmittedRun, Cleared
from store.database import connect
from store.kept import EventQuery
from store.links import LinkState, links_of
from store.writer import Writer
from tests.api.served import CITY, SAID, event, source
from tests.tables import written_out

VISITOR, PARTNER = Viewer(), Viewer(organisation="voirie", is_partner=True)
SUPERVISOR = account_member("city-supervision-1", "city", Role.SUPERVISOR)
SOURCES = (source(id="city-one", precedence=10), source(id="city-two", precedence=20))


class Place:
    """A house over an empty store, two sources that tell it something, and the search beside them."""

    def __init__(self, url: str) -> None:
        self.database = connect(url)
        self.writer = Writer(self.database, CITY, lambda: datetime.now(UTC))
        self.notes: list[tuple[str, str]] = []
        audit = SimpleNamespace(note=lambda who, action, what: self.notes.append((who.who, action)))
        noted = SimpleNamespace(refused=lambda _who, action, _what: self.notes.append(("refused", action)))
        self.house = SimpleNamespace(
            database=self.database, sources=SOURCES, said=SAID, city=CITY, shows=lambda kept: True, access=SimpleNamespace(audit=audit, noted=noted),
            clock=lambda: datetime.now(UTC), obey=lambda: None, road_rows=lambda *_: [], source_rows=list,
        )  # fmt: skip
        self.matcher = self.search(SAID)

    def search(self, said):
        return Matcher(facts_of(self.database, CITY, said, SOURCES, lambda: datetime.now(UTC)))

    def tell(self, source_id, name="e", *, withdrawn=(), **changes):
        now = datetime.now(UTC)
        told = {"headline": Cleared("Rassemblement"), "external_id": Cleared(name)} | changes
        one = replace(event(name), source_id=source_id, **told)
        run = AdmittedRun(
            source_id=source_id, verdict="ok", reason=None, started_at=now, finished_at=now, http_status=200, size=1,
            sha256="0" * 64, published_at=None, records_seen=1, text_withheld=0, gate=Cleared("2-0123456789ab"), dropped_fields=(),
        )  # fmt: skip
        events = () if withdrawn else (one,)
        self.writer.apply(AdmittedBatch(run=run, events=events, withdrawn=withdrawn))

    def ids(self, viewer=EVERYTHING):
        page = readers.events(self.database, viewer=viewer, query=EventQuery())
        return sorted(one.id for one in page.events)

    @property
    def pair(self):
        (link,) = links_of(self.database, None)
        return link.pair


@pytest.fixture
def place(store_url):
    made = Place(store_url)
    yield made
    made.database.close()


def replayed(place, viewer, since):
    """Return what a browser of this viewer holds after every change, from an empty store on."""
    held = {}
    for change in readers.raw_changes(place.database, since=since):
        loaded = load(place.house, [change])
        delta = delta_for(viewer, [change], loaded)
        if delta is None:
            continue

        content = orjson.loads(delta[1].split(b"data: ", 1)[1])
        held |= {row["id"]: row for row in content["events"]}
        for name in content["gone"]:
            held.pop(name, None)
    return held


def check_doors(place, kept):
    for viewer in (VISITOR, PARTNER, EVERYTHING):
        now = datetime.now(UTC)
        ids = place.ids(viewer)
        table = written_out(snapshot(place.house, kept, viewer, None, None)["events"])
        assert sorted(table["id"]) == ids
        span = (now - timedelta(days=300), now + timedelta(days=300))
        wide = written_out(snapshot(place.house, kept, viewer, *span)["events"])
        assert sorted(wide["id"]) == ids
        held = replayed(place, viewer, 0)
        assert sorted(held) == ids
        told = dict(zip(table["id"], table["tb"], strict=True))
        assert {name: row["tb"] for name, row in held.items()} == told
        assert told == dict(zip(wide["id"], wide["tb"], strict=True))


def test_every_door_tells_each_viewer_the_same_events_and_how_many_sources_tell_them(place):
    kept = KeptRows(place.house)
    place.tell("city-one", audience=PARTNERS)
    place.tell("city-two", description=Cleared("Added"))
    check_doors(place, kept)
    assert place.matcher.look() == 1
    check_doors(place, kept)
    assert [len(place.ids(viewer)) for viewer in (VISITOR, PARTNER)] == [1, 2]
    decide(place.house, SUPERVISOR, "confirm", place.pair)
    check_doors(place, kept)
    assert [len(place.ids(viewer)) for viewer in (VISITOR, PARTNER)] == [1, 1]
    assert place.ids(VISITOR) != place.ids(PARTNER)
    place.tell("city-two", description=Cleared("Added anew"))
    check_doors(place, kept)
    place.tell("city-one", audience=PUBLIC)
    check_doors(place, kept)
    assert place.ids(VISITOR) == place.ids(PARTNER)
    place.tell("city-one", withdrawn=("e",))
    check_doors(place, kept)
    assert len(place.ids(VISITOR)) == 1
    assert place.notes == [("city-supervision-1", "link-confirm")]


def test_what_moved_away_is_no_proposal_any_more(place):
    place.tell("city-one")
    place.tell("city-two")
    place.matcher.look()
    assert len(links_of(place.database, None)) == 1
    place.tell("city-two", geometry={"type": "Point", "coordinates": [5.39, 43.296]})
    place.matcher.look()
    assert links_of(place.database, None) == ()


def test_a_new_search_finds_what_the_last_one_kept(place):
    place.tell("city-one")
    place.tell("city-two")
    place.matcher.look()
    before = readers.last_change(place.database, viewer=EVERYTHING)
    assert place.search(SAID).look() == 0
    assert readers.last_change(place.database, viewer=EVERYTHING) == before
    assert place.pair


@pytest.mark.parametrize(("automatic", "state"), [((), "proposed"), ((("city-two", "city-one"),), "confirmed")])
def test_only_a_pair_that_the_city_names_is_confirmed_without_anybody(place, automatic, state):
    linking = SAID.linking.model_copy(update={"automatic": automatic})
    place.tell("city-one")
    place.tell("city-two")
    place.search(SAID.model_copy(update={"linking": linking})).look()
    (link,) = links_of(place.database, None)
    assert link.state is LinkState(state)
    assert link.decided_by == ("rule" if automatic else None)


def test_what_becomes_an_exercise_is_separated_from_what_is_real(place):
    place.tell("city-one")
    place.tell("city-two")
    place.matcher.look()
    decide(place.house, SUPERVISOR, "confirm", place.pair)
    place.tell("city-one", information_status=InformationStatus.EXERCISE)
    place.matcher.look()
    assert len(place.ids()) == 2


def test_only_who_has_the_right_and_sees_both_decides(place):
    place.tell("city-one", audience=PARTNERS)
    place.tell("city-two")
    place.matcher.look()
    pair = place.pair
    contributor = account_member("voirie-1", "voirie", Role.CONTRIBUTOR)
    assert (may_decide(SUPERVISOR), may_decide(contributor), may_decide(VISITOR), may_decide(EVERYTHING)) == (True, False, False, False)  # fmt: skip
    for viewer in (contributor, VISITOR):
        with pytest.raises(AccessDenied, match=r"link\.denied"):
            decide(place.house, viewer, "confirm", pair)
    blind = replace(SUPERVISOR, is_partner=False, sees_restricted=False)
    with pytest.raises(AccessDenied, match=r"link\.unknown"):
        decide(place.house, blind, "confirm", pair)
    (theirs,) = place.ids(VISITOR)
    assert seen_links(place.house, VISITOR, theirs) == ()
    assert len(seen_links(place.house, PARTNER, theirs)) == 1


def test_ten_thousand_events_are_compared_in_seconds_and_one_change_at_once(place):
    now = datetime.now(UTC).replace(microsecond=0)
    for part in range(2):
        events = tuple(
            replace(
                event("x"), source_id=f"city-{part}", external_id=Cleared(f"{number}"), headline=Cleared("Essai"),
                geometry={"type": "Point", "coordinates": [5.3 + number % 100 * 0.002, 43.2 + number // 100 * 0.004 + part * 0.001]},
                geometry_precision=GeometryPrecision.EXACT, validity=Validity(start=now, end=now + timedelta(hours=1 + part)),
            )
            for number in range(5000)
        )  # fmt: skip
        run = AdmittedRun(
            source_id=f"city-{part}", verdict="ok", reason=None, started_at=now, finished_at=now, http_status=200, size=1,
            sha256="0" * 64, published_at=None, records_seen=1, text_withheld=0, gate=Cleared("2-0123456789ab"), dropped_fields=(),
        )  # fmt: skip
        place.writer.apply(AdmittedBatch(run=run, events=events))
    started = time.process_time()
    assert place.matcher.look() == 5000
    whole = time.process_time() - started
    assert place.matcher.look() == 0  # its own proposals
    place.tell("city-one")
    started = time.process_time()
    place.matcher.look()
    once = time.process_time() - started
    print(f"10,000 events: {whole:.2f} s of processor time, one change {1000 * once:.1f} ms")
    assert once < whole / 20
    assert whole < 30
