"""Pictures for tests. Photographs in the public domain, shipped by packages that only tests install:

* Eileen Collins, NASA (scikit-image `data/astronaut.png`): public domain.
* Grace Hopper, US Navy (matplotlib `sample_data/grace_hopper.jpg`): public domain.
* A motorcycle in a garage (scikit-image `data/motorcycle_left.png`, Middlebury 2014 stereo set, CC0) and a rocket
  (`data/rocket.jpg`, SpaceX, CC0): nobody is on them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import matplotlib as mpl
import numpy as np
import skimage
from PIL import Image, ImageDraw, ImageFont

from privacy.media.boxes import Box

_SKIMAGE = Path(skimage.__file__).parent / "data"
_MATPLOTLIB = Path(mpl.__file__).parent / "mpl-data"
# where the face is, in pixels, measured by eye: left, top, right, bottom
_HEADS = (
    (_SKIMAGE / "astronaut.png", (182, 68, 269, 178)),
    (_MATPLOTLIB / "sample_data" / "grace_hopper.jpg", (174, 128, 359, 334)),
)


@cache
def heads() -> Sequence[tuple[Image.Image, tuple[int, int, int, int]]]:
    """Return each head cut out, with the place of its face in the cut."""
    made = []
    for path, (left, top, right, bottom) in _HEADS:
        picture = Image.open(path).convert("RGB")
        pad = round((right - left) * 0.6)
        x, y = max(0, left - pad), max(0, top - pad)
        cut = picture.crop((x, y, min(picture.width, right + pad), min(picture.height, bottom + pad)))
        made.append((cut, (left - x, top - y, right - x, bottom - y)))
    return made


@cache
def garage(width: int = 1920, height: int = 1080) -> Image.Image:
    return Image.open(_SKIMAGE / "motorcycle_left.png").convert("RGB").resize((width, height))


@cache
def rocket(width: int = 1920, height: int = 1080) -> Image.Image:
    return Image.open(_SKIMAGE / "rocket.jpg").convert("RGB").resize((width, height))


def crowd(face_width: int, seed: int = 0) -> tuple[Image.Image, Sequence[Box]]:
    """Return a frame of 1920 x 1080 with faces of one width, every other one mirrored, and where they are."""
    frame, faces = garage().copy(), []
    columns = 8 if face_width <= 100 else 5
    for number in range(columns * 3):
        row, column = divmod(number, columns)
        place = (40 + column * (1800 // columns) + seed % 7, 30 + row * 340)
        faces.append(put_head(frame, number + seed, place, face_width, is_mirrored=number % 2 == 1))
    return frame, faces


def put_head(
    frame: Image.Image, number: int, place: tuple[int, int], face_width: int, *, is_mirrored: bool = False
) -> Box:
    """Paste a head whose face has a width in pixels; return where the face is."""
    cut, (left, top, right, bottom) = heads()[number % 2]
    share = face_width / (right - left)
    small = cut.resize((round(cut.width * share), round(cut.height * share)), Image.Resampling.LANCZOS)
    if is_mirrored:
        small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        left, right = cut.width - right, cut.width - left
    frame.paste(small, place)
    x, y = place[0] + left * share, place[1] + top * share
    return Box(x / frame.width, y / frame.height, face_width / frame.width, (bottom - top) * share / frame.height)


def plate(width: int, text: str = "AB-123-CD") -> Image.Image:
    """Return a made-up French plate."""
    large = Image.new("RGB", (520, 110), "white")
    draw = ImageDraw.Draw(large)
    for left in (0, 480):
        draw.rectangle((left, 0, left + 40, 110), fill=(0, 51, 153))
    font = ImageFont.truetype(str(_MATPLOTLIB / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"), 68)
    draw.text((260, 55), text, font=font, fill="black", anchor="mm")
    return large.resize((width, round(width * 11 / 52)), Image.Resampling.LANCZOS)


def cars(plate_width: int, seed: int) -> tuple[Image.Image, Box]:
    """Return a frame with a plate on a body of one colour."""
    rng = np.random.default_rng(seed)
    frame = (garage if seed % 2 else rocket)().copy()
    x, y = int(rng.integers(100, 1500 - plate_width)), int(rng.integers(100, 700))
    body = tuple(int(part) for part in rng.integers(30, 230, 3))
    ImageDraw.Draw(frame).rectangle((x - plate_width, y - plate_width, x + 2 * plate_width, y + plate_width), fill=body)
    put = plate(plate_width)
    frame.paste(put, (x, y))
    return frame, Box(x / 1920, y / 1080, put.width / 1920, put.height / 1080)


def jpeg(picture: Image.Image, **more: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", **{"quality": 92, **more})
    return written.getvalue()


def png(picture: Image.Image, **more: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", **more)
    return written.getvalue()


def walk(seconds: int, face_width: int = 48, size: tuple[int, int] = (1280, 720)) -> Iterator[tuple[Image.Image, Box]]:
    """Yield the pictures of a clip at 25 a second, in which a face crosses a garage, and where it is."""
    for number in range(seconds * 25):
        frame = garage(*size).copy()
        place = (round(20 + number * 3.7) % (size[0] - 200), round(size[1] * 0.35 + 40 * np.sin(number / 9)))
        yield frame, put_head(frame, 0, place, face_width)


def clip(pictures: Sequence[Image.Image], *, has_sound: bool = True, rate: int = 25, title: str = "CANARI") -> bytes:
    """Return pictures as MP4 with sound, a title, a place and the name of a device."""
    written = io.BytesIO()
    with av.open(written, "w", format="mp4", options={"movflags": "use_metadata_tags"}) as out:
        out.metadata.update(
            {"title": title, "location": "+43.2965+005.3698/", "make": "CANARI-PHONE", "comment": title}
        )
        video = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = *pictures[0].size, "yuv420p"
        sound = out.add_stream("aac", rate=48000, layout="mono") if has_sound else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_image(picture)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for number in range(round(len(pictures) / rate * 48000 / 1024) if sound else 0):
            tone = np.sin(np.arange(1024) * 0.05 + number)[None].astype("f4")
            spoken = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            spoken.sample_rate, spoken.pts = 48000, number * 1024
            out.mux(sound.encode(spoken))
        if sound:
            out.mux(sound.encode(None))
    return written.getvalue()
