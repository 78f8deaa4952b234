"""Linked events at different hours: who is in force speaks, days are counted once, nothing that goes on is hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.event import listen

from events.audience import ANONYMOUS
from events.validity import Validity
from events.vocabulary import Severity
from store import readers
from store.admitted import Cleared
from store.kept import Action, EventQuery
from store.links import hand_over
from tests.store.test_links import ALL, counted, join, seen, told


def spans(town, one=(0, 1), other=(0, 3)):
    """Return two joined events, hours from noon: the works speak first while they are in force."""
    hour, ids = timedelta(hours=1), []
    for source, (start, end) in (("town-works", one), ("town-police", other)):
        validity = Validity(start=town.noon + start * hour, end=town.noon + end * hour)
        ids.append(told(town, source, headline=Cleared(source), validity=validity))
    join(town, *ids)
    return ids


def shown_at(town, hours):
    at = town.noon + timedelta(hours=hours)
    return [one.event.headline for one in seen(town, at=at)]


def test_a_first_speaker_that_ended_does_not_hide_one_that_goes_on(town):
    one, other = spans(town)
    assert [shown_at(town, hours) for hours in (0.5, 2, 4)] == [["town-works"], ["town-police"], []]
    town.now = town.noon + timedelta(hours=2)
    zone = town.city.timezone
    before = counted(town, ANONYMOUS)
    assert hand_over(town.database, now=town.now, timezone=zone) == 1
    assert counted(town, ANONYMOUS) == before == 1
    assert [kept.event.headline for kept in seen(town)] == ["town-police"]
    assert hand_over(town.database, now=town.now, timezone=zone) == 0
    told_again = readers.changes(town.database, viewer=ALL, since=0, limit=100).changes
    assert {each.id: each.action for each in told_again} == {one: Action.GONE, other: Action.UPSERT}


def test_one_to_come_does_not_hide_one_in_force_and_takes_over_when_it_begins(town):
    spans(town, one=(2, 4), other=(0, 4))
    assert [shown_at(town, hours) for hours in (1, 3)] == [["town-police"], ["town-police"]], "one who speaks now"
    zone = town.city.timezone
    town.now = town.noon + timedelta(hours=1)
    hand_over(town.database, now=town.now, timezone=zone)
    assert [kept.event.headline for kept in seen(town)] == ["town-police"]
    assert hand_over(town.database, now=town.noon + timedelta(hours=3), timezone=zone) == 1
    assert [kept.event.headline for kept in seen(town)] == ["town-works"]


def test_days_on_which_only_one_of_a_group_is_in_force_are_counted(town):
    spans(town, one=(24, 30), other=(0, 80))
    asked = EventQuery(start=town.noon, end=town.noon + timedelta(days=4))
    for filters in ({}, {"severity": Severity.MINOR}):
        rows = readers.day_counts(
            town.database, viewer=ANONYMOUS, query=replace(asked, **filters), timezone="Europe/Paris"
        )
        assert [row.n for row in sorted(rows, key=lambda row: row.day)] == [1, 1, 1, 1], filters


def test_trap_who_follows_is_looked_for_among_the_groups_not_in_all_that_is_in_force(town):
    if not town.database.is_sqlite:
        pytest.skip("what a PostgreSQL server plans depends on how much it holds")
    asked = []
    listen(town.database.readers, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    seen(town, start=town.noon, end=town.noon + timedelta(days=1), districts=("13201",), categories=("chantier",))
    with town.database.read() as connection:
        plans = [
            row[-1]
            for statement, values in tuple(asked)
            if "event_joined" in statement and "first" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert [plan for plan in plans if " first " in plan] == ["SEARCH first USING INDEX sqlite_autoindex_event_1 (id=?)"]
