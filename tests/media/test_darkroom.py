"""The process that opens files of others: what it may not do, what it costs, what becomes of it when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from privacy.media.darkroom import Darkroom
from privacy.media.faces import Faces
from privacy.media.photo import read_photo
from privacy.media.refusals import Refused
from tests.media.pictures import crowd, jpeg, rocket
from tests.media.test_hostile_media import memory

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.alone
def test_a_photo_is_ready_within_three_times_the_bare_detector_and_500_megabytes(faces: Faces) -> None:
    content = jpeg(crowd(48)[0])
    picture = read_photo(content)
    room = Darkroom()
    try:
        room.look(jpeg(rocket(64, 64)))
        bare, ready = [], []
        for _ in range(3):
            begun = time.monotonic()
            faces.bare(picture)
            bare.append(time.monotonic() - begun)
            begun = time.monotonic()
            assert [one.kind for one in room.look(content)] == ["found"]
            ready.append(time.monotonic() - begun)
        assert min(ready) <= 3 * min(bare)
        assert room.pid is not None
        assert memory(room.pid, "VmHWM") <= 500 * 2**20
    finally:
        room.close()


def test_a_photo_of_somebody_gives_back_no_picture_until_it_is_masked(darkroom: Darkroom) -> None:
    content = jpeg(crowd(100)[0])
    (found,) = darkroom.look(content)
    assert (found.kind, found.content) == ("found", b"")
    assert len(found.facts["faces"]) >= 15
    made = darkroom.mask(content, [])
    assert made.facts["faces"] >= 15
    assert made.content.startswith(b"\xff\xd8\xff")


def test_the_process_can_write_no_file_and_leaves_no_dump(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from privacy.media.worker import limit; limit()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])\n"
        f"try: open({str(tmp_path / 'original')!r}, 'wb', 0).write(b'x'); print('written')\n"
        "except OSError: print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + program],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["0", "refused"]
    assert [one.stat().st_size for one in tmp_path.iterdir()] in ([], [0])


def test_a_process_that_dies_refuses_its_file_and_the_next_one_is_answered() -> None:
    room = Darkroom()
    try:
        room.look(jpeg(rocket(64, 64)))
        first = room.pid
        assert first is not None
        content = jpeg(crowd(64)[0])
        timer = threading.Timer(0.05, os.kill, (first, signal.SIGKILL))
        timer.start()  # it dies at work: a picture of this size takes it longer
        with pytest.raises(Refused) as refused:
            _mask_often(room, content)
        timer.join()
        assert refused.value.reason == "broken"
        assert room.look(jpeg(rocket(64, 64)))[0].kind == "found"
        assert room.pid not in (None, first)
    finally:
        room.close()
    assert room.pid is None


def _mask_often(room: Darkroom, content: bytes) -> None:
    for _ in range(3):
        room.mask(content, [])


def test_a_model_that_is_not_the_one_that_was_measured_takes_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    from events.errors import ConfigurationError
    from privacy.media import faces

    monkeypatch.setattr(faces, "MODEL_SHA256", "0" * 64)
    with pytest.raises(ConfigurationError, match="restore it"):
        faces.Faces()
