"""Traps of announcements as RSS, Atom and GeoRSS, one test each (FEEDS 11)."""

from __future__ import annotations

import socket
import time
from datetime import datetime
from typing import Never

import feedparser
import pytest

from datasources.catalogue import make_adapter
from datasources.contract import Reading
from datasources.entry import Entry
from datasources.readers.collect import SAME_TWICE
from events.errors import ConfigurationError, DocumentUnreadable
from events.validity import Validity
from events.vocabulary import GeometryPrecision
from tests.datasources.adapters.agenda_cases import paris, source, why
from tests.datasources.adapters.agenda_cases import read as read_kind

SPACES = (
    'xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
TITLE = "<title>Marché déplacé</title><guid>a1</guid>"
RING = "43.1 5.1 43.2 5.1 43.2 5.2 43.1 5.1"


def rss(*items: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'{declaration}<rss version="2.0" {SPACES}><channel><title>Ville</title>{inner}</channel></rss>'


def atom(*entries: str, root: str = "") -> str:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES} {root}>{inner}</feed>'


def read(body: str | bytes, **options: object) -> Reading:
    return read_kind("rss", body, **options)  # type: ignore[arg-type]


def place(told: str) -> object:
    (event,) = read(rss(TITLE + told)).events
    return event.geometry


def test_georss_is_latitude_first() -> None:
    expected = {"type": "Point", "coordinates": [5.37, 43.29]}
    assert place("<georss:point>43.29 5.37</georss:point>") == expected
    assert place("<georss:where><gml:Point><gml:pos>43.29 5.37</gml:pos></gml:Point></georss:where>") == expected
    assert place("<geo:lat>43.29</geo:lat><geo:long>5.37</geo:long>") == expected
    assert place("<geo:Point><geo:lat>43.29</geo:lat><geo:long>5.37</geo:long></geo:Point>") == expected


def test_lines_polygons_and_boxes_are_drawn() -> None:
    line = {"type": "LineString", "coordinates": [[5.1, 43.1], [5.2, 43.2]]}
    assert place("<georss:line>43.1 5.1 43.2 5.2</georss:line>") == line
    ring = [[5.1, 43.1], [5.1, 43.2], [5.2, 43.2], [5.1, 43.1]]
    assert place(f"<georss:polygon>{RING}</georss:polygon>") == {"type": "Polygon", "coordinates": [ring]}
    gml = f"<gml:exterior><gml:LinearRing><gml:posList>{RING}</gml:posList></gml:LinearRing></gml:exterior>"
    assert place(f"<georss:where><gml:Polygon>{gml}</gml:Polygon></georss:where>") == {
        "type": "Polygon",
        "coordinates": [ring],
    }
    box = [[5.1, 43.1], [5.2, 43.1], [5.2, 43.2], [5.1, 43.2], [5.1, 43.1]]
    assert place("<georss:box>43.1 5.1 43.2 5.2</georss:box>") == {"type": "Polygon", "coordinates": [box]}
    corners = "<gml:lowerCorner>43.1 5.1</gml:lowerCorner><gml:upperCorner>43.2 5.2</gml:upperCorner>"
    envelope = f"<georss:where><gml:Envelope>{corners}</gml:Envelope></georss:where>"
    assert place(envelope) == {"type": "Polygon", "coordinates": [box]}


def test_gml_in_another_system_or_with_heights_is_not_misplaced() -> None:
    def point(attributes: str, numbers: str) -> object:
        return place(f"<georss:where><gml:Point {attributes}><gml:pos>{numbers}</gml:pos></gml:Point></georss:where>")

    expected = {"type": "Point", "coordinates": [5.37, 43.29]}
    assert point('srsName="urn:ogc:def:crs:OGC:1.3:CRS84"', "5.37 43.29") == expected
    assert point('srsDimension="3"', "43.29 5.37 12") == expected
    assert point('srsName="EPSG:2154"', "893000 6246000") is None


def test_several_places_are_one_geometry() -> None:
    points = "<georss:point>43.1 5.1</georss:point><georss:point>43.2 5.2</georss:point>"
    assert place(points) == {"type": "MultiPoint", "coordinates": [[5.1, 43.1], [5.2, 43.2]]}
    found = place(f"<georss:point>43.1 5.1</georss:point><georss:polygon>{RING}</georss:polygon>")
    assert isinstance(found, dict)
    assert found["type"] == "GeometryCollection"


def test_polygon_with_too_few_points_is_listed_and_not_drawn() -> None:
    reading = read(rss(f"{TITLE}<georss:polygon>43.1 5.1 43.2 5.2 43.1 5.1</georss:polygon>"))
    assert [(event.geometry, event.geometry_precision) for event in reading.events] == [(None, GeometryPrecision.NONE)]
    assert reading.dropped_fields == ("polygon",)


@pytest.mark.parametrize("text", ["", " ", "43.1", "0 0", "nord sud"])
def test_empty_point_is_no_place(text: str) -> None:
    assert place(f"<georss:point>{text}</georss:point>") is None


def test_swapped_axes_are_rejected() -> None:
    reading = read(rss(f"{TITLE}<georss:point>5.37 43.29</georss:point>"))
    assert why(reading) == ["position is outside the source's area: axes are swapped"]


def test_dates_of_validity_only_in_the_text_are_not_invented() -> None:
    said = "<description>Du 10/11/2026 au 12/11/2026, de 8 h à 18 h.</description>"
    (event,) = read(rss(f"{TITLE}{said}<pubDate>Sat, 07 Nov 2026 09:00:00 +0100</pubDate>")).events
    assert event.validity == Validity()
    assert event.published_at == paris(11, 7, 9)


def test_missing_guid_is_the_link_then_what_the_entry_says() -> None:
    linked = "<title>a</title><link>../avis/12</link>"
    bare = "<title>b</title><pubDate>Sat, 07 Nov 2026 09:00:00 +0100</pubDate>"
    first, second = read(rss(linked, bare)).events
    assert first.external_id == "https://ville.example/avis/12"
    assert second.external_id == read(rss(linked, bare, bare.replace("b<", "c<"))).events[1].external_id
    assert why(read(rss("<category>x</category>"))) == [
        "the entry says neither what happens nor where, and has no identifier"
    ]


def test_guid_is_kept_as_written_wherever_the_feed_is() -> None:
    one, other = (read_kind("rss", rss(TITLE), url=url) for url in ("https://a.example/x", "https://b.example/y/"))
    assert one.events[0].external_id == other.events[0].external_id == "a1"


def test_link_longer_than_an_identifier_may_be_still_names_its_entry() -> None:
    link = "https://ville.example/avis?" + "suivi=1&amp;" * 40
    reading = read(rss(f"<title>a</title><link>{link}</link>", f"<title>b</title><link>{link}x</link>"))
    assert len({event.external_id for event in reading.events}) == 2
    assert reading.rejects == ()


def test_guid_used_again_is_a_reject_unless_the_link_is_the_identity() -> None:
    item = "<guid>ville</guid><title>{0}</title><link>https://ville.example/{0}</link>"
    body = rss(item.format("a"), item.format("b"))
    reading = read(body)
    assert (len(reading.events), why(reading)) == (1, [SAME_TWICE])
    assert [event.external_id for event in read(body, identity="link").events] == [
        "https://ville.example/a", "https://ville.example/b",
    ]  # fmt: skip


def test_later_version_of_an_entry_wins() -> None:
    old, new = (
        f"<id>1</id><title>{hour} h</title><updated>2026-11-07T{hour}:00:00Z</updated>" for hour in ("08", "09")
    )
    assert [event.headline for event in read(atom(new, old)).events] == ["09 h"]


@pytest.mark.parametrize(
    ("declared", "used"), [("UTF-8", "cp1252"), ("ISO-8859-1", "utf-8"), ("windows-1252", "utf-8"), ("utf-8", "utf-8")]
)
def test_wrong_encoding_declared(declared: str, used: str) -> None:
    body = rss(TITLE, declaration=f'<?xml version="1.0" encoding="{declared}"?>')
    assert read(body.encode(used)).events[0].headline == "Marché déplacé"


def test_utf8_declared_as_the_table_of_windows() -> None:
    body = rss("<title>Rue de l’Église fermée</title>", declaration='<?xml version="1.0" encoding="windows-1252"?>')
    assert read(body.encode("utf-8")).events[0].headline == "Rue de l’Église fermée"


def test_byte_order_mark_is_read_over() -> None:
    assert read(b"\xef\xbb\xbf" + rss(TITLE).encode()).events[0].headline == "Marché déplacé"


def test_relative_links_start_from_the_address_of_the_feed() -> None:
    entry = "<title>a</title><link href='12.html'/>"
    assert read(atom(entry)).events[0].external_id == "https://ville.example/flux/12.html"


@pytest.mark.parametrize("broken", [rss(TITLE)[:-20], rss("<title>a & b</title>"), rss("<title>&nbsp;</title>")])
def test_feed_that_is_not_well_formed_is_unreadable(broken: str) -> None:
    with pytest.raises(DocumentUnreadable, match="not well-formed XML"):
        read(broken)


def test_feedparser_is_asked_whether_it_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = feedparser.parse

    def doubtful(*told: object, **named: object) -> object:
        result = parse(*told, **named)
        result["bozo"] = True
        return result

    monkeypatch.setattr(feedparser, "parse", doubtful)
    assert why(read(rss(TITLE))) == ["the entry is not one of RSS or Atom"]


def test_absence_from_the_last_entries_is_never_an_end() -> None:
    assert read(rss(TITLE)).is_complete is False
    entry = {
        "id": "ville-annonces", "kind": "rss", "title": "t", "organisation": "ville", "licence": "l",
        "url": "https://h.example/", "poll_every": "5 min", "timezone": "Europe/Paris", "area": [5, 43, 6, 44],
        "default_audience": "public", "maintainer": "city",
    }  # fmt: skip
    with pytest.raises(ValueError, match="coverage: 'delta'"):
        Entry.model_validate({**entry, "coverage": "snapshot", "max_age": "7 d"})
    with pytest.raises(ValueError, match="max_age: a span"):
        Entry.model_validate({**entry, "coverage": "delta"})
    assert Entry.model_validate({**entry, "coverage": "delta", "max_age": "7 d"}).kind == "rss"


def test_markup_of_summaries_becomes_plain_words() -> None:
    escaped = "<description>&lt;p&gt;Rue &lt;b&gt;fermée&lt;/b&gt; &amp;amp; marché&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description>"
    assert read(rss(TITLE + escaped)).events[0].description == "Rue fermée & marché"
    raw = "<content:encoded><![CDATA[<p>Rue <i>fermée</i></p>]]></content:encoded>"
    assert read(rss(TITLE + raw)).events[0].description == "Rue fermée"
    xhtml = '<id>1</id><title>a</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Rue</p></div></content>'
    assert read(atom(xhtml)).events[0].description == "Rue"


def test_addresses_of_media_are_counted_and_not_kept() -> None:
    media = (
        '<enclosure url="https://m.example/1.mp3" length="1" type="audio/mpeg"/>'
        '<media:content url="https://m.example/2.jpg"/><media:group><media:content url="https://m.example/3.jpg"/>'
        '<media:thumbnail url="https://m.example/4.jpg"/></media:group>'
        "<description>&lt;img src='https://m.example/5.jpg'&gt;Rue fermée</description>"
    )
    reading = read(rss(TITLE + media))
    assert reading.dropped_media == 5
    assert "m.example" not in repr(reading)
    linked = '<id>1</id><title>a</title><link rel="enclosure" href="https://m.example/6.jpg"/>'
    assert read(atom(linked)).dropped_media == 1


def test_authors_are_never_read() -> None:
    named = "<author>zoe@ville.example (Zoé)</author><dc:creator>Zoé</dc:creator><source url='x'>y</source>"
    reading = read(rss(TITLE + named))
    assert reading.dropped_fields == ("author", "creator", "source")
    assert "Zoé" not in repr(reading)


def test_feed_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> Never:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    body = rss(
        "<title>a</title><guid>1</guid><link>http://127.0.0.1:9/x</link><description src='http://127.0.0.1:9/y'/>"
    )
    assert len(read(body).events) == 1


def test_doctype_is_refused() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "b">]>'
    with pytest.raises(DocumentUnreadable, match="DOCTYPE"):
        read(bomb + rss("<title>&a;</title><guid>1</guid>", declaration=""))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Sat, 07 Nov 2026 09:00:00 +0100", paris(11, 7, 9)),
        ("2026-11-07T09:00:00", paris(11, 7, 9)),
        ("2026-11-07T8:00:00Z", paris(11, 7, 9)),
        ("samedi", None),
    ],
)
def test_dates_as_publishers_write_them(written: str, moment: datetime | None) -> None:
    assert read(rss(f"{TITLE}<pubDate>{written}</pubDate>")).events[0].published_at == moment


def test_rdf_of_rss_1_is_read() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Ville</title></channel>'
        '<item rdf:about="https://ville.example/1"><title>Rue fermée</title><link>https://ville.example/1</link>'
        "<dc:date>2026-11-07T09:00:00+01:00</dc:date></item></rdf:RDF>"
    )
    (event,) = read(body).events
    assert (event.headline, event.external_id, event.published_at) == (
        "Rue fermée", "https://ville.example/1", paris(11, 7, 9),
    )  # fmt: skip


def test_categories_follow_the_table_and_the_usual_one() -> None:
    codes = {"category": {"Voirie": "fermeture"}}
    known, unknown = (
        f"<guid>{n}</guid><title>a</title><category>{word}</category>" for n, word in enumerate(["voirie", "Vie"])
    )
    reading = read(rss(known, unknown), codes=codes, category="marche")
    assert [(event.category, event.source_code) for event in reading.events] == [
        ("fermeture", "voirie"), ("marche", "Vie"),
    ]  # fmt: skip


def test_language_is_told_by_the_feed() -> None:
    assert read(atom("<id>1</id><title>a</title>", root='xml:lang="en-GB"')).events[0].language == "en"
    assert read(rss(TITLE)).events[0].language == "fr"


@pytest.mark.parametrize(
    "options", [{"category": "fête"}, {"identity": "title"}, {"codes": {"status": {}}}, {"fields": {}}]
)
def test_options_that_mean_nothing_stop_the_start(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="options"):
        make_adapter(source("rss", **options))


def test_more_entries_than_any_feed_lists_are_refused_at_once() -> None:
    begun = time.thread_time()
    with pytest.raises(DocumentUnreadable, match="more than 1000 entries"):
        read(rss(*["<title>a</title>"] * 20_000))
    assert time.thread_time() - begun < 1
