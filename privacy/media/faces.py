"""Finds faces with CenterFace (Xu et al., 2019) on onnxruntime: a picture of a crowd in pieces, so that memory stays small.

Faces from 16 pixels of a frame of 1920 are found; what is smaller, turned upside down or behind a helmet may be missed:
a person looks at every picture before it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from events.errors import ConfigurationError
from privacy.media.boxes import Box, fitted, without_doubles

MODEL = Path(__file__).parents[1] / "data" / "centerface.onnx"
MODEL_SHA256 = "247e3ffd0b0fbdd29664bdb528b1a16bcfdebaedb4dd9918a8dad21b64d79aec"
LEAST = 0.1  # a false mask costs little, a face that is missed a lot
STRIDE = 4  # pixels between two points of the model's answer
STEP = 32  # its pictures are a multiple of this
LONGEST = 1920
AT_ONCE = 1280  # pixels of the longer side of a picture that is looked at in one piece
TILE = 960
OVERLAP = 224  # a face up to this width is whole in one tile at least; larger ones are found in the picture as a whole
WHOLE = 736

Pixels = NDArray[np.uint8]


class Faces:
    """The detector; made once for a process."""

    def __init__(self, threads: int = 2) -> None:
        """Raise ConfigurationError when the model is not the file we know."""
        content = MODEL.read_bytes()
        if hashlib.sha256(content).hexdigest() != MODEL_SHA256:
            raise ConfigurationError(
                f"{MODEL.name} is not the model that was measured; no picture is taken: restore it"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # the largest picture's memory would be held for good
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def find(self, picture: Image.Image, least: float = LEAST, longest: int = LONGEST) -> Sequence[tuple[Box, float]]:
        """Return the faces of a picture in RGB with how sure each is, surest first; `longest`: side it is looked at."""
        found: list[tuple[Box, float]] = []
        for part in _parts(picture, longest):
            found += self._look(picture, part, longest, least)
        return without_doubles(found)

    def bare(self, picture: Image.Image) -> None:
        """Run the model alone over a picture as `find` does: what everything else is measured against."""
        for part in _parts(picture, LONGEST):
            self._session.run(None, {"input.1": _input(picture, part, LONGEST)})

    def _look(self, picture: Image.Image, part: Box, longest: int, least: float) -> Iterator[tuple[Box, float]]:
        pixels = _input(picture, part, longest)
        height, width = pixels.shape[2:]
        heat, scale, offset, _landmarks = self._session.run(None, {"input.1": pixels})
        rows, columns = np.where(heat[0, 0] > least)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            high, wide = (float(np.exp(scale[0, axis, row, column])) * STRIDE for axis in (0, 1))
            y = (row + float(offset[0, 0, row, column]) + 0.5) * STRIDE - high / 2
            x = (column + float(offset[0, 1, row, column]) + 0.5) * STRIDE - wide / 2
            box = fitted(
                part.x + x / width * part.w, part.y + y / height * part.h, wide / width * part.w, high / height * part.h
            )
            if box.w and box.h:
                yield box, float(heat[0, 0, row, column])


def _parts(picture: Image.Image, longest: int) -> Iterator[Box]:
    """Return the whole picture, then the tiles of a larger one."""
    yield Box(0, 0, 1, 1)
    width, height = _seen(picture, longest)
    if max(width, height) <= AT_ONCE:
        return
    for top, high in _spans(height):
        for left, wide in _spans(width):
            yield Box(left / width, top / height, wide / width, high / height)


def _spans(side: int) -> Iterator[tuple[int, int]]:
    if side <= TILE + OVERLAP:
        yield 0, side
        return
    count = -(-(side - OVERLAP) // (TILE - OVERLAP))
    for number in range(count):
        start = round(number * (side - TILE) / (count - 1))
        yield start, TILE


def _seen(picture: Image.Image, longest: int) -> tuple[int, int]:
    share = min(1.0, longest / max(picture.size))
    return max(1, round(picture.width * share)), max(1, round(picture.height * share))


def _input(picture: Image.Image, part: Box, longest: int) -> NDArray[np.float32]:
    """Return a part of the picture as the model takes it: floats 0 to 255, colour first, sides multiples of STEP."""
    width, height = _seen(picture, longest)
    size = (part.w * width, part.h * height)
    share = WHOLE / max(size) if max(size) > AT_ONCE else 1.0
    wide, high = (max(STEP, -(-round(side * share) // STEP) * STEP) for side in size)
    cut = (part.x * picture.width, part.y * picture.height,
           (part.x + part.w) * picture.width, (part.y + part.h) * picture.height)  # fmt: skip
    scaled = picture.resize((wide, high), Image.Resampling.BILINEAR, box=cut, reducing_gap=2.0)
    return np.asarray(scaled, np.float32).transpose(2, 0, 1)[None]
