"""`manage.py control`: makes a report of the control of drift and says what it flags."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from api.control.making import Controls
from api.house import House
from components.control_names import Names, flag_told
from components.texts import words
from store.control_reports import KeptReport, flags_of

Opened = Callable[[], AbstractContextManager[House]]


def add_control(commands: Any, opened: Opened) -> None:
    """Add the command to a program; `opened` opens what is looked at."""

    def run(options: argparse.Namespace) -> int:
        with opened() as house:
            controls = Controls(house.database, house.city, house.sources, house.clock)
            made = controls.make(controls.month(controls.clock()) if options.month else None)
        if made is None:
            sys.stdout.write("the report of this month was made already; without --month one is made on demand\n")
            return 0
        sys.stdout.write("\n".join(told(made)) + "\n")
        return 1 if flags_of(made.content) else 0

    made = commands.add_parser(
        "control", help="Make a report of the control of drift; exit status 1 when it flags something."
    )
    made.add_argument(
        "--month", action="store_true", help="publish it as the report of this month, unless there is one"
    )
    made.set_defaults(run=run)


def told(made: KeptReport) -> list[str]:
    """Return a report as lines for the person at the machine, in English."""
    content = made.content
    names = Names({}, {}, words("en"))
    weeks, before = content["window_weeks"], content["baseline_weeks"]
    head = f"control report {made.id}, {made.sha256[:12]}: {content['records']} records by district in {weeks} weeks, beside {before} weeks before"
    flags = flags_of(content)
    lines = [head, *(f"flagged: {flag_told(one, names)}" for one in flags)]
    if not content["has_baseline"]:
        lines.append("changes were not measured: it takes 8 weeks before the window")
    return [*lines, f"{len(flags)} differences flagged"]
