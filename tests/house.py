"""The real server and its simulated partners, as processes of their own, started and stopped by their id."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, timeout: float = 5) -> bytes:
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return bytes(answer.read())


@dataclass
class Partners:
    """The simulated partners, on their own so that they outlive a killed server."""

    folder: Path
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "demo", "--port", "0", "--city", "cities/marseille", *self.arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r"port=(\d+)", self.process.stdout.readline())
        assert found is not None
        self.url = f"http://127.0.0.1:{found.group(1)}"

    def act(self, source: str, action: str, times: int | None = None) -> None:
        """Make a partner do something (fail, hang, empty, poison, bump, reset), for some answers or until reset."""
        query = "" if times is None else f"?times={times}"
        request = urllib.request.Request(f"{self.url}/_demo/{source}/{action}{query}", method="POST", data=b"")
        with urllib.request.urlopen(request, timeout=5):
            return

    def stop(self) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=5)
            assert self.process.stdout is not None
            self.process.stdout.close()


@dataclass
class Server:
    """The product itself on a free port, with its own database."""

    folder: Path
    partners: Partners
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings_url(self) -> str:
        """Return the address of the server's database."""
        return f"sqlite:///{self.folder / 'city.sqlite'}"

    def start(self, wait_s: float = 60) -> None:
        environment = {
            **os.environ,
            "OBSERVATORY_PORT": str(self.port),
            "OBSERVATORY_DATABASE_URL": self.settings_url(),
            "OBSERVATORY_DEMO_URL": self.partners.url,
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.wait(lambda: get(f"{self.url}/readyz") is not None, wait_s)

    def wait(self, is_there: Callable[[], bool], wait_s: float) -> None:
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "server.log").read_text()[-3000:]
            try:
                if is_there():
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.1)
        pytest.fail("the server did not get there in time:\n" + (self.folder / "server.log").read_text()[-3000:])

    def json(self, path: str) -> dict[str, object]:
        content: dict[str, object] = json.loads(get(self.url + path))
        return content

    def wait_for_events(self, count: int, wait_s: float = 60) -> None:
        """Wait until the partners' documents are in: at least `count` events in the default window."""

        def enough() -> bool:
            events = self.json("/api/snapshot")["events"]
            assert isinstance(events, dict)
            return len(events["id"]) >= count

        self.wait(enough, wait_s)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout=10)
