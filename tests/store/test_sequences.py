"""Whatever batches come in whatever order: numbers have no holes, chains hold, changes lead to what is kept."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.audience import ANONYMOUS, PARTNERS, PUBLIC, Viewer, listed
from events.vocabulary import Severity
from store import readers
from store.chain import verify
from store.kept import Action, EventQuery, Kind

NAMES = ("a", "b", "c", "d")
VIEWERS = (ANONYMOUS, Viewer("port", is_partner=True), Viewer("air", is_partner=True), Viewer(sees_restricted=True))
AUDIENCES = st.sampled_from([PUBLIC, PARTNERS, listed(["port"])])
TOLD = st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from(list(Severity)), AUDIENCES))
BATCHES = st.lists(
    st.tuples(
        TOLD,
        st.sets(st.sampled_from(NAMES), max_size=2),  # withdrawn
        st.sets(st.sampled_from(NAMES), max_size=2),  # broken
        st.sampled_from(["snapshot", "delta", "repeat"]),
    ),
    max_size=8,
)
# Without shrinking: each example opens a database, and a failure must be told in seconds.
CALM = settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def another(stores, town):
    """Return a maker of towns with a database of their own, removed when the block ends."""

    @contextmanager
    def make():
        url = stores.new()
        place = type(town)(url)
        try:
            yield place
        finally:
            place.database.close()
            stores.drop(url)

    return make


def play(town, batches):
    for told, withdrawn, broken, kind in batches:
        town.poll(
            *(town.event(name, severity=severity, audience=audience) for name, (severity, audience) in told.items()),
            withdrawn=tuple(withdrawn),
            rejects=tuple(town.reject(name) for name in broken),
            counts_absences=kind == "snapshot",
            repeats_absences=kind == "repeat",
        )


def seen(town, viewer):
    page = readers.events(town.database, viewer=viewer, query=EventQuery())
    return {one.id: (one.version, one.source_error) for one in page.events}


@CALM
@given(batches=BATCHES)
def test_numbers_have_no_holes_chains_hold_and_changes_lead_to_the_present(another, batches):
    with another() as place:
        play(place, batches)
        numbers = [one.seq for one in readers.raw_changes(place.database, since=0)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert verify(place.database).breaks == ()
        for viewer in VIEWERS:
            held: set[str] = set()
            for one in readers.changes(place.database, viewer=viewer, since=0).changes:
                assert one.kind is Kind.EVENT
                (held.add if one.action is Action.UPSERT else held.discard)(one.id)
            assert held == set(seen(place, viewer))


@CALM
@given(batches=BATCHES, data=st.data())
def test_a_viewer_that_applies_changes_from_anywhere_ends_with_what_is_kept(another, batches, data):
    with another() as place:
        play(place, batches)
        since = data.draw(st.integers(0, len(readers.raw_changes(place.database, since=0))))
        late = {one.id for one in readers.changes(place.database, viewer=ANONYMOUS, since=since).changes}
        every = readers.changes(place.database, viewer=ANONYMOUS, since=0).changes
        early = {one.id for one in every if one.seq <= since}
        assert set(seen(place, ANONYMOUS)) <= late | early


@CALM
@given(
    told=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 30)), min_size=1, max_size=12, unique=True),
    data=st.data(),
)
def test_documents_of_a_delta_repeated_or_in_another_order_end_alike(another, told, data):
    # One publisher says one thing per moment; repeated and shuffled, the last thing said stands.
    def document(place, name, minute):
        return place.event(
            name, published_at=place.noon + timedelta(minutes=minute), severity=Severity((minute * 7 + ord(name)) % 5)
        )

    ends = []
    for order in (sorted(told, key=lambda one: one[1]), data.draw(st.permutations(told * 2))):
        with another() as place:
            for name, minute in order:
                place.poll(document(place, name, minute))
            page = readers.events(place.database, viewer=ANONYMOUS, query=EventQuery())
            ends.append({one.event.external_id: one.event for one in page.events})
    assert ends[0] == ends[1]
