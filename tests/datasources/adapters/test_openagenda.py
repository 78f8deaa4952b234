"""Traps of OpenAgenda and of its mirror, one test each (FEEDS 12)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from datasources.catalogue import make_adapter
from datasources.contract import Reading
from datasources.readers.collect import SAME_TWICE
from events.errors import ConfigurationError, DocumentUnreadable
from events.records import Event
from events.validity import Period
from events.vocabulary import GeometryPrecision, StoredStatus
from tests.datasources.adapters.agenda_cases import paris, source, why
from tests.datasources.adapters.agenda_cases import read as read_kind

API = "https://api.example/v2/agendas/1/events?key=k&size=2&relative[]=upcoming"
MIRROR = "https://ville.example/api/explore/v2.1/catalog/datasets/agenda/records?limit=1"
POINT = {"type": "Point", "coordinates": [5.37, 43.29]}
TIMING = {"begin": "2026-11-08T18:00:00+01:00", "end": "2026-11-08T19:00:00+01:00"}
LATER = {"begin": "2026-11-09T18:00:00+01:00", "end": "2026-11-09T19:30:00+01:00"}
EVENING = Period(paris(11, 8, 18), paris(11, 8, 19))


def event(**changes: object) -> dict[str, object]:
    location = {"name": "Le Dock", "address": "3 quai du Port", "latitude": 43.29, "longitude": 5.37}
    told: dict[str, object] = {
        "uid": 7, "title": {"fr": "Concert"}, "description": {"fr": "Au port"}, "timings": [TIMING], "state": 2,
        "status": 1, "location": location, "updatedAt": "2026-11-06T12:00:00.000Z",
    }  # fmt: skip
    return told | changes


def mirrored(**changes: object) -> dict[str, object]:
    told: dict[str, object] = {
        "uid": "7", "title_fr": "Concert", "description_fr": "Au port", "timings": json.dumps([TIMING]),
        "location_coordinates": {"lon": 5.37, "lat": 43.29}, "location_name": "Le Dock",
        "location_address": "3 quai du Port", "updatedat": "2026-11-06T12:00:00+00:00",
    }  # fmt: skip
    return told | changes


def read(content: object, *, url: str = API, **options: object) -> Reading:
    return read_kind("openagenda", json.dumps(content), url=url, **options)  # type: ignore[arg-type]


def one(told: dict[str, object], **options: object) -> Event:
    (found,) = read([told], **options).events
    return found


def test_mirror_says_the_same_as_the_api() -> None:
    assert one(mirrored()) == one(event())


def test_multilingual_objects_or_plain_texts() -> None:
    assert (one(event(title={"en": "Show", "fr": "Concert"})).headline, one(event(title="Concert")).headline) == (
        "Concert", "Concert",
    )  # fmt: skip
    english = one(event(title={"de": "Konzert", "en": "Show"}))
    assert (english.headline, english.language) == ("Show", "en")
    german = one(event(title={"de": "Konzert"}))
    assert (german.headline, german.language) == ("Konzert", "de")
    assert one(event(title={})).headline == "Autre, Le Dock, 3 quai du Port"


@pytest.mark.parametrize(
    "keywords", [{"fr": ["Danse", "Jazz"]}, ["Danse", "Jazz"], "Danse, Jazz", {"fr": "Danse,Jazz"}, '["Danse", "Jazz"]']
)
def test_keywords_as_an_object_a_list_or_a_text(keywords: object) -> None:
    found = one(event(keywords=keywords), codes={"category": {"jazz": "concert"}}, category="spectacle")
    assert (found.category, found.source_code) == ("concert", "Danse")


def test_keywords_of_the_mirror_and_a_field_of_the_agendas_own() -> None:
    codes = {"category": {"jazz": "concert", "14": "marche"}}
    assert one(mirrored(keywords_fr=["Jazz"]), codes=codes).category == "concert"
    assert (
        one(event(**{"types-de-manifestation": [14]}), codes=codes, category_field="types-de-manifestation").category
        == "marche"
    )


def test_timings_are_periods_and_their_hull() -> None:
    found = one(event(timings=[LATER, TIMING])).validity
    assert found.periods == (EVENING, Period(paris(11, 9, 18), paris(11, 9, 19, 30)))
    assert (found.start, found.end) == (paris(11, 8, 18), paris(11, 9, 19, 30))


def test_timings_as_a_text_of_json() -> None:
    assert one(mirrored(timings=json.dumps([TIMING, LATER]))).validity == one(event(timings=[TIMING, LATER])).validity
    assert why(read([mirrored(timings='[{"begin"')])) == ["a list written as a text is not JSON"]


def test_hundreds_of_timings_are_kept_and_thousands_refused() -> None:
    def days(count: int) -> list[dict[str, str]]:
        starts = [paris(1, 1) + timedelta(hours=4 * n) for n in range(count)]
        return [{"begin": at.isoformat(), "end": (at + timedelta(hours=1)).isoformat()} for at in starts]

    assert len(one(event(timings=days(359))).validity.periods) == 359
    assert why(read([event(timings=days(2001))])) == ["the event has more than 2000 timings"]


def test_without_timings_the_first_and_last_moment_are_the_hull() -> None:
    told = mirrored(timings=None, firstdate_begin=TIMING["begin"], lastdate_end=LATER["end"])
    assert (one(told).validity.start, one(told).validity.end) == (paris(11, 8, 18), paris(11, 9, 19, 30))
    assert why(read([mirrored(timings=None)])) == ["the event tells no time"]
    assert why(read([event(timings=[{"begin": TIMING["begin"]}])])) == ["a timing lacks its begin or its end"]


@pytest.mark.parametrize("status", [6, "6", "Annulé", {"id": 6, "label": {"fr": "Annulé"}}, '{"id": 6}'])
def test_cancelled_however_it_is_written(status: object) -> None:
    assert one(event(status=status)).status is StoredStatus.CANCELLED


@pytest.mark.parametrize(
    ("status", "ours"),
    [(1, None), (2, None), (4, StoredStatus.TO_CONFIRM), (5, None), (9, StoredStatus.TO_CONFIRM), (None, None)],
)
def test_statuses(status: object, ours: StoredStatus | None) -> None:
    assert one(event(status=status)).status is ours


@pytest.mark.parametrize(
    "change", [{"attendanceMode": 2, "location": None}, {"attendanceMode": "En ligne"}, {"status": 3}]
)
def test_online_events_are_listed_without_a_point(change: dict[str, object]) -> None:
    found = one(event(**change))
    assert (found.geometry, found.geometry_precision, found.place) == (None, GeometryPrecision.NONE, None)


def test_mixed_attendance_keeps_its_place() -> None:
    assert one(event(attendanceMode=3)).geometry == POINT


def test_coordinates_of_v1_are_latitude_first() -> None:
    old = {"nhits": 1, "records": [{"recordid": "a", "fields": mirrored(location_coordinates=[43.29, 5.37])}]}
    assert [found.geometry for found in read(old, url=MIRROR).events] == [POINT]


def test_place_at_zero_is_none_and_one_elsewhere_is_rejected() -> None:
    assert one(event(location={"name": "Le Dock", "latitude": 0, "longitude": 0})).geometry is None
    elsewhere = event(location={"name": "Paris", "latitude": 48.8, "longitude": 2.3})
    assert why(read([elsewhere])) == ["position is outside the source's area"]


@pytest.mark.parametrize(
    "image", ["relative.jpg", {"filename": "a.jpg", "base": "https://cdn.example/", "variants": []}]
)
def test_images_are_counted_and_not_kept(image: object) -> None:
    reading = read([event(image=image)])
    assert reading.dropped_media == 1
    assert ".jpg" not in repr(reading)


def test_contributors_and_contacts_are_never_read() -> None:
    location = {
        "name": "Le Dock",
        "latitude": 43.29,
        "longitude": 5.37,
        "email": "zoe@dock.example",
        "phone": "0491000000",
    }
    reading = read(
        [event(member={"name": "Zoé", "email": "zoe@x.example"}, contributor_email="zoe@x.example", location=location)]
    )
    assert reading.dropped_fields == ("contributor_email", "member")
    assert not any(mark in repr(reading) for mark in ("Zoé", "zoe@", "0491"))


def test_same_event_of_several_agendas_is_one() -> None:
    newer = event(originAgenda={"uid": 2}, title="Concert déplacé", updatedAt="2026-11-07T12:00:00.000Z")
    reading = read([newer, event(originAgenda={"uid": 1})])
    assert [found.headline for found in reading.events] == ["Concert déplacé"]
    assert why(reading) == [SAME_TWICE]


@pytest.mark.parametrize("change", [{"state": 0}, {"state": -1}, {"draft": 1}, {"private": True}])
def test_what_the_agenda_does_not_show_is_withdrawn(change: dict[str, object]) -> None:
    reading = read([event(**change)])
    assert (reading.withdrawn, reading.events) == (("7",), ())


def test_pages_of_the_api_go_on_after_the_last_event() -> None:
    page = {"total": 5, "events": [event(), event(uid=8)], "after": [1794663125000, "8"]}
    (following,) = read(page).next_requests
    assert following.url == (
        "https://api.example/v2/agendas/1/events?key=k&size=2&relative%5B%5D=upcoming&after%5B%5D=1794663125000&after%5B%5D=8"
    )
    last = read(page | {"events": [event()]}, url=following.url)
    assert last.next_requests == ()
    assert read(page | {"after": None}).next_requests == ()
    assert read(page | {"events": []}).next_requests == ()


def test_pages_of_the_mirror_are_followed() -> None:
    (following,) = read({"total_count": 3, "results": [mirrored()]}, url=MIRROR).next_requests
    assert following.url == MIRROR.partition("?")[0] + "?offset=1&limit=100"


def test_one_event_alone_is_read() -> None:
    assert read(event()).records_seen == read({"success": True, "event": event()}).records_seen == 1


@pytest.mark.parametrize("content", [{}, {"events": 3}, {"results": None}, {"error": "key"}])
def test_answer_without_events_is_unreadable(content: object) -> None:
    with pytest.raises(DocumentUnreadable, match="what was kept stays"):
        read(content)


@pytest.mark.parametrize(
    "options", [{"category": "fête"}, {"category_field": 3}, {"codes": {"status": {}}}, {"fields": {}}]
)
def test_options_that_mean_nothing_stop_the_start(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="options"):
        make_adapter(source("openagenda", **options))
