"""Rows of a store of any size, made without the store: two years of one city, always the same for a number."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from benchmarks.made_events import CITY, SEED, events
from events.audience import PARTNERS, PUBLIC
from store.admitted import Cleared
from store.frozen import Snapshot
from store.snapshot import event_to_snapshot

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SPAN = timedelta(days=730)
CATEGORIES = (
    "accident", "chantier", "congestion", "panne", "obstacle", "fermeture", "restriction", "manifestation",
    "rassemblement", "spectacle", "match", "incendie", "inondation", "vent", "metro", "tram", "bus", "train",
    "marche", "operation_police",
)  # fmt: skip
_ORGANISATIONS = ("voirie", "prefecture", "rtm", "bmpm", "ville")
_HASH = "0" * 64

Rows = tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]


def rows(count: int) -> Iterator[Rows]:
    """Yield for each event its row of `event`, of `event_period`, and its rows of `event_district`."""
    chance = random.Random(SEED)
    text = template()
    codes = [district.code for district in CITY.districts]
    for number in range(count):
        category = chance.choice(CATEGORIES)
        start = NOW - timedelta(seconds=chance.randrange(int(SPAN.total_seconds())))
        until = start + timedelta(minutes=chance.randrange(30, 4320))
        districts = chance.sample(codes, 2) if chance.random() < 0.05 else [chance.choice(codes)]
        event_id = f"0197a000-0000-7000-8000-{number:012x}"
        # What an event is decides who tells it and how grave it usually is.
        kind = CATEGORIES.index(category)
        severity = kind % 4 if chance.random() < 0.8 else (kind + 1) % 4
        snapshot = text.replace("W-000000", f"W-{number:06d}").replace("RUE", f"rue {number % 9973}")
        event_row = {
            "id": event_id, "number": number + 1, "source_id": "works", "external_id": Cleared(f"W-{number:06d}"), "v": 1,
            "organisation": _ORGANISATIONS[kind % len(_ORGANISATIONS)], "category": category, "severity": severity,
            "status": None, "audience": (PARTNERS if chance.random() < 0.1 else PUBLIC).key, "start": start, "until": until,
            "west": 5.37, "south": 43.3, "east": 5.37, "north": 43.3, "search": Cleared(f"travaux rue {number % 9973}"),
            "published_at": start, "recorded_at": start, "changed_at": start, "last_seen_at": start, "absences": 0,
            "withdrawn_at": None, "withdrawn_by": None, "source_error": False, "recurs": False,
            "snapshot": Snapshot(snapshot), "fingerprint": _HASH, "snapshot_sha256": _HASH, "sha256": _HASH,
        }  # fmt: skip
        period = {"event_id": event_id, "start": start, "until": until}
        there = [
            {"event_id": event_id, "district": code, "category": category, "start": start, "until": until}
            for code in districts
        ]
        yield event_row, period, there


def template() -> str:
    """Return the record of an event as the store keeps it, to be given a number and a street."""
    told = next(events(1, NOW))
    texts = {name: Cleared(getattr(told, name)) for name in ("external_id", "headline", "description")}
    return orjson.dumps(
        event_to_snapshot(replace(told, **texts, place=Cleared("RUE"))), option=orjson.OPT_SORT_KEYS
    ).decode()
