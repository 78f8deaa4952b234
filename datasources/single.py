"""A document outside any catalogue, as if it were a source's."""

from __future__ import annotations

from datetime import timedelta

from datasources.contract import Coverage, Source
from events.audience import PUBLIC

_WORLD = (-180.0, -90.0, 180.0, 90.0)


def source_of_document(kind: str, options: dict[str, object], timezone: str) -> Source:
    """Return the source of one document of a kind, wherever in the world its records are."""
    return Source(
        id="one-document",
        kind=kind,
        title="One document",
        organisation="city",
        licence="unknown",
        url="file",
        poll_every=timedelta(minutes=1),
        timezone=timezone,
        area=_WORLD,
        coverage=Coverage.SNAPSHOT,
        default_audience=PUBLIC,
        maintainer="city",
        options=options,
    )
