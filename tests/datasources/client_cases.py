"""What the tests of the datasources room share: a source, a document's reader, past runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from datasources.contract import Adapter, Coverage, Document, PastRun, Reading, Source, Verdict
from events.audience import PUBLIC
from events.errors import DocumentUnreadable

TLS = httpx.create_ssl_context(trust_env=False)  # reading the authorities takes a while: once is enough
NOW = datetime(2026, 11, 14, 14, 32, tzinfo=UTC)


def make_source(url: str = "http://127.0.0.1/feed", **changes: object) -> Source:
    values: dict[str, object] = {
        "id": "city-works",
        "kind": "geojson",
        "title": "Works",
        "organisation": "city",
        "licence": "etalab-2.0",
        "url": url,
        "poll_every": timedelta(seconds=30),
        "timezone": "Europe/Paris",
        "area": (5.0, 43.0, 6.0, 44.0),
        "coverage": Coverage.SNAPSHOT,
        "default_audience": PUBLIC,
        "maintainer": "roads@city.example",
        "allowed_networks": ("127.0.0.1/32",),
        "deadline": timedelta(seconds=5),
    }
    return Source(**{**values, **changes})  # type: ignore[arg-type]


class LineAdapter(Adapter):
    """Reads a document whose every line is the id of a withdrawn record; 'broken' cannot be read."""

    kind = "lines"

    def read(self, document: Document) -> Reading:
        text = document.read().decode()
        if text == "broken":
            raise DocumentUnreadable(self.source.id, "line 1: not what we expect")
        if text == "crash":
            raise KeyError(text)
        return Reading(withdrawn=tuple(text.split()))


def past(verdict: Verdict, records: int = 100, rejected: int = 0, sha256: str | None = "a") -> PastRun:
    return PastRun(verdict=verdict, records_seen=records, rejected=rejected, sha256=sha256, finished_at=NOW)
