"""The simulated partners as a process of their own, which ends with ours."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from events.errors import ConfigurationError

_STOP_S = 5.0


@dataclass(frozen=True)
class Child:
    """A running demonstration; `url` is its address on this machine."""

    process: subprocess.Popen[str]
    url: str

    def stop(self) -> None:
        """Close its standard input, which ends it; insist when it does not listen."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=_STOP_S)
        self.process.stdout.close()


def start_child(city: Path, events: int, root: Path) -> Child:
    """Start `python -m demo` for a city folder and return it once it listens; raise ConfigurationError when it cannot."""
    command = [sys.executable, "-m", "demo", "--port", "0", "--city", str(city), "--events", str(events)]
    process = subprocess.Popen(  # noqa: S603 - our own program, no shell
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    found = re.match(r"port=(\d+)$", process.stdout.readline().strip())
    if found is None:
        process.kill()
        process.wait(timeout=_STOP_S)
        raise ConfigurationError(
            "the demonstration's partners did not start; the line above says why (DEMO=0: do without)"
        )
    return Child(process, f"http://127.0.0.1:{found.group(1)}")


@contextmanager
def running(city: Path, events: int, root: Path) -> Iterator[str]:
    """Start the partners, give their address, and stop them."""
    child = start_child(city, events, root)
    try:
        yield child.url
    finally:
        child.stop()
