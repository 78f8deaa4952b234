"""Agreements: what they let be polled and read, when they end, and what their file may say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from access.agreement_file import Agreement, read_agreements
from access.agreements import Agreements, adopt
from events.errors import ConfigurationError, StoreUnavailable
from privacy.gazetteer import Gazetteer
from privacy.screen import clearer
from store.database import Database, connect

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCES = {"prefecture-marches": "prefecture", "prefecture-visits": "prefecture", "port-ships": "port"}
CLEAR = clearer(Gazetteer())


def an_agreement(**told: object) -> Agreement:
    facts: dict[str, object] = {
        "id": "prefecture", "giver": "prefecture", "receivers": ("city",), "kinds": ("event",),
        "purpose": "Gérer l’espace public pendant les marches", "retention_days": 90, "since": date(2026, 1, 1),
        "until": date(2026, 12, 31), "dpo_contacts": ("dpo@prefecture.example",),
    }  # fmt: skip
    return Agreement.model_validate(facts | told)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    opened = connect(store_url)
    yield opened
    opened.close()


def agreed(database: Database, clock: Clock, *agreements: Agreement) -> Agreements:
    adopt(database, agreements, timezone="Europe/Paris", clear=CLEAR, now=clock())
    return Agreements(database, SOURCES, clock)


def test_without_an_agreement_nothing_is_polled_or_read(database, clock):
    rules = agreed(database, clock)
    assert not any(rules.may_poll(source) for source in SOURCES)
    assert rules.allowed_fields("port-ships") == rules.allowed_kinds("port-ships") == frozenset()
    assert rules.standing("port-ships").state == "missing"


def test_an_agreement_covers_the_sources_of_its_giver_or_those_it_names(database, clock):
    rules = agreed(database, clock, an_agreement())
    assert [rules.may_poll(source) for source in SOURCES] == [True, True, False]
    named = an_agreement(id="visits", sources=("prefecture-visits",), kinds=("event", "camera"), fields=("headline",))
    rules = agreed(database, clock, an_agreement(), named)
    assert rules.allowed_kinds("prefecture-visits") == {"event", "camera"}
    assert rules.allowed_fields("prefecture-visits") == {"headline"}
    assert rules.allowed_fields("prefecture-marches") is None
    assert rules.retention() == {"prefecture-marches": timedelta(days=90), "prefecture-visits": timedelta(days=90)}


def test_pictures_are_fetched_only_where_an_agreement_names_them(database, clock):
    named = an_agreement(id="visits", sources=("prefecture-visits",), kinds=("event", "media"))
    rules = agreed(database, clock, an_agreement(), named)
    assert [rules.may_fetch_media(source) for source in SOURCES] == [False, True, False]
    clock.now = NOW + timedelta(days=60)
    rules = Agreements(database, SOURCES, clock)
    assert not rules.may_fetch_media("prefecture-visits"), "an agreement that ended lets nothing be fetched"


def test_expiry_warns_thirty_days_before_and_pauses_after_the_last_day_here(database, clock, caplog):
    rules = agreed(database, clock, an_agreement())
    assert rules.standing("prefecture-marches").state == "live"
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    assert rules.standing("prefecture-marches").state == "ending"
    with caplog.at_level(logging.WARNING):
        rules.warn()
    assert "prefecture-marches: agreement ending (end 2026-12-31)" in caplog.text
    clock.now = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)  # 23:59 in Paris
    assert rules.may_poll("prefecture-marches")
    clock.now += timedelta(minutes=1)
    assert not rules.may_poll("prefecture-marches")
    assert rules.standing("prefecture-marches").state == "ended"


def test_records_are_passed_on_as_far_as_the_strictest_agreement_says(database, clock):
    assert agreed(database, clock, an_agreement()).standing("prefecture-marches").onward == "no"
    both = (an_agreement(onward="public"), an_agreement(id="second", onward="partners"))
    assert agreed(database, clock, *both).standing("prefecture-marches").onward == "partners"
    assert agreed(database, clock, an_agreement(onward="public")).standing("port-ships").onward == "no"


def test_an_agreement_of_the_future_is_not_live_yet(database, clock):
    rules = agreed(database, clock, an_agreement(since=date(2026, 11, 21)))
    assert not rules.may_poll("prefecture-marches")


def test_one_taken_out_of_the_file_ends_at_once_and_no_file_leaves_all(database, clock):
    agreed(database, clock, an_agreement(), an_agreement(id="port", giver="port"))
    rules = agreed(database, clock, an_agreement())
    assert not rules.may_poll("port-ships")
    assert rules.standing("port-ships").state == "ended"
    assert agreed(database, clock).may_poll("prefecture-marches")


def test_what_was_last_read_serves_while_the_database_is_away(database, clock, monkeypatch):
    rules = agreed(database, clock, an_agreement())
    assert rules.may_poll("prefecture-marches")

    def away(_: Database) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr("access.agreements.kept_agreements", away)
    clock.now += timedelta(hours=1)
    assert rules.may_poll("prefecture-marches")
    assert not Agreements(database, SOURCES, clock).may_poll("prefecture-marches")


def test_what_posts_write_themselves_has_no_such_limit(database, clock):
    rules = agreed(database, clock)
    assert rules.allowed_fields("city-contributions") is None
    assert rules.allowed_kinds("city-contributions") == {"event", "road_state", "camera", "tally"}


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"until": None}, "until"),
        ({"until": date(2025, 1, 1)}, "until"),
        ({"dpo_contacts": ()}, "dpo_contacts"),
        ({"dpo_contacts": ("Jeanne Martin",)}, "dpo_contacts"),
        ({"kinds": ("person",)}, "kinds"),
        ({"giver": "La préfecture"}, "giver"),
        ({"stream_url": "rtsp://x"}, "stream_url"),
    ],
)
def test_a_mistake_of_the_file_stops_the_start_with_its_key(tmp_path: Path, told, key):
    facts = an_agreement().model_dump(mode="json", exclude_none=True) | {k: v for k, v in told.items() if v is not None}
    lines = ["[[agreement]]"]
    for name, value in facts.items():
        if name in told and told[name] is None:
            continue
        text = str(value) if name in ("since", "until") else str(list(value) if isinstance(value, tuple) else value)
        if isinstance(value, bool):
            text = str(value).lower()
        elif isinstance(value, str) and name not in ("since", "until"):
            text = f'"{value}"'
        lines.append(f"{name} = {text}")
    path = tmp_path / "agreements.toml"
    path.write_text(
        "\n".join(line for line in lines if not (key == "until" and told["until"] is None and line.startswith("until")))
    )
    with pytest.raises(ConfigurationError, match=key) as refused:
        read_agreements(path)
    assert "Jeanne" not in str(refused.value)
    assert "agreement 'prefecture'" in str(refused.value)


def test_a_contact_that_is_a_person_is_refused_by_the_gate_and_not_quoted(database, clock):
    one = an_agreement(dpo_contacts=("jeanne.martin@prefecture.example",))
    with pytest.raises(ConfigurationError, match="agreement 'prefecture', dpo_contacts") as refused:
        adopt(database, [one], timezone="Europe/Paris", clear=CLEAR, now=NOW)
    assert "martin" not in str(refused.value)


def test_a_missing_file_holds_no_agreement(tmp_path: Path):
    assert read_agreements(tmp_path / "none.toml") == ()
