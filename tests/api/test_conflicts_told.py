"""`/api/conflicts`: told to whoever sees both sides, settled again when something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.audience import PARTNERS
from events.validity import Validity
from events.vocabulary import StoredStatus
from tests.api.served import Served, event

NOW = datetime.now(UTC).replace(microsecond=0)
AHEAD = Validity(start=NOW + timedelta(hours=5), end=NOW + timedelta(hours=9))
AT = {"type": "Point", "coordinates": [5.44, 43.21]}
MARCH = event("march", category="manifestation", headline="Marche", geometry=AT, validity=AHEAD)
WORKS = event("works", category="chantier", headline="Chantier", geometry=AT, validity=AHEAD, audience=PARTNERS)


def told(served: Served, viewer: str) -> list[dict]:
    found = served.get("/api/conflicts", viewer).json()["conflicts"]
    return [one for one in found if "Marche" in (one["a"]["headline"], (one["b"] or {}).get("headline"))]


def test_a_conflict_is_told_to_whoever_sees_both_sides(served) -> None:
    served.admit(MARCH, WORKS)
    (one,) = told(served, "partner")
    assert (one["rule"], one["a"]["headline"], one["b"]["headline"]) == ("event-works", "Marche", "Chantier")
    assert one["place"] == pytest.approx([5.44, 43.21], abs=1e-5)
    assert datetime.fromisoformat(one["start"]) == AHEAD.start
    assert datetime.fromisoformat(one["end"]) == AHEAD.end
    assert one["measures"] == ["works_suspended", "fencing"]
    assert told(served, "public") == []


def test_a_change_settles_what_was_told(served) -> None:
    served.admit(MARCH)
    assert told(served, "partner") == []
    served.admit(WORKS)
    assert len(told(served, "partner")) == 1
    served.admit(replace(WORKS, status=StoredStatus.CANCELLED, published_at=NOW + timedelta(minutes=1)))
    assert told(served, "partner") == []


def test_a_window_chooses(served) -> None:
    served.admit(MARCH, WORKS)
    later = (NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert served.get(f"/api/conflicts?from={later}", "partner").json()["conflicts"] == []
    assert served.get("/api/conflicts?of=1", "partner").status_code == 400
