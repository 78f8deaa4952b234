"""No byte of an original in any file while it is looked at, masked and kept: what changes is read, unnamed files too."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from access.roles import Role
from tests.media.conftest import ROOT, Town
from tests.media.pictures import clip, crowd, jpeg, walk

# Where a program that spools a file would: the top of the folders for temporary files, and all below our own.
TEMPORARY = (Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm"))
LARGEST = 200 * 2**20


class Watch:
    """Reads, again and again, what changed since it began: files of folders, and files that processes hold open, unnamed ones too."""

    def __init__(self, needles: list[bytes], below: tuple[Path, ...], pids: Callable[[], list[int]] = list) -> None:
        self.found: set[str] = set()
        self.read = 0
        self._needles, self._below, self._pids, self._since = needles, below, pids, time.time() - 1
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._look()

    def _go(self) -> None:
        while not self._is_over.wait(0.05):
            self._look()

    def _look(self) -> None:
        for place in TEMPORARY:
            for path in place.iterdir() if place.is_dir() else ():
                self._read(path)
        for place in self._below:
            for folder, _, names in os.walk(place):
                for name in names:
                    self._read(Path(folder, name))
        for pid in self._pids():
            with contextlib.suppress(OSError):  # it may end meanwhile
                for path in Path(f"/proc/{pid}/fd").iterdir():
                    self._read(path, is_link=True)

    def _read(self, path: Path, *, is_link: bool = False) -> None:
        try:
            told = path.stat() if is_link else path.lstat()
            if told.st_mtime < self._since or not stat.S_ISREG(told.st_mode) or told.st_size > LARGEST:
                return
            content = path.read_bytes()
        except OSError:
            return
        self.read += 1
        if any(needle in content for needle in self._needles):
            self.found.add(str(path))


def needles_of(content: bytes) -> list[bytes]:
    """Return stretches of a file that only it has: what its camera wrote, and pieces of its coded pixels every 2 kB."""
    places = range(len(content) // 4, len(content) - 24, 2000)
    pieces = [content[at : at + 24] for at in places]
    return [one for one in pieces if len(set(one)) >= 18] + [b"CANARI-PHONE"]


def test_no_byte_of_a_photo_or_a_clip_is_in_any_file(town: Town, tmp_path: Path) -> None:
    who = town.headers("prefecture", Role.CONTRIBUTOR)
    photo = jpeg(crowd(64)[0], comment=b"CANARI-PHONE")
    moving = clip([picture for picture, _ in walk(2, size=(640, 360))], title="CANARI-PHONE")
    label = Path(town.database.label)
    below = (tmp_path, ROOT / "var", *([label.parent] if label.exists() else []))

    def pids() -> list[int]:
        rooms = (town.desk.gate._photos, town.desk.gate._clips)
        return [os.getpid(), *(room.pid for room in rooms if room.pid is not None)]

    with Watch(needles_of(photo) + needles_of(moving), below, pids) as watch:
        assert town.send(who, photo).status_code == 200
        assert town.send(who, photo, "masquer").json()["piece"]["state"] == "waiting"
        piece = town.send(who, moving, kind="clip").json()["piece"]
        until = time.monotonic() + 100
        while piece["state"] == "making" and time.monotonic() < until:
            time.sleep(0.2)
            piece = town.ask(who, f"/api/media/{piece['id']}/state").json()
        assert piece["state"] == "waiting"
        town.send(who, photo[: len(photo) // 2])
    assert watch.found == set()


def test_the_watch_finds_an_original_that_is_planted(tmp_path: Path) -> None:
    photo = jpeg(crowd(64)[0], comment=b"CANARI-PHONE")
    with Watch(needles_of(photo), (tmp_path,)) as watch:
        (tmp_path / "spooled").write_bytes(photo[len(photo) // 2 : len(photo) // 2 + 9000])
    assert watch.found == {str(tmp_path / "spooled")}


def test_the_watch_finds_an_original_in_a_file_without_a_name(tmp_path: Path) -> None:
    photo = jpeg(crowd(64)[0], comment=b"CANARI-PHONE")
    with Watch(needles_of(photo), (), lambda: [os.getpid()]) as watch, tempfile.TemporaryFile() as spooled:
        spooled.write(photo)
        spooled.flush()
        time.sleep(0.5)
    assert len(watch.found) == 1
