"""The command line of `manage.py`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from datasources.catalogue import ADAPTERS


def parser_of(
    run: Mapping[str, Callable[[argparse.Namespace], int]], further: Callable[[Any], None]
) -> argparse.ArgumentParser:
    """Return the parser of the command line; `run` holds what each command does, by name, `further` adds those of a room."""
    parser = argparse.ArgumentParser(prog="manage.py", description="The operator's commands.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: object, within: object = commands) -> argparse.ArgumentParser:
        assert isinstance(within, argparse._SubParsersAction)  # noqa: SLF001 - argparse gives its type no public name
        made = within.add_parser(name, help=(does.__doc__ or "").split("\n")[0])
        assert isinstance(made, argparse.ArgumentParser)
        made.set_defaults(run=does)
        return made

    _arguments_of_documents(command, run)
    command("gate", run["gate"]).add_argument("file", metavar="FILE.jsonl", type=Path)
    command("gazetteer", run["gazetteer"]).add_argument("files", metavar="FILE", type=Path, nargs="+")
    command("quarantine", run["quarantine"]).add_argument("key", metavar="PRIVATE.pem", type=Path)
    command("verify", run["verify"])
    command("backup", run["backup"]).add_argument("file", metavar="FILE", type=Path)
    restoring = command("restore", run["restore"])
    restoring.add_argument("file", metavar="FILE", type=Path)
    restoring.add_argument("--force", action="store_true", help="even when the database holds events: they are lost")
    command("purge", run["purge"]).add_argument(
        "--dry-run", action="store_true", help="say what would go, change nothing"
    )
    command("rescan", run["rescan"])
    of_sources = commands.add_parser("source", help="One source, or all of them.").add_subparsers(
        required=True, metavar="COMMAND"
    )
    command("try", run["source_try"], of_sources).add_argument("id", metavar="ID")
    command("check", run["source_check"], of_sources).add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="*", help="of a city; without one: the city of this process"
    )
    further(commands)
    return parser


def _arguments_of_documents(
    command: Callable[..., argparse.ArgumentParser], run: Mapping[str, Callable[[argparse.Namespace], int]]
) -> None:
    """Add the commands that read files as documents of partners."""
    reading = command("read", run["read"])
    reading.add_argument("kind", metavar="KIND", choices=sorted(ADAPTERS), help=", ".join(sorted(ADAPTERS)))
    reading.add_argument("file", metavar="FILE", type=Path)
    reading.add_argument(
        "--option", metavar="KEY=VALUE", action="append", default=[],
        help="an option of the adapter, or the file of a table it refers to",
    )  # fmt: skip
    command("replay", run["replay"]).add_argument("folder", metavar="FOLDER", type=Path)
    importing = command("import", run["import_past"])
    importing.add_argument("id", metavar="ID")
    importing.add_argument("file", metavar="FILE", type=Path, nargs="+")
    importing.add_argument(
        "--table", metavar="NAME=FILE", action="append", default=[], help="a table its documents refer to, as of then"
    )
