"""The operator's commands on the database itself; each takes an open one and returns its exit status."""

from __future__ import annotations

import sys
from pathlib import Path

from store import chain, control_reports, maintenance
from store.database import Database
from store.schema import check_version


def verify(database: Database) -> int:
    """Walk the chain of every event and the database's own file; say what does not hold."""
    check_version(database)
    report = chain.verify(database)
    wrong = maintenance.integrity(database)
    for broken in report.breaks:
        _say(f"event {broken.event_id}, version {broken.version}: {broken.reason}")
    for sentence in wrong:
        _say(f"{database.label}: {sentence}")
    reports, broken_report = control_reports.verify(database)
    if broken_report is not None:
        _say(f"control report {broken_report}: it is not the one that was made, or one before it is missing")
    faults = len(report.breaks) + len(wrong) + (broken_report is not None)
    _say(f"{report.events} events, {report.versions} versions, {reports} control reports, {faults} faults")
    return 1 if faults else 0


def backup(database: Database, file: Path) -> int:
    """Copy the database to a new file while it is used."""
    check_version(database)
    maintenance.backup(database, file)
    _say(f"{file} holds {database.label}")
    return 0


def restore(database: Database, file: Path, *, is_forced: bool) -> int:
    """Put a backup in the place of the database, and walk the chain of every event."""
    maintenance.restore(database, file, is_forced=is_forced)
    wrong = maintenance.faults(database)
    for sentence in wrong:
        _say(sentence)
    _say(f"{database.label} holds {file}: {len(wrong)} faults")
    return 1 if wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
