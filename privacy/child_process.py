"""A process of ours that reads what nothing else may: how it is read with a deadline, and ended."""

from __future__ import annotations

import logging
import os
import select
import subprocess
from time import monotonic

_MOST = 2**20
_log = logging.getLogger(__name__)


def read_some(process: subprocess.Popen[bytes], most: int, deadline: float) -> bytes:
    """Return what a process said next, at most `most` bytes; raise TimeoutError past the deadline (`monotonic`), OSError when it ended.

    It reads below any buffer of the pipe: nothing else may read that pipe.
    """
    assert process.stdout is not None
    left = deadline - monotonic()
    if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
        raise TimeoutError
    found = os.read(process.stdout.fileno(), min(most, _MOST))
    if not found:
        raise OSError("it ended")
    return found


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and close its pipes; what was not sent to it is dropped."""
    process.kill()
    process.wait(timeout=10)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                _log.debug("what was not sent to a process that ended is dropped")
