"""A second opinion on texts the gate cleared: a trained model finds names of persons that no rule announces. Off by default.

It is never the gate: it runs in a process of its own, under an interpreter that has spaCy and a French model (`make
reader`), and can only turn "cleared" into "review". Where it is switched on and does not answer, the text is withheld.
"""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from privacy import text as text_gate
from privacy.child_process import end, read_some
from privacy.gazetteer import EMPTY, Gazetteer
from privacy.hits import PiiType, read_passage
from privacy.normalise import normalise
from privacy.screen import Scan
from privacy.text import Span, Verdict

WORKER = Path(__file__).with_name("reader_worker.py")
ANSWER_WITHIN_S = 2.0
START_WITHIN_S = 60.0
REST_S = 30.0  # between two starts of a worker that fails

_log = logging.getLogger(__name__)


class SecondReader:
    """Scans as the gate does, then asks the worker. `python` is the interpreter that has the model."""

    def __init__(self, python: str, worker: Path = WORKER, *, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        # -I: modules of this folder are called like some of the standard library's.
        self._command = (python, "-I", str(worker))
        self._answer_within_s = answer_within_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._begun_at = -REST_S

    def version_of(self, gazetteer: Gazetteer) -> str:
        """Return the version of the gate with this gazetteer and a second reader."""
        return f"{text_gate.version_of(gazetteer)}+2"

    def __call__(self, text: str, gazetteer: Gazetteer = EMPTY) -> Verdict:
        """Return the gate's verdict, or `review` where it cleared and the second reader sees a person outside the city's places."""
        verdict = text_gate.scan(text, gazetteer)
        if verdict.kind != "cleared" or not any(letter.isupper() for letter in text):
            return verdict
        version, plain = self.version_of(gazetteer), normalise(text)
        told = self._ask(plain.text)
        if told is None:
            return Verdict("review", (Span(0, len(text), PiiType.GATE_ERROR),), version)
        places = read_passage(plain.text, gazetteer).places
        spans = tuple(
            Span(*plain.original(start, end), PiiType.PERSON) for start, end in told if not places.touch(start, end)
        )
        return Verdict("review" if spans else "cleared", spans, version)

    def close(self) -> None:
        """End the worker."""
        with self._turn:
            self._stop()

    def _ask(self, text: str) -> Sequence[tuple[int, int]] | None:
        """Return the persons the worker names, None when it does not answer in time or not in its form."""
        with self._turn:
            process = self._running()
            if process is None or process.stdin is None:
                return None
            try:
                process.stdin.write(json.dumps(text).encode() + b"\n")
                process.stdin.flush()
                answer = json.loads(_line(process, self._answer_within_s))
                return [(int(start), int(end)) for start, end in answer if 0 <= int(start) < int(end) <= len(text)]
            except (OSError, ValueError, TypeError, TimeoutError) as error:
                _log.error("the second reader did not answer (%s): what it was asked is withheld", type(error).__name__)
                self._stop()
                return None

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is not None and self._process.poll() is None:
            return self._process
        if monotonic() - self._begun_at < REST_S:
            return None
        self._begun_at = monotonic()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the operator's own interpreter, a file of ours
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
            )
            if json.loads(_line(self._process, START_WITHIN_S)) == "ready":
                return self._process
        except (OSError, ValueError, TimeoutError) as error:
            _log.error("the second reader cannot be started (%s): look at SECOND_READER", type(error).__name__)
        self._stop()
        return None

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process)


def open_reader(python: str | None, at_end: Callable[[Callable[[], None]], object]) -> Scan:
    """Return what scans texts: the gate alone, or with the second reader of an interpreter, ended with `at_end`."""
    if python is None:
        return text_gate.scan
    reader = SecondReader(python)
    at_end(reader.close)
    return reader


def _line(process: subprocess.Popen[bytes], within_s: float) -> bytes:
    """Return the worker's next line; raise TimeoutError when it is not whole in time, OSError when it ended."""
    deadline, line = monotonic() + within_s, bytearray()
    while not line.endswith(b"\n"):
        line += read_some(process, 65536, deadline)
    return bytes(line)
