"""Faces followed through a clip: found on every few pictures, masked on all of those between, before and after."""

from __future__ import annotations

from collections.abc import Sequence

from privacy.media.boxes import Box, fitted

REACH = 6  # pictures before and after a find that its box covers too: a face that turns or comes in
GAP = 15  # pictures over which two finds of one face are joined
_ALIKE = 0.1
_FAR = 1.5  # of its own size: how far a face moves between two finds


class Tracks:
    """What was found, by the number of its picture; the boxes of a picture may be asked for up to GAP pictures later."""

    def __init__(self) -> None:
        self._found: list[tuple[int, Sequence[Box], Sequence[Box]]] = []

    def add(self, picture: int, sure: Sequence[Box], doubtful: Sequence[Box] = ()) -> None:
        """Keep what was found on a picture; pictures come in their order."""
        self._found.append((picture, sure, doubtful))
        while self._found[0][0] < picture - 3 * GAP:
            self._found.pop(0)

    def boxes_at(self, picture: int) -> Sequence[Box]:
        """Return what is to be masked on a picture: what was found near it, and what moved across it.

        What is doubtful counts where a sure find of the same face is within GAP.
        """
        around = [(at, sure, doubtful) for at, sure, doubtful in self._found if abs(at - picture) <= GAP]
        certain = [box for _, sure, _ in around for box in sure]
        finds = [
            (at, [*sure, *(box for box in doubtful if any(_is_same(box, one) for one in certain))])
            for at, sure, doubtful in around
        ]
        near = [box for at, boxes in finds if abs(at - picture) <= REACH for box in boxes]
        moved = [
            _between(box, other, (picture - at) / (then - at))
            for at, boxes in finds if at < picture
            for then, others in finds if picture < then <= at + GAP
            for box in boxes for other in others if _is_same(box, other)
        ]  # fmt: skip
        return [*near, *moved]


def _is_same(one: Box, other: Box) -> bool:
    if one.shared(other) >= _ALIKE:
        return True
    size = max(one.w, other.w)
    is_alike = 0.6 <= (one.w / other.w if other.w else 0) <= 1.6
    across = abs(one.x + one.w / 2 - other.x - other.w / 2)
    down = abs(one.y + one.h / 2 - other.y - other.h / 2)
    return is_alike and across <= _FAR * size and down <= _FAR * max(one.h, other.h)


def _between(one: Box, other: Box, share: float) -> Box:
    """Return the box at a share of the way from one to another."""
    parts = ((one.x, other.x), (one.y, other.y), (one.w, other.w), (one.h, other.h))
    return fitted(*(start + (end - start) * share for start, end in parts))
