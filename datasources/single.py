"""A document outside any catalogue, as if it were a source's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from datasources.catalogue import make_adapter
from datasources.contract import Coverage, Document, Reading, Reference, Source
from events.audience import PUBLIC
from events.errors import ConfigurationError, DocumentUnreadable

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


def read_file(source: Source, path: Path, retrieved_at: datetime, tables: Mapping[str, Path]) -> Reading:
    """Return what a file holds as a document of this source; `tables` are the files of those it refers to.

    Raises ConfigurationError for a file that cannot be read, with its name.
    """
    references = {name: Reference(url=table.name) for name, table in tables.items()}
    adapter = make_adapter(replace(source, references=references))
    part = path
    try:
        for name, table in tables.items():
            part = table
            adapter.learn(name, _document(table, retrieved_at))
        part = path
        return adapter.read(_document(path, retrieved_at))
    except DocumentUnreadable as error:
        raise ConfigurationError(f"{part}: {error.message}") from None


def _document(path: Path, retrieved_at: datetime) -> Document:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from None
    return Document(lambda: path.open("rb"), media_type="", url=path.name, retrieved_at=retrieved_at)
