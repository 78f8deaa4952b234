"""A private PostgreSQL server for the tests: its own folder, an ordinary user, stopped by its id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.house import free_port

USER, PASSWORD = "observatory", "not-a-secret"
ABSENT = "PostgreSQL is not installed: run `make tools` (Debian: postgresql)"
# What a test machine may do without: nothing outlives it. The order of texts is French on purpose: nothing of ours
# may depend on the order of bytes.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "32MB"}
_INITDB = ("-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
_FRENCH = ("--locale-provider=icu", "--icu-locale=fr-FR")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest version there is; None when it is not installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return max(
        folders, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()], default=None
    )


def _ordinary_user() -> dict[str, object]:
    """Return what a process needs to run as somebody else than root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@dataclass
class PostgresServer:
    """A cluster in a temporary folder; `url` gives the address of one of its databases."""

    programs: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="observatory-pg-")))
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    made: int = 0

    def make(self) -> None:
        """Make the cluster, start it, and let the software's own user make databases."""
        user = _ordinary_user()
        if user:
            os.chown(self.folder, int(str(user["user"])), int(str(user["group"])))
        command = [str(self.programs / "initdb"), "-D", str(self.folder / "data"), *_INITDB, *_FRENCH]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **user)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.folder / "data" / "pg_hba.conf").write_text(rules)
        self.start()
        with self.operator() as operator:
            operator.execute(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")

    def start(self) -> None:
        told = {
            **_SETTINGS,
            **self.settings,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
        }
        options = [part for name, value in told.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *options]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **_ordinary_user())  # type: ignore[call-overload]
        until = time.monotonic() + 30
        while True:
            try:
                self.operator().close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "server.log").read_text()[-2000:]
                assert time.monotonic() < until, "PostgreSQL did not start in time"
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT lets it end in order, SIGQUIT at once as a crash does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def operator(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the server's operator, who may do everything; each statement is committed."""
        place = {"host": str(self.folder), "port": self.port, "user": "postgres", "dbname": database}
        return psycopg.connect(**place, autocommit=True)  # type: ignore[arg-type]

    def url(self, database: str, *, password: str | None = None) -> str:
        """Return the address of a database: through the socket, or with a password through the network."""
        if password is not None:
            return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}"

    def new(self, template: str = "template1") -> str:
        """Make a database like another one and return its address."""
        self.made += 1
        name = f"test{self.made}"
        with self.operator() as operator:
            operator.execute(f"CREATE DATABASE {name} OWNER {USER} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = name_of(url)
        with self.operator() as operator:
            operator.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def name_of(url: str) -> str:
    """Return the name of the database in an address."""
    return url.rsplit("/", 1)[1].partition("?")[0] if "@/" not in url else url.partition("@/")[2].partition("?")[0]
