"""A source and a document for the tests of announcements, agendas and calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from datasources.catalogue import make_adapter
from datasources.contract import Coverage, Document, Reading, Source
from events.audience import PUBLIC

BASE = "https://ville.example/flux/annonces"
NOW = datetime(2026, 11, 7, 14, 32, 5, tzinfo=UTC)


def source(kind: str, **options: object) -> Source:
    return Source(
        id="ville-annonces", kind=kind, title="Announcements", organisation="ville", licence="LO", url=BASE,
        poll_every=timedelta(minutes=10), timezone="Europe/Paris", area=(5.0, 43.0, 6.0, 44.0),
        coverage=Coverage.DELTA, default_audience=PUBLIC, maintainer="city", max_age=timedelta(days=7),
        options=options,
    )  # fmt: skip


def read(kind: str, body: bytes | str, *, url: str = BASE, at: datetime = NOW, **options: object) -> Reading:
    content = body.encode() if isinstance(body, str) else body
    document = Document(content, media_type="", url=url, retrieved_at=at)
    return make_adapter(source(kind, **options)).read(document)


def why(reading: Reading) -> list[str]:
    return [reject.reason for reject in reading.rejects]


def paris(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a moment of 2026 by the clocks of winter in Paris."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)
