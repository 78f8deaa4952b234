"""Where files of others are developed: a process of its own, asked one thing at a time; the bytes go there through a pipe."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from privacy.child_process import end, read_some
from privacy.media.boxes import Box
from privacy.media.refusals import Refused

START_WITHIN_S = 60.0
PHOTO_WITHIN_S = 60.0
PART_WITHIN_S = 120.0
WAIT_S = 30.0  # for what is before
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the process: what it `is`, its facts, its bytes."""

    facts: dict[str, Any]
    content: bytes

    @property
    def kind(self) -> str:
        """What the message is."""
        return str(self.facts["is"])


class Darkroom:
    """One process, started when it is first needed, ended with `close`. Questions wait for one another."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def look(self, content: bytes) -> Sequence[Told]:
        """Return `found`, and `made` with the rebuilt photo where nothing was; raise Refused."""
        return list(self._ask({"what": "look"}, content, PHOTO_WITHIN_S))

    def mask(self, content: bytes, boxes: Sequence[Box]) -> Told:
        """Return `made`: the rebuilt photo with these boxes and every face masked; raise Refused."""
        return next(iter(list(self._ask(_with(boxes, what="mask"), content, PHOTO_WITHIN_S))))

    def clip(self, content: bytes, zones: Sequence[Box], first: int) -> Iterator[Told]:
        """Yield `length`, `poster` and the masked parts of a clip from number `first` on; raise Refused."""
        return self._ask(_with(zones, what="clip", first=first), content, PART_WITHIN_S)

    def join(self, parts: Sequence[bytes]) -> bytes:
        """Return parts as one clip; raise Refused."""
        question = {"what": "join", "sizes": [len(one) for one in parts]}
        return next(iter(list(self._ask(question, b"".join(parts), PHOTO_WITHIN_S)))).content

    @property
    def pid(self) -> int | None:
        """The number of the process, None while there is none."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the process, also in the middle of a question."""
        process = self._process
        if process is not None:
            process.kill()
        with self._turn:
            self._stop()

    def _ask(self, question: dict[str, Any], content: bytes, within_s: float) -> Iterator[Told]:
        if not self._turn.acquire(timeout=WAIT_S):
            raise Refused("busy")
        is_whole = False
        try:
            process = self._running()
            _send(process, json.dumps({**question, "size": len(content)}).encode() + b"\n" + content)
            while (told := _receive(process, within_s)).kind not in ("end", "refused"):
                yield told
            is_whole = True
            if told.kind == "refused":
                raise Refused(str(told.facts["reason"]))
        except TimeoutError:
            raise Refused("slow") from None
        except (OSError, ValueError) as error:
            _log.error("the darkroom ended (%s): the file it had is lost, a new one starts", type(error).__name__)
            raise Refused("broken") from None
        finally:
            if not is_whole:
                self._stop()
            self._turn.release()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "privacy.media.worker"], cwd=_ROOT, env=_ENVIRONMENT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            )  # fmt: skip
            _receive(self._process, START_WITHIN_S)
        except (OSError, ValueError, TimeoutError) as error:
            self._stop()
            _log.error("the darkroom cannot be started (%s): no picture is taken", type(error).__name__)
            raise Refused("away") from None
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process)


def _with(boxes: Sequence[Box], **question: object) -> dict[str, Any]:
    return {**question, "boxes": [box.told for box in boxes]}


def _send(process: subprocess.Popen[bytes], question: bytes) -> None:
    assert process.stdin is not None
    left = memoryview(question)
    while left:
        left = left[process.stdin.write(left) :]


def _receive(process: subprocess.Popen[bytes], within_s: float) -> Told:
    """Return the next message; raise TimeoutError, or OSError when the process ended."""
    deadline = monotonic() + within_s
    head = bytearray()
    while not head.endswith(b"\n"):
        head += read_some(process, 1, deadline)
    facts = json.loads(head)
    body = bytearray()
    while len(body) < facts["size"]:
        body += read_some(process, facts["size"] - len(body), deadline)
    return Told(facts, bytes(body))
