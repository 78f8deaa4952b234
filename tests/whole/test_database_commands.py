"""The operator's commands on each kind of database, as programs of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from store import sqlite
from store.database import connect
from store.maintenance import faults
from tests.house import ROOT
from tests.postgres import PASSWORD, PostgresServer, name_of
from tests.stores import PostgresStores


def run(program: str, *arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OBSERVATORY_DATABASE_URL": url, "OBSERVATORY_PORT": "0"}
    command = [sys.executable, program, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_backup_verify_and_restore_are_commands_on_both_databases(
    store_url: str, bare_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "city.backup"
    done = run("manage.py", "backup", str(file), url=store_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert run("manage.py", "verify", url=store_url).stdout == "0 events, 0 versions, 0 control reports, 0 faults\n"
    done = run("manage.py", "restore", str(file), url=bare_url)
    assert (done.returncode, done.stderr) == (0, "")
    database = connect(bare_url)
    assert faults(database) == ()
    database.close()


def test_a_password_serves_the_commands_and_is_in_none_of_their_words(postgres: PostgresServer, tmp_path: Path) -> None:
    url = PostgresStores(postgres).new()
    name = name_of(url)
    done = run("manage.py", "backup", str(tmp_path / "city.backup"), url=postgres.url(name, password=PASSWORD))
    assert done.returncode == 0, done.stderr
    done = run("manage.py", "backup", str(tmp_path / "other.backup"), url=postgres.url(name, password="hunter2"))
    assert done.returncode == 2
    assert "refuses the user or the password of DATABASE_URL" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    postgres.drop(url)


def test_a_second_process_on_one_file_says_so_and_does_not_start(tmp_path: Path) -> None:
    file = tmp_path / "city.sqlite"
    release = sqlite.occupy(file)
    done = run("app.py", url=f"sqlite:///{file}")
    release()
    assert done.returncode == 2
    assert f"the database {file} is in use by another process of this software: stop that one first" in done.stderr
    assert len(done.stderr.splitlines()) == 1
