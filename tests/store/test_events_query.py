from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from events.audience import ANONYMOUS, PARTNERS, PUBLIC, Viewer, listed
from events.errors import InvalidRecord
from events.validity import Period, Recurrence, Validity
from events.vocabulary import Phase, Severity, StoredStatus
from store import readers
from store.admitted import Cleared
from store.kept import EventQuery
from store.maintenance import extend_periods

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def names(town, viewer=None, **query):
    page = readers.events(town.database, viewer=viewer or town.all_seeing, query=EventQuery(**query))
    return [str(one.event.external_id) for one in page.events]


def spanning(town, start, end):
    return Validity(start=town.noon + start * HOUR, end=None if end is None else town.noon + end * HOUR)


@pytest.fixture
def several(town):
    town.poll(
        town.event("past", validity=spanning(town, -9, -6)),
        town.event("now", validity=spanning(town, -1, 2), category="chantier", severity=Severity.CRITICAL),
        town.event("open", validity=spanning(town, -2, None), organisation="port"),
        town.event("later", validity=spanning(town, 5, 6), geometry={"type": "Point", "coordinates": [5.7, 43.3]}),
        town.event(
            "both",
            validity=spanning(town, 0, 1),
            geometry={"type": "LineString", "coordinates": [[5.4, 43.5], [5.6, 43.5]]},
        ),
    )
    return town


def test_in_force_during_a_window_is_a_meeting_of_intervals(several):
    noon = several.noon
    assert names(several) == ["past", "open", "now", "both", "later"]
    assert names(several, start=noon - 10 * HOUR, end=noon - 9 * HOUR) == ["past"]
    assert names(several, start=noon - 6 * HOUR, end=noon - 3 * HOUR) == []
    assert names(several, start=noon, end=noon) == ["open", "now", "both"]
    assert names(several, start=noon + 2 * HOUR, end=noon + 5 * HOUR) == ["open", "later"]
    assert names(several, start=noon + 6 * HOUR) == ["open"]
    assert names(several, end=noon - 8 * HOUR) == ["past"]
    assert names(several, at=noon + HOUR) == ["open", "now"]


def test_filters(several):
    assert names(several, categories=["chantier"]) == ["now"]
    assert names(several, districts=["13202"]) == ["both", "later"]
    assert names(several, districts={"13201", "13202"}, categories=("chantier", "accident"), at=several.noon) == [
        "open",
        "now",
        "both",
    ]
    assert names(several, severity=Severity.MAJOR) == ["now"]
    assert names(several, organisations=["port"]) == ["open"]
    assert names(several, sources=["elsewhere"]) == []
    assert names(several, bbox=(5.65, 43.2, 5.8, 43.4)) == ["later"]
    assert names(several, bbox=(5.45, 43.4, 5.5, 43.6)) == ["both"]


def test_text_ignores_case_and_accents_and_knows_no_wildcards(town):
    town.poll(
        town.event("a", headline=Cleared("Éboulement à la Corniche")),
        town.event("b", headline=Cleared("Travaux"), place=Cleared("Cours Estienne-d'Orves 100%")),
    )
    assert names(town, text="EBOULEMENT A") == ["a"]
    assert names(town, text="d'orves") == ["b"]
    assert names(town, text="%") == ["b"]
    assert names(town, text="_") == []
    assert names(town, text="  ") == ["a", "b"]


def test_phases_are_computed_at_a_moment(several):
    several.poll(
        several.event("off", validity=spanning(several, 0, 3), status=StoredStatus.CANCELLED),
        several.event("maybe", validity=spanning(several, 4, 5), status=StoredStatus.TO_CONFIRM),
    )
    now = several.noon + HOUR / 2
    assert names(several, phases=[Phase.ONGOING], now=now) == ["open", "now", "both"]
    assert names(several, phases=[Phase.PLANNED], now=now) == ["maybe", "later"]
    assert names(several, phases=[Phase.ENDED], now=now) == ["past"]
    assert names(several, phases=[Phase.CANCELLED], now=now) == ["off"]
    assert names(several, phases=[StoredStatus.TO_CONFIRM], now=now) == ["maybe"]
    assert names(several, phases=[Phase.ENDED, Phase.ONGOING], now=now) == ["past", "open", "now", "both"]


def test_between_two_occurrences_an_event_is_planned_and_not_in_force(town):
    nights = Recurrence(time(22), time(5), "Europe/Paris")
    town.poll(town.event(validity=Validity(start=town.noon - 9 * DAY, end=town.noon + 9 * DAY, recurrences=(nights,))))
    assert names(town, at=town.noon) == []
    assert names(town, at=town.noon + 12 * HOUR) == ["e1"]
    assert names(town, phases=[Phase.PLANNED], now=town.noon) == ["e1"]


def test_only_the_periods_of_the_window_are_given(town):
    days = Recurrence(time(8), time(9), "Europe/Paris")
    town.poll(town.event(validity=Validity(start=town.noon - 9 * DAY, recurrences=(days,))))
    page = readers.events(
        town.database,
        viewer=town.all_seeing,
        query=EventQuery(start=town.noon, end=town.noon + DAY),
    )
    morning = datetime(2026, 11, 15, 7, tzinfo=UTC)
    assert page.events[0].periods == (Period(morning, morning + HOUR),)


def test_recurrences_reach_400_days_and_are_extended(town):
    days = Recurrence(time(8), time(9), "Europe/Paris")
    town.poll(town.event(validity=Validity(start=town.noon - 9 * DAY, recurrences=(days,))))
    far = town.noon + 450 * DAY
    assert names(town, start=far, end=far + DAY) == []
    before = readers.events(town.database, viewer=town.all_seeing, query=EventQuery()).events[0].periods
    assert extend_periods(town.database, town.noon + 60 * DAY) == 1
    assert names(town, start=far, end=far + DAY) == ["e1"]
    after = readers.events(town.database, viewer=town.all_seeing, query=EventQuery()).events[0].periods
    assert after[: len(before)] == before
    assert len(after) == len(set(after)) == len(before) + 60


def test_pages_follow_each_other_without_loss_or_repetition(town):
    town.poll(*(town.event(f"e{n:02}", validity=spanning(town, n % 3, 9)) for n in range(23)))
    found, cursor = [], None
    for _ in range(10):
        page = readers.events(
            town.database, viewer=town.all_seeing, query=EventQuery(limit=4, cursor=cursor, at=town.noon + 4 * HOUR)
        )
        found += [one.event.external_id for one in page.events]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(found) == [f"e{n:02}" for n in range(23)]


@pytest.mark.parametrize("cursor", ["x", "####", "MjAyNg==", "é"])
def test_a_cursor_that_is_not_ours_is_refused_in_words(town, cursor):
    with pytest.raises(InvalidRecord, match="ask for the first page again"):
        readers.events(town.database, viewer=ANONYMOUS, query=EventQuery(cursor=cursor))


def test_a_viewer_sees_what_they_may(town):
    town.poll(
        town.event("open", audience=PUBLIC),
        town.event("shared", audience=PARTNERS),
        town.event("port", audience=listed(["port"])),
        town.event("air", audience=listed(["air"]), category="chantier"),
    )
    port = Viewer("port", is_partner=True)
    assert names(town, ANONYMOUS) == ["open"]
    assert sorted(names(town, port)) == ["open", "port", "shared"]
    assert sorted(names(town, town.all_seeing)) == ["air", "open", "port", "shared"]


def test_one_event_by_its_identifier(town):
    town.poll(town.event("a", audience=PARTNERS))
    (one,) = readers.events(town.database, viewer=town.all_seeing, query=EventQuery()).events
    assert readers.event(town.database, one.id, viewer=town.all_seeing) == one
    assert readers.event(town.database, one.id, viewer=ANONYMOUS) is None
    assert readers.event(town.database, "nothing", viewer=town.all_seeing) is None
    assert readers.event(town.database, one.id, viewer=town.all_seeing, at=town.noon) == one
    assert readers.event(town.database, one.id, viewer=town.all_seeing, at=town.noon + DAY) is None
    assert readers.events_by_id(town.database, [one.id, "nothing"], viewer=town.all_seeing) == (one,)
    assert readers.events_by_id(town.database, [one.id], viewer=ANONYMOUS) == ()


def test_what_was_known_at_a_moment(town):
    town.poll(town.event("a", severity=Severity.MINOR))
    first = town.now
    town.poll(town.event("a", severity=Severity.MAJOR), town.event("b"))
    second = town.now
    town.poll(withdrawn=("a",))
    third = town.now
    assert names(town, known_at=first - HOUR) == []
    assert names(town, known_at=first) == ["a"]
    assert names(town, known_at=first, severity=Severity.MAJOR) == []
    assert names(town, known_at=second, severity=Severity.MAJOR) == ["a"]
    assert sorted(names(town, known_at=second, at=third + HOUR)) == ["a", "b"]
    assert names(town, known_at=third, at=third + HOUR) == ["b"]
    (one,) = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(categories=["accident"])).events
    kept = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(include_withdrawn=True)).events
    withdrawn = next(known for known in kept if known.withdrawn_at)
    before = readers.event(town.database, withdrawn.id, viewer=town.all_seeing, known_at=first)
    assert (before.version, before.event.severity, before.withdrawn_at) == (1, Severity.MINOR, None)
    assert one.event.external_id == "b"


def test_what_was_known_asks_the_same_conditions(several):
    known = {"known_at": several.now}
    now = several.noon + HOUR / 2
    for query in (
        {},
        {"at": several.noon},
        {"start": several.noon + 2 * HOUR, "end": several.noon + 5 * HOUR},
        {"districts": ["13202"]},
        {"categories": ["chantier"]},
        {"severity": Severity.MAJOR},
        {"organisations": ["port"]},
        {"bbox": (5.45, 43.4, 5.5, 43.6)},
        {"text": "ACCIDENT later"},
        {"phases": [Phase.ENDED, Phase.PLANNED], "now": now},
    ):
        assert names(several, **query, **known) == names(several, **query), query


def test_the_past_is_no_way_round_an_audience(town):
    town.poll(town.event("a", audience=PUBLIC))
    opened = town.now
    town.poll(town.event("a", audience=PARTNERS))
    page = readers.events(town.database, viewer=ANONYMOUS, query=EventQuery(known_at=opened))
    assert page.events == ()
    (one,) = readers.events(town.database, viewer=town.all_seeing, query=EventQuery()).events
    assert readers.versions(town.database, one.id, viewer=ANONYMOUS) == ()
    assert readers.event(town.database, one.id, viewer=ANONYMOUS, known_at=opened) is None


def test_a_version_others_only_might_see_is_not_quoted_by_the_next(town):
    town.poll(town.event("a", audience=listed(["port"]), headline=Cleared("Secret")))
    town.poll(town.event("a", audience=PUBLIC, headline=Cleared("Open")))
    (one,) = readers.events(town.database, viewer=ANONYMOUS, query=EventQuery()).events
    (version,) = readers.versions(town.database, one.id, viewer=ANONYMOUS)
    assert (version.version, version.diff) == (2, {})


def test_pages_of_what_was_known_follow_each_other(town):
    town.poll(*(town.event(f"e{n}", validity=spanning(town, n % 3, 9)) for n in range(7)))
    first = readers.events(town.database, viewer=town.all_seeing, query=EventQuery(known_at=town.now, limit=4))
    rest = readers.events(
        town.database, viewer=town.all_seeing, query=EventQuery(known_at=town.now, limit=4, cursor=first.next_cursor)
    )
    assert (len(first.events), len(rest.events), rest.next_cursor) == (4, 3, None)
    assert len({one.id for one in first.events + rest.events}) == 7
