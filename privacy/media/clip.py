"""A clip made anew: pictures masked one by one and written without sound, in parts of a second that are kept as they come.

What is left of the file is what the pictures show: sound, position, device, subtitles and chapters are never read.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from PIL import Image

from privacy.media.boxes import Box
from privacy.media.faces import Faces
from privacy.media.photo import GROWN, SURE, mask
from privacy.media.refusals import Refused
from privacy.media.tracks import GAP, Tracks

MOST_BYTES = 60 * 2**20
MOST_SECONDS = 60
MOST_PIXELS = 3840 * 2160
MOST_SAMPLES = 4_000_000  # sound without compression has a sample for each of its moments
MOST_RATE = 25
SEEN_SIDE = 1280
KEPT_SIDE = 960
EVERY = 3  # pictures from one look for faces to the next
PART = 25  # pictures
_FORMATS = ((4, b"ftyp", "mov"), (0, b"\x1aE\xdf\xa3", "matroska"))
_SETTINGS = {"crf": "26", "preset": "veryfast", "bf": "0", "g": str(PART), "x264-params": "scenecut=0"}
_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


@dataclass(frozen=True, slots=True)
class Part:
    """A second of the clip, masked; `faces`: the most on one of its pictures, `poster`: its first picture as JPEG."""

    number: int
    content: bytes
    done_s: float
    faces: int
    poster: bytes = b""


def format_of(content: bytes) -> str | None:
    """Return the container that a file's first bytes say, None when it is no clip we take."""
    return next((name for place, start, name in _FORMATS if content[place : place + len(start)] == start), None)


def mask_clip(content: bytes, faces: Faces, zones: Sequence[Box], first_part: int) -> Iterator[Part | float]:
    """Yield the length of a clip in seconds, then its masked parts from `first_part` on; raise Refused.

    The pictures before are only passed over: the parts of an earlier run fit to those of this one.
    """
    kind = format_of(content)
    if kind is None:
        raise Refused("type")
    if len(content) > MOST_BYTES:
        raise Refused("large")
    _check_counts(content)
    try:
        with av.open(io.BytesIO(content), format=kind, metadata_errors="ignore") as read:
            stream = _stream(read)
            yield _length(read, stream)
            yield from _parts(read, stream, _Masking(faces, zones, first_part))
    except Refused:
        raise
    except (av.FFmpegError, ValueError, OverflowError, MemoryError):
        raise Refused("broken") from None


def _check_counts(content: bytes) -> None:
    """Raise Refused when tables announce more samples than a clip has: memory for all of them would be asked at once."""
    for found in re.finditer(rb"stsz|stts|ctts|stco", content):
        place = found.end() + (8 if found.group() == b"stsz" else 4)
        if int.from_bytes(content[place : place + 4], "big") > MOST_SAMPLES:
            raise Refused("frames")


def _stream(read: Any) -> Any:
    if not read.streams.video:
        raise Refused("type")
    stream = read.streams.video[0]
    if stream.width * stream.height > MOST_PIXELS or min(stream.width, stream.height) < 32:
        raise Refused("pixels")
    stream.thread_type = "AUTO"
    return stream


def _length(read: Any, stream: Any) -> float:
    told = [float(stream.duration * stream.time_base)] if stream.duration and stream.time_base else []
    told += [read.duration / av.time_base] if read.duration else []
    length = max(told, default=0.0)
    if length > MOST_SECONDS + 0.5:
        raise Refused("long")
    return length


@dataclass
class _Masking:
    """The pictures on their way: those that wait until what comes after them was looked at."""

    faces: Faces
    zones: Sequence[Box]
    first_part: int
    tracks: Tracks = field(default_factory=Tracks)
    waiting: deque[tuple[int, Image.Image]] = field(default_factory=deque)
    seen: dict[int, int] = field(default_factory=dict)

    def take(self, number: int, picture: Image.Image) -> None:
        """Look at a picture when it is its turn, and let it wait."""
        begin = self.first_part * PART
        if number % EVERY == 0 and number >= begin - GAP - EVERY:
            found = [(box.grown(GROWN), score >= SURE) for box, score in self.faces.find(picture, longest=SEEN_SIDE)]
            self.tracks.add(number, *([box for box, is_sure in found if is_sure is wanted] for wanted in (True, False)))
            self.seen[number] = sum(is_sure for _, is_sure in found)
        if number >= begin:
            kept = picture.copy()
            kept.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BILINEAR)
            self.waiting.append((number, kept))

    def ready(self, last: int, *, is_end: bool) -> Iterator[tuple[int, Image.Image, int]]:
        """Yield the pictures that nothing to come can change: number, masked picture, how many faces."""
        while self.waiting and (is_end or self.waiting[0][0] <= last - GAP - EVERY):
            number, picture = self.waiting.popleft()
            mask(picture, [*self.tracks.boxes_at(number), *self.zones])
            yield number, picture, self.seen.pop(number, 0)


def _parts(read: Any, stream: Any, masking: _Masking) -> Iterator[Part]:
    rate = _rate(stream)
    part = _Writing(masking.first_part, rate)
    number = -1
    for number, picture in _pictures(read, stream, rate):
        masking.take(number, picture)
        for one in masking.ready(number, is_end=False):
            part.add(*one)
            if part.is_full:
                yield part.close()
                part = _Writing(part.number + 1, rate)
    for one in masking.ready(number, is_end=True):
        part.add(*one)
        if part.is_full:
            yield part.close()
            part = _Writing(part.number + 1, rate)
    if number < 0:
        raise Refused("broken")
    if not part.is_empty:
        yield part.close()


def _rate(stream: Any) -> int:
    told = stream.average_rate or stream.guessed_rate or MOST_RATE
    return int(min(MOST_RATE, max(1, round(told))))


def _pictures(read: Any, stream: Any, rate: int) -> Iterator[tuple[int, Image.Image]]:
    """Yield the clip's pictures at a steady rate, upright, at most SEEN_SIDE long."""
    number, first = 0, None
    for frame in read.decode(stream):
        at = frame.time if frame.time is not None else number / rate
        first = at if first is None else first
        if at - first > MOST_SECONDS + 0.5:
            raise Refused("long")
        if frame.width * frame.height > MOST_PIXELS:
            raise Refused("pixels")
        if number / rate > at - first + 1e-6:
            continue
        picture = _upright(frame)
        while number / rate <= at - first + 1e-6:
            yield number, picture
            number += 1


def _upright(frame: Any) -> Image.Image:
    share = min(1.0, SEEN_SIDE / max(frame.width, frame.height))
    size = [max(2, round(side * share / 2) * 2) for side in (frame.width, frame.height)]
    picture: Image.Image = frame.reformat(width=size[0], height=size[1], format="rgb24").to_image()
    turn = _TURNS.get(round(getattr(frame, "rotation", 0) or 0) % 360)
    return picture if turn is None else picture.transpose(turn)


class _Writing:
    """One part being written: H.264 in MP4, nothing in it but pictures."""

    def __init__(self, number: int, rate: int) -> None:
        self.number, self._rate = number, rate
        self._pictures: list[Image.Image] = []
        self._faces = 0
        self._last = 0

    @property
    def is_full(self) -> bool:
        return len(self._pictures) >= PART

    @property
    def is_empty(self) -> bool:
        return not self._pictures

    def add(self, number: int, picture: Image.Image, faces: int) -> None:
        self._pictures.append(picture)
        self._faces, self._last = max(self._faces, faces), number

    def close(self) -> Part:
        written = io.BytesIO()
        from_picture: Any = av.VideoFrame.from_image
        with av.open(written, "w", format="mp4", options={"fflags": "+bitexact"}) as out:
            stream: Any = out.add_stream("libx264", rate=self._rate, options=_SETTINGS)
            width, height = (side // 2 * 2 for side in self._pictures[0].size)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = Fraction(1, self._rate)
            stream.codec_context.flags |= 1 << 23  # AV_CODEC_FLAG_BITEXACT
            for number, picture in enumerate(self._pictures):
                frame: Any = from_picture(picture.crop((0, 0, width, height)))
                frame.pts, frame.time_base = number, Fraction(1, self._rate)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        poster = io.BytesIO()
        if self.number == 0:
            self._pictures[0].save(poster, "JPEG", quality=80)
        return Part(self.number, written.getvalue(), (self._last + 1) / self._rate, self._faces, poster.getvalue())


def join_parts(parts: Sequence[bytes]) -> bytes:
    """Return the parts of a clip as one file; they are of one size, rate and coding."""
    written = io.BytesIO()
    with av.open(
        written,
        "w",
        format="mp4",
        options={"fflags": "+bitexact", "movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ) as out:
        stream: Any = None
        begin = 0
        for content in parts:
            opened: Any = av.open(io.BytesIO(content), format="mov")
            with opened as read:
                source = read.streams.video[0]
                stream = stream or out.add_stream_from_template(source)
                last = 0
                for packet in read.demux(source):
                    if packet.dts is None or packet.pts is None:
                        continue
                    last = max(last, packet.pts + packet.duration)
                    packet.pts, packet.dts = packet.pts + begin, packet.dts + begin
                    packet.stream = stream
                    out.mux(packet)
                begin += last
    return written.getvalue()
