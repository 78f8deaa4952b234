"""Clips: every face masked on every picture, no sound, progress, and a restart that loses no second that was masked."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from access.roles import Role
from privacy.media.boxes import Box
from privacy.media.clip import KEPT_SIDE, Part, mask_clip
from privacy.media.faces import Faces
from privacy.media.gate import MediaGate, Owner
from privacy.media.photo import FILL
from privacy.media.refusals import Refused
from privacy.media.tracks import Tracks
from store import media as kept
from store.database import Database, connect
from store.developed import Developed
from tests.media.conftest import KEY, Town
from tests.media.pictures import clip, garage, walk
from tests.stores import Stores

ROOT = Path(__file__).resolve().parents[2]
OWNER = Owner("prefecture", "prefecture-1")


def pictures_of(content: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(content)) as read:
        return [frame.to_image() for frame in read.decode(video=0)]


def is_masked(picture: Image.Image, box: Box) -> bool:
    left, top, right, bottom = box.grown(0.6).pixels(*picture.size)
    inside = np.asarray(picture.crop((left, top, right, bottom)), np.int16)
    return bool(np.abs(inside - np.array(FILL)).mean() <= 12)


def wait_for(database: Database, media_id: str, is_there, within_s: float = 240) -> kept.KeptMedia:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        with database.read() as connection:
            one = kept.get(connection, media_id)
        assert one is not None
        if is_there(one):
            return one
        time.sleep(0.1)
    pytest.fail(f"the clip did not get there: {one}")


@dataclass
class Interrupted:
    """A clip whose maker was killed: its number, what was kept of it, the file."""

    database: Database
    media_id: str
    content: bytes
    faces: list[Box]
    kept: list[bytes]
    row: kept.KeptMedia


@pytest.fixture
def interrupted(stores: Stores, tmp_path: Path) -> Iterator[Interrupted]:
    """Kill a process in the middle of a clip of ten seconds with a face of 24 pixels."""
    if stores.kind != "sqlite":
        pytest.skip("a kill of the maker is the same on both databases; the rules of the queue are tested on both")
    told, url = list(walk(10, face_width=24)), stores.new()
    source = tmp_path / "clip.mp4"
    source.write_bytes(clip([picture for picture, _ in told]))
    database = connect(url)
    command = [sys.executable, "-m", "tests.media.clip_target", url, str(source)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        media_id, worker = process.stdout.readline().split()
        row = wait_for(database, media_id, lambda one: (one.done_s or 0) >= 2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()
    _ends(int(worker))
    with database.read() as connection:
        parts = [bytes(one) for one in kept.parts(connection, media_id)]
    yield Interrupted(database, media_id, source.read_bytes(), [box for _, box in told], parts, row)
    database.close()
    stores.drop(url)


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_a_clip_of_ten_seconds_is_masked_on_every_picture_and_goes_on_after_a_kill(interrupted: Interrupted) -> None:
    assert (interrupted.row.state, interrupted.row.seconds) == ("making", pytest.approx(10, abs=0.2))
    assert len(interrupted.kept) >= 2
    gate = MediaGate(interrupted.database, lambda: datetime.now(UTC) + timedelta(minutes=1), KEY, takes_clips=True)
    progress: list[float] = []
    try:
        assert gate.is_lost(interrupted.row)
        assert gate.begin(OWNER, interrupted.content, []) == interrupted.media_id, "the same file goes on where it was"
        done = wait_for(
            interrupted.database, interrupted.media_id,
            lambda one: progress.append(one.done_s or 10) or one.state != "making", 600,
        )  # fmt: skip
    finally:
        gate.close()
    assert (done.state, done.done_s) == ("waiting", None)
    assert min(progress) >= len(interrupted.kept), "no second is masked twice"
    assert progress == sorted(progress)
    _is_a_clip_of_pictures_alone(interrupted)


def _is_a_clip_of_pictures_alone(made: Interrupted) -> None:
    with made.database.read() as connection:
        content, poster = (kept.pixels(connection, made.media_id, is_poster=one) for one in (False, True))
        assert kept.count_parts(connection, made.media_id) == 0
    assert content is not None
    assert poster is not None
    with av.open(io.BytesIO(content)) as read:
        assert [stream.type for stream in read.streams] == ["video"]
        assert set(read.metadata) <= {"major_brand", "minor_version", "compatible_brands", "encoder"}
    assert not [word for word in (b"CANARI", b"43.2965") if word in content]
    assert made.kept[0][-200:-100] in content or made.kept[0][1000:1100] in content, (
        "what was masked before the kill is in it"
    )
    shown = pictures_of(content)
    assert (len(shown), max(shown[0].size)) == (250, KEPT_SIDE)
    bare = [
        number
        for number, (picture, box) in enumerate(zip(shown, made.faces, strict=True))
        if not is_masked(picture, box)
    ]
    assert bare == []


def _ends(pid: int) -> None:
    """Wait until a process is no more: its parent was killed, and nobody reads what it says."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the darkroom outlives the process that asked it")


def test_parts_of_an_interrupted_run_are_those_of_a_whole_one(faces: Faces) -> None:
    content = clip([picture for picture, _ in walk(3)], has_sound=False)
    whole = [one for one in mask_clip(content, faces, [], 0) if isinstance(one, Part)]
    rest = [one for one in mask_clip(content, faces, [], 1) if isinstance(one, Part)]
    assert [one.number for one in whole] == [0, 1, 2]
    assert [one.content for one in rest] == [one.content for one in whole[1:]]
    assert whole[0].poster.startswith(b"\xff\xd8\xff")


def test_zones_of_a_person_are_masked_through_the_whole_clip(faces: Faces) -> None:
    content = clip([garage(640, 360)] * 30, has_sound=False)
    zone = Box(0.2, 0.2, 0.3, 0.3)
    for part in mask_clip(content, faces, [zone], 0):
        if isinstance(part, Part):
            assert all(is_masked(picture, zone) for picture in pictures_of(part.content))


def test_a_face_that_is_missed_for_half_a_second_stays_masked() -> None:
    tracks, half = Tracks(), 12  # pictures, at 25 a second
    tracks.add(0, [Box(0.1, 0.1, 0.1, 0.1)])
    tracks.add(half, [Box(0.22, 0.1, 0.1, 0.1)])
    for number in range(half + 1):
        there = Box(0.1 + 0.12 * number / half, 0.1, 0.1, 0.1)
        assert any(box.covers(there, 0.95) for box in tracks.boxes_at(number)), number


def test_a_doubtful_find_counts_only_beside_a_sure_one() -> None:
    tracks = Tracks()
    tracks.add(0, [Box(0.1, 0.1, 0.1, 0.1)], [Box(0.7, 0.7, 0.1, 0.1)])
    tracks.add(3, [], [Box(0.11, 0.1, 0.1, 0.1)])
    boxes = tracks.boxes_at(9)
    assert [box.x for box in boxes] == [0.11]


@pytest.fixture
def gate(store_url: str):
    database = connect(store_url)
    made = MediaGate(database, lambda: datetime.now(UTC), KEY, takes_clips=True)
    yield made
    made.close()
    database.close()


def test_the_queue_refuses_what_is_too_much_and_says_when_clips_are_off(gate: MediaGate) -> None:
    gate.takes_clips = False
    with pytest.raises(Refused) as off:
        gate.begin(OWNER, b"clip", [])
    gate.takes_clips, gate._queued = True, 3
    with pytest.raises(Refused) as busy:
        gate.begin(OWNER, b"clip", [])
    gate._queued = 0
    assert (off.value.reason, busy.value.reason) == ("off", "busy")


def test_a_clip_that_cannot_be_read_ends_refused_and_leaves_nothing(gate: MediaGate) -> None:
    media_id = gate.begin(OWNER, b"\0\0\0\x18ftypmp42" + bytes(64), [])
    one = wait_for(gate._database, media_id, lambda found: found.state != "making", 60)
    assert (one.state, one.reason) == ("refused", "broken")


def test_two_processes_never_work_on_one_clip(gate: MediaGate) -> None:
    now = datetime.now(UTC)
    row = gate._row(OWNER, kept.CLIP, kept.MAKING)
    with gate._database.write() as connection:
        kept.put(connection, row)
        kept.begin(connection, str(row["id"]), "mark", "one", now)
        assert not kept.take_over(connection, str(row["id"]), "two", now - timedelta(seconds=20), now)
        later = now + timedelta(seconds=30)
        assert kept.take_over(connection, str(row["id"]), "two", later - timedelta(seconds=20), later)
        assert not kept.beat(connection, str(row["id"]), "one", later, 3.0), "the first one learns that it lost it"
        assert kept.beat(connection, str(row["id"]), "two", later, 3.0)
        kept.put_part(connection, str(row["id"]), 0, Developed(b"x"))
        kept.forget(connection, [str(row["id"])])
        assert kept.count_parts(connection, str(row["id"])) == 0


def test_a_clip_is_queued_told_of_and_shown_in_parts(town: Town) -> None:
    who = town.headers("prefecture", Role.CONTRIBUTOR)
    sent = town.send(who, clip([garage(320, 180)] * 30), kind="clip")
    assert sent.status_code == 202
    piece = sent.json()["piece"]
    until = time.monotonic() + 100
    while piece["state"] == "making" and time.monotonic() < until:
        time.sleep(0.2)
        piece = town.ask(who, f"/api/media/{piece['id']}/state").json()
    assert (piece["state"], piece["kind"]) == ("waiting", "clip")
    assert town.ask(who, piece["poster"]).headers["content-type"] == "image/jpeg"
    whole = town.ask(who, piece["address"])
    part = town.ask({**who, "Range": "bytes=0-99"}, piece["address"])
    assert (whole.headers["content-type"], part.status_code, part.content) == ("video/mp4", 206, whole.content[:100])
    assert part.headers["content-range"] == f"bytes 0-99/{len(whole.content)}"
    tail = town.ask({**who, "Range": "bytes=-10"}, piece["address"])
    assert tail.content == whole.content[-10:]
    assert town.ask({**who, "Range": "bytes=999999999-"}, piece["address"]).status_code == 416


def test_closing_ends_what_is_being_made(store_url: str) -> None:
    database = connect(store_url)
    gate = MediaGate(database, lambda: datetime.now(UTC), KEY, takes_clips=True)
    media_id = gate.begin(OWNER, clip([garage(640, 360)] * 200, has_sound=False), [])
    wait_for(database, media_id, lambda one: bool(one.done_s), 100)
    gate.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith(("clip", "beat"))] == []
    with database.read() as connection:
        one = kept.get(connection, media_id)
    assert one is not None
    assert one.state == "making", "what was masked stays for when the file is sent again"
    database.close()
