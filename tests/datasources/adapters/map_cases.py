"""Sources, documents and readings for tests of field maps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from datasources.catalogue import make_adapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC, Audience

AREA = (5.0, 43.0, 6.0, 44.0)
URL = "https://city.example/api/works?page=1"


def source(kind: str, options: dict[str, object], audience: Audience = PUBLIC, max_bytes: int = 1_000_000) -> Source:
    return Source(
        id="city-works", kind=kind, title="Works", organisation="streets", licence="LO", url=URL,
        poll_every=timedelta(minutes=1), timezone="Europe/Paris", area=AREA, coverage=Coverage.SNAPSHOT,
        default_audience=audience, maintainer="city", options=options, max_bytes=max_bytes,
    )  # fmt: skip


def document(body: object) -> Document:
    """Return a document: bytes and texts as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Document(raw, media_type="", url=URL, retrieved_at=datetime(2026, 11, 7, 14, tzinfo=UTC))


def reading(kind: str, body: object, options: dict[str, object], audience: Audience = PUBLIC) -> Reading:
    return make_adapter(source(kind, options, audience)).read(document(body))
