"""Documents of the past of a source, admitted like a poll: under its agreement, through the privacy gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from access.agreements import open_agreements
from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import Adapter, Reference, Source
from datasources.dated import replayed
from datasources.references import References
from datasources.single import learn_files
from events.city import City
from events.city_file import Thresholds
from events.errors import ConfigurationError, SourceError
from privacy.gate import Admission, BatchWriter, Gate
from privacy.gazetteer import Gazetteer
from privacy.screen import clearer
from store import readers
from store.database import Database


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one document: its own time, why that time would have called it degraded or failed, what was kept."""

    at: datetime
    reason: str | None
    admission: Admission

    def __str__(self) -> str:
        done, told = self.admission.applied, "" if self.reason is None else f"; ends nothing: {self.reason}"
        return (
            f"{self.at:%Y-%m-%dT%H:%MZ}: {self.admission.records_seen} records; {done.new} new, {done.changed} changed, "
            f"{done.unchanged} kept as they were, {self.admission.rejects} not used{told}"
        )


def import_documents(  # noqa: PLR0913 - the doors of the rooms it passes
    source: Source,
    paths: Sequence[Path],
    tables: Mapping[str, Path],
    database: Database,
    writer: BatchWriter,
    *,
    city: City,
    thresholds: Thresholds,
    sources: Sequence[Source],
    gazetteer: Gazetteer,
    key: bytes,
    agreements: Path,
    client: GuardedClient,
    clock: Callable[[], datetime],
) -> Iterator[Imported]:
    """Keep what dated documents of a source tell of the past, one by one, in their own time; newer state stays as it is.

    `tables` are files of tables that the documents refer to; the others are asked for. Raises ConfigurationError, before
    anything is kept, naming a document without a date or a table that cannot be had. Raises StoreUnavailable: documents
    before that are kept, and the same import again takes the rest.
    """
    now, adapter = clock(), _adapter(source, tables, client, clock())
    agreed = open_agreements(database, agreements, sources, city.timezone, clearer(gazetteer), clock)
    gate = Gate(
        writer,
        gazetteer,
        clock,
        key=key,
        allowed_fields=agreed.allowed_fields,
        allowed_kinds=agreed.allowed_kinds,
        fields_of=partial(readers.fields_of, database),
    )
    for run in replayed(adapter, paths, now, thresholds.vouches_for(source.poll_every)):
        assert run.past is not None
        yield Imported(run.past.at, run.reason, gate.admit(run))


def _adapter(source: Source, tables: Mapping[str, Path], client: GuardedClient, now: datetime) -> Adapter:
    """Return the adapter with every table it needs: what is imported without its place could not get one later."""
    given = {name: Reference(url=table.name) for name, table in tables.items()}
    adapter = make_adapter(replace(source, references={**source.references, **given}))
    learn_files(adapter, tables, now)
    references = References(adapter, client, known=tables)
    try:
        references.refresh()
    except SourceError as error:
        raise ConfigurationError(f"{error.message}; --table NAME=FILE gives it") from None
    for name, why in references.missing.items():
        raise ConfigurationError(f"the table {name!r} cannot be had: {why.message}; --table {name}=FILE gives it")
    return adapter
