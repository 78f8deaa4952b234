"""New databases for tests, one like the other, on each of the two kinds there are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from store.database import connect
from store.schema import migrate
from tests.postgres import PostgresServer, name_of


class Stores(Protocol):
    """Makes empty databases of this version's schema, quickly: each is a copy of the first."""

    kind: str

    def new(self) -> str:
        """Return the address of a new database."""

    def bare(self) -> str:
        """Return the address of a new database without any table."""

    def drop(self, url: str) -> None:
        """Remove it."""


class SqliteStores:
    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._first = folder / "first.db"
        _migrate(f"sqlite:///{self._first}")

    def new(self) -> str:
        url = self.bare()
        shutil.copy(self._first, url.removeprefix("sqlite:///"))
        return url

    def bare(self) -> str:
        self._made += 1
        place = self._folder / str(self._made)
        place.mkdir()
        return f"sqlite:///{place / 'town.db'}"

    def drop(self, url: str) -> None:
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent)


class PostgresStores:
    kind = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        first = server.new()
        _migrate(first)
        self._template = name_of(first)

    def new(self) -> str:
        return self._server.new(self._template)

    def bare(self) -> str:
        return self._server.new()

    def drop(self, url: str) -> None:
        self._server.drop(url)


def _migrate(url: str) -> None:
    database = connect(url)
    migrate(database)
    database.close()
