"""Lines of the log: one each, in the chosen form, without addresses, queries and words of exceptions."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading

import pytest

from api.logs import redacted, write_logs
from tests.api.served import ROOT


@pytest.fixture
def log_of(capsys):
    """Give a function that writes the logs in a form, does something, and returns the lines."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, logging.raiseExceptions)

    def of(form: str, *acts) -> list[str]:
        write_logs(form)
        for act in acts:
            act()
        return capsys.readouterr().err.splitlines()

    yield of
    root.handlers[:], root.level, sys.excepthook, threading.excepthook, logging.raiseExceptions = before
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("from 203.0.113.77:4711 it came", "from 203.0.113.0/24:4711 it came"),
        ("on http://127.0.0.1:8050", "on http://127.0.0.1:8050"),
        ("client ('198.51.100.9', 5)", "client ('198.51.100.0/24', 5)"),
        ("at 2001:db8:aaaa:bbbb:1:2:3:4 and fe80::1%eth0", "at 2001:db8:aaaa::/48 and fe80::/48"),
        ("::ffff:203.0.113.77", "::ffff:203.0.113.0/24"),
        ("at 12:34:56, from ::1", "at 12:34:56, from ::1"),
        ("GET /api/events?q=Jeanne+Martin HTTP/1.1", "GET /api/events?… HTTP/1.1"),
        ("did you mean PORT? (allowed: x)", "did you mean PORT? (allowed: x)"),
    ],
)
def test_line_loses_what_leads_to_a_person(told, written) -> None:
    assert redacted(told) == written


def test_json_line_has_time_level_logger_and_event(log_of) -> None:
    line, *rest = log_of("json", lambda: logging.getLogger("api.live").warning("waits %s s", 3))
    told = json.loads(line)
    assert rest == []
    assert {key: told[key] for key in ("level", "logger", "event")} == {
        "level": "warning",
        "logger": "api.live",
        "event": "waits 3 s",
    }
    assert told["time"].endswith("Z")
    assert set(told) == {"level", "logger", "event", "time"}


def test_text_line_is_one_line_whatever_it_holds(log_of) -> None:
    lines = log_of("text", lambda: logging.getLogger("x").error("a\n2026-11-24 INFO forged\x1b[31m"))
    assert len(lines) == 1
    assert lines[0].endswith("ERROR x: a 2026-11-24 INFO forged [31m")


@pytest.mark.parametrize("form", ["text", "json"])
def test_words_of_an_exception_are_never_written(log_of, form) -> None:
    def fail() -> None:
        try:
            int("Jeanne Martin, 06 12 34 56 78")
        except ValueError:
            logging.getLogger("api.live").exception("a batch could not be sent")

    (line,) = log_of(form, fail)
    assert "Jeanne" not in line
    assert "ValueError" in line
    assert "api/test_logs.py:" in line


def test_crash_of_a_thread_is_a_line_without_its_words(log_of) -> None:
    def crash() -> None:
        def fail() -> None:
            raise RuntimeError("Jeanne Martin")

        thread = threading.Thread(target=fail, name="poll-x")
        thread.start()
        thread.join()

    (line,) = log_of("json", crash)
    told = json.loads(line)
    assert (told["event"], told["failure"], "Jeanne" in line) == ("the thread poll-x broke", "RuntimeError", False)


def test_exception_nobody_waited_for_is_a_line_without_its_words(log_of) -> None:
    lines = log_of("json", lambda: logging.getLogger("asyncio").error("Task exception\nfuture: <ValueError('Jeanne')>"))
    assert json.loads(lines[0])["event"] == "Task exception"


def test_program_that_breaks_says_where_and_not_what() -> None:
    code = "from api.logs import write_logs; write_logs('json'); raise RuntimeError('Jeanne Martin')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stderr)["failure"] == "RuntimeError"
    assert "Jeanne" not in done.stderr
