"""Events that tell the same again: family, place and time together, never one of them alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.audience import PUBLIC
from events.records import Event
from events.validity import Period, Validity
from events.vocabulary import GeometryPrecision, Severity
from insight.duplicates import duplicates
from store.kept import KeptEvent

START = datetime(2026, 11, 21, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


def line(*pairs: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [list(pair) for pair in pairs]}


def point(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


def kept(geometry: dict[str, object] | None, category: str = "rassemblement", start: datetime = START) -> KeptEvent:
    event = Event(
        source_id="s", external_id="x", organisation="o", category=category, headline="h", audience=PUBLIC,
        validity=Validity(start=start, end=start + 2 * HOUR), severity=Severity.MINOR, geometry=geometry,
        geometry_precision=GeometryPrecision.EXACT,
    )  # fmt: skip
    return KeptEvent(
        id="e", number=1, version=1, event=event, periods=(Period(start, start + 2 * HOUR),), changed_at=start,
        recorded_at=start, last_seen_at=start, sha256="", withdrawn_at=None, source_error=False,
    )  # fmt: skip


def found(other: KeptEvent, geometry: dict[str, object] | None = None, category: str = "manifestation") -> bool:
    mine = geometry or point(5.380, 43.290)
    return bool(duplicates(category, mine, START, START + 2 * HOUR, [other]))


@pytest.mark.parametrize(("metres_east", "expected"), [(0, True), (140, True), (160, False)])
def test_same_family_within_a_hundred_and_fifty_metres(metres_east: float, expected: bool) -> None:
    assert found(kept(point(5.380 + metres_east / 81_030, 43.290))) is expected


def test_another_family_is_another_event() -> None:
    assert not found(kept(point(5.380, 43.290), category="chantier"))


@pytest.mark.parametrize(("hours", "expected"), [(0, True), (0.9, True), (1.1, False), (5, False)])
def test_windows_must_overlap_by_more_than_half(hours: float, expected: bool) -> None:
    assert found(kept(point(5.380, 43.290), start=START + hours * HOUR)) is expected


def test_two_lines_share_more_than_half_of_the_shorter() -> None:
    mine = line((5.37, 43.29), (5.39, 43.29))
    most = line((5.3825, 43.29), (5.3925, 43.29))
    least = line((5.386, 43.29), (5.396, 43.29))
    assert found(kept(most), mine)
    assert not found(kept(least), mine)
    (one,) = duplicates("manifestation", mine, START, START + 2 * HOUR, [kept(most)])
    assert one.shared == pytest.approx(0.75, abs=0.03)


def test_an_event_without_a_place_is_never_a_duplicate() -> None:
    assert not found(kept(None))
