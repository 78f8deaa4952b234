"""A document outside any poll: of no source, of a golden case, of a file; and one source by its id."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from datasources.catalogue import make_adapter
from datasources.contract import Adapter, Coverage, Document, Reading, Reference, Source
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
    learn_files(adapter, tables, retrieved_at)
    try:
        return adapter.read(document_of(path, retrieved_at))
    except DocumentUnreadable as error:
        raise ConfigurationError(f"{path}: {error.message}") from None


def learn_files(adapter: Adapter, tables: Mapping[str, Path], retrieved_at: datetime) -> None:
    """Let an adapter learn tables from files; raise ConfigurationError for one that cannot be read, with its name."""
    for name, table in tables.items():
        try:
            adapter.learn(name, document_of(table, retrieved_at))
        except DocumentUnreadable as error:
            raise ConfigurationError(f"{table}: {error.message}") from None


def document_of(path: Path, retrieved_at: datetime) -> Document:
    """Return a file as a document; raise ConfigurationError when it cannot be opened."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from None
    return Document(lambda: path.open("rb"), media_type="", url=path.name, retrieved_at=retrieved_at)


def golden_case(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    """Return the document of a golden case and what its case.toml says; raise ConfigurationError when it is none."""
    documents = sorted(folder.glob("document.*"))
    try:
        case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        raise ConfigurationError(f"{folder} is not a golden case: it needs case.toml and document.*") from None
    if len(documents) != 1 or not isinstance(case.get("retrieved_at"), datetime):
        raise ConfigurationError(f"{folder} needs one document.* and a retrieved_at in case.toml")
    return documents[0], case


def source_named(source_id: str, sources: Sequence[Source]) -> Source:
    """Return the source of this id; raise ConfigurationError that lists those there are."""
    by_id = {source.id: source for source in sources}
    if source_id not in by_id:
        raise ConfigurationError(f"there is no source {source_id[:80]!r}; there are: {', '.join(sorted(by_id))}")
    return by_id[source_id]
