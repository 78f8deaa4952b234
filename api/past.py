"""Documents of the past of a source, admitted like a poll: under its agreement, through the privacy gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from access.agreements import open_agreements
from datasources.catalogue import make_adapter
from datasources.client import GuardedClient
from datasources.contract import Source
from datasources.dated import import_run, read_dated
from datasources.references import References
from events.city import City
from privacy.gate import Admission, BatchWriter, Gate
from privacy.gazetteer import Gazetteer
from privacy.screen import clearer
from store import readers
from store.database import Database


def import_documents(  # noqa: PLR0913 - the doors of the rooms it passes
    source: Source,
    paths: Sequence[Path],
    database: Database,
    writer: BatchWriter,
    *,
    city: City,
    sources: Sequence[Source],
    gazetteer: Gazetteer,
    key: bytes,
    agreements: Path,
    client: GuardedClient,
    clock: Callable[[], datetime],
) -> Admission:
    """Keep what dated documents of a source tell of the past, in their own time; what is kept already stays as it is.

    Raises ConfigurationError, naming the document, when one has no date or cannot be read: then nothing is kept.
    """
    adapter, now = make_adapter(source), clock()
    References(adapter, client).refresh()
    run = import_run(adapter, read_dated(adapter, paths, now), now)
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
    return gate.admit(run)
