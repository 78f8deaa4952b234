"""Real CAP messages and vigilance cards are read, and every record of theirs is accounted for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasources.catalogue import adapter_class
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC
from events.errors import DocumentUnreadable

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "feeds" / "cap"
pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="the collection of real documents is not on this machine")

# Name -> events, messages they take back, categories, events with a shape.
MESSAGES = {
    "clemensv__sample-cap.xml": (1, 0, ["inondation"], 0),
    "environment-canada__2012.cap": (1, 2, ["orage"], 1),
    "meteoalarm-at__wind-vorarlberg.xml": (1, 0, ["vent"], 0),
    "naad__signed.atom": (1, 9, ["inconnu"], 1),
    "naad__signed.cap": (1, 9, ["inconnu"], 1),
    "oasis__example1.xml": (1, 0, ["inconnu"], 0),
    "oasis__example2.xml": (1, 0, ["orage"], 1),
    "oasis__example3.xml": (1, 1, ["inconnu"], 1),
    "oasis__example4.xml": (1, 0, ["secours"], 0),
}
ATTACKS = ("google__xxe-attack.atom", "google__xxe-attack.cap")
CARD = "meteo-france__cartevigilance-J.json"


def read(kind: str, name: str, **options: object) -> Reading:
    source = Source(
        id="real-document", kind=kind, title="Real", organisation="publisher", licence="see INDEX.tsv",
        url="https://example.org/", poll_every=timedelta(minutes=5), timezone="Europe/Paris",
        area=(-180.0, -90.0, 180.0, 90.0), coverage=Coverage.SNAPSHOT, default_audience=PUBLIC, maintainer="city",
        options=options,
    )  # fmt: skip
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    document = Document((FEEDS / name).read_bytes(), media_type="", url=source.url, retrieved_at=moment)
    return adapter_class(kind)(source).read(document)


def test_every_document_of_the_collection_is_listed() -> None:
    assert {path.name for path in FEEDS.iterdir()} == {*MESSAGES, *ATTACKS, CARD}


@pytest.mark.parametrize("name", MESSAGES)
def test_message_is_accounted_for(name: str) -> None:
    used, taken_back, categories, placed = MESSAGES[name]
    reading = read("cap", name)
    assert (len(reading.events), len(reading.withdrawn), reading.rejects) == (used, taken_back, ())
    assert reading.records_seen == used + taken_back
    assert [event.category for event in reading.events] == categories
    assert sum(event.geometry is not None for event in reading.events) == placed
    assert "@" not in repr((reading.events, reading.withdrawn)), "senders are often a person's address"


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_unread(name: str) -> None:
    with pytest.raises(DocumentUnreadable, match="DOCTYPE"):
        read("cap", name)


def test_french_is_chosen_in_a_real_message() -> None:
    (event,) = read("cap", "environment-canada__2012.cap").events
    assert (event.language, event.headline) == ("fr", "veille d'orages violents")
    assert event.is_end_verified, "its response type is AllClear"


def test_media_of_a_real_message_is_counted_and_not_kept() -> None:
    reading = read("cap", "oasis__example1.xml")
    assert reading.dropped_media == 1
    assert "getAdvisoryImage" not in repr(reading)


def test_real_card_is_accounted_for() -> None:
    every = read("meteofrance_vigilance", CARD)
    assert [event.external_id for event in every.events] == ["35-3", "14-3", "2A-6"]
    assert (len(every.withdrawn), every.rejects, every.records_seen) == (22, (), 25)
    one = read("meteofrance_vigilance", CARD, domains=["35"])
    assert ([event.severity for event in one.events], one.records_seen, one.is_complete) == ([3], 6, True)
    assert not read("meteofrance_vigilance", CARD, domains=["13"]).is_complete
