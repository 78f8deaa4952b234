"""`manage.py papers`: writes the papers to a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from api.house import House
from components.boot import LANGUAGES

Opened = Callable[[], AbstractContextManager[House]]
RESULTS = Path(__file__).resolve().parents[2] / "var"


def add_papers(commands: Any, opened: Opened) -> None:
    """Add the command to a program; `opened` opens the city."""

    def run(options: argparse.Namespace) -> int:
        from api.papers.writing import write_papers

        results = options.results or sorted(RESULTS.glob("results-*.xml"))
        with opened() as house:
            written = write_papers(house, options.folder, options.lang, results)
        sys.stdout.write("".join(f"{path}\n" for path in written))
        return 0

    made = commands.add_parser(
        "papers", help="Write register, impact assessment annex, algorithm sheets and minimum-data audit."
    )
    made.add_argument("folder", metavar="DIR", type=Path)
    made.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    made.add_argument(
        "--results",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="JUnit files of the last tests; without any: those of make test",
    )
    made.set_defaults(run=run)
