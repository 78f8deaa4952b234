"""A PostgreSQL database in one file and back: pg_dump's own format, made and read by PostgreSQL's programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from events.errors import ConfigurationError, StoreUnavailable
from store.tables import metadata

_DEBIAN = Path("/usr/lib/postgresql")
_VERSIONS = "alembic_version"  # Alembic's own table: which schema it is
_GUARD = "refuse_change()"  # what the triggers of append-only tables call


def dump(place: URL, label: str, target: Path) -> None:
    """Write the database to a new file, as it is at one moment, while it is used; raise StoreUnavailable."""
    command = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    done = _run([*command, f"--dbname={_address(place)}"], place)
    if done.returncode != 0:
        raise StoreUnavailable(_reason(done, f"the database {label} could not be copied"))


def holds_ours(file: Path) -> bool:
    """Tell whether a file is a whole archive of a database of this software."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
        [_program("pg_restore"), "--list", str(file)], capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and all(f" TABLE DATA public {name} " in done.stdout for name in (_VERSIONS, "event"))


def load(place: URL, label: str, file: Path) -> None:
    """Put the archive in the place of what the database holds, in one transaction: all of it, or nothing changes."""
    script = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
        [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)],
        capture_output=True,
        check=False,
    )
    if script.returncode != 0:
        raise ConfigurationError(f"{file} cannot be read to its end: nothing was changed, take another backup")
    names = ", ".join([*metadata.tables, _VERSIONS])
    cleared = f"DROP TABLE IF EXISTS {names} CASCADE;\nDROP FUNCTION IF EXISTS {_GUARD} CASCADE;\n".encode()
    command = [_program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    done = _run([*command, f"--dbname={_address(place)}"], place, cleared + script.stdout)
    if done.returncode != 0:
        raise StoreUnavailable(_reason(done, f"the database {label} could not be restored; it is as it was"))


def _program(name: str) -> str:
    newest = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: _version(path.parent.parent.name))
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise ConfigurationError(f"{name} is not installed: it comes with PostgreSQL's client programs")
    return found


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


def _address(place: URL) -> str:
    # Without the password: what stands in a command line can be read by every user of the machine.
    return place.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run(command: list[str], place: URL, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    password = {"PGPASSWORD": str(place.password)} if place.password else {}
    # HOME for its .pgpass; nothing else of this process's environment concerns these programs.
    base = {"PATH": os.defpath, "HOME": str(Path.home()), "LC_ALL": "C", "PGCONNECT_TIMEOUT": "10"}
    environment = base | password
    return subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
        command, input=given, capture_output=True, check=False, env=environment
    )


def _reason(done: subprocess.CompletedProcess[bytes], what: str) -> str:
    said = done.stderr.decode(errors="replace").lower()
    for sign, meaning in (
        ("version mismatch", "PostgreSQL's client programs are older than its server: install those of its version"),
        ("authentication failed", "it refuses the user or the password of DATABASE_URL"),
        ("no space left", "there is no room left on a disk"),
        ("permission denied", "this user may not read or write everything it takes: see who owns tables and folder"),
        ("no such file", "see that the folder exists and that PostgreSQL runs"),
        ("connection", "see that PostgreSQL runs"),
    ):
        if sign in said:
            return f"{what}: {meaning}"
    return f"{what} (exit status {done.returncode}): see PostgreSQL's log"
