"""Why a file is refused: a word of this list, said to people by the catalogue of texts as `media.refused.<word>`."""

from __future__ import annotations

from events.errors import AppError

REASONS = frozenset(
    {"type", "size", "pixels", "moving", "broken", "large", "long", "frames", "off", "busy", "away", "slow", "other"}
)
"""`large`: bytes; `pixels`: of one picture; `moving`: several pictures in one; `other`: not the clip begun before."""

OF_THE_FILE = REASONS - {"off", "busy", "away", "slow", "other"}
"""Reasons that are in the file itself: the others are told of the observatory, and the same file may be taken later."""


class Refused(AppError):
    """A file that is not taken; nothing of it was kept."""

    def __init__(self, reason: str) -> None:
        assert reason in REASONS, reason
        self.reason = reason
        super().__init__(f"the file is refused ({reason}); nothing of it was kept")
