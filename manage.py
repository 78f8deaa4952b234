"""The operator's commands; each exits with 0 only when all holds, with 1 when something does not, with 2 when it cannot run."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from access.agreement_file import Agreement, allowed_by, covering, read_agreements
from access.agreements import Agreements
from access.catalogue_check import problems_of
from access.commands import Installation, add_commands
from access.house import open_access
from api.command_line import parser_of
from api.control.commands import add_control
from api.freshness import late_after
from api.house import House, now
from api.papers.commands import add_papers
from api.past import import_documents
from datasources.catalogue import adapter_class, make_adapter, missing_secrets
from datasources.client import GuardedClient
from datasources.contract import Failed, Fetched, Source
from datasources.describe import read_options
from datasources.polling import poll
from datasources.references import References
from datasources.single import golden_case, read_file, source_named, source_of_document
from demo.child import running
from events.audience import CITY_READER, read_audience
from events.errors import AppError, ConfigurationError
from events.taxonomy import categories
from privacy.gazetteer import city_gazetteer
from privacy.place_files import keep_places
from privacy.quarantine import opened
from privacy.screen import clearer
from privacy.trial import rehearse, summary_of
from privacy.upkeep import Upkeep, done_told, due_told
from privacy.verdicts import verdicts
from settings import (
    ADDRESSES_FILE,
    PLACES_FILE,
    QUARANTINE_FOLDER,
    ROOT,
    Settings,
    gate_key,
    load_settings,
    place_names,
    read_secrets,
    read_sources,
    settings_of,
)
from store import commands
from store.database import Database, connect
from store.schema import check
from store.writer import Writer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    options = parser_of(COMMANDS, _further).parse_args(arguments)
    try:
        status: int = options.run(options)
    except AppError as error:
        sys.stderr.write(f"manage.py: {error}\n")
        return 2
    except BrokenPipeError:
        return 1
    return status


def read(options: argparse.Namespace) -> int:
    """Read one document as a kind and print what it holds."""
    chosen = read_options(options.option)
    tables = {name: Path(str(chosen.pop(name))) for name in adapter_class(options.kind).reference_names & set(chosen)}
    source = source_of_document(options.kind, chosen, load_settings().city.timezone)
    return _print_reading(source, options.file, datetime.now(UTC), tables)


def replay(options: argparse.Namespace) -> int:
    """Read a golden case: a folder `<kind>/<case>` with document.* and case.toml."""
    folder: Path = options.folder
    path, case = golden_case(folder)
    settings = load_settings()
    source = source_of_document(folder.resolve().parent.name, case.get("options", {}), settings.city.timezone)
    audience = read_audience(str(case.get("audience", "public")))
    source = replace(source, area=settings.city.area, default_audience=audience)
    tables = {path.stem.removeprefix("reference-"): path for path in folder.glob("reference-*.*")}
    return _print_reading(source, path, case["retrieved_at"], tables)


def gate(options: argparse.Namespace) -> int:
    """Print the verdict of the privacy gate on each line `{"text": ...}` of a file."""
    told = verdicts(options.file, city_gazetteer((settings := load_settings()).city, place_names(settings)))
    sys.stdout.writelines(f"{line}\n" for line in told)
    return 0


def gazetteer(options: argparse.Namespace) -> int:
    """Give the privacy gate the names of the city's places, and the form its addresses: address base, GTFS or GeoJSON."""
    settings = load_settings()
    files = (settings.folder / name for name in (PLACES_FILE, ADDRESSES_FILE))
    print(keep_places(options.files, settings.city.area, *files))
    return 0


def quarantine(options: argparse.Namespace) -> int:
    """Print the withheld texts of the last 72 hours, which only the private key opens; see QUARANTINE_KEY."""
    sys.stdout.writelines(f"{line}\n" for line in opened(QUARANTINE_FOLDER, options.key))
    return 0


def verify(_: argparse.Namespace) -> int:
    """Walk the chain of every event and the database's own file."""
    with closing(_database()) as database:
        return commands.verify(database)


def backup(options: argparse.Namespace) -> int:
    """Copy the database to a new file while it is used."""
    with closing(_database()) as database:
        return commands.backup(database, options.file)


def restore(options: argparse.Namespace) -> int:
    """Put a backup in the place of the database, and walk the chain of every event."""
    with closing(connect(load_settings().database_url)) as database:
        return commands.restore(database, options.file, is_forced=options.force)


def purge(options: argparse.Namespace) -> int:
    """Delete what is past its time, by kind and source; with --dry-run only say what that is."""
    with _upkeep() as upkeep:
        if options.dry_run:
            print(due_told(upkeep.due()))
            return 0
        lines = upkeep.purge()
    print(done_told(lines, "deleted"))
    return 1 if lines[0].remaining else 0


def rescan(_: argparse.Namespace) -> int:
    """Read every stored text again with the gate of today; withdraw and list what it refuses."""
    with _upkeep() as upkeep:
        lines = upkeep.rescan()
    print(done_told(lines, "withdrawn"))
    return 1 if lines[0].done or lines[0].remaining else 0


def _further(known: Any) -> None:
    add_commands(known, _installation)
    add_control(known, _house)
    add_papers(known, _house)


@contextmanager
def _house() -> Iterator[House]:
    """Open the city as it is kept, without serving it."""
    settings = load_settings()
    with closing(_database()) as database:
        check(database)
        gazetteer, sources = city_gazetteer(settings.city, place_names(settings)), _catalogue(settings)
        access = open_access(
            database, gate_key(settings), now, clearer(gazetteer), CITY_READER if settings.is_demo else None
        )
        yield House(
            database=database, city=settings.city, sources=sources, said=settings.city_file, viewer_rule=access.viewer,
            clock=now, heartbeat=lambda: None, access=access, gazetteer=gazetteer, is_https_only=settings.is_https_only,
        )  # fmt: skip


@contextmanager
def _installation() -> Iterator[Installation]:
    """Open what the commands on organisations, accounts and devices work on."""
    with _house() as house:
        assert house.access is not None
        yield Installation(
            access=house.access,
            districts={name: one.code for one in house.city.districts for name in (one.code, one.short)},
            categories=categories(),
            sources={one.id: one.organisation for one in house.sources},
        )


def _catalogue(settings: Settings) -> tuple[Source, ...]:
    """Return the sources of the catalogue; of a demonstration too, which need not run."""
    return read_sources(settings, settings.demo_url or "http://127.0.0.1:9" if settings.is_demo else None)


@contextmanager
def _upkeep() -> Iterator[Upkeep]:
    settings, database = load_settings(), _database()
    try:
        check(database)
        agreed = Agreements(database, {one.id: one.organisation for one in _catalogue(settings)}, now)
        gazetteer, kept = city_gazetteer(settings.city, place_names(settings)), settings.city_file.retention
        yield Upkeep(database, kept, agreed, now, gazetteer=gazetteer, key=gate_key(settings))
    finally:
        database.close()


def source_check(options: argparse.Namespace) -> int:
    """Read every catalogue of a city, make every adapter, look for agreements and credentials; ask no partner."""
    folders = options.folder or [load_settings().folder]
    return max([_check_catalogue(folder, is_demo) for folder in folders for is_demo in (True, False)])


def _check_catalogue(folder: Path, is_demo: bool) -> int:
    """Return 1 when something of a catalogue does not hold, 0 when all does or the city has no such catalogue."""
    catalogue = folder / ("demo.toml" if is_demo else "sources.toml")
    if not catalogue.is_file():
        return 0
    try:
        settings = settings_of(folder, is_demo=is_demo)
        sources = read_sources(settings, "http://127.0.0.1:9" if is_demo else None)
        agreements = read_agreements(settings.agreements)
    except ConfigurationError as error:
        print(error)
        return 1
    secrets = read_secrets(name for source in sources for name in source.header_env.values())
    known = {organisation.id for organisation in settings.city_file.organisation}
    lacking = missing_secrets(sources, secrets)
    problems = problems_of(sources, agreements, known, lacking, datetime.now(UTC).date())
    for problem in problems:
        print(problem)
    paused = sum(not one.is_enabled for one in sources)
    print(f"{catalogue}: {len(sources)} sources, {paused} paused, {len(problems)} problems")
    return 1 if problems else 0


def source_try(options: argparse.Namespace) -> int:
    """Poll one source once, keep nothing, and print what would come in, how fresh it is, what is left out and why."""
    settings = load_settings()
    with _partners(settings) as demo_url:
        source = source_named(options.id, read_sources(settings, demo_url))
        client = GuardedClient(secrets=read_secrets(source.header_env.values()))
        adapter = make_adapter(source)
        logging.getLogger("datasources.references").setLevel(logging.WARNING)  # a table that is missing is told
        References(adapter, client).refresh()
        started_at = datetime.now(UTC)
        outcome = poll(adapter, client)
    if isinstance(outcome, Failed):
        sys.stderr.write(f"manage.py: {outcome.error}\n")
        return 1
    assert isinstance(outcome, Fetched)
    agreed = covering(read_agreements(settings.agreements), source.id, source.organisation, started_at.date())
    if not agreed:
        sys.stderr.write(f"manage.py: no agreement of {settings.agreements.name} covers it: it would not be polled\n")
    told = _print_trial(outcome, settings, started_at, late_after(source, None), agreed)
    return 1 if told["rejects"] else 0


def import_past(options: argparse.Namespace) -> int:
    """Read dated documents of a source into the past, in their own time; what is kept already stays as it is."""
    settings, database = load_settings(), _database()
    sources = read_sources(settings, settings.demo_url or "http://127.0.0.1:9" if settings.is_demo else None)
    source = source_named(options.id, sources)
    tables = {name: Path(str(file)) for name, file in read_options(options.table).items()}
    try:
        check(database)
        done = import_documents(
            source, options.file, tables, database, Writer(database, settings.city, now), city=settings.city,
            thresholds=settings.city_file.thresholds, sources=sources,
            gazetteer=city_gazetteer(settings.city, place_names(settings)), key=gate_key(settings), clock=now,
            agreements=settings.agreements, client=GuardedClient(secrets=read_secrets(source.header_env.values())),
        )  # fmt: skip
        is_whole = True
        for one in done:
            print(one)
            is_whole &= one.reason is None and not one.admission.rejects
    finally:
        database.close()
    return 0 if is_whole else 1


def _database() -> Database:
    url = load_settings().database_url
    place = url.partition(":///")[2]
    if url.startswith("sqlite") and not Path(place).is_file():
        raise ConfigurationError(f"DATABASE_URL: there is no database {place}; the server makes it when it starts")
    return connect(url)


def _partners(settings: Settings) -> AbstractContextManager[str | None]:
    is_there = not settings.is_demo or settings.demo_url is not None
    return nullcontext(settings.demo_url) if is_there else running(settings.folder, settings.demo_events, ROOT)


def _print_reading(source: Source, path: Path, retrieved_at: datetime, tables: Mapping[str, Path]) -> int:
    reading = read_file(source, path, retrieved_at, tables)
    outcome = Fetched(source=source, reading=reading, sha256="", size=0, http_status=200)
    _print_trial(outcome, load_settings(), retrieved_at)
    return 0


def _print_trial(
    outcome: Fetched, settings: Settings, at: datetime, limit: timedelta | None = None, agreed: Sequence[Agreement] = ()
) -> dict[str, object]:
    """Print what would be kept of a reading as JSON, and a line about it on the error stream."""
    gazetteer = city_gazetteer(settings.city, place_names(settings))
    told = rehearse(outcome, at, gazetteer, limit, allowed_by(agreed) if agreed else None)
    print(json.dumps(told, ensure_ascii=False, indent=1))
    sys.stderr.write(f"{summary_of(outcome.source.id, told)}\n")
    return told


_COMMANDS = (
    backup, gate, gazetteer, import_past, purge, quarantine, read, replay, rescan, restore, source_check, source_try, verify,
)  # fmt: skip
COMMANDS = {one.__name__: one for one in _COMMANDS}


if __name__ == "__main__":
    sys.exit(main())
