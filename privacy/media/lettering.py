"""Suggests where lettering such as a plate may be: strokes side by side in a flat box. It never decides, a person does.

No detector of plates that may be shipped was found good enough: these are suggestions, some of them walls and railings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from privacy.media.boxes import Box, fitted, without_doubles

SIDES = (1600, 900, 500, 280)  # a picture is looked at in each of these lengths: lettering is as small as a stroke
CELL = 6  # pixels of one square of the grid
LEAST_STEP = 40  # of 255, between two neighbours: the edge of a stroke
LEAST_EDGES = 0.12  # share of a cell's pixels that are such edges
FLAT = (1.6, 9.0)  # width by height
HIGH = (1, 5)  # cells
MOST = 8


def find_lettering(picture: Image.Image) -> Sequence[Box]:
    """Return boxes that may hold lettering, the most likely first, at most MOST."""
    grey = picture.convert("L")
    ranked: list[tuple[Box, float]] = []
    for side in SIDES:
        share = min(1.0, side / max(picture.size))
        size = (max(CELL, round(picture.width * share)), max(CELL, round(picture.height * share)))
        rows, columns = size[1] / CELL, size[0] / CELL
        seen = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        for (x, y, w, h), score in _boxes(_dense(seen)):
            ranked.append((fitted((x - 0.7) / columns, (y - 0.7) / rows, (w + 1.4) / columns, (h + 1.4) / rows), score))
    return [box for box, _ in without_doubles(ranked)][:MOST]


def _dense(grey: Image.Image) -> NDArray[np.bool_]:
    """Return which cells of the grid are full of upright strokes."""
    values = np.asarray(grey, np.int16)
    across, down = np.abs(np.diff(values, axis=1)), np.abs(np.diff(values, axis=0))
    edges = (across[:-1] >= LEAST_STEP) & (across[:-1] + 8 >= down[:, :-1])
    rows, columns = (edges.shape[0] + 1) // CELL, (edges.shape[1] + 1) // CELL
    padded = np.zeros((rows * CELL, columns * CELL), np.float32)
    cut = edges[: rows * CELL, : columns * CELL]
    padded[: cut.shape[0], : cut.shape[1]] = cut
    shares = padded.reshape(rows, CELL, columns, CELL).mean((1, 3))
    full = Image.fromarray(((shares >= LEAST_EDGES) * 255).astype(np.uint8))
    closed = full.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))
    return np.asarray(closed) > 0


def _boxes(full: NDArray[np.bool_]) -> Iterator[tuple[tuple[int, int, int, int], float]]:
    """Yield flat groups of neighbouring cells as column, row, width, height, with how full each is."""
    left = {(int(row), int(column)) for row, column in np.argwhere(full)}
    while left:
        group, edge = [], [left.pop()]
        while edge:
            row, column = edge.pop()
            group.append((row, column))
            near = {(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge += near
        rows, columns = [one[0] for one in group], [one[1] for one in group]
        w, h = max(columns) - min(columns) + 1, max(rows) - min(rows) + 1
        fullness = len(group) / (w * h)
        if HIGH[0] <= h <= HIGH[1] and FLAT[0] <= w / h <= FLAT[1] and w >= 3 and fullness >= 0.6:
            yield (min(columns), min(rows), w, h), fullness * len(group) ** 0.5
