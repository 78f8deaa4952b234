"""A city without a database: what the callbacks may ask, answered from plain records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.boot import Boot, DistrictName, OrganisationName
from datasources.contract import Coverage, Source
from events.audience import PUBLIC
from events.city import City, District
from events.errors import AccessDenied
from insight.heard import Coverage as Heard
from insight.periods import Question
from insight.statistics import AxisRow, CategoryRow, DistrictRow, Figure, families_of
from privacy.counts import PublishedCount
from store.kept import HalfHour, KeptEvent, RejectRow, RunRow, WithheldRow
from store.orders import Fields, Orders, What

NOW = datetime(2026, 11, 14, 13, 32, tzinfo=UTC)


def square(west: float) -> dict[str, object]:
    corners = [[west, 43.0], [west + 0.1, 43.0], [west + 0.1, 43.1], [west, 43.1], [west, 43.0]]
    return {"type": "Polygon", "coordinates": [corners]}


CITY = City(
    id="ville",
    name="Ville",
    timezone="Europe/Paris",
    area=(5.0, 43.0, 6.0, 44.0),
    districts=tuple(
        District(
            code=f"1320{n}",
            short=str(n),
            name=f"District {n}",
            population=None,
            area_km2=None,
            geometry=square(5 + n / 10),
        )
        for n in (1, 2)
    ),
    axes=(),
)


def make_source(source_id: str, **changes: Any) -> Source:
    values: dict[str, Any] = {
        "id": source_id, "kind": "geojson", "title": f"Title of {source_id}", "organisation": "prefecture",
        "licence": "Licence Ouverte 2.0", "url": "http://127.0.0.1/feed", "poll_every": timedelta(minutes=5),
        "timezone": "Europe/Paris", "area": CITY.area, "coverage": Coverage.SNAPSHOT, "default_audience": PUBLIC,
        "maintainer": "desk",
    }  # fmt: skip
    return Source(**{**values, **changes})


def make_run(source_id: str, minutes_ago: float, verdict: str = "ok", **changes: Any) -> RunRow:
    at = NOW - timedelta(minutes=minutes_ago)
    values: dict[str, Any] = {
        "id": int(minutes_ago) + 1, "source_id": source_id, "verdict": verdict, "reason": None, "started_at": at,
        "finished_at": at, "http_status": 200, "size": 10, "sha256": "x", "published_at": None, "records_seen": 4,
        "rejected": 0, "new": 1, "changed": 0, "unchanged": 3, "absent": 0, "withdrawn": 0, "flagged": 0,
        "text_withheld": 0, "gate": None, "dropped_fields": (), "last_seq": 1,
    }  # fmt: skip
    return RunRow(**{**values, **changes})


NOTHING, UNMEASURED = Figure(0, 0, (0, 0, 0)), Figure(None, None)


@dataclass
class PlainPeriods:
    """The numbers of a period, as plain values: three days, nothing of the two districts unless a test says so."""

    question: Question
    total: Figure = NOTHING
    serious: Figure = NOTHING
    closed_hours: Figure = UNMEASURED
    congested_share: Figure = UNMEASURED
    delay: Figure = UNMEASURED
    families: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    before_by_day: tuple[int, ...] = (0, 0, 0)
    categories: tuple[CategoryRow, ...] = ()
    districts: tuple[DistrictRow, ...] = ()
    axes: tuple[AxisRow, ...] = ()
    heat: tuple[tuple[float | None, ...], ...] = ((None,) * 24,) * 7
    coverage: Heard = field(default_factory=lambda: Heard(share=None, partial={}, since=None))

    @property
    def kinds(self) -> tuple[CategoryRow, ...]:
        """The categories by family."""
        return families_of(self.categories)


@dataclass
class PlainHouse:
    """Answers from lists; `asked` remembers the questions to the periods, `told` is what their numbers are."""

    city: City = CITY
    sources: Sequence[Source] = ()
    events: Mapping[str, KeptEvent] = field(default_factory=dict)
    run_lists: Mapping[str, Sequence[RunRow]] = field(default_factory=dict)
    states: Sequence[Mapping[str, Any]] = ()
    bars: Mapping[str, Sequence[HalfHour]] = field(default_factory=dict)
    reject_rows: Sequence[RejectRow] = ()
    withheld_rows: Mapping[str, Sequence[WithheldRow]] = field(default_factory=dict)
    published: Sequence[PublishedCount] = ()
    least_count: int = 5
    order_lists: Mapping[str, Orders] = field(default_factory=dict)
    field_lists: Mapping[str, Fields] = field(default_factory=dict)
    refusal: str | None = None
    order_error: Exception | None = None
    ordered: list[tuple[str, What, dict[str, str]]] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    told: Mapping[str, Any] = field(default_factory=dict)
    link_lines: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    met: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    is_moderator: bool = False
    link_error: Exception | None = None
    decided: list[tuple[str, tuple[str, str]]] = field(default_factory=list)

    desk: None = None

    def media_of(self, event_id: str) -> tuple[()]:
        return ()

    def join_media(self, event_id: str, ids: Sequence[str]) -> int:
        return 0

    def member(self) -> None:
        return None

    def open_reviews(self) -> int:
        return 0

    def signed_in(self, lang: str) -> None:
        return None

    def boot(self, lang: str) -> Boot:
        return Boot(
            city_name="Ville", timezone="Europe/Paris", center=(5.4, 43.3), zoom=13.0, is_demo=True, lang=lang,
            districts=tuple(DistrictName(item.code, item.short, item.name) for item in CITY.districts),
            organisations=(OrganisationName("prefecture", {"fr": "Préfecture", "en": "Prefecture"}[lang]),),
        )  # fmt: skip

    def clock(self) -> datetime:
        return NOW

    def event(self, event_id: str) -> KeptEvent | None:
        return self.events.get(event_id)

    def versions(self, event_id: str) -> Sequence[Any]:
        return [None] * self.events[event_id].version

    def related(self, event: KeptEvent) -> Sequence[KeptEvent]:
        return [one for one in self.events.values() if one.id != event.id]

    def conflicts(self, event_id: str) -> Sequence[Any]:
        return self.met.get(event_id, ())

    def links(self, event_id: str) -> Sequence[Any]:
        return self.link_lines.get(event_id, ())

    def may_link(self) -> bool:
        return self.is_moderator

    def decide_link(self, action: str, pair: tuple[str, str]) -> None:
        if self.link_error is not None:
            raise self.link_error
        self.decided.append((action, pair))

    def source_states(self) -> Sequence[Any]:
        return ()

    def source_objects(self) -> Sequence[Mapping[str, Any]]:
        return self.states

    def runs(self, source_id: str, limit: int) -> Sequence[RunRow]:
        return list(self.run_lists.get(source_id, ()))[:limit]

    def half_hours(self, source_ids: Collection[str]) -> Mapping[str, Sequence[HalfHour]]:
        return {key: rows for key, rows in self.bars.items() if key in source_ids}

    def rejects(self, run_id: int) -> Sequence[RejectRow]:
        return [row for row in self.reject_rows if row.run_id == run_id]

    def orders(self, source_id: str) -> Orders:
        return self.order_lists.get(source_id, Orders())

    def fields(self, source_id: str) -> Fields:
        return self.field_lists.get(source_id, Fields())

    def refusal_of_orders(self) -> str | None:
        return self.refusal

    def order(self, source_id: str, what: What, **told: str) -> None:
        if self.refusal:
            raise AccessDenied(self.refusal)
        if self.order_error:
            raise self.order_error
        self.ordered.append((source_id, what, told))

    def withheld_words(self, source_id: str) -> Sequence[WithheldRow]:
        return self.withheld_rows.get(source_id, [])

    def periods(self, question: Question) -> Any:
        self.asked.append(question)
        none = {"before_by_day": (0,) * len(question.compared)}
        return PlainPeriods(question, **(none | dict(self.told)))

    def published_counts(self) -> Sequence[PublishedCount]:
        return self.published


@pytest.fixture
def plain_house() -> PlainHouse:
    return PlainHouse()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def source_of() -> Any:
    """Return the function that makes a source."""
    return make_source


@pytest.fixture
def run_of() -> Any:
    """Return the function that makes a run some minutes ago."""
    return make_run
