"""A program that is killed: applies batch after batch and prints the number of each one that was acknowledged."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def main() -> None:
    spec = importlib.util.spec_from_file_location("town", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["town"] = module
    spec.loader.exec_module(module)
    town = module.Town(sys.argv[1])
    first = int(sys.argv[2])
    for number in range(first, first + 100_000):
        severity = number % 5
        events = [town.event(f"e{n}", severity=module.Severity(severity)) for n in range(30)]
        events.append(town.event(f"mark-{number}"))
        town.poll(*events, road_states=(town.road(),), rejects=(town.reject("broken"),))
        print(number, flush=True)


main()
