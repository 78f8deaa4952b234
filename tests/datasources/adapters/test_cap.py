"""Traps of CAP messages, one test each (FEEDS 0 and 4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from datasources.adapters.cap import CapAdapter
from events.audience import PARTNERS, listed
from events.errors import ConfigurationError, DocumentUnreadable
from events.validity import Period
from events.vocabulary import Certainty, InformationStatus, Severity, Urgency
from tests.datasources.adapters.cap_cases import (
    feed,
    held,
    info,
    message,
    read,
    source,
    why,
)


def at(hour: int, day: int = 7) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_several_languages_are_one_event_in_french() -> None:
    told = info("<headline>Wind</headline>", language="en-GB") + info("<headline>Vent</headline>", language="fr-FR")
    (event,) = read(message(told)).events
    assert (event.headline, event.language) == ("Vent", "fr")


def test_language_that_is_missing_is_english_as_the_standard_says() -> None:
    told = info("<headline>Wind</headline>", language="") + info("<headline>Viento</headline>", language="es")
    (event,) = read(message(told)).events
    assert (event.headline, event.language) == ("Wind", "en")


def test_several_levels_are_one_event_with_the_worst_and_every_period() -> None:
    def level(severity: str, start: int, end: int) -> str:
        told = f"<onset>2026-11-07T{start:02}:00:00Z</onset><expires>2026-11-07T{end:02}:00:00Z</expires>"
        return info(told + f"<description>De {start} à {end}.</description>", severity=severity)

    (event,) = read(message(level("Moderate", 8, 12) + level("Severe", 14, 18))).events
    assert event.severity is Severity.MAJOR
    assert event.description == "De 14 à 18. De 8 à 12."
    assert event.validity.periods == (Period(at(8), at(12)), Period(at(14), at(18)))
    assert (event.validity.start, event.validity.end) == (at(8), at(18))


def test_level_of_another_place_does_not_raise_ours() -> None:
    far = "<polygon>48,2 48,3 49,3 48,2</polygon>"
    (event,) = read(message(info(severity="Extreme", where=far) + info(severity="Minor"))).events
    assert event.severity is Severity.MINOR


def test_expires_is_the_end_and_onset_goes_before_effective_and_sent() -> None:
    times = "<effective>2026-11-07T09:00:00Z</effective><onset>2026-11-07T10:00:00Z</onset>"
    (event,) = read(message(info(times + "<expires>2026-11-07T12:00:00Z</expires>"))).events
    assert (event.validity.start, event.validity.end) == (at(10), at(12))
    (event,) = read(message(info("<effective>2026-11-07T09:00:00Z</effective>"))).events
    assert (event.validity.start, event.validity.end) == (at(9), None)
    (event,) = read(message(info())).events
    assert event.validity.start == at(8)


def test_minus_zero_offset_is_utc_and_no_offset_is_the_sources_zone() -> None:
    (event,) = read(message(info(), sent="2026-11-07T08:00:00-00:00")).events
    assert event.published_at == at(8)
    (event,) = read(message(info(), sent="2026-11-07T08:00:00")).events
    assert event.published_at == at(7)


@pytest.mark.parametrize("status", ["Test", "Draft", "System", "Nimporte", ""])
def test_only_actual_messages_are_shown(status: str) -> None:
    reading = read(message(info(), status=status))
    assert (reading.events, len(reading.rejects)) == ((), 1)


def test_exercise_is_kept_and_marked() -> None:
    (event,) = read(message(info(), status="Exercise")).events
    assert event.information_status is InformationStatus.EXERCISE


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_ack_and_error_warn_no_one(kind: str) -> None:
    reading = read(message(info(), kind=kind, references="s,m-0,t"))
    assert (reading.events, reading.withdrawn, len(reading.rejects)) == ((), (), 1)
    assert "it warns no one" in why(reading)[0]


def test_update_replaces_every_message_it_names() -> None:
    reading = read(message(info(), name="m-3", kind="Update", references="s,m-1,t s,m-2,t"))
    assert [event.external_id for event in reading.events] == ["m-3"]
    assert reading.withdrawn == ("m-1", "m-2")
    assert reading.records_seen == 3


def test_whole_chain_keeps_the_identity_of_its_first_message() -> None:
    chain = "s,m-2,2026-11-07T07:00:00Z s,m-1,2026-11-07T06:00:00Z"
    reading = read(message(info(), name="m-3", kind="Update", references=chain), has_whole_chains=True)
    assert [(event.external_id, event.version) for event in reading.events] == [("m-1", "2026-11-07T08:00:00Z")]
    assert reading.withdrawn == ("m-2",)
    cancel = read(message(kind="Cancel", name="m-4", references=chain), has_whole_chains=True)
    assert set(cancel.withdrawn) == {"m-1", "m-2"}


def test_update_that_cannot_be_used_replaces_nothing() -> None:
    broken = info("<expires>2026-11-01T00:00:00Z</expires>")
    reading = read(message(broken, name="m-2", kind="Update", references="s,m-1,t"))
    assert (reading.events, reading.withdrawn, len(reading.rejects)) == ((), (), 1)


def test_update_that_names_itself_stays() -> None:
    reading = read(message(info(), kind="Update", references="s,m-1,2026-11-07T07:00:00Z"))
    assert (len(reading.events), reading.withdrawn) == (1, ())


def test_test_message_takes_nothing_back() -> None:
    for kind in ("Cancel", "Update"):
        assert read(message(info(), name="m-9", kind=kind, status="Test", references="s,m-1,t")).withdrawn == ()


def test_cancel_withdraws_all_it_names() -> None:
    reading = read(message(kind="Cancel", name="m-9", references="s,m-1,t\n s,m-2,t"))
    assert (reading.events, reading.withdrawn, reading.rejects) == ((), ("m-1", "m-2"), ())


def test_chain_in_one_document_leaves_the_last_message() -> None:
    first, second = message(info()), message(info(), name="m-2", kind="Update", references="s,m-1,t")
    third = message(info(), name="m-3", kind="Update", references="s,m-2,t")
    reading = read(feed(held(third), held(first), held(second)))
    assert [event.external_id for event in reading.events] == ["m-3"]
    assert (reading.withdrawn, reading.records_seen) == (("m-2", "m-1"), 3)


def test_all_clear_is_an_end() -> None:
    told = "<responseType>AllClear</responseType><expires>2026-11-07T12:00:00Z</expires>"
    (event,) = read(message(info(told))).events
    assert (event.validity.end, event.is_end_verified) == (at(8), True)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("prefix", ["", "cap:"])
def test_any_namespace_and_any_prefix(version: str, prefix: str) -> None:
    body = message(info(), version=version)
    if prefix:
        body = body.replace("</", "</cap:").replace("<", "<cap:").replace("<cap:/cap:", "</cap:")
        body = body.replace("xmlns=", "xmlns:cap=")
    assert len(read(body).events) == 1


def test_signature_is_ignored() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><info>x</info></KeyInfo></Signature>'
    reading = read(message(info() + signature))
    assert (len(reading.events), reading.rejects) == (1, ())


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/passwd"', '"x"'])
def test_entities_are_refused_unread(entity: str) -> None:
    body = f"<!DOCTYPE alert [<!ENTITY e {entity}>]>" + message(info("<headline>&e;</headline>"))
    with pytest.raises(DocumentUnreadable, match="DOCTYPE"):
        read(body)


def test_media_and_contacts_are_dropped_and_counted() -> None:
    media = "<resource><uri>https://x.example/a.png</uri></resource><resource><derefUri>AA</derefUri></resource>"
    reading = read(message(info(f"<contact>Det. Smith</contact><senderName>N. S.</senderName>{media}")))
    assert reading.dropped_media == 2
    assert {"info.contact", "info.senderName", "info.resource.uri"} <= set(reading.dropped_fields)
    assert "Smith" not in repr(reading)
    assert "x.example" not in repr(reading)


def test_level_of_the_weather_service_is_unchanged_and_green_is_no_event() -> None:
    def level(text: str) -> str:
        return f"<parameter><valueName>awareness_level</valueName><value>{text}</value></parameter>"

    (event,) = read(message(info(level("3; orange; Severe"), severity="Minor"))).events
    assert event.severity is Severity.MAJOR
    reading = read(message(info(level("1; green; Minor"))))
    assert (reading.events, reading.withdrawn, reading.rejects) == ((), ("m-1",), ())


def test_scales_are_caps_and_unknown_words_lose_no_record() -> None:
    told = "<urgency>Immediate</urgency><certainty>Very Likely</certainty>"
    (event,) = read(message(info(told, severity="Extreme"))).events
    assert (event.severity, event.urgency, event.certainty) == (Severity.CRITICAL, Urgency.IMMEDIATE, Certainty.LIKELY)
    (event,) = read(
        message(info("<urgency>Bientôt</urgency>", severity="Terrible", event="Chute de météorites"))
    ).events
    assert (event.severity, event.urgency) == (Severity.INFORMATION, Urgency.UNKNOWN)
    assert (event.category, event.source_code) == ("inconnu", "Chute de météorites")


@pytest.mark.parametrize(
    ("told", "ours"),
    [
        ("SEVERE THUNDERSTORM", "orage"), ("Flood Watch", "inondation"), ("Canicule", "chaleur"),
        ("Feux de forêt", "feu_foret"), ("Tempête", "vent"), ("snowstorm wind", "inconnu"),
        ("Air Quality Alert", "pollution"), ("Qualité de l'air", "pollution"),
    ],
)  # fmt: skip
def test_hazards_are_known_by_their_names(told: str, ours: str) -> None:
    (event,) = read(message(info(event=told))).events
    assert event.category == ours


def test_sources_own_table_of_hazards_comes_first() -> None:
    (event,) = read(message(info(event="Vent de sable")), codes={"category": {"vent de sable": "pollution"}}).events
    assert event.category == "pollution"


def test_parameters_the_source_names_are_effects() -> None:
    told = "<parameter><valueName>windGust</valueName><value>100 km/h</value></parameter>"
    (event,) = read(message(info(told)), effects=["windGust", "hail"]).events
    assert [effect.text for effect in event.effects] == ["100 km/h"]
    assert read(message(info(told))).events[0].effects == ()


def test_scope_narrows_the_audience() -> None:
    for scope, audience in (("Restricted", PARTNERS), ("Private", listed(["meteo"])), ("Secret", listed(["meteo"]))):
        (event,) = read(message(info(), scope=scope)).events
        assert event.audience == audience


def test_same_identifier_from_two_senders_where_the_source_says_so() -> None:
    two = feed(held(message(info(), sender="a@x.example")), held(message(info(), sender="b@x.example")))
    assert [len(read(two).events), len(read(two).rejects)] == [1, 1]
    ids = [event.external_id for event in read(two, has_several_senders=True).events]
    assert len(set(ids)) == 2
    assert "x.example" not in repr(ids)
    cancel = message(kind="Cancel", name="m-9", sender="a@x.example", references="a@x.example,m-1,t")
    assert read(cancel, has_several_senders=True).withdrawn == (ids[0],)


@pytest.mark.parametrize(
    "options",
    [{"zone": ["13"]}, {"zones": "13"}, {"zones": [13]}, {"codes": {"severity": {"a": "minor"}}}, {"codes": []}, {"effects": "a"},
     {"has_several_senders": "yes"}, {"has_whole_chains": 1}, {"codes": {"category": {"a": "b"}}}],
)  # fmt: skip
def test_option_that_cannot_be_used_stops_the_start(options: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="weather-warnings"):
        CapAdapter(source(**options))
