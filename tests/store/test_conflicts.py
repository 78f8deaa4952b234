"""Conflicts as they are kept: written where they differ, told to who sees both sides, decided until facts outgrow the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select

from events.audience import ANONYMOUS, CITY_READER, PARTNERS, PUBLIC, Viewer, listed
from events.errors import InvalidRecord
from events.validity import Period
from store import readers
from store.admitted import Cleared
from store.conflict_decisions import Decider, decide, keep_rules, tell_measure
from store.conflicts import ConflictState, FixedPlace, FoundConflict, settle
from store.conflicts_query import ConflictQuery
from store.joined import NOBODY
from store.links import Link, confirm, pair_of, propose
from store.retention import KINDS, Limits, erase_events, purge
from store.tables import change, conflict, conflict_measure, conflict_rules, conflict_window, event

ALL = Viewer(sees_restricted=True)
VOIRIE = Viewer(organisation="voirie", is_partner=True)
VIEWERS = (ANONYMOUS, CITY_READER, VOIRIE, Viewer(organisation="fire", is_partner=True), ALL)
AUDIENCES = (PUBLIC, PARTNERS, listed(["voirie"]), listed(["fire"]), listed(["voirie", "fire"]))
IDS = [f"00000000-0000-0000-0000-0000000000{number:02}" for number in range(40)]
PLACES = ("city", "town-lines")
LINE = FixedPlace(id=IDS[39], kind="transport_line", source="town-lines", title=Cleared("T2"))


def told(town, key, source="town-works", **values):
    town.poll(town.event(key, source_id=source, **values), run=town.run(source_id=source))
    with town.database.read() as connection:
        return connection.execute(select(event.c.id).where(event.c.external_id == key)).scalar_one()


def window(town, start=1, end=3):
    return Period(town.noon + timedelta(hours=start), None if end is None else town.noon + timedelta(hours=end))


def met(town, a, b=None, number=0, **values):
    made = FoundConflict(
        id=IDS[number], rule=("event-works", "event-event")[number % 2], severity=2, a_id=a, b_id=b, place=None, owner="town", position=(5.2, 43.3),
        districts=("13201",), windows=(window(town),), distance_m=12.0, required=("fencing", "works_suspended"),
    )  # fmt: skip
    return replace(made, **values)


def keep(town, *found, among=None, places=PLACES):
    return settle(town.database, {one.id: one for one in found}, among, known_places=places, now=town.now)


def seen(town, viewer=ALL, **asked):
    return readers.conflicts(town.database, viewer=viewer, query=ConflictQuery(**asked))


def states(town):
    return {one.id: one.state.value for one in seen(town, states=tuple(ConflictState))}


def by(town):
    return Decider(organisation="town", role="manager", at=town.now)


def act(town, doing, *told, **more):
    with town.database.write() as connection:
        doing(connection, *told, by(town), **more)


@pytest.fixture
def sides(town):
    return told(town, "march", category="manifestation"), told(town, "works", category="chantier")


def test_what_was_found_is_kept_once_and_only_what_differs_is_written(town, sides):
    one = met(town, *sides)
    assert keep(town, one) == 1
    assert keep(town, one) == 0
    (kept,) = seen(town)
    assert (kept.rule, kept.state, kept.a.headline, kept.b.headline) == (
        "event-works", ConflictState.OPEN, "Accident march", "Accident works",
    )  # fmt: skip
    assert (kept.owner, kept.position, kept.windows, kept.districts) == (
        "town",
        (5.2, 43.3),
        (window(town),),
        ("13201",),
    )
    assert [(m.measure, m.present_at) for m in kept.measures] == [("fencing", None), ("works_suspended", None)]
    assert keep(town, replace(one, windows=(window(town, 1, 4),))) == 1
    assert seen(town)[0].windows == (window(town, 1, 4),)


def test_a_restricted_side_is_never_betrayed(town):
    """Every pair of audiences, every viewer: told of the conflict if and only if both sides are theirs to see."""
    found, expected = [], {viewer.key: set() for viewer in VIEWERS}
    for number, (one, other) in enumerate(product(AUDIENCES, AUDIENCES)):
        a, b = told(town, f"a{number}", audience=one), told(town, f"b{number}", audience=other)
        found.append(met(town, a, b, number))
        for viewer in VIEWERS:
            if viewer.may_see(one) and viewer.may_see(other):
                expected[viewer.key].add(IDS[number])
    keep(town, *found)
    for viewer in VIEWERS:
        assert {one.id for one in seen(town, viewer)} == expected[viewer.key], viewer.key
    assert len(expected[ALL.key]) == 25
    assert expected[ANONYMOUS.key] == {IDS[0]}


def test_withheld_sources_take_their_conflicts_with_them(town, sides):
    keep(town, met(town, *sides))
    assert seen(town, replace(ALL, withheld=frozenset({"town-works"}))) == ()


def test_only_who_sees_both_sides_hears_that_something_changed(town):
    before = {viewer.key: readers.last_change(town.database, viewer=viewer) for viewer in VIEWERS}
    a, b = told(town, "a", audience=listed(["voirie"])), told(town, "b", audience=listed(["fire"]))
    heads = {viewer.key: readers.last_change(town.database, viewer=viewer) for viewer in VIEWERS}
    keep(town, met(town, a, b))
    after = {viewer.key: readers.last_change(town.database, viewer=viewer) for viewer in VIEWERS}
    assert {key for key in after if after[key] != heads[key]} == {ALL.key}
    assert before[ALL.key] < heads[ALL.key]
    with town.database.read() as connection:
        last = connection.execute(select(change).order_by(change.c.seq.desc()).limit(1)).one()
    assert (last.kind, last.object_id, last.audience_after) == ("conflict", "conflicts", NOBODY)


def test_a_place_or_nothing_may_be_the_other_side(town, sides):
    keep(town, met(town, sides[0], place=LINE, rule="event-transport"), met(town, sides[0], None, 1, rule="no-order"))
    line, bare = sorted(seen(town, ANONYMOUS), key=lambda one: one.id)
    assert (line.b, line.place_kind, line.place_title) == (None, "transport_line", "T2")
    assert (bare.b, bare.place_kind, bare.place_title) == (None, None, None)


def test_what_is_found_no_longer_is_obsolete_and_what_is_over_stays_as_it_was(town, sides):
    gone, over = met(town, *sides), met(town, *sides, 1, windows=(window(town, -9, -8),))
    keep(town, gone, over)
    assert keep(town) == 1
    assert states(town) == {IDS[0]: "obsolete", IDS[1]: "open"}
    assert [one.id for one in seen(town)] == [IDS[1]]
    assert keep(town, gone) == 1
    assert states(town)[IDS[0]] == "open"
    assert seen(town, id=IDS[0])[0].windows == (window(town),)


def test_a_change_settles_its_own_conflicts_only(town, sides):
    keep(town, met(town, *sides), met(town, *sides, 1))
    assert keep(town, among={IDS[0]}) == 1
    assert states(town) == {IDS[0]: "obsolete", IDS[1]: "open"}


def test_lines_that_are_not_read_yet_after_a_start_take_nothing_back(town, sides):
    one = met(town, sides[0], place=LINE, rule="event-transport")
    keep(town, one)
    act(town, decide, one.id, ConflictState.ACCEPTED, Cleared("Ligne déviée"))
    assert keep(town, places=("city",)) == 0
    assert states(town) == {IDS[0]: "accepted"}
    assert keep(town) == 1
    assert states(town) == {IDS[0]: "obsolete"}


@pytest.mark.parametrize(
    ("change_of", "state"),
    [
        ({}, "accepted"),
        ({"windows": (1, 2)}, "accepted"),
        ({"windows": (1, 4)}, "open"),
        ({"windows": (1, None)}, "open"),
        ({"severity": 1}, "accepted"),
        ({"severity": 3}, "open"),
        ({"required": ("fencing",)}, "accepted"),
        ({"required": ("fencing", "works_suspended", "coordination")}, "open"),
        ({"distance_m": 3.0}, "accepted"),
    ],
)
def test_a_decision_holds_for_what_was_decided_and_not_for_more(town, sides, change_of, state):
    one = met(town, *sides)
    keep(town, one)
    act(town, decide, one.id, ConflictState.ACCEPTED, Cleared("Vu en réunion"))
    if "windows" in change_of:
        change_of = {"windows": (window(town, *change_of["windows"]),)}
    keep(town, replace(one, **change_of))
    (kept,) = seen(town)
    assert kept.state.value == state
    assert (kept.decision.state, kept.decision.by, kept.decision.role) == (ConflictState.ACCEPTED, "town", "manager")
    assert kept.decision.reason == "Vu en réunion"
    assert (kept.reopened_at is not None) is (state == "open")


def test_mitigated_needs_every_measure_and_is_open_again_without_one(town, sides):
    one = met(town, *sides)
    keep(town, one)
    with pytest.raises(InvalidRecord, match=r"conflict\.refused\.missing"):
        act(town, decide, one.id, ConflictState.MITIGATED, None)
    act(town, tell_measure, one.id, "fencing", is_present=True)
    with pytest.raises(InvalidRecord, match=r"conflict\.refused\.missing"):
        act(town, decide, one.id, ConflictState.MITIGATED, None)
    act(town, tell_measure, one.id, "works_suspended", is_present=True)
    act(town, decide, one.id, ConflictState.MITIGATED, None)
    (kept,) = seen(town)
    assert kept.state is ConflictState.MITIGATED
    assert {(m.measure, m.present_at, m.told_by, m.told_as) for m in kept.measures} == {
        ("fencing", town.now, "town", "manager"), ("works_suspended", town.now, "town", "manager"),
    }  # fmt: skip
    act(town, tell_measure, one.id, "fencing", is_present=False)
    (kept,) = seen(town)
    assert (kept.state, kept.reopened_at) == (ConflictState.OPEN, town.now)
    with pytest.raises(InvalidRecord, match=r"conflict\.refused\.measure"):
        act(town, tell_measure, one.id, "line_diverted", is_present=True)


def test_what_is_obsolete_or_unknown_is_not_decided(town, sides):
    keep(town, met(town, *sides))
    keep(town)
    with pytest.raises(InvalidRecord, match=r"conflict\.refused\.obsolete"):
        act(town, decide, IDS[0], ConflictState.ACCEPTED, Cleared("x"))
    with pytest.raises(InvalidRecord, match=r"conflict\.refused\.unknown"):
        act(town, decide, IDS[5], ConflictState.ACCEPTED, Cleared("x"))


def test_a_reason_that_did_not_pass_the_gate_is_not_kept(town, sides):
    keep(town, met(town, *sides))
    with pytest.raises(InvalidRecord, match=r"conflict\.reason"):
        act(town, decide, IDS[0], ConflictState.ACCEPTED, "Jeanne Martin")
    assert states(town) == {IDS[0]: "open"}


def test_filters(town, sides):
    fair = told(town, "fair", source="town-police", category="marche", organisation="police")
    keep(
        town,
        met(town, *sides),
        met(town, sides[0], fair, 1, severity=3, districts=("13202",), windows=(window(town, 40, 50),)),
    )
    day = {"start": town.noon, "end": town.noon + timedelta(hours=24)}
    for asked, expected in (
        ({}, [IDS[1], IDS[0]]),
        (day, [IDS[0]]),
        ({"districts": ("13202",)}, [IDS[1]]),
        ({"categories": ("chantier",)}, [IDS[0]]),
        ({"categories": ("manifestation",)}, [IDS[1], IDS[0]]),
        ({"organisations": ("police",)}, [IDS[1]]),
        ({"severity": 3}, [IDS[1]]),
        ({"text": "ACCIDENT works"}, [IDS[0]]),
        ({"text": "\ud800"}, []),
        ({"event_id": fair}, [IDS[1]]),
        ({"states": (ConflictState.ACCEPTED,)}, []),
    ):
        assert [one.id for one in seen(town, **asked)] == expected, asked


def test_what_two_sources_tell_is_one_conflict_and_one_decision(town, sides):
    twin = told(town, "march-too", source="town-police", category="manifestation")
    link = Link(pair=pair_of(sides[0], twin), distance_m=1.0, shared_line=None, shared_time=1.0, is_same_category=True)
    propose(town.database, {link.pair: link}, None, now=town.now)
    rights = {
        "by": "city",
        "now": town.now,
        "precedence_of": lambda one: int(one == "town-police"),
        "timezone": "Europe/Paris",
    }
    confirm(town.database, link.pair, **rights)
    keep(town, met(town, *sides), met(town, twin, sides[1], 1, rule="event-works"))
    assert [one.id for one in seen(town)] == [IDS[0]]
    assert len(seen(town, event_id=twin)) == 1
    act(town, decide, IDS[0], ConflictState.ACCEPTED, Cleared("Vu"))
    assert states(town) == {IDS[0]: "accepted"}
    told(town, "march", category="manifestation", audience=listed(["fire"]))  # the first is not for everyone any more
    assert [(one.id, one.state.value) for one in seen(town, ANONYMOUS)] == [(IDS[1], "accepted")]


def test_past_windows_stay_when_the_rest_moves(town, sides):
    past, ahead, later = window(town, -9, -8), window(town, 1, 3), window(town, 30, 32)
    keep(town, met(town, *sides, windows=(past, ahead)))
    keep(town, met(town, *sides, windows=(later,)))
    assert seen(town)[0].windows == (past, later)


def test_conflicts_go_with_either_of_their_events(town, sides):
    keep(town, met(town, *sides))
    act(town, tell_measure, IDS[0], "fencing", is_present=True)
    with town.database.write() as connection:
        erase_events(connection, [sides[1]], town.now)
    with town.database.read() as connection:
        for table in (conflict, conflict_window, conflict_measure):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_a_side_that_retention_took_meanwhile_is_left_out(town, sides):
    assert keep(town, met(town, *sides), met(town, "00000000-0000-0000-0000-00000000dead", None, 1)) == 1
    assert set(states(town)) == {IDS[0]}


def test_old_tables_of_rules_go_and_the_one_in_force_never(town):
    limits = Limits(kinds=dict.fromkeys(KINDS, timedelta(days=400)))
    for day in (0, 1, 2):
        with town.database.write() as connection:
            keep_rules(connection, {"rules": [], "n": day}, replace(by(town), at=town.now + timedelta(days=day)))
    assert [one.content["n"] for one in readers.rule_tables(town.database)] == [2, 1, 0]
    purge(town.database, limits, town.now + timedelta(days=4000))
    with town.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(conflict_rules)).scalar_one() == 1
    assert readers.rule_tables(town.database)[0].content["n"] == 2
