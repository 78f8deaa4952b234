"""A disk of a few megabytes that a test may fill."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ABSENT = "a small disk needs the right to mount one (root, not confined): a full disk is tried in tests/store/test_writing.py only"
_STEP = 1 << 16


@dataclass(frozen=True)
class SmallDisk:
    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Leave no byte free."""
        with suppress(OSError), self._filler.open("ab", buffering=0) as stream:
            for size in (_STEP, 1):
                with suppress(OSError):
                    while stream.write(b"0" * size):
                        pass

    def empty(self) -> None:
        """Take the filler away."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk of this size; skip the test where that is not allowed."""
    place = folder / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip(ABSENT)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "observatory-test", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip(ABSENT)
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)
