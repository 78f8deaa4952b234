"""Linked, never merged: one event for those who see all of it, each its own for the others, and all restored."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from events.audience import ANONYMOUS, CITY_READER, PARTNERS, PUBLIC, Viewer, listed
from events.errors import InvalidRecord
from events.vocabulary import InformationStatus, StoredStatus
from store import readers, rollup
from store.admitted import Cleared
from store.kept import Action, EventQuery
from store.links import Link, LinkState, TooMany, confirm, links_of, pair_of, propose, refuse, separate
from store.period_sums import PeriodQuestion
from store.retention import erase_events
from store.summed import Span
from store.tables import category_day, delay_day, district_day, event, event_day, event_joined, event_link

ALL = Viewer(sees_restricted=True)
VOIRIE = Viewer(organisation="voirie", is_partner=True)
SUMS = (event_day, district_day, category_day, delay_day)
VIEWERS = (ANONYMOUS, CITY_READER, VOIRIE, ALL)
PRECEDENCE = {"town-works": 10, "town-police": 20, "town-fire": 30}


def told(town, source, key="e1", **values):
    one = town.event(key, source_id=source, **values)
    town.poll(one, run=town.run(source_id=source))
    with town.database.read() as connection:
        of_source = (event.c.source_id == source, event.c.external_id == one.external_id)
        return connection.execute(select(event.c.id).where(*of_source)).scalar_one()


def a_link(one, other):
    return Link(pair=pair_of(one, other), distance_m=12.0, shared_line=None, shared_time=0.9, is_same_category=True)


def rights(town):
    return {"by": "city", "now": town.now, "precedence_of": lambda one: PRECEDENCE.get(one, 99), "timezone": town.city.timezone}  # fmt: skip


def join(town, one, other):
    link = a_link(one, other)
    propose(town.database, {link.pair: link}, [one, other], now=town.now)
    confirm(town.database, link.pair, **rights(town))
    return link.pair


def seen(town, viewer=ALL, **asked):
    return readers.events(town.database, viewer=viewer, query=EventQuery(**asked)).events


def counted(town, viewer, zone="Europe/Paris"):
    asked = EventQuery(start=town.noon, end=town.noon)
    return sum(row.n for row in readers.day_counts(town.database, viewer=viewer, query=asked, timezone=zone))


def of_periods(town, viewer, read=readers.kinds, days=1, **told):
    """Return the sums of two periods, the same from the sums by day and from the events themselves."""
    first = town.noon.date()
    periods = [
        Span(first, first + timedelta(days=days - 1)),
        Span(first - timedelta(days=3), first - timedelta(days=1), days == 1),
    ]
    summed, scanned = (
        read(
            town.database,
            viewer=viewer,
            asked=PeriodQuestion(periods=periods, query=EventQuery(**told), serious=3, timezone=zone),
        )
        for zone in ("Europe/Paris", "Europe/Rome")
    )
    assert summed == scanned
    return summed


def in_period(town, viewer):
    by_category = sum(of_periods(town, viewer)[0].once.values())
    assert sum(of_periods(town, viewer, readers.places)[0].once.values()) == by_category
    return by_category


def test_a_proposal_changes_nothing_that_is_shown(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    link = a_link(one, other)
    assert propose(town.database, {link.pair: link}, [one], now=town.now) == (link.pair,)
    assert propose(town.database, {link.pair: link}, [one], now=town.now) == ()
    assert len(seen(town)) == 2
    assert counted(town, ANONYMOUS) == 2
    assert links_of(town.database, [other]) == (link,)
    propose(town.database, {}, [one], now=town.now)
    assert links_of(town.database, None) == ()


def test_a_confirmed_link_is_one_event_with_the_provenance_of_each_field(town):
    one = told(town, "town-works", headline=Cleared("Works speak first"), attribution=Cleared("W"))
    other = told(town, "town-police", description=Cleared("Two lanes"), size_class=2, attribution=Cleared("P"))
    join(town, other, one)
    (kept,) = seen(town)
    assert kept.id == one
    assert (kept.event.headline, kept.event.description, kept.event.size_class) == ("Works speak first", "Two lanes", 2)
    assert kept.event.attribution == "W · P"
    assert [(teller.source_id, teller.fields) for teller in kept.told_by] == [
        ("town-works", ()),
        ("town-police", ("description", "size_class")),
    ]
    assert readers.event(town.database, one, viewer=ALL).event.description == "Two lanes"
    assert readers.event(town.database, other, viewer=ALL).event.headline == "Accident e1"


def test_of_equal_sources_the_latest_publication_speaks_first_and_follows(town):
    one = told(town, "town-x", published_at=town.noon)
    other = told(town, "town-y", published_at=town.noon + timedelta(minutes=1))
    join(town, one, other)
    assert [kept.id for kept in seen(town)] == [other]
    told(town, "town-x", published_at=town.noon + timedelta(minutes=2), headline=Cleared("Newer"))
    assert [kept.id for kept in seen(town)] == [one]
    assert counted(town, ANONYMOUS) == counted(town, ANONYMOUS, "Europe/Rome") == 1


@pytest.mark.parametrize(
    ("first", "second"), [(PUBLIC, PARTNERS), (PARTNERS, PUBLIC), (listed(["voirie"]), PUBLIC), (PUBLIC, listed(["voirie"]))]
)  # fmt: skip
def test_who_may_see_one_of_two_sees_that_one_alone_unchanged(town, first, second):
    one = told(town, "town-works", audience=first)
    other = told(town, "town-police", audience=second, description=Cleared("Only in the second"))
    before = {viewer: {kept.id: kept.event for kept in seen(town, viewer)} for viewer in VIEWERS}
    join(town, one, other)
    for viewer in VIEWERS:
        kept = seen(town, viewer)
        if len(before[viewer]) == 2:
            assert [item.id for item in kept] == [one]
            assert viewer.may_see(kept[0].event.audience)
            assert not ANONYMOUS.may_see(kept[0].event.audience)
        else:
            assert {item.id: item.event for item in kept} == before[viewer]
            assert all(item.told_by == () for item in kept)
        assert counted(town, viewer) == counted(town, viewer, "Europe/Rome") == in_period(town, viewer) == len(kept)
        assert readers.count_events(town.database, viewer=viewer, query=EventQuery()) == len(kept)


def test_organisations_that_share_no_listing_share_no_joined_event(town):
    one = told(town, "town-works", audience=listed(["voirie"]))
    other = told(town, "town-police", audience=listed(["port"]))
    join(town, one, other)
    port = Viewer(organisation="port", is_partner=True)
    assert [kept.id for kept in seen(town, VOIRIE)] == [one]
    assert [kept.id for kept in seen(town, port)] == [other]
    assert len(seen(town, ALL)) == 1
    assert [counted(town, viewer) for viewer in (VOIRIE, port, ALL, CITY_READER)] == [1, 1, 1, 0]
    assert [in_period(town, viewer) for viewer in (VOIRIE, port, ALL, CITY_READER)] == [1, 1, 1, 0]


def test_separating_restores_every_record_as_it_was(town):
    one, other = told(town, "town-works"), told(town, "town-police", description=Cleared("Kept"))
    before = {kept.id: kept for kept in seen(town)}
    pair = join(town, one, other)
    separate(town.database, other, **rights(town))
    assert {kept.id: kept for kept in seen(town)} == before
    assert counted(town, ANONYMOUS) == 2
    assert [link.state for link in links_of(town.database, pair)] == [LinkState.REFUSED]
    link = a_link(one, other)
    assert propose(town.database, {pair: link}, pair, now=town.now) == ()  # what somebody refused is not asked again


def test_refusing_a_confirmed_link_undoes_it(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    refuse(town.database, join(town, one, other), **rights(town))
    assert len(seen(town)) == 2


def test_open_screens_are_told_of_every_member(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    since = readers.last_change(town.database, viewer=ANONYMOUS)
    pair = join(town, one, other)
    page = readers.changes(town.database, viewer=ANONYMOUS, since=since)
    assert {change.id: change.action for change in page.changes} == {one: Action.UPSERT, other: Action.GONE}
    told(town, "town-police", description=Cleared("More"))
    page = readers.changes(town.database, viewer=ANONYMOUS, since=page.next)
    assert {change.id: change.action for change in page.changes} == {one: Action.UPSERT, other: Action.GONE}
    separate(town.database, pair[0], **rights(town))
    page = readers.changes(town.database, viewer=ANONYMOUS, since=page.next)
    assert {change.id: change.action for change in page.changes} == {one: Action.UPSERT, other: Action.UPSERT}


def test_when_the_first_speaker_is_withdrawn_the_next_one_speaks(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    join(town, one, other)
    since = readers.last_change(town.database, viewer=ANONYMOUS)
    town.poll(run=town.run(source_id="town-works"), withdrawn=("e1",))
    assert [kept.id for kept in seen(town)] == [other]
    page = readers.changes(town.database, viewer=ANONYMOUS, since=since)
    assert {change.id: change.action for change in page.changes} == {one: Action.GONE, other: Action.UPSERT}
    assert [kept.id for kept in seen(town, at=town.noon - timedelta(minutes=30))] == [one]
    assert counted(town, ANONYMOUS) == counted(town, ANONYMOUS, "Europe/Rome") == 1


def test_a_withdrawn_event_of_a_group_that_is_erased_leaves_the_other_alone(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    join(town, one, other)
    with town.database.write() as connection:
        assert erase_events(connection, [one], town.now) == {other}
    assert [kept.id for kept in seen(town)] == [other]
    assert seen(town)[0].group is None
    assert counted(town, ANONYMOUS) == counted(town, ANONYMOUS, "Europe/Rome") == 1
    with town.database.read() as connection:
        assert not connection.execute(select(event_link)).all()
        assert not connection.execute(select(event_joined)).all()


def test_three_sources_are_one_and_one_of_them_leaves(town):
    ids = [told(town, source) for source in ("town-works", "town-police", "town-fire")]
    join(town, ids[2], ids[1])
    join(town, ids[0], ids[1])
    (kept,) = seen(town)
    assert [teller.event_id for teller in kept.told_by] == ids
    assert counted(town, ANONYMOUS) == 1
    separate(town.database, ids[1], **rights(town))
    assert {kept.id for kept in seen(town)} == set(ids)


def test_no_more_than_five_are_shown_as_one_and_nothing_is_half_done(town):
    ids = [told(town, f"town-{letter}") for letter in "abcdef"]
    for number in range(4):
        join(town, ids[number], ids[number + 1])
    with pytest.raises(TooMany):
        join(town, ids[4], ids[5])
    assert len(seen(town)) == 2
    assert counted(town, ANONYMOUS) == 2
    (last,) = links_of(town.database, [ids[5]])
    assert last.state is LinkState.PROPOSED


@pytest.mark.parametrize(
    "values",
    [{"information_status": InformationStatus.EXERCISE}, {"status": StoredStatus.DRAFT}],
    ids=["exercise", "draft"],
)
def test_an_exercise_or_a_draft_hides_nothing_real(town, values):
    one, other = told(town, "town-works", **values), told(town, "town-police")
    with pytest.raises(InvalidRecord, match="not shown as one"):
        join(town, one, other)
    assert len(seen(town)) == 2


def test_a_link_nobody_proposed_is_not_confirmed(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    with pytest.raises(InvalidRecord, match="no such link"):
        confirm(town.database, pair_of(one, other), **rights(town))


def test_what_was_known_then_is_each_source_on_its_own(town):
    one, other = told(town, "town-works"), told(town, "town-police")
    join(town, one, other)
    assert {kept.id for kept in seen(town, known_at=town.now)} == {one, other}


def happens(town, chance, keys):
    source = chance.choice(tuple(PRECEDENCE))
    chosen = [
        town.event(
            key,
            source_id=source,
            category=chance.choice(("accident", "chantier")),
            audience=chance.choice(
                (PUBLIC, PARTNERS, listed(["voirie"]), listed(["port", "voirie"]), listed(["port"]))
            ),
            status=chance.choice((None, None, StoredStatus.CANCELLED)),
            geometry={"type": "Point", "coordinates": [chance.choice((5.2, 5.7)), 43.3]},
        )
        for key in chance.sample(keys, 2)
    ]
    town.poll(*chosen, run=town.run(source_id=source), withdrawn=chance.sample(keys, 1))
    with town.database.read() as connection:
        kept = connection.execute(select(event.c.id).where(event.c.withdrawn_at.is_(None))).scalars().all()
        joined = connection.execute(select(event_joined.c.event_id)).scalars().all()
    if len(kept) > 1 and chance.random() < 0.8:
        one, other = chance.sample(sorted(kept), 2)
        with suppress(InvalidRecord):  # of one source, or too many: nothing was done, which the check sees
            join(town, one, other)
    if joined and chance.random() < 0.3:
        with suppress(InvalidRecord):  # joined by another's link only
            separate(town.database, chance.choice(sorted(joined)), **rights(town))
    if kept and chance.random() < 0.15:
        with town.database.write() as connection:
            erase_events(connection, [chance.choice(sorted(kept))], town.now)
    town.now += timedelta(hours=chance.randrange(0, 9))


@pytest.mark.parametrize("seed", range(3))
def test_after_anything_list_changes_and_sums_count_the_same_for_every_viewer(town, seed):
    chance = random.Random(seed)
    port = Viewer(organisation="port", is_partner=True)
    for _ in range(8):
        for _ in range(4):
            happens(town, chance, ["a", "b", "c"])
        for viewer in (*VIEWERS, port):
            for told_of in ({}, {"categories": ["accident"]}, {"districts": ["13202"]}):
                asked = EventQuery(start=town.noon, end=town.noon + timedelta(days=9), **told_of)
                summed, scanned = (
                    readers.day_counts(town.database, viewer=viewer, query=asked, timezone=zone)
                    for zone in ("Europe/Paris", "Europe/Rome")
                )
                assert summed == scanned
                for read in (readers.kinds, readers.places):
                    of_periods(town, viewer, read, days=9, **told_of)
            ids = {kept.id for kept in seen(town, viewer)}
            members = [kept.told_by for kept in seen(town, viewer) if kept.told_by]
            assert not any(teller.event_id in ids for group in members for teller in group[1:])
    with town.database.write() as connection:
        rollup.drop_zeros(connection)
        kept = [sorted(connection.execute(select(table)).all()) for table in SUMS]
        rollup.rebuild(connection, town.city.timezone)
        assert [sorted(connection.execute(select(table)).all()) for table in SUMS] == kept
