"""Files made to hurt (bombs, other kinds, broken ones): each is refused within a second and 100 MB, with a reason."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from privacy.media.darkroom import Darkroom
from privacy.media.refusals import Refused
from tests.media.pictures import clip, garage, jpeg, png, rocket

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width: int, height: int, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        SIGNATURE
        + chunk(b"IHDR", head)
        + b"".join(more)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


def animated(kind: str) -> bytes:
    written = io.BytesIO()
    rocket(64, 64).save(written, kind, save_all=True, append_images=[garage(64, 64)])
    return written.getvalue()


def moving_of(count: int) -> bytes:
    made = bytearray(clip([garage(320, 180)] * 5, has_sound=False))
    place = made.index(b"stts") + 4
    made[place + 4 : place + 8] = struct.pack(">I", 1)
    made[place + 8 : place + 12] = struct.pack(">I", count)
    sizes = made.index(b"stsz") + 4
    made[sizes + 8 : sizes + 12] = struct.pack(">I", count)
    return bytes(made)


PHOTOS = {
    "bomb of 400 Mpx": (png_of(20_000, 20_000), "pixels"),
    "more pixels than a photo has": (png_of(10_000, 5_000), "pixels"),
    "as wide as it can say": (png_of(2**31 - 1, 1), "pixels"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "type"),
    "HTML called .jpg": (b"<html><script>alert(1)</script>", "type"),
    "PHP": (b"<?php system($_GET[0]); ?>", "type"),
    "GIF": (b"GIF89a" + bytes(100), "type"),
    "TIFF": (b"II*\0" + bytes(100), "type"),
    "PSD": (b"8BPS" + bytes(100), "type"),
    "EPS": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "type"),
    "PDF": (b"%PDF-1.7\n", "type"),
    "ZIP": (b"PK\x03\x04" + bytes(100), "type"),
    "nothing": (b"", "type"),
    "animated PNG": (animated("PNG"), "moving"),
    "animated WebP": (animated("WEBP"), "moving"),
    "cut short": (jpeg(garage(800, 600))[:9000], "broken"),
    "a start and no more": (b"\xff\xd8\xff" + b"\0" * 50, "broken"),
    "RIFF that is no WebP": (b"RIFF\x10\0\0\0WEBPjunkjunk", "broken"),
    "PNG whose text is a bomb": (
        png_of(64, 64, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"0" * 80_000_000, 9))),
        "broken",
    ),
    "PNG whose profile is a bomb": (
        png_of(64, 64, chunk(b"iCCP", b"a\0\0" + zlib.compress(b"0" * 80_000_000, 9))),
        "broken",
    ),
    "JPEG with 100,000 markers": (
        jpeg(rocket(64, 64))[:2] + b"\xff\xfe\0\x04ab" * 100_000 + jpeg(rocket(64, 64))[2:],
        None,
    ),
    "of a pixel": (png(Image.new("RGB", (1, 1))), "size"),
    "larger than its limit": (jpeg(rocket(64, 64)) + bytes(20 * 2**20), "large"),
}
CLIPS = {
    "10^9 frames in its header": (moving_of(1_000_000_000), "frames"),
    "a photo": (jpeg(rocket(64, 64)), "type"),
    "AVI": (b"RIFF\x10\0\0\0AVI LIST", "type"),
    "a playlist": (b"#EXTM3U\n/etc/passwd\n", "type"),
    "a start and no more": (b"\0\0\0\x18ftypmp42" + bytes(64), "broken"),
    "cut before its table": (clip([garage(320, 180)] * 5)[:3000], "broken"),
    "a minute and more": (clip([garage(64, 36)] * 130, has_sound=False, rate=2), "long"),
}


def memory(pid: int, name: str) -> int:
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) * 1024


def forget_peak(pid: int) -> int:
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return memory(pid, "VmRSS")


@pytest.fixture(scope="module")
def warm(darkroom: Darkroom) -> Darkroom:
    darkroom.look(jpeg(rocket(64, 64)))
    with pytest.raises(Refused):
        list(darkroom.clip(b"\0\0\0\x18ftypmp42" + bytes(64), [], 0))
    return darkroom


@pytest.mark.parametrize("name", PHOTOS)
def test_hostile_photo_ends_within_a_second_and_100_megabytes(name: str, warm: Darkroom) -> None:
    content, reason = PHOTOS[name]
    _ends(warm, lambda: warm.look(content), reason)


@pytest.mark.parametrize("name", CLIPS)
def test_hostile_clip_ends_within_a_second_and_100_megabytes(name: str, warm: Darkroom) -> None:
    content, reason = CLIPS[name]
    _ends(warm, lambda: list(warm.clip(content, [], 0)), reason)


def _ends(room: Darkroom, ask, reason: str | None) -> None:
    pid = room.pid
    before, begun = forget_peak(pid), time.process_time()
    spent = _spent(pid)
    try:
        ask()
        told = None
    except Refused as refused:
        told = refused.reason
    assert told == reason
    assert (room.pid, _is_alive(pid)) == (pid, True), "the process outlives the file"
    assert _spent(pid) - spent + time.process_time() - begun < 1.0
    assert memory(pid, "VmHWM") - before < 100 * 2**20


def _spent(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
