"""Boxes on a picture, as shares of its width and height: 0 to 1, from the top left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from events.errors import InvalidRecord

MOST = 200


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner and its size, all shares of the picture."""

    x: float
    y: float
    w: float
    h: float

    def grown(self, factor: float) -> Box:
        """Return the box `factor` times as wide and high around its centre, inside the picture."""
        w, h = self.w * factor, self.h * factor
        return fitted(self.x + (self.w - w) / 2, self.y + (self.h - h) / 2, w, h)

    def shared(self, other: Box) -> float:
        """Return the share of both boxes' area that they have in common: 0 to 1."""
        width = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        height = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        both = width * height
        return both / (self.w * self.h + other.w * other.h - both)

    def covers(self, other: Box, least: float = 0.99) -> bool:
        """Tell whether at least this share of another box lies inside this one."""
        width = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        height = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return width > 0 and height > 0 and width * height >= least * other.w * other.h

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom in whole pixels, every touched pixel inside."""
        right, bottom = -int(-(self.x + self.w) * width // 1), -int(-(self.y + self.h) * height // 1)
        return int(self.x * width), int(self.y * height), min(width, right), min(height, bottom)

    @property
    def told(self) -> list[float]:
        """The box as JSON tells it."""
        return [round(part, 5) for part in (self.x, self.y, self.w, self.h)]


def fitted(x: float, y: float, w: float, h: float) -> Box:
    """Return a box cut at the edges of the picture."""
    left, top = min(max(0.0, x), 1.0), min(max(0.0, y), 1.0)
    return Box(left, top, max(0.0, min(1.0, x + w) - left), max(0.0, min(1.0, y + h) - top))


def read_boxes(told: object) -> tuple[Box, ...]:
    """Return the boxes of a list of `[x, y, w, h]`; raise InvalidRecord for anything else, and for more than MOST."""
    if not isinstance(told, list) or len(told) > MOST:
        raise InvalidRecord(
            f"zones are a list of at most {MOST} rectangles [x, y, width, height], each part from 0 to 1"
        )
    return tuple(_read(one) for one in told)


def _read(told: object) -> Box:
    parts = told if isinstance(told, list) and len(told) == 4 else []
    if not parts or not all(
        isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1 for one in parts
    ):
        raise InvalidRecord("a zone is a rectangle [x, y, width, height], each part from 0 to 1")
    return fitted(*(float(one) for one in parts))


def without_doubles(boxes: Iterable[tuple[Box, float]], most_shared: float = 0.3) -> Sequence[tuple[Box, float]]:
    """Return boxes with their scores, surest first; one that shares more than `most_shared` with a surer one goes."""
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(boxes, key=lambda pair: -pair[1]):
        if all(box.shared(other) <= most_shared for other, _ in kept):
            kept.append((box, score))
    return kept
