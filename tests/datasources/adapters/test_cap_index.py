"""Traps of Atom and RSS indexes of warnings: what is followed, what is read in place, what a poll makes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from datasources.adapters.cap import MAX_LINKED, CapAdapter
from datasources.client import Reply
from datasources.contract import NO_VALIDATORS, Document, Failed, Fetched, Request, Source, Validators
from datasources.polling import MAX_PAGES, poll
from events.errors import DocumentUnreadable, SourceRefused, SourceUnavailable
from tests.datasources.adapters.cap_cases import BASE, feed, geocode, held, info, message, read, source, why

ATOM = 'xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"'


def links(body: str, **told: str) -> list[str]:
    return [request.url for request in read(body, **told).next_requests]


def entry(name: str, zone: str, language: str = "fr", kind: str = "Alert", link: str = "") -> str:
    """Return an entry as MeteoAlarm writes it: the message's elements beside those of Atom."""
    return (
        f"<cap:geocode {ATOM}><valueName>EMMA_ID</valueName><value>{zone}</value></cap:geocode>"
        f"<cap:areaDesc {ATOM}>{zone}</cap:areaDesc><cap:event {ATOM}>vent</cap:event>"
        f"<cap:language {ATOM}>{language}</cap:language><cap:severity {ATOM}>Moderate</cap:severity>"
        f"<cap:identifier {ATOM}>{name}</cap:identifier><cap:sent {ATOM}>2026-11-07T08:00:00Z</cap:sent>"
        f"<cap:message_type {ATOM}>{kind}</cap:message_type><cap:status {ATOM}>Actual</cap:status>"
        f"{link}<author><name>N. S.</name></author><title>Vent</title><updated>2026-11-07T08:00:00Z</updated>"
    )


def test_relative_links_start_from_the_indexs_address() -> None:
    body = feed('<link href="a.cap"/>', '<link href="/b.cap"/>', '<link href="//c.example/d.cap#part"/>')
    assert links(body) == ["https://meteo.example/flux/a.cap", "https://meteo.example/b.cap", "https://c.example/d.cap"]


def test_link_that_says_cap_goes_before_pages_for_people() -> None:
    said = '<link rel="self" href="e"/><link href="p.html" type="text/html"/><link href="x"/>'
    assert links(feed(said + '<link href="m.cap" type="application/cap+xml"/>')) == ["https://meteo.example/flux/m.cap"]
    assert links(feed(said)) == ["https://meteo.example/flux/x"]


def test_rss_index_is_followed_and_dated() -> None:
    body = (
        '<rss version="2.0"><channel><title>x</title><link>https://meteo.example/</link>'
        "<pubDate>Sat, 07 Nov 2026 15:30:00 +0100</pubDate><item><title>Vent</title><link>m.cap</link>"
        '<guid isPermaLink="false">1</guid></item></channel></rss>'
    )
    reading = read(body)
    assert [request.url for request in reading.next_requests] == ["https://meteo.example/flux/m.cap"]
    assert reading.published_at == datetime(2026, 11, 7, 14, 30, tzinfo=UTC)


def test_same_link_twice_is_asked_once_and_a_link_to_the_index_never() -> None:
    assert links(feed('<link href="a"/>', '<link href="./a"/>', f'<link href="{BASE}"/>')) == [
        "https://meteo.example/flux/a"
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/a", "http://[x"])
def test_link_that_is_no_web_address_is_a_reject(address: str) -> None:
    reading = read(feed(f'<link href="{address}"/>'))
    assert (reading.next_requests, len(reading.rejects)) == ((), 1)
    assert address not in why(reading)[0]


def test_more_links_than_a_poll_may_follow_are_said() -> None:
    reading = read(feed(*(f'<link href="{n}"/>' for n in range(MAX_LINKED + 2))))
    assert len(reading.next_requests) == MAX_LINKED == MAX_PAGES - 1
    assert len(reading.rejects) == 2
    assert not reading.is_complete


def test_entry_that_holds_the_elements_is_read_in_place() -> None:
    reading = read(feed(entry("w-1", "FR013", link='<link href="w-1.cap" type="application/cap+xml"/>')))
    assert [event.external_id for event in reading.events] == ["w-1"]
    assert reading.next_requests == ()


def test_entries_of_one_message_are_its_areas_and_languages() -> None:
    reading = read(
        feed(entry("w-1", "FR013"), entry("w-1", "FR083"), entry("w-1", "FR013", "en"), entry("w-2", "FR013"))
    )
    assert [(event.external_id, event.place) for event in reading.events] == [("w-1", "FR013, FR083"), ("w-2", "FR013")]
    assert reading.rejects == ()


def test_cancel_without_its_references_is_followed() -> None:
    body = feed(entry("w-2", "FR013", kind="Cancel", link='<link href="w-2.cap"/>'))
    assert links(body) == ["https://meteo.example/flux/w-2.cap"]


def test_index_time_is_the_indexs_own() -> None:
    reading = read(feed(held(message(info(where=geocode("NUTS3", "FRL04"))))))
    assert reading.published_at == datetime(2026, 11, 7, 14, 30, tzinfo=UTC)


def test_index_cut_short_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="cut short"):
        read(feed(held(message(info())))[:-30])


class Publisher:
    """Answers by address; an error stands for what its address gives."""

    def __init__(self, pages: dict[str, str | Exception]) -> None:
        self.pages = pages

    def fetch(self, source: Source, request: Request, validators: Validators = NO_VALIDATORS) -> Reply:
        page = self.pages[request.url]
        if isinstance(page, Exception):
            raise page
        moment = datetime(2026, 11, 7, 14, 32, tzinfo=UTC)
        document = Document(page.encode(), media_type="", url=request.url, retrieved_at=moment)
        return Reply(document=document, http_status=200, validators=NO_VALIDATORS, sha256=request.url, size=len(page))


def polled(**pages: str | Exception) -> Fetched | Failed:
    index = feed(*(f'<link href="{name}"/>' for name in pages))
    known = {f"https://meteo.example/flux/{name}": page for name, page in pages.items()}
    outcome = poll(CapAdapter(source()), Publisher({BASE: index, **known}))
    assert isinstance(outcome, Fetched | Failed)
    return outcome


def test_linked_messages_are_joined_and_the_superseded_one_is_gone() -> None:
    first, second = message(info()), message(info(), name="m-2", kind="Update", references="s,m-1,t")
    outcome = polled(a=first, b=second)
    assert isinstance(outcome, Fetched)
    reading = outcome.reading
    assert ([event.external_id for event in reading.events], reading.withdrawn) == (["m-2"], ("m-1",))
    assert (reading.records_seen, reading.is_complete) == (2, True)


@pytest.mark.parametrize(
    "gone", [SourceRefused("weather-warnings", "the server answered 404"), "<!DOCTYPE html><html/>", "<alert>"]
)
def test_linked_message_that_is_missing_or_broken_hides_no_other(gone: str | Exception) -> None:
    outcome = polled(a=gone, b=message(info()))
    assert isinstance(outcome, Fetched)
    assert [event.external_id for event in outcome.reading.events] == ["m-1"]
    assert [reject.where for reject in outcome.reading.rejects] == ["page 2, document"]
    assert not outcome.reading.is_complete, "absences must not be counted"


def test_publisher_out_of_reach_half_way_fails_the_poll() -> None:
    assert isinstance(polled(a=message(info()), b=SourceUnavailable("weather-warnings", "no answer")), Failed)
