"""Documents become PDF in a process of their own: one at a time, with a deadline, ended with the server."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from api.answers import Problem

WITHIN_S = 60.0
WAIT_S = 60.0
MOST_WAITING = 8
MOST_BYTES = 16 * 2**20
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"}

_log = logging.getLogger(__name__)


class Press:
    """Prints one document after the other; who waits too long, or finds too many waiting, is told to come back."""

    def __init__(self, within_s: float = WITHIN_S, program: str = "api.reports.printing") -> None:
        self._within_s = within_s
        self._program = program
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None

    async def print(self, html: str, sheets: Sequence[str]) -> bytes:
        """Return the document as PDF; raise Problem 503 when the press is busy, or could not print it in time."""
        if self._waiting >= MOST_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turn.acquire(), WAIT_S)
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        try:
            return await self._print(json.dumps({"html": html, "sheets": list(sheets)}).encode())
        finally:
            self._turn.release()

    @property
    def pid(self) -> int | None:
        """The number of the process that prints now, None while nothing is printed."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End what is being printed."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _print(self, question: bytes) -> bytes:
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._program, cwd=_ROOT, env=_ENVIRONMENT, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            made, _ = await asyncio.wait_for(process.communicate(question), self._within_s)
        except TimeoutError:
            _log.error("a document was not printed within %.0f s: its process was ended", self._within_s)
            raise Problem(
                503,
                f"the document was not printed within {self._within_s:.0f} s; ask again in a minute, a report for a shorter period or fewer districts",
            ) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            self._process = None
        if process.returncode != 0 or not made.startswith(b"%PDF-") or len(made) > MOST_BYTES:
            _log.error("the process that prints ended with %s and %d bytes", process.returncode, len(made))
            raise Problem(
                503, "the document could not be printed; the log of the server says why; other exports still work"
            )
        return made


def _busy() -> Problem:
    return Problem(503, "other documents are being printed; ask again in a minute")
