"""Traps of calendars, one test each (FEEDS 14)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from datasources.catalogue import make_adapter
from datasources.contract import Reading
from datasources.readers.collect import SAME_TWICE
from datasources.readers.recurrence import MAX_OCCURRENCES
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event
from events.validity import Period
from events.vocabulary import GeometryPrecision, StoredStatus
from tests.datasources.adapters.agenda_cases import NOW, paris, source, why
from tests.datasources.adapters.agenda_cases import read as read_kind

NOON = "DTSTART;TZID=Europe/Paris:20261110T120000\nDTEND;TZID=Europe/Paris:20261110T130000"
EVERY_DAY = f"{NOON}\nRRULE:FREQ=DAILY"
BROKEN = "a time or a rule of the event cannot be read"


def calendar(*events: str, head: str = "") -> str:
    inner = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//FR\n{head}{inner}END:VCALENDAR\n".replace("\n", "\r\n")


def read(*events: str, head: str = "", **options: object) -> Reading:
    return read_kind("icalendar", calendar(*events, head=head), **options)  # type: ignore[arg-type]


def one(*lines: str, head: str = "", **options: object) -> Event:
    """Return the event that components of one UID become."""
    reading = read(*(f"UID:1\nSUMMARY:Marché\n{line}" for line in lines), head=head, **options)
    assert why(reading) == []
    (event,) = reading.events
    return event


def starts(event: Event) -> list[datetime]:
    return [period.start for period in event.validity.periods]


def test_floating_times_are_of_the_zone_of_the_calendar() -> None:
    floating = "DTSTART:20261110T120000\nDTEND:20261110T130000"
    assert one(floating, head="X-WR-TIMEZONE:America/Montreal\n").validity.start == datetime(
        2026, 11, 10, 17, tzinfo=UTC
    )
    assert one(floating).validity.start == paris(11, 10, 12)
    assert one(floating, head="X-WR-TIMEZONE:Nulle/Part\n").validity.start == paris(11, 10, 12)


def test_floating_rule_keeps_its_hour_when_clocks_change() -> None:
    event = one("DTSTART:20261023T120000\nDTEND:20261023T130000\nRRULE:FREQ=DAILY;COUNT=4")
    assert starts(event) == [
        datetime(2026, 10, day, hour, tzinfo=UTC) for day, hour in ((23, 10), (24, 10), (25, 11), (26, 11))
    ]


def test_start_that_is_a_date_without_saying_so() -> None:
    assert one("DTSTART:20261110").validity.start == paris(11, 10)
    assert one("DTSTART:20261110").validity.end == paris(11, 11)


def test_dates_include_their_day_even_when_the_end_repeats_the_start() -> None:
    assert one("DTSTART;VALUE=DATE:20261110\nDTEND;VALUE=DATE:20261112").validity.end == paris(11, 12)
    assert one("DTSTART:20261110\nDTEND:20261110").validity.end == paris(11, 11)


def test_no_end_is_a_moment_and_a_duration_is_one() -> None:
    validity = one("DTSTART;TZID=Europe/Paris:20261110T120000").validity
    assert (validity.start, validity.end) == (paris(11, 10, 12), paris(11, 10, 12))
    assert one("DTSTART;TZID=Europe/Paris:20261110T120000\nDURATION:PT90M").validity.end == paris(11, 10, 13, 30)


def test_end_before_start_is_rejected() -> None:
    body = "UID:1\nDTSTART:20261110T120000Z\nDTEND:20261109T120000Z"
    assert (
        why(read(body, f"{body}\nRRULE:FREQ=DAILY".replace("UID:1", "UID:2")))
        == ["the event ends before it starts"] * 2
    )


def test_cancelled_event_and_cancelled_calendar() -> None:
    assert one(f"{NOON}\nSTATUS:CANCELLED").status is StoredStatus.CANCELLED
    assert one(NOON, head="METHOD:CANCEL\n").status is StoredStatus.CANCELLED
    assert one(f"{NOON}\nSTATUS:TENTATIVE").status is StoredStatus.TO_CONFIRM
    assert one(f"{NOON}\nSTATUS:CONFIRMED").status is None


def test_cancelled_occurrence_is_no_period() -> None:
    cancelled = "RECURRENCE-ID;TZID=Europe/Paris:20261111T120000\nSTATUS:CANCELLED\n" + NOON.replace("1110T", "1111T")
    event = one(f"{NOON}\nRRULE:FREQ=DAILY;COUNT=3", cancelled)
    assert (starts(event), event.status) == ([paris(11, 10, 12), paris(11, 12, 12)], None)


def test_moved_occurrence_takes_place_when_it_was_moved_to() -> None:
    moved = "RECURRENCE-ID;TZID=Europe/Paris:20261111T120000\nDTSTART;TZID=Europe/Paris:20261113T180000\nDTEND;TZID=Europe/Paris:20261113T190000"
    event = one(f"{NOON}\nRRULE:FREQ=DAILY;COUNT=3", moved)
    assert starts(event) == [paris(11, 10, 12), paris(11, 12, 12), paris(11, 13, 18)]


def test_moved_occurrence_without_its_series_is_an_event() -> None:
    assert one(f"RECURRENCE-ID;TZID=Europe/Paris:20261109T120000\n{NOON}").validity.start == paris(11, 10, 12)


def test_exception_in_another_zone() -> None:
    event = one(f"{NOON}\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261111T110000Z")
    assert starts(event) == [paris(11, 10, 12), paris(11, 12, 12)]


def test_until_in_utc_includes_the_occurrence_of_that_moment() -> None:
    assert len(starts(one(f"{NOON}\nRRULE:FREQ=DAILY;UNTIL=20261112T110000Z"))) == 3
    assert len(starts(one(f"{NOON}\nRRULE:FREQ=DAILY;UNTIL=20261112T105900Z"))) == 2


def test_until_as_a_date_includes_the_day() -> None:
    assert len(starts(one(f"{NOON}\nRRULE:FREQ=DAILY;UNTIL=20261112"))) == 3
    assert len(starts(one("DTSTART;VALUE=DATE:20261110\nRRULE:FREQ=DAILY;UNTIL=20261112"))) == 3


def test_empty_calendar_holds_no_record() -> None:
    assert read().records_seen == 0


def test_empty_rule_is_none() -> None:
    assert one(f"{NOON}\nRRULE:").validity.periods == ()


@pytest.mark.parametrize("line", ["DTEND;;VALUE=DATE:20261110", "DTEND:demain", "RRULE:FREQ=PARFOIS", "EXDATE;X:1"])
def test_broken_line_of_a_time_or_rule_is_a_reject(line: str) -> None:
    start = "DTSTART:20261110T120000Z"
    assert why(read(f"UID:1\n{start}\n{line}", f"UID:2\n{start}")) == [BROKEN]


def test_broken_line_of_anything_else_is_left_out() -> None:
    reading = read(f"UID:1\nSUMMARY:Marché\nGEO:43.3,5.4\n???\n{NOON}")
    assert [(event.headline, event.geometry) for event in reading.events] == [("Marché", None)]
    assert reading.dropped_fields == ("GEO", "line that is none")


def test_event_without_start_or_name_is_rejected() -> None:
    assert why(read("UID:1\nSUMMARY:Marché", NOON)) == [
        "the record has no identifier", "the event has no start that can be read",
    ]  # fmt: skip


def test_markup_of_descriptions_becomes_plain_words() -> None:
    event = one(
        f"{NOON}\nDESCRIPTION:<p>Rue <b>fermée</b></p>\\nJusqu’au\\, soir\nX-ALT-DESC;FMTTYPE=text/html:<html>Zoé</html>"
    )
    assert event.description == "Rue fermée Jusqu’au, soir"


def test_geo_is_latitude_first() -> None:
    assert one(f"{NOON}\nGEO:43.29;5.37").geometry == {"type": "Point", "coordinates": [5.37, 43.29]}
    assert why(read(f"UID:1\n{NOON}\nGEO:5.37;43.29")) == ["position is outside the source's area: axes are swapped"]
    nowhere = one(f"{NOON}\nGEO:0;0\nLOCATION:Place du Port")
    assert (nowhere.geometry, nowhere.geometry_precision, nowhere.place) == (
        None,
        GeometryPrecision.NONE,
        "Place du Port",
    )


def test_people_are_never_read() -> None:
    named = 'ATTENDEE;CN="Zoé":mailto:zoe@x.example\nORGANIZER;CN=Zoé:mailto:zoe@x.example\nCONTACT:Zoé\\, 0491'
    alarm = "BEGIN:VALARM\nACTION:EMAIL\nATTENDEE:mailto:zoe@x.example\nEND:VALARM"
    reading = read(f"UID:1\n{named}\n{NOON}\n{alarm}")
    assert reading.dropped_fields == ("ATTENDEE", "CONTACT", "ORGANIZER")
    assert not any(mark in repr(reading) for mark in ("Zoé", "zoe", "0491"))


def test_images_are_counted_and_not_kept() -> None:
    reading = read(
        f"UID:1\n{NOON}\nATTACH;FMTTYPE=image/png:https://x.example/a.png\nIMAGE;VALUE=URI:https://x.example/b.png"
    )
    assert reading.dropped_media == 2
    assert ".png" not in repr(reading)


def test_private_event_is_withdrawn() -> None:
    assert read(f"UID:1\n{NOON}\nCLASS:PRIVATE").withdrawn == ("1",)


def test_one_uid_is_one_event_with_its_occurrences_as_periods() -> None:
    event = one(f"{NOON}\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert event.external_id == "1"
    assert event.validity.periods == tuple(Period(paris(11, day, 12), paris(11, day, 13)) for day in (10, 17, 24))
    assert (event.validity.start, event.validity.end) == (paris(11, 10, 12), paris(11, 24, 13))


def test_same_uid_twice_keeps_the_higher_sequence() -> None:
    reading = read(*(f"UID:1\nSUMMARY:{n}\nSEQUENCE:{n}\n{NOON}" for n in (2, 10, 1)))
    assert ([event.headline for event in reading.events], why(reading)) == (["10"], [SAME_TWICE, SAME_TWICE])


def test_rule_without_end_is_bounded_by_the_window() -> None:
    event = one(EVERY_DAY, window_days=30)
    assert (event.validity.start, event.validity.end) == (paris(11, 10, 12), paris(12, 31, 13))
    assert len(starts(one(EVERY_DAY.replace("20261110", "20160101"), window_days=400))) == MAX_OCCURRENCES


def test_window_of_whole_months_gives_the_same_series_from_one_poll_to_the_next() -> None:
    body = calendar(f"UID:1\n{EVERY_DAY.replace('20261110', '20200101')}")
    first, later, next_month = (
        read_kind("icalendar", body, at=NOW + timedelta(days=days)).events[0].validity for days in (0, 1, 30)
    )
    assert first == later != next_month


def test_series_outside_the_window_keeps_its_first_occurrences() -> None:
    over = one("DTSTART:20200128T220000Z\nDTEND:20200128T230000Z\nRRULE:FREQ=DAILY;COUNT=3")
    assert starts(over) == [datetime(2020, 1, day, 22, tzinfo=UTC) for day in (28, 29, 30)]
    later = one("DTSTART:20290128T220000Z\nDTEND:20290128T230000Z\nRRULE:FREQ=DAILY;COUNT=3")
    assert len(starts(later)) == 3


def test_series_that_is_all_cancelled_is_cancelled() -> None:
    event = one(f"{NOON}\nRRULE:FREQ=DAILY;COUNT=3\nSTATUS:CANCELLED")
    assert (event.status, len(starts(event))) == (StoredStatus.CANCELLED, 3)


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=8,9,10"])
def test_rule_finer_than_a_day_is_rejected(rule: str) -> None:
    assert why(read(f"UID:1\n{NOON}\nRRULE:{rule}")) == ["the event repeats more often than once a day"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=9;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
    ],
)
def test_rule_that_never_occurs_costs_little(rule: str) -> None:
    begun = time.thread_time()
    assert one(f"{NOON}\nRRULE:{rule}").validity.start == paris(11, 10, 12)
    assert time.thread_time() - begun < 1


def test_calendar_of_too_many_repetitions_keeps_the_first_series() -> None:
    rules = [f"UID:{n}\nDTSTART:19700101T100000Z\nDTEND:19700101T110000Z\nRRULE:FREQ=DAILY" for n in range(300)]
    begun = time.thread_time()
    reading = read(*rules, f"UID:x\n{NOON}")
    assert time.thread_time() - begun < 2
    assert {event.external_id for event in reading.events} >= {"0", "x"}
    assert set(why(reading)) == {
        "the calendar holds too many repetitions; this event was not read, a smaller window_days reads more of them"
    }
    assert reading.records_seen == 301


def test_leap_day_of_every_year_is_found() -> None:
    event = one("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", window_days=400)
    assert event.validity.start == datetime(2024, 2, 28, 23, tzinfo=UTC)


def test_single_years_of_a_holiday_calendar_are_cheap() -> None:
    reading = read(*(f"UID:{n}\nDTSTART;VALUE=DATE:19701111\nRRULE:FREQ=YEARLY" for n in range(100)))
    assert (len(reading.events), why(reading)) == (100, [])


def test_several_calendars_in_one_document() -> None:
    body = calendar(f"UID:1\n{NOON}") + calendar(f"UID:2\n{NOON}")
    assert [event.external_id for event in read_kind("icalendar", body).events] == ["1", "2"]


def test_other_encoding_and_byte_order_mark() -> None:
    body = calendar(f"UID:1\nSUMMARY:Marché\n{NOON}")
    for written in (body.encode("cp1252"), b"\xef\xbb\xbf" + body.encode()):
        assert [event.headline for event in read_kind("icalendar", written).events] == ["Marché"]


def test_folded_lines_are_joined() -> None:
    assert one(f"{NOON}\nDESCRIPTION:Rue fer\n mée").description == "Rue fermée"


@pytest.mark.parametrize(
    "body",
    [
        calendar(f"UID:1\n{NOON}")[:-15], "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n", "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
        "BEGIN:VCARD\r\nEND:VCARD\r\n", calendar(*[f"UID:1\n{NOON}"] * 12_000),
    ],
)  # fmt: skip
def test_what_is_no_whole_calendar_is_unreadable(body: str) -> None:
    with pytest.raises(DocumentUnreadable, match="what was kept stays"):
        read_kind("icalendar", body)


def test_categories_follow_the_table() -> None:
    event = one(f"{NOON}\nCATEGORIES:Plein air,Marché", codes={"category": {"marché": "marche"}})
    assert (event.category, event.source_code) == ("marche", "Plein air")


@pytest.mark.parametrize(
    "options", [{"window_days": 0}, {"window_days": 401}, {"window_days": True}, {"category": "fête"}, {"fields": {}}]
)
def test_options_that_mean_nothing_stop_the_start(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="options"):
        make_adapter(source("icalendar", **options))
