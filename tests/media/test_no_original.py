"""No byte of an original in any file of the machine while it is looked at, masked and kept: every new file is read."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from access.roles import Role
from tests.media.conftest import ROOT, Town
from tests.media.pictures import clip, crowd, jpeg, walk

PLACES = (Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm"), ROOT / "var", ROOT / "build")
MOST_FILES = 20_000
LARGEST = 200 * 2**20


class Watch:
    """Reads, again and again, every file that changed since it began; `planted` files of the test itself are left out."""

    def __init__(self, needles: list[bytes], places: tuple[Path, ...]) -> None:
        self.found: set[str] = set()
        self.read = 0
        self._needles, self._places, self._since = needles, places, time.time() - 1
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._look()
        self._is_over.set()
        self._thread.join()

    def _go(self) -> None:
        while not self._is_over.wait(0.05):
            self._look()

    def _look(self) -> None:
        for place in self._places:
            for folder, _, names in os.walk(place):
                for name in names[:MOST_FILES]:
                    self._read(Path(folder, name))

    def _read(self, path: Path) -> None:
        try:
            told = path.lstat()
            if told.st_mtime < self._since or not path.is_file() or path.is_symlink() or told.st_size > LARGEST:
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
    places = (*PLACES, Path(town.database.label).parent) if Path(town.database.label).exists() else PLACES
    with Watch(needles_of(photo) + needles_of(moving), places) as watch:
        assert town.send(who, photo).status_code == 200
        assert town.send(who, photo, "masquer").json()["piece"]["state"] == "waiting"
        piece = town.send(who, moving, kind="clip").json()["piece"]
        until = time.monotonic() + 100
        while piece["state"] == "making" and time.monotonic() < until:
            time.sleep(0.2)
            piece = town.ask(who, f"/api/media/{piece['id']}/state").json()
        assert piece["state"] == "waiting"
        town.send(who, photo[: len(photo) // 2])
    assert watch.read > 0, "the database's own files changed and were read"
    assert watch.found == set()


def test_the_watch_finds_an_original_that_is_planted(tmp_path: Path) -> None:
    photo = jpeg(crowd(64)[0], comment=b"CANARI-PHONE")
    with Watch(needles_of(photo), (tmp_path,)) as watch:
        (tmp_path / "spooled").write_bytes(photo[100_000:109_000])
    assert watch.found == {str(tmp_path / "spooled")}
